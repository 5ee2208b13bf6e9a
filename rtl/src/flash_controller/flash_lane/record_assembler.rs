//! Bytes of records, made into words.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::ecc::RECORD_BYTES;
use crate::linear::LinearMap;
use crate::linear::crc32::{RESIDUE, zero_byte_columns};

/// Makes words of the bytes of one record after the other, and checks the checksum of each.
///
/// - Latency: 1 cycle from a word's last byte to `word_valid`; `difference` is that of a record from the second cycle after its
///   last byte on, until the next record ends.
/// - Throughput: 1 byte per cycle.
/// - Back-pressure: none.
/// - Limits: records of 4,112 bytes: 256 words of a page, and a word that is the header.
#[derive(LogicBlock)]
pub struct RecordAssembler {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A byte comes.
    pub byte_valid: Signal<In, Bit>,
    /// The byte; meaningful while `byte_valid` is high.
    pub byte_data: Signal<In, Bits<8>>,
    /// A word is complete.
    pub word_valid: Signal<Out, Bit>,
    /// The word, its first byte in the lowest bits; meaningful while `word_valid` is high.
    pub word: Signal<Out, Bits<128>>,
    /// Its place in the record; that of the header is 256. Meaningful while `word_valid` is high.
    pub place: Signal<Out, Bits<9>>,
    /// The register of the last record's checksum less what it is if the checksum fits: zero if it does.
    pub difference: Signal<Out, Bits<32>>,

    last_byte_place: Constant<Bits<13>>,
    all_ones: Constant<Bits<32>>,
    residue: Constant<Bits<32>>,

    byte_step: LinearMap<8, 32>,
    byte_place: DFF<Bits<13>>,
    is_first: DFF<Bit>,
    checksum: DFF<Bits<32>>,
    ended: DFF<Bit>,
    difference_held: DFF<Bits<32>>,
    bytes: DFF<Bits<128>>,
    complete: DFF<Bit>,
    word_place: DFF<Bits<9>>,

    remainder: Signal<Local, Bits<32>>,
}

impl Default for RecordAssembler {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            byte_valid: Default::default(),
            byte_data: Default::default(),
            word_valid: Default::default(),
            word: Default::default(),
            place: Default::default(),
            difference: Default::default(),
            last_byte_place: Constant::new((RECORD_BYTES - 1).to_bits()),
            all_ones: Constant::new(0xFFFF_FFFF_u64.into()),
            residue: Constant::new(u64::from(RESIDUE).into()),
            byte_step: LinearMap::new(&zero_byte_columns::<8>(1), &[("crc32_byte", 1)]),
            byte_place: Default::default(),
            is_first: Default::default(),
            checksum: Default::default(),
            ended: Default::default(),
            difference_held: Default::default(),
            bytes: Default::default(),
            complete: Default::default(),
            word_place: Default::default(),
            remainder: Default::default(),
        }
    }
}

impl Logic for RecordAssembler {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, byte_place, is_first, checksum, ended, difference_held, bytes, complete, word_place);

        self.complete.d.next = false;
        self.word_place.d.next = self.byte_place.q.val().get_bits::<9>(4);
        self.ended.d.next = false;
        self.remainder.next = self.checksum.q.val();
        if self.is_first.q.val() {
            self.remainder.next = self.all_ones.val();
        }
        self.byte_step.vector.next = self.remainder.val().get_bits::<8>(0) ^ self.byte_data.val();
        self.is_first.d.next = !self.byte_place.q.val().any();
        if self.byte_valid.val() {
            self.checksum.d.next = (self.remainder.val() >> 8) ^ self.byte_step.image.val();
            self.bytes.d.next = (self.bytes.q.val() >> 8) | (bit_cast::<128, 8>(self.byte_data.val()) << 120);
            self.complete.d.next = self.byte_place.q.val().get_bits::<4>(0).all();
            self.byte_place.d.next = self.byte_place.q.val() + 1;
            self.is_first.d.next = false;
            if self.byte_place.q.val() == self.last_byte_place.val() {
                self.byte_place.d.next = bits::<13>(0);
                self.is_first.d.next = true;
                self.ended.d.next = true;
            }
        }
        if self.ended.q.val() {
            self.difference_held.d.next = self.checksum.q.val() ^ self.residue.val();
        }
        self.word_valid.next = self.complete.q.val();
        self.word.next = self.bytes.q.val();
        self.place.next = self.word_place.q.val();
        self.difference.next = self.difference_held.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
