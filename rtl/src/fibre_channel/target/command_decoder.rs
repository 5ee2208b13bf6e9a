//! What a host asks for in an FCP_CMND.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// Operation codes of the reads, in the order of [`WRITES`].
const READS: [u64; 4] = [0x08, 0x28, 0xA8, 0x88];
/// Operation codes of the writes: with 6, 10, 12 and 16 bytes.
const WRITES: [u64; 4] = [0x0A, 0x2A, 0xAA, 0x8A];

/// Takes the payload of an FCP_CMND apart and says whether hardware alone can carry it out: READ and WRITE of 6, 10, 12
/// and 16 bytes for logical unit 0, of 1..=65,535 blocks of 512 bytes that exist, without protection information,
/// linked commands or task management.
///
/// FCP_DL may differ from what the command asks for: a longer one leaves a residual (`is_under`), and of a shorter one
/// that is whole blocks only its blocks are moved (`is_over`). Everything else is the processor's: it answers with the
/// sense data of what is wrong.
///
/// - Latency: 4 cycles from the payload's last word to the outputs, which then stay.
/// - Throughput: a command in 12 cycles.
/// - Back-pressure: none.
/// - Limits: payloads of 8 words; what comes of others is not meant.
#[derive(LogicBlock)]
pub struct CommandDecoder {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A word of the payload stands at `word`.
    pub valid: Signal<In, Bit>,
    /// The word, its first byte in bits 31..=24.
    pub word: Signal<In, Bits<32>>,
    /// Blocks of the logical unit.
    pub capacity: Signal<In, Bits<35>>,
    /// Hardware can carry it out.
    pub is_fast: Signal<Out, Bit>,
    /// It is a write.
    pub is_write: Signal<Out, Bit>,
    /// First block.
    pub block: Signal<Out, Bits<35>>,
    /// Blocks to be moved.
    pub blocks: Signal<Out, Bits<16>>,
    /// FCP_DL is more than the command asks for.
    pub is_under: Signal<Out, Bit>,
    /// FCP_DL is less than the command asks for.
    pub is_over: Signal<Out, Bit>,
    /// By how many bytes.
    pub residual: Signal<Out, Bits<32>>,

    reads: Vec<Constant<Bits<8>>>,
    writes: Vec<Constant<Bits<8>>>,

    /// The last eight words, the newest first.
    words: [DFF<Bits<32>>; 8],

    /// Stage 1: the fields of the command descriptor block.
    is_read_of: Signal<Local, Bits<4>>,
    is_write_of: Signal<Local, Bits<4>>,
    form: DFF<Bits<4>>,
    form_is_write: DFF<Bit>,
    is_plain: DFF<Bit>,
    address: DFF<Bits<64>>,
    asked: DFF<Bits<32>>,
    options_clear: DFF<Bit>,
    data_length: DFF<Bits<32>>,

    /// Stage 2: lengths in bytes.
    in_range: DFF<Bit>,
    legal: DFF<Bit>,
    last_block: DFF<Bits<36>>,
    lacks: DFF<Bits<33>>,
    exceeds: DFF<Bits<33>>,
    place: DFF<Bits<35>>,
    whole: DFF<Bits<16>>,
    offered: DFF<Bits<16>>,
    offered_is_whole: DFF<Bit>,
    second_is_write: DFF<Bit>,

    /// Stage 3.
    fast: DFF<Bit>,
    under: DFF<Bit>,
    over: DFF<Bit>,
    difference: DFF<Bits<32>>,
    moved: DFF<Bits<16>>,
    third_place: DFF<Bits<35>>,
    third_is_write: DFF<Bit>,
}

