//! Measures simulators on the parity data path with its stimulus inside the design, and prints a Markdown section.
//!
//! All simulators run the same circuit in one run of this program; their checksums are compared before any figure counts.
//! `cargo xtask bench` runs it and keeps what it prints.

use anyhow::{Context, Result, bail, ensure};
use hardpath_gen::toolchain::Toolchain;
use hardpath_netlist::elaborate;
use hardpath_rtl::raid::ParityBenchmark;
use hardpath_sim::engine::Simulator;
use hardpath_sim::waveform::{Recorder, Recording, Selection, Window};
use hardpath_testbenches::cosimulation::{BuildOptions, VerilatorModel, WaveformFormat};
use rust_hdl::core::simulate::simulate;
use rust_hdl::prelude::{Block, Clock, Sim, Simulation, wait_clock_cycles, wait_clock_false, wait_clock_true};
use rust_hdl::prelude::{Logic, wait_clock_cycle};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const DATA_LANES: usize = 9;
const WORDS_PER_STRIP: usize = 512;

/// Cycles of one measurement, by what is measured.
const FREE_CYCLES: u64 = 20_000_000;
const TRACED_CYCLES: u64 = 200_000;
const STEPPED_CYCLES: u64 = 20_000;
const THREADED_CYCLES: u64 = 2_000;

/// Every measurement is repeated so often; the fastest counts.
const REPETITIONS: usize = 3;

/// Passes after which a block that still changes counts as oscillating.
const SETTLING_PASSES: usize = 100;

const VERILATOR_VCD: &str = "Verilator -O3 --trace, VCD";
const VERILATOR_FST: &str = "Verilator -O3 --trace-fst, FST";

type Benchmark = ParityBenchmark<64, 9>;

fn benchmark() -> Result<Benchmark> {
    let mut block = Benchmark::new(DATA_LANES, WORDS_PER_STRIP)?;
    block.clock.connect();
    block.connect_all();
    Ok(block)
}

/// One simulator's figures.
struct Row {
    name: &'static str,
    build: Option<Duration>,
    cycles: u64,
    wall: Duration,
}

impl Row {
    fn speed(&self) -> f64 {
        self.cycles as f64 / self.wall.as_secs_f64()
    }
}

fn fastest(mut measure: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..REPETITIONS {
        best = best.min(measure()?);
    }
    Ok(best)
}

fn main() -> Result<()> {
    let toolchain = Toolchain::locate()?;
    let directory = tempfile::tempdir()?;
    let block = benchmark()?;
    let verilated = |waveform: Option<WaveformFormat>, name: &str| {
        let options = BuildOptions { optimized: true, waveform, refuse_warnings: true };
        VerilatorModel::build(&toolchain, &elaborate(&block)?.design, &directory.path().join(name), options)
    };
    let plain = verilated(None, "plain")?;
    let vcd = verilated(Some(WaveformFormat::Vcd), "vcd")?;
    // Where the development files of lz4 or zlib are missing, the report does without.
    let fst =
        verilated(Some(WaveformFormat::Fst), "fst").inspect_err(|error| eprintln!("no {VERILATOR_FST}: {error:#}"));
    let engine = engine(&plain)?;
    let mut rows = vec![
        engine,
        verilator(&plain)?,
        stepped(&plain)?,
        threaded(&plain)?,
        engine_traced("engine, VCD", Some(directory.path().join("engine.vcd")), None)?,
        verilator_traced(VERILATOR_VCD, &vcd, &directory.path().join("verilator.vcd"))?,
        threaded_traced(directory.path())?,
        engine_traced("engine, FST", None, Some(directory.path().join("engine.fst")))?,
    ];
    if let Ok(fst) = fst {
        rows.push(verilator_traced(VERILATOR_FST, &fst, &directory.path().join("verilator.fst"))?);
    }
    print(&rows)
}

