//! The command that comes with a page.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The sending end of a port of write commands. Handshake as in [`StreamSource`](crate::stream::StreamSource); the data words
/// of the pages come, in the order of the commands, on a stream beside it.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageCommandSink"]
pub struct PageCommandSource {
    /// A command is offered.
    pub valid: Signal<Out, Bit>,
    /// Names the command in its acknowledgement.
    pub tag: Signal<Out, Bits<8>>,
    /// Logical page that the data belong to.
    pub logical_page: Signal<Out, Bits<32>>,
    /// The receiver takes the offered command in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The receiving end of a port of write commands; the mate of [`PageCommandSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageCommandSource"]
pub struct PageCommandSink {
    /// A command is offered.
    pub valid: Signal<In, Bit>,
    /// Names the command in its acknowledgement.
    pub tag: Signal<In, Bits<8>>,
    /// Logical page that the data belong to.
    pub logical_page: Signal<In, Bits<32>>,
    /// The receiver takes the offered command in this cycle.
    pub ready: Signal<Out, Bit>,
}
