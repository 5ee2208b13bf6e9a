//! What is known of a login.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The end that asks.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "LoginLookupSink"]
pub struct LoginLookupSource {
    /// Number of a login.
    pub number: Signal<Out, Bits<4>>,
    /// Its address, a cycle later.
    pub address: Signal<In, Bits<24>>,
    /// Words of payload that it takes in a frame, a cycle later.
    pub payload: Signal<In, Bits<10>>,
}

/// The end that answers, in the next cycle; the mate of [`LoginLookupSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "LoginLookupSource"]
pub struct LoginLookupSink {
    /// Number of a login.
    pub number: Signal<In, Bits<4>>,
    /// Its address, a cycle later.
    pub address: Signal<Out, Bits<24>>,
    /// Words of payload that it takes in a frame, a cycle later.
    pub payload: Signal<Out, Bits<10>>,
}
