//! Reads and writes that hardware carries out, from those who decode them to those who do.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The end that offers commands. Handshake as in [`StreamSource`](crate::stream::StreamSource), but that an offer may
/// be refused. What belongs to a command stands for one more cycle after it was taken.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "ExchangeCommandSink"]
pub struct ExchangeCommandSource {
    /// A command is offered.
    pub valid: Signal<Out, Bit>,
    /// It is taken.
    pub ready: Signal<In, Bit>,
    /// It cannot be taken, because all exchanges are open; never with `command_ready`.
    pub refused: Signal<In, Bit>,
    /// Login of its host.
    pub login: Signal<Out, Bits<4>>,
    /// Its OX_ID.
    pub originator: Signal<Out, Bits<16>>,
    /// It is a write.
    pub is_write: Signal<Out, Bit>,
    /// Its first block.
    pub block: Signal<Out, Bits<35>>,
    /// Blocks to be moved, 1 or more.
    pub blocks: Signal<Out, Bits<16>>,
    /// FCP_DL is more than the command asks for.
    pub is_under: Signal<Out, Bit>,
    /// FCP_DL is less than the command asks for.
    pub is_over: Signal<Out, Bit>,
    /// By how many bytes.
    pub residual: Signal<Out, Bits<32>>,
}

/// The end that carries them out; the mate of [`ExchangeCommandSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "ExchangeCommandSource"]
pub struct ExchangeCommandSink {
    /// A command is offered.
    pub valid: Signal<In, Bit>,
    /// It is taken.
    pub ready: Signal<Out, Bit>,
    /// It cannot be taken, because all exchanges are open; never with `command_ready`.
    pub refused: Signal<Out, Bit>,
    /// Login of its host.
    pub login: Signal<In, Bits<4>>,
    /// Its OX_ID.
    pub originator: Signal<In, Bits<16>>,
    /// It is a write.
    pub is_write: Signal<In, Bit>,
    /// Its first block.
    pub block: Signal<In, Bits<35>>,
    /// Blocks to be moved, 1 or more.
    pub blocks: Signal<In, Bits<16>>,
    /// FCP_DL is more than the command asks for.
    pub is_under: Signal<In, Bit>,
    /// FCP_DL is less than the command asks for.
    pub is_over: Signal<In, Bit>,
    /// By how many bytes.
    pub residual: Signal<In, Bits<32>>,
}
