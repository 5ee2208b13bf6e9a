//! The hierarchy block of an FST file, with what `fst-writer` cannot express: names of enumeration states.
//!
//! `fst-writer` writes header, hierarchy and geometry once and returns to the header alone later. [`HierarchyFile`]
//! therefore holds these three blocks in memory until the first value changes arrive and puts its own hierarchy block in
//! the place of the one that was written.

use super::traced_design::{EnumTable, Role, Scope, ScopeKind, TracedDesign, View};
use fst_writer::{FstScopeType, FstVarDirection, FstVarType};
use hardpath_netlist::PortDirection;
use std::fs::File;
use std::io::{BufWriter, Cursor, Result, Seek, SeekFrom, Write};

const HEADER_BLOCK: u8 = 0;
const GEOMETRY_BLOCK: u8 = 3;
const HIERARCHY_BLOCK_LZ4: u8 = 6;

const ATTRIBUTE_BEGIN: u8 = 252;
const SCOPE_BEGIN: u8 = 254;
const SCOPE_END: u8 = 255;
const ATTRIBUTE_MISCELLANEOUS: u8 = 0;
const ATTRIBUTE_ENUM_TABLE: u8 = 7;

/// Type and direction of a variable as both this module and `fst-writer` declare it.
pub(super) fn var_type_of(role: Role) -> (FstVarType, FstVarDirection) {
    match role {
        Role::Port(PortDirection::Input) => (FstVarType::Wire, FstVarDirection::Input),
        Role::Port(PortDirection::Output) => (FstVarType::Wire, FstVarDirection::Output),
        Role::Register => (FstVarType::Reg, FstVarDirection::Implicit),
        Role::Connection | Role::Internal => (FstVarType::Wire, FstVarDirection::Implicit),
    }
}

/// Scope type as both this module and `fst-writer` declare it.
pub(super) fn scope_type_of(kind: ScopeKind) -> FstScopeType {
    match kind {
        ScopeKind::Instance => FstScopeType::Module,
        ScopeKind::Struct => FstScopeType::Struct,
    }
}

/// A variable's name with its range, the format's way to tell the numbering of bits.
pub(super) fn ranged_name(name: &str, width: u32) -> String {
    if width == 1 { name.to_owned() } else { format!("{name} [{}:0]", width - 1) }
}

/// The uncompressed hierarchy. `handles`: per signal the number under which the geometry lists it, from 1 on.
pub(super) fn hierarchy(design: &TracedDesign, handles: &[u32]) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, table) in design.enums().iter().enumerate() {
        write_attribute(&mut out, &enum_text(table), index as u64 + 1);
    }
    write_scope(&mut out, design, handles, &mut vec![false; design.signals().len()], design.top());
    out
}

/// Name, number of states, names, values in binary digits.
fn enum_text(table: &EnumTable) -> String {
    let width = table.width as usize;
    let values = (0..table.variants.len()).map(|value| format!("{value:0width$b}"));
    let mut words = vec![table.name.clone(), table.variants.len().to_string()];
    words.extend(table.variants.iter().cloned());
    words.extend(values);
    words.join(" ")
}

fn write_scope(out: &mut Vec<u8>, design: &TracedDesign, handles: &[u32], declared: &mut [bool], scope: &Scope) {
    out.extend([SCOPE_BEGIN, scope_type_of(scope.kind) as u8]);
    write_text(out, &scope.name);
    write_text(out, &scope.component);
    for variable in &scope.variables {
        let signal = &design.signals()[variable.signal];
        if let View::Enum(table) = signal.view {
            write_attribute(out, "", table as u64 + 1);
        }
        let (kind, direction) = var_type_of(variable.role);
        out.extend([kind as u8, direction as u8]);
        write_text(out, &ranged_name(&variable.name, signal.width));
        write_number(out, u64::from(signal.width));
        // Zero declares the next handle; anything else is an alias.
        let alias = if declared[variable.signal] { handles[variable.signal] } else { 0 };
        declared[variable.signal] = true;
        write_number(out, u64::from(alias));
    }
    for inner in &scope.scopes {
        write_scope(out, design, handles, declared, inner);
    }
    out.push(SCOPE_END);
}

