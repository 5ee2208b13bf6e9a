//! An interface card in simulation, with the lines, the hosts, the device below and the processor around it.

use crate::engine::{RawPort, Simulator};
use crate::firmware::FirmwareRunner;
use crate::firmware::port::{
    LineSetting, LogicalUnit, PortFirmware, PortNames, PortTask, PortTimes, SharedReservations,
};
use crate::models::fibre_channel::arbitrated_loop::LoopPort;
use crate::models::fibre_channel::{Attached, Hba, HostPort, LineFrame, LineTimes, Neighbour, Speed, SpeedSetting};
use crate::models::{PageDevice, PagePins};
use crate::scenario::Trace;
use crate::waveform::{Recorder, TracedDesign};
use anyhow::{Context, Result, bail, ensure};
use hardpath_netlist::elaborate;
use hardpath_rtl::fibre_channel::{FrameBuffer, LineSpeed, LinkTimes};
use hardpath_rtl::interface_card::InterfaceCard;
use rust_hdl::prelude::Block;

/// Time of a word at 8 Gb/s in picoseconds, rounded to an even number: a cycle of the machine.
pub const WORD_PICOSECONDS: u64 = 4_706;
/// Ports of a card.
pub const PORTS: usize = 2;
/// Names of the card and its logical unit, registered to nobody; each port and each host adds its number.
const NODE_NAME: u64 = 0x5000_0000_0000_0000;
const UNIT_NAME: u64 = 0x5000_0000_0000_0100;
const UNIT_SERIAL: &str = "0000000000000001";
const HOST_NAME: u64 = 0x1000_0000_0000_0001;
/// Words until a host initializes a loop anew in which nothing moves.
const LOOP_TIMEOUT: u64 = 300_000;
/// Registers of a port in the card's mailbox.
const PORT_WINDOW: u16 = 0x100;

/// Looks at the circuit before each edge of a clock.
pub type Watcher = Box<dyn FnMut(&mut Simulator) -> Result<()>>;

/// What is set of a card and its hosts.
#[derive(Clone, Copy, Debug)]
pub struct CardSettings {
    /// Times of both ends of a line.
    pub times: LineTimes,
    /// Speed of the ports.
    pub speed: SpeedSetting,
    /// Speed of what they are attached to.
    pub host_speed: SpeedSetting,
    /// Frames of 8 Gb/s are scrambled; not in loops.
    pub scrambles: bool,
    /// Blocks of the logical unit.
    pub blocks: u64,
    /// Period of the device's clock.
    pub device_period_ps: u64,
    /// By how many parts per million the neighbours' clocks are faster.
    pub host_ppm: i32,
    /// Frames that a host can take, and bytes of payload in each.
    pub host: (u16, u16),
    /// Times of the processor's programs.
    pub port_times: PortTimes,
    /// Seed of what happens on the lines.
    pub seed: u64,
}

impl CardSettings {
    /// The port of the host with this number.
    pub fn host_port(&self, number: usize) -> HostPort {
        HostPort::new(HOST_NAME + number as u64, self.host.0, self.host.1)
    }

    /// A host with this number, and its port in a loop.
    pub fn looped_host(&self, number: usize) -> (HostPort, LoopPort) {
        let name = HOST_NAME + number as u64;
        (self.host_port(number), LoopPort::new(name, None, self.host.0.into(), LOOP_TIMEOUT))
    }

    /// What the ports' processors set of their lines.
    pub fn line(&self) -> LineSetting {
        LineSetting { speed: self.speed, scrambles: self.scrambles }
    }

    /// Times of the ports.
    pub fn link_times(&self) -> LinkTimes {
        link_times(self.times)
    }

    /// A host with this number at a line of its own.
    pub fn hba(&self, number: usize) -> Hba {
        let mut hba = Hba::new(self.host_port(number), self.times);
        if self.scrambles {
            hba.line.scramble();
        }
        hba
    }
}

/// Times of a port of the array.
pub fn link_times(times: LineTimes) -> LinkTimes {
    let LineTimes { timeout, offline, receive_cycle, transmit_cycle, stable } = times;
    LinkTimes { timeout, offline, receive_cycle, transmit_cycle, stable }
}

/// Pins of one port.
struct LinePorts {
    received: RawPort,
    sent: RawPort,
    transmit_speed: RawPort,
    receive_speed: RawPort,
    line_clock: usize,
    clock: usize,
    /// Cycles since the last edge of `clock`.
    waited: u32,
}

