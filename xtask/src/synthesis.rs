//! `cargo xtask report synthesis`: what every block takes and how fast it runs.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use hardpath_gen::synthesis::{Board, SynthesisJob, SynthesisReport, synthesis_table, synthesize};
use hardpath_gen::toolchain::{Toolchain, workspace_root};

use crate::blocks::EmittedBlock;
use crate::report;

/// The device all blocks are measured on.
const MEASURED_ON: &str = "ecp5-large";

/// How many placement seeds each block gets.
const SEEDS: u32 = 3;

/// Blocks of a well-known open flash controller that do the same on the same device: name here, MHz, LUT4. Its BCH code
/// corrects 14 bits in 256 bytes, 8 bits a cycle; out of context, best of 3 seeds.
const PEERS: [(&str, f64, u64); 3] = [
    ("bch_encoder_short_block", 198.0, 1_220),
    ("bch_syndromes_short_block", 188.0, 1_319),
    ("bch_chien_search_short_block", 138.0, 2_918),
];

/// Measures `blocks`, or those of them whose name begins with `only`, and writes `reports/synthesis.md` or a report of that
/// name.
pub fn report(toolchain: &Toolchain, blocks: &[EmittedBlock], only: Option<&str>) -> Result<PathBuf> {
    let (task, file) = match only {
        None => ("report synthesis".to_owned(), "synthesis.md".to_owned()),
        Some(name) => (format!("report synthesis --only {name}"), format!("synthesis-{name}.md")),
    };
    let blocks: Vec<&EmittedBlock> = blocks.iter().filter(|block| block.name.starts_with(only.unwrap_or(""))).collect();
    ensure!(!blocks.is_empty(), "no block's name begins with {:?} (`hardpath list` shows all)", only.unwrap_or(""));
    let opening = report::opening("Synthesis", &task)?;
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
    let peers = peer_table(&blocks, &measured);
    let text = format!(
        "{opening}Every block after place and route, best of {SEEDS} seeds, constrained to {} MHz. Out of context: without \
         pins, and paths from and to ports are not counted. LUT4 counts those of carry chains too.\n\n{}{peers}",
        board.clock_mhz,
        synthesis_table(&measured)
    );
    report::write(&file, &text)
}

/// The blocks that have a peer beside it; empty if none has.
fn peer_table(blocks: &[&EmittedBlock], measured: &[SynthesisReport]) -> String {
    let mut table = String::new();
    for (block, ours) in blocks.iter().zip(measured) {
        let Some((name, mhz, luts)) = PEERS.iter().find(|(name, ..)| *name == block.name) else { continue };
        if table.is_empty() {
            table = "\nBeside the blocks of a well-known open flash controller that do the same (BCH, 14 bits in 256 bytes, 8 bits \
                     a cycle), measured on the same device in the same way:\n\n| block | MHz | the other's | LUT4 | the other's |\n|---|---:|---:|---:|---:|\n"
                .to_owned();
        }
        let best = ours.seeds.iter().filter_map(|seed| seed.fmax_mhz).fold(0.0, f64::max);
        table += &format!("| {name} | {best:.1} | {mhz:.0} | {} | {luts} |\n", ours.lookup_tables.used);
    }
    table
}
