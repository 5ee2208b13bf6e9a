//! The port by which firmware reads and clears counts.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The firmware's end: an index of `A` bits, a count of `C` bits.
///
/// A request is taken in the cycle in which `valid` and `ready` are both high, and stands until then. Every request is
/// answered, in order.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "CountSink"]
pub struct CountSource<const A: usize, const C: usize> {
    /// A request is made.
    pub valid: Signal<Out, Bit>,
    /// Which count.
    pub index: Signal<Out, Bits<A>>,
    /// Set the count to zero; the answer is the count before.
    pub clear: Signal<Out, Bit>,
    /// The request is taken in this cycle.
    pub ready: Signal<In, Bit>,
    /// The oldest request that was not answered yet is answered.
    pub answer_valid: Signal<In, Bit>,
    /// The count; meaningful while `answer_valid` is high.
    pub answer_count: Signal<In, Bits<C>>,
}

/// The counters' end; the mate of [`CountSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "CountSource"]
pub struct CountSink<const A: usize, const C: usize> {
    /// A request is made.
    pub valid: Signal<In, Bit>,
    /// Which count.
    pub index: Signal<In, Bits<A>>,
    /// Set the count to zero; the answer is the count before.
    pub clear: Signal<In, Bit>,
    /// The request is taken in this cycle.
    pub ready: Signal<Out, Bit>,
    /// The oldest request that was not answered yet is answered.
    pub answer_valid: Signal<Out, Bit>,
    /// The count; meaningful while `answer_valid` is high.
    pub answer_count: Signal<Out, Bits<C>>,
}
