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
    /// The members are being programmed.
    Programming,
    /// All members are done, one of them without success; firmware decides.
    Failed,
    /// The page map is being updated.
    Updating,
    /// The pages are being driven again into other stripes.
    Redriving,
    /// The directory forgets the pages.
    Clearing,
    /// Lookups under way and readers finish.
    Settling,
}

/// Follows one stripe: waits for the completion of all members, reports failures, waits for firmware's decision, lets the
/// page map be updated or the pages be driven again, and frees the part of the buffer when no reader holds it any more.
///
/// - Latency: 1 cycle from an event to the outputs; 10 cycles from `walked` to `free` without readers.
/// - Throughput: one completion per lane and cycle.
/// - Back-pressure: failure reports wait for firmware, and with them the decision.
/// - Limits: 10 lanes, 255 holds. `redrive` is not heard while `redrive_barred` is high.
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
    /// Lanes that have completed the stripe's program in this cycle, bit per lane.
    pub done: Signal<In, Bits<10>>,
    /// Those of them that have failed, bit per lane.
    pub done_failed: Signal<In, Bits<10>>,
    /// Firmware: take a failed stripe as it is on flash.
    pub accept_failure: Signal<In, Bit>,
    /// Firmware: drive the pages of a failed stripe again.
    pub redrive: Signal<In, Bit>,
    /// No other stripe is left to take the pages.
    pub redrive_barred: Signal<In, Bit>,
    /// The page map is updated, or all pages are driven again.
    pub walked: Signal<In, Bit>,
    /// A reader holds the stripe from now on.
    pub hold: Signal<In, Bit>,
    /// A reader lets it go.
    pub unhold: Signal<In, Bit>,
    /// The part of the buffer is free.
    pub free: Signal<Out, Bit>,
    /// The stripe is programmed and waits for its updates of the page map.
    pub updating: Signal<Out, Bit>,
    /// The pages are to be driven again.
    pub redriving: Signal<Out, Bit>,
    /// Firmware is asked to decide.
    pub failed: Signal<Out, Bit>,
    /// The directory forgets the stripe.
    pub clear: Signal<Out, Bit>,
    /// A failure is reported.
    pub failure_valid: Signal<Out, Bit>,
    /// The lane that failed.
    pub failure_lane: Signal<Out, Bits<4>>,
    /// The report is taken.
    pub failure_ready: Signal<In, Bit>,

    last_lane: Constant<Bits<4>>,
    settling_cycles: Constant<Bits<4>>,

    state: DFF<TrackingState>,
    pending: DFF<Bits<10>>,
    /// Lanes that failed and have not been reported.
    unreported: DFF<Bits<10>>,
    any_failed: DFF<Bit>,
    lane: DFF<Bits<4>>,
    reports: DFF<Bit>,
    settling: DFF<Bits<4>>,
    holds: DFF<Bits<8>>,
    is_held: DFF<Bit>,

    failed_now: Signal<Local, Bits<10>>,
    this_lane: Signal<Local, Bits<10>>,
    this_unreported: Signal<Local, Bit>,
}

impl Default for ProgramTracker {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            opened: Default::default(),
            closed: Default::default(),
            members: Default::default(),
            done: Default::default(),
            done_failed: Default::default(),
            accept_failure: Default::default(),
            redrive: Default::default(),
            redrive_barred: Default::default(),
            walked: Default::default(),
            hold: Default::default(),
            unhold: Default::default(),
            free: Default::default(),
            updating: Default::default(),
            redriving: Default::default(),
            failed: Default::default(),
            clear: Default::default(),
            failure_valid: Default::default(),
            failure_lane: Default::default(),
            failure_ready: Default::default(),
            last_lane: Constant::new(9_u64.into()),
            settling_cycles: Constant::new(8_u64.into()),
            state: Default::default(),
            pending: Default::default(),
            unreported: Default::default(),
            any_failed: Default::default(),
            lane: Default::default(),
            reports: Default::default(),
            settling: Default::default(),
            holds: Default::default(),
            is_held: Default::default(),
            failed_now: Default::default(),
            this_lane: Default::default(),
            this_unreported: Default::default(),
        }
    }
}

impl Logic for ProgramTracker {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, pending, unreported, any_failed, lane, reports, settling, holds, is_held);
        self.pending.d.next = self.pending.q.val() & !self.done.val();
        self.failed_now.next = (self.done.val() & self.done_failed.val()) & self.pending.q.val();
        self.any_failed.d.next = self.any_failed.q.val() | self.failed_now.val().any();

        // Report the failed lanes one by one; the lane shown stays until the report is taken.
        self.this_lane.next = bits::<10>(1) << self.lane.q.val();
        self.this_unreported.next = (self.unreported.q.val() & self.this_lane.val()).any();
        self.unreported.d.next = self.unreported.q.val() | self.failed_now.val();
        if self.reports.q.val() {
            if self.failure_ready.val() {
                self.reports.d.next = false;
                self.unreported.d.next = (self.unreported.q.val() & !self.this_lane.val()) | self.failed_now.val();
            }
        } else {
            self.reports.d.next = self.this_unreported.val();
            if !self.this_unreported.val() {
                self.lane.d.next = self.lane.q.val() + 1;
                if self.lane.q.val() == self.last_lane.val() {
                    self.lane.d.next = bits::<4>(0);
                }
            }
        }

        if self.hold.val() & !self.unhold.val() {
            self.holds.d.next = self.holds.q.val() + 1;
        }
        if self.unhold.val() & !self.hold.val() {
            self.holds.d.next = self.holds.q.val() - 1;
        }
        self.is_held.d.next = self.holds.q.val().any() | self.hold.val();

        match self.state.q.val() {
            TrackingState::Free => {
                self.any_failed.d.next = false;
                if self.opened.val() {
                    self.state.d.next = TrackingState::Open;
                }
            }
            TrackingState::Open => {
                if self.closed.val() {
                    self.pending.d.next = self.members.val();
                    self.state.d.next = TrackingState::Programming;
                }
            }
            TrackingState::Programming => {
                if !self.pending.q.val().any() {
                    self.state.d.next = TrackingState::Updating;
                    if self.any_failed.q.val() {
                        self.state.d.next = TrackingState::Failed;
                    }
                }
            }
            TrackingState::Failed => {
                if !self.unreported.q.val().any() {
                    if self.accept_failure.val() {
                        self.state.d.next = TrackingState::Updating;
                    } else if self.redrive.val() & !self.redrive_barred.val() {
                        self.state.d.next = TrackingState::Redriving;
                    }
                }
            }
            TrackingState::Updating => {
                if self.walked.val() {
                    self.state.d.next = TrackingState::Clearing;
                }
            }
            TrackingState::Redriving => {
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
                    self.state.d.next = TrackingState::Free;
                }
            }
            _ => {
                self.state.d.next = TrackingState::Free;
            }
        }
        self.free.next = self.state.q.val() == TrackingState::Free;
        self.updating.next = self.state.q.val() == TrackingState::Updating;
        self.redriving.next = self.state.q.val() == TrackingState::Redriving;
        self.failed.next = (self.state.q.val() == TrackingState::Failed) & !self.unreported.q.val().any();
        self.clear.next = self.state.q.val() == TrackingState::Clearing;
        self.failure_valid.next = self.reports.q.val();
        self.failure_lane.next = self.lane.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
