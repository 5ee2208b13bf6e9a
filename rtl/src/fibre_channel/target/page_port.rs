//! Pages that storage is asked for.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The end that asks. Handshake as in [`StreamSource`](crate::stream::StreamSource).
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "StoragePageSink"]
pub struct StoragePageSource {
    /// Storage is asked for a page.
    pub valid: Signal<Out, Bit>,
    /// Storage takes that.
    pub ready: Signal<In, Bit>,
    /// The page is written from its slot; else it is read into it.
    pub is_write: Signal<Out, Bit>,
    /// It is trimmed instead; only with `is_write`.
    pub is_trim: Signal<Out, Bit>,
    /// It is written only if one block of it is what stands in the slot where the neighbour of that block has its place (their
    /// numbers differ in the lowest bit); only with `is_write`, and `first` and `last` are that block.
    pub compares: Signal<Out, Bit>,
    /// The slot, of those for reads or those for writes.
    pub slot: Signal<Out, Bits<5>>,
    /// Number of the page of 4 KB.
    pub number: Signal<Out, Bits<32>>,
    /// First block of the page that is meant.
    pub first: Signal<Out, Bits<3>>,
    /// Last block of the page that is meant.
    pub last: Signal<Out, Bits<3>>,
}

/// The end of storage; the mate of [`StoragePageSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "StoragePageSource"]
pub struct StoragePageSink {
    /// Storage is asked for a page.
    pub valid: Signal<In, Bit>,
    /// Storage takes that.
    pub ready: Signal<Out, Bit>,
    /// The page is written from its slot; else it is read into it.
    pub is_write: Signal<In, Bit>,
    /// It is trimmed instead; only with `is_write`.
    pub is_trim: Signal<In, Bit>,
    /// It is written only if one block of it is what stands in the slot where the neighbour of that block has its place (their
    /// numbers differ in the lowest bit); only with `is_write`, and `first` and `last` are that block.
    pub compares: Signal<In, Bit>,
    /// The slot, of those for reads or those for writes.
    pub slot: Signal<In, Bits<5>>,
    /// Number of the page of 4 KB.
    pub number: Signal<In, Bits<32>>,
    /// First block of the page that is meant.
    pub first: Signal<In, Bits<3>>,
    /// Last block of the page that is meant.
    pub last: Signal<In, Bits<3>>,
}
