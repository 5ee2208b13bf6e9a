//! `cargo xtask report synthesis`: what every block takes and how fast it runs.

use std::path::PathBuf;

use anyhow::{Context, Result};
use hardpath_gen::synthesis::{Board, SynthesisJob, synthesis_table, synthesize};
use hardpath_gen::toolchain::{Toolchain, workspace_root};

use crate::blocks::EmittedBlock;
use crate::report;

/// The device all blocks are measured on.
const MEASURED_ON: &str = "ecp5-large";

/// How many placement seeds each block gets.
const SEEDS: u32 = 3;

/// Measures `blocks` and writes `reports/synthesis.md`.
pub fn report(toolchain: &Toolchain, blocks: &[EmittedBlock]) -> Result<PathBuf> {
    let opening = report::opening("Synthesis", "report synthesis")?;
    let board = Board::load(MEASURED_ON)?;
    let root = workspace_root()?;
    let mut measured = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        eprintln!("  [{}/{}] {}", index + 1, blocks.len(), block.name);
        let directory = root.join("target/synthesis").join(block.name);
        let job = SynthesisJob {
            files: &block.files,
            top: &block.top,
            board: &board,
            out_of_context: true,
            seeds: SEEDS,
            directory: &directory,
        };
        let report = synthesize(toolchain, &job).with_context(|| format!("block {}", block.name))?;
        measured.push(report);
    }
    let text = format!(
        "{opening}Every block after place and route, best of {SEEDS} seeds, constrained to {} MHz. Out of context: without \
         pins, and paths from and to ports are not counted. LUT4 counts those of carry chains too.\n\n{}",
        board.clock_mhz,
        synthesis_table(&measured)
    );
    report::write("synthesis.md", &text)
}
