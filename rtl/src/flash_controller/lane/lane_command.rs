//! The port by which commands come to a lane.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// What a lane can be asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LogicState)]
pub enum LaneOperation {
    /// Read `length` bytes from `column` of a page. One plane.
    Read,
    /// Program `length` bytes at `column` of a page of each plane of the mask.
    Program,
    /// Erase a block of each plane of the mask.
    Erase,
    /// Read `length` bytes of the chip's parameter page.
    ReadParameters,
    /// Read `length` bytes of the identification at address `page` (0x00 or 0x20).
    ReadId,
    /// Set the feature at address `page`: its first parameter byte is the low byte of `column`, the other three are zero.
    SetFeature,
    /// Read `length` bytes (4) of the feature at address `page`.
    GetFeature,
    /// Reset the chip: FFh over SDR, FCh (which keeps the interface) over NV-DDR.
    Reset,
}

/// The sending end of a lane's command port.
///
/// A command moves in a cycle in which `valid` and `ready` are high; until then it stands unchanged. `ready` answers for
/// the queue of the die addressed: a sender that must not wait offers only for dies that are not full.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "LaneCommandSink"]
pub struct LaneCommandSource {
    /// A command is offered.
    pub valid: Signal<Out, Bit>,
    /// What to do.
    pub operation: Signal<Out, LaneOperation>,
    /// The chip.
    pub chip: Signal<Out, Bits<1>>,
    /// The die (LUN) of the chip. What concerns a whole chip waits in this die's queue as well.
    pub die: Signal<Out, Bits<3>>,
    /// The planes: bit 0 and bit 1; both for a multi-plane program or erase.
    pub planes: Signal<Out, Bits<2>>,
    /// Block of the plane.
    pub block: Signal<Out, Bits<12>>,
    /// Page of the block, or an address byte: see [`LaneOperation`].
    pub page: Signal<Out, Bits<8>>,
    /// First byte of the page (an even one over NV-DDR), or a parameter: see [`LaneOperation`].
    pub column: Signal<Out, Bits<14>>,
    /// Bytes to transfer, 1 or more; of each plane for a program.
    pub length: Signal<Out, Bits<14>>,
    /// What the sender knows the command by.
    pub tag: Signal<Out, Bits<8>>,
    /// The command is taken in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The receiving end of a lane's command port; the mate of [`LaneCommandSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "LaneCommandSource"]
pub struct LaneCommandSink {
    /// A command is offered.
    pub valid: Signal<In, Bit>,
    /// What to do.
    pub operation: Signal<In, LaneOperation>,
    /// The chip.
    pub chip: Signal<In, Bits<1>>,
    /// The die (LUN) of the chip. What concerns a whole chip waits in this die's queue as well.
    pub die: Signal<In, Bits<3>>,
    /// The planes: bit 0 and bit 1; both for a multi-plane program or erase.
    pub planes: Signal<In, Bits<2>>,
    /// Block of the plane.
    pub block: Signal<In, Bits<12>>,
    /// Page of the block, or an address byte: see [`LaneOperation`].
    pub page: Signal<In, Bits<8>>,
    /// First byte of the page (an even one over NV-DDR), or a parameter: see [`LaneOperation`].
    pub column: Signal<In, Bits<14>>,
    /// Bytes to transfer, 1 or more; of each plane for a program.
    pub length: Signal<In, Bits<14>>,
    /// What the sender knows the command by.
    pub tag: Signal<In, Bits<8>>,
    /// The command is taken in this cycle.
    pub ready: Signal<Out, Bit>,
}
