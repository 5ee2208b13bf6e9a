//! What a lane's bus does next.

use rust_hdl::prelude::*;

use super::action_arbiter::ActionArbiter;
use super::bus_engine::ActionOutcome;
use super::die_scheduler::DieScheduler;
use super::finished_reads::FinishedReads;
use super::lane_command::LaneOperation;
use super::lane_config::LaneConfig;
use crate::circuit::circuit_info;

/// Decides which bus action a lane plays next, from the commands offered and from what the bus engine reports.
///
/// - Latency: up to 44 cycles from an offer to the start of its action on an idle lane.
/// - Throughput: 1 action at a time; the next one starts a cycle after the engine is idle.
/// - Back-pressure: see [`DieScheduler`] for commands and [`ActionArbiter`] for transfers.
/// - Limits: those of its parts.
#[derive(LogicBlock)]
pub struct LaneScheduler {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A command is offered; it stands until `accept`.
    pub offer: Signal<In, Bit>,
    /// Its operation.
    pub offer_operation: Signal<In, LaneOperation>,
    /// Its die: chip x 8 + die.
    pub offer_die: Signal<In, Bits<4>>,
    /// It names both planes.
    pub offer_both_planes: Signal<In, Bit>,
    /// The command is taken in this cycle.
    pub accept: Signal<Out, Bit>,
    /// The slot it goes to, die and place in the queue; meaningful while `accept` is high.
    pub accept_slot: Signal<Out, Bits<6>>,
    /// The command plays for both planes; meaningful while `accept` is high.
    pub accept_dual: Signal<Out, Bit>,
    /// Dies whose queues are full.
    pub full: Signal<Out, Bits<16>>,
    /// Data for a program is there.
    pub program_waits: Signal<In, Bit>,
    /// The receiver of read data has room for a whole transfer.
    pub read_room: Signal<In, Bit>,
    /// The engine plays nothing.
    pub idle: Signal<In, Bit>,
    /// The action described by the other outputs begins.
    pub start: Signal<Out, Bit>,
    /// Its number.
    pub start_action: Signal<Out, Bits<4>>,
    /// The slot of its command.
    pub start_slot: Signal<Out, Bits<6>>,
    /// The number of the command's operation.
    pub start_operation: Signal<Out, Bits<3>>,
    /// It plays for both planes.
    pub start_dual: Signal<Out, Bit>,
    /// It is the last poll before the command is given up.
    pub start_last: Signal<Out, Bit>,
    /// A poll, and if the die is ready, it is to read on before its data is transferred.
    pub start_onward: Signal<Out, Bit>,
    /// The action of `report_slot` ends.
    pub report: Signal<In, Bit>,
    /// The slot of its command.
    pub report_slot: Signal<In, Bits<6>>,
    /// How it ended.
    pub report_outcome: Signal<In, ActionOutcome>,
    /// The number of the command's operation.
    pub report_operation: Signal<In, Bits<3>>,
    /// The die moves a page between its registers.
    pub report_moves: Signal<In, Bit>,
    /// A report has not been noted yet: none may come.
    pub report_pending: Signal<Out, Bit>,

    dies: DieScheduler,
    finished: FinishedReads,
    arbiter: ActionArbiter,

    data_is_ready: Signal<Local, Bit>,
}

impl LaneScheduler {
    /// The scheduler of a lane with these busy times.
    pub fn new(config: &LaneConfig) -> Self {
        Self {
            clock: Default::default(),
            offer: Default::default(),
            offer_operation: Default::default(),
            offer_die: Default::default(),
            offer_both_planes: Default::default(),
            accept: Default::default(),
            accept_slot: Default::default(),
            accept_dual: Default::default(),
            full: Default::default(),
            program_waits: Default::default(),
            read_room: Default::default(),
            idle: Default::default(),
            start: Default::default(),
            start_action: Default::default(),
            start_slot: Default::default(),
            start_operation: Default::default(),
            start_dual: Default::default(),
            start_last: Default::default(),
            start_onward: Default::default(),
            report: Default::default(),
            report_slot: Default::default(),
            report_outcome: Default::default(),
            report_operation: Default::default(),
            report_moves: Default::default(),
            report_pending: Default::default(),
            dies: DieScheduler::new(config),
            finished: Default::default(),
            arbiter: Default::default(),
            data_is_ready: Default::default(),
        }
    }
}

impl Logic for LaneScheduler {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, dies, finished, arbiter);

        self.dies.offer.next = self.offer.val();
        self.dies.offer_operation.next = self.offer_operation.val();
        self.dies.offer_die.next = self.offer_die.val();
        self.dies.offer_both_planes.next = self.offer_both_planes.val();
        self.accept.next = self.dies.accept.val();
        self.accept_slot.next = self.dies.accept_slot.val();
        self.accept_dual.next = self.dies.accept_dual.val();
        self.full.next = self.dies.full.val();
        self.dies.program_waits.next = self.program_waits.val();

        // A finished read leaves its die claimed, until its data has been transferred.
        self.data_is_ready.next = self.report_outcome.val() == ActionOutcome::DataReady;
        self.finished.push.next = self.report.val() & self.data_is_ready.val();
        self.finished.push_slot.next = self.report_slot.val();
        self.dies.report.next = self.report.val() & !self.data_is_ready.val();
        self.dies.report_die.next = self.report_slot.val().get_bits::<4>(2);
        self.dies.report_outcome.next = self.report_outcome.val();
        self.dies.report_operation.next = self.report_operation.val();
        self.dies.report_moves.next = self.report_moves.val();
        self.report_pending.next = self.dies.report_pending.val();

        self.arbiter.idle.next = self.idle.val();
        self.arbiter.read_room.next = self.read_room.val();
        self.arbiter.finished_valid.next = self.finished.valid.val();
        self.arbiter.finished_slot.next = self.finished.slot.val();
        self.finished.take.next = self.arbiter.finished_take.val();
        self.arbiter.issue_valid.next = self.dies.issue_valid.val();
        self.arbiter.issue_slot.next = self.dies.issue_slot.val();
        self.arbiter.issue_action.next = self.dies.issue_action.val();
        self.arbiter.issue_operation.next = self.dies.issue_operation.val();
        self.arbiter.issue_dual.next = self.dies.issue_dual.val();
        self.dies.issue_take.next = self.arbiter.issue_take.val();
        self.arbiter.poll_valid.next = self.dies.poll_valid.val();
        self.arbiter.poll_slot.next = self.dies.poll_slot.val();
        self.arbiter.poll_operation.next = self.dies.poll_operation.val();
        self.arbiter.poll_dual.next = self.dies.poll_dual.val();
        self.arbiter.poll_last.next = self.dies.poll_last.val();
        self.arbiter.poll_onward.next = self.dies.poll_onward.val();
        self.dies.poll_take.next = self.arbiter.poll_take.val();
        self.start.next = self.arbiter.start.val();
        self.start_action.next = self.arbiter.start_action.val();
        self.start_slot.next = self.arbiter.start_slot.val();
        self.start_operation.next = self.arbiter.start_operation.val();
        self.start_dual.next = self.arbiter.start_dual.val();
        self.start_last.next = self.arbiter.start_last.val();
        self.start_onward.next = self.arbiter.start_onward.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
