//! Where a logical strip lies.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::config::{GeometryError, check_data_lanes};
use crate::raid::Divider;

/// Finds stripe, place in the stripe, lane and parity lane of a logical strip.
///
/// With `N` data lanes and `L = N + 1` lanes, logical strip `n` is data strip `n mod N` of stripe `n / N` and lies on lane
/// `n mod L`; the parity of the stripe lies on lane `L-1 - (stripe mod L)`.
///
/// - Latency: 18 cycles.
/// - Throughput: 1 lookup per cycle.
/// - Back-pressure: none; results appear in the order of the lookups and cannot be held.
/// - Limits: 2..=15 data lanes, 32-bit strip numbers.
#[derive(LogicBlock)]
pub struct StripeLayout {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A strip is looked up.
    pub lookup_valid: Signal<In, Bit>,
    /// Logical number of the strip, from 0.
    pub logical_strip: Signal<In, Bits<32>>,
    /// The result of the lookup 18 cycles before is shown.
    pub result_valid: Signal<Out, Bit>,
    /// The stripe's number.
    pub stripe: Signal<Out, Bits<32>>,
    /// The strip's place among the data strips of its stripe, 0..`N`.
    pub data_strip: Signal<Out, Bits<4>>,
    /// The lane that holds the strip.
    pub lane: Signal<Out, Bits<4>>,
    /// The lane that holds the stripe's parity.
    pub parity_lane: Signal<Out, Bits<4>>,

    /// Lanes, parity included.
    lanes: Constant<Bits<5>>,
    /// Number of the highest lane.
    last_lane: Constant<Bits<5>>,

    stripe_divider: Divider,
    lane_divider: Divider,
    /// One bit for each lookup under way in the dividers, the newest at the bottom.
    dividing: DFF<Bits<16>>,
    unwrapped_valid: DFF<Bit>,
    unwrapped_stripe: DFF<Bits<32>>,
    unwrapped_data_strip: DFF<Bits<4>>,
    unwrapped_lane: DFF<Bits<4>>,
    /// Parity lane, or the number of lanes more.
    unwrapped_parity_lane: DFF<Bits<5>>,
    found_valid: DFF<Bit>,
    found_stripe: DFF<Bits<32>>,
    found_data_strip: DFF<Bits<4>>,
    found_lane: DFF<Bits<4>>,
    found_parity_lane: DFF<Bits<4>>,

    wrapped_parity_lane: Signal<Local, Bits<5>>,
}

impl StripeLayout {
    /// The layout of stripes with `data_lanes` data strips.
    ///
    /// # Errors
    /// If `data_lanes` is not 2..=15.
    pub fn new(data_lanes: usize) -> Result<Self, GeometryError> {
        check_data_lanes(data_lanes)?;
        let lanes = data_lanes + 1;
        Ok(Self {
            clock: Default::default(),
            lookup_valid: Default::default(),
            logical_strip: Default::default(),
            result_valid: Default::default(),
            stripe: Default::default(),
            data_strip: Default::default(),
            lane: Default::default(),
            parity_lane: Default::default(),
            lanes: Constant::new(lanes.to_bits()),
            last_lane: Constant::new(data_lanes.to_bits()),
            stripe_divider: Divider::new(data_lanes)?,
            lane_divider: Divider::new(lanes)?,
            dividing: Default::default(),
            unwrapped_valid: Default::default(),
            unwrapped_stripe: Default::default(),
            unwrapped_data_strip: Default::default(),
            unwrapped_lane: Default::default(),
            unwrapped_parity_lane: Default::default(),
            found_valid: Default::default(),
            found_stripe: Default::default(),
            found_data_strip: Default::default(),
            found_lane: Default::default(),
            found_parity_lane: Default::default(),
            wrapped_parity_lane: Default::default(),
        })
    }
}

impl Logic for StripeLayout {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, stripe_divider, lane_divider);
        dff_setup!(self, clock, dividing, unwrapped_valid, unwrapped_stripe, unwrapped_data_strip);
        dff_setup!(self, clock, unwrapped_lane, unwrapped_parity_lane);
        dff_setup!(self, clock, found_valid, found_stripe, found_data_strip, found_lane, found_parity_lane);
        self.stripe_divider.dividend.next = self.logical_strip.val();
        self.lane_divider.dividend.next = self.logical_strip.val();
        self.dividing.d.next = self.dividing.q.val() << 1;
        if self.lookup_valid.val() {
            self.dividing.d.next = (self.dividing.q.val() << 1) | bits::<16>(1);
        }

        // The parity lane is the strip's lane less its place less one, counted round the lanes.
        self.unwrapped_valid.d.next = self.dividing.q.val().get_bit(15);
        self.unwrapped_stripe.d.next = self.stripe_divider.quotient.val();
        self.unwrapped_data_strip.d.next = self.stripe_divider.remainder.val();
        self.unwrapped_lane.d.next = self.lane_divider.remainder.val();
        self.unwrapped_parity_lane.d.next = bit_cast::<5, 4>(self.lane_divider.remainder.val())
            + (self.last_lane.val() - bit_cast::<5, 4>(self.stripe_divider.remainder.val()));

        self.wrapped_parity_lane.next = self.unwrapped_parity_lane.q.val();
        if self.unwrapped_parity_lane.q.val() >= self.lanes.val() {
            self.wrapped_parity_lane.next = self.unwrapped_parity_lane.q.val() - self.lanes.val();
        }
        self.found_valid.d.next = self.unwrapped_valid.q.val();
        self.found_stripe.d.next = self.unwrapped_stripe.q.val();
        self.found_data_strip.d.next = self.unwrapped_data_strip.q.val();
        self.found_lane.d.next = self.unwrapped_lane.q.val();
        self.found_parity_lane.d.next = bit_cast::<4, 5>(self.wrapped_parity_lane.val());

        self.result_valid.next = self.found_valid.q.val();
        self.stripe.next = self.found_stripe.q.val();
        self.data_strip.next = self.found_data_strip.q.val();
        self.lane.next = self.found_lane.q.val();
        self.parity_lane.next = self.found_parity_lane.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("data_lanes", self.last_lane.val().into())])
    }
}
