//! Pages that were read, into their slots, and the ends of all pages.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::stream::StreamSink;

/// Writes words of 128 bits into slots of 32-bit words, or into the memory of an old page, and tells the port of every page
/// that is done.
///
/// A page of a read is written from the moment when all of it waits at `words`, so that its words follow each other without a
/// pause, and the port, which reads a word a cycle at most, is told with its first word. If the page does not begin with the
/// block that was asked for, the port is told with its last.
///
/// - Latency: none from a word to its first part, 3 cycles to its last; 3 from a page's first word to `done`.
/// - Throughput: a word every 4 cycles; an end in every cycle in which no page is told.
/// - Back-pressure: none but that of its throughput.
/// - Limits: the blocks of a page come in order, whole, and pages one after the other; 63 pages and their ends may wait.
#[derive(LogicBlock, Default)]
pub struct PageFiller {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Words of pages, the first byte in bits 7..=0; slot in 132..=128, in 133 whether it is the old page for a write, in
    /// 136..=134 the block with which its words begin. `last` at the end of each page.
    pub words: StreamSink<137>,
    /// Ends: slot in bits 4..=0, whether it is of a write in 5, whether it failed in 6. A read that did not fail ends when
    /// all its words wait.
    pub ends: StreamSink<7>,
    /// A page is asked for.
    pub asks: Signal<In, Bit>,
    /// Its slot; meaningful with `asks`.
    pub asked_slot: Signal<In, Bits<5>>,
    /// The first block that is wanted of it; meaningful with `asks`.
    pub asked_first: Signal<In, Bits<3>>,
    /// The writer waits for the old page of this slot.
    pub is_merging: Signal<In, Bit>,
    /// The slot.
    pub merging_slot: Signal<In, Bits<5>>,
    /// The writer gives that page up, because a block of it is another one; until that is taken.
    pub mismatched: Signal<In, Bit>,
    /// That is taken.
    pub mismatch_taken: Signal<Out, Bit>,
    /// The old page is in its memory.
    pub merged: Signal<Out, Bit>,
    /// It could not be read.
    pub merge_failed: Signal<Out, Bit>,

    /// A word of a slot.
    pub fill: Signal<Out, Bit>,
    /// A word of the old page.
    pub fill_old: Signal<Out, Bit>,
    /// Where it belongs: slot in bits 14..=10, place in 9..=0.
    pub fill_address: Signal<Out, Bits<15>>,
    /// The word, the first byte in bits 7..=0.
    pub fill_word: Signal<Out, Bits<32>>,
    /// A page is done.
    pub done: Signal<Out, Bit>,
    /// It was written.
    pub done_is_write: Signal<Out, Bit>,
    /// Its slot.
    pub done_slot: Signal<Out, Bits<5>>,
    /// It could not be read or written.
    pub done_failed: Signal<Out, Bit>,
    /// It was not written, because a block was another one.
    pub done_mismatched: Signal<Out, Bit>,
    /// A write has ended, with the slot `done_slot`.
    pub write_ended: Signal<Out, Bit>,

    /// Place of the next 32 bits in their page, if some of it have come.
    place: DFF<Bits<10>>,
    is_begun: DFF<Bit>,
    here: Signal<Local, Bits<10>>,
    /// The first wanted block of the page of each slot.
    wanted: RAM<Bits<3>, 5>,
    /// Pages of which all words wait.
    whole: DFF<Bits<6>>,
    /// The port was told of this page.
    is_told: DFF<Bit>,
    is_old: Signal<Local, Bit>,
    /// A word is written.
    writes: Signal<Local, Bit>,
    begins_page: Signal<Local, Bit>,
    tells_early: Signal<Local, Bit>,
    tells: Signal<Local, Bit>,
    gains: Signal<Local, Bit>,
    ends_word: Signal<Local, Bit>,
    ends_page: Signal<Local, Bit>,
    takes_end: Signal<Local, Bit>,
}

