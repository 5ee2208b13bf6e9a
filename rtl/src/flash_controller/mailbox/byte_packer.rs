//! Bytes put together into words.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::stream::{StreamSink, StreamSource};

/// Puts up to four bytes of a message into a word, so that firmware reads them at once.
///
/// A word leaves with its fourth byte or its message's last. Its first byte stands in bits 7..=0, what it has no byte for is
/// zero, and bits 34..=32 count its bytes, 1 to 4.
///
/// - Latency: 1 cycle from a word's last byte.
/// - Throughput: 1 byte per cycle.
/// - Back-pressure: a word that is not taken lets no byte in.
/// - Limits: bytes of a message that has not ended stay inside until they are four.
#[derive(LogicBlock, Default)]
pub struct BytePacker {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Bytes in.
    pub sink: StreamSink<8>,
    /// Words: bytes in bits 31..=0, their number in 34..=32.
    pub source: StreamSource<35>,

    word: DFF<Bits<32>>,
    count: DFF<Bits<3>>,
    complete: DFF<Bit>,
    is_last: DFF<Bit>,
    takes: Signal<Local, Bit>,
    kept_word: Signal<Local, Bits<32>>,
    kept_count: Signal<Local, Bits<3>>,
    placed_byte: Signal<Local, Bits<32>>,
}

impl Logic for BytePacker {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, word, count, complete, is_last);
        self.source.valid.next = self.complete.q.val();
        self.source.data.next = bit_cast::<35, 32>(self.word.q.val()) | (bit_cast::<35, 3>(self.count.q.val()) << 32);
        self.source.last.next = self.is_last.q.val();
        self.takes.next = !self.complete.q.val() | self.source.ready.val();
        self.sink.ready.next = self.takes.val();

        self.kept_word.next = self.word.q.val();
        self.kept_count.next = self.count.q.val();
        if self.complete.q.val() {
            self.kept_word.next = bits::<32>(0);
            self.kept_count.next = bits::<3>(0);
        }
        self.placed_byte.next = bit_cast::<32, 8>(self.sink.data.val());
        if self.kept_count.val() == bits::<3>(1) {
            self.placed_byte.next = bit_cast::<32, 8>(self.sink.data.val()) << 8;
        }
        if self.kept_count.val() == bits::<3>(2) {
            self.placed_byte.next = bit_cast::<32, 8>(self.sink.data.val()) << 16;
        }
        if self.kept_count.val() == bits::<3>(3) {
            self.placed_byte.next = bit_cast::<32, 8>(self.sink.data.val()) << 24;
        }
        if self.takes.val() {
            self.word.d.next = self.kept_word.val();
            self.count.d.next = self.kept_count.val();
            self.complete.d.next = false;
            if self.sink.valid.val() {
                self.word.d.next = self.kept_word.val() | self.placed_byte.val();
                self.count.d.next = self.kept_count.val() + 1;
                self.is_last.d.next = self.sink.last.val();
                self.complete.d.next = self.sink.last.val() | (self.kept_count.val() == bits::<3>(3));
            }
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
