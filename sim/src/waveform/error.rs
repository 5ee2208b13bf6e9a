//! What can go wrong with a waveform, with the file or value and what would be legal.

use std::path::{Path, PathBuf};
use thiserror::Error;

/// Result of waveform calls.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a waveform cannot be written.
#[derive(Debug, Error)]
pub enum Error {
    /// The engine refuses to observe or to run.
    #[error(transparent)]
    Engine(#[from] crate::engine::Error),
    /// The file cannot be created.
    #[error("cannot create waveform `{}`: {source}", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file cannot be written to any more.
    #[error("cannot write waveform `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A pattern that no scope and no net answers to.
    #[error("`{pattern}` selects no net of `{top}` (its blocks: {blocks})")]
    NothingSelected {
        /// The pattern.
        pattern: String,
        /// Name of the top circuit.
        top: String,
        /// Its instances.
        blocks: String,
    },
    /// A window without a cycle.
    #[error("the window from cycle {from} to cycle {to} holds no cycle (legal: an end after {from})")]
    EmptyWindow {
        /// First cycle.
        from: u64,
        /// End, exclusive.
        to: u64,
    },
    /// Clock periods that do not fit the design.
    #[error("{given} clock periods for a design with {expected} clock inputs (legal: one period per input)")]
    ClockCount {
        /// Periods given.
        given: usize,
        /// Clock inputs of the top circuit.
        expected: usize,
    },
    /// A clock period that cannot be drawn.
    #[error("clock period of {period_ps} ps (legal: 2 ps and more)")]
    ClockPeriod {
        /// The period.
        period_ps: u64,
    },
    /// Time that runs backwards.
    #[error("time {to_ps} ps after {from_ps} ps (legal: a later time)")]
    TimeOrder {
        /// Current time.
        from_ps: u64,
        /// Time wanted.
        to_ps: u64,
    },
}

impl Error {
    /// For `map_err` on a write to this file.
    pub(super) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Write { path: path.to_owned(), source }
    }
}
