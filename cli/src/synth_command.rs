//! `hardpath synth`.

use crate::artifact::Artifact;
use crate::failure::MarkWrongUse;
use crate::gen_command;
use crate::output;
use anyhow::{Context, Result};
use hardpath_gen::synthesis::{Board, SynthesisJob, synthesize};
use hardpath_gen::toolchain::Toolchain;
use hardpath_gen::verilog;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::Duration;

/// What to synthesize, and for what.
#[derive(clap::Args)]
pub struct Arguments {
    /// Block to synthesize, one of `hardpath list`
    #[arg(long)]
    top: String,
    /// Board or bare device, a folder of `constraints/`
    #[arg(long)]
    board: String,
    /// Placement seeds to try; the best is reported
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=64))]
    seeds: u32,
    /// Measure without pins even if the block's ports fit the package
    #[arg(long)]
    out_of_context: bool,
    /// Directory for the Verilog, the tools' logs and results [default: one under target/synthesis, named by block and board]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Also write the report as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Synthesizes, places and routes, and prints the report.
pub fn run(arguments: &Arguments) -> Result<()> {
    let entry = gen_command::find(&arguments.top)?;
    let board = Board::load(&arguments.board).wrong_use()?;
    let json = arguments.json.as_deref().map(Artifact::create).transpose().wrong_use()?;
    let design = gen_command::design(entry)?;
    let progress = spinner();
    progress.set_message("looking for the open toolchain");
    let toolchain = Toolchain::provision(|step| progress.set_message(step.to_owned()))?;
    let directory = arguments
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("target/synthesis/{}-{}", entry.name, board.name)));
    let files = verilog::write(&design, &directory)?;
    progress.set_message(format!("{} on {}: synthesis, place and route", entry.name, board.name));
    let job = SynthesisJob {
        files: &files,
        top: &design.top().name,
        board: &board,
        out_of_context: arguments.out_of_context,
        seeds: arguments.seeds,
        directory: &directory,
    };
    let report = synthesize(&toolchain, &job)?;
    progress.finish_and_clear();
    if let Some(json) = json {
        serde_json::to_writer_pretty(json.file()?, &report).context("cannot write the report as JSON")?;
        json.finish()?;
    }
    Ok(output::print(&format!("{report}\n  files       {}\n", directory.display()))?)
}

fn spinner() -> ProgressBar {
    let style =
        ProgressStyle::with_template("{spinner} {elapsed} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    let progress = ProgressBar::new_spinner().with_style(style);
    progress.enable_steady_tick(Duration::from_millis(200));
    progress
}
