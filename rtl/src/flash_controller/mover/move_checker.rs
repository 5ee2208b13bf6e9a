//! Whether a page that is being moved is still the newest copy.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::tables::{PageOperationKind, PageOperationSource, PageResultSink};

/// What the check is doing.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum CheckingState {
    /// Nothing is to be checked.
    Idle,
    /// The page map is asked.
    Asking,
    /// It has not answered.
    Waiting,
    /// The answer is compared.
    Comparing,
    /// The answer is given.
    Answering,
}

/// Compares the place of a page in the page map with the place that it is being moved from.
///
/// - Latency: 6 cycles and the latency of the page map from `check` to `done`.
/// - Throughput: one check at a time.
/// - Back-pressure: waits for the page map.
/// - Limits: 64 moves; `P` and `L` 8..=32.
#[derive(LogicBlock)]
pub struct MoveChecker<const P: usize, const L: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The old place of a move is kept.
    pub keep: Signal<In, Bit>,
    /// Number of the move.
    pub keep_number: Signal<In, Bits<6>>,
    /// The old place.
    pub keep_location: Signal<In, Bits<32>>,
    /// A move is to be checked; stands until `done`.
    pub check: Signal<In, Bit>,
    /// Its number.
    pub check_number: Signal<In, Bits<6>>,
    /// Its logical page.
    pub check_page: Signal<In, Bits<32>>,
    /// The check is done.
    pub done: Signal<Out, Bit>,
    /// The page still lies in its old place; meaningful with `done`.
    pub current: Signal<Out, Bit>,
    /// Lookups in the page map.
    pub operations: PageOperationSource<P, L>,
    /// Their results.
    pub results: PageResultSink<L>,

    lookup_kind: Constant<PageOperationKind>,
    locations: RAM<Bits<32>, 6>,
    state: DFF<CheckingState>,
    expected: DFF<Bits<32>>,
    found: DFF<Bits<32>>,
    equal: DFF<Bit>,
}

impl<const P: usize, const L: usize> Default for MoveChecker<P, L> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            keep: Default::default(),
            keep_number: Default::default(),
            keep_location: Default::default(),
            check: Default::default(),
            check_number: Default::default(),
            check_page: Default::default(),
            done: Default::default(),
            current: Default::default(),
            operations: Default::default(),
            results: Default::default(),
            lookup_kind: Constant::new(PageOperationKind::Lookup),
            locations: Default::default(),
            state: Default::default(),
            expected: Default::default(),
            found: Default::default(),
            equal: Default::default(),
        }
    }
}

impl<const P: usize, const L: usize> Logic for MoveChecker<P, L> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, expected, found, equal);
        self.locations.read_clock.next = self.clock.val();
        self.locations.write_clock.next = self.clock.val();
        self.locations.write_address.next = self.keep_number.val();
        self.locations.write_data.next = self.keep_location.val();
        self.locations.write_enable.next = self.keep.val();
        self.locations.read_address.next = self.check_number.val();
        self.expected.d.next = self.locations.read_data.val();

        self.operations.valid.next = false;
        self.equal.d.next = self.found.q.val() == self.expected.q.val();
        match self.state.q.val() {
            CheckingState::Idle => {
                if self.check.val() {
                    self.state.d.next = CheckingState::Asking;
                }
            }
            CheckingState::Asking => {
                self.operations.valid.next = true;
                if self.operations.ready.val() {
                    self.state.d.next = CheckingState::Waiting;
                }
            }
            CheckingState::Waiting => {
                self.found.d.next = bit_cast::<32, L>(self.results.found.val());
                if self.results.valid.val() {
                    self.state.d.next = CheckingState::Comparing;
                }
            }
            CheckingState::Comparing => {
                self.state.d.next = CheckingState::Answering;
            }
            CheckingState::Answering => {
                self.state.d.next = CheckingState::Idle;
            }
            _ => {
                self.state.d.next = CheckingState::Idle;
            }
        }
        self.operations.kind.next = self.lookup_kind.val();
        self.operations.tag.next = bits::<8>(0);
        self.operations.page.next = self.check_page.val().get_bits::<P>(0);
        self.operations.expected.next = bits::<L>(0);
        self.operations.location.next = bits::<L>(0);
        self.done.next = self.state.q.val() == CheckingState::Answering;
        self.current.next = self.equal.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A move's place is kept before the move is offered.
        info.push(no_collision(&["locations"]));
        info
    }
}
