//! Data to codewords: parity behind the data.

use rust_hdl::prelude::*;

use super::code::BchCode;
use crate::circuit::circuit_info;
use crate::linear::LinearMap;
use crate::stream::{SkidBuffer, StreamSink, StreamSource};

/// Passes the data words of codeword after codeword and adds the parity words of each: the remainder of the division of
/// the data by the code's generator polynomial.
///
/// Bit order: the most significant bit of a word is the highest power. Parity is left-aligned and padded with zeros.
///
/// - Latency: 2 cycles from `sink` to `source`.
/// - Throughput: 1 word per cycle; `sink` waits while the parity of a codeword leaves, without another pause.
/// - Back-pressure: holding `source` back holds `sink` back; `ready` and `valid` come from registers.
/// - Limits: `B` 8 or 16; `P` is the code's number of parity bits and at least `B`. The length of a codeword's data is
///   what `last` makes it, up to the code's.
#[derive(LogicBlock)]
pub struct BchEncoder<const B: usize, const P: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Data words; `last` marks the last of a codeword.
    pub sink: StreamSink<B>,
    /// Data words, then parity words; `last` marks the last parity word.
    pub source: StreamSource<B>,

    /// Place of the remainder's highest word.
    top_place: Constant<Bits<16>>,
    /// Bits of a word.
    word_bits: Constant<Bits<16>>,
    /// Parity words of a codeword but one.
    parity_words_before_last: Constant<Bits<8>>,

    input_stage: SkidBuffer<B>,
    output_stage: SkidBuffer<B>,
    /// What the word that leaves the remainder, and the data, add to it.
    reduction: LinearMap<B, P>,
    remainder: DFF<Bits<P>>,
    /// Parity words leave.
    emitting: DFF<Bit>,
    parity_word: DFF<Bits<8>>,

    moves: Signal<Local, Bit>,
    top_word: Signal<Local, Bits<B>>,
    shifted: Signal<Local, Bits<P>>,
    is_last: Signal<Local, Bit>,
}

impl<const B: usize, const P: usize> BchEncoder<B, P> {
    /// An encoder for `code`.
    ///
    /// # Panics
    /// If `B` and `P` are not as the type's documentation states.
    pub fn new(code: &BchCode) -> Self {
        assert!(B == 8 || B == 16, "words of {B} bits: legal are 8 and 16");
        assert_eq!(P, code.parity_bits(), "parity bits of the code");
        assert!(P >= B, "{P} parity bits: legal are {B} and more for words of {B} bits");
        Self {
            clock: Default::default(),
            sink: Default::default(),
            source: Default::default(),
            top_place: Constant::new((P - B).to_bits()),
            word_bits: Constant::new(B.to_bits()),
            parity_words_before_last: Constant::new((code.parity_words(B) - 1).to_bits()),
            input_stage: Default::default(),
            output_stage: Default::default(),
            reduction: LinearMap::new(&code.feedback(B), &[("generator_degree", P as u64)]),
            remainder: Default::default(),
            emitting: Default::default(),
            parity_word: Default::default(),
            moves: Default::default(),
            top_word: Default::default(),
            shifted: Default::default(),
            is_last: Default::default(),
        }
    }
}

impl<const B: usize, const P: usize> Logic for BchEncoder<B, P> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, input_stage, output_stage);
        dff_setup!(self, clock, remainder, emitting, parity_word);
        StreamSink::<B>::link(&mut self.sink, &mut self.input_stage.sink);
        StreamSource::<B>::link(&mut self.source, &mut self.output_stage.source);

        self.moves.next =
            self.output_stage.sink.ready.val() & (self.emitting.q.val() | self.input_stage.source.valid.val());
        self.input_stage.source.ready.next = self.output_stage.sink.ready.val() & !self.emitting.q.val();
        self.top_word.next = self.remainder.q.val().get_bits::<B>(self.top_place.val().index());
        self.shifted.next = self.remainder.q.val() << self.word_bits.val();
        self.is_last.next = self.parity_word.q.val() == self.parity_words_before_last.val();

        // Without data there is no reduction: the remainder leaves, and zeros enter.
        self.reduction.vector.next = bits::<B>(0);
        if !self.emitting.q.val() {
            self.reduction.vector.next = self.top_word.val() ^ self.input_stage.source.data.val();
        }
        if self.moves.val() {
            self.remainder.d.next = self.shifted.val() ^ self.reduction.image.val();
            if self.emitting.q.val() {
                self.parity_word.d.next = self.parity_word.q.val() + 1;
                if self.is_last.val() {
                    self.parity_word.d.next = bits::<8>(0);
                    self.emitting.d.next = false;
                }
            } else {
                self.emitting.d.next = self.input_stage.source.last.val();
            }
        }
        self.output_stage.sink.valid.next = self.emitting.q.val() | self.input_stage.source.valid.val();
        self.output_stage.sink.data.next = self.input_stage.source.data.val();
        if self.emitting.q.val() {
            self.output_stage.sink.data.next = self.top_word.val();
        }
        self.output_stage.sink.last.next = self.emitting.q.val() & self.is_last.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
