//! The port by which firmware reads and writes what is known of a block, and a block's state.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// State of a block. A table that was not filled says that every block is bad.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum BlockState {
    /// Not to be used any more.
    Bad,
    /// Nothing was programmed since its erasure.
    Erased,
    /// Some of its pages were programmed.
    Open,
    /// All of its pages were programmed.
    Full,
}

/// The firmware's end: `R` bits of row number.
///
/// A request is taken in the cycle in which `valid` and `ready` are both high, and stands until then. Every request is
/// answered once, before the next is taken.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "BlockSink"]
pub struct BlockSource<const R: usize> {
    /// A request is made.
    pub valid: Signal<Out, Bit>,
    /// State and erase count are written; else they are read.
    pub write: Signal<Out, Bit>,
    /// Row of the block.
    pub row: Signal<Out, Bits<R>>,
    /// Its lane, 0..=9.
    pub lane: Signal<Out, Bits<4>>,
    /// The state to write.
    pub state: Signal<Out, BlockState>,
    /// The erase count to write.
    pub erase_count: Signal<Out, Bits<20>>,
    /// The request is taken in this cycle.
    pub ready: Signal<In, Bit>,
    /// The request is answered.
    pub answer_valid: Signal<In, Bit>,
    /// The block's state; meaningful with the answer to a reading.
    pub answer_state: Signal<In, BlockState>,
    /// Its erase count; meaningful with the answer to a reading.
    pub answer_erase_count: Signal<In, Bits<20>>,
}

/// The table's end; the mate of [`BlockSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "BlockSource"]
pub struct BlockSink<const R: usize> {
    /// A request is made.
    pub valid: Signal<In, Bit>,
    /// State and erase count are written; else they are read.
    pub write: Signal<In, Bit>,
    /// Row of the block.
    pub row: Signal<In, Bits<R>>,
    /// Its lane, 0..=9.
    pub lane: Signal<In, Bits<4>>,
    /// The state to write.
    pub state: Signal<In, BlockState>,
    /// The erase count to write.
    pub erase_count: Signal<In, Bits<20>>,
    /// The request is taken in this cycle.
    pub ready: Signal<Out, Bit>,
    /// The request is answered.
    pub answer_valid: Signal<Out, Bit>,
    /// The block's state; meaningful with the answer to a reading.
    pub answer_state: Signal<Out, BlockState>,
    /// Its erase count; meaningful with the answer to a reading.
    pub answer_erase_count: Signal<Out, Bits<20>>,
}
