//! The blocks of an FST file.
//!
//! Written by code of our own: `fst-writer` takes a change in digit by digit, in 1,400 instructions, and 83 do. The format is
//! that of GTKWave's own writer: header, hierarchy, geometry (the widths of signals), then sections of value changes,
//! compressed signal by signal.

use super::background_file::BatchWriter;
use super::fst_hierarchy::Hierarchy;
use super::fst_numbers::{write_number, write_signed};
use super::fst_section::Section;
use super::growing_file::GrowingFile;
use super::traced_design::TracedDesign;
use std::io::Result;

const HEADER_BLOCK: u8 = 0;
const GEOMETRY_BLOCK: u8 = 3;
const HIERARCHY_BLOCK_LZ4: u8 = 6;
/// Value changes with numbers of variable length as places of signals.
const SECTION_BLOCK: u8 = 8;

const VERSION: &str = concat!("hardpath ", env!("CARGO_PKG_VERSION"));
const VERSION_BYTES: usize = 128;
const DATE_BYTES: usize = 119;
/// Picoseconds.
const TIMESCALE_EXPONENT: i8 = -12;
const FILE_TYPE_VERILOG: u8 = 0;

/// Says that value changes are compressed by LZ4.
const PACKED_BY_LZ4: u8 = b'4';
/// Shorter value changes of a signal are not worth compressing.
const LEAST_PACKED_BYTES: usize = 32;
/// From 0 to 10. What zlib has to compress is small and regular.
const ZLIB_LEVEL: u8 = 3;

/// Writes sections as they come, and the definitions in front of the first one.
pub(super) struct FstFile {
    file: GrowingFile,
    /// What lies between header and sections, until it is written.
    definitions: Option<Vec<u8>>,
    scopes: u64,
    variables: u64,
    /// Signals in the order of their handles.
    order: Vec<usize>,
    /// By signals.
    widths: Vec<u32>,
    /// The digits of all values at the start of the next section, in the order of handles.
    frame: Vec<u8>,
    end_ps: u64,
    sections: u64,
    block: Vec<u8>,
    packed: Vec<u8>,
}

impl FstFile {
    pub fn new(file: GrowingFile, design: &TracedDesign) -> Self {
        let hierarchy = Hierarchy::of(design);
        let widths: Vec<u32> = design.signals().iter().map(|signal| signal.width).collect();
        let digits = widths.iter().map(|width| *width as usize).sum();
        let mut file = Self {
            file,
            definitions: None,
            scopes: hierarchy.scopes,
            variables: hierarchy.variables,
            order: hierarchy.order,
            widths,
            frame: vec![b'x'; digits],
            end_ps: 0,
            sections: 0,
            block: Vec::new(),
            packed: Vec::new(),
        };
        file.definitions = Some(file.definitions(&hierarchy.bytes));
        file
    }

    fn header(&self) -> Vec<u8> {
        let start_ps = 0;
        let memory = 0;
        let mut content = Vec::new();
        for number in [start_ps, self.end_ps] {
            content.extend(u64::to_be_bytes(number));
        }
        // Tells the order of bytes in floating-point numbers.
        content.extend(std::f64::consts::E.to_le_bytes());
        for number in [memory, self.scopes, self.variables, self.order.len() as u64, self.sections] {
            content.extend(u64::to_be_bytes(number));
        }
        content.extend(TIMESCALE_EXPONENT.to_be_bytes());
        content.extend_from_slice(VERSION.as_bytes());
        content.resize(content.len() + VERSION_BYTES - VERSION.len() + DATE_BYTES, 0);
        content.push(FILE_TYPE_VERILOG);
        content.extend(start_ps.to_be_bytes());
        let mut out = Vec::new();
        write_block(&mut out, HEADER_BLOCK, &[&content]);
        out
    }

    fn definitions(&self, hierarchy: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let length = hierarchy.len() as u64;
        write_block(&mut out, HIERARCHY_BLOCK_LZ4, &[&length.to_be_bytes(), &lz4_flex::compress(hierarchy)]);
        let mut widths = Vec::new();
        for signal in &self.order {
            write_number(&mut widths, u64::from(self.widths[*signal]));
        }
        // As long as it says: not compressed.
        let (length, signals) = (widths.len() as u64, self.order.len() as u64);
        write_block(&mut out, GEOMETRY_BLOCK, &[&length.to_be_bytes(), &signals.to_be_bytes(), &widths]);
        out
    }

