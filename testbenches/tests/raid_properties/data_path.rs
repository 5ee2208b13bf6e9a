//! The stripe data path in simulation, with a host, lanes, and a bug of choice between them.

use crate::case::Case;
use anyhow::{Context, Result, bail};
use hardpath_rtl::raid::StripeDataPath;
use hardpath_sim::engine::{RawPort, Simulator};
use hardpath_sim::models::{LaneModel, LanePorts, Pause};
use hardpath_sim::waveform::{Recorder, Recording, Selection, Window};
use hardpath_testbenches::golden::stripe_layout;
use rust_hdl::prelude::Block;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Address bits of the parity memory: room for the longest strip of a case.
const ADDRESS_BITS: usize = 5;

/// Clock period in waveforms.
const PERIOD_PS: u64 = 4000;

/// Something wrong outside of the circuits, which the properties must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlantedBug {
    /// A bit of the first data strip flips on its lane between writing and reading.
    FlippedBit,
    /// The circuit's lane 0 is wired to the last lane, and so on.
    LanesReversed,
    /// Another lane than the failed one is named to the reader.
    WrongLaneTold,
    /// The parity strip of the first stripe is zero on its lane.
    ParityErased,
}

/// What came of a run.
pub struct Outcome {
    /// The bytes read back, without what pads the last strip.
    pub read_back: Vec<u8>,
    /// Per lane what it held after writing; `None` for a lane that had failed before.
    pub lanes: Vec<Option<Vec<u8>>>,
}

/// Writes the case's data through the circuits and reads it back, recording a waveform if a path is given.
pub fn run(case: &Case, bug: Option<PlantedBug>, waveform: Option<&Path>) -> Result<Outcome> {
    let mut run = Run::new(case, bug, waveform)?;
    if let Some(failure) = case.failure.filter(|failure| failure.before_writing) {
        run.fail(failure.lane)?;
    }
    run.write()?;
    run.plant()?;
    let lanes = run.images()?;
    if let Some(failure) = case.failure.filter(|failure| !failure.before_writing) {
        run.fail(failure.lane)?;
    }
    let read_back = run.read()?;
    Ok(Outcome { read_back, lanes })
}

fn compile(case: &Case) -> Result<Simulator> {
    fn build<const W: usize>(case: &Case) -> Result<Simulator> {
        let mut uut = StripeDataPath::<W, ADDRESS_BITS>::new(case.data_lanes, case.words_per_strip)?;
        uut.connect_inputs();
        uut.connect_all();
        Ok(Simulator::build(&uut)?)
    }
    match case.word_bits {
        32 => build::<32>(case),
        64 => build::<64>(case),
        128 => build::<128>(case),
        other => bail!("no circuit for words of {other} bits"),
    }
}

struct Run<'a> {
    case: &'a Case,
    bug: Option<PlantedBug>,
    sim: Simulator,
    /// By lane, whatever port of the circuit each is wired to.
    lanes: Vec<LaneModel>,
    /// The lanes' files, to look into and to tamper with.
    files: Vec<File>,
    failed: Option<usize>,
    recorder: Option<Recorder>,
    pause: Pause,
    cycles_left: u64,
}

impl<'a> Run<'a> {
    fn new(case: &'a Case, bug: Option<PlantedBug>, waveform: Option<&Path>) -> Result<Self> {
        let mut sim = compile(case)?;
        let (mut lanes, mut files) = (Vec::new(), Vec::new());
        let count = case.data_lanes + 1;
        for lane in 0..count {
            let port = if bug == Some(PlantedBug::LanesReversed) { count - 1 - lane } else { lane };
            let ports = LanePorts::of_data_path(&mut sim, port)?;
            let file = tempfile::tempfile()?;
            files.push(file.try_clone()?);
            let strip_bytes = case.geometry().strip_bytes();
            lanes.push(LaneModel::new(
                ports,
                file,
                strip_bytes,
                case.word_bits / 8,
                case.latency,
                pause(case, lane as u64),
            ));
        }
        let recorder = match waveform {
            Some(path) => {
                let recording = Recording {
                    selection: Selection::everything(),
                    window: Window::ALWAYS,
                    periods_ps: vec![PERIOD_PS],
                    vcd: None,
                    fst: Some(path.to_owned()),
                };
                Some(Recorder::new(&mut sim, &recording)?)
            }
            None => None,
        };
        // Far beyond what the slowest lanes take: each word waits for host and lane, each request for the latency.
        let words = (case.data.len() / (case.word_bits / 8)) as u64 + 32 * case.data_lanes as u64;
        let cycles_left = 1000 + words * (60 + 4 * case.latency);
        Ok(Self { case, bug, sim, lanes, files, failed: None, recorder, pause: pause(case, 99), cycles_left })
    }

    fn port(&mut self, name: &str) -> Result<RawPort> {
        Ok(self.sim.port_named(name)?)
    }

    fn fail(&mut self, lane: usize) -> Result<()> {
        self.lanes[lane].fail();
        self.failed = Some(lane);
        let told = match self.bug {
            Some(PlantedBug::WrongLaneTold) => (lane + 1) % self.lanes.len(),
            Some(PlantedBug::LanesReversed) => self.lanes.len() - 1 - lane,
            _ => lane,
        };
        let (failed, failed_lane) = (self.port("failed")?, self.port("failed_lane")?);
        self.sim.set_u64(failed, 1)?;
        self.sim.set_u64(failed_lane, told as u64)?;
        Ok(())
    }

