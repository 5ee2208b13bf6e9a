//! Which workload a user wants.

use super::host_command::HostCommand;
use super::iolog::{self, IologError};
use super::pattern::{Pattern, PatternKind};
use serde::Serialize;
use std::convert::Infallible;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Which commands the host gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkloadChoice {
    /// A built-in pattern.
    Pattern(PatternKind),
    /// A log of fio.
    Iolog(PathBuf),
}

impl FromStr for WorkloadChoice {
    type Err = Infallible;

    /// The name of a pattern, else a path.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_| Self::Iolog(PathBuf::from(text)), Self::Pattern))
    }
}

impl WorkloadChoice {
    /// The commands, for a device of `pages` pages; `pattern` gives the rest of a built-in one.
    ///
    /// # Errors
    /// If a log cannot be read or is not legal.
    pub fn commands(
        &self,
        pages: u32,
        pattern: impl FnOnce(PatternKind) -> Pattern,
    ) -> Result<Box<dyn Iterator<Item = HostCommand>>, IologError> {
        match self {
            Self::Pattern(kind) => Ok(Box::new(pattern(*kind).commands())),
            Self::Iolog(path) => Ok(Box::new(read_log(path, pages)?.into_iter())),
        }
    }

    /// All pages have to be written before it starts.
    pub fn needs_filled_device(&self) -> bool {
        matches!(self, Self::Pattern(kind) if kind.needs_filled_device())
    }
}

fn read_log(path: &Path, pages: u32) -> Result<Vec<HostCommand>, IologError> {
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => iolog::parse(&name, BufReader::new(file), pages),
        Err(source) => Err(IologError::Unreadable { file: name, source }),
    }
}
