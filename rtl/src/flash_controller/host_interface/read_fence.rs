//! Whether reads that may still look at a place have ended.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};

/// Counts reads under way in two epochs, so that firmware can wait for all reads that were begun before a moment: those
/// may have looked up a place that the page map does not name any more, and the place must not be erased under them.
///
/// - Latency: 1 cycle from `advance` to the first read of the new epoch; 2 cycles from the end of the last read of the old
///   epoch to `passed`.
/// - Throughput: one begin and one end per cycle.
/// - Back-pressure: none.
/// - Limits: 128 tags. `advance` only while `passed` is high.
#[derive(LogicBlock, Default)]
pub struct ReadFence {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A read begins.
    pub begins: Signal<In, Bit>,
    /// Its tag; meaningful while `begins` is high.
    pub begin_tag: Signal<In, Bits<7>>,
    /// A read ends.
    pub ends: Signal<In, Bit>,
    /// Its tag; meaningful while `ends` is high.
    pub end_tag: Signal<In, Bits<7>>,
    /// A new epoch begins.
    pub advance: Signal<In, Bit>,
    /// No read of the epoch before is under way.
    pub passed: Signal<Out, Bit>,

    /// The epoch in which each tag's read was begun.
    epochs: RAM<Bit, 7>,
    epoch: DFF<Bit>,
    ended: DFF<Bit>,
    even_reads: DFF<Bits<8>>,
    odd_reads: DFF<Bits<8>>,
    none_left: DFF<Bit>,

    begins_even: Signal<Local, Bit>,
    begins_odd: Signal<Local, Bit>,
    ends_even: Signal<Local, Bit>,
    ends_odd: Signal<Local, Bit>,
}

impl Logic for ReadFence {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, epoch, ended, even_reads, odd_reads, none_left);
        self.epochs.read_clock.next = self.clock.val();
        self.epochs.write_clock.next = self.clock.val();
        self.epochs.write_address.next = self.begin_tag.val();
        self.epochs.write_data.next = self.epoch.q.val();
        self.epochs.write_enable.next = self.begins.val();
        self.epochs.read_address.next = self.end_tag.val();
        self.ended.d.next = self.ends.val();
        self.epoch.d.next = self.epoch.q.val() ^ self.advance.val();

        self.begins_even.next = self.begins.val() & !self.epoch.q.val();
        self.begins_odd.next = self.begins.val() & self.epoch.q.val();
        self.ends_even.next = self.ended.q.val() & !self.epochs.read_data.val();
        self.ends_odd.next = self.ended.q.val() & self.epochs.read_data.val();
        if self.begins_even.val() & !self.ends_even.val() {
            self.even_reads.d.next = self.even_reads.q.val() + 1;
        }
        if self.ends_even.val() & !self.begins_even.val() {
            self.even_reads.d.next = self.even_reads.q.val() - 1;
        }
        if self.begins_odd.val() & !self.ends_odd.val() {
            self.odd_reads.d.next = self.odd_reads.q.val() + 1;
        }
        if self.ends_odd.val() & !self.begins_odd.val() {
            self.odd_reads.d.next = self.odd_reads.q.val() - 1;
        }
        self.none_left.d.next = !self.odd_reads.q.val().any();
        if self.epoch.q.val() {
            self.none_left.d.next = !self.even_reads.q.val().any();
        }
        // In the cycles after an advance the register still speaks of the other epoch.
        if self.advance.val() {
            self.none_left.d.next = false;
        }
        self.passed.next = self.none_left.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A tag begins anew only after its read has ended.
        info.push(no_collision(&["epochs"]));
        info
    }
}
