//! A range of coefficients of the key equation's polynomials, with multipliers for one coefficient a cycle.

use rust_hdl::prelude::*;

use super::code::{BchCode, element};
use super::galois_multiplier::GaloisMultiplier;
use crate::circuit::circuit_info;
use crate::linear::LinearMap;

/// Holds neighbouring coefficients of the error locator, of its correction polynomial, and of the window of syndromes
/// that the next discrepancy is made of, and updates them one coefficient a cycle. [`BchKeyEquation`] joins such lanes
/// and steps them all alike.
///
/// The three polynomials stand in rings of registers; the lowest coefficient is at the end and leaves first. A pass
/// over the lane is a step of the locator and of the correction in each of as many cycles as the ring has places, one
/// step more of the locator, and the window's steps one cycle after the correction's.
///
/// - Latency: 1 cycle from a locator step to the new coefficient in its ring, 2 more until its share of the discrepancy.
/// - Throughput: 1 coefficient per cycle.
/// - Back-pressure: none; nothing moves without a step.
/// - Limits: `M` is the degree of the code's field, `S` the bits of all lanes' locator; 2 coefficients or more.
///
/// [`BchKeyEquation`]: super::BchKeyEquation
#[derive(LogicBlock)]
pub struct BchKeyEquationLane<const M: usize, const S: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Take the initial values of a new codeword.
    pub start: Signal<In, Bit>,
    /// The discrepancy of this pass.
    pub discrepancy: Signal<In, Bits<M>>,
    /// The correction becomes the locator of this pass, not the correction, times x^2.
    pub swap: Signal<In, Bit>,
    /// Step the locator.
    pub step_locator: Signal<In, Bit>,
    /// Step the correction.
    pub step_correction: Signal<In, Bit>,
    /// The correction's step is one of the first two of the pass.
    pub correction_begins: Signal<In, Bit>,
    /// Step the window of syndromes.
    pub step_window: Signal<In, Bit>,
    /// The window's step is one of the first two of the pass.
    pub window_begins: Signal<In, Bit>,
    /// The factor of the locator becomes the discrepancy.
    pub take_factor: Signal<In, Bit>,
    /// The factor of the locator becomes the scale of the lane's first coefficient.
    pub begin_scaling: Signal<In, Bit>,
    /// The factor of the locator becomes the scale of the next coefficient.
    pub step_scaling: Signal<In, Bit>,
    /// Coefficient that enters the correction in its first two steps.
    pub correction_in: Signal<In, Bits<M>>,
    /// Coefficient that enters the next lane's correction in its first two steps.
    pub correction_out: Signal<Out, Bits<M>>,
    /// Syndrome that enters the window in its first two steps.
    pub window_in: Signal<In, Bits<M>>,
    /// Syndrome that enters the next lane's window in its first two steps.
    pub window_out: Signal<Out, Bits<M>>,
    /// Syndrome that enters the window in this cycle's step.
    pub window_entering: Signal<Out, Bits<M>>,
    /// The newest locator coefficient of two cycles before times the syndrome that belongs to it.
    pub discrepancy_share: Signal<Out, Bits<M>>,
    /// The lane's coefficients, the lowest in the lowest bits.
    pub locator: Signal<Out, Bits<S>>,

    /// Bits of a field element.
    element_bits: Constant<Bits<16>>,
    first_locator: Vec<Constant<Bits<M>>>,
    first_correction: Vec<Constant<Bits<M>>>,
    first_scale: Constant<Bits<M>>,
    one: Constant<Bits<M>>,

    locator_ring: Vec<DFF<Bits<M>>>,
    correction_ring: Vec<DFF<Bits<M>>>,
    window_ring: Vec<DFF<Bits<M>>>,
    /// Coefficients that left a ring one and two cycles ago.
    locator_left: DFF<Bits<M>>,
    locator_left_before: DFF<Bits<M>>,
    correction_left: DFF<Bits<M>>,
    correction_left_before: DFF<Bits<M>>,
    window_left: DFF<Bits<M>>,
    window_left_before: DFF<Bits<M>>,
    factor: DFF<Bits<M>>,
    next_scale: LinearMap<M, M>,
    by_factor: GaloisMultiplier<M>,
    by_discrepancy: GaloisMultiplier<M>,
    by_syndrome: GaloisMultiplier<M>,

    entering_locator: Signal<Local, Bits<M>>,
    entering_correction: Signal<Local, Bits<M>>,
    entering_window: Signal<Local, Bits<M>>,
    place: Signal<Local, Bits<M>>,
    packed: Signal<Local, Bits<S>>,
}

