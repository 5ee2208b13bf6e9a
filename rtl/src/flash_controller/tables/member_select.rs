//! Which lanes a stripe gets when it is opened, and which of them holds its parity.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// Lanes of a controller.
const LANES: usize = 10;
/// Fewest members of a stripe: two lanes of data, one of parity.
const FEWEST_MEMBERS: usize = 3;

/// What the selection is doing.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
enum SelectionState {
    /// Waiting for a stripe.
    Idle,
    /// Counting the members, a lane a cycle.
    Count,
    /// Finding the remainder of the stripe's number by the width, a bit a cycle.
    Divide,
    /// Finding the member with that number, a lane a cycle.
    Find,
}

/// Decides the members and the parity lane of a stripe with a number of `S` bits.
///
/// A lane is a member if its plane has not failed and its block can take the page: if the stripe is the first of its
/// blocks, the block must be erased; if not, open. The width is the number of members. Parity lies on the member number
/// stripe modulo width, members counted from 0 from the lowest lane up; so it rotates over the members from stripe to
/// stripe. A stripe of fewer than three members, 2+1, is refused.
///
/// - Latency: `S` + 13 to `S` + 22 cycles from `start` to `done`, 12 if the stripe is refused.
/// - Throughput: one stripe at a time.
/// - Back-pressure: none; `start` is heeded only while `busy` is low. The decision stands until the next start.
/// - Limits: 10 lanes; `S` 1..=32.
#[derive(LogicBlock)]
pub struct MemberSelect<const S: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A stripe is to be opened; the following inputs belong to it.
    pub start: Signal<In, Bit>,
    /// The stripe's number.
    pub stripe: Signal<In, Bits<S>>,
    /// The stripe is the first of its blocks.
    pub first_of_block: Signal<In, Bit>,
    /// Lanes whose plane has failed.
    pub failed: Signal<In, Bits<10>>,
    /// Lanes whose block is erased.
    pub erased: Signal<In, Bits<10>>,
    /// Lanes whose block is open.
    pub open: Signal<In, Bits<10>>,
    /// A decision is being made.
    pub busy: Signal<Out, Bit>,
    /// The decision was made; high for one cycle.
    pub done: Signal<Out, Bit>,
    /// There are too few lanes.
    pub refused: Signal<Out, Bit>,
    /// The members.
    pub members: Signal<Out, Bits<10>>,
    /// Number of members.
    pub width: Signal<Out, Bits<4>>,
    /// The member that holds the parity; meaningful unless refused.
    pub parity_lane: Signal<Out, Bits<4>>,

    last_lane: Constant<Bits<6>>,
    last_bit: Constant<Bits<6>>,
    fewest_members: Constant<Bits<4>>,

    state: DFF<SelectionState>,
    /// Steps left of the state.
    steps: DFF<Bits<6>>,
    chosen: DFF<Bits<10>>,
    /// Members not counted yet, or not passed yet; the next lane's at the bottom.
    ahead: DFF<Bits<10>>,
    chosen_width: DFF<Bits<4>>,
    /// Bits of the stripe's number not divided yet, the next one at the top.
    dividend: DFF<Bits<S>>,
    remainder: DFF<Bits<4>>,
    lane: DFF<Bits<4>>,
    decided: DFF<Bit>,
    too_few: DFF<Bit>,

    partial: Signal<Local, Bits<5>>,
    reduced: Signal<Local, Bits<5>>,
}

