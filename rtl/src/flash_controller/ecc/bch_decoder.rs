//! Codewords to corrected data.

use rust_hdl::prelude::*;

use super::bch_chien_search::BchChienSearch;
use super::bch_key_equation::BchKeyEquation;
use super::bch_syndromes::BchSyndromes;
use super::code::BchCode;
use crate::circuit::{circuit_info, no_collision};

/// Cycles that a codeword's way through the decoder takes beyond those of the key equation.
const OVERHEAD: usize = 8;

/// Corrects codeword after codeword: data words leave in order, without their errors, and for each codeword the number
/// of bits corrected, or that it is uncorrectable.
///
/// While one codeword arrives, the key equation of the one before is solved and the one before that leaves, its errors
/// found as its words pass. Data waits in block RAM. A codeword without errors leaves as soon as that is known.
///
/// A codeword with more errors than the code corrects is nearly always found uncorrectable; then its data is worthless,
/// as some of it may have been changed. Rarely it looks like another codeword with few errors: a checksum in the data
/// must find that.
///
/// Data words are also given as they arrived, for those that need not wait if a codeword proves to be without errors.
///
/// - Latency: from a word to `arrived` 1 cycle; from a codeword's last word to `checked` 4 cycles, to its first data word 11
///   cycles, and if it has errors also [`BchKeyEquation::latency`]. `decided` comes one cycle after a codeword's last data
///   word if it has no errors, else that many cycles later as it has parity words; always before the second data word of
///   the next.
/// - Throughput: 1 word per cycle in, without a pause; data words leave one a cycle.
/// - Back-pressure: none; what is behind must take a word a cycle, and pauses between words in are allowed.
/// - Limits: `M` is the degree of the code's field, `B` 8 or 16, `S` the bits of the coefficients of `lanes` lanes of the
///   key equation, `V` is `B * M`. A codeword has two data words or more, 2^`A` words
///   must hold the data of three codewords, and the key equation must be solved
///   in the time of a codeword.
#[derive(LogicBlock)]
pub struct BchDecoder<const M: usize, const B: usize, const S: usize, const V: usize, const A: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A word of a codeword arrives.
    pub word_valid: Signal<In, Bit>,
    /// The word, most significant bit the highest power; meaningful while `word_valid` is high.
    pub word: Signal<In, Bits<B>>,
    /// A data word has arrived.
    pub arrived: Signal<Out, Bit>,
    /// The word as it came; meaningful while `arrived` is high.
    pub arrived_word: Signal<Out, Bits<B>>,
    /// It is known whether a codeword has errors, in order.
    pub checked: Signal<Out, Bit>,
    /// It has; meaningful while `checked` is high.
    pub erroneous: Signal<Out, Bit>,
    /// A data word leaves.
    pub data_valid: Signal<Out, Bit>,
    /// The corrected word; meaningful while `data_valid` is high.
    pub data: Signal<Out, Bits<B>>,
    /// The word is the last of its codeword's data; meaningful while `data_valid` is high.
    pub data_last: Signal<Out, Bit>,
    /// The word is of a codeword with errors; meaningful while `data_valid` is high.
    pub data_changed: Signal<Out, Bit>,
    /// The outcome of a codeword, in order.
    pub decided: Signal<Out, Bit>,
    /// Bits corrected in the codeword, parity included; zero if it is uncorrectable. Meaningful while `decided` is high.
    pub corrected: Signal<Out, Bits<7>>,
    /// The codeword has more errors than can be corrected; meaningful while `decided` is high.
    pub uncorrectable: Signal<Out, Bit>,

    /// Number of the word before a codeword's last.
    word_before_last: Constant<Bits<12>>,
    /// Number of the last data word.
    last_data: Constant<Bits<12>>,
    /// Number of the word before it.
    data_before_last: Constant<Bits<12>>,

    syndromes: BchSyndromes<M, B>,
    key_equation: BchKeyEquation<M, S>,
    chien_search: BchChienSearch<M, B, S, V>,

    received: DFF<Bit>,
    received_word: DFF<Bits<B>>,
    /// Number in its codeword of the word in `received_word`.
    received_number: DFF<Bits<12>>,
    received_is_last: DFF<Bit>,
    received_is_parity: DFF<Bit>,
    data_words: RAM<Bits<B>, A>,
    write_address: DFF<Bits<A>>,

    /// Which syndromes are not zero.
    nonzero: Vec<DFF<Bit>>,
    checking: DFF<Bit>,
    judged: DFF<Bit>,
    has_errors: DFF<Bit>,
    /// A codeword waits to leave.
    waiting: DFF<Bit>,
    waiting_has_errors: DFF<Bit>,
    /// The waiting codeword's locator is known.
    located: DFF<Bit>,

    leaving: DFF<Bit>,
    leaving_has_errors: DFF<Bit>,
    leaving_number: DFF<Bits<12>>,
    leaving_is_last: DFF<Bit>,
    leaving_is_parity: DFF<Bit>,
    read_address: DFF<Bits<A>>,
    // The word on its way to meet its mask, and what is known of it.
    fetched: DFF<Bit>,
    fetched_last: DFF<Bit>,
    held: DFF<Bit>,
    held_last: DFF<Bit>,
    held_word: DFF<Bits<B>>,
    met: DFF<Bit>,
    met_last: DFF<Bit>,
    met_word: DFF<Bits<B>>,
    corrected_valid: DFF<Bit>,
    corrected_last: DFF<Bit>,
    corrected_word: DFF<Bits<B>>,
    out_valid: DFF<Bit>,
    out_last: DFF<Bit>,
    out_word: DFF<Bits<B>>,
    /// Of the words read one to five cycles ago: they are of a codeword with errors.
    changed: DFF<Bits<5>>,
    // A codeword without errors has left, one to five cycles ago.
    clean_fetched: DFF<Bit>,
    clean_held: DFF<Bit>,
    clean_met: DFF<Bit>,
    clean_corrected: DFF<Bit>,
    clean_out: DFF<Bit>,
    is_decided: DFF<Bit>,
    corrected_count: DFF<Bits<7>>,
    is_uncorrectable: DFF<Bit>,

    any_nonzero: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    reads: Signal<Local, Bit>,
}