    fn drive_lanes(&mut self) -> Result<()> {
        self.lanes.iter_mut().try_for_each(|lane| lane.drive(&mut self.sim))
    }

    fn tick(&mut self) -> Result<()> {
        self.lanes.iter_mut().try_for_each(|lane| lane.sample(&mut self.sim))?;
        if let Some(recorder) = &mut self.recorder {
            recorder.cycle(&mut self.sim)?;
        }
        self.sim.tick();
        self.cycles_left = self.cycles_left.checked_sub(1).context("the data path has stalled")?;
        Ok(())
    }

    fn write(&mut self) -> Result<()> {
        let (valid, ready) = (self.port("sink_valid")?, self.port("sink_ready")?);
        let (data, last) = (self.port("sink_data")?, self.port("sink_last")?);
        let case = self.case;
        let words = case.data.chunks(case.word_bits / 8);
        let count = words.len();
        for (index, word) in words.enumerate() {
            while self.pause.next_cycle() {
                self.drive_lanes()?;
                self.tick()?;
            }
            let mut bytes = word.to_vec();
            bytes.resize(case.word_bits.div_ceil(64) * 8, 0);
            let parts: Vec<u64> = bytes.as_chunks::<8>().0.iter().map(|part| u64::from_le_bytes(*part)).collect();
            self.sim.set_words(data, &parts)?;
            self.sim.set_u64(last, u64::from(index + 1 == count))?;
            self.sim.set_u64(valid, 1)?;
            let mut taken = false;
            while !taken {
                self.drive_lanes()?;
                taken = self.sim.get_u64(ready)? == 1;
                self.tick()?;
            }
            self.sim.set_u64(valid, 0)?;
        }
        let lanes = self.lanes.len() - usize::from(self.failed.is_some());
        let strips = (case.geometry().stripes_for(case.data.len()) * lanes) as u64;
        while self.lanes.iter().map(LaneModel::strips_written).sum::<u64>() < strips {
            self.drive_lanes()?;
            self.tick()?;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<Vec<u8>> {
        let (valid, ready) = (self.port("source_valid")?, self.port("source_ready")?);
        let (data, last) = (self.port("source_data")?, self.port("source_last")?);
        let (start, count) = (self.port("read_start")?, self.port("read_strip_count")?);
        let strips = self.case.data.len().div_ceil(self.case.geometry().strip_bytes());
        self.sim.set_u64(count, strips as u64)?;
        self.sim.set_u64(start, 1)?;
        let mut read_back = Vec::new();
        let mut parts = vec![0; self.case.word_bits.div_ceil(64)];
        let mut done = false;
        while !done {
            let is_ready = !self.pause.next_cycle();
            self.sim.set_u64(ready, u64::from(is_ready))?;
            self.drive_lanes()?;
            if is_ready && self.sim.get_u64(valid)? == 1 {
                self.sim.get_words(data, &mut parts)?;
                let bytes = parts.iter().flat_map(|part| part.to_le_bytes());
                read_back.extend(bytes.take(self.case.word_bits / 8));
                done = self.sim.get_u64(last)? == 1;
            }
            self.tick()?;
            self.sim.set_u64(start, 0)?;
        }
        read_back.truncate(self.case.data.len());
        Ok(read_back)
    }

    /// The planted bugs that lie in the lanes' storage.
    fn plant(&mut self) -> Result<()> {
        let geometry = self.case.geometry();
        let strip_bytes = geometry.strip_bytes();
        let (lane, strip) = match self.bug {
            Some(PlantedBug::FlippedBit) => {
                let lane = stripe_layout::locate(&geometry, 0).lane;
                let mut strip = self.strip(lane)?;
                strip[0] ^= 0x10;
                (lane, strip)
            }
            Some(PlantedBug::ParityErased) => (stripe_layout::parity_lane(&geometry, 0), vec![0; strip_bytes]),
            _ => return Ok(()),
        };
        self.files[lane].seek(SeekFrom::Start(0))?;
        Ok(self.files[lane].write_all(&strip)?)
    }

    /// The first strip of a lane; zero if it was never written.
    fn strip(&mut self, lane: usize) -> Result<Vec<u8>> {
        let mut strip = self.image(lane)?;
        strip.resize(self.case.geometry().strip_bytes(), 0);
        Ok(strip)
    }

    fn image(&mut self, lane: usize) -> Result<Vec<u8>> {
        let mut image = Vec::new();
        self.files[lane].seek(SeekFrom::Start(0))?;
        self.files[lane].read_to_end(&mut image)?;
        Ok(image)
    }

    fn images(&mut self) -> Result<Vec<Option<Vec<u8>>>> {
        (0..self.lanes.len())
            .map(|lane| if self.failed == Some(lane) { Ok(None) } else { self.image(lane).map(Some) })
            .collect()
    }
}

fn pause(case: &Case, device: u64) -> Pause {
    match case.pauses {
        Some((seed, share)) => Pause::random(seed.wrapping_add(device.wrapping_mul(0x9e37_79b9_7f4a_7c15)), share),
        None => Pause::never(),
    }
}
