//! Received frames to one of two takers.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::stream::{StreamSink, StreamSource};

/// Gives whole frames to one of two takers; which one is decided between frames.
///
/// - Latency: none.
/// - Throughput: a word a cycle.
/// - Back-pressure: that of the taker.
/// - Limits: none.
#[derive(LogicBlock)]
pub struct FrameRouter {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Frames; `last` marks a frame's last word.
    pub frame: StreamSink<32>,
    /// The next frame is the second taker's, else the first's.
    pub is_second: Signal<In, Bit>,
    /// Frames of the first taker.
    pub first: StreamSource<32>,
    /// Frames of the second taker.
    pub second: StreamSource<32>,

    /// No frame is under way.
    is_between: DFFWithInit<Bit>,
    was_second: DFF<Bit>,
    to_second: Signal<Local, Bit>,
    ready: Signal<Local, Bit>,
}

impl Default for FrameRouter {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            frame: Default::default(),
            is_second: Default::default(),
            first: Default::default(),
            second: Default::default(),
            is_between: DFFWithInit::new(true),
            was_second: Default::default(),
            to_second: Default::default(),
            ready: Default::default(),
        }
    }
}

impl Logic for FrameRouter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, is_between, was_second);

        self.to_second.next = self.was_second.q.val();
        if self.is_between.q.val() {
            self.to_second.next = self.is_second.val();
        }
        self.was_second.d.next = self.to_second.val();
        self.first.valid.next = self.frame.valid.val() & !self.to_second.val();
        self.second.valid.next = self.frame.valid.val() & self.to_second.val();
        self.first.data.next = self.frame.data.val();
        self.second.data.next = self.frame.data.val();
        self.first.last.next = self.frame.last.val();
        self.second.last.next = self.frame.last.val();
        self.ready.next = self.first.ready.val();
        if self.to_second.val() {
            self.ready.next = self.second.ready.val();
        }
        self.frame.ready.next = self.ready.val();
        if self.frame.valid.val() {
            // Once a frame is offered it stays where it is.
            self.is_between.d.next = self.ready.val() & self.frame.last.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
