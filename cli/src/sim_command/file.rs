//! `hardpath sim`: a file onto the lanes of an array and back.

use super::outputs::{Outputs, selection_is_wrong_use};
use crate::artifact::Artifact;
use crate::failure::MarkWrongUse;
use crate::output::{self, grouped};
use anyhow::{Context, Result, anyhow, ensure};
use hardpath_rtl::config::ArrayGeometry;
use hardpath_sim::scenario::striped_file::{self, Plan, Progress, Summary};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Lane that fails when neither an input nor a lane is named.
const DEFAULT_FAILED_LANE: usize = 3;

/// Data and parity lanes, unless told otherwise.
const GEOMETRY: &str = "9+1";
/// Bytes of a strip, unless told otherwise.
const STRIP_BYTES: usize = 4096;
/// Bits of a data word, unless told otherwise.
const WORD_BITS: usize = 64;
/// Clock of the throughput and the waveform, unless told otherwise: one that the data path reaches on an ECP5-5G 85F.
const CLOCK_MHZ: f64 = 150.0;

/// What to store, and how.
#[derive(clap::Args)]
#[command(next_help_heading = "Scenario file")]
pub struct FileArguments {
    /// File to store [default: this program's own executable, with lane 3 failing]
    #[arg(long)]
    input: Option<PathBuf>,
    /// Data and parity lanes, 2+1 to 15+1 [default: 9+1]
    #[arg(long)]
    geometry: Option<String>,
    /// Bytes of a strip: a multiple of 512, at most 65536 [default: 4096]
    #[arg(long)]
    strip_bytes: Option<usize>,
    /// Bits of a data word: 32, 64, 128, 256 or 512 [default: 64]
    #[arg(long)]
    word_bits: Option<usize>,
    /// Lane, counted from 0, that fails between writing and reading, or `none`; a second one loses stripes
    #[arg(long, value_name = "LANE")]
    fail_lane: Vec<String>,
    /// Clock frequency for the throughput and the waveform; the default is one that the data path reaches on an ECP5-5G 85F
    /// [default: 150]
    #[arg(long)]
    clock_mhz: Option<f64>,
    /// Lanes and the host pause at random, from this seed
    #[arg(long, value_name = "SEED")]
    back_pressure: Option<u64>,
    /// Write the file as it was read back
    #[arg(long)]
    out: Option<PathBuf>,
}

impl FileArguments {
    /// The first option that was given.
    pub fn first_given(&self) -> Option<&'static str> {
        let given = [
            ("--input", self.input.is_some()),
            ("--geometry", self.geometry.is_some()),
            ("--strip-bytes", self.strip_bytes.is_some()),
            ("--word-bits", self.word_bits.is_some()),
            ("--fail-lane", !self.fail_lane.is_empty()),
            ("--clock-mhz", self.clock_mhz.is_some()),
            ("--back-pressure", self.back_pressure.is_some()),
            ("--out", self.out.is_some()),
        ];
        given.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }
}

/// The figures of a run, as the JSON report holds them.
#[derive(Serialize)]
struct Report {
    bytes: u64,
    strips: u64,
    stripes: u64,
    lanes: usize,
    failed_lane: Option<usize>,
    cycles: u64,
    write_cycles: u64,
    read_cycles: u64,
    bytes_per_cycle: f64,
    degraded_strips: u64,
    clock_mhz: f64,
    simulated_mb_per_s: f64,
    wall_cycles_per_s: f64,
    input_sha256: String,
    output_sha256: String,
}

/// Runs the scenario and prints its table.
pub fn run(arguments: &FileArguments, outputs: &Outputs) -> Result<()> {
    let geometry = geometry(arguments).wrong_use()?;
    let failed_lane = failed_lane(arguments, &geometry)?;
    let clock_mhz = arguments.clock_mhz.unwrap_or(CLOCK_MHZ);
    ensure_clock(clock_mhz).wrong_use()?;
    let window = outputs.window().wrong_use()?;
    let (mut input, bytes) = open_input(arguments.input.as_deref()).wrong_use()?;

    let out = arguments.out.as_deref().map(Artifact::create).transpose().wrong_use()?;
    let files = outputs.create()?;
    let trace = files.trace(outputs, window);
    let plan = Plan { geometry, failed_lane, clock_mhz, back_pressure: arguments.back_pressure, trace };

    let progress = progress_bar();
    let mut input_hash = Sha256::new();
    let mut output = HashingWriter {
        inner: match &out {
            Some(out) => Box::new(BufWriter::with_capacity(1 << 20, out.file()?)),
            None => Box::new(io::sink()),
        },
        hash: Sha256::new(),
    };
    let mut hashed_input = HashingReader { inner: &mut input, hash: &mut input_hash };
    let summary = striped_file::run(&plan, &mut hashed_input, bytes, &mut output, |step| {
        show(&progress, &step);
    })
    .or_else(selection_is_wrong_use)?;
    output.flush().context("cannot write the output")?;
    progress.finish_and_clear();

    let report = report(&geometry, failed_lane, clock_mhz, &summary, input_hash, output.hash);
    ensure!(
        report.input_sha256 == report.output_sha256,
        "read back other data than was written: SHA-256 {} in, {} out",
        report.input_sha256,
        report.output_sha256
    );
    files.write_report(&report)?;
    if let Some(out) = out {
        out.finish()?;
    }
    files.finish()?;
    let save_file = outputs.save_file();
    if let Some((dump, path)) = &save_file {
        summary.write_save_file(dump, path)?;
    }
    Ok(output::print(&table(&report, save_file.as_ref().map(|(_, path)| path.as_path())))?)
}