/// With a text an attribute defines the enumeration of this number, without it refers to it.
fn write_attribute(out: &mut Vec<u8>, text: &str, number: u64) {
    out.extend([ATTRIBUTE_BEGIN, ATTRIBUTE_MISCELLANEOUS, ATTRIBUTE_ENUM_TABLE]);
    write_text(out, text);
    write_number(out, number);
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.push(0);
}

/// Seven bits a byte, lowest first.
fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A block of LZ4's block format that holds literals only: any reader accepts it, and a hierarchy is small.
fn lz4_literals(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 255 + 2);
    let extended = bytes.len().checked_sub(15);
    out.push((bytes.len().min(15) as u8) << 4);
    if let Some(mut rest) = extended {
        while rest >= 255 {
            out.push(255);
            rest -= 255;
        }
        out.push(rest as u8);
    }
    out.extend_from_slice(bytes);
    out
}

/// The file below `fst-writer`.
pub(super) struct HierarchyFile {
    file: BufWriter<File>,
    /// The blocks before the first value changes, until these arrive.
    held: Option<Cursor<Vec<u8>>>,
    hierarchy: Vec<u8>,
}

impl HierarchyFile {
    pub fn new(file: File, hierarchy: Vec<u8>) -> Self {
        Self { file: BufWriter::with_capacity(1 << 18, file), held: Some(Cursor::new(Vec::new())), hierarchy }
    }

    /// Where the blocks of `bytes` begin and end, if they are whole ones: kind, start, end.
    fn blocks(bytes: &[u8]) -> Option<Vec<(u8, usize, usize)>> {
        let mut blocks = Vec::new();
        let mut start = 0;
        while start < bytes.len() {
            let length = bytes.get(start + 1..start + 9)?;
            let length = u64::from_be_bytes(length.try_into().ok()?) as usize;
            let end = start + 1 + length;
            if length < 8 || end > bytes.len() {
                return None;
            }
            blocks.push((bytes[start], start, end));
            start = end;
        }
        Some(blocks)
    }

    /// Writes out what is held once all three blocks are complete.
    fn release(&mut self) -> Result<()> {
        let Some(held) = &self.held else { return Ok(()) };
        let bytes = held.get_ref();
        if held.position() as usize != bytes.len() {
            return Ok(());
        }
        let Some(blocks) = Self::blocks(bytes) else { return Ok(()) };
        let [(HEADER_BLOCK, ..), (HIERARCHY_BLOCK_LZ4, hierarchy_start, hierarchy_end), (GEOMETRY_BLOCK, ..)] =
            blocks[..]
        else {
            return Ok(());
        };
        let compressed = lz4_literals(&self.hierarchy);
        self.file.write_all(&bytes[..hierarchy_start])?;
        self.file.write_all(&[HIERARCHY_BLOCK_LZ4])?;
        self.file.write_all(&(compressed.len() as u64 + 16).to_be_bytes())?;
        self.file.write_all(&(self.hierarchy.len() as u64).to_be_bytes())?;
        self.file.write_all(&compressed)?;
        self.file.write_all(&bytes[hierarchy_end..])?;
        self.held = None;
        Ok(())
    }
}

impl Write for HierarchyFile {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.release()?;
        match &mut self.held {
            Some(held) => held.write(bytes),
            None => self.file.write(bytes),
        }
    }

    fn flush(&mut self) -> Result<()> {
        self.release()?;
        self.file.flush()
    }
}

impl Seek for HierarchyFile {
    fn seek(&mut self, position: SeekFrom) -> Result<u64> {
        match &mut self.held {
            Some(held) => held.seek(position),
            None => self.file.seek(position),
        }
    }

    fn stream_position(&mut self) -> Result<u64> {
        match &mut self.held {
            Some(held) => held.stream_position(),
            None => self.file.stream_position(),
        }
    }
}
