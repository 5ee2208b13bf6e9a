//! Fast signal trace: the compressed binary format of GTKWave.

use super::binary_digits;
use super::fst_hierarchy::{HierarchyFile, hierarchy, ranged_name, scope_type_of, var_type_of};
use super::traced_design::{Scope, Signal, TracedDesign};
use super::tracer::Sink;
use super::{Error, Result};
use fst_writer::{FstBodyWriter, FstFileType, FstHeaderWriter, FstInfo, FstSignalId, FstSignalType, FstWriteError};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Bytes of value changes gathered before they are compressed and written.
const SECTION_BYTES: usize = 4 << 20;

/// Time unit: picoseconds.
const TIMESCALE_EXPONENT: i8 = -12;

/// An FST file, written while the simulation runs, a section of value changes at a time.
///
/// Enumerations are bit vectors with a table of their states' names, struct nets are scopes of their fields, and nets that
/// always carry one value share a handle. The time scale is 1 ps. Files begin at time 0; before a window signals are
/// unknown (`x`).
pub struct FstSink {
    path: PathBuf,
    /// `None` once finished.
    writer: Option<FstBodyWriter<HierarchyFile>>,
    signals: Vec<(Signal, FstSignalId)>,
    digits: Vec<u8>,
    /// Time last given.
    time_ps: u64,
}

impl FstSink {
    /// Creates the file, replacing an older one, and declares the signals.
    pub fn create(path: impl AsRef<Path>, design: &TracedDesign) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let file = File::create(&path).map_err(|source| Error::Create { path: path.clone(), source })?;
        let mut order = Vec::new();
        collect_order(design.top(), &mut vec![false; design.signals().len()], &mut order);
        let mut handles = vec![0; design.signals().len()];
        for (position, signal) in order.iter().enumerate() {
            handles[*signal] = position as u32 + 1;
        }
        let info = FstInfo {
            start_time: 0,
            timescale_exponent: TIMESCALE_EXPONENT,
            version: concat!("hardpath ", env!("CARGO_PKG_VERSION")).to_owned(),
            date: String::new(),
            file_type: FstFileType::Verilog,
        };
        let mut definitions = Definitions { design, ids: vec![None; design.signals().len()] };
        let writer = FstHeaderWriter::new(HierarchyFile::new(file, hierarchy(design, &handles)), &info)
            .and_then(|mut header| {
                definitions.declare(&mut header, design.top())?;
                header.finish()
            })
            .map_err(Error::fst(&path))?;
        let signals = design
            .signals()
            .iter()
            .zip(definitions.ids)
            .map(|(signal, id)| (*signal, id.expect("every signal belongs to a variable")))
            .collect();
        let widest = design.signals().iter().map(|signal| signal.width).max().unwrap_or(1);
        Ok(Self { path, writer: Some(writer), signals, digits: vec![b'0'; widest as usize], time_ps: 0 })
    }
}

/// Signals in the order in which their first variable appears.
fn collect_order(scope: &Scope, seen: &mut [bool], order: &mut Vec<usize>) {
    for variable in &scope.variables {
        if !std::mem::replace(&mut seen[variable.signal], true) {
            order.push(variable.signal);
        }
    }
    for inner in &scope.scopes {
        collect_order(inner, seen, order);
    }
}

struct Definitions<'a> {
    design: &'a TracedDesign,
    ids: Vec<Option<FstSignalId>>,
}

impl Definitions<'_> {
    fn declare(&mut self, header: &mut FstHeaderWriter<HierarchyFile>, scope: &Scope) -> fst_writer::Result<()> {
        header.scope(&scope.name, &scope.component, scope_type_of(scope.kind))?;
        for variable in &scope.variables {
            let width = self.design.signals()[variable.signal].width;
            let (kind, direction) = var_type_of(variable.role);
            let known = self.ids[variable.signal];
            let name = ranged_name(&variable.name, width);
            let id = header.var(name, FstSignalType::bit_vec(width), kind, direction, known)?;
            self.ids[variable.signal] = Some(id);
        }
        for inner in &scope.scopes {
            self.declare(header, inner)?;
        }
        header.up_scope()
    }
}

impl Sink for FstSink {
    fn time(&mut self, time_ps: u64) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        self.time_ps = time_ps;
        // The writer can end a section only right before a new time.
        let full = writer.size() > SECTION_BYTES;
        let written = if full { writer.flush() } else { Ok(()) };
        written.and_then(|()| writer.time_change(time_ps)).map_err(Error::fst(&self.path))
    }

    fn changes(&mut self, changed: &[u32], words: &[u64]) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        for index in changed {
            let (signal, id) = &self.signals[*index as usize];
            let digits = &mut self.digits[..signal.width as usize];
            binary_digits::write_exact(digits, &words[signal.word..], signal.low);
            writer.signal_change(*id, digits).map_err(Error::fst(&self.path))?;
        }
        Ok(())
    }

    fn clock(&mut self, signal: u32, level: bool) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let (_, id) = self.signals[signal as usize];
        writer.signal_change(id, if level { b"1" } else { b"0" }).map_err(Error::fst(&self.path))
    }

    fn finish(&mut self) -> Result<()> {
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        if self.time_ps == 0 {
            // Readers want a time table, and time 0 alone makes none.
            writer.time_change(1).map_err(Error::fst(&self.path))?;
        }
        let finished: std::result::Result<(), FstWriteError> =
            writer.finish().and_then(|mut file| file.flush().map_err(FstWriteError::Io));
        finished.map_err(Error::fst(&self.path))
    }
}
