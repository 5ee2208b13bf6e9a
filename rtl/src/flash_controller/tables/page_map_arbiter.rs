//! Several requesters take turns at the page map.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::tables::{PageOperationKind, PageOperationSink, PageOperationSource};
use crate::flash_controller::tables::{PageResultSink, PageResultSource};

/// Ports for requesters: host read, host write, mover, firmware.
const REQUESTERS: usize = 4;

/// Lets four requesters take turns at one port of page operations and gives each its own results back.
///
/// The turn stands in a register. It passes on when the requester that has it was served or asks for nothing: to the next
/// one, round the requesters, that asks; it stays if none does. So a requester that asks waits for at most one operation
/// of each of the other three, and a single one is served in every cycle.
///
/// - Latency: 1 cycle for an operation whose requester has the turn, 2 for one that finds another idle requester has it;
///   1 cycle for a result.
/// - Throughput: 1 operation per cycle as long as some requester asks without a pause.
/// - Back-pressure: holding `operations` back, or `paused`, holds all requesters back. Results cannot be held back.
/// - Limits: 4 requesters; `P` and `L` 1..=64.
#[derive(LogicBlock)]
pub struct PageMapArbiter<const P: usize, const L: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Operations of each requester.
    pub requests: Vec<PageOperationSink<P, L>>,
    /// Results of each requester's operations, in their order.
    pub answers: Vec<PageResultSource<L>>,
    /// No operation is taken from a requester in this cycle.
    pub paused: Signal<In, Bit>,
    /// All operations in the order in which they were taken.
    pub operations: PageOperationSource<P, L>,
    /// Whose operation stands on `operations`.
    pub requester: Signal<Out, Bits<2>>,
    /// Results of all operations.
    pub results: PageResultSink<L>,
    /// Whose result stands on `results`.
    pub result_requester: Signal<In, Bits<2>>,

    /// The number of each requester.
    number: Vec<Constant<Bits<2>>>,

    /// Whose turn it is.
    turn: DFF<Bits<2>>,
    operation_valid: DFF<Bit>,
    operation_kind: DFF<PageOperationKind>,
    operation_tag: DFF<Bits<8>>,
    operation_page: DFF<Bits<P>>,
    operation_expected: DFF<Bits<L>>,
    operation_location: DFF<Bits<L>>,
    operation_requester: DFF<Bits<2>>,
    answer_valid: Vec<DFF<Bit>>,
    answer_tag: DFF<Bits<8>>,
    answer_found: DFF<Bits<L>>,
    answer_applied: DFF<Bit>,

    can_take: Signal<Local, Bit>,
    asks: Signal<Local, Bit>,
    asking: Signal<Local, Bits<8>>,
    asking_from_turn: Signal<Local, Bits<8>>,
    step: Signal<Local, Bits<2>>,
}

impl<const P: usize, const L: usize> Default for PageMapArbiter<P, L> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            requests: vec![Default::default(); REQUESTERS],
            answers: vec![Default::default(); REQUESTERS],
            paused: Default::default(),
            operations: Default::default(),
            requester: Default::default(),
            results: Default::default(),
            result_requester: Default::default(),
            number: (0..REQUESTERS).map(|requester| Constant::new(requester.to_bits())).collect(),
            turn: Default::default(),
            operation_valid: Default::default(),
            operation_kind: Default::default(),
            operation_tag: Default::default(),
            operation_page: Default::default(),
            operation_expected: Default::default(),
            operation_location: Default::default(),
            operation_requester: Default::default(),
            answer_valid: vec![Default::default(); REQUESTERS],
            answer_tag: Default::default(),
            answer_found: Default::default(),
            answer_applied: Default::default(),
            can_take: Default::default(),
            asks: Default::default(),
            asking: Default::default(),
            asking_from_turn: Default::default(),
            step: Default::default(),
        }
    }
}

impl<const P: usize, const L: usize> Logic for PageMapArbiter<P, L> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, turn, operation_valid, operation_kind, operation_tag, operation_page);
        dff_setup!(self, clock, operation_expected, operation_location, operation_requester);
        dff_setup!(self, clock, answer_tag, answer_found, answer_applied);

        // Take the operation of the one that has the turn.
        self.can_take.next = (self.operations.ready.val() | !self.operation_valid.q.val()) & !self.paused.val();
        self.asks.next = false;
        self.asking.next = bits::<8>(0);
        if self.can_take.val() {
            self.operation_requester.d.next = self.turn.q.val();
        }
        for i in 0..self.requests.len() {
            self.requests[i].ready.next = self.can_take.val() & (self.turn.q.val() == self.number[i].val());
            self.asking.next = self.asking.val() >> 1;
            if self.requests[i].valid.val() {
                self.asking.next = self.asking.val() | bits::<8>(128);
            }
            if self.turn.q.val() == self.number[i].val() {
                self.asks.next = self.requests[i].valid.val();
                if self.can_take.val() {
                    self.operation_kind.d.next = self.requests[i].kind.val();
                    self.operation_tag.d.next = self.requests[i].tag.val();
                    self.operation_page.d.next = self.requests[i].page.val();
                    self.operation_expected.d.next = self.requests[i].expected.val();
                    self.operation_location.d.next = self.requests[i].location.val();
                }
            }
        }
        if self.operations.ready.val() {
            self.operation_valid.d.next = false;
        }
        if self.can_take.val() {
            self.operation_valid.d.next = self.asks.val();
        }
        self.operations.valid.next = self.operation_valid.q.val();
        self.operations.kind.next = self.operation_kind.q.val();
        self.operations.tag.next = self.operation_tag.q.val();
        self.operations.page.next = self.operation_page.q.val();
        self.operations.expected.next = self.operation_expected.q.val();
        self.operations.location.next = self.operation_location.q.val();
        self.requester.next = self.operation_requester.q.val();

        // Bit `i` of `asking` is requester `i`, and again bit `i` + 4, so that the turn's own bit comes lowest.
        self.asking.next = self.asking.val() | (self.asking.val() >> 4);
        self.asking_from_turn.next = self.asking.val() >> self.turn.q.val();
        self.step.next = bits::<2>(0);
        if self.asking_from_turn.val().get_bit(1) {
            self.step.next = bits::<2>(1);
        } else if self.asking_from_turn.val().get_bit(2) {
            self.step.next = bits::<2>(2);
        } else if self.asking_from_turn.val().get_bit(3) {
            self.step.next = bits::<2>(3);
        }
        if self.can_take.val() | !self.asks.val() {
            self.turn.d.next = self.turn.q.val() + self.step.val();
        }

        for i in 0..self.answers.len() {
            self.answer_valid[i].clock.next = self.clock.val();
            self.answer_valid[i].d.next =
                self.results.valid.val() & (self.result_requester.val() == self.number[i].val());
            self.answers[i].valid.next = self.answer_valid[i].q.val();
            self.answers[i].tag.next = self.answer_tag.q.val();
            self.answers[i].found.next = self.answer_found.q.val();
            self.answers[i].applied.next = self.answer_applied.q.val();
        }
        self.answer_tag.d.next = self.results.tag.val();
        self.answer_found.d.next = self.results.found.val();
        self.answer_applied.d.next = self.results.applied.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
