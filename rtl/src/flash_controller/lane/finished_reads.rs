//! Reads whose data stands in the page register of a die.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};

/// The slots of finished reads, oldest first: at most one for each of 16 dies.
///
/// - Latency: 3 cycles from `push` into an empty queue to `valid`.
/// - Throughput: 1 slot in 4 cycles.
/// - Back-pressure: the oldest slot stands until `take`; there is room for one slot of every die.
/// - Limits: 16 slots; `take` only while `valid` is high.
#[derive(LogicBlock, Default)]
pub struct FinishedReads {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A read has finished.
    pub push: Signal<In, Bit>,
    /// Its slot: die and place in its queue.
    pub push_slot: Signal<In, Bits<6>>,
    /// There is a finished read.
    pub valid: Signal<Out, Bit>,
    /// The slot of the oldest.
    pub slot: Signal<Out, Bits<6>>,
    /// The oldest is taken away.
    pub take: Signal<In, Bit>,

    slots: RAM<Bits<6>, 4>,
    write_address: DFF<Bits<5>>,
    read_address: DFF<Bits<5>>,
    /// The memory is being read at the read address.
    reading: DFF<Bit>,
    oldest_valid: DFF<Bit>,
    oldest: DFF<Bits<6>>,

    reads: Signal<Local, Bit>,
}

impl Logic for FinishedReads {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, write_address, read_address, reading, oldest_valid, oldest);
        self.slots.read_clock.next = self.clock.val();
        self.slots.write_clock.next = self.clock.val();

        self.slots.write_address.next = self.write_address.q.val().get_bits::<4>(0);
        self.slots.write_data.next = self.push_slot.val();
        self.slots.write_enable.next = self.push.val();
        if self.push.val() {
            self.write_address.d.next = self.write_address.q.val() + 1;
        }

        self.slots.read_address.next = self.read_address.q.val().get_bits::<4>(0);
        self.reads.next = !self.reading.q.val()
            & !self.oldest_valid.q.val()
            & (self.read_address.q.val() != self.write_address.q.val());
        self.reading.d.next = self.reads.val();
        if self.reading.q.val() {
            self.oldest.d.next = self.slots.read_data.val();
            self.oldest_valid.d.next = true;
            self.read_address.d.next = self.read_address.q.val() + 1;
        }
        if self.take.val() {
            self.oldest_valid.d.next = false;
        }
        self.valid.next = self.oldest_valid.q.val();
        self.slot.next = self.oldest.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A read counts only if the addresses differed; they differ in the lower four bits, as 16 slots never wait at once
        // beside the one that is shown.
        info.push(no_collision(&["slots"]));
        info
    }
}
