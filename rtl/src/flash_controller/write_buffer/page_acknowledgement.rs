//! The word that a page is safe.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The sending end of a port of acknowledgements. Handshake as in [`StreamSource`](crate::stream::StreamSource).
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageAcknowledgementSink"]
pub struct PageAcknowledgementSource {
    /// An acknowledgement is offered: the page is wholly in the buffer, under battery, or dropped.
    pub valid: Signal<Out, Bit>,
    /// Tag of the command.
    pub tag: Signal<Out, Bits<8>>,
    /// The command was the mover's.
    pub moved: Signal<Out, Bit>,
    /// There is a newer copy of the moved page: it was dropped, and none of its data words was taken.
    pub superseded: Signal<Out, Bit>,
    /// The receiver takes the acknowledgement in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The receiving end of a port of acknowledgements; the mate of [`PageAcknowledgementSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageAcknowledgementSource"]
pub struct PageAcknowledgementSink {
    /// An acknowledgement is offered: the page is wholly in the buffer, under battery, or dropped.
    pub valid: Signal<In, Bit>,
    /// Tag of the command.
    pub tag: Signal<In, Bits<8>>,
    /// The command was the mover's.
    pub moved: Signal<In, Bit>,
    /// There is a newer copy of the moved page: it was dropped, and none of its data words was taken.
    pub superseded: Signal<In, Bit>,
    /// The receiver takes the acknowledgement in this cycle.
    pub ready: Signal<Out, Bit>,
}
