//! Entries of the login table.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The end that writes entries.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "LoginEntrySink"]
pub struct LoginEntrySource {
    /// An entry is written, in this cycle.
    pub write: Signal<Out, Bit>,
    /// Number of the entry.
    pub number: Signal<Out, Bits<4>>,
    /// Address of the port that is logged in.
    pub address: Signal<Out, Bits<24>>,
    /// Words of payload that it takes in a frame.
    pub payload: Signal<Out, Bits<10>>,
    /// Its commands may be carried out by hardware alone.
    pub is_fast: Signal<Out, Bit>,
    /// But not its writes.
    pub is_read_only: Signal<Out, Bit>,
    /// The entry holds a login.
    pub is_valid: Signal<Out, Bit>,
}

/// The end that has them; the mate of [`LoginEntrySource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "LoginEntrySource"]
pub struct LoginEntrySink {
    /// An entry is written, in this cycle.
    pub write: Signal<In, Bit>,
    /// Number of the entry.
    pub number: Signal<In, Bits<4>>,
    /// Address of the port that is logged in.
    pub address: Signal<In, Bits<24>>,
    /// Words of payload that it takes in a frame.
    pub payload: Signal<In, Bits<10>>,
    /// Its commands may be carried out by hardware alone.
    pub is_fast: Signal<In, Bit>,
    /// But not its writes.
    pub is_read_only: Signal<In, Bit>,
    /// The entry holds a login.
    pub is_valid: Signal<In, Bit>,
}
