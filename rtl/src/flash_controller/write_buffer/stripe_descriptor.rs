//! What the firmware says about a stripe before pages gather in it.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The sending end of a port of stripes to be opened. Handshake as in [`StreamSource`](crate::stream::StreamSource).
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "StripeDescriptorSink"]
pub struct StripeDescriptorSource {
    /// A stripe is offered.
    pub valid: Signal<Out, Bit>,
    /// RAID group, which is also the chip of each lane.
    pub group: Signal<Out, Bits<1>>,
    /// Number of the stripe in its group.
    pub stripe: Signal<Out, Bits<24>>,
    /// Sequence number: higher than that of every stripe opened before.
    pub sequence_number: Signal<Out, Bits<32>>,
    /// Member lanes, bit per lane: 3..=10 of them.
    pub members: Signal<Out, Bits<10>>,
    /// The member with the parity.
    pub parity_lane: Signal<Out, Bits<4>>,
    /// Die of the stripe's pages on each lane.
    pub die: Signal<Out, Bits<3>>,
    /// Their plane.
    pub plane: Signal<Out, Bits<1>>,
    /// Their block.
    pub block: Signal<Out, Bits<12>>,
    /// Their page in the block.
    pub page: Signal<Out, Bits<8>>,
    /// The stripe and the next one have the same place in both planes, and the same members: they are programmed together.
    pub pair_first: Signal<Out, Bit>,
    /// The stripe is the second of such a pair.
    pub pair_second: Signal<Out, Bit>,
    /// The receiver opens the stripe in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The receiving end; the mate of [`StripeDescriptorSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "StripeDescriptorSource"]
pub struct StripeDescriptorSink {
    /// A stripe is offered.
    pub valid: Signal<In, Bit>,
    /// RAID group, which is also the chip of each lane.
    pub group: Signal<In, Bits<1>>,
    /// Number of the stripe in its group.
    pub stripe: Signal<In, Bits<24>>,
    /// Sequence number: higher than that of every stripe opened before.
    pub sequence_number: Signal<In, Bits<32>>,
    /// Member lanes, bit per lane: 3..=10 of them.
    pub members: Signal<In, Bits<10>>,
    /// The member with the parity.
    pub parity_lane: Signal<In, Bits<4>>,
    /// Die of the stripe's pages on each lane.
    pub die: Signal<In, Bits<3>>,
    /// Their plane.
    pub plane: Signal<In, Bits<1>>,
    /// Their block.
    pub block: Signal<In, Bits<12>>,
    /// Their page in the block.
    pub page: Signal<In, Bits<8>>,
    /// The stripe and the next one have the same place in both planes, and the same members: they are programmed together.
    pub pair_first: Signal<In, Bit>,
    /// The stripe is the second of such a pair.
    pub pair_second: Signal<In, Bit>,
    /// The receiver opens the stripe in this cycle.
    pub ready: Signal<Out, Bit>,
}
