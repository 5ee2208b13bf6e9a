//! What stands in a page that nobody has written.

/// Chip and row address.
pub type Page = (usize, u32);

/// The byte at a column of a page before anybody writes it: different for neighbours in every direction.
pub fn initial_byte((chip, row): Page, column: usize) -> u8 {
    let mut value = (chip as u32 + 1).wrapping_mul(0x9E37_79B1) ^ row.wrapping_mul(0x85EB_CA6B);
    value ^= (column as u32).wrapping_mul(0xC2B2_AE35);
    value ^= value >> 15;
    (value.wrapping_mul(0x2C1B_3C6D) >> 24) as u8
}
