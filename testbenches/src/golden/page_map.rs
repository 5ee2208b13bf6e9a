//! Where each logical page lies, one operation after the other.

use std::collections::BTreeMap;

/// Place of a logical page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PagePlace {
    /// RAID group.
    pub group: u8,
    /// Stripe of the group.
    pub stripe: u32,
    /// Lane.
    pub lane: u8,
    /// Half of the flash page.
    pub half: u8,
}

/// What is done with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageAction {
    /// Nothing.
    Lookup,
    /// The page lies here now; nowhere if there is no place.
    Write(Option<PagePlace>),
    /// The page lies at `to` now if it lay at `from`.
    Move {
        /// Where it is expected.
        from: Option<PagePlace>,
        /// Where it was copied to.
        to: Option<PagePlace>,
    },
}

/// What an action met and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageOutcome {
    /// Where the page lay.
    pub found: Option<PagePlace>,
    /// The action has set the page's place.
    pub applied: bool,
}

/// The places of all pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageMap {
    places: BTreeMap<u64, PagePlace>,
}

impl PageMap {
    /// Does one action.
    pub fn apply(&mut self, page: u64, action: PageAction) -> PageOutcome {
        let found = self.place(page);
        let new = match action {
            PageAction::Write(place) => Some(place),
            PageAction::Move { from, to } if from == found => Some(to),
            PageAction::Move { .. } | PageAction::Lookup => None,
        };
        match new {
            Some(Some(place)) => _ = self.places.insert(page, place),
            Some(None) => _ = self.places.remove(&page),
            None => {}
        }
        PageOutcome { found, applied: new.is_some() }
    }

    /// Where a page lies.
    pub fn place(&self, page: u64) -> Option<PagePlace> {
        self.places.get(&page).copied()
    }

    /// All pages that have a place.
    pub fn places(&self) -> &BTreeMap<u64, PagePlace> {
        &self.places
    }

    /// Pages that lie in each stripe of a group, where there are any.
    pub fn valid_counts(&self) -> BTreeMap<(u8, u32), u64> {
        let mut counts = BTreeMap::new();
        for place in self.places.values() {
            *counts.entry((place.group, place.stripe)).or_default() += 1;
        }
        counts
    }
}
