//! Frames out of the words of a line.

use super::line_frame::LineFrame;
use super::word_receiver::LineWord;

/// Bytes of the longest frame, header and payload and CRC.
const LONGEST: usize = 24 + 2112 + 4;

/// Puts the words of frames together.
#[derive(Clone, Debug, Default)]
pub struct FrameAssembler(Option<([u8; 4], Vec<u8>)>);

/// What a word did to the frame that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assembly {
    /// Nothing, or the frame goes on.
    Nothing,
    /// The frame is over: it is whole, as far as its length tells.
    Whole(LineFrame),
    /// The frame is over: it was too short or too long, or something else came within it.
    Broken,
}

impl FrameAssembler {
    /// Takes a word.
    pub fn take(&mut self, word: LineWord) -> Assembly {
        match word {
            LineWord::Data(bytes) => {
                if let Some((_, frame)) = &mut self.0 {
                    frame.extend(bytes);
                    if frame.len() > LONGEST {
                        return self.break_off();
                    }
                }
                Assembly::Nothing
            }
            LineWord::Set(end) if LineFrame::is_end(end) => {
                let Some((start, mut bytes)) = self.0.take() else { return Assembly::Nothing };
                let crc = bytes.len().checked_sub(4).and_then(|place| bytes.split_off(place).try_into().ok());
                crc.map_or(Assembly::Broken, |crc| Assembly::Whole(LineFrame { start, bytes, crc, end }))
            }
            LineWord::Set(set) => {
                let before = self.break_off();
                self.0 = LineFrame::is_start(set).then(|| (set, vec![]));
                before
            }
            LineWord::Invalid | LineWord::Lost => self.break_off(),
        }
    }

    /// What came so far is nobody's.
    pub fn forget(&mut self) {
        self.0 = None;
    }

    fn break_off(&mut self) -> Assembly {
        if self.0.take().is_some() { Assembly::Broken } else { Assembly::Nothing }
    }
}