impl<const S: usize> Default for MemberSelect<S> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            start: Default::default(),
            stripe: Default::default(),
            first_of_block: Default::default(),
            failed: Default::default(),
            erased: Default::default(),
            open: Default::default(),
            busy: Default::default(),
            done: Default::default(),
            refused: Default::default(),
            members: Default::default(),
            width: Default::default(),
            parity_lane: Default::default(),
            last_lane: Constant::new((LANES - 1).to_bits()),
            last_bit: Constant::new((S - 1).to_bits()),
            fewest_members: Constant::new(FEWEST_MEMBERS.to_bits()),
            state: Default::default(),
            steps: Default::default(),
            chosen: Default::default(),
            ahead: Default::default(),
            chosen_width: Default::default(),
            dividend: Default::default(),
            remainder: Default::default(),
            lane: Default::default(),
            decided: Default::default(),
            too_few: Default::default(),
            partial: Default::default(),
            reduced: Default::default(),
        }
    }
}

impl<const S: usize> Logic for MemberSelect<S> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, steps, chosen, ahead, chosen_width, dividend, remainder, lane, decided, too_few);
        self.busy.next = true;
        self.decided.d.next = false;
        self.partial.next = bit_cast::<5, 4>(self.remainder.q.val()) << 1;
        if (self.dividend.q.val() >> self.last_bit.val()).any() {
            self.partial.next = (bit_cast::<5, 4>(self.remainder.q.val()) << 1) | bits::<5>(1);
        }
        self.reduced.next = self.partial.val();
        if self.partial.val() >= bit_cast::<5, 4>(self.chosen_width.q.val()) {
            self.reduced.next = self.partial.val() - bit_cast::<5, 4>(self.chosen_width.q.val());
        }

        match self.state.q.val() {
            SelectionState::Count => {
                self.steps.d.next = self.steps.q.val() - 1;
                self.ahead.d.next = self.ahead.q.val() >> 1;
                if self.ahead.q.val().get_bit(0) {
                    self.chosen_width.d.next = self.chosen_width.q.val() + 1;
                }
                if !self.steps.q.val().any() {
                    self.state.d.next = SelectionState::Divide;
                    self.steps.d.next = self.last_bit.val();
                }
            }
            SelectionState::Divide => {
                self.steps.d.next = self.steps.q.val() - 1;
                self.dividend.d.next = self.dividend.q.val() << 1;
                self.remainder.d.next = bit_cast::<4, 5>(self.reduced.val());
                self.ahead.d.next = self.chosen.q.val();
                if !self.steps.q.val().any() {
                    self.state.d.next = SelectionState::Find;
                }
                if self.chosen_width.q.val() < self.fewest_members.val() {
                    self.too_few.d.next = true;
                    self.decided.d.next = true;
                    self.state.d.next = SelectionState::Idle;
                }
            }
            SelectionState::Find => {
                self.ahead.d.next = self.ahead.q.val() >> 1;
                if self.ahead.q.val().get_bit(0) & !self.remainder.q.val().any() {
                    self.decided.d.next = true;
                    self.state.d.next = SelectionState::Idle;
                } else {
                    self.lane.d.next = self.lane.q.val() + 1;
                    if self.ahead.q.val().get_bit(0) {
                        self.remainder.d.next = self.remainder.q.val() - 1;
                    }
                }
            }
            _ => {
                self.busy.next = false;
                if self.start.val() {
                    self.state.d.next = SelectionState::Count;
                    self.steps.d.next = self.last_lane.val();
                    self.chosen.d.next = self.open.val() & !self.failed.val();
                    self.ahead.d.next = self.open.val() & !self.failed.val();
                    if self.first_of_block.val() {
                        self.chosen.d.next = self.erased.val() & !self.failed.val();
                        self.ahead.d.next = self.erased.val() & !self.failed.val();
                    }
                    self.chosen_width.d.next = bits::<4>(0);
                    self.dividend.d.next = self.stripe.val();
                    self.remainder.d.next = bits::<4>(0);
                    self.lane.d.next = bits::<4>(0);
                    self.too_few.d.next = false;
                }
            }
        }
        self.done.next = self.decided.q.val();
        self.refused.next = self.too_few.q.val();
        self.members.next = self.chosen.q.val();
        self.width.next = self.chosen_width.q.val();
        self.parity_lane.next = self.lane.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
