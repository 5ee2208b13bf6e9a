//! Which versions of a page a read may return while commands overlap.
//!
//! Every write and trim of a page is a change from its issue to its completion. A read may return what was current at some
//! moment between its issue and its completion: the content that was settled when it was issued, or any change that was in
//! flight then or was issued since. Changes of the same page that overlap each other settle in either order, so all of those
//! that no later change has replaced for sure remain possible.

use super::page_content::UNWRITTEN;
use std::collections::HashMap;
use thiserror::Error;

/// A write or trim in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteTicket {
    page: u32,
    order: u64,
    /// The version that it writes, 0 for a trim.
    pub version: u32,
}

/// A read in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadTicket {
    page: u32,
    order: u64,
}

/// A read returned what it must not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("page {page} read as {read:?} (legal: versions {legal:?})")]
pub struct UnexpectedContent {
    /// The page.
    pub page: u32,
    /// The version read, `None` for no version of this page at all.
    pub read: Option<u32>,
    /// What would have been legal.
    pub legal: Vec<u32>,
}

/// A change of a page.
#[derive(Clone, Copy, Debug)]
struct Change {
    version: u32,
    issued: u64,
    completed: Option<u64>,
}

#[derive(Clone, Debug, Default)]
struct PageState {
    last_version: u32,
    changes: Vec<Change>,
    reads: Vec<u64>,
}

/// The versions that pages may have. Pages that were never written are [`UNWRITTEN`].
#[derive(Clone, Debug, Default)]
pub struct ExpectedVersions {
    pages: HashMap<u32, PageState>,
    clock: u64,
}

impl ExpectedVersions {
    /// Nothing was written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A write was issued: the ticket tells the version to write.
    pub fn issue_write(&mut self, page: u32) -> WriteTicket {
        let state = self.pages.entry(page).or_default();
        state.last_version += 1;
        let version = state.last_version;
        self.change(page, version)
    }

    /// A trim was issued.
    pub fn issue_trim(&mut self, page: u32) -> WriteTicket {
        self.change(page, UNWRITTEN)
    }

    fn change(&mut self, page: u32, version: u32) -> WriteTicket {
        let order = self.tick();
        self.pages.entry(page).or_default().changes.push(Change { version, issued: order, completed: None });
        WriteTicket { page, order, version }
    }

    /// A write or trim was acknowledged.
    pub fn complete_write(&mut self, ticket: WriteTicket) {
        let now = self.tick();
        let Some(state) = self.pages.get_mut(&ticket.page) else { return };
        if let Some(change) = state.changes.iter_mut().find(|change| change.issued == ticket.order) {
            change.completed = Some(now);
        }
        state.forget();
    }

    /// A read was issued.
    pub fn issue_read(&mut self, page: u32) -> ReadTicket {
        let order = self.tick();
        self.pages.entry(page).or_default().reads.push(order);
        ReadTicket { page, order }
    }

    /// A read returned a version, or something that is none.
    ///
    /// # Errors
    /// If the page cannot have had this version between the read's issue and now.
    pub fn complete_read(&mut self, ticket: ReadTicket, read: Option<u32>) -> Result<(), UnexpectedContent> {
        let state = self.pages.entry(ticket.page).or_default();
        let legal = state.possible_since(ticket.order);
        state.reads.retain(|issued| *issued != ticket.order);
        state.forget();
        match read {
            Some(version) if legal.contains(&version) => Ok(()),
            _ => Err(UnexpectedContent { page: ticket.page, read, legal }),
        }
    }

    /// The versions that a page may have now: several while changes are in flight or after a power cut.
    pub fn possible(&self, page: u32) -> Vec<u32> {
        self.pages.get(&page).map_or_else(|| vec![UNWRITTEN], |state| state.possible_since(self.clock))
    }

    /// Pages that were written or trimmed, in order.
    pub fn pages(&self) -> Vec<u32> {
        let mut pages: Vec<u32> =
            self.pages.iter().filter(|(_, state)| !state.changes.is_empty()).map(|(page, _)| *page).collect();
        pages.sort_unstable();
        pages
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }
}

