//! What a chip says of itself: identifier and ONFI parameter page.

use super::config::ChipConfig;
use super::flash::{FlashKind, FlashParameters};
use super::timing::TimingMode;
use super::timing_figures::Parameter;

/// Bytes of the parameter page.
pub const PARAMETER_PAGE_BYTES: usize = 256;
/// Copies of the parameter page that a chip outputs.
pub const PARAMETER_PAGE_COPIES: usize = 3;
/// What read ID answers at address 20h.
pub const SIGNATURE: [u8; 4] = *b"ONFI";

const CHECKSUM_START: u16 = 0x4F4E;
const CHECKSUM_POLYNOMIAL: u16 = 0x8005;

/// Revisions 1.0, 2.0, 2.1 and 2.2.
const REVISIONS: u16 = 0b1_1110;
/// Several LUNs, multi-plane program and erase, source-synchronous data, multi-plane read. Bit places unconfirmed.
const FEATURES: u16 = 1 << 1 | 1 << 3 | 1 << 5 | 1 << 6;
/// Cache program, cache read, features, status enhanced. Bit places unconfirmed.
const OPTIONAL_COMMANDS: u16 = 0b1111;
/// All six modes.
const ALL_MODES: u8 = 0b11_1111;
/// Two column cycles, three row cycles.
const ADDRESS_CYCLES: u8 = 0x23;

/// The CRC-16 of the parameter page: polynomial 8005h, start 4F4Eh, most significant bit first, nothing inverted.
pub fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(CHECKSUM_START, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| {
            if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ CHECKSUM_POLYNOMIAL }
        })
    })
}

/// What read ID answers at address 00h.
pub fn identifier(kind: FlashKind) -> [u8; 5] {
    match kind {
        // The bytes of a real 25 nm part; the other kinds differ in the third, which says bits per cell.
        FlashKind::Mlc | FlashKind::Emlc => [0x2C, 0x88, 0x04, 0x4B, 0xA9],
        FlashKind::Slc => [0x2C, 0x88, 0x00, 0x4B, 0xA9],
    }
}

/// One copy of the parameter page.
pub fn parameter_page(config: &ChipConfig) -> [u8; PARAMETER_PAGE_BYTES] {
    let (geometry, flash) = (&config.geometry, &config.flash);
    let slowest = |parameter| TimingMode::POWER_UP.figure(parameter).unwrap_or(0) / 1_000;
    let mut page = [0; PARAMETER_PAGE_BYTES];
    let mut put = |at: usize, bytes: &[u8]| page[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &SIGNATURE);
    put(4, &REVISIONS.to_le_bytes());
    put(6, &FEATURES.to_le_bytes());
    put(8, &OPTIONAL_COMMANDS.to_le_bytes());
    put(14, &[PARAMETER_PAGE_COPIES as u8]);
    put(32, b"HARDPATH    ");
    put(44, model(flash.kind));
    put(64, &[identifier(flash.kind)[0]]);
    put(80, &geometry.page_bytes.to_le_bytes());
    put(84, &(geometry.spare_bytes as u16).to_le_bytes());
    put(92, &geometry.pages_per_block.to_le_bytes());
    put(96, &geometry.blocks_per_lun().to_le_bytes());
    put(100, &[geometry.luns as u8, ADDRESS_CYCLES, flash.kind.bits_per_cell()]);
    put(103, &((f64::from(geometry.blocks_per_lun()) * 0.02).ceil() as u16).to_le_bytes());
    put(105, &endurance(flash.endurance));
    put(107, &[1]);
    put(110, &[flash.programs_per_page]);
    put(112, &[flash.correction_bits, geometry.plane_bits() as u8]);
    put(129, &u16::from(ALL_MODES).to_le_bytes());
    put(133, &microseconds(flash, |flash| flash.program.maximum_nanoseconds));
    put(135, &microseconds(flash, |flash| flash.erase.maximum_nanoseconds));
    put(137, &microseconds(flash, |flash| flash.read.maximum_nanoseconds));
    put(139, &(slowest(Parameter::Ccs) as u16).to_le_bytes());
    put(141, &[ALL_MODES]);
    put(154, &(slowest(Parameter::Adl) as u16).to_le_bytes());
    let sum = checksum(&page[..PARAMETER_PAGE_BYTES - 2]);
    page[PARAMETER_PAGE_BYTES - 2..].copy_from_slice(&sum.to_le_bytes());
    page
}

fn model(kind: FlashKind) -> &'static [u8; 20] {
    match kind {
        FlashKind::Slc => b"SLC MODEL           ",
        FlashKind::Mlc => b"MLC MODEL           ",
        FlashKind::Emlc => b"EMLC MODEL          ",
    }
}

fn microseconds(flash: &FlashParameters, time: impl Fn(&FlashParameters) -> u64) -> [u8; 2] {
    (time(flash).div_ceil(1_000).min(u64::from(u16::MAX)) as u16).to_le_bytes()
}

/// A value below 256 and a power of ten.
fn endurance(mut value: u32) -> [u8; 2] {
    let mut power = 0;
    while value > 255 || (value.is_multiple_of(10) && value > 9) {
        value /= 10;
        power += 1;
    }
    [value as u8, power]
}
