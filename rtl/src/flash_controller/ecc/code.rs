//! Parameters of a BCH code, its field, and the matrices that the circuits are made of.

use rust_hdl::prelude::*;
use thiserror::Error;

/// Legal degrees of the field.
const FIELD_BITS: std::ops::RangeInclusive<usize> = 6..=14;
/// Legal numbers of correctable bits.
const STRENGTH: std::ops::RangeInclusive<usize> = 1..=40;

/// Parameters that make no BCH code these circuits can handle.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BchCodeError {
    /// The degree of the field is out of range.
    #[error("a field of {value} bits: legal are 6..=14")]
    FieldBits {
        /// What was given.
        value: usize,
    },
    /// The polynomial does not generate the field.
    #[error("polynomial {polynomial:#x}: legal are primitive polynomials of degree {field_bits}")]
    Polynomial {
        /// What was given.
        polynomial: u32,
        /// Its degree should be this.
        field_bits: usize,
    },
    /// The number of correctable bits is out of range.
    #[error("correction of {value} bits: legal are 1..=40")]
    Strength {
        /// What was given.
        value: usize,
    },
    /// There is no data, or more than the code takes.
    #[error("a codeword of {value} data bytes: legal are 1..={maximum} for this field and strength")]
    DataBytes {
        /// What was given.
        value: usize,
        /// The most that fits, with parity padded to whole words of 16 bits.
        maximum: usize,
    },
}

/// A shortened binary BCH code: corrects up to `strength` bits of a codeword of data and parity.
///
/// The first bit of a codeword, the most significant of its first byte, is its highest power. Parity stands behind the
/// data, left-aligned, and is padded with zero bits to whole words; padding is stored and corrected like the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BchCode {
    field_bits: usize,
    polynomial: u32,
    strength: usize,
    data_bytes: usize,
    /// Powers of the generating element.
    powers: Vec<u16>,
    /// Coefficients of the generator polynomial without the leading one, lowest first.
    generator: Vec<bool>,
}

impl BchCode {
    /// A code over the field of 2^`field_bits` elements made by the primitive `polynomial`.
    ///
    /// # Errors
    /// If a parameter is out of range, with its value and what is legal.
    pub fn new(field_bits: usize, polynomial: u32, strength: usize, data_bytes: usize) -> Result<Self, BchCodeError> {
        if !FIELD_BITS.contains(&field_bits) {
            return Err(BchCodeError::FieldBits { value: field_bits });
        }
        if !STRENGTH.contains(&strength) {
            return Err(BchCodeError::Strength { value: strength });
        }
        let powers = powers(field_bits, polynomial).ok_or(BchCodeError::Polynomial { polynomial, field_bits })?;
        let mut code = Self { field_bits, polynomial, strength, data_bytes, powers, generator: vec![] };
        code.generator = code.generator_polynomial();
        let maximum = (code.order() / 16 * 16).saturating_sub(code.parity_words(16) * 16) / 8;
        if data_bytes == 0 || data_bytes > maximum {
            return Err(BchCodeError::DataBytes { value: data_bytes, maximum });
        }
        Ok(code)
    }

    /// 8 bits in 514 bytes over GF(2^13), for SLC flash; facts/nand.md, section 4.
    pub fn slc() -> Self {
        Self::preset(13, 0x201b, 8, 514)
    }

    /// 40 bits in 1,028 bytes over GF(2^14), for eMLC flash; facts/nand.md, section 4.
    pub fn emlc() -> Self {
        Self::preset(14, 0x402b, 40, 1028)
    }

    /// 14 bits in 256 bytes over GF(2^12).
    pub fn short_block() -> Self {
        Self::preset(12, 0x1053, 14, 256)
    }

    fn preset(field_bits: usize, polynomial: u32, strength: usize, data_bytes: usize) -> Self {
        match Self::new(field_bits, polynomial, strength, data_bytes) {
            Ok(code) => code,
            Err(error) => unreachable!("{error}"),
        }
    }

    /// Bits of a field element.
    pub fn field_bits(&self) -> usize {
        self.field_bits
    }

    /// The primitive polynomial of the field, bit `i` the coefficient of x^`i`.
    pub fn polynomial(&self) -> u32 {
        self.polynomial
    }

    /// Bits that are corrected in a codeword.
    pub fn strength(&self) -> usize {
        self.strength
    }

    /// Data bytes of a codeword.
    pub fn data_bytes(&self) -> usize {
        self.data_bytes
    }

    /// Degree of the generator polynomial.
    pub fn parity_bits(&self) -> usize {
        self.generator.len()
    }

