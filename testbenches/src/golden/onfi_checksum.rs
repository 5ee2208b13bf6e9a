//! The checksum of an ONFI parameter page.

/// CRC-16 as a long division: the message, most significant bit first, followed by 16 zero bits, divided by
/// x^16 + x^15 + x^2 + 1, the first 16 bits inverted where 4F4Eh has ones. The remainder is the checksum.
pub fn onfi_checksum(bytes: &[u8]) -> u16 {
    let divisor: [bool; 17] = std::array::from_fn(|place| [0, 1, 14, 16].contains(&place));
    let mut bits: Vec<bool> =
        bytes.iter().chain(&[0, 0]).flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    for (place, bit) in bits.iter_mut().take(16).enumerate() {
        *bit ^= 0x4F4E >> (15 - place) & 1 == 1;
    }
    let message = bytes.len() * 8;
    for place in 0..message {
        if bits[place] {
            for (offset, divides) in divisor.iter().enumerate() {
                bits[place + offset] ^= divides;
            }
        }
    }
    bits[message..].iter().fold(0, |sum, bit| sum << 1 | u16::from(*bit))
}
