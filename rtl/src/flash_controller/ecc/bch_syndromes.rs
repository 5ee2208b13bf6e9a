//! Codewords to syndromes.

use rust_hdl::prelude::*;

use super::code::BchCode;
use crate::circuit::circuit_info;
use crate::linear::LinearMap;

/// The odd syndromes of codeword after codeword: syndrome `j` is the received polynomial at the field's generating
/// element to the power 2`j`+1. All are zero exactly if the word is one of the code.
///
/// - Latency: 2 cycles from a codeword's last word to `ended`.
/// - Throughput: 1 word per cycle, without a pause between codewords.
/// - Back-pressure: none; pauses between words are allowed.
/// - Limits: `M` is the degree of the code's field, `B` 8 or 16. A codeword ends by the number of its words.
#[derive(LogicBlock)]
pub struct BchSyndromes<const M: usize, const B: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A word of a codeword arrives.
    pub word_valid: Signal<In, Bit>,
    /// The word, most significant bit the highest power; meaningful while `word_valid` is high.
    pub word: Signal<In, Bits<B>>,
    /// The syndromes of a codeword are new in this cycle.
    pub ended: Signal<Out, Bit>,
    /// Syndromes of the last complete codeword, from `ended` until the next ends.
    pub syndromes: Vec<Signal<Out, Bits<M>>>,

    /// Number of the word before a codeword's last.
    word_before_last: Constant<Bits<12>>,

    word_number: DFF<Bits<12>>,
    word_is_last: DFF<Bit>,
    received: DFF<Bit>,
    received_last: DFF<Bit>,
    received_word: DFF<Bits<B>>,
    /// The syndrome so far, moved up by a word.
    advance: Vec<LinearMap<M, M>>,
    /// What the received word adds.
    weigh: Vec<LinearMap<B, M>>,
    partial: Vec<DFF<Bits<M>>>,
    complete: Vec<DFF<Bits<M>>>,
    has_ended: DFF<Bit>,

    sum: Signal<Local, Bits<M>>,
}

impl<const M: usize, const B: usize> BchSyndromes<M, B> {
    /// Syndromes of the codewords of `code`.
    ///
    /// # Panics
    /// If `M` and `B` are not as the type's documentation states.
    pub fn new(code: &BchCode) -> Self {
        assert!(B == 8 || B == 16, "words of {B} bits: legal are 8 and 16");
        assert_eq!(M, code.field_bits(), "bits of the code's field");
        let odd = || (0..code.strength() as i64).map(|index| 2 * index + 1);
        Self {
            clock: Default::default(),
            word_valid: Default::default(),
            word: Default::default(),
            ended: Default::default(),
            syndromes: odd().map(|_| Default::default()).collect(),
            word_before_last: Constant::new((code.words(B) - 2).to_bits()),
            word_number: Default::default(),
            word_is_last: Default::default(),
            received: Default::default(),
            received_last: Default::default(),
            received_word: Default::default(),
            advance: odd()
                .map(|power| {
                    let exponent = power * B as i64;
                    LinearMap::new(&code.multiplication(exponent), &[("times_alpha_to", exponent as u64)])
                })
                .collect(),
            weigh: odd()
                .map(|power| LinearMap::new(&code.weights(power, B), &[("at_alpha_to", power as u64)]))
                .collect(),
            partial: odd().map(|_| Default::default()).collect(),
            complete: odd().map(|_| Default::default()).collect(),
            has_ended: Default::default(),
            sum: Default::default(),
        }
    }
}

impl<const M: usize, const B: usize> Logic for BchSyndromes<M, B> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, word_number, word_is_last, received, received_last, received_word, has_ended);

        self.received.d.next = self.word_valid.val();
        self.received_last.d.next = self.word_valid.val() & self.word_is_last.q.val();
        self.received_word.d.next = self.word.val();
        if self.word_valid.val() {
            self.word_number.d.next = self.word_number.q.val() + 1;
            self.word_is_last.d.next = self.word_number.q.val() == self.word_before_last.val();
            if self.word_is_last.q.val() {
                self.word_number.d.next = bits::<12>(0);
            }
        }

        for i in 0..self.partial.len() {
            self.partial[i].clock.next = self.clock.val();
            self.complete[i].clock.next = self.clock.val();
            self.advance[i].vector.next = self.partial[i].q.val();
            self.weigh[i].vector.next = self.received_word.q.val();
            self.sum.next = self.advance[i].image.val() ^ self.weigh[i].image.val();
            self.partial[i].d.next = self.partial[i].q.val();
            self.complete[i].d.next = self.complete[i].q.val();
            if self.received.q.val() {
                self.partial[i].d.next = self.sum.val();
            }
            if self.received_last.q.val() {
                self.partial[i].d.next = bits::<M>(0);
                self.complete[i].d.next = self.sum.val();
            }
            self.syndromes[i].next = self.complete[i].q.val();
        }
        self.has_ended.d.next = self.received_last.q.val();
        self.ended.next = self.has_ended.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[
            ("strength", self.partial.len() as u64),
            ("words", u64::from(self.word_before_last.val()) + 2),
        ])
    }
}