impl PageState {
    fn possible_since(&self, moment: u64) -> Vec<u32> {
        let floor = self.replaced_before(moment);
        let mut versions: Vec<u32> = self
            .changes
            .iter()
            .filter(|change| change.completed.is_none_or(|completed| completed > floor))
            .map(|change| change.version)
            .collect();
        if floor == 0 {
            versions.push(UNWRITTEN);
        }
        versions.sort_unstable();
        versions.dedup();
        versions
    }

    /// Changes that completed up to this moment are gone for sure: one that completed before `moment` was issued then.
    fn replaced_before(&self, moment: u64) -> u64 {
        let completed = self.changes.iter().filter(|change| change.completed.is_some_and(|at| at <= moment));
        completed.map(|change| change.issued).max().unwrap_or(0)
    }

    /// Drops changes that no read in flight and no later one can return.
    fn forget(&mut self) {
        let oldest = self.reads.iter().min().copied().unwrap_or(u64::MAX);
        let floor = self.replaced_before(oldest);
        self.changes.retain(|change| change.completed.is_none_or(|completed| completed > floor));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_settled_page_has_one_version() {
        let mut pages = ExpectedVersions::new();
        assert_eq!(pages.possible(5), [0]);
        let write = pages.issue_write(5);
        assert_eq!(pages.possible(5), [0, 1]);
        pages.complete_write(write);
        assert_eq!(pages.possible(5), [1]);
        let trim = pages.issue_trim(5);
        pages.complete_write(trim);
        assert_eq!(pages.possible(5), [0]);
        let write = pages.issue_write(5);
        assert_eq!(write.version, 2);
    }

    #[test]
    fn a_read_may_return_what_was_current_at_its_issue_or_came_since() {
        let mut pages = ExpectedVersions::new();
        let first = pages.issue_write(1);
        pages.complete_write(first);
        let second = pages.issue_write(1);
        pages.complete_write(second);
        let read = pages.issue_read(1);
        let third = pages.issue_write(1);
        pages.complete_write(third);
        let error = pages.clone().complete_read(read, Some(1)).unwrap_err();
        assert_eq!(error.to_string(), "page 1 read as Some(1) (legal: versions [2, 3])");
        assert!(pages.clone().complete_read(read, None).is_err());
        pages.clone().complete_read(read, Some(3)).unwrap();
        pages.complete_read(read, Some(2)).unwrap();
        let late = pages.issue_read(1);
        assert!(pages.complete_read(late, Some(2)).is_err());
    }

    #[test]
    fn overlapping_writes_settle_in_either_order() {
        let mut pages = ExpectedVersions::new();
        let (first, second) = (pages.issue_write(1), pages.issue_write(1));
        pages.complete_write(second);
        pages.complete_write(first);
        assert_eq!(pages.possible(1), [1, 2]);
        let third = pages.issue_write(1);
        pages.complete_write(third);
        assert_eq!(pages.possible(1), [3]);
    }

    proptest! {
        /// Every change takes effect at a random moment between issue and completion; reads look at a random moment, too.
        #[test]
        fn what_a_page_really_had_is_always_legal(steps in prop::collection::vec((0u8..6, any::<prop::sample::Index>()), 1..80)) {
            let mut pages = ExpectedVersions::new();
            let (mut current, mut changes, mut reads) = (0, vec![], vec![]);
            for (step, index) in steps {
                match step {
                    0 => changes.push((pages.issue_write(0), false)),
                    1 => reads.push((pages.issue_read(0), None)),
                    2 if !changes.is_empty() => {
                        let at = index.index(changes.len());
                        if !changes[at].1 {
                            current = changes[at].0.version;
                            changes[at].1 = true;
                        }
                    }
                    3 if changes.iter().any(|change| change.1) => {
                        let done = changes.iter().position(|change| change.1).unwrap();
                        pages.complete_write(changes.remove(done).0);
                    }
                    4 if !reads.is_empty() => {
                        let at = index.index(reads.len());
                        reads[at].1 = Some(current);
                    }
                    5 if reads.iter().any(|read: &(ReadTicket, Option<u32>)| read.1.is_some()) => {
                        let done = reads.iter().position(|read| read.1.is_some()).unwrap();
                        let (ticket, seen) = reads.remove(done);
                        prop_assert_eq!(pages.complete_read(ticket, seen), Ok(()));
                    }
                    _ => {}
                }
            }
        }
    }
}
