//! An interface card on bad lines, at links or in loops, with hosts that break the rules: no wrong data, no exchange that stays,
//! no standstill.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, ensure};
use hardpath_sim::firmware::port::PortTimes;
use hardpath_sim::models::fibre_channel::{
    Access, HostPort, Initiator, Outcome, Speed, SpeedSetting, Transfer, WireFault,
};
use hardpath_sim::models::{PageMemory, Pause};
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::fibre_channel::{CardMachine, CardSettings, PORTS, WORD_PICOSECONDS};
use hardpath_sim::workload::{Ending, Flight, HostCommand, Operation, PAGE_BYTES, Verifier, first_wrong};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::faulty_end::FaultyEnd;
use super::{card_settings, looped_hosts};

/// Pages of the logical unit.
const PAGES: u32 = 64;
/// Blocks of a page.
const PAGE_BLOCKS: u32 = 8;
/// Period of the device's clock.
const DEVICE_PERIOD: u64 = 7_500;
/// Exchanges and slots of a port.
const EXCHANGES: u64 = 128;
const SLOTS: u64 = 31;
/// Commands in flight at each port.
const DEPTH: usize = 12;
/// How much longer everything may take on lines that may be as slow as 2 Gb/s.
const SLOWNESS: u64 = 4;
/// Hosts in a loop.
const LOOPED_HOSTS: usize = 3;
/// Cycles after which a host aborts a command, after which it resets the link if that has no answer, and after which it takes
/// the link offline if it is not logged in.
const COMMAND_TIMEOUT: u64 = 40_000;
const ABORT_TIMEOUT: u64 = 20_000;
const LOGIN_TIMEOUT: u64 = 60_000;
/// Cycles in which all has to be well again when nothing more happens.
const RECOVERY: u64 = 1_500_000;

/// What went on.
#[derive(Clone, Debug, Default)]
pub struct CampaignTally {
    /// Faults, by kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// Commands that ended well, those that ended otherwise, and those that were aborted or lost with their link.
    pub commands: [u64; 3],
    /// Links that a host reset, and links that it took offline.
    pub resets: [u64; 2],
    /// Times that a link came up.
    pub activations: u64,
    /// Frames with a wrong CRC and frames that broke off, as the hosts saw them.
    pub bad_frames: u64,
    /// Cycles simulated.
    pub cycles: u64,
}

impl CampaignTally {
    /// Adds another case.
    pub fn add(&mut self, other: &Self) {
        for (kind, count) in &other.faults {
            *self.faults.entry(kind).or_default() += count;
        }
        for (sum, count) in self.commands.iter_mut().zip(other.commands) {
            *sum += count;
        }
        for (sum, count) in self.resets.iter_mut().zip(other.resets) {
            *sum += count;
        }
        self.activations += other.activations;
        self.bad_frames += other.bad_frames;
        self.cycles += other.cycles;
    }
}

/// A command in flight.
struct Command {
    flights: Vec<Flight>,
    is_read: bool,
    since: u64,
    is_aborted: bool,
}

struct Case<N> {
    card: CardMachine<PageMemory, N>,
    random: StdRng,
    verifier: Verifier,
    commands: HashMap<(usize, u16), Command>,
    /// Port of each host, and since when it is not logged in.
    ports: Vec<usize>,
    not_ready_since: Vec<u64>,
    /// Speeds are negotiated.
    negotiates: bool,
    tally: CampaignTally,
}

/// Runs a case with so many faults, of hosts at links.
///
/// # Errors
/// Wrong data, an exchange or slot that stays open, or a standstill.
pub fn run_case(seed: u64, faults: u64) -> Result<CampaignTally> {
    let settings = card_settings(PAGES.into(), DEVICE_PERIOD, seed);
    Case::run(&settings, (0..PORTS).map(|number| settings.hba(number)).collect(), faults)
}

/// Runs a case with so many faults, of hosts at links whose speed is negotiated, and negotiated anew in the middle of data.
///
/// # Errors
/// Wrong data, an exchange or slot that stays open, or a standstill.
pub fn run_case_at_changing_speeds(seed: u64, faults: u64) -> Result<CampaignTally> {
    let settings = card_settings(PAGES.into(), DEVICE_PERIOD, seed);
    let speed = SpeedSetting { fastest: Speed::Eight, negotiates: true };
    let PortTimes { exchange_timeout, .. } = settings.port_times;
    let port_times = PortTimes { exchange_timeout: SLOWNESS * exchange_timeout, ..settings.port_times };
    let settings = CardSettings { speed, host_speed: speed, port_times, ..settings };
    Case::run(&settings, (0..PORTS).map(|number| settings.hba(number)).collect(), faults)
}

