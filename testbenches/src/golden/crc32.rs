//! The CRC of Fibre Channel, Ethernet and InfiniBand.

/// Powers of x in the generator polynomial.
const GENERATOR: [usize; 15] = [32, 26, 23, 22, 16, 12, 11, 10, 8, 7, 5, 4, 2, 1, 0];

/// CRC-32 as a long division: the bits of the message in the order of the line (each byte's lowest bit first), the first 32
/// of them inverted, 32 zero bits behind, divided by the generator polynomial. The remainder is inverted and sent highest
/// power first; read as a little-endian number its highest power is bit 0.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut bits: Vec<bool> =
        bytes.iter().chain(&[0; 4]).flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).collect();
    bits.iter_mut().take(32).for_each(|bit| *bit = !*bit);
    let message = 8 * bytes.len();
    for place in 0..message {
        if bits[place] {
            for power in GENERATOR {
                bits[place + 32 - power] ^= true;
            }
        }
    }
    bits[message..].iter().rev().fold(0, |value, bit| value << 1 | u32::from(!bit))
}

/// Whether the last four bytes are the CRC of what stands before them.
pub fn ends_in_its_crc32(bytes: &[u8]) -> bool {
    bytes.split_last_chunk::<4>().is_some_and(|(message, crc)| u32::from_le_bytes(*crc) == crc32(message))
}
