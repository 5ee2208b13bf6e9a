//! The pseudorandom bits that a port adds to its frames at 8 Gb/s.

use super::word_receiver::LineWord;

/// x^16 + x^5 + x^4 + x^3 + 1; assumed, as the standard's was not to be found.
const TAPS: [usize; 3] = [3, 4, 5];
const LENGTH: usize = 16;

/// Adds them, or takes them away again, bit after bit.
#[derive(Clone, Debug)]
pub struct Scrambler {
    /// The bits of the register, the highest power last.
    register: [bool; LENGTH],
}

impl Default for Scrambler {
    fn default() -> Self {
        Self { register: [true; LENGTH] }
    }
}

impl Scrambler {
    /// The next word of the line.
    pub fn pass(&mut self, word: LineWord) -> LineWord {
        match word {
            LineWord::Data(bytes) => LineWord::Data(bytes.map(|byte| self.byte(byte))),
            // SOF.
            LineWord::Set([_, 0xB5, ..]) => {
                *self = Self::default();
                word
            }
            _ => word,
        }
    }

    fn byte(&mut self, byte: u8) -> u8 {
        (0..8).fold(byte, |byte, bit| byte ^ u8::from(self.next_bit()) << bit)
    }

    fn next_bit(&mut self) -> bool {
        let leaves = self.register[LENGTH - 1];
        self.register.rotate_right(1);
        for tap in TAPS {
            self.register[tap] ^= leaves;
        }
        leaves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_become_the_bytes_that_are_published_for_this_register() {
        // PCI Express Base Specification 2.1, appendix C: the same polynomial and seed.
        let mut scrambler = Scrambler::default();
        let bytes: Vec<u8> = (0..16).map(|_| scrambler.byte(0)).collect();
        let published =
            [0xFF, 0x17, 0xC0, 0x14, 0xB2, 0xE7, 0x02, 0x82, 0x72, 0x6E, 0x28, 0xA6, 0xBE, 0x6D, 0xBF, 0x8D];
        assert_eq!(bytes, published);
    }
}
