//! Buffer-to-buffer credit of a transmitter.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// Counts the frames that were sent and not yet answered by R_RDY, and allows another while they are fewer than the other
/// port's receive buffers.
///
/// - Latency: 1 cycle from an event or a new `credit` to `may_send`.
/// - Throughput: a frame and an R_RDY every cycle.
/// - Back-pressure: `may_send` holds frames back.
/// - Limits: `credit` 0..=255; `frame_sent` only while `may_send` is high.
#[derive(LogicBlock, Default)]
pub struct CreditCounter {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Frames that the other port can take, as it said at login; 1 before. It may be lowered while frames are out: none is
    /// sent until fewer are out than it says.
    pub credit: Signal<In, Bits<8>>,
    /// All of the other port's buffers are free: the link was reset.
    pub reset: Signal<In, Bit>,
    /// A frame was begun that uses a buffer.
    pub frame_sent: Signal<In, Bit>,
    /// An R_RDY came.
    pub ready_received: Signal<In, Bit>,
    /// A frame may be begun.
    pub may_send: Signal<Out, Bit>,
    /// Frames without an answer.
    pub outstanding: Signal<Out, Bits<8>>,
    /// An R_RDY came that no frame had asked for; it was not counted.
    pub excess: Signal<Out, Bit>,

    count: DFF<Bits<8>>,
    allowed: DFF<Bit>,
    surplus: DFF<Bit>,
    next_count: Signal<Local, Bits<8>>,
}

impl Logic for CreditCounter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count, allowed, surplus);

        self.next_count.next = self.count.q.val();
        self.surplus.d.next = false;
        if self.frame_sent.val() & !self.ready_received.val() {
            self.next_count.next = self.count.q.val() + 1;
        }
        if self.ready_received.val() & !self.frame_sent.val() {
            if self.count.q.val().any() {
                self.next_count.next = self.count.q.val() - 1;
            } else {
                self.surplus.d.next = true;
            }
        }
        if self.reset.val() {
            self.next_count.next = bits::<8>(0);
            self.surplus.d.next = false;
        }
        self.count.d.next = self.next_count.val();
        self.allowed.d.next = self.next_count.val() < self.credit.val();
        self.may_send.next = self.allowed.q.val();
        self.outstanding.next = self.count.q.val();
        self.excess.next = self.surplus.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
