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
