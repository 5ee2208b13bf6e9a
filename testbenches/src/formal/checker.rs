//! A checker around an emitted circuit, handed to SymbiYosys.

use anyhow::Result;
use hardpath_gen::formal::{Mode, Outcome, ProofTask, prove};
use hardpath_gen::toolchain::Toolchain;
use std::fs;
use std::path::Path;

use super::EmittedVerilog;

/// Module that assumes the rules of a circuit's inputs and asserts what its outputs must do.
///
/// Its text instantiates the macro `` `CIRCUIT`` with `` `OBSERVATIONS`` behind the circuit's own ports, and may use the
/// macros of `parameters`. `` `OBSERVED`` is defined if the circuit was prepared with observation ports.
#[derive(Clone, Debug)]
pub struct Checker {
    /// Name of the module.
    pub(super) module: &'static str,
    /// SystemVerilog text.
    pub(super) text: &'static str,
    /// Macros and their values.
    pub(super) parameters: Vec<(&'static str, String)>,
}

impl Checker {
    /// Decides the assertions or cover statements around `circuit`, as `mode` says, over `depth` clock cycles. Files are left
    /// in `directory`, which must exist.
    ///
    /// # Errors
    /// If a file cannot be written, or the tools fail or cannot decide for another reason than the question's difficulty.
    pub fn decide(
        &self,
        toolchain: &Toolchain,
        circuit: &EmittedVerilog,
        mode: Mode,
        depth: u32,
        directory: &Path,
    ) -> Result<Outcome> {
        let sources = directory.join("sources");
        fs::create_dir_all(&sources)?;
        let mut files = circuit.write(&sources)?;
        let checker = sources.join(format!("{}.sv", self.module));
        fs::write(&checker, self.source(circuit))?;
        files.push(checker);
        let task = ProofTask { files: &files, top: self.module, mode, depth, timeout_seconds: Some(TIMEOUT_SECONDS) };
        Ok(prove(toolchain, &task, &directory.join("work"))?)
    }

    /// The checker's text with its macros in front.
    fn source(&self, circuit: &EmittedVerilog) -> String {
        let observations = circuit.connections();
        let mut text = format!("`define CIRCUIT {}\n`define OBSERVATIONS {observations}\n", circuit.top());
        if !observations.is_empty() {
            text.push_str("`define OBSERVED\n");
        }
        for (name, value) in &self.parameters {
            text.push_str(&format!("`define {name} {value}\n"));
        }
        text.push_str(self.text);
        text
    }
}

/// Far above what any of the proofs takes, so that a proof that hangs ends with a message.
const TIMEOUT_SECONDS: u32 = 1800;
