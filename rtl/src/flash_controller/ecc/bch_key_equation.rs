//! Syndromes to the error locator polynomial.

use rust_hdl::prelude::*;

use super::bch_key_equation_lane::BchKeyEquationLane;
use super::code::BchCode;
use crate::circuit::circuit_info;
use crate::linear::LinearMap;

/// Cycles of a pass beyond one for each coefficient of a lane.
const PASS_OVERHEAD: usize = 4;

/// Solves the key equation: from the odd syndromes of a codeword, the polynomial whose roots are the inverses of the
/// places in error.
///
/// Berlekamp and Massey's algorithm without inversion, for binary codes: a pass over all coefficients for each odd
/// syndrome multiplies the locator by a factor, adds the discrepancy times the correction polynomial, and makes the next
/// discrepancy from the coefficients as they appear. Three multipliers work in each of some lanes, which share the
/// coefficients; even syndromes are squares of earlier ones. A first pass takes the first syndrome; a last pass scales
/// the locator, so that its coefficient `i` is multiplied by the field's generating element to the power `i` times the
/// negative power of the lowest bit of a codeword's first word: the root search begins there.
///
/// - Latency: (`t` + 2) passes of (`t` + 1 over the lanes, rounded up, + 4) cycles, and 1 cycle, from `start` to `solved`.
/// - Throughput: a codeword in that time.
/// - Back-pressure: none; `start` must not come before `solved`. The locator stands until the next `start`.
/// - Limits: `M` is the degree of the code's field; `S` is `M` times the lanes' coefficients, all lanes having equally
///   many, `t` + 1 in all or a few more.
#[derive(LogicBlock)]
pub struct BchKeyEquation<const M: usize, const S: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The syndromes of a codeword are there, and stay until `solved`.
    pub start: Signal<In, Bit>,
    /// The odd syndromes, lowest first.
    pub syndromes: Vec<Signal<In, Bits<M>>>,
    /// The outputs are new in this cycle.
    pub solved: Signal<Out, Bit>,
    /// Coefficients of the scaled locator, the lowest in the lowest bits.
    pub locator: Signal<Out, Bits<S>>,
    /// Degree the locator has if the word can be corrected: the number of bits in error.
    pub degree: Signal<Out, Bits<7>>,
    /// More bits are in error than the code corrects.
    pub too_many: Signal<Out, Bit>,

    /// Step of a pass in which the last coefficients leave their rings.
    last_coefficient: Constant<Bits<6>>,
    /// Step before the last of a pass.
    step_before_last: Constant<Bits<6>>,
    /// Passes after the first.
    further_passes: Constant<Bits<6>>,
    strength: Constant<Bits<7>>,
    /// Place of each lane in the locator.
    lane_place: Vec<Constant<Bits<16>>>,
    lane_number: Vec<Constant<Bits<4>>>,

    lanes: Vec<BchKeyEquationLane<M, S>>,
    squared: LinearMap<M, M>,

    step: DFF<Bits<6>>,
    passes_left: DFF<Bits<6>>,
    working: DFF<Bit>,
    is_last_step: DFF<Bit>,
    /// The pass before the first discrepancy: the correction polynomial rests.
    is_first_pass: DFF<Bit>,
    is_scaling: DFF<Bit>,
    /// Coefficients leave their rings; one, two and three cycles later.
    leaving: DFF<Bit>,
    entering: DFF<Bit>,
    multiplying: DFF<Bit>,
    adding: DFF<Bit>,
    /// The first coefficients leave; one, two and three cycles later.
    leaving_first: DFF<Bit>,
    entering_first: DFF<Bit>,
    multiplying_first: DFF<Bit>,
    adding_first: DFF<Bit>,
    sum: DFF<Bits<M>>,
    discrepancy: DFF<Bits<M>>,
    swap: DFF<Bit>,
    /// Passes done less degree of the locator, two's complement.
    lead: DFF<Bits<7>>,
    /// Which odd syndrome enters the window in this pass, one of all.
    turn: Vec<DFF<Bit>>,
    odd_syndrome: DFF<Bits<M>>,
    /// Step and lane of the syndrome whose square enters the window in the next pass.
    square_step: DFF<Bits<6>>,
    square_lane: DFF<Bits<4>>,
    /// Number of the coefficient, within its lane, that enters the window.
    window_step: DFF<Bits<6>>,
    to_square: DFF<Bits<M>>,
    /// The square that enters the window in this pass; what is to be squared for the next may come before it enters.
    even_syndrome: DFF<Bits<M>>,
    has_solved: DFF<Bit>,

    shares: Signal<Local, Bits<M>>,
    window_in: Signal<Local, Bits<M>>,
    correction_in: Signal<Local, Bits<M>>,
    passed_turn: Signal<Local, Bit>,
    odd_now: Signal<Local, Bits<M>>,
    packed: Signal<Local, Bits<S>>,
    begins: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    captures: Signal<Local, Bit>,
}

