//! New places of pages, entered into the page map.

use rust_hdl::prelude::*;

use super::move_reader::MOVE_SUPERSEDED;
use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::tables::{PageOperationKind, PageOperationSource, PageResultSink};
use crate::stream::StreamSource;

/// What the committer is doing.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum CommittingState {
    /// No page has a new place.
    Idle,
    /// The old place of a moved page is looked up.
    Recalling,
    /// The page map is asked.
    Asking,
    /// It has not answered.
    Waiting,
    /// Firmware is told.
    Reporting,
}

/// Enters the places of the write buffer's pages into the page map, one after the other: a page of the host in any case, a
/// moved page if the map still shows its old place.
///
/// - Latency: 2 cycles from an update to the page map.
/// - Throughput: an update in about 20 cycles with block RAM behind the page map.
/// - Back-pressure: waits for the page map and, after a moved page, for firmware's queue of events.
/// - Limits: 64 moves; `P` and `L` 8..=32; stripes of 24 bits, of which `L` - 7 count.
#[derive(LogicBlock)]
pub struct PlaceCommitter<const P: usize, const L: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The old place of a move is kept.
    pub keep: Signal<In, Bit>,
    /// Number of the move.
    pub keep_number: Signal<In, Bits<6>>,
    /// The old place.
    pub keep_location: Signal<In, Bits<32>>,
    /// A page has a new place.
    pub update_valid: Signal<In, Bit>,
    /// The logical page; meaningful while `update_valid` is high, as are the six that follow.
    pub update_page: Signal<In, Bits<32>>,
    /// Number of its move in bits 5..=0, if it was moved.
    pub update_tag: Signal<In, Bits<8>>,
    /// It was moved.
    pub update_moved: Signal<In, Bit>,
    /// RAID group of the new place.
    pub update_group: Signal<In, Bits<1>>,
    /// Its stripe.
    pub update_stripe: Signal<In, Bits<24>>,
    /// Its lane.
    pub update_lane: Signal<In, Bits<4>>,
    /// Its half of the flash page.
    pub update_half: Signal<In, Bits<1>>,
    /// The page map has taken the new place.
    pub update_ready: Signal<Out, Bit>,
    /// A page of the host has got its place.
    pub placed: Signal<Out, Bit>,
    /// A move has ended.
    pub committed: Signal<Out, Bit>,
    /// Changes of the page map.
    pub operations: PageOperationSource<P, L>,
    /// Their results.
    pub results: PageResultSink<L>,
    /// Events: old location in bits 31..=0, outcome in 33..=32.
    pub events: StreamSource<34>,

    write_kind: Constant<PageOperationKind>,
    move_kind: Constant<PageOperationKind>,
    group_shift: Constant<Bits<6>>,
    outcome_superseded: Constant<Bits<34>>,
    locations: RAM<Bits<32>, 6>,
    state: DFF<CommittingState>,
    old_place: DFF<Bits<32>>,
    new_place: DFF<Bits<L>>,
    moved: DFF<Bit>,
    applied: DFF<Bit>,
    host_placed: DFF<Bit>,
}

impl<const P: usize, const L: usize> Default for PlaceCommitter<P, L> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            keep: Default::default(),
            keep_number: Default::default(),
            keep_location: Default::default(),
            update_valid: Default::default(),
            update_page: Default::default(),
            update_tag: Default::default(),
            update_moved: Default::default(),
            update_group: Default::default(),
            update_stripe: Default::default(),
            update_lane: Default::default(),
            update_half: Default::default(),
            update_ready: Default::default(),
            placed: Default::default(),
            committed: Default::default(),
            operations: Default::default(),
            results: Default::default(),
            events: Default::default(),
            write_kind: Constant::new(PageOperationKind::Write),
            move_kind: Constant::new(PageOperationKind::Move),
            group_shift: Constant::new((L - 1).to_bits()),
            outcome_superseded: Constant::new((MOVE_SUPERSEDED << 32).into()),
            locations: Default::default(),
            state: Default::default(),
            old_place: Default::default(),
            new_place: Default::default(),
            moved: Default::default(),
            applied: Default::default(),
            host_placed: Default::default(),
        }
    }
}

impl<const P: usize, const L: usize> Logic for PlaceCommitter<P, L> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, old_place, new_place, moved, applied, host_placed);
        self.locations.read_clock.next = self.clock.val();
        self.locations.write_clock.next = self.clock.val();
        self.locations.write_address.next = self.keep_number.val();
        self.locations.write_data.next = self.keep_location.val();
        self.locations.write_enable.next = self.keep.val();
        self.locations.read_address.next = self.update_tag.val().get_bits::<6>(0);
        self.old_place.d.next = self.old_place.q.val();

        self.operations.valid.next = false;
        self.update_ready.next = false;
        self.host_placed.d.next = false;
        self.events.valid.next = false;
        match self.state.q.val() {
            CommittingState::Idle => {
                self.moved.d.next = self.update_moved.val();
                self.new_place.d.next = (bit_cast::<L, 24>(self.update_stripe.val()) << 6)
                    | (bit_cast::<L, 4>(self.update_lane.val()) << 2)
                    | (bit_cast::<L, 1>(self.update_half.val()) << 1)
                    | (bit_cast::<L, 1>(self.update_group.val()) << self.group_shift.val())
                    | bits::<L>(1);
                if self.update_valid.val() {
                    self.state.d.next = CommittingState::Recalling;
                }
            }
            CommittingState::Recalling => {
                self.old_place.d.next = self.locations.read_data.val();
                self.state.d.next = CommittingState::Asking;
            }
            CommittingState::Asking => {
                self.operations.valid.next = true;
                if self.operations.ready.val() {
                    self.update_ready.next = true;
                    self.state.d.next = CommittingState::Waiting;
                }
            }
            CommittingState::Waiting => {
                self.applied.d.next = self.results.applied.val();
                if self.results.valid.val() {
                    self.host_placed.d.next = !self.moved.q.val();
                    self.state.d.next = CommittingState::Idle;
                    if self.moved.q.val() {
                        self.state.d.next = CommittingState::Reporting;
                    }
                }
            }
            CommittingState::Reporting => {
                self.events.valid.next = true;
                if self.events.ready.val() {
                    self.state.d.next = CommittingState::Idle;
                }
            }
            _ => {
                self.state.d.next = CommittingState::Idle;
            }
        }
        self.operations.kind.next = self.write_kind.val();
        if self.moved.q.val() {
            self.operations.kind.next = self.move_kind.val();
        }
        self.operations.tag.next = self.update_tag.val();
        self.operations.page.next = self.update_page.val().get_bits::<P>(0);
        self.operations.expected.next = bit_cast::<L, 32>(self.old_place.q.val());
        self.operations.location.next = self.new_place.q.val();
        self.placed.next = self.host_placed.q.val();
        self.committed.next = self.events.valid.val() & self.events.ready.val();
        self.events.last.next = false;
        self.events.data.next = bit_cast::<34, 32>(self.old_place.q.val());
        if !self.applied.q.val() {
            self.events.data.next = bit_cast::<34, 32>(self.old_place.q.val()) | self.outcome_superseded.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A move's place is kept before the move is offered.
        info.push(no_collision(&["locations"]));
        info
    }
}
