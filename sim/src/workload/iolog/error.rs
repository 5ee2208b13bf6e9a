//! What is wrong with a log.

use std::io;
use thiserror::Error;

/// A log that cannot be replayed.
#[derive(Debug, Error)]
pub enum IologError {
    /// The file cannot be read, or is no text.
    #[error("cannot read {file}")]
    Unreadable {
        /// The log.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A field of a line is not legal.
    #[error("{file}:{line}: {field} {value:?} (legal: {legal})")]
    Line {
        /// The log.
        file: String,
        /// Its line, counted from 1.
        line: usize,
        /// The field.
        field: &'static str,
        /// What stands there.
        value: String,
        /// What is legal.
        legal: String,
    },
}
