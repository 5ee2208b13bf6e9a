//! Binary BCH codes: encoding by division bit by bit, decoding by the key equation and trial of every place.
//!
//! The most significant bit of the first byte is the highest power. Parity is left-aligned behind the data and padded
//! with zero bits to whole words; padding belongs to the codeword and is corrected like the rest.

/// What a decoder makes of a received word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// The word, corrected in that many bits.
    Corrected {
        /// Data and parity without error.
        codeword: Vec<u8>,
        /// Bits that were in error.
        bits: usize,
    },
    /// More bits are in error than the code corrects.
    Uncorrectable,
}

/// A shortened binary BCH code that corrects `strength` bits.
#[derive(Clone, Debug)]
pub struct Bch {
    field_bits: u32,
    strength: usize,
    word_bits: usize,
    exponential: Vec<u32>,
    logarithm: Vec<usize>,
    /// Coefficients from the highest, which is 1, to the constant one.
    generator: Vec<bool>,
}

impl Bch {
    /// The code over GF(2^`field_bits`), made by a primitive polynomial; parity is padded to words of `word_bits`.
    ///
    /// # Panics
    /// If the polynomial is not primitive.
    pub fn new(field_bits: u32, polynomial: u32, strength: usize, word_bits: usize) -> Self {
        let order = (1_usize << field_bits) - 1;
        let mut exponential = vec![];
        let mut logarithm = vec![usize::MAX; order + 1];
        let mut element = 1_u32;
        for power in 0..order {
            assert_eq!(logarithm[element as usize], usize::MAX, "{polynomial:#x} is not primitive");
            logarithm[element as usize] = power;
            exponential.push(element);
            element = if element << 1 >> field_bits == 1 { element << 1 ^ polynomial } else { element << 1 };
        }
        let mut code = Self { field_bits, strength, word_bits, exponential, logarithm, generator: vec![true] };
        let mut covered = vec![false; order];
        for first in 1..=2 * strength {
            if covered[first % order] {
                continue;
            }
            // The minimal polynomial has all conjugates as roots; highest coefficient first.
            let mut minimal = vec![1];
            let mut conjugate = first % order;
            while !covered[conjugate] {
                covered[conjugate] = true;
                let root = code.exponential[conjugate];
                let shifted: Vec<u32> = minimal.iter().copied().chain([0]).collect();
                let scaled = [0].into_iter().chain(minimal.iter().map(|value| code.multiply(*value, root)));
                minimal = shifted.iter().zip(scaled).map(|(a, b)| a ^ b).collect();
                conjugate = conjugate * 2 % order;
            }
            let mut product = vec![false; code.generator.len() + minimal.len() - 1];
            for (i, a) in code.generator.iter().enumerate() {
                for (j, b) in minimal.iter().enumerate() {
                    product[i + j] ^= *a && *b == 1;
                }
            }
            code.generator = product;
        }
        code
    }

    /// Coefficients of the generator polynomial, highest first.
    pub fn generator(&self) -> &[bool] {
        &self.generator
    }

    /// Parity bits without padding.
    pub fn parity_bits(&self) -> usize {
        self.generator.len() - 1
    }

    /// Parity bytes with padding.
    pub fn parity_bytes(&self) -> usize {
        self.parity_bits().next_multiple_of(self.word_bits) / 8
    }

    /// The parity bytes of data.
    pub fn parity(&self, data: &[u8]) -> Vec<u8> {
        let mut dividend: Vec<bool> = bits(data).collect();
        let data_bits = dividend.len();
        dividend.resize(data_bits + self.parity_bits(), false);
        for place in 0..data_bits {
            if dividend[place] {
                for (offset, coefficient) in self.generator.iter().enumerate() {
                    dividend[place + offset] ^= coefficient;
                }
            }
        }
        let mut parity = vec![0; self.parity_bytes()];
        for (place, _) in dividend[data_bits..].iter().enumerate().filter(|(_, bit)| **bit) {
            flip(&mut parity, place);
        }
        parity
    }

