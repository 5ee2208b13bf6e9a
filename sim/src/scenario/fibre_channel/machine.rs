//! A port of the array in simulation, with the lines, the host, storage and the processor around it.

use crate::engine::{RawPort, Simulator};
use crate::firmware::FirmwareRunner;
use crate::firmware::port::{LogicalUnit, PortFirmware, PortNames, PortTask};
use crate::models::fibre_channel::{Hba, HostPort, LineFrame, LineTimes, Wire};
use crate::models::{PageStorage, StorageRequest};
use crate::scenario::Trace;
use crate::waveform::{Recorder, TracedDesign};
use anyhow::{Context, Result, bail, ensure};
use hardpath_netlist::elaborate;
use hardpath_rtl::fibre_channel::FrameBuffer;
use hardpath_rtl::fibre_channel::port::FibreChannelPort;
use rust_hdl::prelude::Block;

/// Names of the port and its logical unit, registered to nobody.
const NAMES: PortNames = PortNames { port: 0x5000_0000_0000_0001, node: 0x5000_0000_0000_0000 };
const UNIT_NAME: u64 = 0x5000_0000_0000_0002;
const UNIT_SERIAL: &str = "0000000000000001";
/// Name of the host's port.
const HOST_NAME: u64 = 0x1000_0000_0000_0001;
/// Where words begin in what each end receives, in bits.
const SKEWS: [u32; 2] = [7, 31];
/// Parts of a cycle that clocks differ by.
const PARTS: i64 = 1_000_000;

/// What is set of a port.
#[derive(Clone, Copy, Debug)]
pub struct PortSettings {
    /// R_T_TOV and the shortest OLS, in words of the line.
    pub times: LineTimes,
    /// Fill words are ARB(FF), as at 8 Gb/s, or IDLE.
    pub fills_with_arb: bool,
    /// Blocks of the logical unit.
    pub blocks: u64,
    /// Period of the port's clock.
    pub period_ps: u64,
    /// By how many parts per million the host's clock is faster.
    pub host_ppm: i32,
    /// Frames that the host can take, and bytes of payload in each.
    pub host: (u16, u16),
    /// Seed of what happens on the lines.
    pub seed: u64,
}

/// Looks at the circuit before each edge of a clock.
pub type Watcher = Box<dyn FnMut(&mut Simulator) -> Result<()>>;

struct Ports {
    received: RawPort,
    sent: RawPort,
    mailbox_request: RawPort,
    mailbox_write: RawPort,
    mailbox_address: RawPort,
    mailbox_data_in: RawPort,
    mailbox_data_out: RawPort,
    mailbox_done: RawPort,
    page_valid: RawPort,
    page_ready: RawPort,
    page_is_write: RawPort,
    page_slot: RawPort,
    page_number: RawPort,
    page_first: RawPort,
    page_last: RawPort,
    fill: RawPort,
    fill_address: RawPort,
    fill_word: RawPort,
    fetch_address: RawPort,
    fetch_word: RawPort,
    done: RawPort,
    done_is_write: RawPort,
    done_slot: RawPort,
    done_failed: RawPort,
}

/// The port, and all that stands around it.
pub struct Machine {
    simulator: Simulator,
    ports: Ports,
    /// Bits of the line's clock and of the port's, as the engine counts clocks.
    line_clock: usize,
    clock: usize,
    settings: PortSettings,
    /// What is behind the port.
    pub storage: PageStorage,
    /// The host.
    pub hba: Hba,
    processor: FirmwareRunner,
    /// The line to the port.
    pub to_port: Wire,
    /// The line to the host.
    pub to_host: Wire,
    /// How far the host's clock is before the port's, in parts of a cycle.
    ahead: i64,
    recorder: Option<Recorder>,
    watcher: Option<Watcher>,
    seen: Vec<(u64, LineFrame)>,
    cycle: u64,
}

fn simulator(times: LineTimes) -> Result<Simulator> {
    let mut uut = FibreChannelPort::new(times.timeout, times.offline);
    uut.connect_all();
    Ok(Simulator::from_elaboration(elaborate(&uut)?, crate::engine::Options::default())?)
}

