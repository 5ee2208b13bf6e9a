//! A file onto the lanes of an array, a lane lost, and the file back.
//!
//! ```text
//! input ─words─> StripeDataPath ─strips─> LaneModel per lane ─strips─> StripeDataPath ─words─> output
//!                    writing                 one fails                     reading
//! ```

use super::data_path;
use super::trace::Trace;
use crate::engine::{RawPort, Simulator};
use crate::models::lane::to_words;
use crate::models::{LaneModel, LanePorts, Pause};
use crate::waveform::{Recorder, SaveFile, TracedDesign};
use anyhow::{Context, bail, ensure};
use hardpath_rtl::config::ArrayGeometry;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Cycles from a lane's taking of a request to its first word.
const LANE_LATENCY: u64 = 8;

/// Cycles without any word moving after which the run counts as stalled.
const STALLED_CYCLES: u64 = 100_000;

/// Share of cycles in which each device at the pins pauses under back-pressure.
const PAUSE_PROBABILITY: f64 = 0.3;

/// Cycles between two reports of progress.
const PROGRESS_CYCLES: u64 = 1 << 16;

/// What to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Lanes, strips and words, validated.
    pub geometry: ArrayGeometry,
    /// Lane that fails between writing and reading.
    pub failed_lane: Option<usize>,
    /// Clock frequency of the waveform's time axis in MHz.
    pub clock_mhz: f64,
    /// Seed of random pauses of the host and of every lane; `None` never pauses.
    pub back_pressure: Option<u64>,
    /// What to record.
    pub trace: Trace,
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// `writing` or `reading`.
    pub phase: &'static str,
    /// Bytes moved in this phase.
    pub bytes: u64,
    /// Bytes to move in this phase.
    pub total_bytes: u64,
}

/// The figures of a finished run.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Bytes of the file.
    pub bytes: u64,
    /// Data strips that hold them, the last one padded with zeros.
    pub strips: u64,
    /// Stripes, the last one completed with zero strips.
    pub stripes: u64,
    /// Data strips that were made again from the surviving lanes, counted at the lanes' pins.
    pub degraded_strips: u64,
    /// Cycles from the first offered word until the last strip lay on its lane.
    pub write_cycles: u64,
    /// Cycles from the start of reading to the last word.
    pub read_cycles: u64,
    /// Time that the simulation of both took.
    pub wall: Duration,
    /// What was traced, if anything.
    traced: Option<TracedDesign>,
    /// Cycle at which the save file opens, and the clock's period in ps.
    interesting: (u64, u64),
}

impl Summary {
    /// Writes the GTKWave save file of a waveform at `dump` to `path`, opening where reading begins or, if that was not
    /// recorded, where the recording does.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_save_file(&self, dump: &Path, path: &Path) -> anyhow::Result<()> {
        if let Some(traced) = &self.traced {
            let (cycle, period_ps) = self.interesting;
            let interesting = cycle * period_ps..(cycle + 100) * period_ps;
            SaveFile::new(traced, dump, interesting).write(path)?;
        }
        Ok(())
    }
}

/// Streams `bytes` bytes of `input` through the circuits and back to `output`.
///
/// # Errors
/// If the input ends early, a file fails, or the circuit stalls. Nothing is written to `output` before all of the input is
/// stored.
pub fn run(
    plan: &Plan,
    input: &mut dyn Read,
    bytes: u64,
    output: &mut dyn Write,
    mut progress: impl FnMut(Progress),
) -> anyhow::Result<Summary> {
    ensure!(bytes > 0, "the input is empty");
    let geometry = plan.geometry;
    let strips = bytes.div_ceil(geometry.strip_bytes as u64);
    ensure!(u32::try_from(strips).is_ok(), "{strips} strips (legal: up to {})", u32::MAX);
    let stripes = strips.div_ceil(geometry.data_lanes as u64);
    let mut bench = Bench::new(plan)?;
    let started = Instant::now();
    bench.write(input, bytes, stripes, &mut progress)?;
    let write_cycles = bench.cycles;
    if let Some(lane) = plan.failed_lane {
        bench.lanes[lane].fail();
        bench.sim.set_u64(bench.host.failed, 1)?;
        bench.sim.set_u64(bench.host.failed_lane, lane as u64)?;
    }
    bench.read(output, bytes, strips, &mut progress)?;
    let wall = started.elapsed();
    let traced = bench.recorder.take().map(Recorder::finish).transpose()?;
    let requests: u64 = bench.lanes.iter().map(LaneModel::requests_taken).sum();
    Ok(Summary {
        bytes,
        strips,
        stripes,
        // A healthy strip takes one request, a missing one a request to each surviving lane.
        degraded_strips: (requests - strips) / (geometry.lanes() as u64 - 2).max(1),
        write_cycles,
        read_cycles: bench.cycles - write_cycles,
        wall,
        interesting: (plan.trace.opening_cycle(write_cycles), period_ps(plan.clock_mhz)),
        traced,
    })
}

