//! Buffer-to-buffer credit of a transmitter in a loop.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// Counts the frames that the other port of a circuit can take: each R_RDY is one more, each frame one less. It begins with none
/// (alternate credit with a login credit of 0, which every loop port understands).
///
/// - Latency: 1 cycle from an event to `may_send`.
/// - Throughput: a frame and an R_RDY every cycle.
/// - Back-pressure: `may_send` holds frames back.
/// - Limits: 255 frames; `frame_sent` with none is not counted.
#[derive(LogicBlock, Default)]
pub struct AlternateCredit {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A circuit begins.
    pub reset: Signal<In, Bit>,
    /// A frame was begun.
    pub frame_sent: Signal<In, Bit>,
    /// An R_RDY came.
    pub ready_received: Signal<In, Bit>,
    /// A frame may be begun.
    pub may_send: Signal<Out, Bit>,

    count: DFF<Bits<8>>,
    allowed: DFF<Bit>,
    next_count: Signal<Local, Bits<8>>,
}

impl Logic for AlternateCredit {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count, allowed);

        self.next_count.next = self.count.q.val();
        if self.ready_received.val() & !self.frame_sent.val() & !self.count.q.val().all() {
            self.next_count.next = self.count.q.val() + 1;
        }
        if self.frame_sent.val() & !self.ready_received.val() & self.count.q.val().any() {
            self.next_count.next = self.count.q.val() - 1;
        }
        if self.reset.val() {
            self.next_count.next = bits::<8>(0);
        }
        self.count.d.next = self.next_count.val();
        self.allowed.d.next = self.next_count.val().any();
        self.may_send.next = self.allowed.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
