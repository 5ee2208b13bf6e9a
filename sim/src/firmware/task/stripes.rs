//! Stripes opened ahead of need, and which of them have been filled.

use super::{ControllerTask, place, status};
use crate::firmware::layout::StripeDescriptor;

/// Stripes whose programs may still fail.
const RECENT: usize = 64;
/// Parts of the write buffer.
const PARTS: u32 = 2;
/// Stripes opened ahead of those that the write buffer has begun: what it fills between two looks of the firmware. More would
/// be room that collection has to make for nothing.
const AHEAD: u32 = 4;

impl ControllerTask {
    /// Opens stripes ahead of need while the hardware has room for descriptors, pair by pair.
    pub(super) async fn open_stripes(&mut self) {
        let begun = self.note_mapped().await;
        while self.opened.wrapping_sub(begun) < AHEAD && self.status().await & status::ROOM_FOR_STRIPE != 0 {
            match self.second.take() {
                Some(second) => self.open(second, 2).await,
                None => {
                    let Some([first, second]) = self.policy.next_pair() else { break };
                    self.open(first, 1).await;
                    self.second = Some(second);
                }
            }
        }
    }

    async fn open(&mut self, stripe: StripeDescriptor, pair: u32) {
        let StripeDescriptor { sequence, location, members, parity_lane } = stripe;
        let row = location.row;
        self.write("stripe_place", place(row.group, row.die, row.block, location.plane, location.page)).await;
        self.write("stripe_sequence", sequence).await;
        self.write("stripe_open", u32::from(members) | parity_lane << 10 | pair << 16).await;
        self.opened = self.opened.wrapping_add(1);
        self.unmapped.push_back(stripe);
        self.recent.push_back(stripe);
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        *self.report.borrow_mut().widths.entry(members.count_ones()).or_default() += 1;
    }

    /// Stripes before the two that the buffer has begun last are in the page map. How many of their pages are valid is
    /// counted later: all of them at most. Tells how many the buffer has begun.
    async fn note_mapped(&mut self) -> u32 {
        let begun = self.read("stripes_begun").await;
        while begun.wrapping_sub(self.mapped) > PARTS && begun.wrapping_sub(self.mapped) < 1 << 31 {
            let Some(stripe) = self.unmapped.pop_front() else { break };
            self.mapped = self.mapped.wrapping_add(1);
            let slots = 2 * (stripe.members.count_ones() - 1);
            self.policy.on_stripe_mapped(stripe.location, slots);
            self.report.borrow_mut().mapped_slots += u64::from(slots);
        }
        begun
    }

    /// The stripes that a program's tag names: one of the last, and its mate.
    pub(super) fn programmed_with(&self, tag: u8) -> Vec<StripeDescriptor> {
        let first = self
            .recent
            .iter()
            .rev()
            .find(|stripe| stripe.location.plane == 0 && stripe.sequence as u8 & 63 == tag & 63);
        let Some(first) = first else { return Vec::new() };
        let pair = [first.sequence, first.sequence + 1];
        self.recent.iter().filter(|stripe| pair.contains(&stripe.sequence)).copied().collect()
    }
}
