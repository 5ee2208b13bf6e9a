//! The books about pages and stripes.

use crate::golden::record::{HEADER_BYTES, StripeIdentity};
use crate::golden::stripe_image::{StripePage, data_lanes, place_of_slot, stripe_image};
use std::collections::{HashMap, VecDeque};

/// Cycles after the last update of a stripe after which none of its pages is found any more.
const FORGETTING: u64 = 200;
/// Kind of a data record, at its place in the header.
const DATA_KIND: u8 = 0xD1;
const KIND_PLACE: usize = 11;

/// A page that is in the buffer or was.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub number: u32,
    pub tag: u8,
    pub moved: bool,
    pub data: Vec<u8>,
    /// Cycle in which its update was taken.
    pub updated: Option<u64>,
    pub stripe: Option<usize>,
}

/// A stripe that was opened.
#[derive(Clone, Debug)]
pub(super) struct Stripe {
    pub identity: StripeIdentity,
    pub number: u32,
    pub die: u64,
    pub plane: u64,
    pub block: u64,
    pub page: u64,
    pub pair_first: bool,
    pub pair_second: bool,
    /// Bytes that each lane has taken.
    pub bytes: HashMap<usize, Vec<u8>>,
    pub lanes_done: u32,
    pub updates_left: usize,
    pub last_update: Option<u64>,
}

/// What has happened.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Totals {
    pub host_pages: u64,
    pub moved_pages: u64,
    pub dropped_found: u64,
    pub dropped_stale: u64,
    pub stripes: u64,
    pub pairs: u64,
    pub fillers: u64,
    pub updates: u64,
    pub hits: u64,
    pub misses: u64,
    pub reads: u64,
    pub flushes: u64,
    pub finished_flushes: u64,
    /// Pages acknowledged while pages were sent.
    pub in_time: u64,
    /// Pages acknowledged whose update has not been taken.
    pub unplaced: u64,
}

/// Pages in the order of their acknowledgement, stripes in that of their opening.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    pub pages: Vec<Page>,
    pub stripes: Vec<Stripe>,
    /// Host pages by number.
    pub versions: HashMap<u32, Vec<usize>>,
    /// The first page without a stripe, and the first stripe that is not complete.
    next_page: usize,
    next_stripe: usize,
    /// Updates that are due: page, lane, half.
    due: VecDeque<(usize, usize, usize)>,
    pub totals: Totals,
}

impl Accounts {
    pub fn acknowledge(&mut self, page: Page) {
        let index = self.pages.len();
        if page.moved {
            self.totals.moved_pages += 1;
        } else {
            self.totals.host_pages += 1;
            self.versions.entry(page.number).or_default().push(index);
        }
        self.totals.unplaced += 1;
        self.pages.push(page);
    }

    /// A lane has taken its last byte of a stripe.
    pub fn lane_done(&mut self, stripe: usize, page_bytes: usize) {
        self.stripes[stripe].lanes_done += 1;
        while let Some(stripe) = self.stripes.get(self.next_stripe)
            && stripe.lanes_done == stripe.identity.members.count_ones()
        {
            self.complete(self.next_stripe, page_bytes);
            self.next_stripe += 1;
        }
    }

    fn complete(&mut self, index: usize, page_bytes: usize) {
        let stripe = self.stripes[index].clone();
        let record = page_bytes + HEADER_BYTES;
        let slots = 2 * data_lanes(&stripe.identity).len();
        let is_data = |slot: &usize| {
            let (lane, half) = place_of_slot(&stripe.identity, *slot);
            stripe.bytes[&lane][half * record + page_bytes + KIND_PLACE] == DATA_KIND
        };
        let count = (0..slots).take_while(is_data).count();
        let pages = self.next_page..self.next_page + count;
        assert!(pages.end <= self.pages.len(), "stripe {index} has pages that were not acknowledged");
        let content: Vec<StripePage> =
            self.pages[pages.clone()].iter().map(|page| Some((page.number, page.data.clone()))).collect();
        let image = stripe_image(&stripe.identity, &content, page_bytes);
        for (lane, bytes) in &stripe.bytes {
            let expected = image[*lane].as_ref().expect("a member").concat();
            let difference = expected.iter().zip(bytes).position(|(expected, seen)| expected != seen);
            assert_eq!(
                difference, None,
                "stripe {index}, {count} pages of {slots}, lane {lane}: {:?}",
                stripe.identity
            );
            assert_eq!(expected.len(), bytes.len());
        }
        for (slot, page) in pages.clone().enumerate() {
            let (lane, half) = place_of_slot(&stripe.identity, slot);
            self.pages[page].stripe = Some(index);
            self.due.push_back((page, lane, half));
        }
        self.stripes[index].updates_left = count;
        self.stripes[index].bytes.clear();
        self.next_page = pages.end;
        self.totals.stripes += 1;
        self.totals.pairs += u64::from(stripe.pair_second);
        self.totals.fillers += (slots - count) as u64;
        assert!(count == slots || self.totals.flushes > 0, "stripe {index} was filled without a flush");
    }

    /// An update is taken.
    pub fn update(&mut self, cycle: u64, seen: &[u64; 7]) {
        let (page, lane, half) =
            self.due.pop_front().unwrap_or_else(|| panic!("cycle {cycle}: an update before the lanes have all bytes"));
        let index = self.pages[page].stripe.expect("due");
        let stripe = &mut self.stripes[index];
        let place = &self.pages[page];
        let expected = [
            u64::from(place.number),
            u64::from(place.tag),
            u64::from(place.moved),
            u64::from(stripe.identity.group),
            u64::from(stripe.number),
            lane as u64,
            half as u64,
        ];
        assert_eq!(seen, &expected, "cycle {cycle}: update of page {page} in stripe {index}");
        stripe.updates_left -= 1;
        if stripe.updates_left == 0 {
            stripe.last_update = Some(cycle);
        }
        self.pages[page].updated = Some(cycle);
        self.totals.updates += 1;
        self.totals.unplaced -= 1;
    }

    /// The newest copy that the host has written.
    pub fn newest(&self, number: u32) -> Option<usize> {
        self.versions.get(&number).and_then(|versions| versions.last().copied())
    }

    /// Whether the page map does not know a page yet.
    pub fn is_unplaced(&self, page: usize) -> bool {
        self.pages[page].updated.is_none()
    }

    /// Whether the buffer may still find a page.
    pub fn may_be_found(&self, page: usize, cycle: u64) -> bool {
        let last_update = self.pages[page].stripe.and_then(|stripe| self.stripes[stripe].last_update);
        last_update.is_none_or(|update| update + FORGETTING > cycle)
    }

    /// Whether pages acknowledged so far all have their place.
    pub fn all_placed(&self, count: usize) -> bool {
        self.pages[..count].iter().all(|page| page.updated.is_some())
    }
}