    /// Data words of a codeword.
    ///
    /// # Panics
    /// If the data is no multiple of a word.
    pub fn data_words(&self, word_bits: usize) -> usize {
        let bits = 8 * self.data_bytes;
        assert!(
            bits.is_multiple_of(word_bits),
            "{} data bytes: legal are multiples of {word_bits} bits",
            self.data_bytes
        );
        bits / word_bits
    }

    /// Parity words of a codeword, the last padded with zeros.
    pub fn parity_words(&self, word_bits: usize) -> usize {
        self.parity_bits().div_ceil(word_bits)
    }

    /// Words of a codeword.
    pub fn words(&self, word_bits: usize) -> usize {
        self.data_words(word_bits) + self.parity_words(word_bits)
    }

    /// Elements of the field without zero.
    pub(super) fn order(&self) -> usize {
        (1 << self.field_bits) - 1
    }

    /// The generating element to a power of any sign.
    pub(super) fn alpha(&self, exponent: i64) -> u16 {
        self.powers[exponent.rem_euclid(self.order() as i64) as usize]
    }

    /// Columns of the multiplication by the generating element to the power `exponent`.
    pub(super) fn multiplication<const M: usize>(&self, exponent: i64) -> Vec<Bits<M>> {
        (0..self.field_bits as i64).map(|bit| element(self.alpha(exponent + bit))).collect()
    }

    /// Columns of the square of a field element.
    pub(super) fn squaring<const M: usize>(&self) -> Vec<Bits<M>> {
        (0..self.field_bits as i64).map(|bit| element(self.alpha(2 * bit))).collect()
    }

    /// What each bit of a word of `count` bits adds to a syndrome: bit `b` weighs the generating element to `exponent *
    /// b`.
    pub(super) fn weights<const M: usize>(&self, exponent: i64, count: usize) -> Vec<Bits<M>> {
        (0..count as i64).map(|bit| element(self.alpha(exponent * bit))).collect()
    }

    /// What each bit shifted out of the remainder register of division by the generator polynomial adds to it: for
    /// bit `b` of `count`, x^(parity bits + `b`) modulo the generator.
    pub(super) fn feedback<const P: usize>(&self, count: usize) -> Vec<Bits<P>> {
        let mut remainder = self.generator.clone();
        let mut columns = vec![];
        for _ in 0..count {
            columns.push(
                remainder
                    .iter()
                    .enumerate()
                    .fold(Bits::<P>::default(), |word, (index, bit)| word.replace_bit(index, *bit)),
            );
            let carry = remainder.pop().unwrap_or_default();
            remainder.insert(0, false);
            if carry {
                remainder.iter_mut().zip(&self.generator).for_each(|(bit, tap)| *bit ^= tap);
            }
        }
        columns
    }

    /// Least common multiple of the minimal polynomials of the odd powers of the generating element below twice the
    /// strength.
    fn generator_polynomial(&self) -> Vec<bool> {
        let order = self.order();
        let mut roots = vec![false; order];
        for odd in (1..2 * self.strength).step_by(2) {
            let mut exponent = odd % order;
            while !std::mem::replace(&mut roots[exponent], true) {
                exponent = exponent * 2 % order;
            }
        }
        // The product of (x + root) over a closed set of conjugates has coefficients 0 and 1.
        let mut product = vec![1_u16];
        for root in (0..order).filter(|exponent| roots[*exponent]) {
            product.insert(0, 0);
            for index in 0..product.len() - 1 {
                let scaled = self.multiply(product[index + 1], self.alpha(root as i64));
                product[index] ^= scaled;
            }
        }
        product.pop();
        product.iter().map(|coefficient| *coefficient == 1).collect()
    }

    fn multiply(&self, a: u16, b: u16) -> u16 {
        let mut product = 0;
        let mut multiple = u32::from(a);
        for bit in 0..self.field_bits {
            if b >> bit & 1 == 1 {
                product ^= multiple;
            }
            multiple <<= 1;
            if multiple >> self.field_bits == 1 {
                multiple ^= self.polynomial;
            }
        }
        product as u16
    }
}

/// A field element as a word.
pub(super) fn element<const M: usize>(value: u16) -> Bits<M> {
    u64::from(value).into()
}

/// All powers of x modulo the polynomial, if they are all different.
fn powers(field_bits: usize, polynomial: u32) -> Option<Vec<u16>> {
    if polynomial >> field_bits != 1 {
        return None;
    }
    let order = (1_usize << field_bits) - 1;
    let mut powers = vec![];
    let mut power = 1_u32;
    for _ in 0..order {
        powers.push(power as u16);
        power <<= 1;
        if power >> field_bits == 1 {
            power ^= polynomial;
        }
        if power == 1 && powers.len() < order {
            return None;
        }
    }
    (power == 1).then_some(powers)
}
