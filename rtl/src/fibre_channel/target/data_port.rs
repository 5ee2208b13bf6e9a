//! Data of writes, which asks for its place.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The end that asks. It stores the data that is accepted, and says so by `moved`, before it asks again.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "DataPlaceSink"]
pub struct DataPlaceSource {
    /// Data asks for its place, until it is answered.
    pub valid: Signal<Out, Bit>,
    /// Its RX_ID.
    pub responder: Signal<Out, Bits<16>>,
    /// Its OX_ID.
    pub originator: Signal<Out, Bits<16>>,
    /// Login of its host.
    pub login: Signal<Out, Bits<4>>,
    /// Its relative offset, bytes.
    pub offset: Signal<Out, Bits<32>>,
    /// Its words.
    pub words: Signal<Out, Bits<10>>,
    /// It is the last of its sequence.
    pub ends: Signal<Out, Bit>,
    /// It is answered.
    pub answered: Signal<In, Bit>,
    /// It is accepted; meaningful with the answer.
    pub accepted: Signal<In, Bit>,
    /// Slot of its first word.
    pub slot: Signal<In, Bits<5>>,
    /// Slot behind that, in the cycle after the answer.
    pub next_slot: Signal<In, Bits<5>>,
    /// Place of its first word in the slot.
    pub address: Signal<In, Bits<10>>,
    /// The data that was accepted is stored.
    pub moved: Signal<Out, Bit>,
}

/// The end that answers; the mate of [`DataPlaceSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "DataPlaceSource"]
pub struct DataPlaceSink {
    /// Data asks for its place, until it is answered.
    pub valid: Signal<In, Bit>,
    /// Its RX_ID.
    pub responder: Signal<In, Bits<16>>,
    /// Its OX_ID.
    pub originator: Signal<In, Bits<16>>,
    /// Login of its host.
    pub login: Signal<In, Bits<4>>,
    /// Its relative offset, bytes.
    pub offset: Signal<In, Bits<32>>,
    /// Its words.
    pub words: Signal<In, Bits<10>>,
    /// It is the last of its sequence.
    pub ends: Signal<In, Bit>,
    /// It is answered.
    pub answered: Signal<Out, Bit>,
    /// It is accepted; meaningful with the answer.
    pub accepted: Signal<Out, Bit>,
    /// Slot of its first word.
    pub slot: Signal<Out, Bits<5>>,
    /// Slot behind that, in the cycle after the answer.
    pub next_slot: Signal<Out, Bits<5>>,
    /// Place of its first word in the slot.
    pub address: Signal<Out, Bits<10>>,
    /// The data that was accepted is stored.
    pub moved: Signal<In, Bit>,
}
