//! What becomes of one stripe of the buffer, from its opening until its part of the buffer is free again.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// Where a stripe stands.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum TrackingState {
    /// The part of the buffer is free.
    Free,
    /// Pages gather.
    Open,
    /// The lanes take their commands and bytes.
    Draining,
    /// The page map is being updated.
    Updating,
    /// The directory forgets the pages.
    Clearing,
    /// Lookups under way and readers finish.
    Settling,
}

/// Follows one stripe: waits until all member lanes have taken their bytes, lets the page map be updated, and frees the part of
/// the buffer when no reader holds it any more.
///
/// - Latency: 1 cycle from an event to the outputs; 10 cycles from `walked` to `free` without readers.
/// - Throughput: all lanes may have taken their bytes in one cycle.
/// - Back-pressure: none; the part is not free before its readers let go of it.
/// - Limits: 10 lanes, 255 holds.
#[derive(LogicBlock)]
pub struct ProgramTracker {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A stripe is opened.
    pub opened: Signal<In, Bit>,
    /// It is closed.
    pub closed: Signal<In, Bit>,
    /// Its members, bit per lane.
    pub members: Signal<In, Bits<10>>,
    /// Lanes that have taken the last byte of the stripe, bit per lane.
    pub drained: Signal<In, Bits<10>>,
    /// The page map is updated.
    pub walked: Signal<In, Bit>,
    /// A reader holds the stripe from now on.
    pub hold: Signal<In, Bit>,
    /// A reader lets it go.
    pub unhold: Signal<In, Bit>,
    /// The part of the buffer is free.
    pub free: Signal<Out, Bit>,
    /// The stripe is closed, and not all its updates of the page map are taken.
    pub leaving: Signal<Out, Bit>,
    /// The stripe is with the lanes and waits for its updates of the page map.
    pub updating: Signal<Out, Bit>,
    /// The stripe is open, or its updates are not all taken.
    pub outstanding: Signal<Out, Bit>,
    /// The directory forgets the stripe.
    pub clear: Signal<Out, Bit>,

    settling_cycles: Constant<Bits<4>>,

    state: DFF<TrackingState>,
    /// Member lanes that have not taken all bytes.
    pending: DFF<Bits<10>>,
    is_free: DFFWithInit<Bit>,
    settling: DFF<Bits<4>>,
    holds: DFF<Bits<8>>,
    is_held: DFF<Bit>,

    frees: Signal<Local, Bit>,
}

impl Default for ProgramTracker {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            opened: Default::default(),
            closed: Default::default(),
            members: Default::default(),
            drained: Default::default(),
            walked: Default::default(),
            hold: Default::default(),
            unhold: Default::default(),
            free: Default::default(),
            leaving: Default::default(),
            updating: Default::default(),
            outstanding: Default::default(),
            clear: Default::default(),
            settling_cycles: Constant::new(8_u64.into()),
            state: Default::default(),
            pending: Default::default(),
            is_free: DFFWithInit::new(true),
            settling: Default::default(),
            holds: Default::default(),
            is_held: Default::default(),
            frees: Default::default(),
        }
    }
}

impl Logic for ProgramTracker {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, pending, is_free, settling, holds, is_held);
        self.pending.d.next = self.pending.q.val() & !self.drained.val();
        if self.hold.val() & !self.unhold.val() {
            self.holds.d.next = self.holds.q.val() + 1;
        }
        if self.unhold.val() & !self.hold.val() {
            self.holds.d.next = self.holds.q.val() - 1;
        }
        self.is_held.d.next = self.holds.q.val().any() | self.hold.val();

        self.frees.next = false;
        match self.state.q.val() {
            TrackingState::Free => {
                if self.opened.val() {
                    self.state.d.next = TrackingState::Open;
                }
            }
            TrackingState::Open => {
                if self.closed.val() {
                    self.pending.d.next = self.members.val();
                    self.state.d.next = TrackingState::Draining;
                }
            }
            TrackingState::Draining => {
                if !self.pending.q.val().any() {
                    self.state.d.next = TrackingState::Updating;
                }
            }
            TrackingState::Updating => {
                if self.walked.val() {
                    self.state.d.next = TrackingState::Clearing;
                }
            }
            TrackingState::Clearing => {
                self.settling.d.next = bits::<4>(0);
                self.state.d.next = TrackingState::Settling;
            }
            TrackingState::Settling => {
                if self.settling.q.val() != self.settling_cycles.val() {
                    self.settling.d.next = self.settling.q.val() + 1;
                } else if !self.is_held.q.val() {
                    self.frees.next = true;
                    self.state.d.next = TrackingState::Free;
                }
            }
            _ => {
                self.state.d.next = TrackingState::Free;
            }
        }
        self.is_free.d.next = (self.is_free.q.val() & !self.opened.val()) | self.frees.val();
        self.free.next = self.is_free.q.val();
        self.updating.next = self.state.q.val() == TrackingState::Updating;
        self.leaving.next =
            (self.state.q.val() == TrackingState::Draining) | (self.state.q.val() == TrackingState::Updating);
        self.outstanding.next = (self.state.q.val() == TrackingState::Open)
            | ((self.state.q.val() == TrackingState::Draining) | (self.state.q.val() == TrackingState::Updating));
        self.clear.next = self.state.q.val() == TrackingState::Clearing;
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
