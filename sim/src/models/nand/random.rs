//! Randomness without state: every draw is a function of the seed and of what it is drawn for.

/// A value that depends on the seed and on every key.
pub(super) fn hash(seed: u64, keys: &[u64]) -> u64 {
    keys.iter().fold(scramble(seed), |state, key| scramble(state ^ scramble(*key)))
}

/// As [`hash`], from 0 up to but not including 1.
pub(super) fn unit(seed: u64, keys: &[u64]) -> f64 {
    (hash(seed, keys) >> 11) as f64 / (1u64 << 53) as f64
}

/// A bijection in which every output bit depends on every input bit (the finalizer of `splitmix64`).
fn scramble(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}

/// Bytes that depend on the seed and on every key.
pub(super) fn bytes(seed: u64, keys: &[u64], length: usize) -> Vec<u8> {
    let start = hash(seed, keys);
    (0..length.div_ceil(8) as u64)
        .flat_map(|word| scramble(start ^ word.wrapping_mul(0xD6E8_FEB8_6659_FD93)).to_le_bytes())
        .take(length)
        .collect()
}
