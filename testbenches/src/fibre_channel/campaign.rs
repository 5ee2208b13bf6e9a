//! An interface card on bad lines with hosts that break the rules: no wrong data, no exchange that stays, no standstill.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, ensure};
use hardpath_sim::models::fibre_channel::{Access, LinkState, Outcome, Tamper, Transfer, WireFault};
use hardpath_sim::models::{PageMemory, Pause};
use hardpath_sim::scenario::fibre_channel::{CardMachine, PORTS};
use hardpath_sim::workload::{Ending, Flight, HostCommand, Operation, PAGE_BYTES, Verifier, first_wrong};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::card;

/// Pages of the logical unit.
const PAGES: u32 = 64;
/// Blocks of a page.
const PAGE_BLOCKS: u32 = 8;
/// Period of the device's clock.
const DEVICE_PERIOD: u64 = 7_500;
/// Exchanges and slots of a port.
const EXCHANGES: u64 = 128;
const SLOTS: u64 = 32;
/// Commands in flight at each port.
const DEPTH: usize = 12;
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

struct Case {
    card: CardMachine<PageMemory>,
    random: StdRng,
    verifier: Verifier,
    commands: HashMap<(usize, u16), Command>,
    not_ready_since: [u64; PORTS],
    tally: CampaignTally,
}

/// Runs a case with so many faults.
///
/// # Errors
/// Wrong data, an exchange or slot that stays open, or a standstill.
pub fn run_case(seed: u64, faults: u64) -> Result<CampaignTally> {
    let mut random = StdRng::seed_from_u64(seed);
    let slowest = [0, 100, 1_000, 5_000][random.random_range(0..4)];
    let pauses = [0.0, 0.1][random.random_range(0..2)];
    let device = PageMemory::new(PAGES, (0, slowest), Pause::random(seed, pauses), seed);
    let mut card = card(PORTS, PAGES.into(), device, DEVICE_PERIOD, seed);
    for host in &mut card.attached {
        host.end.port.tolerate();
    }
    let mut case = Case {
        card,
        random,
        verifier: Verifier::new(seed, 4_706),
        commands: HashMap::new(),
        not_ready_since: [0; PORTS],
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
        let counts = host.end.line.counts();
        case.tally.activations += counts.activations;
        case.tally.bad_frames += counts.wrong_crc + counts.broken;
    }
    Ok(case.tally)
}

impl Case {
    fn step(&mut self, gives: bool) -> Result<()> {
        self.card.step()?;
        let now = self.card.cycle();
        self.card.take_seen();
        for port in 0..PORTS {
            self.watch_login(port, now);
            self.take_outcomes(port, now);
            if gives {
                self.give(port, now);
            }
            if now.is_multiple_of(256) {
                self.watch_commands(port, now);
            }
        }
        Ok(())
    }

    /// A host that is not logged in for long takes its link offline and up again.
    fn watch_login(&mut self, port: usize, now: u64) {
        let hba = &mut self.card.attached[port].end;
        if hba.port.is_ready() {
            self.not_ready_since[port] = now;
            return;
        }
        // What was under way is lost with the login.
        let lost: Vec<_> = self.commands.keys().filter(|(other, _)| *other == port).copied().collect();
        for key in lost {
            self.commands.remove(&key);
            self.tally.commands[2] += 1;
        }
        if now - self.not_ready_since[port] > LOGIN_TIMEOUT || hba.port.is_refused() {
            self.not_ready_since[port] = now;
            self.tally.resets[1] += 1;
            hba.line.go_offline();
        }
    }

