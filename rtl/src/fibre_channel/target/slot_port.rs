//! The slots of pages, as storage sees them.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The end of storage. It fills the slot of a page that is read, or fetches the words of one that is written, and then
/// says that it is done with the page.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "SlotSink"]
pub struct SlotSource {
    /// A word of a page that is read.
    pub fill: Signal<Out, Bit>,
    /// Where it belongs: slot in bits 14..=10, place in bits 9..=0.
    pub fill_address: Signal<Out, Bits<15>>,
    /// The word, first byte in bits 7..=0.
    pub fill_word: Signal<Out, Bits<32>>,
    /// Word of a page that is written: slot in bits 14..=10, place in bits 9..=0.
    pub fetch_address: Signal<Out, Bits<15>>,
    /// The word, a cycle later, first byte in bits 7..=0.
    pub fetch_word: Signal<In, Bits<32>>,
    /// Storage is done with a page.
    pub done: Signal<Out, Bit>,
    /// The page was written.
    pub done_is_write: Signal<Out, Bit>,
    /// Its slot.
    pub done_slot: Signal<Out, Bits<5>>,
    /// The page could not be read or written.
    pub done_failed: Signal<Out, Bit>,
    /// It was not written because a block of it was another one.
    pub done_mismatched: Signal<Out, Bit>,
}

/// The end that has the slots; the mate of [`SlotSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "SlotSource"]
pub struct SlotSink {
    /// A word of a page that is read.
    pub fill: Signal<In, Bit>,
    /// Where it belongs: slot in bits 14..=10, place in bits 9..=0.
    pub fill_address: Signal<In, Bits<15>>,
    /// The word, first byte in bits 7..=0.
    pub fill_word: Signal<In, Bits<32>>,
    /// Word of a page that is written: slot in bits 14..=10, place in bits 9..=0.
    pub fetch_address: Signal<In, Bits<15>>,
    /// The word, a cycle later, first byte in bits 7..=0.
    pub fetch_word: Signal<Out, Bits<32>>,
    /// Storage is done with a page.
    pub done: Signal<In, Bit>,
    /// The page was written.
    pub done_is_write: Signal<In, Bit>,
    /// Its slot.
    pub done_slot: Signal<In, Bits<5>>,
    /// The page could not be read or written.
    pub done_failed: Signal<In, Bit>,
    /// It was not written because a block of it was another one.
    pub done_mismatched: Signal<In, Bit>,
}
