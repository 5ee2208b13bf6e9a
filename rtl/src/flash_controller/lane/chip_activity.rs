//! How many dies of a chip are at work.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// Counts the dies of a chip that are at work, and keeps the chip for an operation that concerns all of it, from the time at
/// which it waits until it is done.
///
/// - Latency: 1 cycle from any input to the outputs.
/// - Throughput: an event of each kind per cycle.
/// - Back-pressure: none.
/// - Limits: 8 dies.
#[derive(LogicBlock, Default)]
pub struct ChipActivity {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A die begins to work; not in the cycle of `ends`.
    pub begins: Signal<In, Bit>,
    /// A die is idle again.
    pub ends: Signal<In, Bit>,
    /// What has ended concerned the whole chip; meaningful while `ends` is high.
    pub ends_whole_chip: Signal<In, Bit>,
    /// An operation on the whole chip waits for its dies.
    pub whole_chip_waits: Signal<In, Bit>,
    /// Dies at work, 0..=8.
    pub active: Signal<Out, Bits<4>>,
    /// An operation on the whole chip waits or is under way: nothing else begins.
    pub reserved: Signal<Out, Bit>,

    count: DFF<Bits<4>>,
    is_reserved: DFF<Bit>,
}

impl Logic for ChipActivity {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count, is_reserved);

        if self.begins.val() {
            self.count.d.next = self.count.q.val() + 1;
        }
        if self.ends.val() {
            self.count.d.next = self.count.q.val() - 1;
        }
        if self.whole_chip_waits.val() {
            self.is_reserved.d.next = true;
        }
        if self.ends.val() & self.ends_whole_chip.val() {
            self.is_reserved.d.next = false;
        }
        self.active.next = self.count.q.val();
        self.reserved.next = self.is_reserved.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
