//! Exchanges as the processor sees them.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The end of the processor. What is asked stands until it is answered, and what is told of an exchange is meaningful
/// then.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "InspectionSink"]
pub struct InspectionSource {
    /// The processor asks for an exchange, until it is answered.
    pub valid: Signal<Out, Bit>,
    /// Number of the exchange.
    pub exchange: Signal<Out, Bits<7>>,
    /// And closes it.
    pub closes: Signal<Out, Bit>,
    /// It is answered.
    pub answered: Signal<In, Bit>,
    /// The exchange is open.
    pub is_open: Signal<In, Bit>,
    /// It is a write.
    pub is_write: Signal<In, Bit>,
    /// It ended early and has no page under way.
    pub failed: Signal<In, Bit>,
    /// Why: 1 storage failed, 2 the sequence ended before all data was there.
    pub reason: Signal<In, Bits<2>>,
    /// Login of its host.
    pub login: Signal<In, Bits<4>>,
    /// Its OX_ID.
    pub originator: Signal<In, Bits<16>>,
    /// Words of its data that were sent or received so far.
    pub moved: Signal<In, Bits<23>>,
    /// An exchange ended early, until that is taken notice of.
    pub failure_valid: Signal<In, Bit>,
    /// That is taken notice of.
    pub failure_ready: Signal<Out, Bit>,
    /// Number of the exchange.
    pub failure_exchange: Signal<In, Bits<7>>,
}

/// The end that has the exchanges; the mate of [`InspectionSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "InspectionSource"]
pub struct InspectionSink {
    /// The processor asks for an exchange, until it is answered.
    pub valid: Signal<In, Bit>,
    /// Number of the exchange.
    pub exchange: Signal<In, Bits<7>>,
    /// And closes it.
    pub closes: Signal<In, Bit>,
    /// It is answered.
    pub answered: Signal<Out, Bit>,
    /// The exchange is open.
    pub is_open: Signal<Out, Bit>,
    /// It is a write.
    pub is_write: Signal<Out, Bit>,
    /// It ended early and has no page under way.
    pub failed: Signal<Out, Bit>,
    /// Why: 1 storage failed, 2 the sequence ended before all data was there.
    pub reason: Signal<Out, Bits<2>>,
    /// Login of its host.
    pub login: Signal<Out, Bits<4>>,
    /// Its OX_ID.
    pub originator: Signal<Out, Bits<16>>,
    /// Words of its data that were sent or received so far.
    pub moved: Signal<Out, Bits<23>>,
    /// An exchange ended early, until that is taken notice of.
    pub failure_valid: Signal<Out, Bit>,
    /// That is taken notice of.
    pub failure_ready: Signal<In, Bit>,
    /// Number of the exchange.
    pub failure_exchange: Signal<Out, Bits<7>>,
}
