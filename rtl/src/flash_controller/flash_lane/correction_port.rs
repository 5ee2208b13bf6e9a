//! The port between a lane and the circuit that finds the errors of its codewords.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The lane's end.
///
/// The lane asks for a codeword with errors; its syndromes are fetched one by one, and `taken` ends that. Answers come later: for
/// each byte in error a mask, then a verdict on the codeword.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "CorrectionSink"]
pub struct CorrectionSource {
    /// A codeword has errors.
    pub asks: Signal<Out, Bit>,
    /// Its number in bits 2..=0, the slot of its record in bit 3; meaningful while `asks` is high.
    pub codeword: Signal<Out, Bits<4>>,
    /// Which odd syndrome is fetched.
    pub number: Signal<In, Bits<6>>,
    /// The syndrome of the number of the cycle before.
    pub syndrome: Signal<Out, Bits<14>>,
    /// All syndromes are fetched.
    pub taken: Signal<In, Bit>,
    /// There is an answer.
    pub answer_valid: Signal<In, Bit>,
    /// Bit 0: slot of the record. Bit 1 low: place of a byte of the record in bits 14..=2, its bits in error in 22..=15. Bit 1
    /// high, a verdict on a codeword: bits corrected in 8..=2, uncorrectable in 9, what the errors did to the register of the
    /// record's checksum in 41..=10. Meaningful while `answer_valid` is high.
    pub answer: Signal<In, Bits<42>>,
    /// The answer is taken in this cycle.
    pub answer_ready: Signal<Out, Bit>,
}

/// The corrector's end; the mate of [`CorrectionSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "CorrectionSource"]
pub struct CorrectionSink {
    /// A codeword has errors.
    pub asks: Signal<In, Bit>,
    /// Its number in bits 2..=0, the slot of its record in bit 3; meaningful while `asks` is high.
    pub codeword: Signal<In, Bits<4>>,
    /// Which odd syndrome is fetched.
    pub number: Signal<Out, Bits<6>>,
    /// The syndrome of the number of the cycle before.
    pub syndrome: Signal<In, Bits<14>>,
    /// All syndromes are fetched.
    pub taken: Signal<Out, Bit>,
    /// There is an answer.
    pub answer_valid: Signal<Out, Bit>,
    /// As in [`CorrectionSource`]; meaningful while `answer_valid` is high.
    pub answer: Signal<Out, Bits<42>>,
    /// The answer is taken in this cycle.
    pub answer_ready: Signal<In, Bit>,
}
