//! The checksum at the end of a record.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::linear::crc32::{after_zeros, before_zeros, step};

/// Value of the register before the first bit, and what the checksum is inverted with.
const ALL_ONES: u32 = 0xFFFF_FFFF;
/// Bits of a word.
const WORD_BITS: usize = 128;
/// Bits of the last word that lie in the place of the checksum and are not covered.
const CHECKSUM_BITS: usize = 32;

/// The register after `words` words of zeros since the beginning of a record.
pub(super) fn register_after_zero_words(words: usize) -> u32 {
    after_zeros(ALL_ONES, words * WORD_BITS)
}

/// Row `output` of a linear map of `inputs` bits: which inputs add to that bit of the result.
fn row<const N: usize>(inputs: usize, output: usize, column: impl Fn(usize) -> u32) -> Constant<Bits<N>> {
    let one: Bits<N> = 1_u64.into();
    Constant::new((0..inputs).fold(0_u64.into(), |row: Bits<N>, input| {
        if column(input) >> output & 1 == 1 { row | (one << (input as u64)) } else { row }
    }))
}

/// CRC-32 (IEEE 802.3) over a record of 128-bit words, one word a cycle; bit 0 of a word comes first. The upper 32 bits of
/// the last word must be zero: the checksum covers all before them.
///
/// The register moves on by a whole word at once, by two constant matrices: one for the word, one for the register. A
/// third takes back, at the end, the 32 bits that the checksum does not cover.
///
/// - Latency: 2 cycles from a word to `register`, 3 cycles from a record's last word to `checksum`.
/// - Throughput: 1 word per cycle, without a bubble between records.
/// - Back-pressure: none; words may come with any pauses.
/// - Limits: records of whole words. `load` is not given in the cycle after a word.
#[derive(LogicBlock)]
pub struct RecordChecksum {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A word is given.
    pub word_valid: Signal<In, Bit>,
    /// The word; meaningful while `word_valid` is high.
    pub word: Signal<In, Bits<128>>,
    /// The word is the first of its record.
    pub word_first: Signal<In, Bit>,
    /// The register takes the value `seed`: the words before the one that is given next are known by their register alone.
    pub load: Signal<In, Bit>,
    /// What the register takes; meaningful while `load` is high.
    pub seed: Signal<In, Bits<32>>,
    /// The register after the word that was given two cycles before.
    pub remainder: Signal<Out, Bits<32>>,
    /// The checksum of the record whose last word was given three cycles before.
    pub checksum: Signal<Out, Bits<32>>,

    word_rows: Vec<Constant<Bits<128>>>,
    register_rows: Vec<Constant<Bits<32>>>,
    finish_rows: Vec<Constant<Bits<32>>>,
    /// The register after a first word of zeros.
    first_register: Constant<Bits<32>>,

    product_valid: DFF<Bit>,
    product_first: DFF<Bit>,
    /// The word's part in the register.
    product: DFF<Bits<32>>,
    state: DFF<Bits<32>>,
    finished: DFF<Bits<32>>,

    word_part: Signal<Local, Bits<32>>,
    moved_on: Signal<Local, Bits<32>>,
    taken_back: Signal<Local, Bits<32>>,
}

impl Default for RecordChecksum {
    fn default() -> Self {
        // Bit `i` of a word, and bit `i` of the register, alone in a word of zeros.
        let word_column = |bit: usize| after_zeros(step(0, true), WORD_BITS - 1 - bit);
        let register_column = |bit: usize| after_zeros(1 << bit, WORD_BITS);
        let finish_column = |bit: usize| before_zeros(1 << bit, CHECKSUM_BITS);
        Self {
            clock: Default::default(),
            word_valid: Default::default(),
            word: Default::default(),
            word_first: Default::default(),
            load: Default::default(),
            seed: Default::default(),
            remainder: Default::default(),
            checksum: Default::default(),
            word_rows: (0..32).map(|output| row(WORD_BITS, output, word_column)).collect(),
            register_rows: (0..32).map(|output| row(32, output, register_column)).collect(),
            finish_rows: (0..32).map(|output| row(32, output, finish_column)).collect(),
            first_register: Constant::new(u64::from(register_after_zero_words(1)).into()),
            product_valid: Default::default(),
            product_first: Default::default(),
            product: Default::default(),
            state: Default::default(),
            finished: Default::default(),
            word_part: Default::default(),
            moved_on: Default::default(),
            taken_back: Default::default(),
        }
    }
}

impl Logic for RecordChecksum {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, product_valid, product_first, product, state, finished);
        self.word_part.next = bits::<32>(0);
        self.moved_on.next = bits::<32>(0);
        self.taken_back.next = bits::<32>(0);
        for i in 0..32 {
            self.word_part.next =
                self.word_part.val().replace_bit(i, (self.word.val() & self.word_rows[i].val()).xor());
            self.moved_on.next =
                self.moved_on.val().replace_bit(i, (self.state.q.val() & self.register_rows[i].val()).xor());
            self.taken_back.next =
                self.taken_back.val().replace_bit(i, (self.state.q.val() & self.finish_rows[i].val()).xor());
        }
        self.product_valid.d.next = self.word_valid.val();
        self.product_first.d.next = self.word_first.val();
        self.product.d.next = self.word_part.val();
        if self.product_valid.q.val() {
            self.state.d.next = self.moved_on.val() ^ self.product.q.val();
            if self.product_first.q.val() {
                self.state.d.next = self.first_register.val() ^ self.product.q.val();
            }
        }
        if self.load.val() {
            self.state.d.next = self.seed.val();
        }
        self.finished.d.next = !self.taken_back.val();
        self.remainder.next = self.state.q.val();
        self.checksum.next = self.finished.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