fn period_ps(clock_mhz: f64) -> u64 {
    (1e6 / clock_mhz).round().max(2.0) as u64
}

/// The host's side of the data path.
struct HostPorts {
    sink_valid: RawPort,
    sink_data: RawPort,
    sink_last: RawPort,
    sink_ready: RawPort,
    source_valid: RawPort,
    source_data: RawPort,
    source_last: RawPort,
    source_ready: RawPort,
    read_start: RawPort,
    read_strip_count: RawPort,
    failed: RawPort,
    failed_lane: RawPort,
}

impl HostPorts {
    fn new(sim: &mut Simulator) -> crate::engine::Result<Self> {
        Ok(Self {
            sink_valid: sim.port_named("sink_valid")?,
            sink_data: sim.port_named("sink_data")?,
            sink_last: sim.port_named("sink_last")?,
            sink_ready: sim.port_named("sink_ready")?,
            source_valid: sim.port_named("source_valid")?,
            source_data: sim.port_named("source_data")?,
            source_last: sim.port_named("source_last")?,
            source_ready: sim.port_named("source_ready")?,
            read_start: sim.port_named("read_start")?,
            read_strip_count: sim.port_named("read_strip_count")?,
            failed: sim.port_named("failed")?,
            failed_lane: sim.port_named("failed_lane")?,
        })
    }
}

/// The circuit with everything at its pins.
struct Bench {
    sim: Simulator,
    host: HostPorts,
    lanes: Vec<LaneModel>,
    recorder: Option<Recorder>,
    host_pause: Pause,
    word_bytes: usize,
    cycles: u64,
    /// Cycle in which a word last moved at the host's side or a strip reached its lane.
    last_movement: u64,
}

impl Bench {
    fn new(plan: &Plan) -> anyhow::Result<Self> {
        let geometry = plan.geometry;
        let mut sim = data_path::simulator(&geometry)?;
        let host = HostPorts::new(&mut sim)?;
        let word_bytes = geometry.word_bits / 8;
        let mut lanes = vec![];
        for lane in 0..geometry.lanes() {
            let ports = LanePorts::of_data_path(&mut sim, lane)?;
            let storage = tempfile::tempfile().context("cannot make a temporary file for a lane")?;
            let pause = pause(plan, 1 + lane as u64);
            lanes.push(LaneModel::new(ports, storage, geometry.strip_bytes, word_bytes, LANE_LATENCY, pause));
        }
        let recorder = plan.trace.recorder(&mut sim, period_ps(plan.clock_mhz))?;
        Ok(Self { sim, host, lanes, recorder, host_pause: pause(plan, 0), word_bytes, cycles: 0, last_movement: 0 })
    }

    /// Lets the cycle's clock edge pass.
    fn tick(&mut self) -> anyhow::Result<()> {
        for lane in &mut self.lanes {
            lane.sample(&mut self.sim)?;
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.cycle(&mut self.sim)?;
        }
        self.sim.tick();
        self.cycles += 1;
        if self.cycles - self.last_movement > STALLED_CYCLES {
            bail!("the data path has stalled: no word moved in {STALLED_CYCLES} cycles up to cycle {}", self.cycles);
        }
        Ok(())
    }