struct Ports {
    lines: Vec<LinePorts>,
    storage_clock: usize,
    request: RawPort,
    write: RawPort,
    address: RawPort,
    data_in: RawPort,
    data_out: RawPort,
    done: RawPort,
    pages: PagePins,
}

/// The card, and all that stands around it.
pub struct CardMachine<D, N = Hba> {
    simulator: Simulator,
    ports: Ports,
    settings: CardSettings,
    /// What is below.
    pub device: D,
    /// What is at the lines, by port.
    pub attached: Vec<Attached<N>>,
    /// The processor runs a program for each port.
    programs: Vec<FirmwareRunner>,
    /// The program whose access stands at the mailbox.
    accessing: Option<usize>,
    next_program: usize,
    watcher: Option<Watcher>,
    recorder: Option<Recorder>,
    /// Time of what was recorded last.
    recorded_ps: u64,
    next_storage_edge_ps: u64,
    seen: Vec<(u64, LineFrame)>,
    cycle: u64,
}

impl<D: PageDevice, N: Neighbour> CardMachine<D, N> {
    /// A card with a device below and neighbours at its lines, from the first on, all powered up.
    ///
    /// # Errors
    /// If a recording cannot begin.
    pub fn new(settings: CardSettings, neighbours: Vec<N>, device: D, trace: &Trace) -> Result<Self> {
        let mut card = InterfaceCard::new(settings.link_times());
        card.connect_all();
        let mut simulator = Simulator::from_elaboration(elaborate(&card)?, crate::engine::Options::default())?;
        let ports = ports(&mut simulator)?;
        let mut periods = vec![WORD_PICOSECONDS; simulator.clocks().len()];
        periods[ports.storage_clock] = settings.device_period_ps;
        let recorder = trace.recorder_of(&mut simulator, periods)?;
        let reservations = SharedReservations::default();
        let program = |port: usize| {
            let unit = LogicalUnit { blocks: settings.blocks, name: UNIT_NAME, serial: UNIT_SERIAL.to_owned() };
            let names = PortNames { port: NODE_NAME + 1 + port as u64, node: NODE_NAME };
            let firmware = PortFirmware::new(names, FrameBuffer::<13>::credit() as u16, unit, reservations.clone());
            FirmwareRunner::new(|processor| {
                PortTask::new(processor, firmware, settings.line(), settings.port_times).run()
            })
        };
        let attach = |(port, end): (usize, N)| {
            let seed = settings.seed.wrapping_add(2 * port as u64);
            Attached::new(end, settings.host_ppm, settings.host_speed, settings.times, seed)
        };
        Ok(Self {
            simulator,
            ports,
            settings,
            device,
            attached: neighbours.into_iter().enumerate().map(attach).collect(),
            programs: (0..PORTS).map(program).collect(),
            accessing: None,
            next_program: 0,
            watcher: None,
            recorder,
            recorded_ps: 0,
            next_storage_edge_ps: settings.device_period_ps,
            seen: vec![],
            cycle: 0,
        })
    }

    /// Cycles so far, each of the time of a word at 8 Gb/s.
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// Has the circuit looked at before each edge of a clock, its inputs set.
    pub fn watch(&mut self, watcher: Watcher) {
        self.watcher = Some(watcher);
    }

    /// The circuit.
    pub fn simulator(&mut self) -> &mut Simulator {
        &mut self.simulator
    }

    /// The hosts, and the port of the card that each is behind.
    pub fn hosts(&self) -> impl Iterator<Item = (usize, &HostPort)> {
        self.attached
            .iter()
            .enumerate()
            .flat_map(|(port, attached)| attached.end.hosts().iter().map(move |host| (port, host)))
    }

    /// The hosts, to give them commands, and the port of the card that each is behind.
    pub fn hosts_mut(&mut self) -> impl Iterator<Item = (usize, &mut HostPort)> {
        self.attached
            .iter_mut()
            .enumerate()
            .flat_map(|(port, attached)| attached.end.hosts_mut().iter_mut().map(move |host| (port, host)))
    }

    /// Every host is logged in.
    pub fn is_ready(&self) -> bool {
        self.hosts().all(|(_, host)| host.is_ready())
    }

    /// Frames that passed over the lines, and when, since this was asked last.
    pub fn take_seen(&mut self) -> Vec<(u64, LineFrame)> {
        std::mem::take(&mut self.seen)
    }

