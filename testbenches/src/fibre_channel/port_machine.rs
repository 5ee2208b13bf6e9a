//! A port in simulation, with the lines, the host, storage and the processor around it.

use anyhow::{Context, Result, bail, ensure};
use hardpath_netlist::elaborate;
use hardpath_rtl::fibre_channel::FrameBuffer;
use hardpath_rtl::fibre_channel::port::FibreChannelPort;
use hardpath_sim::engine::{Options, RawPort, Simulator};
use hardpath_sim::firmware::FirmwareRunner;
use hardpath_sim::firmware::port::{
    LineSetting, LogicalUnit, PortFirmware, PortNames, PortTask, PortTimes, SharedReservations,
};
use hardpath_sim::models::fibre_channel::{
    Attached, Hba, HostPort, LineFrame, LineTimes, Neighbour, Speed, SpeedSetting,
};
use hardpath_sim::models::{PageStorage, StorageRequest};
use hardpath_sim::scenario::fibre_channel::{WORD_PICOSECONDS, Watcher, link_times};
use rust_hdl::prelude::Block;

/// Names of the port and its logical unit, registered to nobody.
const NAMES: PortNames = PortNames { port: 0x5000_0000_0000_0001, node: 0x5000_0000_0000_0000 };
const UNIT_NAME: u64 = 0x5000_0000_0000_0002;
const UNIT_SERIAL: &str = "0000000000000001";
/// Name of the host's port.
const HOST_NAME: u64 = 0x1000_0000_0000_0001;
/// Times of a line: short, so that links come up soon.
pub const TIMES: LineTimes =
    LineTimes { timeout: 2000, offline: 500, receive_cycle: 300, transmit_cycle: 8_400, stable: 4_000 };
/// Frames that the host can take.
const HOST_CREDIT: u16 = 8;
/// By how many parts per million the host's clock is faster.
const HOST_PPM: i32 = 100;
/// Times of the processor's program.
const PORT_TIMES: PortTimes = PortTimes { exchange_timeout: 10_000_000, login_wait: 5_000, loop_wait: 400_000 };
/// Speed of the line.
const SPEED: Speed = Speed::Eight;

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
pub struct PortMachine<N = Hba> {
    simulator: Simulator,
    ports: Ports,
    /// Bits of the line's clock and of the port's, as the engine counts clocks.
    line_clock: usize,
    clock: usize,
    /// What is behind the port.
    pub storage: PageStorage,
    /// The host, or whatever the port is attached to, and its lines.
    pub host: Attached<N>,
    processor: FirmwareRunner,
    watcher: Option<Watcher>,
    seen: Vec<(u64, LineFrame)>,
    cycle: u64,
}

fn simulator(times: LineTimes) -> Result<Simulator> {
    let mut uut = FibreChannelPort::new(link_times(times));
    uut.connect_all();
    Ok(Simulator::from_elaboration(elaborate(&uut)?, Options::default())?)
}

impl PortMachine {
    /// A port at 8 Gb/s with so many blocks in this storage, and a host that takes 8 frames of up to `payload` bytes.
    ///
    /// # Panics
    /// If the circuit does not compile.
    pub fn new(payload: u16, storage: PageStorage, blocks: u64, seed: u64) -> Self {
        let hba = Hba::new(HostPort::new(HOST_NAME, HOST_CREDIT, payload), TIMES);
        Self::with_neighbour(hba, storage, blocks, seed)
    }
}

impl<N: Neighbour> PortMachine<N> {
    /// A port at 8 Gb/s with so many blocks in this storage, and this at the other end.
    ///
    /// # Panics
    /// If the circuit does not compile.
    pub fn with_neighbour(end: N, storage: PageStorage, blocks: u64, seed: u64) -> Self {
        Self::try_new(end, storage, blocks, seed).expect("a port")
    }

    fn try_new(end: N, storage: PageStorage, blocks: u64, seed: u64) -> Result<Self> {
        let mut simulator = simulator(TIMES)?;
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
            let place = simulator.clocks().iter().position(|net| top.net(*net).name == name);
            place.with_context(|| format!("no clock {name}"))
        };
        let (line_clock, clock) = (clock_named("line_clock")?, clock_named("clock")?);
        let unit = LogicalUnit { blocks, name: UNIT_NAME, serial: UNIT_SERIAL.to_owned() };
        let firmware =
            PortFirmware::new(NAMES, FrameBuffer::<13>::credit() as u16, unit, SharedReservations::default());
        Ok(Self {
            simulator,
            ports,
            line_clock,
            clock,
            storage,
            host: Attached::new(end, HOST_PPM, SpeedSetting::fixed(SPEED), TIMES, seed),
            processor: FirmwareRunner::new(|processor| {
                PortTask::new(processor, firmware, LineSetting::plain(SPEED), PORT_TIMES).run()
            }),
            watcher: None,
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
        let words = self.host.edges();
        self.give()?;
        if words == 2 {
            // The line's clock alone, in the middle of the cycle before.
            self.edge(&[self.line_clock])?;
            self.receive_word()?;
        }
        let sent = self.simulator.get_u64(self.ports.sent)?;
        let request = self.request()?;
        let is_done = self.simulator.get_u64(self.ports.mailbox_done)? == 1;
        let answer = if is_done { Some(self.simulator.get_u64(self.ports.mailbox_data_out)? as u32) } else { None };
        let risen: &[usize] = if words == 0 { &[self.clock] } else { &[self.line_clock, self.clock] };
        let risen = risen.to_vec();
        self.edge(&risen)?;
        if words > 0 {
            self.receive_word()?;
        }
        self.storage.clock(&request);
        self.processor.pass(self.cycle, false, answer).context("firmware")?;
        self.host.receive(SPEED, Some(sent));
        self.cycle += 1;
        let now = self.cycle * WORD_PICOSECONDS;
        self.seen.extend(self.host.end.take_seen().into_iter().map(|seen| (now, seen.frame)));
        Ok(())
    }

    /// The next word of the host comes to the port.
    fn receive_word(&mut self) -> Result<()> {
        let word = self.host.next_word(SPEED).context("both ends have one speed")?;
        Ok(self.simulator.set_u64(self.ports.received, word)?)
    }

    fn edge(&mut self, clocks: &[usize]) -> Result<()> {
        if let Some(watcher) = &mut self.watcher {
            watcher(&mut self.simulator)?;
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
        while !self.host.end.hosts().iter().all(HostPort::is_ready) {
            let is_refused = self.host.end.hosts().iter().any(HostPort::is_refused);
            ensure!(self.cycle < end && !is_refused, "not logged in: {:?}", self.host.end.hosts());
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
        loop {
            let mut open = 0;
            for host in self.host.end.hosts_mut() {
                let Some(initiator) = host.initiator() else { bail!("a host is not logged in") };
                ensure!(initiator.violations().is_empty(), "frames that do not fit: {:X?}", initiator.violations());
                open += initiator.open();
            }
            if open == 0 {
                return Ok(());
            }
            ensure!(self.cycle < end, "{open} commands still open after {limit} cycles");
            self.step()?;
        }
    }
}
