//! Two senders of frames at one line.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::stream::{StreamSink, StreamSource};

/// Whose frame passes.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum ArbiterTurn {
    /// Nobody's.
    None,
    /// The target's.
    Target,
    /// The processor's.
    Processor,
}

/// Lets whole frames pass, the processor's before the target's: its frames are few.
///
/// - Latency: 1 cycle from a frame offered to its first word, then none.
/// - Throughput: a word a cycle within a frame.
/// - Back-pressure: that of `frame`.
/// - Limits: what belongs to a frame stays while its words are offered.
#[derive(LogicBlock, Default)]
pub struct FrameArbiter {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Frames of the target.
    pub target: StreamSink<32>,
    /// The target's frame is the first of its sequence; meaningful with its words.
    pub target_is_first: Signal<In, Bit>,
    /// The target's frame is the last of its sequence; meaningful with its words.
    pub target_is_last: Signal<In, Bit>,
    /// Frames of the processor.
    pub processor: StreamSink<32>,
    /// The processor's frame is the first of its sequence; meaningful with its words.
    pub processor_is_first: Signal<In, Bit>,
    /// The processor's frame is the last of its sequence; meaningful with its words.
    pub processor_is_last: Signal<In, Bit>,
    /// The frames of both; `last` marks a frame's last word.
    pub frame: StreamSource<32>,
    /// The frame is the first of its sequence; meaningful with its words.
    pub is_first_of_sequence: Signal<Out, Bit>,
    /// The frame is the last of its sequence; meaningful with its words.
    pub is_last_of_sequence: Signal<Out, Bit>,

    turn: DFF<ArbiterTurn>,
    passes: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
}

impl Logic for FrameArbiter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, turn);

        self.passes.next = false;
        self.ends.next = false;
        self.target.ready.next = false;
        self.processor.ready.next = false;
        self.frame.data.next = self.target.data.val();
        self.is_first_of_sequence.next = self.target_is_first.val();
        self.is_last_of_sequence.next = self.target_is_last.val();
        match self.turn.q.val() {
            ArbiterTurn::Target => {
                self.passes.next = self.target.valid.val();
                self.ends.next = self.target.last.val();
                self.target.ready.next = self.frame.ready.val();
            }
            ArbiterTurn::Processor => {
                self.passes.next = self.processor.valid.val();
                self.ends.next = self.processor.last.val();
                self.processor.ready.next = self.frame.ready.val();
                self.frame.data.next = self.processor.data.val();
                self.is_first_of_sequence.next = self.processor_is_first.val();
                self.is_last_of_sequence.next = self.processor_is_last.val();
            }
            _ => {
                if self.target.valid.val() {
                    self.turn.d.next = ArbiterTurn::Target;
                }
                if self.processor.valid.val() {
                    self.turn.d.next = ArbiterTurn::Processor;
                }
            }
        }
        if self.passes.val() & self.ends.val() & self.frame.ready.val() {
            self.turn.d.next = ArbiterTurn::None;
        }
        self.frame.valid.next = self.passes.val();
        self.frame.last.next = self.ends.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
