//! The last word of each record, and what the parity record's last word is made of.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::write_buffer::record_checksum::register_after_zero_words;
use crate::flash_controller::write_buffer::{RecordChecksum, WriteBufferError, check_page_words};

/// Makes the header word of each record of a stripe while the record's data words pass: logical page, stripe, members,
/// kind and checksum. For the two parity records, whose data words never pass, it keeps the sum of the logical pages and of
/// the checksum registers of the data records of each half: a checksum register is linear in the data.
///
/// Header word, from bit 0: logical page (32), sequence number (32), members (16), parity lane (4), half (1), group (1),
/// zero (2), kind (8): 0xD1 data, 0xD2 parity, 0xD3 filler; checksum (32). The logical page of a filler is all ones.
///
/// - Latency: 4 cycles from `record_ends` to `header_valid`.
/// - Throughput: 1 word per cycle, and one cycle a record for its header.
/// - Back-pressure: none; words may come with any pauses.
/// - Limits: 16..=256 data words a record. `record_ends` comes in a later cycle than the record's last word and not together with a
///   word. Between the `record_ends` of a record and that of the next, between the last `record_ends` of the data records of a half and that
///   of its parity record, and between the `record_ends` of a parity record and the next word lie 6 cycles or more.
#[derive(LogicBlock)]
pub struct RecordBuilder {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A data word is given.
    pub word_valid: Signal<In, Bit>,
    /// The word; meaningful while `word_valid` is high.
    pub word: Signal<In, Bits<128>>,
    /// The word is the first of its record.
    pub word_first: Signal<In, Bit>,
    /// The record ends: its header is made from the inputs below.
    pub record_ends: Signal<In, Bit>,
    /// Logical page of the record; not looked at for fillers and parity.
    pub logical_page: Signal<In, Bits<32>>,
    /// Sequence number of the stripe.
    pub sequence_number: Signal<In, Bits<32>>,
    /// Member lanes of the stripe, bit per lane.
    pub members: Signal<In, Bits<10>>,
    /// The lane with the stripe's parity.
    pub parity_lane: Signal<In, Bits<4>>,
    /// The half of the flash page in which the record lies.
    pub half: Signal<In, Bits<1>>,
    /// The RAID group of the stripe.
    pub group: Signal<In, Bits<1>>,
    /// The record is a filler.
    pub filler: Signal<In, Bit>,
    /// The record is the parity of its half.
    pub parity: Signal<In, Bit>,
    /// The record is the first of its half: the sums begin anew.
    pub begins_half: Signal<In, Bit>,
    /// A header word is shown.
    pub header_valid: Signal<Out, Bit>,
    /// The header word of the record that ended four cycles before.
    pub header: Signal<Out, Bits<128>>,

    /// The number of each half.
    half_number: Vec<Constant<Bits<1>>>,
    kind_data: Constant<Bits<128>>,
    kind_parity: Constant<Bits<128>>,
    kind_filler: Constant<Bits<128>>,
    no_page: Constant<Bits<32>>,
    /// The checksum register after a record's data words if these are all zero.
    zero_register: Constant<Bits<32>>,
    _words_per_page: u64,

    checksum_unit: RecordChecksum,
    entering_valid: DFF<Bit>,
    entering_first: DFF<Bit>,
    entering_word: DFF<Bits<128>>,
    /// The header without its checksum.
    fields: DFF<Bits<128>>,
    ended_half: DFF<Bits<1>>,
    ended_parity: DFF<Bit>,
    ended_begins_half: DFF<Bit>,
    /// One bit for each of the last four cycles in which a record ended, the newest at the bottom.
    ended: DFF<Bits<4>>,
    page_sums: [DFF<Bits<32>>; 2],
    /// Sums of the checksum registers without what zeros make of them.
    register_sums: [DFF<Bits<32>>; 2],

    page_sum: Signal<Local, Bits<32>>,
    register_sum: Signal<Local, Bits<32>>,
    register_part: Signal<Local, Bits<32>>,
    page_field: Signal<Local, Bits<32>>,
    kind_field: Signal<Local, Bits<128>>,
    header_fields: Signal<Local, Bits<128>>,
}

