//! Bytes from flash to corrected records.

use rust_hdl::prelude::*;

use super::codeword_checker::CodewordChecker;
use super::correction_port::CorrectionSource;
use super::record_assembler::RecordAssembler;
use super::record_mender::RecordMender;
use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::ecc::RecordCode;
use crate::stream::SynchronousFifo;

/// Takes the records that come from a lane, has them corrected, and keeps two of them until each is released.
///
/// The bytes of a read go into one of two slots as they come. If no codeword has errors, the record is complete with its last
/// byte; else a corrector that several lanes share is asked, and what it finds is changed in the slot. A record is bad if a
/// codeword of it could not be corrected or its checksum does not fit. A read that ends without any
/// byte, because its die does not answer, gives a bad record as well: so each read ends with one record, whatever happens.
/// Reads of the firmware, tags 0xB0 and up, pass by. A record is weak if three quarters of the errors that can be corrected, or
/// more, were corrected in a codeword of it.
///
/// - Latency: from a record's last byte to `slot_ready` 7 cycles without errors, else 3 cycles from the last verdict of its
///   codewords; 2 cycles from `read_place` to `word`.
/// - Throughput: 1 byte per cycle in, 1 word per cycle out.
/// - Back-pressure: bytes cannot be held back; `room` says whether a slot is free for a whole record.
/// - Limits: records of 4,112 bytes in the code it is built for; reads begin only while `room` is high, and one after the
///   other, 8 cycles or more between them. The bytes of a word come within 500 cycles. Up to 64 reads that failed wait.
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
    /// The corrector.
    pub correction: CorrectionSource,
    /// A word is read in this cycle.
    pub reading: Signal<In, Bit>,
    /// Slot that is read.
    pub read_slot: Signal<In, Bit>,
    /// Place of the word that is read.
    pub read_place: Signal<In, Bits<8>>,
    /// The word of the place of two cycles before; zero if none was read.
    pub word: Signal<Out, Bits<128>>,
    /// A record has been decoded.
    pub corrected: Signal<Out, Bit>,
    /// Bits corrected in it.
    pub corrected_bits: Signal<Out, Bits<8>>,

    header_place: [Constant<Bits<8>>; 4],
    last_codeword: Constant<Bits<3>>,
    weak_bits: Constant<Bits<7>>,

    checker: CodewordChecker,
    assembler: RecordAssembler,
    mender: RecordMender,
    /// Tags of reads that ended without a byte.
    failed_reads: SynchronousFifo<8, 6>,
    words: RAM<Bits<128>, 9>,

    /// Each slot: it is taken; all bytes of its record have come; the record is complete; it is bad; it is weak; its tag; its page.
    busy: [DFF<Bit>; 2],
    ended: [DFF<Bit>; 2],
    filled: [DFF<Bit>; 2],
    bad: [DFF<Bit>; 2],
    weak: [DFF<Bit>; 2],
    tags: [DFF<Bits<8>>; 2],
    pages: [DFF<Bits<32>>; 2],
    /// Codewords with errors that are not decided, by slot.
    undecided: [DFF<Bits<4>>; 2],
    /// Difference of the checksum's register from what it should be, by slot.
    difference: [DFF<Bits<32>>; 2],
    /// Bits corrected, by slot.
    total: [DFF<Bits<8>>; 2],
    slot_number: [Constant<Bits<1>>; 2],
    has_room: DFF<Bit>,
    /// The slot of the record that came last.
    entering_slot: DFF<Bits<1>>,
    /// The slot of the record whose bytes have all come.
    ended_slot: DFF<Bits<1>>,
    /// Some but not all bytes of a record have come.
    receiving: DFF<Bit>,
    /// Bytes have come since a command ended.
    bytes_came: DFF<Bit>,
    /// The byte that has come, if it is one of a record, and the command that has ended.
    entering: DFF<Bit>,
    entering_byte: DFF<Bits<8>>,
    entering_last: DFF<Bit>,
    entering_tag: DFF<Bits<8>>,
    ending: DFF<Bit>,
    ending_tag: DFF<Bits<8>>,
    ending_failed: DFF<Bit>,
    checked_codeword: DFF<Bits<3>>,
    asks: DFF<Bit>,
    asked_codeword: DFF<Bits<4>>,
    was_read: DFF<Bit>,
    read_word: DFF<Bits<128>>,
    reports: DFF<Bit>,
    reported_bits: DFF<Bits<8>>,

    takes: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
    begins_slot: Signal<Local, Bits<1>>,
    fails: Signal<Local, Bit>,
    gives_up: Signal<Local, Bit>,
    checks_last: Signal<Local, Bit>,
    checked_slot: Signal<Local, Bits<1>>,
    written_slot: Signal<Local, Bits<1>>,
    written_place: Signal<Local, Bits<9>>,
    is_asked: Signal<Local, Bit>,
    is_decided: Signal<Local, Bit>,
    was_settled: Signal<Local, Bit>,
    settles: Signal<Local, Bit>,
    remainder: Signal<Local, Bits<32>>,
    header_mask: Signal<Local, Bits<32>>,
    ready_bits: Signal<Local, Bits<2>>,
    bad_bits: Signal<Local, Bits<2>>,
    weak_slots: Signal<Local, Bits<2>>,
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
            correction: Default::default(),
            reading: Default::default(),
            read_slot: Default::default(),
            read_place: Default::default(),
            word: Default::default(),
            corrected: Default::default(),
            corrected_bits: Default::default(),
            header_place: std::array::from_fn(|byte| Constant::new((8 * byte).to_bits())),
            last_codeword: Constant::new((code.codewords() - 1).to_bits()),
            weak_bits: Constant::new((code.bch().strength() * 3 / 4).to_bits()),
            checker: CodewordChecker::new(code),
            assembler: Default::default(),
            mender: Default::default(),
            failed_reads: SynchronousFifo::new(64),
            words: Default::default(),
            busy: Default::default(),
            ended: Default::default(),
            filled: Default::default(),
            bad: Default::default(),
            weak: Default::default(),
            tags: Default::default(),
            pages: Default::default(),
            undecided: Default::default(),
            difference: Default::default(),
            total: Default::default(),
            slot_number: std::array::from_fn(|slot| Constant::new(slot.to_bits())),
            has_room: Default::default(),
            entering_slot: Default::default(),
            ended_slot: Default::default(),
            receiving: Default::default(),
            bytes_came: Default::default(),
            entering: Default::default(),
            entering_byte: Default::default(),
            entering_last: Default::default(),
            entering_tag: Default::default(),
            ending: Default::default(),
            ending_tag: Default::default(),
            ending_failed: Default::default(),
            checked_codeword: Default::default(),
            asks: Default::default(),
            asked_codeword: Default::default(),
            was_read: Default::default(),
            read_word: Default::default(),
            reports: Default::default(),
            reported_bits: Default::default(),
            takes: Default::default(),
            begins: Default::default(),
            begins_slot: Default::default(),
            fails: Default::default(),
            gives_up: Default::default(),
            checks_last: Default::default(),
            checked_slot: Default::default(),
            written_slot: Default::default(),
            written_place: Default::default(),
            is_asked: Default::default(),
            is_decided: Default::default(),
            was_settled: Default::default(),
            settles: Default::default(),
            remainder: Default::default(),
            header_mask: Default::default(),
            ready_bits: Default::default(),
            bad_bits: Default::default(),
            weak_slots: Default::default(),
        }
    }
}