fn geometry(arguments: &FileArguments) -> Result<ArrayGeometry> {
    let mut geometry: ArrayGeometry = arguments.geometry.as_deref().unwrap_or(GEOMETRY).parse()?;
    geometry.strip_bytes = arguments.strip_bytes.unwrap_or(STRIP_BYTES);
    geometry.word_bits = arguments.word_bits.unwrap_or(WORD_BITS);
    geometry.validate()?;
    Ok(geometry)
}

/// The one failed lane; none; or an error for two, which the array cannot survive.
fn failed_lane(arguments: &FileArguments, geometry: &ArrayGeometry) -> Result<Option<usize>> {
    let lanes = geometry.lanes();
    let mut failed = vec![];
    for text in &arguments.fail_lane {
        if text == "none" {
            continue;
        }
        let lane: usize = text
            .parse()
            .map_err(|_| anyhow!("lane {text:?} is no number (legal: 0..={}, or none)", lanes - 1))
            .wrong_use()?;
        if lane >= lanes {
            return Err(anyhow!("lane {lane}: the array has {lanes} lanes (legal: 0..={}, or none)", lanes - 1))
                .wrong_use();
        }
        if !failed.contains(&lane) {
            failed.push(lane);
        }
    }
    if let [first, second, ..] = failed[..] {
        return Err(anyhow!(
            "stripe lost: lanes {first} and {second} have both failed, and one parity strip restores one lane"
        ));
    }
    let by_default = arguments.fail_lane.is_empty() && arguments.input.is_none();
    Ok(failed.first().copied().or(by_default.then_some(DEFAULT_FAILED_LANE.min(lanes - 1))))
}

fn ensure_clock(clock_mhz: f64) -> Result<()> {
    ensure!(
        clock_mhz.is_finite() && (0.001..=10_000.0).contains(&clock_mhz),
        "clock of {clock_mhz} MHz (legal: 0.001..=10000)"
    );
    Ok(())
}

/// Opens the input and tells its length.
fn open_input(path: Option<&Path>) -> Result<(BufReader<File>, u64)> {
    let path = match path {
        Some(path) => path.to_owned(),
        None => {
            std::env::current_exe().context("cannot find this program's own executable; name a file with --input")?
        }
    };
    let shown = path.display();
    let metadata = path.metadata().with_context(|| format!("cannot read {shown}"))?;
    ensure!(!metadata.is_dir(), "cannot read {shown}: it is a directory; name a file");
    ensure!(metadata.is_file(), "cannot read {shown}: it is no regular file, its length is not known beforehand");
    let file = File::open(&path).with_context(|| format!("cannot read {shown}"))?;
    ensure!(metadata.len() > 0, "{shown} is empty: there is nothing to store");
    Ok((BufReader::with_capacity(1 << 20, file), metadata.len()))
}

struct HashingReader<'a, R> {
    inner: &'a mut R,
    hash: &'a mut Sha256,
}

impl<R: Read> Read for HashingReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}

struct HashingWriter<'a> {
    inner: Box<dyn Write + 'a>,
    hash: Sha256,
}

impl Write for HashingWriter<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>8} [{bar:40}] {bytes}/{total_bytes} {eta}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "))
}

fn show(progress: &ProgressBar, step: &Progress) {
    progress.set_message(step.phase);
    progress.set_length(step.total_bytes);
    progress.set_position(step.bytes);
}

fn report(
    geometry: &ArrayGeometry,
    failed_lane: Option<usize>,
    clock_mhz: f64,
    summary: &Summary,
    input: Sha256,
    output: Sha256,
) -> Report {
    let cycles = summary.write_cycles + summary.read_cycles;
    // Every byte passes twice: once on its way to the lanes and once back.
    let bytes_per_cycle = 2.0 * summary.bytes as f64 / cycles as f64;
    let hexadecimal = |hash: Sha256| hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Report {
        bytes: summary.bytes,
        strips: summary.strips,
        stripes: summary.stripes,
        lanes: geometry.lanes(),
        failed_lane,
        cycles,
        write_cycles: summary.write_cycles,
        read_cycles: summary.read_cycles,
        bytes_per_cycle,
        degraded_strips: summary.degraded_strips,
        clock_mhz,
        simulated_mb_per_s: bytes_per_cycle * clock_mhz,
        wall_cycles_per_s: cycles as f64 / summary.wall.as_secs_f64().max(1e-9),
        input_sha256: hexadecimal(input),
        output_sha256: hexadecimal(output),
    }
}

fn table(report: &Report, save_file: Option<&Path>) -> String {
    let mut rows = vec![
        ("bytes", grouped(report.bytes)),
        ("strips", grouped(report.strips)),
        ("stripes", grouped(report.stripes)),
        ("lanes", report.lanes.to_string()),
        ("failed lane", report.failed_lane.map_or("none".to_owned(), |lane| lane.to_string())),
        ("degraded strips", grouped(report.degraded_strips)),
        ("cycles", grouped(report.cycles)),
        ("  to write", grouped(report.write_cycles)),
        ("  to read", grouped(report.read_cycles)),
        ("bytes per cycle", format!("{:.3}", report.bytes_per_cycle)),
        (
            "throughput",
            format!("{} MB/s at {} MHz", grouped(report.simulated_mb_per_s.round() as u64), report.clock_mhz),
        ),
        ("simulation speed", format!("{} cycles/s", grouped(report.wall_cycles_per_s as u64))),
        ("SHA-256 in", report.input_sha256.clone()),
        ("SHA-256 out", report.output_sha256.clone()),
    ];
    rows.extend(save_file.map(|path| ("waveform", format!("gtkwave {}", path.display()))));
    output::facts(&rows)
}