impl<const M: usize, const B: usize, const S: usize, const V: usize, const A: usize> BchDecoder<M, B, S, V, A> {
    /// A decoder of codewords of `code` with `lanes` lanes in the key equation.
    ///
    /// # Panics
    /// If the parameters are not as the type's documentation states.
    pub fn new(code: &BchCode, lanes: usize) -> Self {
        let (words, data) = (code.words(B), code.data_words(B));
        assert!(data >= 2, "{data} data words: legal are 2 and more");
        assert!(3 * data <= 1 << A, "2^{A} words of data: legal are {} and more", 3 * data);
        let cycles = BchKeyEquation::<M, S>::latency(code, lanes) + OVERHEAD;
        assert!(cycles <= words, "{cycles} cycles of {lanes} lanes for a codeword: legal are {words} and less");
        Self {
            clock: Default::default(),
            word_valid: Default::default(),
            word: Default::default(),
            arrived: Default::default(),
            arrived_word: Default::default(),
            checked: Default::default(),
            erroneous: Default::default(),
            data_valid: Default::default(),
            data: Default::default(),
            data_last: Default::default(),
            data_changed: Default::default(),
            decided: Default::default(),
            corrected: Default::default(),
            uncorrectable: Default::default(),
            word_before_last: Constant::new((words - 2).to_bits()),
            last_data: Constant::new((data - 1).to_bits()),
            data_before_last: Constant::new((data - 2).to_bits()),
            syndromes: BchSyndromes::new(code),
            key_equation: BchKeyEquation::new(code, B, lanes),
            chien_search: BchChienSearch::new(code),
            received: Default::default(),
            received_word: Default::default(),
            received_number: Default::default(),
            received_is_last: Default::default(),
            received_is_parity: Default::default(),
            data_words: Default::default(),
            write_address: Default::default(),
            nonzero: (0..code.strength()).map(|_| Default::default()).collect(),
            checking: Default::default(),
            judged: Default::default(),
            has_errors: Default::default(),
            waiting: Default::default(),
            waiting_has_errors: Default::default(),
            located: Default::default(),
            leaving: Default::default(),
            leaving_has_errors: Default::default(),
            leaving_number: Default::default(),
            leaving_is_last: Default::default(),
            leaving_is_parity: Default::default(),
            read_address: Default::default(),
            fetched: Default::default(),
            fetched_last: Default::default(),
            held: Default::default(),
            held_last: Default::default(),
            held_word: Default::default(),
            met: Default::default(),
            met_last: Default::default(),
            met_word: Default::default(),
            corrected_valid: Default::default(),
            corrected_last: Default::default(),
            corrected_word: Default::default(),
            out_valid: Default::default(),
            out_last: Default::default(),
            out_word: Default::default(),
            changed: Default::default(),
            clean_fetched: Default::default(),
            clean_held: Default::default(),
            clean_met: Default::default(),
            clean_corrected: Default::default(),
            clean_out: Default::default(),
            is_decided: Default::default(),
            corrected_count: Default::default(),
            is_uncorrectable: Default::default(),
            any_nonzero: Default::default(),
            begins: Default::default(),
            ends: Default::default(),
            reads: Default::default(),
        }
    }
}

