//! Bytes from flash to corrected records.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::ecc::{BchCode, BchDecoder};
use crate::linear::LinearMap;
use crate::stream::SynchronousFifo;

/// Generator polynomial of CRC-32 (IEEE 802.3) with the highest power at the lowest bit; facts/crc.md.
const POLYNOMIAL: u32 = 0xEDB8_8320;
/// The register behind a message and its checksum.
const RESIDUE: u32 = 0xDEBB_20E3;
/// Bytes of a record.
const RECORD_BYTES: usize = 4112;
/// Place of the record's header, behind 256 words.
const HEADER_PLACE: usize = 256;
/// Codewords of a record.
const CODEWORDS: usize = 8;

/// What eight bits of the register add to it when a byte has passed.
fn byte_columns() -> Vec<Bits<32>> {
    let after_byte = |register: u32| {
        (0..8).fold(register, |register, _| (register >> 1) ^ if register & 1 == 1 { POLYNOMIAL } else { 0 })
    };
    (0..8).map(|bit| u64::from(after_byte(1 << bit)).into()).collect()
}

/// Corrects the records that come from a lane and keeps two of them, until each is released.
///
/// The bytes of a read go through the decoder into one of two slots. A record is bad if a codeword of it could not be
/// corrected or its checksum does not fit. A read that ends without any byte, because its die does not answer, gives a bad
/// record as well: so each read ends with one record, whatever happens. Reads of the firmware, tags 0xB0 and up, pass by.
///
/// - Latency: from a record's last byte to `slot_ready` about 25 cycles without errors, 700 with errors in its last codeword;
///   2 cycles from `read_place` to `word`.
/// - Throughput: 1 byte per cycle in, 1 word per cycle out.
/// - Back-pressure: bytes cannot be held back; `room` says whether a slot is free for a whole record.
/// - Limits: records of 4,112 bytes in codewords of 527; reads begin only while `room` is high, and one after the other. Up
///   to 64 reads that failed wait.
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

    last_byte_place: Constant<Bits<13>>,
    header_place: Constant<Bits<9>>,
    last_codeword: Constant<Bits<3>>,
    all_ones: Constant<Bits<32>>,
    residue: Constant<Bits<32>>,

    decoder: BchDecoder<13, 8, 117, 104, 11>,
    byte_step: LinearMap<8, 32>,
    /// Tags of reads that ended without a byte.
    failed_reads: SynchronousFifo<8, 6>,
    words: RAM<Bits<128>, 9>,

    /// Each slot: it is taken; its record is complete; the record is bad; its tag; its page.
    busy: [DFF<Bit>; 2],
    filled: [DFF<Bit>; 2],
    bad: [DFF<Bit>; 2],
    tags: [DFF<Bits<8>>; 2],
    pages: [DFF<Bits<32>>; 2],
    has_room: DFF<Bit>,
    /// The slot whose record leaves the decoder first.
    leaving: DFF<Bit>,
    /// Some but not all bytes of a record have come.
    receiving: DFF<Bit>,
    /// Bytes have come since a command ended.
    bytes_came: DFF<Bit>,
    entering: DFF<Bit>,
    entering_byte: DFF<Bits<8>>,

    // What leaves the decoder.
    place: DFF<Bits<13>>,
    is_first: DFF<Bit>,
    checksum: DFF<Bits<32>>,
    ended: DFF<Bit>,
    fits: DFF<Bit>,
    bytes: DFF<Bits<128>>,
    word_complete: DFF<Bit>,
    word_place: DFF<Bits<9>>,
    codeword: DFF<Bits<3>>,
    total: DFF<Bits<8>>,
    any_bad: DFF<Bit>,
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
    remainder: Signal<Local, Bits<32>>,
    slot_bits: Signal<Local, Bits<2>>,
}

impl Default for RecordReceiver {
    fn default() -> Self {
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
            last_byte_place: Constant::new((RECORD_BYTES - 1).to_bits()),
            header_place: Constant::new(HEADER_PLACE.to_bits()),
            last_codeword: Constant::new((CODEWORDS - 1).to_bits()),
            all_ones: Constant::new(0xFFFF_FFFF_u64.into()),
            residue: Constant::new(u64::from(RESIDUE).into()),
            decoder: BchDecoder::new(&BchCode::slc(), 1),
            byte_step: LinearMap::new(&byte_columns(), &[("crc32_byte", 1)]),
            failed_reads: SynchronousFifo::new(64),
            words: Default::default(),
            busy: Default::default(),
            filled: Default::default(),
            bad: Default::default(),
            tags: Default::default(),
            pages: Default::default(),
            has_room: Default::default(),
            leaving: Default::default(),
            receiving: Default::default(),
            bytes_came: Default::default(),
            entering: Default::default(),
            entering_byte: Default::default(),
            place: Default::default(),
            is_first: Default::default(),
            checksum: Default::default(),
            ended: Default::default(),
            fits: Default::default(),
            bytes: Default::default(),
            word_complete: Default::default(),
            word_place: Default::default(),
            codeword: Default::default(),
            total: Default::default(),
            any_bad: Default::default(),
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
            remainder: Default::default(),
            slot_bits: Default::default(),
        }
    }
}