/// Runs a case with so many faults, of hosts in loops.
///
/// # Errors
/// Wrong data, an exchange or slot that stays open, or a standstill.
pub fn run_case_in_loops(seed: u64, faults: u64) -> Result<CampaignTally> {
    let loops = |port: usize| looped_hosts(port * LOOPED_HOSTS..(port + 1) * LOOPED_HOSTS, seed.is_multiple_of(2));
    Case::run(&card_settings(PAGES.into(), DEVICE_PERIOD, seed), (0..PORTS).map(loops).collect(), faults)
}

impl<N: FaultyEnd> Case<N> {
    fn run(settings: &CardSettings, ends: Vec<N>, faults: u64) -> Result<CampaignTally> {
        let seed = settings.seed;
        let mut random = StdRng::seed_from_u64(seed);
        let slowest = [0, 100, 1_000, 5_000][random.random_range(0..4)];
        let pauses = [0.0, 0.1][random.random_range(0..2)];
        let device = PageMemory::new(PAGES, (0, slowest), Pause::random(seed, pauses), seed);
        let mut card = CardMachine::new(*settings, ends, device, &Trace::none())?;
        for (_, host) in card.hosts_mut() {
            host.tolerate();
        }
        let ports: Vec<usize> = card.hosts().map(|(port, _)| port).collect();
        let mut case = Self {
            card,
            random,
            verifier: Verifier::new(seed, WORD_PICOSECONDS),
            commands: HashMap::new(),
            not_ready_since: vec![0; ports.len()],
            ports,
            negotiates: settings.speed.negotiates,
            tally: CampaignTally::default(),
        };
        let spacing = case.random.random_range(500..4_000);
        for number in 0..faults {
            let until = case.card.cycle() + case.random.random_range(1..2 * spacing);
            while case.card.cycle() < until {
                case.step(true)?;
            }
            case.fault();
            ensure!(case.verifier.wrong.is_empty(), "after fault {number}: {:?}", first_wrong(&case.verifier.wrong));
        }
        case.recover()?;
        case.tally.cycles = case.card.cycle();
        for host in &case.card.attached {
            let counts = host.end.counts();
            case.tally.activations += counts.activations;
            case.tally.bad_frames += counts.wrong_crc + counts.broken;
        }
        Ok(case.tally)
    }

    fn host(&mut self, host: usize) -> &mut HostPort {
        self.card.hosts_mut().nth(host).expect("a host").1
    }

    fn initiator(&mut self, host: usize) -> Option<&mut Initiator> {
        self.host(host).initiator()
    }

    fn step(&mut self, gives: bool) -> Result<()> {
        self.card.step()?;
        let now = self.card.cycle();
        self.card.take_seen();
        for host in 0..self.ports.len() {
            self.watch_login(host, now);
            self.take_outcomes(host, now);
            if gives {
                self.give(host, now);
            }
            if now.is_multiple_of(256) {
                self.watch_commands(host, now);
            }
        }
        Ok(())
    }

    /// A host that is not logged in for long takes its link offline and up again.
    fn watch_login(&mut self, host: usize, now: u64) {
        let port = self.host(host);
        let is_refused = port.is_refused();
        if port.is_ready() {
            self.not_ready_since[host] = now;
            return;
        }
        // What was under way is lost with the login.
        let lost: Vec<_> = self.commands.keys().filter(|(other, _)| *other == host).copied().collect();
        for key in lost {
            self.commands.remove(&key);
            self.tally.commands[2] += 1;
        }
        if now - self.not_ready_since[host] > LOGIN_TIMEOUT * self.slowness() || is_refused {
            self.not_ready_since[host] = now;
            self.tally.resets[1] += 1;
            self.card.attached[self.ports[host]].end.begin_anew();
        }
    }

    fn take_outcomes(&mut self, host: usize, now: u64) {
        let Some(initiator) = self.initiator(host) else { return };
        let (outcomes, aborted) = (initiator.take_outcomes(), initiator.take_aborted());
        for originator in aborted {
            if self.commands.remove(&(host, originator)).is_some() {
                self.tally.commands[2] += 1;
            }
        }
        for outcome in outcomes {
            if let Some(command) = self.commands.remove(&(host, outcome.exchange)) {
                self.complete(command, &outcome, now);
            }
        }
    }

