//! The parity of the stripes in the buffer.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};

/// Accumulates, in block RAM, the exclusive or of the data words at equal places of a stripe's records, for the two halves
/// of flash pages apart, and keeps the sums of two stripes until they have been read out.
///
/// - Latency: 4 cycles from a word to the cycle in which its sum can be read; 2 cycles from a read address to its word.
/// - Throughput: 1 word per cycle in, 1 word per cycle out of the other stripe.
/// - Back-pressure: none.
/// - Limits: two stripes, 256 words a record. While a stripe accumulates in a cycle, it cannot be read in that cycle. A word
///   comes to a place again 4 cycles later or more.
#[derive(LogicBlock, Default)]
pub struct ParityStore {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A word is added.
    pub add: Signal<In, Bit>,
    /// The word; meaningful while `add` is high, as are the three that follow.
    pub word: Signal<In, Bits<128>>,
    /// The stripe of the buffer to which it belongs.
    pub buffer: Signal<In, Bits<1>>,
    /// Its place: half (bit 8) and word in the record.
    pub place: Signal<In, Bits<9>>,
    /// It is of the first record of its half: it replaces the sum.
    pub replaces: Signal<In, Bit>,
    /// The stripe to read.
    pub read_buffer: Signal<In, Bits<1>>,
    /// The place to read.
    pub read_place: Signal<In, Bits<9>>,
    /// The sum at the place two cycles before.
    pub read_word: Signal<Out, Bits<128>>,

    low_bank: RAM<Bits<128>, 9>,
    high_bank: RAM<Bits<128>, 9>,
    low_word: DFF<Bits<128>>,
    high_word: DFF<Bits<128>>,

    // The read-modify-write: the memory is read, its word is registered, the sum is registered, the sum is written.
    reading: DFF<Bit>,
    reading_word: DFF<Bits<128>>,
    reading_place: DFF<Bits<9>>,
    reading_bank: DFF<Bits<1>>,
    reading_replaces: DFF<Bit>,
    adding: DFF<Bit>,
    adding_word: DFF<Bits<128>>,
    adding_place: DFF<Bits<9>>,
    adding_bank: DFF<Bits<1>>,
    adding_replaces: DFF<Bit>,
    writing_low: DFF<Bit>,
    writing_high: DFF<Bit>,
    writing_sum: DFF<Bits<128>>,
    writing_place: DFF<Bits<9>>,
    /// The stripe read one cycle and two cycles before.
    read_before: DFF<Bits<1>>,
    read_shown: DFF<Bits<1>>,
}

impl Logic for ParityStore {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, low_word, high_word, reading, reading_word, reading_place, reading_bank);
        dff_setup!(self, clock, reading_replaces, adding, adding_word, adding_place, adding_bank, adding_replaces);
        dff_setup!(self, clock, writing_low, writing_high, writing_sum, writing_place, read_before, read_shown);
        self.low_bank.read_clock.next = self.clock.val();
        self.low_bank.write_clock.next = self.clock.val();
        self.high_bank.read_clock.next = self.clock.val();
        self.high_bank.write_clock.next = self.clock.val();

        self.low_bank.read_address.next = self.read_place.val();
        self.high_bank.read_address.next = self.read_place.val();
        if self.add.val() & !self.buffer.val().any() {
            self.low_bank.read_address.next = self.place.val();
        }
        if self.add.val() & self.buffer.val().any() {
            self.high_bank.read_address.next = self.place.val();
        }
        self.low_word.d.next = self.low_bank.read_data.val();
        self.high_word.d.next = self.high_bank.read_data.val();

        self.reading.d.next = self.add.val();
        self.reading_word.d.next = self.word.val();
        self.reading_place.d.next = self.place.val();
        self.reading_bank.d.next = self.buffer.val();
        self.reading_replaces.d.next = self.replaces.val();
        self.adding.d.next = self.reading.q.val();
        self.adding_word.d.next = self.reading_word.q.val();
        self.adding_place.d.next = self.reading_place.q.val();
        self.adding_bank.d.next = self.reading_bank.q.val();
        self.adding_replaces.d.next = self.reading_replaces.q.val();
        self.writing_sum.d.next = self.adding_word.q.val();
        if !self.adding_replaces.q.val() {
            self.writing_sum.d.next = self.adding_word.q.val() ^ self.low_word.q.val();
            if self.adding_bank.q.val().any() {
                self.writing_sum.d.next = self.adding_word.q.val() ^ self.high_word.q.val();
            }
        }
        self.writing_place.d.next = self.adding_place.q.val();
        self.writing_low.d.next = self.adding.q.val() & !self.adding_bank.q.val().any();
        self.writing_high.d.next = self.adding.q.val() & self.adding_bank.q.val().any();
        self.low_bank.write_address.next = self.writing_place.q.val();
        self.low_bank.write_data.next = self.writing_sum.q.val();
        self.low_bank.write_enable.next = self.writing_low.q.val();
        self.high_bank.write_address.next = self.writing_place.q.val();
        self.high_bank.write_data.next = self.writing_sum.q.val();
        self.high_bank.write_enable.next = self.writing_high.q.val();

        self.read_before.d.next = self.read_buffer.val();
        self.read_shown.d.next = self.read_before.q.val();
        self.read_word.next = self.low_word.q.val();
        if self.read_shown.q.val().any() {
            self.read_word.next = self.high_word.q.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A place is added to again four cycles later at the earliest, and a stripe is read out when nothing is added to
        // it any more.
        info.push(no_collision(&["low_bank", "high_bank"]));
        info
    }
}
