//! Proofs: assertions in Verilog, decided by SymbiYosys with z3.
//!
//! [`prove`] writes the task, runs it and says what came of it. Assertions stand in a checker module
//! around the design (SystemVerilog `assert`, `assume`, `cover`), in a file that ends in `.sv`.

mod outcome;
mod task;
#[cfg(all(test, feature = "tool-tests"))]
mod tool_tests;

use std::fs;
use std::path::Path;

use thiserror::Error;

pub use outcome::{Outcome, Property};
pub use task::{Mode, ProofTask};

use crate::toolchain::{SourceError, Toolchain, ToolchainError, check_top, stage_sources};

/// Why a proof could not be attempted.
#[derive(Debug, Error)]
pub enum FormalError {
    /// A depth of zero proves nothing.
    #[error("depth 0: a proof looks at 1 clock cycle or more")]
    Depth,
    /// The design holds nothing to decide.
    #[error("{top} holds no {what}: there is nothing to decide")]
    NothingToDecide {
        /// The top module.
        top: String,
        /// `assert statement` or `cover statement`.
        what: &'static str,
    },
    /// SymbiYosys ended in a way it should not.
    #[error("SymbiYosys said: {0}")]
    UnknownStatus(String),
    /// The Verilog files cannot be handed to the tools.
    #[error(transparent)]
    Sources(#[from] SourceError),
    /// A tool failed.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
}

/// Decides the properties of `task` in `directory`, which is made if need be; the solver's files,
/// the counterexample among them, are in its folder `proof` afterwards.
///
/// A failed property is an [`Outcome`], an error means that nothing could be decided. A top module
/// without any property is an error: it would pass whatever the design does.
pub fn prove(toolchain: &Toolchain, task: &ProofTask<'_>, directory: &Path) -> Result<Outcome, FormalError> {
    if task.depth == 0 {
        return Err(FormalError::Depth);
    }
    check_top(task.top)?;
    let names = stage_sources(task.files, directory)?;
    let configuration = directory.join("proof.sby");
    fs::write(&configuration, task.configuration(&names)).map_err(ToolchainError::file("write", &configuration))?;

    let sby = toolchain.sby();
    let output = sby.output(["-f", "-d", "proof", "proof.sby"], directory)?;
    let proof = directory.join("proof");
    let model = proof.join("model").join("design_smt2.smt2");
    if let Ok(model) = fs::read_to_string(&model)
        && !task.mode.has_properties(&model)
    {
        return Err(FormalError::NothingToDecide { top: task.top.to_owned(), what: task.mode.statement() });
    }
    let status_file = proof.join("status");
    match fs::read_to_string(&status_file) {
        Ok(status) => match outcome::read(&status, &output.text(), directory) {
            Some(Ok(outcome)) => Ok(outcome),
            Some(Err(status)) => Err(FormalError::UnknownStatus(status)),
            None => Err(sby.failure(&output, directory).into()),
        },
        Err(_) => Err(sby.failure(&output, directory).into()),
    }
}
