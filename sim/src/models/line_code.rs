//! The 8b/10b code, from its two tables.
//!
//! Ten bits are a number whose bit 0 is the first on the line. Characters are named as usual: D or K, five bits, three bits.

use std::sync::OnceLock;

/// Six bits for five at negative running disparity, `a` written first.
const SIX: [&str; 32] = [
    "100111", "011101", "101101", "110001", "110101", "101001", "011001", "111000", "111001", "100101", "010101",
    "110100", "001101", "101100", "011100", "010111", "011011", "100011", "010011", "110010", "001011", "101010",
    "011010", "111010", "110011", "100110", "010110", "110110", "001110", "101110", "011110", "101011",
];
/// Four bits for three of data at negative running disparity, `f` written first.
const FOUR: [&str; 8] = ["1011", "1001", "0101", "1100", "1101", "1010", "0110", "1110"];
/// The other form of seven, where the first would make five equal bits.
const OTHER_SEVEN: &str = "0111";
/// Six bits of K28.
const CONTROL_SIX: &str = "001111";
/// Four bits of control characters.
const CONTROL_FOUR: [&str; 8] = ["1011", "0110", "1010", "1100", "1101", "0101", "1001", "0111"];
/// The control characters that there are: K28.0 to K28.7 and four with a seven.
const CONTROLS: [u8; 12] = [0x1C, 0x3C, 0x5C, 0x7C, 0x9C, 0xBC, 0xDC, 0xFC, 0xF7, 0xFB, 0xFD, 0xFE];

/// K28.5, which holds a comma.
pub const COMMA: Symbol = Symbol { byte: 0xBC, is_control: true };

/// A character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Symbol {
    /// The byte, its three bits highest.
    pub byte: u8,
    /// K, not D.
    pub is_control: bool,
}

/// Running disparity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disparity {
    /// As after more zeros.
    #[default]
    Minus,
    /// As after more ones.
    Plus,
}

fn number(digits: &str) -> u16 {
    digits.bytes().rev().fold(0, |bits, digit| bits << 1 | u16::from(digit == b'1'))
}

/// A group at a running disparity, and the one behind it.
fn group(digits: &str, disparity: Disparity, always_flips: bool) -> (u16, Disparity) {
    let width = digits.len() as u32;
    let code = number(digits);
    let is_balanced = code.count_ones() * 2 == width;
    let flips = disparity == Disparity::Plus && (!is_balanced || always_flips);
    let code = if flips { !code & ((1 << width) - 1) } else { code };
    let after = match code.count_ones() * 2 {
        ones if ones > width => Disparity::Plus,
        ones if ones < width => Disparity::Minus,
        _ => disparity,
    };
    (code, after)
}

/// The ten bits of a character that exists, and the running disparity behind them.
pub fn encode(symbol: Symbol, disparity: Disparity) -> (u16, Disparity) {
    let (five, three) = (usize::from(symbol.byte & 0x1F), usize::from(symbol.byte >> 5));
    let is_k28 = symbol.is_control && five == 28;
    // D.7 is balanced and yet has two forms.
    let (six, between) = group(if is_k28 { CONTROL_SIX } else { SIX[five] }, disparity, five == 7);
    let (four, after) = if symbol.is_control {
        group(CONTROL_FOUR[three], between, true)
    } else {
        let is_other = match between {
            Disparity::Minus => matches!(five, 17 | 18 | 20),
            Disparity::Plus => matches!(five, 11 | 13 | 14),
        };
        group(if three == 7 && is_other { OTHER_SEVEN } else { FOUR[three] }, between, three == 3)
    };
    (six | four << 6, after)
}

/// The forty bits of four characters, and the running disparity behind them.
pub fn encode_word(symbols: [Symbol; 4], mut disparity: Disparity) -> (u64, Disparity) {
    let mut word = 0;
    for (place, symbol) in symbols.into_iter().enumerate() {
        let (code, after) = encode(symbol, disparity);
        word |= u64::from(code) << (10 * place);
        disparity = after;
    }
    (word, disparity)
}

/// The character that ten bits are at a running disparity, if any, and the running disparity behind them.
pub fn decode(code: u16, disparity: Disparity) -> (Option<Symbol>, Disparity) {
    type Codes = [[Option<(Symbol, Disparity)>; 1024]; 2];
    static CODES: OnceLock<Box<Codes>> = OnceLock::new();
    let codes = CODES.get_or_init(|| {
        let mut codes: Box<Codes> = Box::new([[None; 1024]; 2]);
        let data = (0..=255).map(|byte| Symbol { byte, is_control: false });
        let controls = CONTROLS.map(|byte| Symbol { byte, is_control: true });
        for symbol in data.chain(controls) {
            for disparity in [Disparity::Minus, Disparity::Plus] {
                let (code, after) = encode(symbol, disparity);
                codes[disparity as usize][usize::from(code)] = Some((symbol, after));
            }
        }
        codes
    });
    let code = code & 0x3FF;
    match codes[disparity as usize][usize::from(code)] {
        Some((symbol, after)) => (Some(symbol), after),
        None => {
            let after = match code.count_ones() {
                6.. => Disparity::Plus,
                5 => disparity,
                _ => Disparity::Minus,
            };
            (None, after)
        }
    }
}
