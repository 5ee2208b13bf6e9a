//! The command that programs flash pages of one lane.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The sending end of a lane's port of program commands. Handshake as in [`StreamSource`](crate::stream::StreamSource). The
/// pages' bytes come, in the order of the commands, on a stream beside it; those of a command for both planes as two pages.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "ProgramCommandSink"]
pub struct ProgramCommandSource {
    /// A command is offered.
    pub valid: Signal<Out, Bit>,
    /// Chip of the lane.
    pub chip: Signal<Out, Bits<1>>,
    /// Die of the chip.
    pub die: Signal<Out, Bits<3>>,
    /// Planes that are programmed, bit per plane.
    pub planes: Signal<Out, Bits<2>>,
    /// Block of the plane.
    pub block: Signal<Out, Bits<12>>,
    /// Page of the block.
    pub page: Signal<Out, Bits<8>>,
    /// Names the command in its completion.
    pub tag: Signal<Out, Bits<8>>,
    /// The lane takes the command in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The receiving end; the mate of [`ProgramCommandSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "ProgramCommandSource"]
pub struct ProgramCommandSink {
    /// A command is offered.
    pub valid: Signal<In, Bit>,
    /// Chip of the lane.
    pub chip: Signal<In, Bits<1>>,
    /// Die of the chip.
    pub die: Signal<In, Bits<3>>,
    /// Planes that are programmed, bit per plane.
    pub planes: Signal<In, Bits<2>>,
    /// Block of the plane.
    pub block: Signal<In, Bits<12>>,
    /// Page of the block.
    pub page: Signal<In, Bits<8>>,
    /// Names the command in its completion.
    pub tag: Signal<In, Bits<8>>,
    /// The lane takes the command in this cycle.
    pub ready: Signal<Out, Bit>,
}
