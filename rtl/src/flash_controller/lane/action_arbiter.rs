//! Which action the bus plays next.

use rust_hdl::prelude::*;

use super::bus_program::BusAction;
use crate::circuit::circuit_info;

/// Picks the next bus action: the transfer of the oldest finished read if there is room for it, else the start of a command
/// on an idle die, else the poll of a die whose time is over.
///
/// - Latency: 1 cycle from the engine's `idle` to `start`.
/// - Throughput: 1 action at a time.
/// - Back-pressure: nothing starts while the engine is not idle; transfers wait while `read_room` is low, the others do
///   not.
/// - Limits: none.
#[derive(LogicBlock)]
pub struct ActionArbiter {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The engine plays nothing.
    pub idle: Signal<In, Bit>,
    /// The receiver of read data has room for a whole transfer.
    pub read_room: Signal<In, Bit>,
    /// A read has finished.
    pub finished_valid: Signal<In, Bit>,
    /// Its slot.
    pub finished_slot: Signal<In, Bits<6>>,
    /// It is taken.
    pub finished_take: Signal<Out, Bit>,
    /// A command can begin.
    pub issue_valid: Signal<In, Bit>,
    /// Its slot.
    pub issue_slot: Signal<In, Bits<6>>,
    /// Number of the action that begins it.
    pub issue_action: Signal<In, Bits<4>>,
    /// Its operation's number.
    pub issue_operation: Signal<In, Bits<3>>,
    /// It works on both planes.
    pub issue_dual: Signal<In, Bit>,
    /// It is taken.
    pub issue_take: Signal<Out, Bit>,
    /// A die is to be polled.
    pub poll_valid: Signal<In, Bit>,
    /// The slot of the command it executes.
    pub poll_slot: Signal<In, Bits<6>>,
    /// The number of that command's operation.
    pub poll_operation: Signal<In, Bits<3>>,
    /// The command works on both planes.
    pub poll_dual: Signal<In, Bit>,
    /// It is the last poll before the command is given up.
    pub poll_last: Signal<In, Bit>,
    /// If the die is ready, it is to read on before its data is transferred.
    pub poll_onward: Signal<In, Bit>,
    /// It is taken.
    pub poll_take: Signal<Out, Bit>,
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

    poll_action: Constant<Bits<4>>,
    transfer_action: Constant<Bits<4>>,
    read_operation: Constant<Bits<3>>,

    starting: DFF<Bit>,
    action: DFF<Bits<4>>,
    slot: DFF<Bits<6>>,
    operation: DFF<Bits<3>>,
    dual: DFF<Bit>,
    last: DFF<Bit>,
    onward: DFF<Bit>,

    may_start: Signal<Local, Bit>,
    transfers: Signal<Local, Bit>,
    issues: Signal<Local, Bit>,
    polls: Signal<Local, Bit>,
}

impl Default for ActionArbiter {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            idle: Default::default(),
            read_room: Default::default(),
            finished_valid: Default::default(),
            finished_slot: Default::default(),
            finished_take: Default::default(),
            issue_valid: Default::default(),
            issue_slot: Default::default(),
            issue_action: Default::default(),
            issue_operation: Default::default(),
            issue_dual: Default::default(),
            issue_take: Default::default(),
            poll_valid: Default::default(),
            poll_slot: Default::default(),
            poll_operation: Default::default(),
            poll_dual: Default::default(),
            poll_last: Default::default(),
            poll_onward: Default::default(),
            poll_take: Default::default(),
            start: Default::default(),
            start_action: Default::default(),
            start_slot: Default::default(),
            start_operation: Default::default(),
            start_dual: Default::default(),
            start_last: Default::default(),
            start_onward: Default::default(),
            poll_action: Constant::new(BusAction::Poll.number().into()),
            transfer_action: Constant::new(BusAction::Transfer.number().into()),
            read_operation: Constant::new(BusAction::Read.number().into()),
            starting: Default::default(),
            action: Default::default(),
            slot: Default::default(),
            operation: Default::default(),
            dual: Default::default(),
            last: Default::default(),
            onward: Default::default(),
            may_start: Default::default(),
            transfers: Default::default(),
            issues: Default::default(),
            polls: Default::default(),
        }
    }
}

impl Logic for ActionArbiter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, starting, action, slot, operation, dual, last, onward);

        // The engine's `idle` falls a cycle after `start`.
        self.may_start.next = self.idle.val() & !self.starting.q.val();
        self.transfers.next = self.may_start.val() & self.finished_valid.val() & self.read_room.val();
        self.issues.next =
            self.may_start.val() & self.issue_valid.val() & !(self.finished_valid.val() & self.read_room.val());
        self.polls.next = self.may_start.val()
            & self.poll_valid.val()
            & !self.issue_valid.val()
            & !(self.finished_valid.val() & self.read_room.val());

        self.starting.d.next = self.transfers.val() | self.issues.val() | self.polls.val();
        if self.may_start.val() {
            self.action.d.next = self.poll_action.val();
            self.slot.d.next = self.poll_slot.val();
            self.operation.d.next = self.poll_operation.val();
            self.dual.d.next = self.poll_dual.val();
            self.last.d.next = self.poll_last.val();
            self.onward.d.next = self.poll_onward.val();
            if self.issues.val() {
                self.action.d.next = self.issue_action.val();
                self.slot.d.next = self.issue_slot.val();
                self.operation.d.next = self.issue_operation.val();
                self.dual.d.next = self.issue_dual.val();
            }
            if self.transfers.val() {
                self.action.d.next = self.transfer_action.val();
                self.slot.d.next = self.finished_slot.val();
                self.operation.d.next = self.read_operation.val();
                self.dual.d.next = false;
            }
        }

        self.finished_take.next = self.transfers.val();
        self.issue_take.next = self.issues.val();
        self.poll_take.next = self.polls.val();
        self.start.next = self.starting.q.val();
        self.start_action.next = self.action.q.val();
        self.start_slot.next = self.slot.q.val();
        self.start_operation.next = self.operation.q.val();
        self.start_dual.next = self.dual.q.val();
        self.start_last.next = self.last.q.val();
        self.start_onward.next = self.onward.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
