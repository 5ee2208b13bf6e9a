//! Whether words of a line can be trusted.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// Decides from decoded words whether a receiver is in word synchronization: it is after three words that begin with a comma
/// without an invalid word among or between them, and no longer once invalid words outnumber pairs of valid ones by four.
///
/// A word is invalid if a character has an error, if a control character is not its first, or if a comma was misplaced. The
/// rules are those remembered of FC-FS (facts/fc.md, section 1).
///
/// - Latency: 1 cycle.
/// - Throughput: 1 word per cycle.
/// - Back-pressure: none.
/// - Limits: control characters other than K28.5 as a word's first are valid, and begin an ordered set that nobody knows.
#[derive(LogicBlock)]
pub struct WordSynchronizer {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Four bytes, the first in bits 7..=0.
    pub word: Signal<In, Bits<32>>,
    /// Which of the bytes are control characters, the first in bit 0.
    pub control: Signal<In, Bits<4>>,
    /// Which characters are not in the code.
    pub code_error: Signal<In, Bits<4>>,
    /// Which characters are not in the code at their running disparity.
    pub disparity_error: Signal<In, Bits<4>>,
    /// A comma began elsewhere than the word.
    pub comma_misplaced: Signal<In, Bit>,
    /// The receiver is in word synchronization with the word that stands.
    pub is_synchronized: Signal<Out, Bit>,
    /// The word of the cycle before.
    pub received: Signal<Out, Bits<32>>,
    /// It is an ordered set: its first character is a control character; never with `is_invalid`.
    pub is_ordered_set: Signal<Out, Bit>,
    /// It is an invalid word.
    pub is_invalid: Signal<Out, Bit>,

    /// K28.5.
    comma: Constant<Bits<8>>,
    commas_to_acquire: Constant<Bits<2>>,
    invalid_words_to_lose: Constant<Bits<2>>,

    synchronized: DFF<Bit>,
    /// Words with a comma, while out of synchronization.
    commas: DFF<Bits<2>>,
    /// Invalid words less pairs of valid ones, while in synchronization.
    invalid_words: DFF<Bits<2>>,
    /// The last word was valid and not yet counted in a pair.
    one_of_a_pair: DFF<Bit>,
    held_word: DFF<Bits<32>>,
    held_is_ordered_set: DFF<Bit>,
    held_is_invalid: DFF<Bit>,

    invalid: Signal<Local, Bit>,
    begins_with_comma: Signal<Local, Bit>,
}

impl Default for WordSynchronizer {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            word: Default::default(),
            control: Default::default(),
            code_error: Default::default(),
            disparity_error: Default::default(),
            comma_misplaced: Default::default(),
            is_synchronized: Default::default(),
            received: Default::default(),
            is_ordered_set: Default::default(),
            is_invalid: Default::default(),
            comma: Constant::new(0xBC_u64.into()),
            commas_to_acquire: Constant::new(2_u64.into()),
            invalid_words_to_lose: Constant::new(3_u64.into()),
            synchronized: Default::default(),
            commas: Default::default(),
            invalid_words: Default::default(),
            one_of_a_pair: Default::default(),
            held_word: Default::default(),
            held_is_ordered_set: Default::default(),
            held_is_invalid: Default::default(),
            invalid: Default::default(),
            begins_with_comma: Default::default(),
        }
    }
}

impl Logic for WordSynchronizer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, synchronized, commas, invalid_words, one_of_a_pair);
        dff_setup!(self, clock, held_word, held_is_ordered_set, held_is_invalid);

        self.invalid.next = self.code_error.val().any()
            | self.disparity_error.val().any()
            | self.comma_misplaced.val()
            | self.control.val().get_bits::<3>(1).any();
        self.begins_with_comma.next =
            self.control.val().get_bit(0) & (self.word.val().get_bits::<8>(0) == self.comma.val());
        self.held_word.d.next = self.word.val();
        self.held_is_ordered_set.d.next = self.control.val().get_bit(0) & !self.invalid.val();
        self.held_is_invalid.d.next = self.invalid.val();

        if self.synchronized.q.val() {
            self.commas.d.next = bits::<2>(0);
            if self.invalid.val() {
                self.one_of_a_pair.d.next = false;
                self.invalid_words.d.next = self.invalid_words.q.val() + 1;
                if self.invalid_words.q.val() == self.invalid_words_to_lose.val() {
                    self.synchronized.d.next = false;
                }
            } else if self.one_of_a_pair.q.val() {
                self.one_of_a_pair.d.next = false;
                if self.invalid_words.q.val().any() {
                    self.invalid_words.d.next = self.invalid_words.q.val() - 1;
                }
            } else {
                self.one_of_a_pair.d.next = true;
            }
        } else {
            self.invalid_words.d.next = bits::<2>(0);
            self.one_of_a_pair.d.next = false;
            if self.invalid.val() {
                self.commas.d.next = bits::<2>(0);
            } else if self.begins_with_comma.val() {
                self.commas.d.next = self.commas.q.val() + 1;
                if self.commas.q.val() == self.commas_to_acquire.val() {
                    self.synchronized.d.next = true;
                }
            }
        }

        self.is_synchronized.next = self.synchronized.q.val();
        self.received.next = self.held_word.q.val();
        self.is_ordered_set.next = self.held_is_ordered_set.q.val();
        self.is_invalid.next = self.held_is_invalid.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
