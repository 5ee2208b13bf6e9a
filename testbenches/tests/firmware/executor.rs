//! Does at once what the firmware asks for.

use hardpath_sim::firmware::{Firmware, Layout, PolicyParameters, RowState, StripeDescriptor, StripeLocation};
use std::collections::{HashMap, VecDeque};

/// Flash and map in memory.
pub struct Executor {
    pub firmware: Firmware,
    place: Vec<Option<StripeLocation>>,
    stripes: HashMap<StripeLocation, Vec<u32>>,
    /// Stripes being filled.
    filling: VecDeque<StripeDescriptor>,
    pub host_writes: u64,
    pub all_writes: u64,
}

impl Executor {
    pub fn new(layout: Layout, pages: u32) -> Self {
        Self {
            firmware: Firmware::new(layout, PolicyParameters::of(&layout), |_| 0),
            place: vec![None; pages as usize],
            stripes: HashMap::new(),
            filling: VecDeque::new(),
            host_writes: 0,
            all_writes: 0,
        }
    }

    /// The host writes a page, after as much collection as that needs.
    pub fn write(&mut self, page: u32) {
        let mut steps = 0;
        while self.firmware.host_throttled() {
            assert!(self.step(), "collection is stuck with {} rows free", self.firmware.free_rows());
            steps += 1;
            assert!(steps < 100_000, "collection does not end");
        }
        self.step();
        self.host_writes += 1;
        self.put(page);
    }

    fn step(&mut self) -> bool {
        if let Some((row, _)) = self.firmware.next_erase() {
            self.stripes.retain(|stripe, _| stripe.row != row);
            self.firmware.on_erased(row, 0);
            return true;
        }
        let Some(order) = self.firmware.next_move() else { return false };
        for page in self.stripes.get(&order.stripe).cloned().unwrap_or_default() {
            if self.place[page as usize] == Some(order.stripe) {
                self.put(page);
            }
        }
        self.firmware.on_moved(order.stripe);
        true
    }

    fn put(&mut self, page: u32) {
        if self.filling.is_empty() {
            self.filling.extend(self.firmware.next_pair().expect("a free row"));
        }
        let stripe = self.filling[0];
        let location = stripe.location;
        if let Some(old) = self.place[page as usize].replace(location)
            && (self.filling.iter().all(|filling| filling.location != old))
        {
            self.firmware.on_invalidated(old.row);
        }
        self.all_writes += 1;
        let held = self.stripes.entry(location).or_default();
        held.push(page);
        if held.len() as u32 == (stripe.members.count_ones() - 1) * 2 {
            let mut newest = held.clone();
            newest.sort_unstable();
            newest.dedup();
            newest.retain(|page| self.place[*page as usize] == Some(location));
            self.filling.pop_front();
            self.firmware.on_stripe_mapped(location, newest.len() as u32);
        }
    }

    /// Valid counts are those of the map.
    pub fn check(&self) {
        let mut counts: HashMap<_, u32> = HashMap::new();
        for place in self.place.iter().flatten() {
            if self.filling.iter().all(|filling| filling.location != *place) {
                *counts.entry(place.row).or_default() += 1;
            }
        }
        for (index, row) in self.firmware.rows().iter().enumerate() {
            let address = self.firmware.layout().row(index);
            assert_eq!(row.valid, counts.get(&address).copied().unwrap_or(0), "{address:?}");
            assert!(row.state != RowState::Free || row.valid == 0);
        }
    }
}