impl Default for CommandDecoder {
    fn default() -> Self {
        let codes = |codes: [u64; 4]| codes.iter().map(|&code| Constant::new(code.into())).collect();
        Self {
            clock: Default::default(),
            valid: Default::default(),
            word: Default::default(),
            capacity: Default::default(),
            is_fast: Default::default(),
            is_write: Default::default(),
            block: Default::default(),
            blocks: Default::default(),
            is_under: Default::default(),
            is_over: Default::default(),
            residual: Default::default(),
            reads: codes(READS),
            writes: codes(WRITES),
            words: Default::default(),
            is_read_of: Default::default(),
            is_write_of: Default::default(),
            form: Default::default(),
            form_is_write: Default::default(),
            is_plain: Default::default(),
            address: Default::default(),
            asked: Default::default(),
            options_clear: Default::default(),
            data_length: Default::default(),
            in_range: Default::default(),
            legal: Default::default(),
            last_block: Default::default(),
            lacks: Default::default(),
            exceeds: Default::default(),
            place: Default::default(),
            whole: Default::default(),
            offered: Default::default(),
            offered_is_whole: Default::default(),
            second_is_write: Default::default(),
            fast: Default::default(),
            under: Default::default(),
            over: Default::default(),
            difference: Default::default(),
            moved: Default::default(),
            third_place: Default::default(),
            third_is_write: Default::default(),
        }
    }
}

