//! Which logical strip lies at a place.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::config::{GeometryError, check_data_lanes};
use crate::raid::Divider;
use crate::raid::divider::DIVIDER_STAGES;

/// Finds the logical strip that a stripe has on a lane, or that the lane holds the stripe's parity: the inverse of
/// [`StripeLayout`](crate::raid::StripeLayout).
///
/// - Latency: 19 cycles.
/// - Throughput: 1 lookup per cycle.
/// - Back-pressure: none; results appear in the order of the lookups and cannot be held.
/// - Limits: 2..=15 data lanes; lanes below their number; stripes whose strips have 32-bit logical numbers.
#[derive(LogicBlock)]
pub struct StripeLayoutInverse {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A place is looked up.
    pub lookup_valid: Signal<In, Bit>,
    /// The stripe's number, from 0.
    pub stripe: Signal<In, Bits<32>>,
    /// The lane's number, from 0.
    pub lane: Signal<In, Bits<4>>,
    /// The result of the lookup 19 cycles before is shown.
    pub result_valid: Signal<Out, Bit>,
    /// The lane holds the stripe's parity; `logical_strip` and `data_strip` mean nothing.
    pub is_parity: Signal<Out, Bit>,
    /// Logical number of the strip.
    pub logical_strip: Signal<Out, Bits<32>>,
    /// The strip's place among the data strips of its stripe.
    pub data_strip: Signal<Out, Bits<4>>,

    /// Data lanes, bit by bit.
    data_lanes: Constant<Bits<4>>,
    /// Lanes, parity included.
    lanes: Constant<Bits<5>>,

    divider: Divider,
    /// One bit for each lookup under way in the divider, the newest at the bottom.
    dividing: DFF<Bits<16>>,
    stripes: Vec<DFF<Bits<32>>>,
    lane_numbers: Vec<DFF<Bits<4>>>,

    // The place after the parity lane is lane plus (stripe mod lanes), counted round the lanes.
    unwrapped_valid: DFF<Bit>,
    unwrapped_place: DFF<Bits<5>>,
    low_product: DFF<Bits<32>>,
    high_product: DFF<Bits<32>>,
    placed_valid: DFF<Bit>,
    placed_strip: DFF<Bits<4>>,
    placed_parity: DFF<Bit>,
    first_strip: DFF<Bits<32>>,
    found_valid: DFF<Bit>,
    found_strip: DFF<Bits<4>>,
    found_parity: DFF<Bit>,
    found_logical: DFF<Bits<32>>,

    stripe_before: Signal<Local, Bits<32>>,
    lane_before: Signal<Local, Bits<4>>,
    low_once: Signal<Local, Bits<32>>,
    low_twice: Signal<Local, Bits<32>>,
    high_once: Signal<Local, Bits<32>>,
    high_twice: Signal<Local, Bits<32>>,
    wrapped_place: Signal<Local, Bits<5>>,
}

impl StripeLayoutInverse {
    /// The inverse layout of stripes with `data_lanes` data strips.
    ///
    /// # Errors
    /// If `data_lanes` is not 2..=15.
    pub fn new(data_lanes: usize) -> Result<Self, GeometryError> {
        check_data_lanes(data_lanes)?;
        let lanes = data_lanes + 1;
        Ok(Self {
            clock: Default::default(),
            lookup_valid: Default::default(),
            stripe: Default::default(),
            lane: Default::default(),
            result_valid: Default::default(),
            is_parity: Default::default(),
            logical_strip: Default::default(),
            data_strip: Default::default(),
            data_lanes: Constant::new(data_lanes.to_bits()),
            lanes: Constant::new(lanes.to_bits()),
            divider: Divider::new(lanes)?,
            dividing: Default::default(),
            stripes: vec![Default::default(); DIVIDER_STAGES],
            lane_numbers: vec![Default::default(); DIVIDER_STAGES],
            unwrapped_valid: Default::default(),
            unwrapped_place: Default::default(),
            low_product: Default::default(),
            high_product: Default::default(),
            placed_valid: Default::default(),
            placed_strip: Default::default(),
            placed_parity: Default::default(),
            first_strip: Default::default(),
            found_valid: Default::default(),
            found_strip: Default::default(),
            found_parity: Default::default(),
            found_logical: Default::default(),
            stripe_before: Default::default(),
            lane_before: Default::default(),
            low_once: Default::default(),
            low_twice: Default::default(),
            high_once: Default::default(),
            high_twice: Default::default(),
            wrapped_place: Default::default(),
        })
    }
}