impl Machine {
    /// A port with storage behind it and a host at its line, all powered up.
    ///
    /// # Errors
    /// If a recording cannot begin.
    pub fn new(settings: PortSettings, storage: PageStorage, trace: &Trace) -> Result<Self> {
        let mut simulator = simulator(settings.times)?;
        let mut port = |name: &str| simulator.port_named(name).with_context(|| format!("no port {name}"));
        let ports = Ports {
            received: port("received")?,
            sent: port("sent")?,
            mailbox_request: port("mailbox_request")?,
            mailbox_write: port("mailbox_write")?,
            mailbox_address: port("mailbox_address")?,
            mailbox_data_in: port("mailbox_data_in")?,
            mailbox_data_out: port("mailbox_data_out")?,
            mailbox_done: port("mailbox_done")?,
            page_valid: port("page_valid")?,
            page_ready: port("page_ready")?,
            page_is_write: port("page_is_write")?,
            page_slot: port("page_slot")?,
            page_number: port("page_number")?,
            page_first: port("page_first")?,
            page_last: port("page_last")?,
            fill: port("slots_fill")?,
            fill_address: port("slots_fill_address")?,
            fill_word: port("slots_fill_word")?,
            fetch_address: port("slots_fetch_address")?,
            fetch_word: port("slots_fetch_word")?,
            done: port("slots_done")?,
            done_is_write: port("slots_done_is_write")?,
            done_slot: port("slots_done_slot")?,
            done_failed: port("slots_done_failed")?,
        };
        let clock_named = |name: &str| {
            let top = simulator.design().top();
            let place = simulator.clocks().iter().position(|net| top.nets[net.0 as usize].name == name);
            place.with_context(|| format!("no clock {name}"))
        };
        let (line_clock, clock) = (clock_named("line_clock")?, clock_named("clock")?);
        let recorder = trace.recorder(&mut simulator, settings.period_ps)?;
        let unit = LogicalUnit { blocks: settings.blocks, name: UNIT_NAME, serial: UNIT_SERIAL.to_owned() };
        let firmware = PortFirmware::new(NAMES, FrameBuffer::<13>::credit() as u16, unit);
        let host = HostPort::new(HOST_NAME, settings.host.0, settings.host.1);
        Ok(Self {
            simulator,
            ports,
            line_clock,
            clock,
            settings,
            storage,
            hba: Hba::new(host, settings.times, settings.fills_with_arb),
            processor: FirmwareRunner::new(|processor| PortTask::new(processor, firmware).run()),
            to_port: Wire::new(SKEWS[0], settings.seed),
            to_host: Wire::new(SKEWS[1], settings.seed + 1),
            watcher: None,
            ahead: 0,
            recorder,
            seen: vec![],
            cycle: 0,
        })
    }

    /// Cycles of the port's clock so far.
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// Has the circuit looked at before each edge of a clock, its inputs set.
    pub fn watch(&mut self, watcher: Watcher) {
        self.watcher = Some(watcher);
    }

    /// Frames that passed over the line, and when, since this was asked last.
    pub fn take_seen(&mut self) -> Vec<(u64, LineFrame)> {
        std::mem::take(&mut self.seen)
    }

    /// One cycle of the port's clock, and one, none or two of the host's.
    ///
    /// # Errors
    /// If firmware fails or a recording cannot be written.
    pub fn step(&mut self) -> Result<()> {
        self.ahead += i64::from(self.settings.host_ppm);
        let words = match self.ahead {
            ahead if ahead >= PARTS => 2,
            ahead if ahead <= -PARTS => 0,
            _ => 1,
        };
        self.ahead -= (words - 1) * PARTS;
        self.give()?;
        if words == 2 {
            // The line's clock alone, in the middle of the cycle before.
            self.edge(&[self.line_clock], self.settings.period_ps / 2)?;
            self.receive_word()?;
        }
        let sent = self.simulator.get_u64(self.ports.sent)?;
        let request = self.request()?;
        let is_done = self.simulator.get_u64(self.ports.mailbox_done)? == 1;
        let answer = if is_done { Some(self.simulator.get_u64(self.ports.mailbox_data_out)? as u32) } else { None };
        let risen: &[usize] = if words == 0 { &[self.clock] } else { &[self.line_clock, self.clock] };
        let risen = risen.to_vec();
        self.edge(&risen, self.settings.period_ps - if words == 2 { self.settings.period_ps / 2 } else { 0 })?;
        if words > 0 {
            self.receive_word()?;
        }
        self.storage.clock(&request);
        self.processor.pass(self.cycle, false, answer).context("firmware")?;
        let received = self.to_host.pass(sent);
        self.hba.receive(received);
        self.cycle += 1;
        let now = self.cycle * self.settings.period_ps;
        self.seen.extend(self.hba.line.take_seen().into_iter().map(|seen| (now, seen.frame)));
        Ok(())
    }

