//! The codes under test: parameters of the circuits and the golden code beside each other.

use hardpath_rtl::flash_controller::ecc::BchCode;
use hardpath_testbenches::golden::Bch;

/// A code and its words.
pub struct Code {
    /// Parameters as the circuits take them.
    pub circuit: BchCode,
    /// The golden model.
    pub golden: Bch,
    /// Bits of a word.
    pub word_bits: usize,
}

impl Code {
    fn new(circuit: BchCode, word_bits: usize) -> Self {
        let golden = Bch::new(circuit.field_bits() as u32, circuit.polynomial(), circuit.strength(), word_bits);
        Self { circuit, golden, word_bits }
    }

    /// t = 8 in 514 bytes, a byte a cycle.
    pub fn slc() -> Self {
        Self::new(BchCode::slc(), 8)
    }

    /// t = 40 in 1,028 bytes, a byte a cycle.
    pub fn emlc() -> Self {
        Self::new(BchCode::emlc(), 8)
    }

    /// t = 14 in 256 bytes, a byte a cycle.
    pub fn short_block() -> Self {
        Self::new(BchCode::short_block(), 8)
    }

    /// t = 3 in 100 bytes over GF(2^10), two bytes a cycle; parity ends within a word.
    pub fn two_bytes() -> Self {
        Self::new(BchCode::new(10, 0x409, 3, 100).expect("legal"), 16)
    }

    /// t = 2 in 40 bytes over GF(2^9), a byte a cycle; several lanes with few coefficients.
    pub fn tiny() -> Self {
        Self::new(BchCode::new(9, 0x211, 2, 40).expect("legal"), 8)
    }

    /// Data bytes of a codeword.
    pub fn data_bytes(&self) -> usize {
        self.circuit.data_bytes()
    }

    /// Words of bytes, first byte in the most significant bits.
    pub fn words(&self, bytes: &[u8]) -> Vec<u64> {
        let bytes = bytes.chunks_exact(self.word_bits / 8);
        bytes.map(|word| word.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))).collect()
    }

    /// Bytes of words.
    pub fn bytes(&self, words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()[8 - self.word_bits / 8..].to_vec()).collect()
    }
}