impl Logic for RecordReceiver {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, checker, assembler, mender, failed_reads);
        dff_setup!(self, clock, has_room, entering_slot, ended_slot, receiving, bytes_came, entering, entering_byte);
        dff_setup!(self, clock, entering_last, entering_tag, ending, ending_tag, ending_failed);
        dff_setup!(self, clock, checked_codeword, asks, asked_codeword, was_read, read_word, reports, reported_bits);
        self.words.read_clock.next = self.clock.val();
        self.words.write_clock.next = self.clock.val();

        // Bytes of the firmware's reads are not records.
        self.takes.next = self.byte_valid.val()
            & !(self.byte_tag.val().get_bit(7) & self.byte_tag.val().get_bit(5) & self.byte_tag.val().get_bit(4));
        self.begins.next = self.entering.q.val() & !self.receiving.q.val();
        self.begins_slot.next = bits::<1>(0);
        if self.busy[0].q.val() {
            self.begins_slot.next = bits::<1>(1);
        }
        if self.entering.q.val() {
            self.receiving.d.next = !self.entering_last.q.val();
            if self.entering_last.q.val() {
                self.ended_slot.d.next = self.entering_slot.q.val();
            }
        }
        if self.begins.val() {
            self.entering_slot.d.next = self.begins_slot.val();
        }
        self.entering.d.next = self.takes.val();
        self.entering_byte.d.next = self.byte_data.val();
        self.entering_last.d.next = self.byte_last.val();
        self.entering_tag.d.next = self.byte_tag.val();
        self.ending.d.next = self.done.val();
        self.ending_tag.d.next = self.done_tag.val();
        self.ending_failed.d.next = self.done_failed.val();
        self.checker.byte_valid.next = self.entering.q.val();
        self.checker.byte_data.next = self.entering_byte.q.val();
        if self.ending.q.val() {
            self.bytes_came.d.next = false;
        }
        if self.entering.q.val() {
            self.bytes_came.d.next = true;
        }

        // Reads that failed without a byte wait until no slot is taken, so that one remains for a read that has begun.
        self.fails.next = (self.ending.q.val() & self.ending_failed.q.val())
            & !(self.bytes_came.q.val()
                | (self.ending_tag.q.val().get_bit(7)
                    & (self.ending_tag.q.val().get_bit(6)
                        | (self.ending_tag.q.val().get_bit(5) & self.ending_tag.q.val().get_bit(4)))));
        self.failed_reads.sink.valid.next = self.fails.val();
        self.failed_reads.sink.data.next = self.ending_tag.q.val();
        self.failed_reads.sink.last.next = false;
        self.gives_up.next = (self.failed_reads.source.valid.val() & !self.begins.val())
            & !(self.busy[0].q.val() | self.busy[1].q.val());
        self.failed_reads.source.ready.next = self.gives_up.val();
        self.has_room.d.next = !(self.busy[0].q.val() & self.busy[1].q.val()) & !self.failed_reads.source.valid.val();
        self.room.next = self.has_room.q.val();

        // Codewords with errors to the corrector.
        self.checks_last.next = self.checked_codeword.q.val() == self.last_codeword.val();
        self.checked_slot.next = self.entering_slot.q.val();
        if self.checks_last.val() {
            self.checked_slot.next = self.ended_slot.q.val();
        }
        if self.correction.taken.val() {
            self.asks.d.next = false;
        }
        if self.checker.checked.val() {
            self.checked_codeword.d.next = self.checked_codeword.q.val() + 1;
            if self.checks_last.val() {
                self.checked_codeword.d.next = bits::<3>(0);
            }
            if self.checker.erroneous.val() {
                self.asks.d.next = true;
                self.asked_codeword.d.next =
                    bit_cast::<4, 3>(self.checked_codeword.q.val()) | (bit_cast::<4, 1>(self.checked_slot.val()) << 3);
            }
        }
        self.correction.asks.next = self.asks.q.val();
        self.correction.codeword.next = self.asked_codeword.q.val();
        self.checker.number.next = self.correction.number.val();
        self.correction.syndrome.next = self.checker.syndrome.val();
        self.mender.answer_valid.next = self.correction.answer_valid.val();
        self.mender.answer.next = self.correction.answer.val();
        self.correction.answer_ready.next = self.mender.answer_ready.val();

        // Words of the record that comes go to memory, the header's page to a register; flips when none comes.
        self.assembler.byte_valid.next = self.checker.arrived.val();
        self.assembler.byte_data.next = self.checker.arrived_byte.val();
        self.written_slot.next = self.entering_slot.q.val();
        self.written_place.next = self.assembler.place.val();
        self.words.write_address.next = bit_cast::<9, 8>(self.written_place.val().get_bits::<8>(0))
            | (bit_cast::<9, 1>(self.written_slot.val()) << 8);
        self.words.write_data.next = self.assembler.word.val();
        self.words.write_enable.next = self.assembler.word_valid.val() & !self.written_place.val().get_bit(8);
        self.mender.write_ready.next = !self.assembler.word_valid.val();
        if self.mender.write.val() & !self.assembler.word_valid.val() {
            self.words.write_address.next = self.mender.read_address.val();
            self.words.write_data.next = self.mender.write_data.val();
            self.words.write_enable.next = true;
        }
        self.header_mask.next = bits::<32>(0);
        for i in 0..4 {
            if self.mender.header_byte.val().get_bit(i) {
                self.header_mask.next = bit_cast::<32, 8>(self.mender.header_mask.val()) << self.header_place[i].val();
            }
        }

        // The slots.
        self.was_settled.next = false;
        self.reports.d.next = false;
        self.ready_bits.next = bits::<2>(0);
        self.bad_bits.next = bits::<2>(0);
        self.weak_slots.next = bits::<2>(0);
        for i in 0..2 {
            self.busy[i].clock.next = self.clock.val();
            self.ended[i].clock.next = self.clock.val();
            self.filled[i].clock.next = self.clock.val();
            self.bad[i].clock.next = self.clock.val();
            self.weak[i].clock.next = self.clock.val();
            self.tags[i].clock.next = self.clock.val();
            self.pages[i].clock.next = self.clock.val();
            self.undecided[i].clock.next = self.clock.val();
            self.difference[i].clock.next = self.clock.val();
            self.total[i].clock.next = self.clock.val();
            self.busy[i].d.next = self.busy[i].q.val() & !self.freed.val().get_bit(i);
            self.ended[i].d.next = self.ended[i].q.val();
            self.filled[i].d.next = self.filled[i].q.val() & !self.freed.val().get_bit(i);
            self.bad[i].d.next = self.bad[i].q.val();
            self.weak[i].d.next = self.weak[i].q.val();
            self.tags[i].d.next = self.tags[i].q.val();
            self.pages[i].d.next = self.pages[i].q.val();
            self.undecided[i].d.next = self.undecided[i].q.val();
            self.total[i].d.next = self.total[i].q.val();

            // What is known of the record's codewords.
            self.is_asked.next = self.checker.checked.val() & (self.checked_slot.val() == self.slot_number[i].val());
            self.is_decided.next = self.mender.verdict.val() & (self.mender.slot.val() == self.slot_number[i].val());
            self.remainder.next = self.difference[i].q.val();
            if self.is_asked.val() & self.checks_last.val() {
                self.ended[i].d.next = true;
                self.remainder.next = self.remainder.val() ^ self.assembler.difference.val();
            }
            if (self.is_asked.val() & self.checker.erroneous.val()) & !self.is_decided.val() {
                self.undecided[i].d.next = self.undecided[i].q.val() + 1;
            }
            if self.is_decided.val() {
                if !(self.is_asked.val() & self.checker.erroneous.val()) {
                    self.undecided[i].d.next = self.undecided[i].q.val() - 1;
                }
                self.remainder.next = self.remainder.val() ^ self.mender.checksum.val();
                self.total[i].d.next = self.total[i].q.val() + bit_cast::<8, 7>(self.mender.corrected.val());
                self.bad[i].d.next = self.bad[i].q.val() | self.mender.uncorrectable.val();
                self.weak[i].d.next = self.weak[i].q.val() | (self.mender.corrected.val() >= self.weak_bits.val());
            }
            if (self.assembler.word_valid.val() & self.written_place.val().get_bit(8))
                & (self.written_slot.val() == self.slot_number[i].val())
            {
                self.pages[i].d.next = self.assembler.word.val().get_bits::<32>(0);
            }
            if self.mender.header_flips.val() & (self.mender.slot.val() == self.slot_number[i].val()) {
                self.pages[i].d.next = self.pages[i].q.val() ^ self.header_mask.val();
            }

            // The record is complete when all its bytes have come and all its codewords are decided.
            self.settles.next = self.ended[i].q.val() & !(self.undecided[i].q.val().any() | self.was_settled.val());
            if self.settles.val() {
                self.ended[i].d.next = false;
                self.filled[i].d.next = true;
                self.bad[i].d.next = self.bad[i].q.val() | self.difference[i].q.val().any();
                self.reports.d.next = true;
                self.reported_bits.d.next = self.total[i].q.val();
                self.was_settled.next = true;
            }
            if self.begins.val() & (self.begins_slot.val() == self.slot_number[i].val()) {
                self.busy[i].d.next = true;
                self.tags[i].d.next = self.entering_tag.q.val();
                self.bad[i].d.next = false;
                self.weak[i].d.next = false;
                self.total[i].d.next = bits::<8>(0);
                self.remainder.next = bits::<32>(0);
            }
            self.difference[i].d.next = self.remainder.val();

            self.ready_bits.next = self.ready_bits.val().replace_bit(i, self.filled[i].q.val());
            self.bad_bits.next = self.bad_bits.val().replace_bit(i, self.bad[i].q.val());
            self.weak_slots.next = self.weak_slots.val().replace_bit(i, self.weak[i].q.val());
        }
        if self.gives_up.val() {
            self.busy[0].d.next = true;
            self.filled[0].d.next = true;
            self.bad[0].d.next = true;
            self.weak[0].d.next = false;
            self.tags[0].d.next = self.failed_reads.source.data.val();
        }
        self.slot_ready.next = self.ready_bits.val();
        self.slot_bad.next = self.bad_bits.val();
        self.slot_weak.next = self.weak_slots.val();
        self.first_tag.next = self.tags[0].q.val();
        self.second_tag.next = self.tags[1].q.val();
        self.first_page.next = self.pages[0].q.val();
        self.second_page.next = self.pages[1].q.val();
        self.corrected.next = self.reports.q.val();
        self.corrected_bits.next = self.reported_bits.q.val();

        // Reading.
        self.mender.reading.next = self.reading.val();
        self.mender.read_data.next = self.words.read_data.val();
        self.words.read_address.next = self.mender.read_address.val();
        if self.reading.val() {
            self.words.read_address.next = bit_cast::<9, 8>(self.read_place.val());
            if self.read_slot.val() {
                self.words.read_address.next = bit_cast::<9, 8>(self.read_place.val()) | bits::<9>(256);
            }
        }
        self.was_read.d.next = self.reading.val();
        self.read_word.d.next = bits::<128>(0);
        if self.was_read.q.val() {
            self.read_word.d.next = self.words.read_data.val();
        }
        self.word.next = self.read_word.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[("codewords", u64::from(self.last_codeword.val()) + 1)]);
        // A word is read when it has been written, or it is not used: to be read when its record is complete, to be changed
        // when its codeword is searched.
        info.push(no_collision(&["words"]));
        info
    }
}
