//! Value change dump (IEEE 1364) text.
//!
//! The `vcd` crate writes the header and the definitions. Value changes go through a formatter of our own into the same
//! stream: identifiers and names are rendered once, digits all at a time, so that a change of a 64-bit signal takes a few
//! nanoseconds. The crate's writer formats every digit on its own.

use super::background_file::{BackgroundFile, Batch, BatchWriter};
use super::growing_file::GrowingFile;
use super::traced_design::{Role, Scope, ScopeKind, TracedDesign, Variable, View};
use super::tracer::Sink;
use super::{Error, Result, binary_digits, decimal_digits};
use std::fs::File;
use std::path::Path;
use vcd::{IdCode, ReferenceIndex, ScopeType, TimescaleUnit, VarType};

/// Bytes gathered before they are handed to the system: what a processor's cache keeps.
const BUFFER_BYTES: usize = 1 << 18;

/// Bytes that are at hand to write a change of up to 64 bits: `b`, digits, suffix.
const LINE_BYTES: usize = 1 + 64 + 8;

/// Longest time: `#`, digits, line end.
const TIME_BYTES: usize = 22;

/// A VCD file, written while the simulation runs.
///
/// Enumerations are `string` variables that hold the name of the state, struct nets are scopes of their fields, and nets
/// that always carry one value share an identifier. The time scale is 1 ps. Leading zeros of vectors are left out, as the
/// format allows.
pub struct VcdSink {
    file: BackgroundFile<Text>,
    text: Text,
    signals: Vec<Format>,
    states: Vec<Vec<Vec<u8>>>,
    /// The most a sample can take.
    sample_bytes: usize,
}

/// Text on its way to the file.
struct Text {
    /// As long as it may become.
    buffer: Vec<u8>,
    used: usize,
}

impl Batch for Text {
    fn another(&self) -> Self {
        Self { buffer: vec![0; self.buffer.len()], used: 0 }
    }

    fn clear(&mut self) {
        self.used = 0;
    }
}

impl BatchWriter<Text> for GrowingFile {
    fn write(&mut self, text: &Text) -> std::io::Result<()> {
        self.append(&text.buffer[..text.used])
    }

    fn finish(self) -> std::io::Result<()> {
        GrowingFile::finish(self)
    }
}

/// How a signal's change is rendered.
#[derive(Clone, Copy)]
struct Format {
    kind: Kind,
    low: u32,
    width: u32,
    word: u32,
    /// Of a value within one word, at its low end.
    mask: u64,
    /// For a bit: identifier and line end. For a vector: with a space before.
    suffix: [u8; 8],
    suffix_len: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One bit.
    Bit,
    /// Bits within one word.
    Narrow,
    /// Bits of several words.
    Wide,
    /// The whole line of each state, in [`VcdSink::states`] at this index.
    Enum(u32),
}

impl VcdSink {
    /// Creates the file, replacing an older one, and writes the definitions.
    pub fn create(path: impl AsRef<Path>, design: &TracedDesign) -> Result<Self> {
        let path = path.as_ref();
        let file = File::create(path).map_err(|source| Error::Create { path: path.to_owned(), source })?;
        let mut file = GrowingFile::new(file);
        let mut header = Vec::new();
        write_definitions(&mut header, design).map_err(Error::write(path))?;
        file.append(&header).map_err(Error::write(path))?;
        let mut states = Vec::new();
        let signals: Vec<Format> =
            (0..design.signals().len()).map(|index| format_of(design, index, &mut states)).collect();
        let longest_state = states.iter().flatten().map(Vec::len).max().unwrap_or(0);
        let sample_bytes =
            TIME_BYTES + LINE_BYTES + signals.iter().map(|format| format.most_bytes(longest_state)).sum::<usize>();
        Ok(Self {
            file: BackgroundFile::new(path, file)?,
            text: Text { buffer: vec![0; BUFFER_BYTES + sample_bytes], used: 0 },
            signals,
            states,
            sample_bytes,
        })
    }

    /// Makes room for a whole sample.
    #[inline]
    fn reserve(&mut self) -> Result<()> {
        if self.text.used + self.sample_bytes > self.text.buffer.len() { self.flush() } else { Ok(()) }
    }

    #[cold]
    fn flush(&mut self) -> Result<()> {
        self.file.hand_over(&mut self.text)
    }
}

impl Sink for VcdSink {
    fn time(&mut self, time_ps: u64) -> Result<()> {
        self.reserve()?;
        let out = &mut self.text.buffer[self.text.used..][..TIME_BYTES];
        out[0] = b'#';
        let count = decimal_digits::write(&mut out[1..], time_ps);
        out[1 + count] = b'\n';
        self.text.used += 1 + count + 1;
        Ok(())
    }

    fn changes(&mut self, changed: &[u32], words: &[u64]) -> Result<()> {
        self.reserve()?;
        let mut used = self.text.used;
        for index in changed {
            let format = &self.signals[*index as usize];
            let out = &mut self.text.buffer[used..];
            used += match format.kind {
                Kind::Bit => format.write_bit(words[format.word as usize] >> format.low & 1, out),
                Kind::Narrow => format.write_narrow(words[format.word as usize] >> format.low & format.mask, out),
                Kind::Wide => format.write_wide(words, out),
                Kind::Enum(states) => format.write_state(words, &self.states[states as usize], out),
            };
        }
        self.text.used = used;
        Ok(())
    }

