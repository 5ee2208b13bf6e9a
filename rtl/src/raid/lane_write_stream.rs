//! The port by which strips leave for a lane.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The sending end of a lane's write port, `W`-bit words.
///
/// Handshake as in [`StreamSource`](crate::stream::StreamSource). The words of a strip follow one another without words
/// of another strip between them, from its first word to its last, which `last` marks; all carry their stripe's number.
/// A lane gets the data strip of stripe `s + 1` before the parity strip of stripe `s` whenever both lie on it; otherwise
/// its stripes come in ascending order.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "LaneWriteSink"]
pub struct LaneWriteSource<const W: usize> {
    /// A word is offered.
    pub valid: Signal<Out, Bit>,
    /// Number of the stripe, from 0, to which the word belongs: the strip's address on the lane.
    pub stripe: Signal<Out, Bits<32>>,
    /// The word.
    pub data: Signal<Out, Bits<W>>,
    /// The word is the last of its strip.
    pub last: Signal<Out, Bit>,
    /// The lane takes the offered word in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The receiving end of a lane's write port, `W`-bit words; the mate of [`LaneWriteSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "LaneWriteSource"]
pub struct LaneWriteSink<const W: usize> {
    /// A word is offered.
    pub valid: Signal<In, Bit>,
    /// Number of the stripe, from 0, to which the word belongs: the strip's address on the lane.
    pub stripe: Signal<In, Bits<32>>,
    /// The word.
    pub data: Signal<In, Bits<W>>,
    /// The word is the last of its strip.
    pub last: Signal<In, Bit>,
    /// The lane takes the offered word in this cycle.
    pub ready: Signal<Out, Bit>,
}