    /// Data and its parity.
    pub fn encode(&self, data: &[u8]) -> Vec<u8> {
        [data, &self.parity(data)].concat()
    }

    /// The received polynomial at the odd powers of the generating element, lowest first.
    pub fn odd_syndromes(&self, received: &[u8]) -> Vec<u32> {
        (0..self.strength).map(|index| self.value(received, 2 * index + 1)).collect()
    }

    /// Corrects a received codeword.
    pub fn decode(&self, received: &[u8]) -> Decoded {
        let syndromes: Vec<u32> = (1..=2 * self.strength).map(|power| self.value(received, power)).collect();
        let locator = self.key_equation(&syndromes);
        let degree = locator.len() - 1;
        let length = 8 * received.len();
        let mut codeword = received.to_vec();
        let mut found = 0;
        for place in 0..length {
            let power = length - 1 - place;
            let value = locator.iter().enumerate().fold(0, |sum, (index, coefficient)| {
                sum ^ self.multiply(*coefficient, self.power(-((index * power) as i64)))
            });
            if value == 0 {
                flip(&mut codeword, place);
                found += 1;
            }
        }
        if degree > self.strength || found != degree {
            return Decoded::Uncorrectable;
        }
        Decoded::Corrected { codeword, bits: found }
    }

    /// The received polynomial at the generating element to a power.
    fn value(&self, received: &[u8], power: usize) -> u32 {
        let argument = self.power(power as i64);
        bits(received).fold(0, |sum, bit| self.multiply(sum, argument) ^ u32::from(bit))
    }

    /// Massey's algorithm: the shortest shift register that makes the syndromes, without trailing zero coefficients.
    fn key_equation(&self, syndromes: &[u32]) -> Vec<u32> {
        let (mut current, mut previous) = (vec![1_u32], vec![1_u32]);
        let (mut length, mut shift, mut previous_discrepancy) = (0, 1, 1);
        for step in 0..syndromes.len() {
            let discrepancy = current
                .iter()
                .take(length + 1)
                .enumerate()
                .fold(0, |sum, (index, coefficient)| sum ^ self.multiply(*coefficient, syndromes[step - index]));
            if discrepancy == 0 {
                shift += 1;
                continue;
            }
            let factor = self.divide(discrepancy, previous_discrepancy);
            let before = current.clone();
            current.resize(current.len().max(previous.len() + shift), 0);
            for (index, coefficient) in previous.iter().enumerate() {
                current[index + shift] ^= self.multiply(factor, *coefficient);
            }
            if 2 * length <= step {
                length = step + 1 - length;
                (previous, previous_discrepancy, shift) = (before, discrepancy, 1);
            } else {
                shift += 1;
            }
        }
        while current.len() > 1 && current.last() == Some(&0) {
            current.pop();
        }
        // A register longer than its polynomial's degree cannot belong to errors at distinct places.
        if current.len() - 1 != length {
            current.resize(syndromes.len() + 2, 0);
        }
        current
    }

    fn power(&self, exponent: i64) -> u32 {
        self.exponential[exponent.rem_euclid((1 << self.field_bits) - 1) as usize]
    }

    fn multiply(&self, a: u32, b: u32) -> u32 {
        if a == 0 || b == 0 {
            return 0;
        }
        self.power((self.logarithm[a as usize] + self.logarithm[b as usize]) as i64)
    }

    fn divide(&self, a: u32, b: u32) -> u32 {
        if a == 0 {
            return 0;
        }
        self.power(self.logarithm[a as usize] as i64 - self.logarithm[b as usize] as i64)
    }
}

/// Bits in the order of the codeword.
fn bits(bytes: &[u8]) -> impl Iterator<Item = bool> + '_ {
    bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
}

/// Inverts the bit at a place, counted from the most significant bit of the first byte.
pub fn flip(bytes: &mut [u8], place: usize) {
    bytes[place / 8] ^= 0x80 >> (place % 8);
}