impl<const M: usize, const B: usize, const S: usize, const V: usize, const A: usize> Logic
    for BchDecoder<M, B, S, V, A>
{
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, syndromes, key_equation, chien_search);
        dff_setup!(self, clock, received, received_word, received_number, received_is_last, received_is_parity);
        dff_setup!(self, clock, write_address, checking, judged, has_errors, waiting, waiting_has_errors, located);
        dff_setup!(self, clock, leaving, leaving_has_errors, leaving_number, leaving_is_last, leaving_is_parity);
        dff_setup!(self, clock, read_address, fetched, fetched_last, held, held_last, held_word, met, met_last);
        dff_setup!(self, clock, met_word, corrected_valid, corrected_last, corrected_word, out_valid, out_last);
        dff_setup!(self, clock, out_word, clean_fetched, clean_held, clean_met, clean_corrected, clean_out);
        dff_setup!(self, clock, is_decided, corrected_count, is_uncorrectable, changed);
        self.data_words.read_clock.next = self.clock.val();
        self.data_words.write_clock.next = self.clock.val();

        // Arrival: data to memory, everything to the syndromes.
        self.syndromes.word_valid.next = self.word_valid.val();
        self.syndromes.word.next = self.word.val();
        self.received.d.next = self.word_valid.val();
        self.received_word.d.next = self.word.val();
        if self.received.q.val() {
            self.received_number.d.next = self.received_number.q.val() + 1;
            self.received_is_last.d.next = self.received_number.q.val() == self.word_before_last.val();
            if self.received_number.q.val() == self.last_data.val() {
                self.received_is_parity.d.next = true;
            }
            if self.received_is_last.q.val() {
                self.received_number.d.next = bits::<12>(0);
                self.received_is_parity.d.next = false;
            }
            if !self.received_is_parity.q.val() {
                self.write_address.d.next = self.write_address.q.val() + 1;
            }
        }
        self.data_words.write_address.next = self.write_address.q.val();
        self.data_words.write_data.next = self.received_word.q.val();
        self.data_words.write_enable.next = self.received.q.val() & !self.received_is_parity.q.val();

        self.arrived.next = self.received.q.val() & !self.received_is_parity.q.val();
        self.arrived_word.next = self.received_word.q.val();

        // Judgement: errors or none.
        self.any_nonzero.next = false;
        for i in 0..self.nonzero.len() {
            self.nonzero[i].clock.next = self.clock.val();
            self.nonzero[i].d.next = self.syndromes.syndromes[i].val().any();
            self.any_nonzero.next = self.any_nonzero.val() | self.nonzero[i].q.val();
            self.key_equation.syndromes[i].next = self.syndromes.syndromes[i].val();
        }
        self.checking.d.next = self.syndromes.ended.val();
        self.judged.d.next = self.checking.q.val();
        self.has_errors.d.next = self.any_nonzero.val();
        self.checked.next = self.judged.q.val();
        self.erroneous.next = self.has_errors.q.val();
        self.key_equation.start.next = self.judged.q.val() & self.has_errors.q.val();
        self.located.d.next = (self.located.q.val() | self.key_equation.solved.val()) & !self.judged.q.val();

        // Departure: a codeword with errors takes the time of the root search, one without that of its data.
        self.ends.next = self.leaving.q.val() & self.leaving_is_last.q.val();
        self.begins.next = self.waiting.q.val()
            & (!self.waiting_has_errors.q.val() | self.located.q.val())
            & (!self.leaving.q.val() | self.leaving_is_last.q.val());
        self.reads.next = self.leaving.q.val() & !self.leaving_is_parity.q.val();
        if self.reads.val() {
            self.read_address.d.next = self.read_address.q.val() + 1;
        }
        if self.leaving.q.val() {
            self.leaving_number.d.next = self.leaving_number.q.val() + 1;
            if self.leaving_number.q.val() == self.last_data.val() {
                self.leaving_is_parity.d.next = true;
            }
            if self.leaving_has_errors.q.val() {
                self.leaving_is_last.d.next = self.leaving_number.q.val() == self.word_before_last.val();
            } else {
                self.leaving_is_last.d.next = self.leaving_number.q.val() == self.data_before_last.val();
            }
        }
        if self.ends.val() {
            self.leaving.d.next = false;
        }
        if self.begins.val() {
            self.waiting.d.next = false;
            self.leaving.d.next = true;
            self.leaving_has_errors.d.next = self.waiting_has_errors.q.val();
            self.leaving_number.d.next = bits::<12>(0);
            self.leaving_is_last.d.next = false;
            self.leaving_is_parity.d.next = false;
        }
        if self.judged.q.val() {
            self.waiting.d.next = true;
            self.waiting_has_errors.d.next = self.has_errors.q.val();
        }
        self.chien_search.start.next = self.begins.val() & self.waiting_has_errors.q.val();
        self.chien_search.locator.next = self.key_equation.locator.val();
        self.chien_search.degree.next = self.key_equation.degree.val();
        self.chien_search.too_many.next = self.key_equation.too_many.val();

        // Each word meets its mask.
        self.data_words.read_address.next = self.read_address.q.val();
        self.fetched.d.next = self.reads.val();
        self.fetched_last.d.next = self.leaving_number.q.val() == self.last_data.val();
        self.held.d.next = self.fetched.q.val();
        self.held_last.d.next = self.fetched_last.q.val();
        self.held_word.d.next = self.data_words.read_data.val();
        self.met.d.next = self.held.q.val();
        self.met_last.d.next = self.held_last.q.val();
        self.met_word.d.next = self.held_word.q.val();
        self.corrected_valid.d.next = self.met.q.val();
        self.corrected_last.d.next = self.met_last.q.val();
        self.corrected_word.d.next = self.met_word.q.val() ^ self.chien_search.mask.val();
        self.out_valid.d.next = self.corrected_valid.q.val();
        self.out_last.d.next = self.corrected_last.q.val();
        self.out_word.d.next = self.corrected_word.q.val();
        self.data_valid.next = self.out_valid.q.val();
        self.data.next = self.out_word.q.val();
        self.data_last.next = self.out_last.q.val();
        self.changed.d.next = self.changed.q.val() << 1;
        if self.leaving_has_errors.q.val() {
            self.changed.d.next = (self.changed.q.val() << 1) | bits::<5>(1);
        }
        self.data_changed.next = self.changed.q.val().get_bit(4);

        self.clean_fetched.d.next = self.ends.val() & !self.leaving_has_errors.q.val();
        self.clean_held.d.next = self.clean_fetched.q.val();
        self.clean_met.d.next = self.clean_held.q.val();
        self.clean_corrected.d.next = self.clean_met.q.val();
        self.clean_out.d.next = self.clean_corrected.q.val();
        self.is_decided.d.next = self.clean_out.q.val() | self.chien_search.decided.val();
        self.corrected_count.d.next = bits::<7>(0);
        self.is_uncorrectable.d.next = false;
        if self.chien_search.decided.val() {
            self.corrected_count.d.next = self.chien_search.corrected.val();
            self.is_uncorrectable.d.next = self.chien_search.uncorrectable.val();
        }
        self.decided.next = self.is_decided.q.val();
        self.corrected.next = self.corrected_count.q.val();
        self.uncorrectable.next = self.is_uncorrectable.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[
            ("strength", self.nonzero.len() as u64),
            ("data_words", u64::from(self.last_data.val()) + 1),
        ]);
        // A word is read no earlier than its whole codeword was received; the read address meets the write address only
        // while nothing is read.
        info.push(no_collision(&["data_words"]));
        info
    }
}
