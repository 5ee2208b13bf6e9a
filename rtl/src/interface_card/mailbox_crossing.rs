//! Accesses of a processor to registers with another clock.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::mailbox::{MailboxSink, MailboxSource};

/// Gives the accesses of a processor to a mailbox that has another clock, with a handshake of four steps: what is asked for
/// stands until the answer has come back, and the next access waits until both sides have forgotten the last one.
///
/// - Latency: 7 cycles from `request` to `done` where both clocks are one and the mailbox answers a cycle after it is asked.
/// - Throughput: an access in 13 such cycles.
/// - Back-pressure: `done`.
/// - Limits: none; the clocks need not know each other.
#[derive(LogicBlock, Default)]
pub struct MailboxCrossing {
    /// Clock of the processor, rising edge.
    pub clock: Signal<In, Clock>,
    /// Clock of the mailbox, rising edge.
    pub far_clock: Signal<In, Clock>,
    /// The processor's port; by `clock`.
    pub mailbox: MailboxSink,
    /// The mailbox; by `far_clock`.
    pub far: MailboxSource,

    asks: DFF<Bit>,
    asked_first: DFF<Bit>,
    asked: DFF<Bit>,
    is_done: DFF<Bit>,
    answer: DFF<Bits<32>>,
    done_first: DFF<Bit>,
    done: DFF<Bit>,
}

impl Logic for MailboxCrossing {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, asks, done_first, done);
        dff_setup!(self, far_clock, asked_first, asked, is_done, answer);

        // The processor's side.
        self.done_first.d.next = self.is_done.q.val();
        self.done.d.next = self.done_first.q.val();
        if self.asks.q.val() {
            self.asks.d.next = !self.done.q.val();
        } else {
            self.asks.d.next = self.mailbox.request.val() & !self.done.q.val();
        }
        self.mailbox.done.next = self.asks.q.val() & self.done.q.val();
        self.mailbox.data_out.next = self.answer.q.val();

        // The mailbox's side; what is asked for stands.
        self.asked_first.d.next = self.asks.q.val();
        self.asked.d.next = self.asked_first.q.val();
        self.far.request.next = self.asked.q.val() & !self.is_done.q.val();
        self.far.write.next = self.mailbox.write.val();
        self.far.address.next = self.mailbox.address.val();
        self.far.data_in.next = self.mailbox.data_in.val();
        if self.asked.q.val() & !self.is_done.q.val() & self.far.done.val() {
            self.is_done.d.next = true;
            self.answer.d.next = self.far.data_out.val();
        }
        if !self.asked.q.val() {
            self.is_done.d.next = false;
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