    fn drive_lanes(&mut self) -> anyhow::Result<()> {
        for lane in &mut self.lanes {
            lane.drive(&mut self.sim)?;
        }
        Ok(())
    }

    fn strips_written(&self) -> u64 {
        self.lanes.iter().map(LaneModel::strips_written).sum()
    }

    fn write(
        &mut self,
        input: &mut dyn Read,
        bytes: u64,
        stripes: u64,
        progress: &mut impl FnMut(Progress),
    ) -> anyhow::Result<()> {
        let words = bytes.div_ceil(self.word_bytes as u64);
        let mut taken = 0;
        let mut offered = false;
        let mut word = vec![0; self.word_bytes];
        let mut parts = [0; 8];
        let strips = stripes * self.lanes.len() as u64;
        let mut written = 0;
        while taken < words || written < strips {
            if !offered && taken < words && !self.host_pause.next_cycle() {
                word.fill(0);
                let length = (bytes - taken * self.word_bytes as u64).min(self.word_bytes as u64) as usize;
                input.read_exact(&mut word[..length]).context("the input ended before its length")?;
                to_words(&word, &mut parts);
                self.sim.set_words(self.host.sink_data, &parts[..self.word_bytes.div_ceil(8)])?;
                self.sim.set_u64(self.host.sink_last, u64::from(taken + 1 == words))?;
                offered = true;
            }
            self.sim.set_u64(self.host.sink_valid, u64::from(offered))?;
            self.drive_lanes()?;
            let moves = offered && self.sim.get_u64(self.host.sink_ready)? == 1;
            self.tick()?;
            if moves {
                taken += 1;
                offered = false;
                self.last_movement = self.cycles;
            }
            let now_written = self.strips_written();
            if now_written > written {
                written = now_written;
                self.last_movement = self.cycles;
            }
            if self.cycles.is_multiple_of(PROGRESS_CYCLES) {
                let moved = (taken * self.word_bytes as u64).min(bytes);
                progress(Progress { phase: "writing", bytes: moved, total_bytes: bytes });
            }
        }
        Ok(self.sim.set_u64(self.host.sink_valid, 0)?)
    }

    fn read(
        &mut self,
        output: &mut dyn Write,
        bytes: u64,
        strips: u64,
        progress: &mut impl FnMut(Progress),
    ) -> anyhow::Result<()> {
        self.sim.set_u64(self.host.read_strip_count, strips)?;
        self.sim.set_u64(self.host.read_start, 1)?;
        self.last_movement = self.cycles;
        let mut left = bytes;
        let mut done = false;
        while !done {
            let ready = !self.host_pause.next_cycle();
            self.sim.set_u64(self.host.source_ready, u64::from(ready))?;
            self.drive_lanes()?;
            if ready && self.sim.get_u64(self.host.source_valid)? == 1 {
                let mut parts = [0; 8];
                let parts = &mut parts[..self.word_bytes.div_ceil(8)];
                self.sim.get_words(self.host.source_data, parts)?;
                let mut word = [0; 64];
                for (bytes, part) in word.chunks_mut(8).zip(parts) {
                    bytes.copy_from_slice(&part.to_le_bytes());
                }
                // What pads the last strip is not the file's.
                let length = left.min(self.word_bytes as u64);
                output.write_all(&word[..length as usize]).context("cannot write the output")?;
                left -= length;
                done = self.sim.get_u64(self.host.source_last)? == 1;
                self.last_movement = self.cycles;
            }
            self.tick()?;
            self.sim.set_u64(self.host.read_start, 0)?;
            if self.cycles.is_multiple_of(PROGRESS_CYCLES) {
                progress(Progress { phase: "reading", bytes: bytes - left, total_bytes: bytes });
            }
        }
        ensure!(left == 0, "the data path ended {left} bytes before the file's end");
        Ok(())
    }
}

fn pause(plan: &Plan, device: u64) -> Pause {
    match plan.back_pressure {
        Some(seed) => Pause::random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(device), PAUSE_PROBABILITY),
        None => Pause::never(),
    }
}
