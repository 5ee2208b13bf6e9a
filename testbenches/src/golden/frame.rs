//! A Fibre Channel frame as words of a line.

use crc::{CRC_32_ISO_HDLC, Crc};

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// A word of a line: four bytes, the first in bits 7..=0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LineWord {
    /// The bytes.
    pub word: u32,
    /// The first is K28.5.
    pub is_ordered_set: bool,
}

/// The ordered set of these bytes as they are written, K28.5 first.
pub const fn ordered_set(bytes: u32) -> LineWord {
    LineWord { word: bytes.swap_bytes(), is_ordered_set: true }
}

/// Four bytes of a frame.
pub const fn data(word: u32) -> LineWord {
    LineWord { word, is_ordered_set: false }
}

/// Fill word up to 4 Gb/s.
pub const IDLE: LineWord = ordered_set(0xBC95_B5B5);
/// Fill word at 8 Gb/s.
pub const ARB_FF: LineWord = ordered_set(0xBC94_FFFF);
/// A receive buffer is free.
pub const R_RDY: LineWord = ordered_set(0xBC95_4A4A);

/// Header and payload of a frame, and where it stands in its sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its words, the first byte of each in bits 7..=0.
    pub words: Vec<u32>,
    /// It is the first of its sequence.
    pub first: bool,
    /// It is the last of its sequence.
    pub last: bool,
}

impl Frame {
    /// CRC of header and payload; its lowest byte is sent first.
    pub fn crc(&self) -> u32 {
        let bytes: Vec<u8> = self.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        CRC.checksum(&bytes)
    }

    /// From start to end of frame, the end in its form for negative running disparity.
    pub fn on_the_line(&self) -> Vec<LineWord> {
        let start = ordered_set(if self.first { 0xBCB5_5656 } else { 0xBCB5_3636 });
        let end = ordered_set(if self.last { 0xBC95_7575 } else { 0xBC95_D5D5 });
        let words = self.words.iter().copied().chain([self.crc()]).map(data);
        [start].into_iter().chain(words).chain([end]).collect()
    }
}
