//! Two words of buffer that cut every combinational path of a stream.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::stream::{StreamSink, StreamSource};

/// Two-word buffer in a stream of `W`-bit words: every output, `sink.ready` included, comes from registers alone.
///
/// - Latency: 1 cycle.
/// - Throughput: 1 word per cycle, with or without pauses of either side.
/// - Back-pressure: `sink.ready` falls one cycle after the receiver stops; the word that arrives meanwhile is kept aside
///   and leaves second.
/// - Limits: `W` 1..=1024; holds two words.
#[derive(LogicBlock, Default)]
pub struct SkidBuffer<const W: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Words in.
    pub sink: StreamSink<W>,
    /// The same words, in the same order.
    pub source: StreamSource<W>,

    word_valid: DFF<Bit>,
    word: DFF<Bits<W>>,
    word_last: DFF<Bit>,
    aside_valid: DFF<Bit>,
    aside: DFF<Bits<W>>,
    aside_last: DFF<Bit>,
    word_moves: Signal<Local, Bit>,
}

impl<const W: usize> Logic for SkidBuffer<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, word_valid, word, word_last, aside_valid, aside, aside_last);
        self.source.valid.next = self.word_valid.q.val();
        self.source.data.next = self.word.q.val();
        self.source.last.next = self.word_last.q.val();
        self.sink.ready.next = !self.aside_valid.q.val();
        self.word_moves.next = self.source.ready.val() | !self.word_valid.q.val();

        // The word aside follows the input freely until it is needed, which keeps the receiver's `ready` out of its
        // path.
        if !self.aside_valid.q.val() {
            self.aside.d.next = self.sink.data.val();
            self.aside_last.d.next = self.sink.last.val();
        }
        if self.word_moves.val() {
            self.aside_valid.d.next = false;
            if self.aside_valid.q.val() {
                self.word_valid.d.next = true;
                self.word.d.next = self.aside.q.val();
                self.word_last.d.next = self.aside_last.q.val();
            } else {
                self.word_valid.d.next = self.sink.valid.val();
                self.word.d.next = self.sink.data.val();
                self.word_last.d.next = self.sink.last.val();
            }
        } else {
            self.aside_valid.d.next = self.aside_valid.q.val() | self.sink.valid.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
