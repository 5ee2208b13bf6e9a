//! What is wrong in a lane's records, put right in their slots.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// What the mender does with the answer it has taken.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum MendingState {
    /// It takes the next.
    Waiting,
    /// It reads the word of a byte that is wrong.
    Reading,
    /// The word comes.
    Changing,
    /// The word is to be written.
    Writing,
}

/// Takes the corrector's answers: changes the bits of records that are wrong, and passes on what concerns headers and whole
/// codewords.
///
/// - Latency: 1 cycle from an answer to `header_flips` or `verdict`; 3 from a flip to its write while the memory is free.
/// - Throughput: a flip in 4 cycles, other answers one a cycle.
/// - Back-pressure: flips wait while `reading` is high, and before they are written while `write_ready` is low.
/// - Limits: a word has been written before the flips of its bytes come.
#[derive(LogicBlock)]
pub struct RecordMender {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// There is an answer.
    pub answer_valid: Signal<In, Bit>,
    /// The answer, as in [`CorrectionSource`](super::CorrectionSource); meaningful while `answer_valid` is high.
    pub answer: Signal<In, Bits<42>>,
    /// The answer is taken in this cycle.
    pub answer_ready: Signal<Out, Bit>,
    /// Others read the slots in this cycle.
    pub reading: Signal<In, Bit>,
    /// The word that is read while nobody else does: slot in bit 8, place below.
    pub read_address: Signal<Out, Bits<9>>,
    /// The word whose address was given in the cycle before.
    pub read_data: Signal<In, Bits<128>>,
    /// A word is to be written, at the address it was read from.
    pub write: Signal<Out, Bit>,
    /// The word; meaningful while `write` is high.
    pub write_data: Signal<Out, Bits<128>>,
    /// It is written in this cycle.
    pub write_ready: Signal<In, Bit>,
    /// Bits of a header are wrong.
    pub header_flips: Signal<Out, Bit>,
    /// Which of the header's first four bytes, one or none; meaningful while `header_flips` is high.
    pub header_byte: Signal<Out, Bits<4>>,
    /// Which bits of the byte; meaningful while `header_flips` is high.
    pub header_mask: Signal<Out, Bits<8>>,
    /// A codeword is decided.
    pub verdict: Signal<Out, Bit>,
    /// Slot of `header_flips` and `verdict`.
    pub slot: Signal<Out, Bits<1>>,
    /// Bits corrected in the codeword; meaningful while `verdict` is high, as are the two that follow.
    pub corrected: Signal<Out, Bits<7>>,
    /// It could not be corrected.
    pub uncorrectable: Signal<Out, Bit>,
    /// What its errors did to the register of the record's checksum.
    pub checksum: Signal<Out, Bits<32>>,

    byte_number: [Constant<Bits<4>>; 16],
    byte_place: [Constant<Bits<8>>; 16],

    state: DFF<MendingState>,
    taken: DFF<Bits<42>>,
    decides: DFF<Bit>,
    heads: DFF<Bit>,
    changed: DFF<Bits<128>>,

    spread: Signal<Local, Bits<128>>,
    byte: Signal<Local, Bits<4>>,
    mask: Signal<Local, Bits<8>>,
    is_header: Signal<Local, Bit>,
    header_bytes: Signal<Local, Bits<4>>,
}

impl Default for RecordMender {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            answer_valid: Default::default(),
            answer: Default::default(),
            answer_ready: Default::default(),
            reading: Default::default(),
            read_address: Default::default(),
            read_data: Default::default(),
            write: Default::default(),
            write_data: Default::default(),
            write_ready: Default::default(),
            header_flips: Default::default(),
            header_byte: Default::default(),
            header_mask: Default::default(),
            verdict: Default::default(),
            slot: Default::default(),
            corrected: Default::default(),
            uncorrectable: Default::default(),
            checksum: Default::default(),
            byte_number: std::array::from_fn(|byte| Constant::new(byte.to_bits())),
            byte_place: std::array::from_fn(|byte| Constant::new((8 * byte).to_bits())),
            state: Default::default(),
            taken: Default::default(),
            decides: Default::default(),
            heads: Default::default(),
            changed: Default::default(),
            spread: Default::default(),
            byte: Default::default(),
            mask: Default::default(),
            is_header: Default::default(),
            header_bytes: Default::default(),
        }
    }
}

impl Logic for RecordMender {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, taken, decides, heads, changed);

        self.byte.next = self.taken.q.val().get_bits::<4>(2);
        self.mask.next = self.taken.q.val().get_bits::<8>(15);
        self.is_header.next = self.answer.val().get_bit(14);
        self.decides.d.next = false;
        self.heads.d.next = false;
        self.answer_ready.next = false;
        self.write.next = false;
        match self.state.q.val() {
            MendingState::Waiting => {
                self.answer_ready.next = true;
                if self.answer_valid.val() {
                    self.taken.d.next = self.answer.val();
                    if self.answer.val().get_bit(1) {
                        self.decides.d.next = true;
                    } else if self.is_header.val() {
                        self.heads.d.next = true;
                    } else {
                        self.state.d.next = MendingState::Reading;
                    }
                }
            }
            MendingState::Reading => {
                if !self.reading.val() {
                    self.state.d.next = MendingState::Changing;
                }
            }
            MendingState::Changing => {
                self.state.d.next = MendingState::Writing;
            }
            MendingState::Writing => {
                self.write.next = true;
                if self.write_ready.val() {
                    self.state.d.next = MendingState::Waiting;
                }
            }
            _ => {
                self.state.d.next = MendingState::Waiting;
            }
        }

        self.read_address.next = bit_cast::<9, 8>(self.taken.q.val().get_bits::<8>(6));
        if self.taken.q.val().get_bit(0) {
            self.read_address.next = bit_cast::<9, 8>(self.taken.q.val().get_bits::<8>(6)) | bits::<9>(256);
        }
        self.spread.next = bits::<128>(0);
        for i in 0..16 {
            if self.byte.val() == self.byte_number[i].val() {
                self.spread.next =
                    self.spread.val() | (bit_cast::<128, 8>(self.mask.val()) << self.byte_place[i].val());
            }
        }
        if self.state.q.val() == MendingState::Changing {
            self.changed.d.next = self.read_data.val() ^ self.spread.val();
        }
        self.write_data.next = self.changed.q.val();

        self.header_flips.next = self.heads.q.val();
        self.header_bytes.next = bits::<4>(0);
        for i in 0..4 {
            self.header_bytes.next =
                self.header_bytes.val().replace_bit(i, self.byte.val() == self.byte_number[i].val());
        }
        self.header_byte.next = self.header_bytes.val();
        self.header_mask.next = self.mask.val();
        self.verdict.next = self.decides.q.val();
        self.slot.next = self.taken.q.val().get_bits::<1>(0);
        self.corrected.next = self.taken.q.val().get_bits::<7>(2);
        self.uncorrectable.next = self.taken.q.val().get_bit(9);
        self.checksum.next = self.taken.q.val().get_bits::<32>(10);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
