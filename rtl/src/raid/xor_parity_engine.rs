//! Parity of a stripe, made while its data passes.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::config::{GeometryError, check_data_lanes, check_strip_words};
use crate::stream::{FetchSlots, SkidBuffer, StreamSink, StreamSource};

/// Passes the data strips of stripe after stripe and adds, on a second stream, the parity strip of each: the XOR of its
/// data strips, word by word.
///
/// Parity accumulates in block RAM, in two banks: the parity of one stripe leaves while the next accumulates. `last` on
/// `sink` ends the data; a stripe (or strip) that it leaves unfinished is filled with zero words, which appear on `data`
/// like any others. The next word opens a new stripe.
///
/// - Latency: 2 cycles from `sink` to `data`; 7 cycles from the last data word of a stripe on `sink` to the first word
///   of its parity on `parity`.
/// - Throughput: 1 word per cycle without a bubble between stripes, while neither output is held back. `parity` may
///   even be held back for all but one strip time of every stripe, as long as strips have 16 words or more.
/// - Back-pressure: holding `data` back holds `sink` back. Holding `parity` back does so only when a third stripe would
///   overwrite parity that has not left. `ready` and `valid` of every port come from registers.
/// - Limits: `W` 1..=1024; data strips a stripe 2..=15; words a strip 8..=2^`A`, `A` 3..=15.
#[derive(LogicBlock)]
pub struct XorParityEngine<const W: usize, const A: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Data words, strip after strip; `last` marks the end of the data.
    pub sink: StreamSink<W>,
    /// The same words and the zero words that complete the last stripe; `last` marks the end of each strip.
    pub data: StreamSource<W>,
    /// Place in its stripe, from 0, of the strip to which the word on `data` belongs.
    pub data_strip: Signal<Out, Bits<4>>,
    /// Parity words, one strip for each stripe, in stripe order; `last` marks the end of each strip.
    pub parity: StreamSource<W>,

    /// Place of a stripe's last data strip.
    last_strip: Constant<Bits<4>>,
    /// Place of the strip before it.
    strip_before_last: Constant<Bits<4>>,
    /// Address of the word before a strip's last word.
    word_before_last: Constant<Bits<A>>,

    input_stage: SkidBuffer<W>,
    data_stage: SkidBuffer<W>,
    outgoing_strip: DFF<Bits<4>>,

    /// Address of the word that is accepted next.
    word: DFF<Bits<A>>,
    word_is_last: DFF<Bit>,
    /// Place of the strip in its stripe; like `strip_is_last` a cycle late, which is early enough for the strip's end.
    strip: DFF<Bits<4>>,
    strip_is_last: DFF<Bit>,
    /// The word accepted in the cycle before was a strip's last.
    strip_ended: DFF<Bit>,
    /// The word accepted in the cycle before was a stripe's last.
    stripe_ended: DFF<Bit>,
    /// The strip is not the stripe's first: its words are added to what the bank holds.
    accumulates: DFF<Bit>,
    /// The bank in which the stripe accumulates.
    bank: DFF<Bit>,
    /// The bank's old parity is out of the way of the next word.
    bank_ready: DFF<Bit>,
    /// Zero words are being made up to the end of the stripe.
    filling: DFF<Bit>,

    low_bank: RAM<Bits<W>, A>,
    high_bank: RAM<Bits<W>, A>,
    low_word: DFF<Bits<W>>,
    high_word: DFF<Bits<W>>,

    // The read-modify-write: the memory is read, its word is registered, the sum is registered, the sum is written.
    reading: DFF<Bit>,
    reading_data: DFF<Bits<W>>,
    reading_address: DFF<Bits<A>>,
    reading_bank: DFF<Bit>,
    reading_accumulates: DFF<Bit>,
    adding: DFF<Bit>,
    adding_data: DFF<Bits<W>>,
    adding_address: DFF<Bits<A>>,
    adding_bank: DFF<Bit>,
    adding_accumulates: DFF<Bit>,
    writing_low: DFF<Bit>,
    writing_high: DFF<Bit>,
    writing_sum: DFF<Bits<W>>,
    writing_address: DFF<Bits<A>>,

    /// The bank holds the parity of a finished stripe that has not been read out.
    low_finished: DFF<Bit>,
    high_finished: DFF<Bit>,
    /// The bank that is read out next.
    drain_bank: DFF<Bit>,
    drain_address: DFF<Bits<A>>,
    /// The drain address one step before, and two steps before; 0 at first.
    drained: DFF<Bits<A>>,
    drained_before: DFF<Bits<A>>,
    /// The drain has read four words or more.
    drain_ahead: DFF<Bit>,
    /// The word accepted next was, a cycle ago, well behind the drain.
    word_behind: DFF<Bit>,
    drain_is_last: DFF<Bit>,
    drain_reading: DFF<Bit>,
    drain_reading_last: DFF<Bit>,
    drain_reading_bank: DFF<Bit>,
    drain_word: DFF<Bit>,
    drain_word_last: DFF<Bit>,
    drain_word_bank: DFF<Bit>,
    parity_stage: FetchSlots<W>,

    can_accept: Signal<Local, Bit>,
    accepts: Signal<Local, Bit>,
    accepted_word: Signal<Local, Bits<W>>,
    stripe_ends: Signal<Local, Bit>,
    this_bank_finished: Signal<Local, Bit>,
    other_bank_finished: Signal<Local, Bit>,
    drains: Signal<Local, Bit>,
}

