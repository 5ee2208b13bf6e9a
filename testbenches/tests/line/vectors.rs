//! Vectors that independent implementations made.

use serde::Deserialize;

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    (0..hexadecimal.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).expect("two hexadecimal digits"))
        .collect()
}

#[derive(Deserialize)]
struct CrcVectors {
    vector: Vec<CrcVector>,
}

#[derive(Deserialize)]
struct CrcVector {
    name: String,
    bytes: String,
    ramp: usize,
    crc: u32,
}

/// Name, message and CRC of each vector.
pub fn crc32_vectors() -> Vec<(String, Vec<u8>, u32)> {
    let file: CrcVectors = toml::from_str(include_str!("../../vectors/crc32.toml")).expect("readable vectors");
    assert_eq!(file.vector.len(), 20);
    let message = |vector: &CrcVector| {
        let mut bytes = bytes_of(&vector.bytes);
        bytes.extend((0..vector.ramp).map(|index| index as u8));
        bytes
    };
    file.vector.iter().map(|vector| (vector.name.clone(), message(vector), vector.crc)).collect()
}

#[derive(Deserialize)]
struct OrderedSets {
    set: Vec<OrderedSet>,
}

#[derive(Deserialize)]
struct OrderedSet {
    name: String,
    bytes: String,
    before: String,
    bits: String,
    after: String,
}

/// Name, bytes, running disparity before, forty bits with the first on the line in bit 0, and running disparity after each
/// ordered set.
pub fn ordered_sets() -> Vec<(String, [u8; 4], bool, u64, bool)> {
    let file: OrderedSets = toml::from_str(include_str!("../../vectors/ordered_sets.toml")).expect("readable sets");
    assert_eq!(file.set.len(), 42);
    let read = |set: OrderedSet| {
        let bits = set.bits.bytes().rev().fold(0, |bits, digit| bits << 1 | u64::from(digit - b'0'));
        let bytes = bytes_of(&set.bytes).try_into().expect("four bytes");
        (set.name, bytes, set.before == "+", bits, set.after == "+")
    };
    file.set.into_iter().map(read).collect()
}
