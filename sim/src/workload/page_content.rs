//! What a page holds: a function of a seed, the page and its version, so that every read can be checked.

use super::host_command::PAGE_BYTES;

/// The version of a page that was never written, or trimmed: zeros.
pub const UNWRITTEN: u32 = 0;

/// Fills `bytes` with the content of a version of a page.
pub fn fill(seed: u64, page: u32, version: u32, bytes: &mut [u8; PAGE_BYTES]) {
    if version == UNWRITTEN {
        bytes.fill(0);
        return;
    }
    // Page and version stand at the front, so that the version can be told from what was read.
    let start = scramble(seed ^ scramble(u64::from(page) << 32 | u64::from(version)));
    for (number, word) in bytes.chunks_exact_mut(8).enumerate() {
        word.copy_from_slice(&scramble(start.wrapping_add(number as u64)).to_le_bytes());
    }
    bytes[..4].copy_from_slice(&page.to_le_bytes());
    bytes[4..8].copy_from_slice(&version.to_le_bytes());
}

/// The version of a page that `bytes` are, if they are one in every bit.
pub fn version_of(seed: u64, page: u32, bytes: &[u8; PAGE_BYTES]) -> Option<u32> {
    let version = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    let mut expected = [0; PAGE_BYTES];
    fill(seed, page, version, &mut expected);
    (expected == *bytes).then_some(version)
}

/// A bijection in which every output bit depends on every input bit (the finalizer of `splitmix64`).
fn scramble(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_version_is_told_from_its_bytes_and_no_inverted_bit_passes(
            seed: u64, page: u32, version: u32, bit in 0..PAGE_BYTES * 8,
        ) {
            let mut bytes = [0; PAGE_BYTES];
            fill(seed, page, version, &mut bytes);
            prop_assert_eq!(version_of(seed, page, &bytes), Some(version));
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(version_of(seed, page, &bytes), None);
        }

        #[test]
        fn the_content_of_another_page_or_seed_is_not_taken(seed: u64, page: u32, version in 1u32..) {
            let mut bytes = [0; PAGE_BYTES];
            fill(seed, page, version, &mut bytes);
            prop_assert_eq!(version_of(seed, page ^ 1, &bytes), None);
            prop_assert_eq!(version_of(seed ^ 1, page, &bytes), None);
        }
    }
}
