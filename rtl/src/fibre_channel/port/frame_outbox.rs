//! A frame of the processor's, on its way out.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::stream::{FetchSlots, StreamSource};

/// Keeps the words of a frame that the processor writes, and sends them when it says so.
///
/// - Latency: 4 cycles from `start` to the frame's first word.
/// - Throughput: a word a cycle, in and out; one frame at a time.
/// - Back-pressure: words stay until they are taken; nothing is written while `is_busy`.
/// - Limits: frames of 1..=1,023 words.
#[derive(LogicBlock, Default)]
pub struct FrameOutbox {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A word is written behind the others.
    pub write: Signal<In, Bit>,
    /// The word, first byte in bits 7..=0.
    pub write_word: Signal<In, Bits<32>>,
    /// The words so far are a frame, which is to be sent.
    pub start: Signal<In, Bit>,
    /// The words so far are forgotten.
    pub clear: Signal<In, Bit>,
    /// A frame is being sent.
    pub is_busy: Signal<Out, Bit>,
    /// The frame; `last` marks its last word.
    pub frame: StreamSource<32>,

    words: RAM<Bits<32>, 10>,
    length: DFF<Bits<10>>,
    place: DFF<Bits<10>>,
    sending: DFF<Bit>,
    fetched: DFF<Bit>,
    fetched_last: DFF<Bit>,
    slots: FetchSlots<32>,
    fetches: Signal<Local, Bit>,
}

impl Logic for FrameOutbox {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, slots);
        dff_setup!(self, clock, length, place, sending, fetched, fetched_last);
        self.words.read_clock.next = self.clock.val();
        self.words.write_clock.next = self.clock.val();

        self.words.write_address.next = self.length.q.val();
        self.words.write_data.next = self.write_word.val();
        self.words.write_enable.next = self.write.val() & !self.sending.q.val();
        if self.write.val() & !self.sending.q.val() {
            self.length.d.next = self.length.q.val() + 1;
        }
        if self.start.val() & self.length.q.val().any() {
            self.sending.d.next = true;
            self.place.d.next = bits::<10>(0);
        }
        if self.clear.val() & !self.sending.q.val() {
            self.length.d.next = bits::<10>(0);
        }

        self.words.read_address.next = self.place.q.val();
        self.fetches.next =
            self.sending.q.val() & (self.place.q.val() != self.length.q.val()) & self.slots.may_fetch.val();
        if self.fetches.val() {
            self.place.d.next = self.place.q.val() + 1;
        }
        self.slots.begins.next = self.fetches.val();
        self.fetched.d.next = self.fetches.val();
        self.fetched_last.d.next = (self.place.q.val() + 1) == self.length.q.val();
        self.slots.fetched.next = self.fetched.q.val();
        self.slots.fetched_word.next = self.words.read_data.val();
        self.slots.fetched_last.next = self.fetched_last.q.val();
        StreamSource::<32>::link(&mut self.frame, &mut self.slots.source);
        if self.slots.source.valid.val() & self.slots.source.last.val() & self.frame.ready.val() {
            self.sending.d.next = false;
            self.length.d.next = bits::<10>(0);
        }
        self.is_busy.next = self.sending.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // Nothing is written while words are read.
        info.push(no_collision(&["words"]));
        info
    }
}
