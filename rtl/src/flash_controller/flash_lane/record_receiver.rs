//! Bytes from flash to corrected records.

use rust_hdl::prelude::*;

use super::record_assembler::RecordAssembler;
use super::record_decoder::RecordDecoder;
use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::ecc::RecordCode;
use crate::stream::SynchronousFifo;

/// Place of the record's header, behind 256 words.
const HEADER_PLACE: usize = 256;

/// Corrects the records that come from a lane and keeps two of them, until each is released.
///
/// The bytes of a read go into one of two slots as they come, and through the decoder. If no codeword has errors, the record
/// is complete with its last byte; else the decoder's bytes replace those in the slot, from the first codeword with errors
/// on. A record is bad if a codeword of it could not be corrected or its checksum does not fit. A read that ends without any
/// byte, because its die does not answer, gives a bad record as well: so each read ends with one record, whatever happens.
/// Reads of the firmware, tags 0xB0 and up, pass by. A record is weak if three quarters of the errors that can be corrected, or
/// more, were corrected in a codeword of it.
///
/// - Latency: from a record's last byte to `slot_ready` 7 cycles without errors, at most 673 with errors in an SLC record and
///   2,164 in an eMLC record; 2 cycles from `read_place` to `word`.
/// - Throughput: 1 byte per cycle in, 1 word per cycle out.
/// - Back-pressure: bytes cannot be held back; `room` says whether a slot is free for a whole record.
/// - Limits: records of 4,112 bytes in the code it is built for; reads begin only while `room` is high, and one after the
///   other. Up to 64 reads that failed wait.
#[derive(LogicBlock)]
pub struct RecordReceiver {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A byte of a read comes.
    pub byte_valid: Signal<In, Bit>,
    /// The byte; meaningful while `byte_valid` is high, as are the two that follow.
    pub byte_data: Signal<In, Bits<8>>,
    /// It is the read's last.
    pub byte_last: Signal<In, Bit>,
    /// Tag of the read.
    pub byte_tag: Signal<In, Bits<8>>,
    /// A command has ended.
    pub done: Signal<In, Bit>,
    /// Its tag; meaningful while `done` is high.
    pub done_tag: Signal<In, Bits<8>>,
    /// It has failed; meaningful while `done` is high.
    pub done_failed: Signal<In, Bit>,
    /// A slot is free for a record.
    pub room: Signal<Out, Bit>,
    /// A record waits, a bit for each slot.
    pub slot_ready: Signal<Out, Bits<2>>,
    /// It cannot be used, a bit for each slot; meaningful with `slot_ready`.
    pub slot_bad: Signal<Out, Bits<2>>,
    /// A codeword of it had so many errors that it should be written anew, a bit for each slot; meaningful with `slot_ready`.
    pub slot_weak: Signal<Out, Bits<2>>,
    /// Tag of the record in the first slot.
    pub first_tag: Signal<Out, Bits<8>>,
    /// Tag of the record in the second slot.
    pub second_tag: Signal<Out, Bits<8>>,
    /// Logical page in the header of the record in the first slot.
    pub first_page: Signal<Out, Bits<32>>,
    /// Logical page in the header of the record in the second slot.
    pub second_page: Signal<Out, Bits<32>>,
    /// The record of a slot is not needed any more, a bit for each slot.
    pub freed: Signal<In, Bits<2>>,
    /// Slot that is read.
    pub read_slot: Signal<In, Bit>,
    /// Place of the word that is read.
    pub read_place: Signal<In, Bits<8>>,
    /// The word of the place of two cycles before.
    pub word: Signal<Out, Bits<128>>,
    /// A record has been decoded.
    pub corrected: Signal<Out, Bit>,
    /// Bits corrected in it.
    pub corrected_bits: Signal<Out, Bits<8>>,

    header_place: Constant<Bits<9>>,
    last_codeword: Constant<Bits<3>>,
    weak_bits: Constant<Bits<7>>,