    fn complete(&mut self, command: Command, outcome: &Outcome, now: u64) {
        let bytes = command.flights.len() * PAGE_BYTES;
        let is_whole = !command.is_read || outcome.data.len() == bytes;
        // A host takes what is whole and ended well; of a write that did not, any page may be written or not.
        if outcome.status != 0 || outcome.residual != 0 || outcome.response_code.is_some() || !is_whole {
            self.tally.commands[1] += 1;
            return;
        }
        self.tally.commands[0] += 1;
        for (number, flight) in command.flights.into_iter().enumerate() {
            let data = match command.is_read {
                true => outcome.data[number * PAGE_BYTES..(number + 1) * PAGE_BYTES].to_vec(),
                false => vec![],
            };
            self.verifier.complete(flight, Ending::Well(data), now);
        }
    }

    /// Keeps commands in flight.
    fn give(&mut self, host: usize, now: u64) {
        let most_open = DEPTH * PORTS / self.ports.len();
        if self.initiator(host).is_none_or(|initiator| initiator.open() >= most_open) {
            return;
        }
        let most = [1, 1, 4, 12][self.random.random_range(0..4)];
        let pages = self.random.random_range(1..=most);
        let first = self.random.random_range(0..=PAGES - pages);
        let operation = if self.random.random_bool(0.5) { Operation::Read } else { Operation::Write };
        let mut flights = vec![];
        let mut data = vec![];
        for page in first..first + pages {
            let (flight, bytes) = self.verifier.issue(HostCommand { at: None, operation, page }, now);
            flights.push(flight);
            data.extend(bytes);
        }
        let is_read = operation == Operation::Read;
        let access = [Access::Ten, Access::Twelve, Access::Sixteen][self.random.random_range(0..3)];
        let block = u64::from(first * PAGE_BLOCKS);
        let transfer = Transfer::new(access, block, pages * PAGE_BLOCKS, (!is_read).then_some(data));
        if let Some(initiator) = self.initiator(host) {
            let originator = initiator.start(transfer);
            self.commands.insert((host, originator), Command { flights, is_read, since: now, is_aborted: false });
        }
    }

    /// Aborts what takes too long; resets the link if that has no answer.
    fn watch_commands(&mut self, host: usize, now: u64) {
        let slowness = self.slowness();
        let Some(initiator) = self.card.hosts_mut().nth(host).and_then(|(_, port)| port.initiator()) else { return };
        let mut resets = false;
        for ((_, originator), command) in self.commands.iter_mut().filter(|((other, _), _)| *other == host) {
            let limit = if command.is_aborted { ABORT_TIMEOUT } else { COMMAND_TIMEOUT };
            if now - command.since <= limit * slowness {
                continue;
            }
            if command.is_aborted {
                resets = true;
            } else {
                initiator.abort(*originator);
                (command.is_aborted, command.since) = (true, now);
            }
        }
        if resets && self.card.attached[self.ports[host]].end.reset() {
            self.tally.resets[0] += 1;
        }
    }

    /// How much longer everything may take.
    fn slowness(&self) -> u64 {
        if self.negotiates { SLOWNESS } else { 1 }
    }

    /// Something happens.
    fn fault(&mut self) {
        let port = self.random.random_range(0..PORTS);
        let random = &mut self.random;
        let attached = &mut self.card.attached[port];
        if self.negotiates && random.random_bool(0.05) {
            let fastest = Speed::ALL[random.random_range(0..Speed::ALL.len())];
            attached.negotiation.set(SpeedSetting { fastest, negotiates: true });
            *self.tally.faults.entry("speed negotiated anew").or_default() += 1;
            return;
        }
        let wire = if random.random_bool(0.5) { &mut attached.to_array } else { &mut attached.to_host };
        let kind = match random.random_range(0..100) {
            0..12 => {
                wire.disturb(WireFault::Bits(random.random_range(1..4)));
                "bits inverted"
            }
            12..20 => {
                wire.disturb(WireFault::Lose);
                "word lost"
            }
            20..28 => {
                wire.disturb(WireFault::Double);
                "word doubled"
            }
            28..36 => {
                wire.disturb(WireFault::Silence(random.random_range(1..60)));
                "short silence"
            }
            36..38 => {
                wire.disturb(WireFault::Silence(random.random_range(2_000..6_000)));
                "long silence"
            }
            38..41 => {
                wire.disturb(WireFault::Slip(random.random_range(1..40)));
                "slip of bits"
            }
            41..47 => {
                self.abort_one();
                "exchange aborted"
            }
            _ => attached.end.fault(random),
        };
        *self.tally.faults.entry(kind).or_default() += 1;
    }

