//! GTKWave save files: the signals of a waveform, grouped and formatted, at the interesting time.

use super::traced_design::{EnumTable, Role, Scope, ScopeKind, TracedDesign, Variable, View};
use super::{Error, Result};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

mod streams;

/// Flags of a trace, as GTKWave counts its check boxes.
mod flag {
    pub const HEXADECIMAL: u32 = 1 << 1;
    pub const DECIMAL: u32 = 1 << 2;
    pub const BINARY: u32 = 1 << 3;
    pub const RIGHT_JUSTIFIED: u32 = 1 << 5;
    pub const BLANK: u32 = 1 << 9;
    pub const SIGNED: u32 = 1 << 10;
    pub const FILE_TRANSLATED: u32 = 1 << 13;
    pub const CLOSED: u32 = 1 << 22;
    pub const GROUP_BEGIN: u32 = 1 << 23;
    pub const GROUP_END: u32 = 1 << 24;
}

/// Pixels that the window is taken to show.
const WAVE_PIXELS: f64 = 1200.0;

/// What GTKWave opens with `gtkwave run.gtkw`.
///
/// The top circuit's own nets come first; each of its blocks is a group, blocks within a block are closed groups. In a group
/// the nets of a stream (`valid`, `ready`, `data`, `last` behind one name) stand together, clocks and states on top.
/// Vectors are hexadecimal, signed ones decimal. States show by name: in a VCD they are text already, for an FST a
/// translation file per enumeration is written beside the save file.
#[derive(Clone, Debug)]
pub struct SaveFile<'a> {
    design: &'a TracedDesign,
    dump: PathBuf,
    interesting_ps: Range<u64>,
}

impl<'a> SaveFile<'a> {
    /// For the waveform at `dump` (`.vcd` or `.fst`), opening at this range of time in picoseconds.
    pub fn new(design: &'a TracedDesign, dump: impl Into<PathBuf>, interesting_ps: Range<u64>) -> Self {
        Self { design, dump: dump.into(), interesting_ps }
    }

    /// Writes the save file and the translation files (`<save file>.<enumeration>.states`); returns all paths, the save
    /// file first.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
        let path = path.as_ref();
        let translations: Vec<Option<PathBuf>> = if self.states_are_text() {
            vec![None; self.design.enums().len()]
        } else {
            self.design
                .enums()
                .iter()
                .enumerate()
                .map(|(index, table)| Some(self.states_path(path, index, table)))
                .collect()
        };
        let mut written = vec![path.to_owned()];
        for (table, translation) in self.design.enums().iter().zip(&translations) {
            if let Some(translation) = translation {
                write_file(translation, &states_text(table))?;
                written.push(translation.clone());
            }
        }
        write_file(path, &self.text(path, &translations))?;
        Ok(written)
    }

    fn states_are_text(&self) -> bool {
        self.dump.extension().is_none_or(|extension| extension != "fst")
    }

    /// Two enumerations of one name are told apart by their position.
    fn states_path(&self, path: &Path, index: usize, table: &EnumTable) -> PathBuf {
        let twins = self.design.enums().iter().filter(|other| other.name == table.name).count();
        let number = if twins > 1 { format!(".{index}") } else { String::new() };
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}{number}.states", table.name));
        PathBuf::from(name)
    }

    fn text(&self, path: &Path, translations: &[Option<PathBuf>]) -> String {
        let Range { start, end } = self.interesting_ps;
        let span = end.saturating_sub(start).max(1) as f64;
        // GTKWave shows 2^-zoom time units a pixel.
        let zoom = -(span / WAVE_PIXELS).log2();
        let mut lines = Lines { design: self.design, translations, text: String::new(), flags: None };
        let _ = writeln!(lines.text, "[*] hardpath {}", env!("CARGO_PKG_VERSION"));
        let _ = writeln!(lines.text, "[dumpfile] \"{}\"", absolute(&self.dump).display());
        let _ = writeln!(lines.text, "[savefile] \"{}\"", absolute(path).display());
        let _ = writeln!(lines.text, "[timestart] {start}");
        let _ = writeln!(lines.text, "[size] 1600 900\n[pos] -1 -1");
        let _ = writeln!(lines.text, "*{zoom:.6} {start}{}", " -1".repeat(26));
        let _ = writeln!(lines.text, "[treeopen] {}.", self.design.top().name);
        let _ = writeln!(lines.text, "[sst_width] 250\n[signals_width] 300\n[sst_expanded] 1\n[sst_vpaned_height] 300");
        let mut path = vec![self.design.top().name.as_str()];
        lines.scope(&mut path, self.design.top());
        lines.text.push_str("[pattern_trace] 1\n[pattern_trace] 0\n");
        lines.text
    }
}

