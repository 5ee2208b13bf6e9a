//! Verilog through Yosys and nextpnr to a report.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use serde::de::DeserializeOwned;

use super::board::{Board, Family};
use super::error::SynthesisError;
use super::report::{PlacementReport, SeedResult, Statistics, SynthesisReport};
use crate::toolchain::{Tool, ToolVersions, Toolchain, ToolchainError, check_top, stage_sources};

/// What to synthesize, for which board and how thoroughly.
#[derive(Clone, Debug)]
pub struct SynthesisJob<'a> {
    /// Verilog sources.
    pub files: &'a [PathBuf],
    /// The top module.
    pub top: &'a str,
    /// The board or device.
    pub board: &'a Board,
    /// Measure without pins even if the block's ports fit the package. A block whose ports do not
    /// fit is always measured so.
    pub out_of_context: bool,
    /// How many placement seeds to try, 1 and up; the report is of the best one.
    pub seeds: u32,
    /// Where scripts, logs and results go; made if need be.
    pub directory: &'a Path,
}

/// Synthesizes, places and routes once for each seed, and reports the seed with the highest limit.
/// Seeds run side by side, one for each processor.
pub fn synthesize(toolchain: &Toolchain, job: &SynthesisJob<'_>) -> Result<SynthesisReport, SynthesisError> {
    if job.seeds == 0 {
        return Err(SynthesisError::NoSeeds);
    }
    check_top(job.top)?;
    let statistics = run_yosys(toolchain, job)?;
    let out_of_context = decide_out_of_context(job, statistics.port_bits())?;

    let nextpnr = match job.board.family {
        Family::Ecp5 => toolchain.nextpnr_ecp5(),
        Family::Ice40 => toolchain.nextpnr_ice40(),
    };
    let arguments = placement_arguments(job, out_of_context)?;
    let placements = place_seeds(&nextpnr, job, &arguments)?;

    let seeds: Vec<SeedResult> =
        placements.iter().map(|(seed, placement)| SeedResult { seed: *seed, fmax_mhz: placement.fmax_mhz() }).collect();
    let rank = |placement: &PlacementReport| placement.fmax_mhz().unwrap_or(0.0);
    // Of equally good seeds the first: `max_by` alone would take the last.
    let (seed, best) =
        placements.iter().rev().max_by(|(_, a), (_, b)| rank(a).total_cmp(&rank(b))).ok_or(SynthesisError::NoSeeds)?;
    let [lookup_tables, flip_flops, block_rams] = best.resources(job.board, &statistics);
    Ok(SynthesisReport {
        top: job.top.to_owned(),
        board: job.board.name.clone(),
        part: job.board.part.clone(),
        out_of_context,
        port_bits: statistics.port_bits(),
        lookup_tables,
        flip_flops,
        block_rams,
        clocks: best.clocks(),
        worst_path: best.worst_path(),
        seed: *seed,
        seeds,
        tools: ToolVersions::ask(toolchain, &nextpnr)?,
    })
}

fn run_yosys(toolchain: &Toolchain, job: &SynthesisJob<'_>) -> Result<Statistics, SynthesisError> {
    let names = stage_sources(job.files, job.directory)?;
    let command = match job.board.family {
        Family::Ecp5 => "synth_ecp5",
        Family::Ice40 => "synth_ice40",
    };
    let mut script = String::new();
    for name in names {
        script.push_str(&format!("read_verilog {name}\n"));
    }
    let options = job.board.synthesis_options.join(" ");
    script.push_str(&format!("{command} -top {} -json synthesized.json {options}\n", job.top));
    script.push_str("tee -q -o statistics.json stat -json\n");
    write(&job.directory.join("synthesis.ys"), &script)?;

    let statistics = job.directory.join("statistics.json");
    let arguments = ["-q", "-l", "yosys.log", "-s", "synthesis.ys"];
    toolchain.yosys().run(arguments, job.directory)?;
    read_json(&statistics)
}

