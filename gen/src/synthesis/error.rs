//! What can go wrong between Verilog and a report.

use std::path::PathBuf;

use thiserror::Error;

use crate::toolchain::{SourceError, ToolchainError};

/// A failure to synthesize, place, route or report.
#[derive(Debug, Error)]
pub enum SynthesisError {
    /// `constraints/` holds no such board.
    #[error("unknown board `{name}` (known: {})", known.join(", "))]
    UnknownBoard {
        /// The name asked for.
        name: String,
        /// Every board there is, sorted.
        known: Vec<String>,
    },
    /// A board's description cannot be used.
    #[error("{path}: {problem}")]
    BoardFile {
        /// The `board.toml`.
        path: PathBuf,
        /// The field and what is wrong with it.
        problem: String,
    },
    /// The block has more port bits than the board's device has pins.
    #[error(
        "{top} has {port_bits} port bits, {board} has {user_pins} user pins, and the flow for its \
         device family cannot measure out of context; choose a board with an ECP5 device"
    )]
    TooManyPorts {
        /// The top module.
        top: String,
        /// Bits over all its ports.
        port_bits: u64,
        /// The board's name.
        board: String,
        /// Pins of the package a user may drive.
        user_pins: u32,
    },
    /// Out of context was asked for on a family whose place and route cannot do it.
    #[error(
        "{board}: the flow for its device family cannot measure out of context; choose a board \
         with an ECP5 device"
    )]
    NoOutOfContext {
        /// The board's name.
        board: String,
    },
    /// No seed to try.
    #[error("0 seeds: place and route needs at least 1")]
    NoSeeds,
    /// A tool wrote a file that is not as expected.
    #[error("{path}: {problem}")]
    ToolResult {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The Verilog files cannot be handed to the tools.
    #[error(transparent)]
    Sources(#[from] SourceError),
    /// A tool failed.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
}