impl RecordBuilder {
    /// A builder for records of `words_per_page` data words.
    ///
    /// # Errors
    /// If the number of words is not 16..=256.
    pub fn new(words_per_page: usize) -> Result<Self, WriteBufferError> {
        check_page_words(words_per_page)?;
        let kind = |kind: u64| {
            let kind: Bits<128> = kind.into();
            Constant::new(kind << 88_u64)
        };
        Ok(Self {
            clock: Default::default(),
            word_valid: Default::default(),
            word: Default::default(),
            word_first: Default::default(),
            record_ends: Default::default(),
            logical_page: Default::default(),
            sequence_number: Default::default(),
            members: Default::default(),
            parity_lane: Default::default(),
            half: Default::default(),
            group: Default::default(),
            filler: Default::default(),
            parity: Default::default(),
            begins_half: Default::default(),
            header_valid: Default::default(),
            header: Default::default(),
            half_number: (0..2_usize).map(|half| Constant::new(half.to_bits())).collect(),
            kind_data: kind(0xD1),
            kind_parity: kind(0xD2),
            kind_filler: kind(0xD3),
            no_page: Constant::new(0xFFFF_FFFF_u64.into()),
            zero_register: Constant::new(u64::from(register_after_zero_words(words_per_page)).into()),
            _words_per_page: words_per_page as u64,
            checksum_unit: Default::default(),
            entering_valid: Default::default(),
            entering_first: Default::default(),
            entering_word: Default::default(),
            fields: Default::default(),
            ended_half: Default::default(),
            ended_parity: Default::default(),
            ended_begins_half: Default::default(),
            ended: Default::default(),
            page_sums: Default::default(),
            register_sums: Default::default(),
            page_sum: Default::default(),
            register_sum: Default::default(),
            register_part: Default::default(),
            page_field: Default::default(),
            kind_field: Default::default(),
            header_fields: Default::default(),
        })
    }
}

impl Logic for RecordBuilder {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, checksum_unit);
        dff_setup!(self, clock, entering_valid, entering_first, entering_word, fields);
        dff_setup!(self, clock, ended_half, ended_parity, ended_begins_half, ended);

        // The header enters the checksum behind the data words.
        self.page_sum.next = self.page_sums[0].q.val();
        if self.half.val().any() {
            self.page_sum.next = self.page_sums[1].q.val();
        }
        self.page_field.next = self.logical_page.val();
        self.kind_field.next = self.kind_data.val();
        if self.filler.val() {
            self.page_field.next = self.no_page.val();
            self.kind_field.next = self.kind_filler.val();
        }
        if self.parity.val() {
            self.page_field.next = self.page_sum.val();
            self.kind_field.next = self.kind_parity.val();
        }
        self.header_fields.next = self.kind_field.val()
            | (bit_cast::<128, 32>(self.page_field.val())
                | (bit_cast::<128, 32>(self.sequence_number.val()) << 32)
                | (bit_cast::<128, 10>(self.members.val()) << 64)
                | (bit_cast::<128, 4>(self.parity_lane.val()) << 80)
                | (bit_cast::<128, 1>(self.half.val()) << 84)
                | (bit_cast::<128, 1>(self.group.val()) << 85));
        self.entering_valid.d.next = self.word_valid.val() | self.record_ends.val();
        self.entering_first.d.next = self.word_first.val() & self.word_valid.val();
        self.entering_word.d.next = self.word.val();
        if self.record_ends.val() {
            self.entering_word.d.next = self.header_fields.val();
            self.fields.d.next = self.header_fields.val();
            self.ended_half.d.next = self.half.val();
            self.ended_parity.d.next = self.parity.val();
            self.ended_begins_half.d.next = self.begins_half.val();
        }
        self.ended.d.next = self.ended.q.val() << 1;
        if self.record_ends.val() {
            self.ended.d.next = (self.ended.q.val() << 1) | bits::<4>(1);
        }

        // Sums over the data records of each half. Two cycles after the end the register holds the data words alone.
        self.register_part.next = self.checksum_unit.register.val() ^ self.zero_register.val();
        self.register_sum.next = self.register_sums[0].q.val();
        if self.ended_half.q.val().any() {
            self.register_sum.next = self.register_sums[1].q.val();
        }
        for i in 0..2 {
            self.page_sums[i].clock.next = self.clock.val();
            self.register_sums[i].clock.next = self.clock.val();
            self.page_sums[i].d.next = self.page_sums[i].q.val();
            self.register_sums[i].d.next = self.register_sums[i].q.val();
            if self.record_ends.val() & !self.parity.val() & (self.half.val() == self.half_number[i].val()) {
                self.page_sums[i].d.next = self.page_sums[i].q.val() ^ self.page_field.val();
                if self.begins_half.val() {
                    self.page_sums[i].d.next = self.page_field.val();
                }
            }
            if self.ended.q.val().get_bit(1)
                & !self.ended_parity.q.val()
                & (self.ended_half.q.val() == self.half_number[i].val())
            {
                self.register_sums[i].d.next = self.register_sums[i].q.val() ^ self.register_part.val();
                if self.ended_begins_half.q.val() {
                    self.register_sums[i].d.next = self.register_part.val();
                }
            }
        }

        self.checksum_unit.word_valid.next = self.entering_valid.q.val();
        self.checksum_unit.word.next = self.entering_word.q.val();
        self.checksum_unit.word_first.next = self.entering_first.q.val();
        self.checksum_unit.load.next = self.ended.q.val().get_bit(0) & self.ended_parity.q.val();
        self.checksum_unit.seed.next = self.register_sum.val() ^ self.zero_register.val();
        self.header_valid.next = self.ended.q.val().get_bit(3);
        self.header.next = self.fields.q.val() | (bit_cast::<128, 32>(self.checksum_unit.checksum.val()) << 96);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("words_per_page", self._words_per_page)])
    }
}
