//! The 8b/10b code from the table of all its characters, and what a receiver makes of running disparity.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A byte or a control character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Character {
    /// The byte, `HGFEDCBA`.
    pub byte: u8,
    /// It is a control character.
    pub is_control: bool,
}

/// What ten bits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A character at this running disparity.
    Character(Character),
    /// A character, but at the other running disparity.
    OtherDisparity(Character),
    /// Nothing.
    Illegal,
}

/// The code; ten bits are a number whose bit 0 is first on the line.
pub struct LineCode {
    codes: HashMap<(Character, bool), u16>,
    characters: HashMap<(u16, bool), Character>,
    disparities: HashMap<(Character, bool), bool>,
}

/// The code, read once from `testbenches/vectors/line_code.toml`.
pub static LINE_CODE: LazyLock<LineCode> = LazyLock::new(LineCode::read);

#[derive(Deserialize)]
struct Table {
    characters: Vec<String>,
}

impl LineCode {
    fn read() -> Self {
        let table: Table = toml::from_str(include_str!("../../vectors/line_code.toml")).expect("a readable table");
        let mut code = Self { codes: HashMap::new(), characters: HashMap::new(), disparities: HashMap::new() };
        for line in &table.characters {
            let [name, byte, minus, plus] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("not a character: {line}");
            };
            let byte = u8::from_str_radix(byte, 16).expect("a byte");
            let character = Character { byte, is_control: name.starts_with('K') };
            for (positive, coded) in [(false, minus), (true, plus)] {
                let (bits, after) = coded.split_at(10);
                let bits = bits.bytes().rev().fold(0, |bits, digit| bits << 1 | u16::from(digit - b'0'));
                code.codes.insert((character, positive), bits);
                code.characters.insert((bits, positive), character);
                code.disparities.insert((character, positive), after == "+");
            }
        }
        code
    }

    /// Every character.
    pub fn characters(&self) -> Vec<Character> {
        let mut characters: Vec<_> = self.codes.keys().map(|&(character, _)| character).collect();
        characters.sort_by_key(|character| (character.is_control, character.byte));
        characters.dedup();
        characters
    }

    /// The ten bits of a character, and running disparity behind it.
    ///
    /// # Panics
    /// If there is no such control character.
    pub fn encode(&self, character: Character, positive: bool) -> (u16, bool) {
        (self.codes[&(character, positive)], self.disparities[&(character, positive)])
    }

    /// The forty bits of four characters, first on the line in bit 0, and running disparity behind them.
    pub fn encode_word(&self, characters: [Character; 4], positive: bool) -> (u64, bool) {
        characters.iter().enumerate().fold((0, positive), |(word, positive), (place, &character)| {
            let (code, positive) = self.encode(character, positive);
            (word | u64::from(code) << (10 * place), positive)
        })
    }

    /// What ten bits are, and running disparity behind them: of the last group of six or four bits that says it.
    pub fn decode(&self, code: u16, positive: bool) -> (Reading, bool) {
        let reading = if let Some(&character) = self.characters.get(&(code, positive)) {
            Reading::Character(character)
        } else if let Some(&character) = self.characters.get(&(code, !positive)) {
            Reading::OtherDisparity(character)
        } else {
            Reading::Illegal
        };
        let behind_six = match (code & 0x3F).count_ones() {
            0..=2 => false,
            4..=6 => true,
            _ => match code & 0x3F {
                0b00_0111 => false,
                0b11_1000 => true,
                _ => positive,
            },
        };
        let behind_four = match (code >> 6).count_ones() {
            0..=1 => false,
            3..=4 => true,
            _ => match code >> 6 {
                0b0011 => false,
                0b1100 => true,
                _ => behind_six,
            },
        };
        (reading, behind_four)
    }
}

/// A data character.
pub const fn data(byte: u8) -> Character {
    Character { byte, is_control: false }
}

/// A control character.
pub const fn control(byte: u8) -> Character {
    Character { byte, is_control: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_has_its_characters_and_reads_what_it_writes() {
        let characters = LINE_CODE.characters();
        assert_eq!(characters.len(), 268);
        for character in characters {
            for positive in [false, true] {
                let (code, after) = LINE_CODE.encode(character, positive);
                assert_eq!(LINE_CODE.decode(code, positive), (Reading::Character(character), after), "{character:?}");
            }
        }
    }
}
