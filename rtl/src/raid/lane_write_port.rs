//! The registers of one lane's write port.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::raid::{LaneWriteSink, LaneWriteSource};

/// Two-word buffer in a lane's write port of `W`-bit words: every output comes from registers alone.
///
/// - Latency: 1 cycle.
/// - Throughput: 1 word per cycle, with or without pauses of either side.
/// - Back-pressure: `sink.ready` falls one cycle after the lane stops; the word that arrives meanwhile is kept aside and
///   leaves second.
/// - Limits: `W` 1..=1024; holds two words.
#[derive(LogicBlock, Default)]
pub struct LaneWritePort<const W: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Words from the stripe writer.
    pub sink: LaneWriteSink<W>,
    /// The same words, in the same order, to the lane.
    pub source: LaneWriteSource<W>,

    word_valid: DFF<Bit>,
    word_stripe: DFF<Bits<32>>,
    word: DFF<Bits<W>>,
    word_last: DFF<Bit>,
    aside_valid: DFF<Bit>,
    aside_stripe: DFF<Bits<32>>,
    aside: DFF<Bits<W>>,
    aside_last: DFF<Bit>,
    word_moves: Signal<Local, Bit>,
}

impl<const W: usize> Logic for LaneWritePort<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, word_valid, word_stripe, word, word_last);
        dff_setup!(self, clock, aside_valid, aside_stripe, aside, aside_last);
        self.source.valid.next = self.word_valid.q.val();
        self.source.stripe.next = self.word_stripe.q.val();
        self.source.data.next = self.word.q.val();
        self.source.last.next = self.word_last.q.val();
        self.sink.ready.next = !self.aside_valid.q.val();
        self.word_moves.next = self.source.ready.val() | !self.word_valid.q.val();

        // Data registers load only what is offered, so that the ports of idle lanes stand still.
        if self.sink.valid.val() & !self.aside_valid.q.val() {
            self.aside_stripe.d.next = self.sink.stripe.val();
            self.aside.d.next = self.sink.data.val();
            self.aside_last.d.next = self.sink.last.val();
        }
        if self.word_moves.val() {
            self.aside_valid.d.next = false;
            if self.aside_valid.q.val() {
                self.word_valid.d.next = true;
                self.word_stripe.d.next = self.aside_stripe.q.val();
                self.word.d.next = self.aside.q.val();
                self.word_last.d.next = self.aside_last.q.val();
            } else {
                self.word_valid.d.next = self.sink.valid.val();
                if self.sink.valid.val() {
                    self.word_stripe.d.next = self.sink.stripe.val();
                    self.word.d.next = self.sink.data.val();
                    self.word_last.d.next = self.sink.last.val();
                }
            }
        } else {
            self.aside_valid.d.next = self.aside_valid.q.val() | self.sink.valid.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