/// The checksum after some cycles, as Verilator computes it.
fn expected(model: &VerilatorModel, cycles: u64) -> Result<u64> {
    Ok(model.run_free(cycles, None)?.outputs.value(0, 0)[0])
}

fn engine(model: &VerilatorModel) -> Result<Row> {
    let mut build = Duration::MAX;
    let mut best = Duration::MAX;
    for _ in 0..REPETITIONS {
        let block = benchmark()?;
        let start = Instant::now();
        let mut simulator = Simulator::build(&block)?;
        simulator.run(1);
        build = build.min(start.elapsed());
        let start = Instant::now();
        simulator.run(FREE_CYCLES - 1);
        best = best.min(start.elapsed());
        let checksum = simulator.port_named("checksum")?;
        let found = simulator.get_u64(checksum)?;
        let wanted = expected(model, FREE_CYCLES)?;
        ensure!(found == wanted, "checksum {found:x} by the engine, {wanted:x} by Verilator");
    }
    Ok(Row { name: "engine", build: Some(build), cycles: FREE_CYCLES, wall: best })
}

fn verilator(model: &VerilatorModel) -> Result<Row> {
    let wall = fastest(|| Ok(model.run_free(FREE_CYCLES, None)?.wall))?;
    let build = Some(model.verilate_time + model.compile_time);
    Ok(Row { name: "Verilator -O3", build, cycles: FREE_CYCLES, wall })
}

fn verilator_traced(name: &'static str, model: &VerilatorModel, path: &Path) -> Result<Row> {
    let wall = fastest(|| Ok(model.run_free(TRACED_CYCLES, Some(path))?.wall))?;
    let build = Some(model.verilate_time + model.compile_time);
    Ok(Row { name, build, cycles: TRACED_CYCLES, wall })
}

/// rust-hdl's `simulate()`, the clock stepped directly.
fn stepped(model: &VerilatorModel) -> Result<Row> {
    let mut block = benchmark()?;
    let settle = |block: &mut Benchmark, high: bool| {
        block.clock.next = Clock { clk: high };
        simulate(block, SETTLING_PASSES)
    };
    settle(&mut block, false);
    let start = Instant::now();
    for _ in 0..STEPPED_CYCLES {
        ensure!(settle(&mut block, true) && settle(&mut block, false), "simulate() does not settle");
    }
    let wall = start.elapsed();
    let (found, wanted) = (block.checksum.val().to_u64(), expected(model, STEPPED_CYCLES)?);
    ensure!(found == wanted, "checksum {found:x} by simulate(), {wanted:x} by Verilator");
    Ok(Row { name: "rust-hdl simulate(), stepped", build: None, cycles: STEPPED_CYCLES, wall })
}

/// rust-hdl's `Simulation`, with one clock and one testbench thread.
fn simulation(expected: Option<u64>) -> Simulation<Benchmark> {
    let mut simulation = Simulation::new();
    simulation.add_clock(5, |block: &mut Box<Benchmark>| block.clock.next = !block.clock.val());
    simulation.add_testbench(move |mut sim: Sim<Benchmark>| {
        let mut block = sim.init()?;
        wait_clock_cycles!(sim, clock, block, THREADED_CYCLES);
        if expected.is_some_and(|expected| block.checksum.val().to_u64() != expected) {
            return sim.halt(block);
        }
        sim.done(block)
    });
    simulation
}

fn threaded(model: &VerilatorModel) -> Result<Row> {
    // The last falling edge of the clock comes after so many rising ones.
    let wanted = expected(model, THREADED_CYCLES)?;
    let block = Box::new(benchmark()?);
    let start = Instant::now();
    if let Err(error) = simulation(Some(wanted)).run(block, u64::MAX - 1) {
        bail!("rust-hdl's Simulation: {error:?}; a halt means another checksum than Verilator's {wanted:x}");
    }
    Ok(Row { name: "rust-hdl Simulation", build: None, cycles: THREADED_CYCLES, wall: start.elapsed() })
}