    fn take_outcomes(&mut self, port: usize, now: u64) {
        let Some(initiator) = self.card.attached[port].end.port.initiator() else { return };
        let (outcomes, aborted) = (initiator.take_outcomes(), initiator.take_aborted());
        for originator in aborted {
            if self.commands.remove(&(port, originator)).is_some() {
                self.tally.commands[2] += 1;
            }
        }
        for outcome in outcomes {
            if let Some(command) = self.commands.remove(&(port, outcome.exchange)) {
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
    fn give(&mut self, port: usize, now: u64) {
        let Some(initiator) = self.card.attached[port].end.port.initiator() else { return };
        if initiator.open() >= DEPTH {
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
        let originator = initiator.start(transfer);
        self.commands.insert((port, originator), Command { flights, is_read, since: now, is_aborted: false });
    }

    /// Aborts what takes too long; resets the link if that has no answer.
    fn watch_commands(&mut self, port: usize, now: u64) {
        let hba = &mut self.card.attached[port].end;
        let Some(initiator) = hba.port.initiator() else { return };
        let mut resets = false;
        for ((_, originator), command) in self.commands.iter_mut().filter(|((other, _), _)| *other == port) {
            let limit = if command.is_aborted { ABORT_TIMEOUT } else { COMMAND_TIMEOUT };
            if now - command.since <= limit {
                continue;
            }
            if command.is_aborted {
                resets = true;
            } else {
                initiator.abort(*originator);
                (command.is_aborted, command.since) = (true, now);
            }
        }
        if resets && hba.line.state() == LinkState::Active {
            self.tally.resets[0] += 1;
            hba.line.reset_link();
        }
    }

    /// Something happens.
    fn fault(&mut self) {
        let port = self.random.random_range(0..PORTS);
        let random = &mut self.random;
        let host = &mut self.card.attached[port];
        let wire = if random.random_bool(0.5) { &mut host.to_array } else { &mut host.to_host };
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
            41..48 => {
                host.end.line.lose_ready();
                "R_RDY not sent"
            }
            48..50 => {
                host.end.line.reset_link();
                "link reset"
            }
            50..51 => {
                host.end.line.go_offline();
                "link offline"
            }
            51..57 => {
                let open: Vec<u16> = self
                    .commands
                    .keys()
                    .filter(|(other, _)| *other == port)
                    .map(|(_, originator)| *originator)
                    .collect();
                if let (Some(initiator), false) = (host.end.port.initiator(), open.is_empty()) {
                    let originator = open[random.random_range(0..open.len())];
                    if initiator.abort(originator)
                        && let Some(command) = self.commands.get_mut(&(port, originator))
                    {
                        (command.is_aborted, command.since) = (true, self.card.cycle());
                    }
                }
                "exchange aborted"
            }
            _ => {
                let tamper = Tamper::ALL[random.random_range(0..Tamper::ALL.len())];
                host.end.tamper(tamper);
                match tamper {
                    Tamper::Drop => "frame not sent",
                    Tamper::Swap => "frames out of order",
                    Tamper::Repeat => "frame sent twice",
                    Tamper::Truncate => "frame cut short",
                    Tamper::TruncateWell => "frame cut short, CRC right",
                    Tamper::Crc => "wrong CRC",
                    Tamper::Abort => "EOFa",
                    Tamper::Originator => "wrong OX_ID",
                    Tamper::Parameter => "wrong offset",
                }
            }
        };
        *self.tally.faults.entry(kind).or_default() += 1;
    }

    /// Nothing more happens: every command has to end, every host to be logged in, and everything to be free again.
    fn recover(&mut self) -> Result<()> {
        let end = self.card.cycle() + RECOVERY;
        while !self.commands.is_empty() || !self.card.is_ready() {
            ensure!(
                self.card.cycle() < end,
                "{} commands open, hosts ready: {:?}",
                self.commands.len(),
                self.card.attached.iter().map(|host| host.end.port.is_ready()).collect::<Vec<_>>()
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
            for page in 0..PAGES {
                let now = self.card.cycle();
                let command = HostCommand { at: None, operation: Operation::Read, page };
                let (flight, _) = self.verifier.issue(command, now);
                let initiator =
                    self.card.attached[port].end.port.initiator().context("a host that is not logged in")?;
                let transfer = Transfer::new(Access::Ten, (page * PAGE_BLOCKS).into(), PAGE_BLOCKS, None);
                let originator = initiator.start(transfer);
                let command = Command { flights: vec![flight], is_read: true, since: now, is_aborted: false };
                self.commands.insert((port, originator), command);
                let (well, end) = (self.tally.commands[0], now + COMMAND_TIMEOUT);
                while self.tally.commands[0] == well {
                    ensure!(self.card.cycle() < end, "page {page} cannot be read at port {port}");
                    self.step(false)?;
                }
            }
        }
        ensure!(self.verifier.wrong.is_empty(), "{:?}", first_wrong(&self.verifier.wrong));
        Ok(())
    }
}
