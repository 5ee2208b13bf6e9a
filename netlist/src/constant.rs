//! Constants of any width.

use num_bigint::BigUint;
use num_traits::{One, ToPrimitive, Zero};
use std::fmt;

/// A constant of a fixed width in bits, value below `2^width`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Constant {
    width: u32,
    value: BigUint,
}

impl Constant {
    /// The value cut to `width` bits.
    pub fn new(width: u32, value: impl Into<BigUint>) -> Self {
        let value: BigUint = value.into();
        Self { width, value: value & Self::mask(width) }
    }

    /// All bits zero.
    pub fn zero(width: u32) -> Self {
        Self { width, value: BigUint::zero() }
    }

    /// All bits one.
    pub fn ones(width: u32) -> Self {
        Self { width, value: Self::mask(width) }
    }

    /// A one-bit constant.
    pub fn bit(value: bool) -> Self {
        Self::new(1, u32::from(value))
    }

    fn mask(width: u32) -> BigUint {
        (BigUint::one() << width) - BigUint::one()
    }

    /// Width in bits.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The unsigned value.
    pub fn value(&self) -> &BigUint {
        &self.value
    }

    /// The value, if it fits 64 bits.
    pub fn to_u64(&self) -> Option<u64> {
        self.value.to_u64()
    }

    /// The value as 64-bit words, least significant first, `ceil(width / 64)` of them.
    pub fn words(&self) -> Vec<u64> {
        let mut words = self.value.to_u64_digits();
        words.resize(self.width.div_ceil(64) as usize, 0);
        words
    }

    /// From 64-bit words, least significant first; cut to `width` bits.
    pub fn from_words(width: u32, words: &[u64]) -> Self {
        let mut value = BigUint::zero();
        for word in words.iter().rev() {
            value = (value << 64u32) | BigUint::from(*word);
        }
        Self::new(width, value)
    }

    /// Bit `index`, zero beyond the width.
    pub fn get_bit(&self, index: u32) -> bool {
        self.value.bit(u64::from(index))
    }

    /// Whether every bit is zero.
    pub fn is_zero(&self) -> bool {
        self.value.is_zero()
    }

    /// Whether every bit is one.
    pub fn is_ones(&self) -> bool {
        self.value == Self::mask(self.width)
    }
}

impl fmt::Debug for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}'h{:x}", self.width, self.value)
    }
}
