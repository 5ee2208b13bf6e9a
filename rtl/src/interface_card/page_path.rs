//! The pages of one port.

use rust_hdl::prelude::*;

use super::{PageFiller, PageWriter};
use crate::circuit::{circuit_info, no_collision};
use crate::fibre_channel::target::SlotSource;
use crate::stream::{StreamSink, StreamSource};

/// Joins a port's slots to pages as flash has them: whole ones, in words of 128 bits.
///
/// - Latency: see [`PageWriter`] and [`PageFiller`].
/// - Throughput: a word of 128 bits every 4 cycles, in and out at the same time.
/// - Back-pressure: pages to be written wait; what was read must be taken, and is.
/// - Limits: of pages that are written in part, one at a time.
#[derive(LogicBlock, Default)]
pub struct PagePath {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Pages to be written: number in bits 31..=0, slot in 36..=32, first block in 39..=37, last block in 42..=40, in 43
    /// whether it is trimmed, in 44 whether it is compared.
    pub writes: StreamSink<45>,
    /// Commands: page in bits 31..=0, slot in 36..=32, in 37 whether the page is to be read for a write, and in
    /// 38 whether it is trimmed.
    pub commands: StreamSource<39>,
    /// Words of pages to be written; `last` at the end of each page.
    pub write_words: StreamSource<128>,
    /// Words of pages that were read; slot in bits 132..=128, in 133 whether it is for a write, in 136..=134 the block with
    /// which its words begin; `last` at the end of each page.
    pub read_words: StreamSink<137>,
    /// Ends: slot in bits 4..=0, whether it is of a write in 5, whether it failed in 6.
    pub ends: StreamSink<7>,
    /// A page is asked for.
    pub asks: Signal<In, Bit>,
    /// Its slot; meaningful with `asks`.
    pub asked_slot: Signal<In, Bits<5>>,
    /// The first block that is wanted of it; meaningful with `asks`.
    pub asked_first: Signal<In, Bits<3>>,
    /// The port's slots.
    pub slots: SlotSource,
    /// A write has ended.
    pub write_ended: Signal<Out, Bit>,
    /// Its slot.
    pub write_ended_slot: Signal<Out, Bits<5>>,

    writer: PageWriter,
    filler: PageFiller,
    old_page: RAM<Bits<32>, 10>,
}

impl Logic for PagePath {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, writer, filler);
        self.old_page.read_clock.next = self.clock.val();
        self.old_page.write_clock.next = self.clock.val();

        StreamSink::<45>::link(&mut self.writes, &mut self.writer.pages);
        StreamSource::<39>::link(&mut self.commands, &mut self.writer.commands);
        StreamSource::<128>::link(&mut self.write_words, &mut self.writer.words);
        StreamSink::<137>::link(&mut self.read_words, &mut self.filler.words);
        StreamSink::<7>::link(&mut self.ends, &mut self.filler.ends);

        self.filler.asks.next = self.asks.val();
        self.filler.asked_slot.next = self.asked_slot.val();
        self.filler.asked_first.next = self.asked_first.val();
        self.writer.merged.next = self.filler.merged.val();
        self.writer.merge_failed.next = self.filler.merge_failed.val();
        self.filler.mismatched.next = self.writer.mismatched.val();
        self.writer.mismatch_taken.next = self.filler.mismatch_taken.val();
        self.filler.is_merging.next = self.writer.is_merging.val();
        self.filler.merging_slot.next = self.writer.merging_slot.val();
        self.old_page.write_address.next = self.filler.fill_address.val().get_bits::<10>(0);
        self.old_page.write_data.next = self.filler.fill_word.val();
        self.old_page.write_enable.next = self.filler.fill_old.val();
        self.old_page.read_address.next = self.writer.old_address.val();
        self.writer.old_word.next = self.old_page.read_data.val();

        self.slots.fill.next = self.filler.fill.val();
        self.slots.fill_address.next = self.filler.fill_address.val();
        self.slots.fill_word.next = self.filler.fill_word.val();
        self.slots.fetch_address.next = self.writer.fetch_address.val();
        self.writer.fetch_word.next = self.slots.fetch_word.val();
        self.slots.done.next = self.filler.done.val();
        self.slots.done_is_write.next = self.filler.done_is_write.val();
        self.slots.done_slot.next = self.filler.done_slot.val();
        self.slots.done_failed.next = self.filler.done_failed.val();
        self.slots.done_mismatched.next = self.filler.done_mismatched.val();
        self.write_ended.next = self.filler.write_ended.val();
        self.write_ended_slot.next = self.filler.done_slot.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // An old page is used when all of it has come.
        info.push(no_collision(&["old_page"]));
        info
    }
}