impl Logic for StripeLayoutInverse {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, divider);
        dff_setup!(self, clock, dividing, unwrapped_valid, unwrapped_place, low_product, high_product);
        dff_setup!(self, clock, placed_valid, placed_strip, placed_parity, first_strip);
        dff_setup!(self, clock, found_valid, found_strip, found_parity, found_logical);

        // Keep stripe and lane at hand while the divider finds the stripe's number modulo the lanes.
        self.divider.dividend.next = self.stripe.val();
        self.dividing.d.next = self.dividing.q.val() << 1;
        if self.lookup_valid.val() {
            self.dividing.d.next = (self.dividing.q.val() << 1) | bits::<16>(1);
        }
        self.stripe_before.next = self.stripe.val();
        self.lane_before.next = self.lane.val();
        for i in 0..self.stripes.len() {
            self.stripes[i].clock.next = self.clock.val();
            self.lane_numbers[i].clock.next = self.clock.val();
            self.stripes[i].d.next = self.stripe_before.val();
            self.lane_numbers[i].d.next = self.lane_before.val();
            self.stripe_before.next = self.stripes[i].q.val();
            self.lane_before.next = self.lane_numbers[i].q.val();
        }

        self.low_once.next = bits::<32>(0);
        self.low_twice.next = bits::<32>(0);
        self.high_once.next = bits::<32>(0);
        self.high_twice.next = bits::<32>(0);
        if self.data_lanes.val().get_bit(0) {
            self.low_once.next = self.stripe_before.val();
        }
        if self.data_lanes.val().get_bit(1) {
            self.low_twice.next = self.stripe_before.val() << 1;
        }
        if self.data_lanes.val().get_bit(2) {
            self.high_once.next = self.stripe_before.val() << 2;
        }
        if self.data_lanes.val().get_bit(3) {
            self.high_twice.next = self.stripe_before.val() << 3;
        }
        self.low_product.d.next = self.low_once.val() + self.low_twice.val();
        self.high_product.d.next = self.high_once.val() + self.high_twice.val();
        self.unwrapped_valid.d.next = self.dividing.q.val().get_bit(15);
        self.unwrapped_place.d.next =
            bit_cast::<5, 4>(self.lane_before.val()) + bit_cast::<5, 4>(self.divider.remainder.val());

        self.wrapped_place.next = self.unwrapped_place.q.val();
        if self.unwrapped_place.q.val() >= self.lanes.val() {
            self.wrapped_place.next = self.unwrapped_place.q.val() - self.lanes.val();
        }
        self.placed_valid.d.next = self.unwrapped_valid.q.val();
        self.placed_strip.d.next = bit_cast::<4, 5>(self.wrapped_place.val());
        self.placed_parity.d.next = bit_cast::<4, 5>(self.wrapped_place.val()) == self.data_lanes.val();
        self.first_strip.d.next = self.low_product.q.val() + self.high_product.q.val();

        self.found_valid.d.next = self.placed_valid.q.val();
        self.found_strip.d.next = self.placed_strip.q.val();
        self.found_parity.d.next = self.placed_parity.q.val();
        self.found_logical.d.next = self.first_strip.q.val() + bit_cast::<32, 4>(self.placed_strip.q.val());

        self.result_valid.next = self.found_valid.q.val();
        self.is_parity.next = self.found_parity.q.val();
        self.logical_strip.next = self.found_logical.q.val();
        self.data_strip.next = self.found_strip.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("data_lanes", self.data_lanes.val().into())])
    }
}
