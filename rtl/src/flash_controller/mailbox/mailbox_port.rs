//! The port by which firmware reads and writes registers.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The firmware's end of a mailbox.
///
/// `request` and what belongs to it stand until the cycle in which `done` is high; the cycle after may begin the next
/// request. An address without a register reads as zero, and writing it does nothing.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "MailboxSink"]
pub struct MailboxSource {
    /// An access is asked for.
    pub request: Signal<Out, Bit>,
    /// The register is written; else it is read.
    pub write: Signal<Out, Bit>,
    /// Offset of the register in bytes.
    pub address: Signal<Out, Bits<12>>,
    /// What to write.
    pub data_in: Signal<Out, Bits<32>>,
    /// What was read; meaningful while `done` is high.
    pub data_out: Signal<In, Bits<32>>,
    /// The access is done.
    pub done: Signal<In, Bit>,
}

/// The hardware's end of a mailbox; the mate of [`MailboxSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "MailboxSource"]
pub struct MailboxSink {
    /// An access is asked for.
    pub request: Signal<In, Bit>,
    /// The register is written; else it is read.
    pub write: Signal<In, Bit>,
    /// Offset of the register in bytes.
    pub address: Signal<In, Bits<12>>,
    /// What to write.
    pub data_in: Signal<In, Bits<32>>,
    /// What was read; meaningful while `done` is high.
    pub data_out: Signal<Out, Bits<32>>,
    /// The access is done.
    pub done: Signal<Out, Bit>,
}
