//! From words to bits.

use super::line_frame::LineFrame;
use super::word_receiver::LineWord;
use crate::models::line_code::{Disparity, Symbol, encode_word};

/// The second byte of the ends of frames has this bit where running disparity before them is positive.
const POSITIVE: u8 = 0x20;

/// Encodes the words that a port sends.
#[derive(Clone, Debug, Default)]
pub struct WordSender {
    disparity: Disparity,
}

impl WordSender {
    /// The forty bits of a word, the first in bit 0; ends of frames get the form that leaves negative disparity. What is no word
    /// goes out as IDLE.
    pub fn send(&mut self, word: LineWord) -> u64 {
        let (mut bytes, is_set) = match word {
            LineWord::Set(bytes) => (bytes, true),
            LineWord::Data(bytes) => (bytes, false),
            LineWord::Invalid | LineWord::Lost => ([0xBC, 0x95, 0xB5, 0xB5], true),
        };
        if is_set && LineFrame::is_end(bytes) {
            bytes[1] &= !POSITIVE;
            if self.disparity == Disparity::Plus {
                bytes[1] |= POSITIVE;
            }
        }
        let symbols = std::array::from_fn(|place| Symbol { byte: bytes[place], is_control: is_set && place == 0 });
        let (bits, disparity) = encode_word(symbols, self.disparity);
        self.disparity = disparity;
        bits
    }
}