    decoder: RecordDecoder,
    /// The record as it comes.
    arriving: RecordAssembler,
    /// The record as it leaves the decoder.
    mended: RecordAssembler,
    /// Tags of reads that ended without a byte.
    failed_reads: SynchronousFifo<8, 6>,
    words: RAM<Bits<128>, 9>,

    /// Each slot: it is taken; its record is complete; the record is bad; it is weak; its tag; its page.
    busy: [DFF<Bit>; 2],
    filled: [DFF<Bit>; 2],
    bad: [DFF<Bit>; 2],
    weak: [DFF<Bit>; 2],
    tags: [DFF<Bits<8>>; 2],
    pages: [DFF<Bits<32>>; 2],
    has_room: DFF<Bit>,
    /// The slot of the record that came last.
    entering_slot: DFF<Bit>,
    /// The slot of the record that leaves the decoder.
    leaving_slot: DFF<Bit>,
    /// Records that have begun to come and have not left the decoder.
    under_way: DFF<Bits<2>>,
    /// Some but not all bytes of a record have come.
    receiving: DFF<Bit>,
    /// Bytes have come since a command ended.
    bytes_came: DFF<Bit>,
    entering: DFF<Bit>,
    entering_byte: DFF<Bits<8>>,

    // The record as it comes.
    /// The slot of the record whose bytes have all come.
    ended_slot: DFF<Bit>,
    arriving_word: DFF<Bits<128>>,
    arriving_place: DFF<Bits<9>>,
    arriving_waits: DFF<Bit>,
    checked_codeword: DFF<Bits<3>>,
    any_erroneous: DFF<Bit>,
    finishes: DFF<Bit>,

    // What leaves the decoder.
    /// A codeword with errors of this record has begun to leave.
    replaces: DFF<Bit>,
    codeword: DFF<Bits<3>>,
    total: DFF<Bits<8>>,
    any_bad: DFF<Bit>,
    any_weak: DFF<Bit>,
    last_decided: DFF<Bit>,
    judges: DFF<Bit>,
    read_word: DFF<Bits<128>>,
    reports: DFF<Bit>,
    reported_bits: DFF<Bits<8>>,

    takes: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
    begins_second: Signal<Local, Bit>,
    fails: Signal<Local, Bit>,
    gives_up: Signal<Local, Bit>,
    places_mended: Signal<Local, Bit>,
    written_slot: Signal<Local, Bit>,
    written_place: Signal<Local, Bits<9>>,
    written_word: Signal<Local, Bits<128>>,
    slot_bits: Signal<Local, Bits<2>>,
}

impl RecordReceiver {
    /// For records in `code`.
    pub fn new(code: RecordCode) -> Self {
        Self {
            clock: Default::default(),
            byte_valid: Default::default(),
            byte_data: Default::default(),
            byte_last: Default::default(),
            byte_tag: Default::default(),
            done: Default::default(),
            done_tag: Default::default(),
            done_failed: Default::default(),
            room: Default::default(),
            slot_ready: Default::default(),
            slot_bad: Default::default(),
            slot_weak: Default::default(),
            first_tag: Default::default(),
            second_tag: Default::default(),
            first_page: Default::default(),
            second_page: Default::default(),
            freed: Default::default(),
            read_slot: Default::default(),
            read_place: Default::default(),
            word: Default::default(),
            corrected: Default::default(),
            corrected_bits: Default::default(),
            header_place: Constant::new(HEADER_PLACE.to_bits()),
            last_codeword: Constant::new((code.codewords() - 1).to_bits()),
            weak_bits: Constant::new((code.bch().strength() * 3 / 4).to_bits()),
            decoder: RecordDecoder::new(code),
            arriving: Default::default(),
            mended: Default::default(),
            failed_reads: SynchronousFifo::new(64),
            words: Default::default(),
            busy: Default::default(),
            filled: Default::default(),
            bad: Default::default(),
            weak: Default::default(),
            tags: Default::default(),
            pages: Default::default(),
            has_room: Default::default(),
            entering_slot: Default::default(),
            leaving_slot: Default::default(),
            under_way: Default::default(),
            receiving: Default::default(),
            bytes_came: Default::default(),
            entering: Default::default(),
            entering_byte: Default::default(),
            ended_slot: Default::default(),
            arriving_word: Default::default(),
            arriving_place: Default::default(),
            arriving_waits: Default::default(),
            checked_codeword: Default::default(),
            any_erroneous: Default::default(),
            finishes: Default::default(),
            replaces: Default::default(),
            codeword: Default::default(),
            total: Default::default(),
            any_bad: Default::default(),
            any_weak: Default::default(),
            last_decided: Default::default(),
            judges: Default::default(),
            read_word: Default::default(),
            reports: Default::default(),
            reported_bits: Default::default(),
            takes: Default::default(),
            begins: Default::default(),
            begins_second: Default::default(),
            fails: Default::default(),
            gives_up: Default::default(),
            places_mended: Default::default(),
            written_slot: Default::default(),
            written_place: Default::default(),
            written_word: Default::default(),
            slot_bits: Default::default(),
        }
    }
}