impl<const M: usize, const S: usize> BchKeyEquation<M, S> {
    /// A solver for codewords of `code` in words of `word_bits`, with `lanes` lanes.
    ///
    /// # Panics
    /// If the parameters are not as the type's documentation states.
    pub fn new(code: &BchCode, word_bits: usize, lanes: usize) -> Self {
        let coefficients = Self::coefficients(code, lanes);
        assert_eq!(S, M * lanes * coefficients, "bits of {lanes} lanes of {coefficients} coefficients");
        assert!((1..=8).contains(&lanes), "{lanes} lanes: legal are 1..=8");
        let scale = -((word_bits * (code.words(word_bits) - 1)) as i64);
        let strength = code.strength();
        Self {
            clock: Default::default(),
            start: Default::default(),
            syndromes: (0..strength).map(|_| Default::default()).collect(),
            solved: Default::default(),
            locator: Default::default(),
            degree: Default::default(),
            too_many: Default::default(),
            last_coefficient: Constant::new((coefficients - 1).to_bits()),
            step_before_last: Constant::new((coefficients + PASS_OVERHEAD - 2).to_bits()),
            further_passes: Constant::new((strength + 1).to_bits()),
            strength: Constant::new(strength.to_bits()),
            lane_place: (0..lanes).map(|lane| Constant::new((M * lane * coefficients).to_bits())).collect(),
            lane_number: (0..lanes).map(|lane| Constant::new(lane.to_bits())).collect(),
            lanes: (0..lanes)
                .map(|lane| BchKeyEquationLane::new(code, lane * coefficients, coefficients, scale))
                .collect(),
            squared: LinearMap::new(&code.squaring(), &[("square", 1)]),
            step: Default::default(),
            passes_left: Default::default(),
            working: Default::default(),
            is_last_step: Default::default(),
            is_first_pass: Default::default(),
            is_scaling: Default::default(),
            leaving: Default::default(),
            entering: Default::default(),
            multiplying: Default::default(),
            adding: Default::default(),
            leaving_first: Default::default(),
            entering_first: Default::default(),
            multiplying_first: Default::default(),
            adding_first: Default::default(),
            sum: Default::default(),
            discrepancy: Default::default(),
            swap: Default::default(),
            lead: Default::default(),
            turn: (0..strength).map(|_| Default::default()).collect(),
            odd_syndrome: Default::default(),
            square_step: Default::default(),
            square_lane: Default::default(),
            window_step: Default::default(),
            to_square: Default::default(),
            even_syndrome: Default::default(),
            has_solved: Default::default(),
            shares: Default::default(),
            window_in: Default::default(),
            correction_in: Default::default(),
            passed_turn: Default::default(),
            odd_now: Default::default(),
            packed: Default::default(),
            begins: Default::default(),
            ends: Default::default(),
            captures: Default::default(),
        }
    }

    /// Coefficients of each of `lanes` lanes.
    pub fn coefficients(code: &BchCode, lanes: usize) -> usize {
        (code.strength() + 1).div_ceil(lanes).max(2)
    }

    /// Cycles from `start` to `solved`.
    pub fn latency(code: &BchCode, lanes: usize) -> usize {
        (code.strength() + 2) * (Self::coefficients(code, lanes) + PASS_OVERHEAD) + 1
    }
}

