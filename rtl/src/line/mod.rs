//! The serial line: what stands between the words of a protocol and the bits that a transceiver sends and receives.
//!
//! One order holds in every word: what is first on the line lies lowest. The first byte of a 32-bit word is bits 7..=0, bit 0
//! of a byte enters a CRC first, and bit 0 of a 40-bit word is bit `a` of its first character.

mod crc32_word;

pub use crc32_word::Crc32Word;
