//! Addresses in an arbitrated loop, as `testbenches/vectors/loop_addresses.toml` has them.

use serde::Deserialize;

/// An address and its bit in the maps of loop initialization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoopAddress {
    /// The address (AL_PA).
    pub address: u8,
    /// Word of the map.
    pub word: usize,
    /// Bit of the word; 31 is the first on the line.
    pub bit: u32,
}

#[derive(Deserialize)]
struct File {
    addresses: Vec<String>,
}

/// All loop addresses in ascending order, the first a fabric's.
///
/// # Panics
/// If the file cannot be read.
pub fn loop_addresses() -> Vec<LoopAddress> {
    let file: File = toml::from_str(include_str!("../../vectors/loop_addresses.toml")).expect("readable addresses");
    let read = |row: String| {
        let fields: Vec<&str> = row.split(' ').collect();
        LoopAddress {
            address: u8::from_str_radix(fields[0], 16).expect("an address"),
            word: fields[1].parse().expect("a word"),
            bit: fields[2].parse().expect("a bit"),
        }
    };
    file.addresses.into_iter().map(read).collect()
}
