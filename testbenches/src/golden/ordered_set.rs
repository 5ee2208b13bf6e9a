//! Ordered sets of Fibre Channel, as `testbenches/vectors/ordered_sets.toml` has them.

use serde::Deserialize;

/// An ordered set and its bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderedSet {
    /// Its name.
    pub name: String,
    /// Its bytes, K28.5 first.
    pub bytes: [u8; 4],
    /// Running disparity before it is positive.
    pub before: bool,
    /// Its forty bits, the first on the line in bit 0.
    pub bits: u64,
    /// Running disparity behind it is positive.
    pub after: bool,
}

#[derive(Deserialize)]
struct File {
    set: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    bytes: String,
    before: String,
    bits: String,
    after: String,
}

/// All ordered sets whose bytes are fixed.
///
/// # Panics
/// If the file cannot be read.
pub fn ordered_sets() -> Vec<OrderedSet> {
    let file: File = toml::from_str(include_str!("../../vectors/ordered_sets.toml")).expect("readable sets");
    let read = |row: Row| OrderedSet {
        bytes: u32::from_str_radix(&row.bytes, 16).expect("four bytes").to_be_bytes(),
        bits: row.bits.bytes().rev().fold(0, |bits, digit| bits << 1 | u64::from(digit - b'0')),
        before: row.before == "+",
        after: row.after == "+",
        name: row.name,
    };
    file.set.into_iter().map(read).collect()
}
