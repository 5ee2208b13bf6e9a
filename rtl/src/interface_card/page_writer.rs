//! Pages that are written, out of their slots.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::stream::{StreamSink, StreamSource};

/// What the writer is doing.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum WriterState {
    /// It waits for a page.
    Idle,
    /// The page is to be read first: only some blocks of it are written.
    Asking,
    /// The old page comes.
    Merging,
    /// A block of it is compared.
    Comparing,
    /// Its last word is.
    Judging,
    /// The block is another one, which is to be told.
    Mismatched,
    /// Words are fetched.
    Fetching,
    /// The last word has to be taken.
    Draining,
    /// The command is to be taken.
    Commanding,
}

/// Makes commands and words of 128 bits of pages that lie in slots of 32-bit words. Of a page that is written in part, it has
/// the rest read into a memory first. One that is compared, of which one block is written, is written only if that block of the
/// old page is what stands in the slot in the place of the block's neighbour.
///
/// - Latency: 6 cycles from a whole page to its first word, and 1 from its last word taken to its command.
/// - Throughput: a word every 4 cycles, a page in 1,030; one that is written in part takes the time of its read besides, one
///   that is compared 130 cycles more.
/// - Back-pressure: words wait for `words.ready`, and then nothing is fetched.
/// - Limits: one page at a time.
#[derive(LogicBlock, Default)]
pub struct PageWriter {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Pages: number in bits 31..=0, slot in 36..=32, first block in 39..=37, last block in 42..=40, in 43 whether it
    /// is trimmed, in 44 whether it is compared.
    pub pages: StreamSink<45>,
    /// Commands: page in bits 31..=0, slot in 36..=32, in 37 whether the page is to be read for a write, and in
    /// 38 whether it is trimmed.
    pub commands: StreamSource<39>,
    /// Words of pages, the first byte in bits 7..=0, in the order of their commands; `last` at the end of each page.
    pub words: StreamSource<128>,
    /// The old page is in its memory.
    pub merged: Signal<In, Bit>,
    /// It cannot be read: the page is given up.
    pub merge_failed: Signal<In, Bit>,
    /// The old page of this slot is waited for.
    pub is_merging: Signal<Out, Bit>,
    /// The page that is compared is given up; until that is taken.
    pub mismatched: Signal<Out, Bit>,
    /// That is taken.
    pub mismatch_taken: Signal<In, Bit>,
    /// The slot.
    pub merging_slot: Signal<Out, Bits<5>>,
    /// Word of a slot: slot in bits 14..=10, place in 9..=0.
    pub fetch_address: Signal<Out, Bits<15>>,
    /// The word, a cycle later.
    pub fetch_word: Signal<In, Bits<32>>,
    /// Word of the old page.
    pub old_address: Signal<Out, Bits<10>>,
    /// The word, a cycle later.
    pub old_word: Signal<In, Bits<32>>,
    /// What the writer is doing.
    pub state: Signal<Out, WriterState>,

    now: DFF<WriterState>,
    /// The page, as it came.
    page: DFF<Bits<45>>,
    place: DFF<Bits<10>>,
    /// A word arrives from slot or memory; whether it is the fourth of four, and the page's last.
    arrives: DFF<Bit>,
    arrives_fourth: DFF<Bit>,
    arrives_last: DFF<Bit>,
    /// It is to come from the old page.
    arrives_old: DFF<Bit>,
    /// Three words, the first lowest.
    gathered: DFF<Bits<96>>,
    word: DFF<Bits<128>>,
    word_last: DFF<Bit>,
    word_valid: DFF<Bit>,

    /// Next word of the block that is compared.
    compared: DFF<Bits<7>>,
    was_compared: DFF<Bit>,
    differs: DFF<Bit>,
    is_other: Signal<Local, Bit>,
    compared_place: Signal<Local, Bits<10>>,
    is_trim: Signal<Local, Bit>,
    is_partial: Signal<Local, Bit>,
    advances: Signal<Local, Bit>,
    is_fourth: Signal<Local, Bit>,
    block: Signal<Local, Bits<3>>,
    chosen: Signal<Local, Bits<32>>,
}