    fn write_definitions(&mut self) -> Result<()> {
        match self.definitions.take() {
            Some(definitions) => {
                self.file.append(&self.header())?;
                self.file.append(&definitions)
            }
            None => Ok(()),
        }
    }

    /// Encodes a section into [`FstFile::block`].
    fn encode(&mut self, section: &Section) {
        let signals = self.order.len() as u64;
        let out = &mut self.block;
        out.clear();
        out.push(SECTION_BLOCK);
        let memory: usize = section.streams.iter().map(|stream| stream.bytes().len()).sum();
        let length = 0;
        for number in [length, self.end_ps, section.time_ps, memory as u64] {
            out.extend(number.to_be_bytes());
        }
        let frame = deflated(&self.frame);
        for number in [self.frame.len(), frame.as_deref().unwrap_or(&self.frame).len()] {
            write_number(out, number as u64);
        }
        write_number(out, signals);
        out.extend_from_slice(frame.as_deref().unwrap_or(&self.frame));

        write_number(out, signals);
        let mut place = out.len();
        out.push(PACKED_BY_LZ4);
        // Per signal the distance from the place before, or how many signals have none.
        let mut places = Vec::new();
        let mut unchanged = 0;
        for signal in &self.order {
            let changes = section.streams[*signal].bytes();
            if changes.is_empty() {
                unchanged += 1;
                continue;
            }
            if unchanged > 0 {
                write_number(&mut places, std::mem::take(&mut unchanged) << 1);
            }
            write_signed(&mut places, ((out.len() - place) as u64) << 1 | 1);
            place = out.len();
            write_packed(out, &mut self.packed, changes);
        }
        if unchanged > 0 {
            write_number(&mut places, unchanged << 1);
        }
        out.extend_from_slice(&places);
        out.extend((places.len() as u64).to_be_bytes());

        let times = deflated(&section.times);
        let times = times.as_deref().unwrap_or(&section.times);
        out.extend_from_slice(times);
        for number in [section.times.len() as u64, times.len() as u64, section.time_count] {
            out.extend(number.to_be_bytes());
        }
        let length = out.len() as u64 - 1;
        out[1..9].copy_from_slice(&length.to_be_bytes());
    }

    /// Takes the latest values of a section.
    fn update_frame(&mut self, section: &Section) {
        let mut start = 0;
        for signal in &self.order {
            let (stream, width) = (&section.streams[*signal], self.widths[*signal]);
            let digits = &mut self.frame[start..start + width as usize];
            start += digits.len();
            if width == 1 {
                if let Some(bit) = stream.last_bit() {
                    digits[0] = b'0' + u8::from(bit);
                }
            } else if let Some(bytes) = stream.last_bits(width) {
                for (eight, byte) in digits.chunks_mut(8).zip(bytes) {
                    for (place, digit) in eight.iter_mut().enumerate() {
                        *digit = b'0' + (byte >> (7 - place) & 1);
                    }
                }
            }
        }
    }
}

impl BatchWriter<Section> for FstFile {
    fn write(&mut self, section: &Section) -> Result<()> {
        self.write_definitions()?;
        self.encode(section);
        self.file.append(&self.block)?;
        self.update_frame(section);
        self.end_ps = section.time_ps;
        self.sections += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.write_definitions()?;
        self.file.replace_start(&self.header())?;
        self.file.finish()
    }
}

/// Kind, length of what follows the kind, content.
fn write_block(out: &mut Vec<u8>, kind: u8, parts: &[&[u8]]) {
    out.push(kind);
    let length = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    out.extend((length as u64).to_be_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
}

/// The changes of a signal: their length and the compressed bytes, or zero and the bytes as they are.
fn write_packed(out: &mut Vec<u8>, packed: &mut Vec<u8>, changes: &[u8]) {
    if changes.len() >= LEAST_PACKED_BYTES {
        let most = lz4_flex::block::get_maximum_output_size(changes.len());
        packed.resize(packed.len().max(most), 0);
        let length = lz4_flex::compress_into(changes, packed).expect("room for the most there can be");
        if length < changes.len() {
            write_number(out, changes.len() as u64);
            out.extend_from_slice(&packed[..length]);
            return;
        }
    }
    write_number(out, 0);
    out.extend_from_slice(changes);
}

/// Compressed by zlib, if that makes them fewer.
fn deflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let deflated = miniz_oxide::deflate::compress_to_vec_zlib(bytes, ZLIB_LEVEL);
    (deflated.len() < bytes.len()).then_some(deflated)
}
