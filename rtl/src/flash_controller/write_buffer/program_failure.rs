//! The report that a flash page was not programmed.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The sending end of a port of failed programs, to firmware. Handshake as in [`StreamSource`](crate::stream::StreamSource).
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "ProgramFailureSink"]
pub struct ProgramFailureSource {
    /// A failure is offered.
    pub valid: Signal<Out, Bit>,
    /// The stripe of the buffer, to name it in firmware's answer.
    pub buffer: Signal<Out, Bits<1>>,
    /// RAID group of the stripe.
    pub group: Signal<Out, Bits<1>>,
    /// Number of the stripe in the group.
    pub stripe: Signal<Out, Bits<24>>,
    /// The lane whose program failed.
    pub lane: Signal<Out, Bits<4>>,
    /// Firmware takes the report in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The receiving end; the mate of [`ProgramFailureSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "ProgramFailureSource"]
pub struct ProgramFailureSink {
    /// A failure is offered.
    pub valid: Signal<In, Bit>,
    /// The stripe of the buffer, to name it in firmware's answer.
    pub buffer: Signal<In, Bits<1>>,
    /// RAID group of the stripe.
    pub group: Signal<In, Bits<1>>,
    /// Number of the stripe in the group.
    pub stripe: Signal<In, Bits<24>>,
    /// The lane whose program failed.
    pub lane: Signal<In, Bits<4>>,
    /// Firmware takes the report in this cycle.
    pub ready: Signal<Out, Bit>,
}
