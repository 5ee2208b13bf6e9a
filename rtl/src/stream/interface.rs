//! The stream that joins two blocks: words with a handshake and an end mark.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The sending end of a stream of `W`-bit words (`W` 1..=1024).
///
/// A word moves in every clock cycle in which `valid` and `ready` are both high. While `valid` is high and `ready` low,
/// `valid`, `data` and `last` keep their values. `valid` never waits for `ready`.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "StreamSink"]
pub struct StreamSource<const W: usize> {
    /// A word is offered.
    pub valid: Signal<Out, Bit>,
    /// The word; meaningful while `valid` is high.
    pub data: Signal<Out, Bits<W>>,
    /// The word is the last of its unit (a strip, a file: the port says which); meaningful while `valid` is high.
    pub last: Signal<Out, Bit>,
    /// The receiver takes the offered word in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The receiving end of a stream of `W`-bit words (`W` 1..=1024); the mate of [`StreamSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "StreamSource"]
pub struct StreamSink<const W: usize> {
    /// A word is offered.
    pub valid: Signal<In, Bit>,
    /// The word; meaningful while `valid` is high.
    pub data: Signal<In, Bits<W>>,
    /// The word is the last of its unit (a strip, a file: the port says which); meaningful while `valid` is high.
    pub last: Signal<In, Bit>,
    /// The receiver takes the offered word in this cycle.
    pub ready: Signal<Out, Bit>,
}
