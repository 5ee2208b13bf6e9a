//! Fast signal trace: the compressed binary format of GTKWave.

use super::background_file::BackgroundFile;
use super::binary_digits::extract;
use super::fst_file::FstFile;
use super::fst_section::Section;
use super::growing_file::GrowingFile;
use super::traced_design::{Signal, TracedDesign};
use super::tracer::Sink;
use super::{Error, Result};
use std::fs::File;
use std::path::Path;

/// Bytes of value changes gathered before they are compressed and written.
const SECTION_BYTES: usize = 2 << 20;

/// A section holds at least so many times the bytes of a frame, the values that it opens with.
const SECTION_FRAMES: usize = 8;

/// An FST file, written while the simulation runs, a section of value changes at a time.
///
/// Enumerations are bit vectors with a table of their states' names, struct nets are scopes of their fields, and nets that
/// always carry one value share a handle. The time scale is 1 ps. Files begin at time 0; before a window signals are
/// unknown (`x`).
pub struct FstSink {
    file: BackgroundFile<Section>,
    section: Section,
    section_bytes: usize,
    signals: Vec<Format>,
}

/// How a signal's change is encoded.
#[derive(Clone, Copy)]
struct Format {
    kind: Kind,
    signal: Signal,
    /// Of a value within one word: how far its bits are from the top of the word, and where they are then.
    shift: u32,
    mask: u64,
}

#[derive(Clone, Copy)]
enum Kind {
    /// One bit.
    Bit,
    /// Bits within one word.
    Narrow,
    /// Bits of several words.
    Wide,
}

impl FstSink {
    /// Creates the file, replacing an older one.
    pub fn create(path: impl AsRef<Path>, design: &TracedDesign) -> Result<Self> {
        let path = path.as_ref();
        let file = File::create(path).map_err(|source| Error::Create { path: path.to_owned(), source })?;
        let frame_bytes: usize = design.signals().iter().map(|signal| signal.width as usize).sum();
        Ok(Self {
            file: BackgroundFile::new(path, FstFile::new(GrowingFile::new(file), design))?,
            section: Section::new(design.signals().len()),
            section_bytes: SECTION_BYTES.max(SECTION_FRAMES * frame_bytes),
            signals: design.signals().iter().map(|signal| Format::of(*signal)).collect(),
        })
    }
}

impl Format {
    fn of(signal: Signal) -> Self {
        let end = signal.low + signal.width;
        let kind = match signal.width {
            1 => Kind::Bit,
            _ if end <= 64 => Kind::Narrow,
            _ => Kind::Wide,
        };
        let (shift, mask) = match kind {
            Kind::Narrow => (64 - end, u64::MAX << (64 - signal.width)),
            Kind::Bit | Kind::Wide => (0, 0),
        };
        Self { kind, signal, shift, mask }
    }

    /// The words of a value, the highest first, each with the bytes that its bits take at its top.
    fn wide(&self, words: &[u64]) -> impl Iterator<Item = (u64, usize)> {
        let Signal { word, low, width, .. } = self.signal;
        (0..width.div_ceil(64)).map(move |index| {
            let rest = width - 64 * index;
            let piece = rest.min(64);
            let value = extract(&words[word..], low + rest - piece, piece);
            (value << (64 - piece), piece.div_ceil(8) as usize)
        })
    }
}

impl Sink for FstSink {
    fn time(&mut self, time_ps: u64) -> Result<()> {
        // Readers join sections only where a new time begins.
        if self.section.bytes > self.section_bytes {
            self.file.hand_over(&mut self.section)?;
        }
        self.section.push_time(time_ps);
        Ok(())
    }

    fn changes(&mut self, changed: &[u32], words: &[u64]) -> Result<()> {
        for index in changed {
            let index = *index as usize;
            let format = &self.signals[index];
            let Signal { word, low, width, .. } = format.signal;
            match format.kind {
                Kind::Bit => self.section.push_bit(index, extract(&words[word..], low, 1)),
                Kind::Narrow => {
                    let value = words[word] << format.shift & format.mask;
                    self.section.push_narrow(index, value, width.div_ceil(8) as usize);
                }
                Kind::Wide => self.section.push_wide(index, format.wide(words)),
            }
        }
        Ok(())
    }

    fn clock(&mut self, signal: u32, level: bool) -> Result<()> {
        self.section.push_bit(signal as usize, u64::from(level));
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if self.section.time_count > 0 {
            self.file.hand_over(&mut self.section)?;
        }
        self.file.finish()
    }
}