fn threaded_traced(directory: &Path) -> Result<Row> {
    let block = Box::new(benchmark()?);
    let path = directory.join("simulation.vcd");
    let start = Instant::now();
    let result = simulation(None).run_to_file(block, u64::MAX - 1, &path.to_string_lossy());
    if let Err(error) = result {
        bail!("rust-hdl's Simulation with VCD: {error:?}");
    }
    Ok(Row { name: "rust-hdl Simulation, VCD", build: None, cycles: THREADED_CYCLES, wall: start.elapsed() })
}

fn engine_traced(name: &'static str, vcd: Option<PathBuf>, fst: Option<PathBuf>) -> Result<Row> {
    let block = benchmark()?;
    let recording =
        Recording { selection: Selection::everything(), window: Window::ALWAYS, periods_ps: vec![10_000], vcd, fst };
    let wall = fastest(|| {
        let mut simulator = Simulator::build(&block)?;
        let mut recorder = Recorder::new(&mut simulator, &recording)?;
        let start = Instant::now();
        for _ in 0..TRACED_CYCLES {
            recorder.cycle(&mut simulator)?;
            simulator.tick();
        }
        recorder.finish()?;
        Ok(start.elapsed())
    })?;
    Ok(Row { name, build: None, cycles: TRACED_CYCLES, wall })
}

fn print(rows: &[Row]) -> Result<()> {
    let find = |name: &str| rows.iter().find(|row| row.name == name).with_context(|| format!("no row {name}"));
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    println!(
        "Circuit: `ParityBenchmark<64, 9>`, {DATA_LANES} data lanes, strips of {WORDS_PER_STRIP} words, no ports but the clock"
    );
    println!(
        "and a checksum, which is the same for all simulators after equally many cycles. The fastest of {REPETITIONS} repetitions counts.\n"
    );
    let processor = processor.trim_start_matches(['\t', ' ', ':']);
    println!("Processor: {processor}; Verilator {}.\n", Toolchain::pinned_version("verilator").unwrap_or("unknown"));
    println!("| simulator | cycles | cycles/s | build s |\n|---|---:|---:|---:|");
    for row in rows {
        let build = row.build.map_or("-".to_owned(), |build| format!("{:.3}", build.as_secs_f64()));
        println!("| {} | {} | {:.0} | {build} |", row.name, row.cycles, row.speed());
    }
    let (engine, verilator) = (find("engine")?, find("Verilator -O3")?);
    let ratio = |a: &Row, b: &Row| a.speed() / b.speed();
    let build = |row: &Row| row.build.unwrap_or_default().as_secs_f64();
    println!("\n| ratio | measured | wanted |\n|---|---:|---:|");
    println!("| engine to Verilator -O3 | {:.1} | 3 or more |", ratio(engine, verilator));
    println!("| build: Verilator to engine | {:.0} | 20 or more |", build(verilator) / build(engine));
    println!("| engine to rust-hdl simulate() | {:.0} | - |", ratio(engine, find("rust-hdl simulate(), stepped")?));
    println!("| engine to rust-hdl Simulation | {:.0} | 1000 or more |", ratio(engine, find("rust-hdl Simulation")?));
    let traced = ratio(find("engine, VCD")?, find(VERILATOR_VCD)?);
    println!("| full VCD: engine to Verilator --trace | {traced:.1} | 2 or more |");
    let engine_fst = find("engine, FST")?;
    let fst = find(VERILATOR_FST).map_or("-".to_owned(), |row| format!("{:.1}", ratio(engine_fst, row)));
    println!("| full FST: engine to Verilator --trace-fst | {fst} | 5 or more |");
    let fst = ratio(engine_fst, find(VERILATOR_VCD)?);
    println!("| engine with FST to Verilator with VCD | {fst:.1} | - |");
    Ok(())
}
