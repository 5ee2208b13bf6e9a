//! `hardpath sim`.

use crate::artifact::Artifact;
use crate::failure::MarkWrongUse;
use crate::output::{self, grouped};
use anyhow::{Context, Result, anyhow, ensure};
use hardpath_rtl::config::ArrayGeometry;
use hardpath_sim::scenario::striped_file::{self, Plan, Progress, Summary, Trace};
use hardpath_sim::waveform::{self, Window};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Lane that fails when neither an input nor a lane is named.
const DEFAULT_FAILED_LANE: usize = 3;

/// What to simulate, and what to keep of it.
#[derive(clap::Args)]
pub struct Arguments {
    /// File to store [default: this program's own executable, with lane 3 failing]
    #[arg(long)]
    input: Option<PathBuf>,
    /// Data and parity lanes, 2+1 to 15+1
    #[arg(long, default_value = "9+1")]
    geometry: String,
    /// Bytes of a strip: a multiple of 512, at most 65536
    #[arg(long, default_value_t = 4096)]
    strip_bytes: usize,
    /// Bits of a data word: 32, 64, 128, 256 or 512
    #[arg(long, default_value_t = 64)]
    word_bits: usize,
    /// Lane, counted from 0, that fails between writing and reading, or `none`; a second one loses stripes
    #[arg(long, value_name = "LANE")]
    fail_lane: Vec<String>,
    /// Clock frequency for the throughput and the waveform; the default is one that the data path reaches on an ECP5-5G 85F
    #[arg(long, default_value_t = 150.0)]
    clock_mhz: f64,
    /// Lanes and the host pause at random, from this seed
    #[arg(long, value_name = "SEED")]
    back_pressure: Option<u64>,
    /// Write the file as it was read back
    #[arg(long)]
    out: Option<PathBuf>,
    /// Write the figures as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write a value change dump, and a GTKWave save file beside it
    #[arg(long)]
    vcd: Option<PathBuf>,
    /// Write a compressed waveform, and a GTKWave save file beside it
    #[arg(long)]
    fst: Option<PathBuf>,
    /// Nets or scopes to trace, such as `writer.engine` or `*.valid` [default: all]
    #[arg(long, value_name = "PATTERN")]
    trace: Vec<String>,
    /// Cycles to trace: the first, and the one to stop before [default: all]
    #[arg(long, value_name = "FIRST..END")]
    trace_cycles: Option<String>,
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
pub fn run(arguments: &Arguments) -> Result<()> {
    let geometry = geometry(arguments).wrong_use()?;
    let failed_lane = failed_lane(arguments, &geometry)?;
    ensure_clock(arguments.clock_mhz).wrong_use()?;
    let window = arguments.trace_cycles.as_deref().map(time_window).transpose().wrong_use()?;
    let (mut input, bytes) = open_input(arguments.input.as_deref()).wrong_use()?;

    let artifact = |path: &Option<PathBuf>| path.as_deref().map(Artifact::create).transpose().wrong_use();
    let out = artifact(&arguments.out)?;
    let json = artifact(&arguments.json)?;
    let vcd = artifact(&arguments.vcd)?;
    let fst = artifact(&arguments.fst)?;
    let trace = Trace {
        vcd: vcd.as_ref().map(|vcd| vcd.path().to_owned()),
        fst: fst.as_ref().map(|fst| fst.path().to_owned()),
        patterns: arguments.trace.clone(),
        window: window.unwrap_or(Window::ALWAYS),
    };
    let plan =
        Plan { geometry, failed_lane, clock_mhz: arguments.clock_mhz, back_pressure: arguments.back_pressure, trace };

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
    .or_else(|error| match error.downcast_ref::<waveform::Error>() {
        Some(waveform::Error::NothingSelected { .. }) => Err(error).wrong_use(),
        _ => Err(error),
    })?;
    output.flush().context("cannot write the output")?;
    progress.finish_and_clear();

    let report = report(&geometry, failed_lane, arguments.clock_mhz, &summary, input_hash, output.hash);
    ensure!(
        report.input_sha256 == report.output_sha256,
        "read back other data than was written: SHA-256 {} in, {} out",
        report.input_sha256,
        report.output_sha256
    );
    if let Some(json) = &json {
        let mut file = json.file()?;
        serde_json::to_writer_pretty(&mut file, &report).context("cannot write the JSON report")?;
        file.write_all(b"\n").context("cannot write the JSON report")?;
    }
    for artifact in [out, json, vcd, fst].into_iter().flatten() {
        artifact.finish()?;
    }
    let save_file = arguments.fst.as_ref().or(arguments.vcd.as_ref()).map(|dump| (dump, dump.with_extension("gtkw")));
    if let Some((dump, path)) = &save_file {
        summary.write_save_file(dump, path)?;
    }
    Ok(output::print(&table(&report, save_file.as_ref().map(|(_, path)| path.as_path())))?)
}

fn geometry(arguments: &Arguments) -> Result<ArrayGeometry> {
    let mut geometry: ArrayGeometry = arguments.geometry.parse()?;
    geometry.strip_bytes = arguments.strip_bytes;
    geometry.word_bits = arguments.word_bits;
    geometry.validate()?;
    Ok(geometry)
}

/// The one failed lane; none; or an error for two, which the array cannot survive.
fn failed_lane(arguments: &Arguments, geometry: &ArrayGeometry) -> Result<Option<usize>> {
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

fn time_window(text: &str) -> Result<Window> {
    let bounds =
        text.split_once("..").and_then(|(first, end)| Some((first.parse::<u64>().ok()?, end.parse::<u64>().ok()?)));
    match bounds {
        Some((first, end)) if first < end => Ok(Window::new(first, end)?),
        _ => Err(anyhow!("cycles {text:?} (legal: FIRST..END with FIRST below END, such as 100..2000)")),
    }
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
