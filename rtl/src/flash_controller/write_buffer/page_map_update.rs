//! The place where a logical page lies from now on.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The sending end of a port of updates to the page map. Handshake as in [`StreamSource`](crate::stream::StreamSource): with
/// the cycle in which it is taken, every later lookup of the map must see it.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageMapUpdateSink"]
pub struct PageMapUpdateSource {
    /// An update is offered: all bytes of the page's stripe are with the lanes.
    pub valid: Signal<Out, Bit>,
    /// The logical page.
    pub logical_page: Signal<Out, Bits<32>>,
    /// Tag of the command that brought it.
    pub tag: Signal<Out, Bits<8>>,
    /// The mover brought it: the update holds only if the page still lies where the mover took it from.
    pub moved: Signal<Out, Bit>,
    /// RAID group of its stripe.
    pub group: Signal<Out, Bits<1>>,
    /// Number of its stripe in the group.
    pub stripe: Signal<Out, Bits<24>>,
    /// The lane.
    pub lane: Signal<Out, Bits<4>>,
    /// The half of the flash page.
    pub half: Signal<Out, Bits<1>>,
    /// The map takes the update in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The receiving end; the mate of [`PageMapUpdateSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageMapUpdateSource"]
pub struct PageMapUpdateSink {
    /// An update is offered: all bytes of the page's stripe are with the lanes.
    pub valid: Signal<In, Bit>,
    /// The logical page.
    pub logical_page: Signal<In, Bits<32>>,
    /// Tag of the command that brought it.
    pub tag: Signal<In, Bits<8>>,
    /// The mover brought it: the update holds only if the page still lies where the mover took it from.
    pub moved: Signal<In, Bit>,
    /// RAID group of its stripe.
    pub group: Signal<In, Bits<1>>,
    /// Number of its stripe in the group.
    pub stripe: Signal<In, Bits<24>>,
    /// The lane.
    pub lane: Signal<In, Bits<4>>,
    /// The half of the flash page.
    pub half: Signal<In, Bits<1>>,
    /// The map takes the update in this cycle.
    pub ready: Signal<Out, Bit>,
}
