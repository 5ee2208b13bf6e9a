//! The ports between a controller and its host.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// What a host asks for.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum HostOperation {
    /// The page's data.
    Read,
    /// The page becomes what the write data stream brings next.
    Write,
    /// The page has no data any more; it reads as zeros.
    Trim,
    /// Everything acknowledged before lies in closed stripes; `page` is not looked at.
    Flush,
}

/// The host's end of the command port. Handshake as in [`StreamSource`](crate::stream::StreamSource).
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "HostCommandSink"]
pub struct HostCommandSource {
    /// A command is offered.
    pub valid: Signal<Out, Bit>,
    /// What is asked for.
    pub operation: Signal<Out, HostOperation>,
    /// Names the command in its completion, 0..=127; no other command under way has it.
    pub tag: Signal<Out, Bits<8>>,
    /// Logical page of 4 KB.
    pub page: Signal<Out, Bits<32>>,
    /// The controller takes the command in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The controller's end of the command port; the mate of [`HostCommandSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "HostCommandSource"]
pub struct HostCommandSink {
    /// A command is offered.
    pub valid: Signal<In, Bit>,
    /// What is asked for.
    pub operation: Signal<In, HostOperation>,
    /// Names the command in its completion, 0..=127; no other command under way has it.
    pub tag: Signal<In, Bits<8>>,
    /// Logical page of 4 KB.
    pub page: Signal<In, Bits<32>>,
    /// The controller takes the command in this cycle.
    pub ready: Signal<Out, Bit>,
}

/// The controller's end of the completion port. Handshake as in [`StreamSource`](crate::stream::StreamSource).
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "HostCompletionSink"]
pub struct HostCompletionSource {
    /// A command is completed.
    pub valid: Signal<Out, Bit>,
    /// Its tag.
    pub tag: Signal<Out, Bits<8>>,
    /// How it ended: 0 well, 1 the page's data is lost, 2 there is no such page.
    pub status: Signal<Out, Bits<2>>,
    /// The host takes the completion in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The host's end of the completion port; the mate of [`HostCompletionSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "HostCompletionSource"]
pub struct HostCompletionSink {
    /// A command is completed.
    pub valid: Signal<In, Bit>,
    /// Its tag.
    pub tag: Signal<In, Bits<8>>,
    /// How it ended: 0 well, 1 the page's data is lost, 2 there is no such page.
    pub status: Signal<In, Bits<2>>,
    /// The host takes the completion in this cycle.
    pub ready: Signal<Out, Bit>,
}

/// The controller's end of the read data port: pages of words, whole and one after the other, each with its command's tag.
/// Handshake as in [`StreamSource`](crate::stream::StreamSource).
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "HostReadSink"]
pub struct HostReadSource {
    /// A word is offered.
    pub valid: Signal<Out, Bit>,
    /// Tag of the page's command.
    pub tag: Signal<Out, Bits<8>>,
    /// The word; its lowest byte comes first in the page.
    pub data: Signal<Out, Bits<128>>,
    /// The word is the last of its page.
    pub last: Signal<Out, Bit>,
    /// The host takes the word in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The host's end of the read data port; the mate of [`HostReadSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "HostReadSource"]
pub struct HostReadSink {
    /// A word is offered.
    pub valid: Signal<In, Bit>,
    /// Tag of the page's command.
    pub tag: Signal<In, Bits<8>>,
    /// The word; its lowest byte comes first in the page.
    pub data: Signal<In, Bits<128>>,
    /// The word is the last of its page.
    pub last: Signal<In, Bit>,
    /// The host takes the word in this cycle.
    pub ready: Signal<Out, Bit>,
}