impl Logic for RecordReceiver {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, decoder, arriving, mended, failed_reads);
        dff_setup!(self, clock, has_room, entering_slot, leaving_slot, under_way, receiving, bytes_came, entering);
        dff_setup!(self, clock, entering_byte, ended_slot, arriving_word, arriving_place, arriving_waits);
        dff_setup!(self, clock, checked_codeword, any_erroneous, finishes, replaces, codeword, total, any_bad);
        dff_setup!(self, clock, any_weak);
        dff_setup!(self, clock, last_decided, judges, read_word, reports, reported_bits);
        self.words.read_clock.next = self.clock.val();
        self.words.write_clock.next = self.clock.val();
        for i in 0..2 {
            self.busy[i].clock.next = self.clock.val();
            self.filled[i].clock.next = self.clock.val();
            self.bad[i].clock.next = self.clock.val();
            self.weak[i].clock.next = self.clock.val();
            self.tags[i].clock.next = self.clock.val();
            self.pages[i].clock.next = self.clock.val();
            self.busy[i].d.next = self.busy[i].q.val() & !self.freed.val().get_bit(i);
            self.filled[i].d.next = self.filled[i].q.val() & !self.freed.val().get_bit(i);
            self.bad[i].d.next = self.bad[i].q.val();
            self.weak[i].d.next = self.weak[i].q.val();
            self.tags[i].d.next = self.tags[i].q.val();
            self.pages[i].d.next = self.pages[i].q.val();
        }

        // Bytes of the firmware's reads are not records.
        self.takes.next = self.byte_valid.val()
            & !(self.byte_tag.val().get_bit(7) & self.byte_tag.val().get_bit(5) & self.byte_tag.val().get_bit(4));
        self.begins.next = self.takes.val() & !self.receiving.q.val();
        self.begins_second.next = self.busy[0].q.val();
        if self.takes.val() {
            self.receiving.d.next = !self.byte_last.val();
        }
        self.entering.d.next = self.takes.val();
        self.entering_byte.d.next = self.byte_data.val();
        self.decoder.byte_valid.next = self.entering.q.val();
        self.decoder.byte_data.next = self.entering_byte.q.val();
        if self.done.val() {
            self.bytes_came.d.next = false;
        }
        if self.takes.val() {
            self.bytes_came.d.next = true;
        }

        // Reads that failed without a byte wait until no slot is taken, so that one remains for a read that has begun.
        self.fails.next = (self.done.val() & self.done_failed.val())
            & !(self.bytes_came.q.val()
                | (self.done_tag.val().get_bit(7)
                    & (self.done_tag.val().get_bit(6)
                        | (self.done_tag.val().get_bit(5) & self.done_tag.val().get_bit(4)))));
        self.failed_reads.sink.valid.next = self.fails.val();
        self.failed_reads.sink.data.next = self.done_tag.val();
        self.failed_reads.sink.last.next = false;
        self.gives_up.next = (self.failed_reads.source.valid.val() & !self.begins.val())
            & !(self.busy[0].q.val() | self.busy[1].q.val());
        self.failed_reads.source.ready.next = self.gives_up.val();
        self.has_room.d.next = !(self.busy[0].q.val() & self.busy[1].q.val()) & !self.failed_reads.source.valid.val();
        self.room.next = self.has_room.q.val();

        // The slot of a record that comes, and of the one that leaves the decoder. A record takes longer to come than another
        // to leave, so that there are never more than two.
        if self.judges.q.val() {
            self.leaving_slot.d.next = self.entering_slot.q.val();
            self.under_way.d.next = self.under_way.q.val() - 1;
        }
        if self.begins.val() {
            self.entering_slot.d.next = self.begins_second.val();
            self.under_way.d.next = self.under_way.q.val() + 1;
            if self.judges.q.val() {
                self.under_way.d.next = self.under_way.q.val();
            }
            if !self.under_way.q.val().any() | (self.judges.q.val() & (self.under_way.q.val() == bits::<2>(1))) {
                self.leaving_slot.d.next = self.begins_second.val();
            }
            if self.begins_second.val() {
                self.busy[1].d.next = true;
                self.tags[1].d.next = self.byte_tag.val();
            } else {
                self.busy[0].d.next = true;
                self.tags[0].d.next = self.byte_tag.val();
            }
        }
        if self.gives_up.val() {
            self.busy[0].d.next = true;
            self.filled[0].d.next = true;
            self.bad[0].d.next = true;
            self.weak[0].d.next = false;
            self.tags[0].d.next = self.failed_reads.source.data.val();
        }

        // Bytes as they come, made into words. A word waits for one of the decoder's.
        self.places_mended.next = self.mended.word_valid.val() & self.replaces.q.val();
        self.arriving.byte_valid.next = self.decoder.arrived.val();
        self.arriving.byte_data.next = self.decoder.arrived_byte.val();
        if self.takes.val() & self.byte_last.val() {
            self.ended_slot.d.next = self.entering_slot.q.val();
        }
        self.arriving_waits.d.next = self.arriving_waits.q.val() & self.places_mended.val();
        if self.arriving.word_valid.val() {
            self.arriving_word.d.next = self.arriving.word.val();
            self.arriving_place.d.next = self.arriving.place.val();
            self.arriving_waits.d.next = true;
        }

        // Without errors the record is complete.
        self.finishes.d.next = false;
        if self.decoder.checked.val() {
            self.checked_codeword.d.next = self.checked_codeword.q.val() + 1;
            self.any_erroneous.d.next = self.any_erroneous.q.val() | self.decoder.erroneous.val();
            if self.checked_codeword.q.val() == self.last_codeword.val() {
                self.checked_codeword.d.next = bits::<3>(0);
                self.any_erroneous.d.next = false;
                self.finishes.d.next = !(self.any_erroneous.q.val() | self.decoder.erroneous.val());
            }
        }
        if self.finishes.q.val() {
            if self.ended_slot.q.val() {
                self.filled[1].d.next = true;
                self.bad[1].d.next = !self.arriving.fits.val();
                self.weak[1].d.next = false;
            } else {
                self.filled[0].d.next = true;
                self.bad[0].d.next = !self.arriving.fits.val();
                self.weak[0].d.next = false;
            }
        }

        // The decoder's bytes, made into words.
        self.mended.byte_valid.next = self.decoder.data_valid.val();
        self.mended.byte_data.next = self.decoder.data.val();
        if self.decoder.data_valid.val() & self.decoder.data_changed.val() {
            self.replaces.d.next = true;
        }
        self.written_slot.next = self.entering_slot.q.val();
        self.written_place.next = self.arriving_place.q.val();
        self.written_word.next = self.arriving_word.q.val();
        if self.places_mended.val() {
            self.written_slot.next = self.leaving_slot.q.val();
            self.written_place.next = self.mended.place.val();
            self.written_word.next = self.mended.word.val();
        }
        self.words.write_data.next = self.written_word.val();
        self.words.write_address.next = bit_cast::<9, 8>(self.written_place.val().get_bits::<8>(0));
        if self.written_slot.val() {
            self.words.write_address.next =
                bit_cast::<9, 8>(self.written_place.val().get_bits::<8>(0)) | bits::<9>(256);
        }
        self.words.write_enable.next = false;
        if self.places_mended.val() | self.arriving_waits.q.val() {
            if self.written_place.val() == self.header_place.val() {
                if self.written_slot.val() {
                    self.pages[1].d.next = self.written_word.val().get_bits::<32>(0);
                } else {
                    self.pages[0].d.next = self.written_word.val().get_bits::<32>(0);
                }
            } else {
                self.words.write_enable.next = true;
            }
        }

        // What the decoder says of each codeword, added up for the record.
        self.last_decided.d.next = false;
        self.judges.d.next = self.last_decided.q.val();
        self.reports.d.next = self.judges.q.val();
        self.reported_bits.d.next = self.total.q.val();
        if self.judges.q.val() {
            self.total.d.next = bits::<8>(0);
            self.any_bad.d.next = false;
            self.any_weak.d.next = false;
            self.replaces.d.next = false;
            // A record without errors was complete before.
            if self.replaces.q.val() {
                if self.leaving_slot.q.val() {
                    self.filled[1].d.next = true;
                    self.bad[1].d.next = self.any_bad.q.val() | !self.mended.fits.val();
                    self.weak[1].d.next = self.any_weak.q.val();
                } else {
                    self.filled[0].d.next = true;
                    self.bad[0].d.next = self.any_bad.q.val() | !self.mended.fits.val();
                    self.weak[0].d.next = self.any_weak.q.val();
                }
            }
        }
        if self.decoder.decided.val() {
            self.codeword.d.next = self.codeword.q.val() + 1;
            if self.codeword.q.val() == self.last_codeword.val() {
                self.codeword.d.next = bits::<3>(0);
                self.last_decided.d.next = true;
            }
            self.total.d.next = self.total.q.val() + bit_cast::<8, 7>(self.decoder.corrected.val());
            self.any_bad.d.next = self.any_bad.q.val() | self.decoder.uncorrectable.val();
            self.any_weak.d.next = self.any_weak.q.val() | (self.decoder.corrected.val() >= self.weak_bits.val());
        }

        // Reading.
        self.words.read_address.next = bit_cast::<9, 8>(self.read_place.val());
        if self.read_slot.val() {
            self.words.read_address.next = bit_cast::<9, 8>(self.read_place.val()) | bits::<9>(256);
        }
        self.read_word.d.next = self.words.read_data.val();
        self.word.next = self.read_word.q.val();
        self.slot_bits.next = bits::<2>(0);
        if self.filled[0].q.val() {
            self.slot_bits.next = bits::<2>(1);
        }
        if self.filled[1].q.val() {
            self.slot_bits.next = self.slot_bits.val() | bits::<2>(2);
        }
        self.slot_ready.next = self.slot_bits.val();
        self.slot_bad.next = bits::<2>(0);
        if self.bad[0].q.val() {
            self.slot_bad.next = bits::<2>(1);
            if self.bad[1].q.val() {
                self.slot_bad.next = bits::<2>(3);
            }
        } else {
            if self.bad[1].q.val() {
                self.slot_bad.next = bits::<2>(2);
            }
        }
        self.slot_weak.next = bits::<2>(0);
        for i in 0..2 {
            self.slot_weak.next = self.slot_weak.val().replace_bit(i, self.weak[i].q.val());
        }
        self.first_tag.next = self.tags[0].q.val();
        self.second_tag.next = self.tags[1].q.val();
        self.first_page.next = self.pages[0].q.val();
        self.second_page.next = self.pages[1].q.val();
        self.corrected.next = self.reports.q.val();
        self.corrected_bits.next = self.reported_bits.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A slot is read when it is full, written when it is not.
        info.push(no_collision(&["words"]));
        info
    }
}