impl Logic for RecordReceiver {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, decoder, failed_reads);
        dff_setup!(self, clock, has_room, leaving, receiving, bytes_came, entering, entering_byte, place, is_first);
        dff_setup!(self, clock, checksum, ended, fits, bytes, word_complete, word_place, codeword, total, any_bad);
        dff_setup!(self, clock, last_decided, judges, read_word, reports, reported_bits);
        self.words.read_clock.next = self.clock.val();
        self.words.write_clock.next = self.clock.val();
        for i in 0..2 {
            self.busy[i].clock.next = self.clock.val();
            self.filled[i].clock.next = self.clock.val();
            self.bad[i].clock.next = self.clock.val();
            self.tags[i].clock.next = self.clock.val();
            self.pages[i].clock.next = self.clock.val();
            self.busy[i].d.next = self.busy[i].q.val() & !self.freed.val().get_bit(i);
            self.filled[i].d.next = self.filled[i].q.val() & !self.freed.val().get_bit(i);
            self.bad[i].d.next = self.bad[i].q.val();
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
        self.decoder.word_valid.next = self.entering.q.val();
        self.decoder.word.next = self.entering_byte.q.val();
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

        // Which slot's record leaves the decoder.
        if self.begins.val() {
            if self.begins_second.val() {
                self.busy[1].d.next = true;
                self.tags[1].d.next = self.byte_tag.val();
                if self.filled[0].q.val() {
                    self.leaving.d.next = true;
                }
            } else {
                self.busy[0].d.next = true;
                self.tags[0].d.next = self.byte_tag.val();
                if !self.busy[1].q.val() | self.filled[1].q.val() {
                    self.leaving.d.next = false;
                }
            }
        }
        if self.gives_up.val() {
            self.busy[0].d.next = true;
            self.filled[0].d.next = true;
            self.bad[0].d.next = true;
            self.tags[0].d.next = self.failed_reads.source.data.val();
        }

        // Corrected bytes, made into words.
        self.word_complete.d.next = false;
        self.word_place.d.next = self.place.q.val().get_bits::<9>(4);
        self.ended.d.next = false;
        self.remainder.next = self.checksum.q.val();
        if self.is_first.q.val() {
            self.remainder.next = self.all_ones.val();
        }
        self.byte_step.vector.next = self.remainder.val().get_bits::<8>(0) ^ self.decoder.data.val();
        self.is_first.d.next = !self.place.q.val().any();
        if self.decoder.data_valid.val() {
            self.checksum.d.next = (self.remainder.val() >> 8) ^ self.byte_step.image.val();
            self.bytes.d.next = (self.bytes.q.val() >> 8) | (bit_cast::<128, 8>(self.decoder.data.val()) << 120);
            self.word_complete.d.next = self.place.q.val().get_bits::<4>(0).all();
            self.place.d.next = self.place.q.val() + 1;
            self.is_first.d.next = false;
            if self.place.q.val() == self.last_byte_place.val() {
                self.place.d.next = bits::<13>(0);
                self.is_first.d.next = true;
                self.ended.d.next = true;
            }
        }
        if self.ended.q.val() {
            self.fits.d.next = self.checksum.q.val() == self.residue.val();
        }
        self.words.write_enable.next =
            self.word_complete.q.val() & (self.word_place.q.val() != self.header_place.val());
        self.words.write_address.next = bit_cast::<9, 8>(self.word_place.q.val().get_bits::<8>(0));
        if self.leaving.q.val() {
            self.words.write_address.next = bit_cast::<9, 8>(self.word_place.q.val().get_bits::<8>(0)) | bits::<9>(256);
        }
        self.words.write_data.next = self.bytes.q.val();
        if self.word_complete.q.val() & (self.word_place.q.val() == self.header_place.val()) {
            if self.leaving.q.val() {
                self.pages[1].d.next = self.bytes.q.val().get_bits::<32>(0);
            } else {
                self.pages[0].d.next = self.bytes.q.val().get_bits::<32>(0);
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
            self.leaving.d.next = !self.leaving.q.val();
            if self.leaving.q.val() {
                self.filled[1].d.next = true;
                self.bad[1].d.next = self.any_bad.q.val() | !self.fits.q.val();
            } else {
                self.filled[0].d.next = true;
                self.bad[0].d.next = self.any_bad.q.val() | !self.fits.q.val();
            }
        }
        if self.decoder.decided.val() {
            self.codeword.d.next = self.codeword.q.val() + 1;
            self.last_decided.d.next = self.codeword.q.val() == self.last_codeword.val();
            self.total.d.next = self.total.q.val() + bit_cast::<8, 7>(self.decoder.corrected.val());
            self.any_bad.d.next = self.any_bad.q.val() | self.decoder.uncorrectable.val();
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
