//! State of a row.

use super::layout::{FEWEST_MEMBERS, LANES, PLANES};

/// What a row is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// Erased, or to be opened as such.
    Free,
    /// Stripes are opened in it, or not all of them are mapped yet.
    Open,
    /// All its stripes are mapped.
    Closed,
    /// Its valid pages are moved away.
    Emptying,
    /// Its erase was ordered.
    Erasing,
    /// Too few lanes are left.
    Retired,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is good for.
    pub state: RowState,
    /// Erases so far.
    pub erases: u32,
    /// Lanes of its stripes, a bit a lane; those of the next opening are decided then.
    pub members: u16,
    /// Lanes whose block is bad.
    pub bad: u16,
    /// Pages of the map that lie in it.
    pub valid: u32,
    /// Next page to open.
    pub next_page: u32,
    /// Stripes opened and not mapped yet.
    pub pending: u32,
    /// Stripes ordered to be moved since the row was closed early, while its last stripes wait for pages.
    pub relieved: u32,
    /// Stripes ordered to be moved, or read by the sweep, and not answered yet.
    pub unanswered: u32,
    /// Sequence number of its first stripe: its age.
    pub sequence: u32,
    /// Reads of each lane's block since its erase.
    pub reads: [u32; LANES],
    /// A member is lost or its bits decay: to be emptied.
    pub evacuate: bool,
}

impl Row {
    /// An erased row.
    pub fn erased(bad: u16) -> Self {
        let state = RowState::Free;
        Self {
            state,
            erases: 0,
            members: 0,
            bad,
            valid: 0,
            next_page: 0,
            pending: 0,
            relieved: 0,
            unanswered: 0,
            sequence: 0,
            reads: [0; LANES],
            evacuate: false,
        }
    }

    /// Stripes of it that the map shows: its first ones.
    pub fn mapped(&self) -> u32 {
        (self.next_page * PLANES).saturating_sub(self.pending)
    }

    /// Lanes that a stripe may use.
    pub fn usable(&self, healthy: u16) -> u16 {
        healthy & !self.bad
    }

    /// Whether enough lanes are left.
    pub fn wide_enough(&self, healthy: u16) -> bool {
        self.usable(healthy).count_ones() >= FEWEST_MEMBERS
    }
}