impl<const W: usize, const A: usize> XorParityEngine<W, A> {
    /// An engine for stripes of `data_lanes` data strips of `words_per_strip` words.
    ///
    /// # Errors
    /// If a parameter is out of the range the type's documentation states.
    pub fn new(data_lanes: usize, words_per_strip: usize) -> Result<Self, GeometryError> {
        check_data_lanes(data_lanes)?;
        check_strip_words(words_per_strip, A)?;
        Ok(Self {
            clock: Default::default(),
            sink: Default::default(),
            data: Default::default(),
            data_strip: Default::default(),
            parity: Default::default(),
            last_strip: Constant::new((data_lanes - 1).to_bits()),
            strip_before_last: Constant::new((data_lanes - 2).to_bits()),
            word_before_last: Constant::new((words_per_strip - 2).to_bits()),
            input_stage: Default::default(),
            data_stage: Default::default(),
            outgoing_strip: Default::default(),
            word: Default::default(),
            word_is_last: Default::default(),
            strip: Default::default(),
            strip_is_last: Default::default(),
            strip_ended: Default::default(),
            stripe_ended: Default::default(),
            accumulates: Default::default(),
            bank: Default::default(),
            bank_ready: Default::default(),
            filling: Default::default(),
            low_bank: Default::default(),
            high_bank: Default::default(),
            low_word: Default::default(),
            high_word: Default::default(),
            reading: Default::default(),
            reading_data: Default::default(),
            reading_address: Default::default(),
            reading_bank: Default::default(),
            reading_accumulates: Default::default(),
            adding: Default::default(),
            adding_data: Default::default(),
            adding_address: Default::default(),
            adding_bank: Default::default(),
            adding_accumulates: Default::default(),
            writing_low: Default::default(),
            writing_high: Default::default(),
            writing_sum: Default::default(),
            writing_address: Default::default(),
            low_finished: Default::default(),
            high_finished: Default::default(),
            drain_bank: Default::default(),
            drain_address: Default::default(),
            drained: Default::default(),
            drained_before: Default::default(),
            drain_ahead: Default::default(),
            word_behind: Default::default(),
            drain_is_last: Default::default(),
            drain_reading: Default::default(),
            drain_reading_last: Default::default(),
            drain_reading_bank: Default::default(),
            drain_word: Default::default(),
            drain_word_last: Default::default(),
            drain_word_bank: Default::default(),
            parity_stage: Default::default(),
            can_accept: Default::default(),
            accepts: Default::default(),
            accepted_word: Default::default(),
            stripe_ends: Default::default(),
            this_bank_finished: Default::default(),
            other_bank_finished: Default::default(),
            drains: Default::default(),
        })
    }
}

