//! Cycles per second of the compiled engine with a waveform of everything: `cargo run --release --example waveform_speed
//! CYCLES FILE.vcd|FILE.fst`.

use anyhow::{Context, Result};
use hardpath_rtl::raid::ParityBenchmark;
use hardpath_sim::engine::Simulator;
use hardpath_sim::waveform::{Recorder, Recording, Selection, Window};
use rust_hdl::prelude::*;
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let cycles: u64 = arguments.next().and_then(|text| text.to_str()?.parse().ok()).context("how many cycles?")?;
    let path = arguments.next().map(PathBuf::from).context("which file?")?;
    let is_fst = path.extension().is_some_and(|extension| extension == "fst");
    let mut block = ParityBenchmark::<64, 9>::new(9, 512)?;
    block.clock.connect();
    block.connect_all();
    let mut simulator = Simulator::build(&block)?;
    let recording = Recording {
        selection: Selection::everything(),
        window: Window::ALWAYS,
        periods_ps: vec![10_000],
        vcd: (!is_fst).then(|| path.clone()),
        fst: is_fst.then(|| path.clone()),
    };
    let mut recorder = Recorder::new(&mut simulator, &recording)?;
    let start = Instant::now();
    for _ in 0..cycles {
        recorder.cycle(&mut simulator)?;
        simulator.tick();
    }
    recorder.finish()?;
    let seconds = start.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(&path)?.len() as f64 / cycles as f64;
    println!("{:.0} cycles/s, {bytes:.1} bytes a cycle", cycles as f64 / seconds);
    Ok(())
}
