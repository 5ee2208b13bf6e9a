//! A frame with all that stands around it on a line.

use std::collections::VecDeque;

use crc::{CRC_32_ISO_HDLC, Crc};
use thiserror::Error;

use super::word_receiver::LineWord;
use crate::models::fibre_channel::frame::{Frame, FrameError};

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
const SOF_I3: [u8; 4] = [0xBC, 0xB5, 0x56, 0x56];
const SOF_N3: [u8; 4] = [0xBC, 0xB5, 0x36, 0x36];
/// Third and fourth byte of the ends of frames; the second depends on what is before it.
const EOF_T: u8 = 0x75;
const EOF_N: u8 = 0xD5;
const EOF_A: u8 = 0xF5;

/// From start to end of frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFrame {
    /// SOF.
    pub start: [u8; 4],
    /// Header and payload.
    pub bytes: Vec<u8>,
    /// CRC as it is sent.
    pub crc: [u8; 4],
    /// EOF.
    pub end: [u8; 4],
}

/// Why what came is no frame to keep.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LineFrameError {
    /// SOF of another class.
    #[error("SOF {0:02X?} is not of class 3")]
    Start([u8; 4]),
    /// EOF of a frame that is not to be used.
    #[error("EOF {0:02X?} says that the frame is invalid")]
    End([u8; 4]),
    /// CRC.
    #[error("CRC {got:08X} instead of {expected:08X}")]
    Crc {
        /// What came.
        got: u32,
        /// What would fit.
        expected: u32,
    },
    /// Length.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

impl From<&Frame> for LineFrame {
    fn from(frame: &Frame) -> Self {
        let bytes = [frame.header.to_bytes().as_slice(), &frame.payload].concat();
        let end = if frame.is_last { EOF_T } else { EOF_N };
        Self {
            start: if frame.is_first { SOF_I3 } else { SOF_N3 },
            crc: CRC.checksum(&bytes).to_le_bytes(),
            bytes,
            end: [0xBC, 0x95, end, end],
        }
    }
}

impl LineFrame {
    /// Whether an ordered set begins a frame.
    pub fn is_start(set: [u8; 4]) -> bool {
        set[1] == 0xB5
            && set[2] == set[3]
            && matches!(set[2], 0x17 | 0x57 | 0x37 | 0x55 | 0x35 | 0x56 | 0x36 | 0x19 | 0x59 | 0x39 | 0x58)
    }

    /// Whether an ordered set ends a frame.
    pub fn is_end(set: [u8; 4]) -> bool {
        matches!(set[1], 0x95 | 0xB5 | 0x8A | 0xAA)
            && set[2] == set[3]
            && matches!(set[2], EOF_T | EOF_N | EOF_A | 0x95 | 0x99)
    }

    /// Its words, from SOF to EOF.
    pub fn words(&self) -> VecDeque<LineWord> {
        let content = [self.bytes.as_slice(), &self.crc].concat();
        let data = content.chunks(4).filter_map(|word| Some(LineWord::Data(word.try_into().ok()?)));
        [LineWord::Set(self.start)].into_iter().chain(data).chain([LineWord::Set(self.end)]).collect()
    }

    /// The frame, if it is a good one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<Frame, LineFrameError> {
        if self.start != SOF_I3 && self.start != SOF_N3 {
            return Err(LineFrameError::Start(self.start));
        }
        if !matches!(self.end[1], 0x95 | 0xB5) || !matches!(self.end[2], EOF_T | EOF_N) {
            return Err(LineFrameError::End(self.end));
        }
        let (got, expected) = (u32::from_le_bytes(self.crc), CRC.checksum(&self.bytes));
        if got != expected {
            return Err(LineFrameError::Crc { got, expected });
        }
        let words: Vec<u32> =
            self.bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect();
        Ok(Frame::from_words(&words, self.start == SOF_I3, self.end[2] == EOF_T)?)
    }
}
