//! From bits to words.

use crate::models::line_code::{COMMA, Disparity, Symbol, decode};

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineWord {
    /// Where words begin is not known.
    Lost,
    /// Bits that no transmitter sends.
    Invalid,
    /// K28.5 and three bytes.
    Set([u8; 4]),
    /// Four bytes.
    Data([u8; 4]),
}

/// Finds the words in a line and decodes them.
#[derive(Clone, Debug, Default)]
pub struct WordReceiver {
    held: u64,
    /// Where words begin in the forty bits.
    phase: u32,
    disparity: Disparity,
    is_synchronized: bool,
    /// Ordered sets without an invalid word since.
    good: u8,
    /// Invalid words that count against synchronization.
    bad: u8,
    /// Valid words since.
    valid_run: u8,
}

const WORD: u64 = (1 << 40) - 1;

impl WordReceiver {
    /// The next forty bits, the first in bit 0.
    pub fn receive(&mut self, bits: u64) -> LineWord {
        let both = u128::from(self.held) | u128::from(bits & WORD) << 40;
        self.held = bits & WORD;
        if !self.is_synchronized {
            // A comma: two zeros and five ones, or the other way round, begin K28.5.
            let comma = (0..40).find(|&place| {
                let code = (both >> place) as u16 & 0x3FF;
                [Disparity::Minus, Disparity::Plus].iter().any(|&disparity| decode(code, disparity).0 == Some(COMMA))
            });
            if let Some(place) = comma
                && place != self.phase
            {
                (self.phase, self.good) = (place, 0);
            }
        }
        let word = self.decode((both >> self.phase) as u64 & WORD);
        self.judge(word);
        if self.is_synchronized { word } else { LineWord::Lost }
    }

    /// Where words begin is known.
    pub fn is_synchronized(&self) -> bool {
        self.is_synchronized
    }

    fn decode(&mut self, code: u64) -> LineWord {
        let mut bytes = [0; 4];
        let mut is_set = false;
        let mut is_valid = true;
        for (place, byte) in bytes.iter_mut().enumerate() {
            let (symbol, after) = decode((code >> (10 * place)) as u16, self.disparity);
            self.disparity = after;
            match symbol {
                Some(symbol) if symbol == COMMA && place == 0 => (*byte, is_set) = (symbol.byte, true),
                Some(Symbol { byte: value, is_control: false }) => *byte = value,
                _ => is_valid = false,
            }
        }
        match (is_valid, is_set) {
            (false, _) => LineWord::Invalid,
            (true, true) => LineWord::Set(bytes),
            (true, false) => LineWord::Data(bytes),
        }
    }

    fn judge(&mut self, word: LineWord) {
        let is_valid = word != LineWord::Invalid;
        if !self.is_synchronized {
            self.good = match word {
                LineWord::Set(_) => self.good + 1,
                LineWord::Invalid => 0,
                _ => self.good,
            };
            if self.good >= 3 {
                (self.is_synchronized, self.good, self.bad, self.valid_run) = (true, 0, 0, 0);
            }
        } else if is_valid {
            self.valid_run += 1;
            if self.valid_run >= 2 {
                (self.valid_run, self.bad) = (0, self.bad.saturating_sub(1));
            }
        } else {
            (self.valid_run, self.bad) = (0, self.bad + 1);
            if self.bad >= 4 {
                (self.is_synchronized, self.good) = (false, 0);
            }
        }
    }
}