    /// A host aborts one of its commands.
    fn abort_one(&mut self) {
        let mut open: Vec<(usize, u16)> = self.commands.keys().copied().collect();
        if open.is_empty() {
            return;
        }
        open.sort_unstable();
        let (host, originator) = open[self.random.random_range(0..open.len())];
        let now = self.card.cycle();
        if self.initiator(host).is_some_and(|initiator| initiator.abort(originator))
            && let Some(command) = self.commands.get_mut(&(host, originator))
        {
            (command.is_aborted, command.since) = (true, now);
        }
    }

    /// Nothing more happens: every command has to end, every host to be logged in, and everything to be free again.
    fn recover(&mut self) -> Result<()> {
        let end = self.card.cycle() + RECOVERY * self.slowness();
        while !self.commands.is_empty() || !self.card.is_ready() {
            ensure!(
                self.card.cycle() < end,
                "{} commands open, hosts ready: {:?}, lines {:?}",
                self.commands.len(),
                self.card.hosts().map(|(_, host)| host.is_ready()).collect::<Vec<_>>(),
                self.card.attached.iter().map(|attached| attached.end.state()).collect::<Vec<_>>()
            );
            self.step(false)?;
        }
        // Exchanges that no host knows end when the processor finds them open for too long.
        for port in 0..PORTS {
            while self.in_use(port)? != 0 {
                ensure!(self.card.cycle() < end, "port {port} keeps {} exchanges and slots", self.in_use(port)?);
                for _ in 0..1_000 {
                    self.step(false)?;
                }
            }
        }
        ensure!(self.verifier.wrong.is_empty(), "{:?}", first_wrong(&self.verifier.wrong));
        self.read_all()
    }

    /// Exchanges and slots of a port that are not free.
    fn in_use(&mut self, port: usize) -> Result<u64> {
        let mut in_use = 0;
        for (list, all) in [("free_exchanges", EXCHANGES), ("free_read_slots", SLOTS), ("free_write_slots", SLOTS)] {
            let free = self.free_numbers(&format!("ports_{port}.target.exchanges.{list}"), all)?;
            in_use += all - free;
        }
        Ok(in_use)
    }

    /// Numbers in a list that began with all of them.
    fn free_numbers(&mut self, list: &str, all: u64) -> Result<u64> {
        let simulator = self.card.simulator();
        let mut value = |name: &str| -> Result<u64> {
            let path = format!("{list}.{name}");
            let value = simulator.peek(&path).with_context(|| path.clone())?;
            Ok(value.words().first().copied().unwrap_or(0))
        };
        let unused = if value("all_used")? == 1 { 0 } else { all - value("unused")? };
        Ok(value("count")? + unused + value("first_valid")? + value("reading")?)
    }

    /// Reads every page at every port.
    fn read_all(&mut self) -> Result<()> {
        for port in 0..PORTS {
            let host = self.ports.iter().position(|other| *other == port).context("a port without a host")?;
            for page in 0..PAGES {
                self.read(host, page)?;
            }
        }
        ensure!(self.verifier.wrong.is_empty(), "{:?}", first_wrong(&self.verifier.wrong));
        Ok(())
    }

    /// A host reads a page. What is left of a fault may cost it its login once more, and the command with it.
    fn read(&mut self, host: usize, page: u32) -> Result<()> {
        let (well, end) = (self.tally.commands[0], self.card.cycle() + 4 * COMMAND_TIMEOUT * self.slowness());
        while self.tally.commands[0] == well {
            let now = self.card.cycle();
            let port = self.ports[host];
            let is_late = now >= end;
            ensure!(!is_late, "page {page} cannot be read at port {port}: {}", self.card.attached[port].end.state());
            if self.commands.is_empty() && self.host(host).is_ready() {
                let command = HostCommand { at: None, operation: Operation::Read, page };
                let (flight, _) = self.verifier.issue(command, now);
                let transfer = Transfer::new(Access::Ten, (page * PAGE_BLOCKS).into(), PAGE_BLOCKS, None);
                let originator = self.initiator(host).context("a host that is not logged in")?.start(transfer);
                let command = Command { flights: vec![flight], is_read: true, since: now, is_aborted: false };
                self.commands.insert((host, originator), command);
            }
            self.step(false)?;
        }
        Ok(())
    }
}
