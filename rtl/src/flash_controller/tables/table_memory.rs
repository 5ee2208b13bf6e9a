//! The port between a table and the memory that holds it.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// A table's end of its memory port: 2^`A` words of `D` bits, block RAM inside the device or DRAM outside.
///
/// Reads and writes are two channels, each with a handshake: a request is accepted in every cycle in which its `valid`
/// and `ready` are both high, and stands until then. Every read is answered once, in the order of acceptance, one or more
/// cycles after its acceptance, in a cycle of the memory's choice; an answer cannot be held back. A read returns the word
/// as the writes accepted in earlier cycles left it; if a write of its address is accepted in the same cycle, it returns
/// anything.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "TableMemorySink"]
pub struct TableMemorySource<const A: usize, const D: usize> {
    /// A read is asked for.
    pub read_valid: Signal<Out, Bit>,
    /// Its address; meaningful while `read_valid` is high.
    pub read_address: Signal<Out, Bits<A>>,
    /// The memory accepts the read in this cycle.
    pub read_ready: Signal<In, Bit>,
    /// The oldest read that was not answered yet is answered.
    pub response_valid: Signal<In, Bit>,
    /// The word read; meaningful while `response_valid` is high.
    pub response_data: Signal<In, Bits<D>>,
    /// A write is asked for.
    pub write_valid: Signal<Out, Bit>,
    /// Its address; meaningful while `write_valid` is high.
    pub write_address: Signal<Out, Bits<A>>,
    /// The word to write; meaningful while `write_valid` is high.
    pub write_data: Signal<Out, Bits<D>>,
    /// The memory accepts the write in this cycle.
    pub write_ready: Signal<In, Bit>,
}

/// The memory's end of a table's memory port; the mate of [`TableMemorySource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "TableMemorySource"]
pub struct TableMemorySink<const A: usize, const D: usize> {
    /// A read is asked for.
    pub read_valid: Signal<In, Bit>,
    /// Its address; meaningful while `read_valid` is high.
    pub read_address: Signal<In, Bits<A>>,
    /// The memory accepts the read in this cycle.
    pub read_ready: Signal<Out, Bit>,
    /// The oldest read that was not answered yet is answered.
    pub response_valid: Signal<Out, Bit>,
    /// The word read; meaningful while `response_valid` is high.
    pub response_data: Signal<Out, Bits<D>>,
    /// A write is asked for.
    pub write_valid: Signal<In, Bit>,
    /// Its address; meaningful while `write_valid` is high.
    pub write_address: Signal<In, Bits<A>>,
    /// The word to write; meaningful while `write_valid` is high.
    pub write_data: Signal<In, Bits<D>>,
    /// The memory accepts the write in this cycle.
    pub write_ready: Signal<Out, Bit>,
}