    /// Speed at which a port sends.
    ///
    /// # Errors
    /// If the circuit has no such port.
    pub fn transmit_speed(&mut self, port: usize) -> Result<Speed> {
        speed(self.simulator.get_u64(self.ports.lines[port].transmit_speed)?)
    }

    /// The time of a word at 8 Gb/s, and all edges that fall into it.
    ///
    /// # Errors
    /// If firmware or the device fails, or a recording cannot be written.
    pub fn step(&mut self) -> Result<()> {
        let end = (self.cycle + 1) * WORD_PICOSECONDS;
        while self.next_storage_edge_ps < end {
            let time_ps = self.next_storage_edge_ps;
            let answer = self.before_storage_edge()?;
            self.edge(time_ps, &[self.ports.storage_clock])?;
            self.pass_programs(answer)?;
        }
        let mut risen = vec![];
        let mut come = [None; PORTS];
        let mut begun = [None; PORTS];
        let mut transmitters = [Speed::Eight; PORTS];
        for port in 0..PORTS {
            let line = &mut self.ports.lines[port];
            transmitters[port] = speed(self.simulator.get_u64(line.transmit_speed)?)?;
            let receiver = speed(self.simulator.get_u64(line.receive_speed)?)?;
            line.waited += 1;
            if line.waited >= transmitters[port].divisor() {
                line.waited = 0;
                risen.push(line.clock);
                begun[port] = Some(self.simulator.get_u64(line.sent)?);
            }
            let Some(attached) = self.attached.get_mut(port) else { continue };
            for _ in 0..attached.edges() {
                let word = self.attached[port].next_word(receiver);
                if let Some(word) = come[port].take_if(|_| word.is_some()) {
                    // The line's clock alone, just before the end of the cycle.
                    self.edge(end - 1, &[self.ports.lines[port].line_clock])?;
                    self.receive_word(port, word)?;
                }
                come[port] = word.or(come[port]);
            }
            if come[port].is_some() {
                risen.push(self.ports.lines[port].line_clock);
            }
        }
        let answer = if self.next_storage_edge_ps == end {
            risen.push(self.ports.storage_clock);
            Some(self.before_storage_edge()?)
        } else {
            None
        };
        self.edge(end, &risen)?;
        self.cycle += 1;
        for (port, word) in come.into_iter().enumerate() {
            if let Some(word) = word {
                self.receive_word(port, word)?;
            }
        }
        for (port, attached) in self.attached.iter_mut().enumerate() {
            attached.receive(transmitters[port], begun[port]);
            self.seen.extend(attached.end.take_seen().into_iter().map(|seen| (end, seen.frame)));
        }
        answer.map_or(Ok(()), |answer| self.pass_programs(answer))
    }

    /// The next word of a host stands before its port.
    fn receive_word(&mut self, port: usize, word: u64) -> Result<()> {
        Ok(self.simulator.set_u64(self.ports.lines[port].received, word)?)
    }

    /// Clocks rise at this time.
    fn edge(&mut self, time_ps: u64, clocks: &[usize]) -> Result<()> {
        if let Some(watcher) = &mut self.watcher {
            watcher(&mut self.simulator)?;
        }
        if let Some(recorder) = &mut self.recorder {
            // Two edges may fall on one instant; time has to move on.
            let time_ps = time_ps.max(self.recorded_ps + 1);
            recorder.edge(&mut self.simulator, time_ps - self.recorded_ps, clocks)?;
            self.recorded_ps = time_ps;
        }
        Ok(self.simulator.tick_clocks(clocks.iter().fold(0, |domains, clock| domains | 1 << clock))?)
    }

    /// What the device and the processor see and give, the device's edge before the card's; what the processor read.
    fn before_storage_edge(&mut self) -> Result<Option<u32>> {
        self.give_access()?;
        let reply = self.device.reply()?;
        self.ports.pages.give_reply(&mut self.simulator, &reply)?;
        let request = self.ports.pages.request(&mut self.simulator)?;
        self.next_storage_edge_ps += self.settings.device_period_ps;
        self.device.clock(&request)?;
        let is_done = self.simulator.get_u64(self.ports.done)? == 1;
        Ok(if is_done { Some(self.simulator.get_u64(self.ports.data_out)? as u32) } else { None })
    }