impl Logic for PageWriter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, now, page, place, arrives, arrives_fourth, arrives_last, arrives_old, gathered);
        dff_setup!(self, clock, word, word_last, word_valid, compared, was_compared, differs);

        self.state.next = self.now.q.val();
        self.pages.ready.next = self.now.q.val() == WriterState::Idle;
        self.is_partial.next =
            self.pages.data.val().get_bits::<3>(37).any() | !self.pages.data.val().get_bits::<3>(40).all();
        self.is_trim.next = self.pages.data.val().get_bit(43);
        self.is_merging.next = (self.now.q.val() == WriterState::Asking) | (self.now.q.val() == WriterState::Merging);
        self.mismatched.next = self.now.q.val() == WriterState::Mismatched;
        self.merging_slot.next = self.page.q.val().get_bits::<5>(32);
        self.commands.valid.next =
            (self.now.q.val() == WriterState::Asking) | (self.now.q.val() == WriterState::Commanding);
        self.commands.last.next = true;
        self.commands.data.next = bit_cast::<39, 37>(self.page.q.val().get_bits::<37>(0))
            .replace_bit(37, self.now.q.val() == WriterState::Asking)
            .replace_bit(38, self.page.q.val().get_bit(43));

        self.is_fourth.next = self.place.q.val().get_bits::<2>(0).all();
        self.advances.next =
            (self.now.q.val() == WriterState::Fetching) & !(self.is_fourth.val() & self.word_valid.q.val());
        self.was_compared.d.next = false;
        self.is_other.next = self.was_compared.q.val() & (self.fetch_word.val() != self.old_word.val());
        if self.is_other.val() {
            self.differs.d.next = true;
        }
        match self.now.q.val() {
            WriterState::Idle => {
                self.page.d.next = self.pages.data.val();
                if self.pages.valid.val() {
                    self.now.d.next = WriterState::Fetching;
                    if self.is_partial.val() {
                        self.now.d.next = WriterState::Asking;
                    }
                    if self.is_trim.val() {
                        self.now.d.next = WriterState::Commanding;
                    }
                }
            }
            WriterState::Asking => {
                if self.commands.ready.val() {
                    self.now.d.next = WriterState::Merging;
                }
            }
            WriterState::Merging => {
                self.differs.d.next = false;
                if self.merged.val() {
                    self.now.d.next = WriterState::Fetching;
                    if self.page.q.val().get_bit(44) {
                        self.now.d.next = WriterState::Comparing;
                    }
                }
                if self.merge_failed.val() {
                    self.now.d.next = WriterState::Idle;
                }
            }
            WriterState::Comparing => {
                self.compared.d.next = self.compared.q.val() + 1;
                self.was_compared.d.next = true;
                if self.compared.q.val().all() {
                    self.now.d.next = WriterState::Judging;
                }
            }
            WriterState::Judging => {
                self.now.d.next = WriterState::Fetching;
                if self.differs.q.val() | self.is_other.val() {
                    self.now.d.next = WriterState::Mismatched;
                }
            }
            WriterState::Mismatched => {
                if self.mismatch_taken.val() {
                    self.now.d.next = WriterState::Idle;
                }
            }
            WriterState::Fetching => {
                if self.advances.val() & self.place.q.val().all() {
                    self.now.d.next = WriterState::Draining;
                }
            }
            WriterState::Draining => {
                if self.word_valid.q.val() & self.word_last.q.val() & self.words.ready.val() {
                    self.now.d.next = WriterState::Commanding;
                }
            }
            _ => {
                if self.commands.ready.val() {
                    self.now.d.next = WriterState::Idle;
                }
            }
        }

        // Words of the slot, or of the old page, arrive a cycle after their address.
        if self.advances.val() {
            self.place.d.next = self.place.q.val() + 1;
        }
        self.fetch_address.next =
            (bit_cast::<15, 5>(self.page.q.val().get_bits::<5>(32)) << 10) | bit_cast::<15, 10>(self.place.q.val());
        self.old_address.next = self.place.q.val();
        self.compared_place.next =
            (bit_cast::<10, 3>(self.page.q.val().get_bits::<3>(37)) << 7) | bit_cast::<10, 7>(self.compared.q.val());
        if self.now.q.val() == WriterState::Comparing {
            self.old_address.next = self.compared_place.val();
            self.fetch_address.next = (bit_cast::<15, 5>(self.page.q.val().get_bits::<5>(32)) << 10)
                | bit_cast::<15, 10>(self.compared_place.val() ^ 0x80);
        }
        self.block.next = self.place.q.val().get_bits::<3>(7);
        self.arrives.d.next = self.advances.val();
        self.arrives_fourth.d.next = self.is_fourth.val();
        self.arrives_last.d.next = self.place.q.val().all();
        self.arrives_old.d.next = (self.block.val() < self.page.q.val().get_bits::<3>(37))
            | (self.block.val() > self.page.q.val().get_bits::<3>(40));
        self.chosen.next = self.fetch_word.val();
        if self.arrives_old.q.val() {
            self.chosen.next = self.old_word.val();
        }
        if self.arrives.q.val() {
            self.gathered.d.next = (self.gathered.q.val() >> 32) | (bit_cast::<96, 32>(self.chosen.val()) << 64);
        }
        if self.words.ready.val() {
            self.word_valid.d.next = false;
        }
        if self.arrives.q.val() & self.arrives_fourth.q.val() {
            self.word.d.next =
                bit_cast::<128, 96>(self.gathered.q.val()) | (bit_cast::<128, 32>(self.chosen.val()) << 96);
            self.word_last.d.next = self.arrives_last.q.val();
            self.word_valid.d.next = true;
        }
        self.words.valid.next = self.word_valid.q.val();
        self.words.data.next = self.word.q.val();
        self.words.last.next = self.word_last.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