impl Logic for PageFiller {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, place, is_begun, whole, is_told);
        self.wanted.read_clock.next = self.clock.val();
        self.wanted.write_clock.next = self.clock.val();
        self.wanted.write_address.next = self.asked_slot.val();
        self.wanted.write_data.next = self.asked_first.val();
        self.wanted.write_enable.next = self.asks.val();
        self.wanted.read_address.next = self.words.data.val().get_bits::<5>(128);

        self.here.next = bit_cast::<10, 3>(self.words.data.val().get_bits::<3>(134)) << 7;
        if self.is_begun.q.val() {
            self.here.next = self.place.q.val();
        }
        self.is_old.next = self.words.data.val().get_bit(133);
        self.writes.next = self.words.valid.val() & (self.is_begun.q.val() | self.whole.q.val().any());
        self.begins_page.next = self.writes.val() & !self.is_begun.q.val();
        self.ends_word.next = self.writes.val() & self.here.val().get_bits::<2>(0).all();
        self.ends_page.next = self.ends_word.val() & self.words.last.val();
        self.words.ready.next = self.ends_word.val();
        if self.writes.val() {
            self.place.d.next = self.here.val() + 1;
            self.is_begun.d.next = !self.ends_page.val();
        }
        self.fill.next = self.writes.val() & !self.is_old.val();
        self.fill_old.next = self.writes.val() & self.is_old.val();
        self.fill_address.next =
            (bit_cast::<15, 5>(self.words.data.val().get_bits::<5>(128)) << 10) | bit_cast::<15, 10>(self.here.val());
        match self.here.val().get_bits::<2>(0).index() {
            0 => self.fill_word.next = self.words.data.val().get_bits::<32>(0),
            1 => self.fill_word.next = self.words.data.val().get_bits::<32>(32),
            2 => self.fill_word.next = self.words.data.val().get_bits::<32>(64),
            _ => self.fill_word.next = self.words.data.val().get_bits::<32>(96),
        }
        self.merged.next = self.ends_page.val() & self.is_old.val();

        // The port is told with the first word, if that is the one it will read first.
        self.tells_early.next = self.ends_word.val()
            & !self.is_old.val()
            & !self.is_told.q.val()
            & (self.here.val().get_bits::<7>(0) == 3)
            & (self.here.val().get_bits::<3>(7) == self.words.data.val().get_bits::<3>(134))
            & (self.wanted.read_data.val() == self.words.data.val().get_bits::<3>(134));
        self.tells.next = self.tells_early.val() | (self.ends_page.val() & !self.is_old.val() & !self.is_told.q.val());
        if self.tells_early.val() {
            self.is_told.d.next = true;
        }
        if self.ends_page.val() {
            self.is_told.d.next = false;
        }

        // A page goes before an end.
        self.ends.ready.next = !self.tells.val();
        self.takes_end.next = self.ends.valid.val() & !self.tells.val();
        self.mismatch_taken.next = self.mismatched.val() & !self.tells.val() & !self.ends.valid.val();
        self.gains.next = self.takes_end.val() & !self.ends.data.val().get_bit(5) & !self.ends.data.val().get_bit(6);
        if self.gains.val() & !self.begins_page.val() {
            self.whole.d.next = self.whole.q.val() + 1;
        }
        if self.begins_page.val() & !self.gains.val() {
            self.whole.d.next = self.whole.q.val() - 1;
        }
        self.done.next = self.tells.val() | (self.takes_end.val() & !self.gains.val()) | self.mismatch_taken.val();
        self.done_slot.next = self.words.data.val().get_bits::<5>(128);
        self.done_is_write.next = false;
        self.done_failed.next = false;
        if self.takes_end.val() {
            self.done_slot.next = self.ends.data.val().get_bits::<5>(0);
            self.done_is_write.next = self.ends.data.val().get_bit(5);
            self.done_failed.next = self.ends.data.val().get_bit(6);
        }
        self.done_mismatched.next = false;
        if self.mismatch_taken.val() {
            self.done_slot.next = self.merging_slot.val();
            self.done_is_write.next = true;
            self.done_failed.next = true;
            self.done_mismatched.next = true;
        }
        self.write_ended.next = (self.takes_end.val() & self.ends.data.val().get_bit(5)) | self.mismatch_taken.val();
        self.merge_failed.next = self.takes_end.val()
            & self.ends.data.val().get_bit(5)
            & self.ends.data.val().get_bit(6)
            & self.is_merging.val()
            & (self.ends.data.val().get_bits::<5>(0) == self.merging_slot.val());
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A slot is asked for again when its page was sent.
        info.push(no_collision(&["wanted"]));
        info
    }
}