impl<const M: usize, const S: usize> Logic for BchKeyEquation<M, S> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, step, passes_left, working, is_last_step, is_first_pass, is_scaling);
        dff_setup!(self, clock, leaving, entering, multiplying, adding, leaving_first, entering_first);
        dff_setup!(self, clock, multiplying_first, adding_first, sum, discrepancy, swap, lead);
        dff_setup!(self, clock, odd_syndrome, square_step, square_lane, window_step, to_square, has_solved);
        dff_setup!(self, clock, even_syndrome);

        // Passes and their steps.
        self.ends.next = self.working.q.val() & self.is_last_step.q.val();
        self.begins.next = self.start.val() | (self.ends.val() & self.passes_left.q.val().any());
        if self.working.q.val() {
            self.step.d.next = self.step.q.val() + 1;
        }
        self.is_last_step.d.next = self.step.q.val() == self.step_before_last.val();
        if self.begins.val() {
            self.step.d.next = bits::<6>(0);
            self.is_last_step.d.next = false;
        }
        if self.ends.val() {
            self.passes_left.d.next = self.passes_left.q.val() - 1;
            self.working.d.next = self.passes_left.q.val().any();
            self.is_first_pass.d.next = false;
            self.is_scaling.d.next = self.passes_left.q.val() == 1;
        }
        if self.start.val() {
            self.passes_left.d.next = self.further_passes.val();
            self.working.d.next = true;
            self.is_first_pass.d.next = true;
            self.is_scaling.d.next = false;
        }
        self.has_solved.d.next = self.ends.val() & !self.passes_left.q.val().any();
        self.solved.next = self.has_solved.q.val();
        if self.step.q.val() == self.last_coefficient.val() {
            self.leaving.d.next = false;
        }
        if self.begins.val() {
            self.leaving.d.next = true;
        }
        self.leaving_first.d.next = self.begins.val();
        self.entering.d.next = self.leaving.q.val();
        self.entering_first.d.next = self.leaving_first.q.val();
        self.multiplying.d.next = self.entering.q.val();
        self.multiplying_first.d.next = self.entering_first.q.val();
        self.adding.d.next = self.multiplying.q.val();
        self.adding_first.d.next = self.multiplying_first.q.val();

        // The odd syndrome of this pass, and the square of an earlier one, enter the first lane's window.
        self.passed_turn.next = self.start.val();
        self.odd_now.next = bits::<M>(0);
        for i in 0..self.turn.len() {
            self.turn[i].clock.next = self.clock.val();
            self.turn[i].d.next = self.turn[i].q.val();
            if self.start.val() | self.ends.val() {
                self.turn[i].d.next = self.passed_turn.val();
            }
            self.passed_turn.next = self.turn[i].q.val() & !self.start.val();
            if self.turn[i].q.val() {
                self.odd_now.next = self.odd_now.val() | self.syndromes[i].val();
            }
        }
        self.odd_syndrome.d.next = self.odd_now.val();
        self.squared.vector.next = self.to_square.q.val();
        if self.leaving_first.q.val() {
            self.even_syndrome.d.next = self.squared.image.val();
        }
        self.window_in.next = self.even_syndrome.q.val();
        if self.entering_first.q.val() {
            self.window_in.next = self.odd_syndrome.q.val();
        }
        if self.entering.q.val() {
            self.window_step.d.next = self.window_step.q.val() + 1;
        }
        if self.leaving_first.q.val() {
            self.window_step.d.next = bits::<6>(0);
        }
        self.captures.next = self.entering.q.val() & (self.window_step.q.val() == self.square_step.q.val());
        if self.ends.val() {
            self.square_step.d.next = self.square_step.q.val() + 1;
            if self.square_step.q.val() == self.last_coefficient.val() {
                self.square_step.d.next = bits::<6>(0);
                self.square_lane.d.next = self.square_lane.q.val() + 1;
            }
        }
        if self.start.val() {
            self.square_step.d.next = bits::<6>(0);
            self.square_lane.d.next = bits::<4>(0);
        }

        self.shares.next = bits::<M>(0);
        self.packed.next = bits::<S>(0);
        self.correction_in.next = bits::<M>(0);
        for i in 0..self.lanes.len() {
            self.lanes[i].clock.next = self.clock.val();
            self.lanes[i].start.next = self.start.val();
            self.lanes[i].discrepancy.next = self.discrepancy.q.val();
            self.lanes[i].swap.next = self.swap.q.val();
            self.lanes[i].step_locator.next = self.leaving.q.val() | self.entering.q.val();
            self.lanes[i].step_correction.next = self.leaving.q.val() & !self.is_first_pass.q.val();
            self.lanes[i].correction_begins.next = self.leaving_first.q.val() | self.entering_first.q.val();
            self.lanes[i].step_window.next = self.entering.q.val();
            self.lanes[i].window_begins.next = self.entering_first.q.val() | self.multiplying_first.q.val();
            self.lanes[i].take_factor.next = self.ends.val() & self.swap.q.val();
            self.lanes[i].begin_scaling.next = self.ends.val() & (self.passes_left.q.val() == 1);
            self.lanes[i].step_scaling.next = self.leaving.q.val() & self.is_scaling.q.val();
            self.lanes[i].correction_in.next = self.correction_in.val();
            self.correction_in.next = self.lanes[i].correction_out.val();
            self.lanes[i].window_in.next = self.window_in.val();
            self.window_in.next = self.lanes[i].window_out.val();
            if self.captures.val() & (self.square_lane.q.val() == self.lane_number[i].val()) {
                self.to_square.d.next = self.lanes[i].window_entering.val();
            }
            self.shares.next = self.shares.val() ^ self.lanes[i].discrepancy_share.val();
            self.packed.next = self.packed.val() | (self.lanes[i].locator.val() << self.lane_place[i].val());
        }
        self.locator.next = self.packed.val();

        // The discrepancy of the next pass, and what the pass does to the correction polynomial.
        if self.adding.q.val() {
            self.sum.d.next = self.sum.q.val() ^ self.shares.val();
        }
        if self.adding_first.q.val() {
            self.sum.d.next = self.shares.val();
        }
        if self.leaving_first.q.val() & !self.is_scaling.q.val() {
            self.lead.d.next = self.lead.q.val() + 1;
            if self.swap.q.val() {
                self.lead.d.next = bits::<7>(0) - self.lead.q.val();
            }
        }
        if self.ends.val() {
            self.discrepancy.d.next = self.sum.q.val();
            self.swap.d.next = self.sum.q.val().any() & !self.lead.q.val().get_bit(6);
            if self.passes_left.q.val() == 1 {
                self.discrepancy.d.next = bits::<M>(0);
                self.swap.d.next = false;
            }
        }
        if self.start.val() {
            self.discrepancy.d.next = bits::<M>(0);
            self.swap.d.next = false;
            self.lead.d.next = bits::<7>(0) - 1;
        }
        self.degree.next = self.strength.val() - self.lead.q.val();
        self.too_many.next = self.lead.q.val().get_bit(6);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("strength", self.strength.val().into()), ("lanes", self.lanes.len() as u64)])
    }
}
