//! The ports of the stripe table.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// State of a stripe.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum StripeState {
    /// It holds nothing.
    Free,
    /// Its pages are being gathered or programmed.
    Open,
    /// It is programmed, parity included.
    Closed,
    /// It is not to be used any more.
    Retired,
}

/// The firmware's end: `A` bits of stripe number, the group's on top.
///
/// A request is taken in the cycle in which `valid` and `ready` are both high, and stands until then. Readings are answered,
/// in order; a writing is done when it is taken.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "StripeSink"]
pub struct StripeSource<const A: usize> {
    /// A request is made.
    pub valid: Signal<Out, Bit>,
    /// The entry is written; else it is read.
    pub write: Signal<Out, Bit>,
    /// Which stripe.
    pub stripe: Signal<Out, Bits<A>>,
    /// State to write.
    pub state: Signal<Out, StripeState>,
    /// Sequence number to write.
    pub sequence: Signal<Out, Bits<32>>,
    /// Members to write, a bit a lane.
    pub members: Signal<Out, Bits<10>>,
    /// Parity lane to write.
    pub parity_lane: Signal<Out, Bits<4>>,
    /// The request is taken in this cycle.
    pub ready: Signal<In, Bit>,
    /// The oldest reading that was not answered yet is answered: the table's `found` signals show the entry.
    pub answer_valid: Signal<In, Bit>,
}

/// The table's end; the mate of [`StripeSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "StripeSource"]
pub struct StripeSink<const A: usize> {
    /// A request is made.
    pub valid: Signal<In, Bit>,
    /// The entry is written; else it is read.
    pub write: Signal<In, Bit>,
    /// Which stripe.
    pub stripe: Signal<In, Bits<A>>,
    /// State to write.
    pub state: Signal<In, StripeState>,
    /// Sequence number to write.
    pub sequence: Signal<In, Bits<32>>,
    /// Members to write, a bit a lane.
    pub members: Signal<In, Bits<10>>,
    /// Parity lane to write.
    pub parity_lane: Signal<In, Bits<4>>,
    /// The request is taken in this cycle.
    pub ready: Signal<Out, Bit>,
    /// The oldest reading that was not answered yet is answered: the table's `found` signals show the entry.
    pub answer_valid: Signal<Out, Bit>,
}

/// The end from which lookups come, `L` bits of location. Handshake as in
/// [`StreamSource`](crate::stream::StreamSource).
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "StripeLookupSink"]
pub struct StripeLookupSource<const L: usize> {
    /// A lookup is offered.
    pub valid: Signal<Out, Bit>,
    /// Returned with the result.
    pub tag: Signal<Out, Bits<8>>,
    /// Location of the page.
    pub location: Signal<Out, Bits<L>>,
    /// The table takes the lookup in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The table's end of lookups; the mate of [`StripeLookupSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "StripeLookupSource"]
pub struct StripeLookupSink<const L: usize> {
    /// A lookup is offered.
    pub valid: Signal<In, Bit>,
    /// Returned with the result.
    pub tag: Signal<In, Bits<8>>,
    /// Location of the page.
    pub location: Signal<In, Bits<L>>,
    /// The table takes the lookup in this cycle.
    pub ready: Signal<Out, Bit>,
}