    fn clock(&mut self, signal: u32, level: bool) -> Result<()> {
        self.reserve()?;
        self.text.used +=
            self.signals[signal as usize].write_bit(u64::from(level), &mut self.text.buffer[self.text.used..]);
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        self.flush()?;
        self.file.finish()
    }
}

/// Each writes a change and returns its length; garbage may follow it, up to [`LINE_BYTES`].
impl Format {
    #[inline]
    fn write_bit(&self, bit: u64, out: &mut [u8]) -> usize {
        out[0] = b'0' + bit as u8;
        self.write_suffix(out, 1)
    }

    #[inline]
    fn write_narrow(&self, value: u64, out: &mut [u8]) -> usize {
        let out = &mut out[..LINE_BYTES];
        out[0] = b'b';
        let count = binary_digits::write_significant(digits_at(out, 1), value);
        self.write_suffix(out, 1 + count)
    }

    fn write_wide(&self, words: &[u64], out: &mut [u8]) -> usize {
        out[0] = b'b';
        let mut at = 1;
        let mut rest = self.width;
        while rest > 0 {
            let piece = (rest - 1) % 64 + 1;
            rest -= piece;
            let value = binary_digits::extract(&words[self.word as usize..], self.low + rest, piece);
            if at > 1 {
                binary_digits::write_word(digits_at(out, at), value);
                at += 64;
            } else if value != 0 || rest == 0 {
                at += binary_digits::write_significant(digits_at(out, at), value);
            }
        }
        self.write_suffix(out, at)
    }

    fn write_state(&self, words: &[u64], states: &[Vec<u8>], out: &mut [u8]) -> usize {
        let value = binary_digits::extract(&words[self.word as usize..], self.low, self.width);
        if let Some(line) = states.get(value as usize) {
            out[..line.len()].copy_from_slice(line);
            return line.len();
        }
        let number = format!("s{value}");
        out[..number.len()].copy_from_slice(number.as_bytes());
        self.write_suffix(out, number.len())
    }

    #[inline]
    fn write_suffix(&self, out: &mut [u8], at: usize) -> usize {
        out[at..at + 8].copy_from_slice(&self.suffix);
        at + self.suffix_len as usize
    }

    fn most_bytes(&self, longest_state: usize) -> usize {
        let value = match self.kind {
            Kind::Bit | Kind::Narrow | Kind::Wide => 1 + self.width as usize,
            // A value without a name is printed as a number.
            Kind::Enum(_) => longest_state.max(21),
        };
        value + self.suffix.len()
    }
}

#[inline]
fn digits_at(out: &mut [u8], at: usize) -> &mut [u8; 64] {
    (&mut out[at..at + 64]).try_into().expect("64 bytes")
}

/// Short identifiers, and none that is longer than a suffix can hold with space and line end.
fn id_of(signal: usize) -> IdCode {
    IdCode::from(signal as u32)
}

fn format_of(design: &TracedDesign, index: usize, states: &mut Vec<Vec<Vec<u8>>>) -> Format {
    let signal = &design.signals()[index];
    let is_bit = signal.width == 1 && !matches!(signal.view, View::Enum(_));
    let text = if is_bit { format!("{}\n", id_of(index)) } else { format!(" {}\n", id_of(index)) };
    let mut suffix = [0; 8];
    suffix[..text.len()].copy_from_slice(text.as_bytes());
    let kind = match signal.view {
        View::Enum(table) => {
            let variants = design.enums()[table].variants.iter();
            states.push(variants.map(|name| format!("s{name}{text}").into_bytes()).collect());
            Kind::Enum(states.len() as u32 - 1)
        }
        _ if is_bit => Kind::Bit,
        _ if signal.low + signal.width > 64 => Kind::Wide,
        _ => Kind::Narrow,
    };
    Format {
        kind,
        low: signal.low,
        width: signal.width,
        word: signal.word as u32,
        mask: u64::MAX >> (64 - signal.width.min(64)),
        suffix,
        suffix_len: text.len() as u32,
    }
}

fn write_definitions(out: &mut Vec<u8>, design: &TracedDesign) -> std::io::Result<()> {
    let mut writer = vcd::Writer::new(out);
    writer.version(concat!("hardpath ", env!("CARGO_PKG_VERSION")))?;
    writer.timescale(1, TimescaleUnit::PS)?;
    write_scope(&mut writer, design, design.top())?;
    writer.enddefinitions()
}

fn write_scope(writer: &mut vcd::Writer<&mut Vec<u8>>, design: &TracedDesign, scope: &Scope) -> std::io::Result<()> {
    // The format has no scope type for structs; a named block is a scope that is no module.
    let kind = match scope.kind {
        ScopeKind::Instance => ScopeType::Module,
        ScopeKind::Struct => ScopeType::Begin,
    };
    writer.scope_def(kind, &scope.name)?;
    for variable in &scope.variables {
        let signal = &design.signals()[variable.signal];
        let (kind, width, range) = match signal.view {
            View::Enum(_) => (VarType::String, 1, None),
            _ if signal.width == 1 => (var_type(variable), 1, None),
            _ => (var_type(variable), signal.width, Some(ReferenceIndex::Range(signal.width as i32 - 1, 0))),
        };
        writer.var_def(kind, width, id_of(variable.signal), &variable.name, range)?;
    }
    for inner in &scope.scopes {
        write_scope(writer, design, inner)?;
    }
    writer.upscope()
}

fn var_type(variable: &Variable) -> VarType {
    match variable.role {
        Role::Register => VarType::Reg,
        Role::Port(_) | Role::Connection | Role::Internal => VarType::Wire,
    }
}