impl Logic for CommandDecoder {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, form, form_is_write, is_plain, address, asked, options_clear, data_length);
        dff_setup!(self, clock, in_range, legal, last_block, lacks, exceeds, place, whole, offered, offered_is_whole);
        dff_setup!(self, clock, second_is_write, fast, under, over, difference, moved, third_place, third_is_write);
        for i in 0..8 {
            self.words[i].clock.next = self.clock.val();
            self.words[i].d.next = self.words[i].q.val();
        }
        if self.valid.val() {
            self.words[0].d.next = self.word.val();
            for i in 1..8 {
                self.words[i].d.next = self.words[i - 1].q.val();
            }
        }

        // Words 7 and 6 are the logical unit, 5 the flags, 4..=1 the command descriptor block, 0 the data length.
        self.is_read_of.next = bits::<4>(0);
        self.is_write_of.next = bits::<4>(0);
        for i in 0..4 {
            self.is_read_of.next =
                self.is_read_of.val().replace_bit(i, self.words[4].q.val().get_bits::<8>(24) == self.reads[i].val());
            self.is_write_of.next =
                self.is_write_of.val().replace_bit(i, self.words[4].q.val().get_bits::<8>(24) == self.writes[i].val());
        }
        self.form.d.next = self.is_read_of.val() | self.is_write_of.val();
        self.form_is_write.d.next = self.is_write_of.val().any();
        // No other unit, no task management, no longer command, and the direction that the command has.
        self.is_plain.d.next = !self.words[7].q.val().any()
            & !self.words[6].q.val().any()
            & !self.words[5].q.val().get_bits::<14>(2).any()
            & (self.words[5].q.val().get_bit(0) == self.is_write_of.val().any())
            & (self.words[5].q.val().get_bit(1) == self.is_read_of.val().any());
        self.data_length.d.next = self.words[0].q.val();
        // Of 10 bytes; those of 12 and 16 differ in some fields.
        self.address.d.next = bit_cast::<64, 32>(
            (self.words[4].q.val() << 16) | bit_cast::<32, 16>(self.words[3].q.val().get_bits::<16>(16)),
        );
        self.asked.d.next = bit_cast::<32, 16>(
            (self.words[3].q.val().get_bits::<16>(0) << 8) | bit_cast::<16, 8>(self.words[2].q.val().get_bits::<8>(24)),
        );
        self.options_clear.d.next = !self.words[4].q.val().get_bits::<3>(21).any()
            & !self.words[4].q.val().get_bit(18)
            & !self.words[4].q.val().get_bit(16)
            & !self.words[2].q.val().get_bits::<8>(16).any();
        if self.is_read_of.val().get_bit(0) | self.is_write_of.val().get_bit(0) {
            self.address.d.next = bit_cast::<64, 21>(self.words[4].q.val().get_bits::<21>(0));
            self.asked.d.next = bit_cast::<32, 8>(self.words[3].q.val().get_bits::<8>(24));
            if !self.words[3].q.val().get_bits::<8>(24).any() {
                self.asked.d.next = bits::<32>(256);
            }
            self.options_clear.d.next =
                !self.words[4].q.val().get_bits::<3>(21).any() & !self.words[3].q.val().get_bits::<8>(16).any();
        }
        if self.is_read_of.val().get_bit(2) | self.is_write_of.val().get_bit(2) {
            self.asked.d.next =
                (self.words[3].q.val() << 16) | bit_cast::<32, 16>(self.words[2].q.val().get_bits::<16>(16));
            self.options_clear.d.next = !self.words[4].q.val().get_bits::<3>(21).any()
                & !self.words[4].q.val().get_bit(18)
                & !self.words[4].q.val().get_bit(16)
                & !self.words[2].q.val().get_bits::<8>(0).any();
        }
        if self.is_read_of.val().get_bit(3) | self.is_write_of.val().get_bit(3) {
            self.address.d.next = (bit_cast::<64, 32>(self.words[4].q.val()) << 48)
                | (bit_cast::<64, 32>(self.words[3].q.val()) << 16)
                | bit_cast::<64, 16>(self.words[2].q.val().get_bits::<16>(16));
            self.asked.d.next =
                (self.words[2].q.val() << 16) | bit_cast::<32, 16>(self.words[1].q.val().get_bits::<16>(16));
            self.options_clear.d.next = !self.words[4].q.val().get_bits::<3>(21).any()
                & !self.words[4].q.val().get_bit(18)
                & !self.words[4].q.val().get_bit(16)
                & !self.words[1].q.val().get_bits::<8>(0).any();
        }

        // Whether the blocks exist, and how FCP_DL compares with what they take.
        self.legal.d.next = self.form.q.val().any()
            & self.is_plain.q.val()
            & self.options_clear.q.val()
            & self.asked.q.val().any()
            & !self.asked.q.val().get_bits::<16>(16).any()
            & !self.address.q.val().get_bits::<29>(35).any();
        self.last_block.d.next = bit_cast::<36, 35>(self.address.q.val().get_bits::<35>(0))
            + bit_cast::<36, 16>(self.asked.q.val().get_bits::<16>(0));
        self.place.d.next = self.address.q.val().get_bits::<35>(0);
        self.whole.d.next = self.asked.q.val().get_bits::<16>(0);
        self.offered.d.next = self.data_length.q.val().get_bits::<16>(9);
        self.offered_is_whole.d.next =
            !self.data_length.q.val().get_bits::<9>(0).any() & self.data_length.q.val().get_bits::<16>(9).any();
        // Bit 32 tells which of the two is the larger.
        self.lacks.d.next = bit_cast::<33, 32>(self.data_length.q.val())
            - (bit_cast::<33, 16>(self.asked.q.val().get_bits::<16>(0)) << 9);
        self.exceeds.d.next = (bit_cast::<33, 16>(self.asked.q.val().get_bits::<16>(0)) << 9)
            - bit_cast::<33, 32>(self.data_length.q.val());
        self.second_is_write.d.next = self.form_is_write.q.val();

        self.in_range.d.next = self.last_block.q.val() <= bit_cast::<36, 35>(self.capacity.val());
        self.over.d.next = self.lacks.q.val().get_bit(32);
        self.under.d.next = self.exceeds.q.val().get_bit(32);
        self.difference.d.next = self.lacks.q.val().get_bits::<32>(0);
        self.moved.d.next = self.whole.q.val();
        self.fast.d.next = self.legal.q.val();
        if self.lacks.q.val().get_bit(32) {
            self.difference.d.next = self.exceeds.q.val().get_bits::<32>(0);
            self.moved.d.next = self.offered.q.val();
            self.fast.d.next = self.legal.q.val() & self.offered_is_whole.q.val();
        }
        self.third_place.d.next = self.place.q.val();
        self.third_is_write.d.next = self.second_is_write.q.val();

        self.is_fast.next = self.fast.q.val() & self.in_range.q.val();
        self.is_write.next = self.third_is_write.q.val();
        self.block.next = self.third_place.q.val();
        self.blocks.next = self.moved.q.val();
        self.is_under.next = self.under.q.val();
        self.is_over.next = self.over.q.val();
        self.residual.next = self.difference.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