impl<const M: usize, const S: usize> BchKeyEquationLane<M, S> {
    /// The lane of `coefficients` coefficients from number `first` up; coefficient `i` of the result is scaled by the
    /// field's generating element to the power `i * scale`.
    ///
    /// # Panics
    /// If the parameters are not as the type's documentation states.
    pub fn new(code: &BchCode, first: usize, coefficients: usize, scale: i64) -> Self {
        assert_eq!(M, code.field_bits(), "bits of the code's field");
        assert!(coefficients >= 2, "{coefficients} coefficients: legal are 2 and more");
        // Place `i` of a ring holds the coefficient that is `i` places from the highest.
        let ring = |nonzero: usize| -> Vec<Constant<Bits<M>>> {
            let number = |place| first + coefficients - 1 - place;
            (0..coefficients).map(|place| Constant::new(element(u16::from(number(place) == nonzero)))).collect()
        };
        let registers = || vec![DFF::<Bits<M>>::default(); coefficients];
        Self {
            clock: Default::default(),
            start: Default::default(),
            discrepancy: Default::default(),
            swap: Default::default(),
            step_locator: Default::default(),
            step_correction: Default::default(),
            correction_begins: Default::default(),
            step_window: Default::default(),
            window_begins: Default::default(),
            take_factor: Default::default(),
            begin_scaling: Default::default(),
            step_scaling: Default::default(),
            correction_in: Default::default(),
            correction_out: Default::default(),
            window_in: Default::default(),
            window_out: Default::default(),
            window_entering: Default::default(),
            discrepancy_share: Default::default(),
            locator: Default::default(),
            element_bits: Constant::new(M.to_bits()),
            first_locator: ring(0),
            first_correction: ring(1),
            first_scale: Constant::new(element(code.alpha(first as i64 * scale))),
            one: Constant::new(element(1)),
            locator_ring: registers(),
            correction_ring: registers(),
            window_ring: registers(),
            locator_left: Default::default(),
            locator_left_before: Default::default(),
            correction_left: Default::default(),
            correction_left_before: Default::default(),
            window_left: Default::default(),
            window_left_before: Default::default(),
            factor: Default::default(),
            next_scale: LinearMap::new(
                &code.multiplication(scale),
                &[("times_alpha_to", scale.rem_euclid(code.order() as i64) as u64)],
            ),
            by_factor: GaloisMultiplier::new(code),
            by_discrepancy: GaloisMultiplier::new(code),
            by_syndrome: GaloisMultiplier::new(code),
            entering_locator: Default::default(),
            entering_correction: Default::default(),
            entering_window: Default::default(),
            place: Default::default(),
            packed: Default::default(),
        }
    }
}

impl<const M: usize, const S: usize> Logic for BchKeyEquationLane<M, S> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, by_factor, by_discrepancy, by_syndrome);
        dff_setup!(self, clock, locator_left, locator_left_before, correction_left, correction_left_before);
        dff_setup!(self, clock, window_left, window_left_before, factor);

        // What enters the rings at place 0.
        self.entering_locator.next = self.by_factor.product.val() ^ self.by_discrepancy.product.val();
        self.entering_correction.next = self.correction_left_before.q.val();
        self.correction_out.next = self.correction_ring[1].q.val();
        if self.swap.val() {
            self.entering_correction.next = self.locator_left_before.q.val();
            self.correction_out.next = self.locator_ring[1].q.val();
        }
        if self.correction_begins.val() {
            self.entering_correction.next = self.correction_in.val();
        }
        self.entering_window.next = self.window_left_before.q.val();
        self.window_out.next = self.window_ring[1].q.val();
        if self.window_begins.val() {
            self.entering_window.next = self.window_in.val();
        }
        self.window_entering.next = self.entering_window.val();
        self.by_syndrome.multiplicand.next = self.locator_ring[0].q.val();
        self.by_syndrome.multiplier.next = self.window_ring[0].q.val();
        self.discrepancy_share.next = self.by_syndrome.product.val();

        // After the loop, what entered is what leaves.
        self.packed.next = bits::<S>(0);
        for i in 0..self.locator_ring.len() {
            self.locator_ring[i].clock.next = self.clock.val();
            self.correction_ring[i].clock.next = self.clock.val();
            self.window_ring[i].clock.next = self.clock.val();
            self.locator_ring[i].d.next = self.locator_ring[i].q.val();
            self.correction_ring[i].d.next = self.correction_ring[i].q.val();
            self.window_ring[i].d.next = self.window_ring[i].q.val();
            if self.step_locator.val() {
                self.locator_ring[i].d.next = self.entering_locator.val();
            }
            if self.step_correction.val() {
                self.correction_ring[i].d.next = self.entering_correction.val();
            }
            if self.step_window.val() {
                self.window_ring[i].d.next = self.entering_window.val();
            }
            if self.start.val() {
                self.locator_ring[i].d.next = self.first_locator[i].val();
                self.correction_ring[i].d.next = self.first_correction[i].val();
                self.window_ring[i].d.next = bits::<M>(0);
            }
            self.entering_locator.next = self.locator_ring[i].q.val();
            self.entering_correction.next = self.correction_ring[i].q.val();
            self.entering_window.next = self.window_ring[i].q.val();
            self.place.next = self.locator_ring[i].q.val();
            self.packed.next = (self.packed.val() << self.element_bits.val()) | bit_cast::<S, M>(self.place.val());
        }
        self.locator.next = self.packed.val();
        self.locator_left.d.next = self.entering_locator.val();
        self.locator_left_before.d.next = self.locator_left.q.val();
        self.correction_left.d.next = self.entering_correction.val();
        self.correction_left_before.d.next = self.correction_left.q.val();
        self.window_left.d.next = self.entering_window.val();
        self.window_left_before.d.next = self.window_left.q.val();
        self.by_factor.multiplicand.next = self.entering_locator.val();
        self.by_factor.multiplier.next = self.factor.q.val();
        self.by_discrepancy.multiplicand.next = self.entering_correction.val();
        self.by_discrepancy.multiplier.next = self.discrepancy.val();

        self.next_scale.vector.next = self.factor.q.val();
        if self.step_scaling.val() {
            self.factor.d.next = self.next_scale.image.val();
        }
        if self.take_factor.val() {
            self.factor.d.next = self.discrepancy.val();
        }
        if self.begin_scaling.val() {
            self.factor.d.next = self.first_scale.val();
        }
        if self.start.val() {
            self.factor.d.next = self.one.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[
            ("coefficients", self.locator_ring.len() as u64),
            ("first_scale", self.first_scale.val().into()),
        ])
    }
}
