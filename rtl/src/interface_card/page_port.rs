//! The ports between a card and what is below it: those of a flash controller's host, and which blocks of a page are meant.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

use crate::flash_controller::host_interface::HostOperation;

/// The card's end of the command port. Handshake as in [`StreamSource`](crate::stream::StreamSource).
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageCommandSink"]
pub struct PageCommandSource {
    /// A command is offered.
    pub valid: Signal<Out, Bit>,
    /// What is asked for.
    pub operation: Signal<Out, HostOperation>,
    /// Names the command in its completion, 0..=127; no other command under way has it.
    pub tag: Signal<Out, Bits<8>>,
    /// Page of 4 KB.
    pub page: Signal<Out, Bits<32>>,
    /// First block that a read wants; words of blocks before it and behind the last may be left out.
    pub first_block: Signal<Out, Bits<3>>,
    /// Last block that a read wants.
    pub last_block: Signal<Out, Bits<3>>,
    /// The command is taken in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The device's end of the command port; the mate of [`PageCommandSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageCommandSource"]
pub struct PageCommandSink {
    /// A command is offered.
    pub valid: Signal<In, Bit>,
    /// What is asked for.
    pub operation: Signal<In, HostOperation>,
    /// Names the command in its completion, 0..=127; no other command under way has it.
    pub tag: Signal<In, Bits<8>>,
    /// Page of 4 KB.
    pub page: Signal<In, Bits<32>>,
    /// First block that a read wants; words of blocks before it and behind the last may be left out.
    pub first_block: Signal<In, Bits<3>>,
    /// Last block that a read wants.
    pub last_block: Signal<In, Bits<3>>,
    /// The command is taken in this cycle.
    pub ready: Signal<Out, Bit>,
}

/// The device's end of the read data port: the words of a page in order, pages one after the other. Handshake as in
/// [`StreamSource`](crate::stream::StreamSource).
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageReadSink"]
pub struct PageReadSource {
    /// A word is offered.
    pub valid: Signal<Out, Bit>,
    /// Tag of the page's command.
    pub tag: Signal<Out, Bits<8>>,
    /// The word; its lowest byte comes first in the page.
    pub data: Signal<Out, Bits<128>>,
    /// Block with which the words of the page begin, 0 if the page is whole; the same with each of them.
    pub first_block: Signal<Out, Bits<3>>,
    /// The word is the last of its page.
    pub last: Signal<Out, Bit>,
    /// The word is taken in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The card's end of the read data port; the mate of [`PageReadSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageReadSource"]
pub struct PageReadSink {
    /// A word is offered.
    pub valid: Signal<In, Bit>,
    /// Tag of the page's command.
    pub tag: Signal<In, Bits<8>>,
    /// The word; its lowest byte comes first in the page.
    pub data: Signal<In, Bits<128>>,
    /// Block with which the words of the page begin, 0 if the page is whole; the same with each of them.
    pub first_block: Signal<In, Bits<3>>,
    /// The word is the last of its page.
    pub last: Signal<In, Bit>,
    /// The word is taken in this cycle.
    pub ready: Signal<Out, Bit>,
}