    /// An access of one of the programs stands at the mailbox until it is done.
    fn give_access(&mut self) -> Result<()> {
        if self.accessing.is_none() {
            let order = (0..PORTS).map(|step| (self.next_program + step) % PORTS);
            self.accessing = order.into_iter().find(|&program| self.programs[program].access().is_some());
        }
        let Self { simulator, ports, .. } = self;
        let access = self.accessing.and_then(|program| Some((program, self.programs[program].access()?)));
        simulator.set_u64(ports.request, access.is_some().into())?;
        if let Some((program, access)) = access {
            simulator.set_u64(ports.address, (access.address + PORT_WINDOW * program as u16).into())?;
            simulator.set_u64(ports.write, access.write.is_some().into())?;
            simulator.set_u64(ports.data_in, access.write.unwrap_or(0).into())?;
        }
        Ok(())
    }

    fn pass_programs(&mut self, answer: Option<u32>) -> Result<()> {
        let answered = if answer.is_some() { self.accessing.take() } else { None };
        if let Some(program) = answered {
            self.next_program = program + 1;
        }
        for (number, program) in self.programs.iter_mut().enumerate() {
            let answer = answer.filter(|_| answered == Some(number));
            program.pass(self.cycle, false, answer).with_context(|| format!("firmware of port {number}"))?;
        }
        Ok(())
    }

    /// Runs until every host is logged in.
    ///
    /// # Errors
    /// If that takes more than `limit` cycles, or a login is refused; and as [`step`](Self::step).
    pub fn log_in(&mut self, limit: u64) -> Result<()> {
        let end = self.cycle + limit;
        while !self.is_ready() {
            for (port, host) in self.hosts() {
                ensure!(!host.is_refused(), "port {port} refused a login in cycle {}", self.cycle);
            }
            ensure!(self.cycle < end, "not logged in after {limit} cycles");
            self.step()?;
        }
        Ok(())
    }

    /// Runs until every command is answered.
    ///
    /// # Errors
    /// If that takes more than `limit` cycles, or a host found a frame that does not fit; and as [`step`](Self::step).
    pub fn run_until_idle(&mut self, limit: u64) -> Result<()> {
        let end = self.cycle + limit;
        loop {
            let mut open = 0;
            for (port, host) in self.hosts_mut() {
                let Some(initiator) = host.initiator() else { bail!("a host at port {port} is not logged in") };
                let violations = initiator.violations();
                ensure!(violations.is_empty(), "frames of port {port} that do not fit: {violations:X?}");
                open += initiator.open();
            }
            if open == 0 {
                return Ok(());
            }
            ensure!(self.cycle < end, "{open} commands still open after {limit} cycles");
            self.step()?;
        }
    }

    /// Ends the recording, if there is one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish_recording(&mut self) -> Result<Option<TracedDesign>> {
        Ok(self.recorder.take().map(Recorder::finish).transpose()?)
    }
}

/// The speed that a pin shows.
fn speed(value: u64) -> Result<Speed> {
    let shown = [(LineSpeed::Eight, Speed::Eight), (LineSpeed::Four, Speed::Four), (LineSpeed::Two, Speed::Two)];
    let found = shown.into_iter().find(|(line, _)| *line as u64 == value);
    found.map(|(_, speed)| speed).with_context(|| format!("no speed {value}"))
}

fn ports(simulator: &mut Simulator) -> Result<Ports> {
    let clock_named = |simulator: &Simulator, name: &str| {
        let top = simulator.design().top();
        let place = simulator.clocks().iter().position(|net| top.net(*net).name == name);
        place.with_context(|| format!("no clock {name}"))
    };
    let mut lines = vec![];
    for port in 0..PORTS {
        lines.push(LinePorts {
            received: simulator.port_named(&format!("received_{port}"))?,
            sent: simulator.port_named(&format!("sent_{port}"))?,
            transmit_speed: simulator.port_named(&format!("transmit_speeds_{port}"))?,
            receive_speed: simulator.port_named(&format!("receive_speeds_{port}"))?,
            line_clock: clock_named(simulator, &format!("line_clocks_{port}"))?,
            clock: clock_named(simulator, &format!("clocks_{port}"))?,
            waited: 0,
        });
    }
    let storage_clock = clock_named(simulator, "storage_clock")?;
    let pages = PagePins::named(simulator, "command", "completion", true)?;
    let mut port = |name: &str| simulator.port_named(name).with_context(|| format!("no port {name}"));
    Ok(Ports {
        lines,
        storage_clock,
        request: port("mailbox_request")?,
        write: port("mailbox_write")?,
        address: port("mailbox_address")?,
        data_in: port("mailbox_data_in")?,
        data_out: port("mailbox_data_out")?,
        done: port("mailbox_done")?,
        pages,
    })
}
