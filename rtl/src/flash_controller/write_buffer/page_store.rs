//! The records in the buffer.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::write_buffer::ParityStore;

/// Holds the records of two stripes: the data words of up to 18 data records each, the sums of their parity records, and
/// the header words of all.
///
/// A record has a slot in its stripe: data records 0..=17, parity records 18 (half 0) and 19 (half 1). Word 256 of a record
/// is its header.
///
/// - Latency: 3 cycles from a read address to its word; a data word can be read from the cycle after its writing on, the
///   sums 4 cycles after the last word.
/// - Throughput: 1 data word in, 1 header in and 1 word out per cycle.
/// - Back-pressure: none.
/// - Limits: 256 data words a record. A word is not read in the cycle that writes it. While a stripe takes a word, its
///   parity cannot be read.
#[derive(LogicBlock, Default)]
pub struct PageStore {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A data word is written, and added to its stripe's parity.
    pub write: Signal<In, Bit>,
    /// The stripe of the buffer; meaningful while `write` is high, as are the five that follow.
    pub write_buffer: Signal<In, Bits<1>>,
    /// Slot of the record, 0..=17.
    pub write_slot: Signal<In, Bits<5>>,
    /// Half of the flash page in which the record lies.
    pub write_half: Signal<In, Bits<1>>,
    /// Place of the word in its record.
    pub write_place: Signal<In, Bits<8>>,
    /// The record is the first of its half.
    pub write_begins_half: Signal<In, Bit>,
    /// The word.
    pub write_word: Signal<In, Bits<128>>,
    /// A header word is written.
    pub header_write: Signal<In, Bit>,
    /// Its stripe.
    pub header_buffer: Signal<In, Bits<1>>,
    /// Its record's slot, 0..=19.
    pub header_slot: Signal<In, Bits<5>>,
    /// The header word.
    pub header_word: Signal<In, Bits<128>>,
    /// The stripe to read.
    pub read_buffer: Signal<In, Bits<1>>,
    /// The slot to read, 0..=19.
    pub read_slot: Signal<In, Bits<5>>,
    /// The word to read, 0..=255, or 256 for the header.
    pub read_place: Signal<In, Bits<9>>,
    /// The word asked for three cycles before.
    pub read_word: Signal<Out, Bits<128>>,

    /// Data words of slots 0..=15.
    pages: RAM<Bits<128>, 13>,
    /// Data words of slots 16 and 17.
    last_pages: RAM<Bits<128>, 10>,
    headers: RAM<Bits<128>, 6>,
    parity: ParityStore,
    page_word: DFF<Bits<128>>,
    last_page_word: DFF<Bits<128>>,
    header_read: DFF<Bits<128>>,
    shown_word: DFF<Bits<128>>,
    // Where the word asked for one cycle and two cycles before comes from.
    is_header: DFF<Bit>,
    was_header: DFF<Bit>,
    is_last_page: DFF<Bit>,
    was_last_page: DFF<Bit>,
    is_parity: DFF<Bit>,
    was_parity: DFF<Bit>,
}

impl Logic for PageStore {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, parity);
        dff_setup!(self, clock, page_word, last_page_word, header_read, shown_word, is_header, was_header);
        dff_setup!(self, clock, is_last_page, was_last_page, is_parity, was_parity);
        self.pages.read_clock.next = self.clock.val();
        self.pages.write_clock.next = self.clock.val();
        self.last_pages.read_clock.next = self.clock.val();
        self.last_pages.write_clock.next = self.clock.val();
        self.headers.read_clock.next = self.clock.val();
        self.headers.write_clock.next = self.clock.val();

        self.pages.write_address.next = (bit_cast::<13, 1>(self.write_buffer.val()) << 12)
            | (bit_cast::<13, 4>(self.write_slot.val().get_bits::<4>(0)) << 8)
            | bit_cast::<13, 8>(self.write_place.val());
        self.pages.write_data.next = self.write_word.val();
        self.pages.write_enable.next = self.write.val() & !self.write_slot.val().get_bit(4);
        self.last_pages.write_address.next = (bit_cast::<10, 1>(self.write_buffer.val()) << 9)
            | (bit_cast::<10, 1>(self.write_slot.val().get_bits::<1>(0)) << 8)
            | bit_cast::<10, 8>(self.write_place.val());
        self.last_pages.write_data.next = self.write_word.val();
        self.last_pages.write_enable.next = self.write.val() & self.write_slot.val().get_bit(4);
        self.headers.write_address.next =
            (bit_cast::<6, 1>(self.header_buffer.val()) << 5) | bit_cast::<6, 5>(self.header_slot.val());
        self.headers.write_data.next = self.header_word.val();
        self.headers.write_enable.next = self.header_write.val();
        self.parity.add.next = self.write.val();
        self.parity.word.next = self.write_word.val();
        self.parity.buffer.next = self.write_buffer.val();
        self.parity.place.next =
            (bit_cast::<9, 1>(self.write_half.val()) << 8) | bit_cast::<9, 8>(self.write_place.val());
        self.parity.replaces.next = self.write_begins_half.val();

        self.pages.read_address.next = (bit_cast::<13, 1>(self.read_buffer.val()) << 12)
            | (bit_cast::<13, 4>(self.read_slot.val().get_bits::<4>(0)) << 8)
            | bit_cast::<13, 8>(self.read_place.val().get_bits::<8>(0));
        self.last_pages.read_address.next = (bit_cast::<10, 1>(self.read_buffer.val()) << 9)
            | (bit_cast::<10, 1>(self.read_slot.val().get_bits::<1>(0)) << 8)
            | bit_cast::<10, 8>(self.read_place.val().get_bits::<8>(0));
        self.headers.read_address.next =
            (bit_cast::<6, 1>(self.read_buffer.val()) << 5) | bit_cast::<6, 5>(self.read_slot.val());
        self.parity.read_buffer.next = self.read_buffer.val();
        self.parity.read_place.next = (bit_cast::<9, 1>(self.read_slot.val().get_bits::<1>(0)) << 8)
            | bit_cast::<9, 8>(self.read_place.val().get_bits::<8>(0));
        self.page_word.d.next = self.pages.read_data.val();
        self.last_page_word.d.next = self.last_pages.read_data.val();
        self.header_read.d.next = self.headers.read_data.val();
        self.is_header.d.next = self.read_place.val().get_bit(8);
        self.was_header.d.next = self.is_header.q.val();
        self.is_last_page.d.next = self.read_slot.val().get_bit(4);
        self.was_last_page.d.next = self.is_last_page.q.val();
        self.is_parity.d.next = self.read_slot.val().get_bit(4) & self.read_slot.val().get_bit(1);
        self.was_parity.d.next = self.is_parity.q.val();
        self.shown_word.d.next = self.page_word.q.val();
        if self.was_last_page.q.val() {
            self.shown_word.d.next = self.last_page_word.q.val();
        }
        if self.was_parity.q.val() {
            self.shown_word.d.next = self.parity.read_word.val();
        }
        if self.was_header.q.val() {
            self.shown_word.d.next = self.header_read.q.val();
        }
        self.read_word.next = self.shown_word.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // Words are read of stripes that are closed, and of pages that are acknowledged; what a read shows that nobody
        // asked for is not used.
        info.push(no_collision(&["pages", "last_pages", "headers"]));
        info
    }
}
