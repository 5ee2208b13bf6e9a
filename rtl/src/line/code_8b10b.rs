//! The 8b/10b code as truth tables: what the lookups of encoder and decoder are made of.
//!
//! Bit 0 of a group of code bits is the first on the line: `a` of six, `f` of four. Five bits of a byte are its lowest,
//! `EDCBA` with `A` in bit 0; three are its highest, `HGF` with `F` in bit 0.

use rust_hdl::prelude::*;

/// Six bits for five at negative running disparity, `a` written first; facts/line-coding.csv.
const SIX: [u8; 32] = [
    0b100111, 0b011101, 0b101101, 0b110001, 0b110101, 0b101001, 0b011001, 0b111000, //
    0b111001, 0b100101, 0b010101, 0b110100, 0b001101, 0b101100, 0b011100, 0b010111, //
    0b011011, 0b100011, 0b010011, 0b110010, 0b001011, 0b101010, 0b011010, 0b111010, //
    0b110011, 0b100110, 0b010110, 0b110110, 0b001110, 0b101110, 0b011110, 0b101011,
];

/// Four bits for three of a data character at negative running disparity, `f` written first, the last in its primary
/// form.
const FOUR: [u8; 8] = [0b1011, 0b1001, 0b0101, 0b1100, 0b1101, 0b1010, 0b0110, 0b1110];

/// Four bits for three of a control character at negative running disparity, `f` written first.
const CONTROL_FOUR: [u8; 8] = [0b1011, 0b0110, 0b1010, 0b1100, 0b1101, 0b0101, 0b1001, 0b0111];

/// The five low bits of the control characters K28.
pub(super) const K28: usize = 28;

/// What a group of code bits says about running disparity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Disparity {
    /// It stands in the code at negative running disparity.
    pub at_minus: bool,
    /// It stands in the code at positive running disparity.
    pub at_plus: bool,
    /// Running disparity behind it is positive, whatever it was.
    pub ends_plus: bool,
    /// Running disparity behind it is negative, whatever it was.
    pub ends_minus: bool,
}

fn reversed(bits: u8, width: u32) -> usize {
    usize::from(bits.reverse_bits() >> (8 - width))
}

fn is_balanced(bits: usize, width: u32) -> bool {
    2 * bits.count_ones() == width
}

/// Six bits for five at negative running disparity.
pub(super) fn six_of(five: usize) -> usize {
    reversed(SIX[five], 6)
}

/// Four bits for three at negative running disparity; a data character's last in its primary form.
pub(super) fn four_of(three: usize, is_control: bool) -> usize {
    reversed(if is_control { CONTROL_FOUR[three] } else { FOUR[three] }, 4)
}

/// Six bits of K28 at negative running disparity.
pub(super) fn six_of_k28() -> usize {
    six_of(K28) | 1 << 5
}

/// At positive running disparity the complement is sent: six bits that are not balanced, and those of D.7.
pub(super) fn six_flips(five: usize) -> bool {
    six_changes(five) || five == 7
}

/// Running disparity changes over the six bits for these five.
pub(crate) fn six_changes(five: usize) -> bool {
    !is_balanced(six_of(five), 6)
}

/// At positive running disparity the complement is sent: four bits that are not balanced, those of D.3 and all of
/// control characters.
pub(super) fn four_flips(three: usize, is_control: bool) -> bool {
    is_control || four_changes(three) || three == 3
}

/// Running disparity changes over the four bits for these three.
pub(crate) fn four_changes(three: usize) -> bool {
    !is_balanced(four_of(three, false), 4)
}

/// With three ones the alternate form is sent at negative running disparity, or else five equal bits would follow each
/// other.
pub(super) fn alternate_at_minus(five: usize) -> bool {
    matches!(five, 17 | 18 | 20)
}

/// With three ones the alternate form is sent at positive running disparity.
pub(super) fn alternate_at_plus(five: usize) -> bool {
    matches!(five, 11 | 13 | 14)
}

/// With three ones in the alternate form this is a control character.
pub(super) fn control_with_alternate(five: usize) -> bool {
    matches!(five, 23 | 27 | 29 | 30)
}

/// The five for which these six stand, if any does.
pub(super) fn five_of(six: usize) -> Option<usize> {
    if is_k28(six) {
        return Some(K28);
    }
    (0..32).find(|&five| six == six_of(five) || (six_flips(five) && six == complement(six_of(five), 6)))
}

/// The three for which these four stand in a data character, if any does.
pub(super) fn three_of(four: usize) -> Option<usize> {
    if is_alternate(four) {
        return Some(7);
    }
    (0..8).find(|&three| {
        let at_minus = four_of(three, false);
        four == at_minus || (four_flips(three, false) && four == complement(at_minus, 4))
    })
}

/// These six are K28's at either running disparity.
pub(super) fn is_k28(six: usize) -> bool {
    six == six_of_k28() || six == complement(six_of_k28(), 6)
}

/// These four are three ones in primary form.
pub(super) fn is_primary(four: usize) -> bool {
    four == four_of(7, false) || four == complement(four_of(7, false), 4)
}

/// These four are three ones in alternate form.
pub(super) fn is_alternate(four: usize) -> bool {
    four == four_of(7, true) || four == complement(four_of(7, true), 4)
}

/// What a group of `width` bits, six or four, says about running disparity.
pub(super) fn disparity_of(bits: usize, width: u32) -> Disparity {
    let half = (1 << (width / 2)) - 1;
    let ones = bits.count_ones();
    let (first_half, second_half) = (bits == half, bits == complement(half, width));
    let (heavy, light) = (2 * ones > width, 2 * ones < width);
    Disparity {
        at_minus: !light && !second_half,
        at_plus: !heavy && !first_half,
        ends_plus: heavy || second_half,
        ends_minus: light || first_half,
    }
}

fn complement(bits: usize, width: u32) -> usize {
    !bits & ((1 << width) - 1)
}

/// The function as a table of `N` bits, `N` at most 64: bit `n` says whether it holds of `n`.
pub(crate) fn table<const N: usize>(holds: impl Fn(usize) -> bool) -> Constant<Bits<N>> {
    Constant::new((0..N).fold(0_u64, |table, number| table | u64::from(holds(number)) << number).into())
}
