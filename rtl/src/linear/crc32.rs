//! The register of CRC-32 (IEEE 802.3), a bit at a time: what the columns of its matrices are made of.

use rust_hdl::prelude::Bits;

/// Generator polynomial 04C11DB7 with its highest power in bit 0, where each byte's first bit enters; facts/crc.md.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// The register, not inverted, behind a message and its checksum.
pub(crate) const RESIDUE: u32 = 0xDEBB_20E3;

/// The register after one more bit.
pub(crate) fn step(register: u32, bit: bool) -> u32 {
    let feedback = (register & 1 == 1) != bit;
    (register >> 1) ^ if feedback { POLYNOMIAL } else { 0 }
}

/// The register before a zero bit.
pub(crate) fn step_back(register: u32) -> u32 {
    let feedback = register >> 31;
    ((register ^ if feedback == 1 { POLYNOMIAL } else { 0 }) << 1) | feedback
}

/// The register after `bits` zero bits.
pub(crate) fn after_zeros(register: u32, bits: usize) -> u32 {
    (0..bits).fold(register, |register, _| step(register, false))
}

/// What each of the lowest `I` bits of the register adds to it when `bytes` zero bytes have passed: columns of a linear map.
pub(crate) fn zero_byte_columns<const I: usize>(bytes: usize) -> Vec<Bits<32>> {
    (0..I).map(|bit| u64::from(after_zeros(1 << bit, 8 * bytes)).into()).collect()
}

/// The register before `bits` zero bits.
pub(crate) fn before_zeros(register: u32, bits: usize) -> u32 {
    (0..bits).fold(register, |register, _| step_back(register))
}