struct Lines<'a> {
    design: &'a TracedDesign,
    translations: &'a [Option<PathBuf>],
    text: String,
    /// Flags of the line before; they hold until others follow.
    flags: Option<u32>,
}

impl<'a> Lines<'a> {
    fn scope(&mut self, path: &mut Vec<&'a str>, scope: &'a Scope) {
        let inner = signals_of_ports(&scope.scopes);
        // A connection repeats the port of the block it leads to.
        let shown = scope
            .variables
            .iter()
            .filter(|variable| !(variable.role == Role::Connection && inner.contains(&variable.signal)));
        let (first, rest): (Vec<&Variable>, Vec<&Variable>) =
            shown.partition(|variable| !matches!(self.design.signals()[variable.signal].view, View::Bits));
        for variable in first {
            self.variable(path, variable, &variable.name);
        }
        let (streams, single) = streams::gather(&rest);
        for stream in streams {
            self.group(stream.name, false, |lines| {
                for variable in stream.variables {
                    lines.variable(path, variable, &variable.name);
                }
            });
        }
        for variable in single {
            self.variable(path, variable, &variable.name);
        }
        let depth = path.len();
        for inner in &scope.scopes {
            path.push(&inner.name);
            let closed = inner.kind == ScopeKind::Instance && depth > 1;
            self.group(&inner.name, closed, |lines| lines.scope(path, inner));
            path.pop();
        }
    }

    fn group(&mut self, name: &str, closed: bool, content: impl FnOnce(&mut Self)) {
        let closed = if closed { flag::CLOSED } else { 0 };
        self.set_flags(flag::GROUP_BEGIN | flag::BLANK | closed);
        let _ = writeln!(self.text, "-{name}");
        content(self);
        self.set_flags(flag::GROUP_END | flag::BLANK | closed);
        let _ = writeln!(self.text, "-{name}");
    }

    fn variable(&mut self, path: &[&str], variable: &Variable, name: &str) {
        let signal = &self.design.signals()[variable.signal];
        let translation = match signal.view {
            View::Enum(table) => self.translations[table].as_deref(),
            _ => None,
        };
        let is_text = matches!(signal.view, View::Enum(_)) && translation.is_none();
        let base = match signal.view {
            View::Enum(_) | View::Clock(_) => flag::BINARY,
            View::Bits if signal.width == 1 => flag::BINARY,
            View::Bits if variable.signed => flag::DECIMAL | flag::SIGNED,
            View::Bits => flag::HEXADECIMAL,
        };
        let translated = if translation.is_some() { flag::FILE_TRANSLATED } else { 0 };
        self.set_flags(base | flag::RIGHT_JUSTIFIED | translated);
        if let Some(file) = translation {
            let _ = writeln!(self.text, "^1 {}", absolute(file).display());
        }
        let range = if signal.width == 1 || is_text { String::new() } else { format!("[{}:0]", signal.width - 1) };
        let _ = writeln!(self.text, "{}.{name}{range}", path.join("."));
    }

    fn set_flags(&mut self, flags: u32) {
        if self.flags != Some(flags) {
            self.flags = Some(flags);
            let _ = writeln!(self.text, "@{flags:x}");
        }
    }
}

/// Signals that appear as a port of one of these instances.
fn signals_of_ports(scopes: &[Scope]) -> HashSet<usize> {
    let ports = scopes.iter().filter(|scope| scope.kind == ScopeKind::Instance).flat_map(|scope| &scope.variables);
    ports.filter(|variable| matches!(variable.role, Role::Port(_))).map(|variable| variable.signal).collect()
}

/// Lines of value and name, as GTKWave's translation files want them.
fn states_text(table: &EnumTable) -> String {
    let width = table.width as usize;
    let lines = table.variants.iter().enumerate().map(|(value, name)| format!("{value:0width$b} {name}\n"));
    lines.collect()
}

/// GTKWave looks for relative names where it was started and not where the save file lies.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(Error::write(path))
}