/// Whether the block is measured without pins: if the board or the caller says so, or if its ports
/// do not fit the package.
fn decide_out_of_context(job: &SynthesisJob<'_>, port_bits: u64) -> Result<bool, SynthesisError> {
    let board = job.board;
    let fits = port_bits <= u64::from(board.user_pins);
    let asked = job.out_of_context || board.out_of_context;
    match (board.family, asked, fits) {
        (Family::Ecp5, _, _) => Ok(asked || !fits),
        (Family::Ice40, false, true) => Ok(false),
        (Family::Ice40, true, _) => Err(SynthesisError::NoOutOfContext { board: board.name.clone() }),
        (Family::Ice40, false, false) => Err(SynthesisError::TooManyPorts {
            top: job.top.to_owned(),
            port_bits,
            board: board.name.clone(),
            user_pins: board.user_pins,
        }),
    }
}

/// nextpnr's arguments but for the seed and its files.
fn placement_arguments(job: &SynthesisJob<'_>, out_of_context: bool) -> Result<Vec<String>, SynthesisError> {
    let board = job.board;
    let mut arguments = vec![
        format!("--{}", board.device),
        "--package".to_owned(),
        board.package.clone(),
        "--json".to_owned(),
        "synthesized.json".to_owned(),
        "--freq".to_owned(),
        board.clock_mhz.to_string(),
        // A block that misses the frequency is reported, not refused.
        "--timing-allow-fail".to_owned(),
        "--quiet".to_owned(),
    ];
    if let Some(grade) = board.speed_grade {
        arguments.extend(["--speed".to_owned(), grade.to_string()]);
    }
    if out_of_context {
        arguments.push("--out-of-context".to_owned());
    } else if let Some(pins) = &board.pins {
        let (option, unconstrained, copy) = match board.family {
            Family::Ecp5 => ("--lpf", "--lpf-allow-unconstrained", "pins.lpf"),
            Family::Ice40 => ("--pcf", "--pcf-allow-unconstrained", "pins.pcf"),
        };
        fs::copy(pins, job.directory.join(copy)).map_err(ToolchainError::file("copy", pins))?;
        arguments.extend([option, copy, unconstrained].map(str::to_owned));
    }
    arguments.extend(board.place_and_route_options.iter().cloned());
    Ok(arguments)
}

/// Places and routes every seed, as many at once as there are processors.
fn place_seeds(
    nextpnr: &Tool,
    job: &SynthesisJob<'_>,
    arguments: &[String],
) -> Result<Vec<(u32, PlacementReport)>, SynthesisError> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let seeds: Vec<u32> = (1..=job.seeds).collect();
    let mut placements = Vec::new();
    for group in seeds.chunks(processors) {
        let results: Vec<Result<PlacementReport, SynthesisError>> = thread::scope(|scope| {
            let running: Vec<_> =
                group.iter().map(|seed| scope.spawn(|| place(nextpnr, job, arguments, *seed))).collect();
            running
                .into_iter()
                .map(|thread| match thread.join() {
                    Ok(result) => result,
                    Err(panic) => std::panic::resume_unwind(panic),
                })
                .collect()
        });
        for (seed, result) in group.iter().zip(results) {
            placements.push((*seed, result?));
        }
    }
    Ok(placements)
}

fn place(
    nextpnr: &Tool,
    job: &SynthesisJob<'_>,
    arguments: &[String],
    seed: u32,
) -> Result<PlacementReport, SynthesisError> {
    let report = format!("seed_{seed}.json");
    let log = format!("seed_{seed}.log");
    let seed = seed.to_string();
    let own = ["--seed", &seed, "--report", &report, "--log", &log];
    let all = arguments.iter().map(String::as_str).chain(own);
    nextpnr.run(all, job.directory)?;
    read_json(&job.directory.join(&report))
}

fn write(path: &Path, text: &str) -> Result<(), ToolchainError> {
    fs::write(path, text).map_err(ToolchainError::file("write", path))
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, SynthesisError> {
    let text = fs::read_to_string(path).map_err(ToolchainError::file("read", path))?;
    serde_json::from_str(&text)
        .map_err(|error| SynthesisError::ToolResult { path: path.to_path_buf(), problem: error.to_string() })
}