    /// The next word of the host comes to the port.
    fn receive_word(&mut self) -> Result<()> {
        let word = self.to_port.pass(self.hba.transmit());
        Ok(self.simulator.set_u64(self.ports.received, word)?)
    }

    fn edge(&mut self, clocks: &[usize], later: u64) -> Result<()> {
        if let Some(watcher) = &mut self.watcher {
            watcher(&mut self.simulator)?;
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.edge(&mut self.simulator, later, clocks)?;
        }
        Ok(self.simulator.tick_clocks(clocks.iter().fold(0, |domains, clock| domains | 1 << clock))?)
    }

    fn give(&mut self) -> Result<()> {
        let (simulator, ports) = (&mut self.simulator, &self.ports);
        let access = self.processor.access();
        simulator.set_u64(ports.mailbox_request, u64::from(access.is_some()))?;
        if let Some(access) = access {
            simulator.set_u64(ports.mailbox_address, access.address.into())?;
            simulator.set_u64(ports.mailbox_write, u64::from(access.write.is_some()))?;
            simulator.set_u64(ports.mailbox_data_in, access.write.unwrap_or(0).into())?;
        }
        let reply = self.storage.reply();
        simulator.set_u64(ports.page_ready, u64::from(reply.ready))?;
        simulator.set_u64(ports.fill, u64::from(reply.fill.is_some()))?;
        if let Some((address, word)) = reply.fill {
            simulator.set_u64(ports.fill_address, address)?;
            simulator.set_u64(ports.fill_word, word.into())?;
        }
        simulator.set_u64(ports.fetch_address, reply.fetch_address)?;
        simulator.set_u64(ports.done, u64::from(reply.done.is_some()))?;
        if let Some((is_write, slot, failed)) = reply.done {
            simulator.set_u64(ports.done_is_write, is_write.into())?;
            simulator.set_u64(ports.done_slot, slot)?;
            simulator.set_u64(ports.done_failed, failed.into())?;
        }
        Ok(())
    }

    fn request(&mut self) -> Result<StorageRequest> {
        let (simulator, ports) = (&mut self.simulator, &self.ports);
        let mut request = StorageRequest {
            valid: simulator.get_u64(ports.page_valid)? == 1,
            fetched: simulator.get_u64(ports.fetch_word)? as u32,
            ..StorageRequest::default()
        };
        if request.valid {
            request.is_write = simulator.get_u64(ports.page_is_write)? == 1;
            request.slot = simulator.get_u64(ports.page_slot)?;
            request.page = simulator.get_u64(ports.page_number)?;
            request.blocks = (simulator.get_u64(ports.page_first)?, simulator.get_u64(ports.page_last)?);
        }
        Ok(request)
    }

    /// Runs until the host is logged in.
    ///
    /// # Errors
    /// If that takes more than `limit` cycles, or a login is refused; and as [`step`](Self::step).
    pub fn log_in(&mut self, limit: u64) -> Result<()> {
        let end = self.cycle + limit;
        while !self.hba.port.is_ready() {
            ensure!(self.cycle < end && !self.hba.port.is_refused(), "not logged in: {:?}", self.hba.port);
            self.step()?;
        }
        Ok(())
    }

    /// Runs until every command is answered.
    ///
    /// # Errors
    /// If that takes more than `limit` cycles, or the host found a frame that does not fit; and as [`step`](Self::step).
    pub fn run_until_idle(&mut self, limit: u64) -> Result<()> {
        let end = self.cycle + limit;
        while let Some(initiator) = self.hba.port.initiator() {
            ensure!(initiator.violations().is_empty(), "frames that do not fit: {:X?}", initiator.violations());
            if initiator.open() == 0 {
                return Ok(());
            }
            ensure!(self.cycle < end, "{} commands still open after {limit} cycles", initiator.open());
            self.step()?;
        }
        bail!("the host is not logged in")
    }

    /// Ends the recording, if there is one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish_recording(&mut self) -> Result<Option<TracedDesign>> {
        Ok(self.recorder.take().map(Recorder::finish).transpose()?)
    }
}