impl<const W: usize, const A: usize> Logic for XorParityEngine<W, A> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, input_stage, data_stage, parity_stage);
        dff_setup!(self, clock, outgoing_strip, word, word_is_last, strip, strip_is_last, accumulates, bank);
        dff_setup!(self, clock, bank_ready, filling, low_word, high_word, reading, reading_data, reading_address);
        dff_setup!(self, clock, reading_bank, reading_accumulates, adding, adding_data, adding_address);
        dff_setup!(self, clock, adding_bank, adding_accumulates, writing_low, writing_high, writing_sum);
        dff_setup!(self, clock, writing_address, low_finished, high_finished, drain_bank, drain_address, drained);
        dff_setup!(self, clock, drained_before, drain_ahead, word_behind, strip_ended, stripe_ended);
        dff_setup!(self, clock, drain_is_last, drain_reading, drain_reading_last);
        dff_setup!(self, clock, drain_reading_bank, drain_word, drain_word_last, drain_word_bank);
        self.low_bank.read_clock.next = self.clock.val();
        self.low_bank.write_clock.next = self.clock.val();
        self.high_bank.read_clock.next = self.clock.val();
        self.high_bank.write_clock.next = self.clock.val();
        StreamSink::<W>::link(&mut self.sink, &mut self.input_stage.sink);
        StreamSource::<W>::link(&mut self.data, &mut self.data_stage.source);
        StreamSource::<W>::link(&mut self.parity, &mut self.parity_stage.source);

        // Accept a word: from the input, or zero while filling.
        self.can_accept.next = self.data_stage.sink.ready.val() & self.bank_ready.q.val();
        self.accepts.next = self.can_accept.val() & (self.filling.q.val() | self.input_stage.source.valid.val());
        self.input_stage.source.ready.next = self.can_accept.val() & !self.filling.q.val();
        self.accepted_word.next = self.input_stage.source.data.val();
        if self.filling.q.val() {
            self.accepted_word.next = bits::<W>(0);
        }
        self.data_stage.sink.valid.next = self.accepts.val();
        self.data_stage.sink.data.next = self.accepted_word.val();
        self.data_stage.sink.last.next = self.word_is_last.q.val();
        self.stripe_ends.next = self.word_is_last.q.val() & self.strip_is_last.q.val();
        if self.accepts.val() {
            self.word.d.next = self.word.q.val() + 1;
            self.word_is_last.d.next = self.word.q.val() == self.word_before_last.val();
            if self.word_is_last.q.val() {
                self.word.d.next = bits::<A>(0);
                self.accumulates.d.next = true;
                if self.strip_is_last.q.val() {
                    self.accumulates.d.next = false;
                    self.bank.d.next = !self.bank.q.val();
                }
            }
            self.filling.d.next = (self.filling.q.val() | self.input_stage.source.last.val()) & !self.stripe_ends.val();
        }
        self.strip_ended.d.next = self.accepts.val() & self.word_is_last.q.val();
        self.stripe_ended.d.next = self.accepts.val() & self.stripe_ends.val();
        if self.strip_ended.q.val() {
            self.strip.d.next = self.strip.q.val() + 1;
            self.strip_is_last.d.next = self.strip.q.val() == self.strip_before_last.val();
            if self.stripe_ended.q.val() {
                self.strip.d.next = bits::<4>(0);
            }
        }

        // Add it to the parity word at its address.
        self.low_bank.read_address.next = self.word.q.val();
        self.high_bank.read_address.next = self.word.q.val();
        self.low_word.d.next = self.low_bank.read_data.val();
        self.high_word.d.next = self.high_bank.read_data.val();
        self.reading.d.next = self.accepts.val();
        self.reading_data.d.next = self.accepted_word.val();
        self.reading_address.d.next = self.word.q.val();
        self.reading_bank.d.next = self.bank.q.val();
        self.reading_accumulates.d.next = self.accumulates.q.val();
        self.adding.d.next = self.reading.q.val();
        self.adding_data.d.next = self.reading_data.q.val();
        self.adding_address.d.next = self.reading_address.q.val();
        self.adding_bank.d.next = self.reading_bank.q.val();
        self.adding_accumulates.d.next = self.reading_accumulates.q.val();
        self.writing_sum.d.next = self.adding_data.q.val();
        if self.adding_accumulates.q.val() {
            self.writing_sum.d.next = self.adding_data.q.val() ^ self.low_word.q.val();
            if self.adding_bank.q.val() {
                self.writing_sum.d.next = self.adding_data.q.val() ^ self.high_word.q.val();
            }
        }
        self.writing_address.d.next = self.adding_address.q.val();
        self.writing_low.d.next = self.adding.q.val() & !self.adding_bank.q.val();
        self.writing_high.d.next = self.adding.q.val() & self.adding_bank.q.val();
        self.low_bank.write_address.next = self.writing_address.q.val();
        self.low_bank.write_data.next = self.writing_sum.q.val();
        self.low_bank.write_enable.next = self.writing_low.q.val();
        self.high_bank.write_address.next = self.writing_address.q.val();
        self.high_bank.write_data.next = self.writing_sum.q.val();
        self.high_bank.write_enable.next = self.writing_high.q.val();

        // Read the finished bank out.
        self.drains.next = self.parity_stage.may_fetch.val()
            & ((self.low_finished.q.val() & !self.drain_bank.q.val())
                | (self.high_finished.q.val() & self.drain_bank.q.val()));
        if self.low_finished.q.val() & !self.drain_bank.q.val() {
            self.low_bank.read_address.next = self.drain_address.q.val();
        }
        if self.high_finished.q.val() & self.drain_bank.q.val() {
            self.high_bank.read_address.next = self.drain_address.q.val();
        }
        if self.drains.val() {
            self.drain_address.d.next = self.drain_address.q.val() + 1;
            self.drained.d.next = self.drain_address.q.val();
            self.drained_before.d.next = self.drained.q.val();
            self.drain_ahead.d.next = (self.drain_address.q.val() >> 2).any();
            self.drain_is_last.d.next = self.drain_address.q.val() == self.word_before_last.val();
            if self.drain_is_last.q.val() {
                self.drain_address.d.next = bits::<A>(0);
                self.drained.d.next = bits::<A>(0);
                self.drained_before.d.next = bits::<A>(0);
                self.drain_ahead.d.next = false;
                self.drain_bank.d.next = !self.drain_bank.q.val();
                if self.drain_bank.q.val() {
                    self.high_finished.d.next = false;
                } else {
                    self.low_finished.d.next = false;
                }
            }
        }
        if self.stripe_ended.q.val() {
            if self.reading_bank.q.val() {
                self.high_finished.d.next = true;
            } else {
                self.low_finished.d.next = true;
            }
        }
        self.drain_reading.d.next = self.drains.val();
        self.drain_reading_last.d.next = self.drain_is_last.q.val();
        self.drain_reading_bank.d.next = self.drain_bank.q.val();
        self.drain_word.d.next = self.drain_reading.q.val();
        self.drain_word_last.d.next = self.drain_reading_last.q.val();
        self.drain_word_bank.d.next = self.drain_reading_bank.q.val();
        self.parity_stage.begins.next = self.drains.val();
        self.parity_stage.fetched.next = self.drain_word.q.val();
        self.parity_stage.fetched_last.next = self.drain_word_last.q.val();
        self.parity_stage.fetched_word.next = self.low_word.q.val();
        if self.drain_word_bank.q.val() {
            self.parity_stage.fetched_word.next = self.high_word.q.val();
        }

        // Keep the next word off parity that has not been read out. What is known of the drain's place is two steps and two
        // cycles old, in which at most two words are accepted: it only errs towards waiting. The first words of a stripe
        // are safe once four have been read.
        self.this_bank_finished.next = self.low_finished.q.val();
        self.other_bank_finished.next = self.high_finished.q.val();
        if self.bank.q.val() {
            self.this_bank_finished.next = self.high_finished.q.val();
            self.other_bank_finished.next = self.low_finished.q.val();
        }
        self.bank_ready.d.next = !self.this_bank_finished.val() | self.word_behind.q.val();
        self.word_behind.d.next = self.word.q.val() < self.drained_before.q.val();
        if self.accepts.val() & self.word_is_last.q.val() {
            self.bank_ready.d.next =
                !self.strip_is_last.q.val() | !self.other_bank_finished.val() | self.drain_ahead.q.val();
            self.word_behind.d.next = self.drain_ahead.q.val();
        }

        self.data_strip.next = self.outgoing_strip.q.val();
        if self.data.valid.val() & self.data.last.val() & self.data.ready.val() {
            self.outgoing_strip.d.next = self.outgoing_strip.q.val() + 1;
            if self.outgoing_strip.q.val() == self.last_strip.val() {
                self.outgoing_strip.d.next = bits::<4>(0);
            }
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let data_lanes = u64::from(self.last_strip.val()) + 1;
        let words_per_strip = u64::from(self.word_before_last.val()) + 2;
        let mut info = circuit_info::<Self>(&[("data_lanes", data_lanes), ("words_per_strip", words_per_strip)]);
        // A word is written three cycles after it was accepted, when the accepting address is up to three words further
        // on, never at the same word of a strip of eight or more. A bank that is being read out is written only below
        // the drain's place; a bank that waits to be read out is read at the accepting address.
        info.push(no_collision(&["low_bank", "high_bank"]));
        info
    }
}
