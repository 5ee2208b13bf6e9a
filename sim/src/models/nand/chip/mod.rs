//! One chip: pins to commands, commands to LUNs.
//!
//! - `sdr`, `nv_ddr`: the two interfaces; they turn pins into command, address and data cycles, and check their timing.
//! - `decode`: the sequence of commands and addresses.
//! - `confirm`: what a complete sequence starts.
//! - `transfer`: data in and out.
//! - `power`: reset, power loss.

mod confirm;
mod decode;
mod nv_ddr;
mod power;
mod sdr;
mod transfer;

use super::config::ChipConfig;
use super::flash_array::FlashArray;
use super::geometry::PageAddress;
use super::history::Cycle;
use super::lun::{ArrayTimes, BusyTime, Lun};
use super::pins::HostPins;
use super::random::hash;
use super::timing::{BusTiming, Interface, TimingMode};
use super::timing_figures::Parameter;
use super::violation::{Rule, Violation};
use decode::State;
use nv_ddr::{ClockedEdges, ClockedOutput};
use sdr::{StrobedEdges, StrobedOutput};
use transfer::Output;

/// Separates this draw from others.
const PURPOSE: u64 = 7;

/// Work that keeps the whole chip busy.
#[derive(Clone, Copy, Debug)]
enum TargetWork {
    ParameterPage,
    GetFeature(u8),
    SetFeature(u8, [u8; 4]),
    Reset(TimingMode),
}

/// A chip.
#[derive(Debug)]
pub(super) struct NandChip {
    number: u8,
    /// It answers nothing any more.
    silent: bool,
    pub(super) array: FlashArray,
    luns: Vec<Lun>,
    timing: BusTiming,
    clock_delay: u64,
    strobed: StrobedEdges,
    strobed_output: StrobedOutput,
    clocked: ClockedEdges,
    clocked_output: ClockedOutput,
    /// Both sides drove DQ, or DQS, in the cycle before.
    contention: [bool; 2],
    /// The next cycle in which LUNs or chip get ready, busy or idle, unless they are stirred by a command.
    due: u64,
    stirred: bool,
    ready: bool,
    enabled_since: Option<u64>,
    disabled_since: Option<u64>,
    state: State,
    output: Output,
    selected: usize,
    /// Reads of several LUNs are on the way and none was selected since.
    several: bool,
    /// Column of the next byte in, or of the next byte out of the parameter pages.
    column: usize,
    target: BusyTime,
    target_work: Option<TargetWork>,
    confirmed: Option<u64>,
    /// The time that must pass, since when, before the first byte in, or out.
    data_gate: Option<(Parameter, u64)>,
    output_gate: Option<(Parameter, u64)>,
    program_page: Option<PageAddress>,
    awaits_reset: bool,
    awaits_disable: bool,
    write_enabled: bool,
    drive_strength: [u8; 4],
    pub(super) violations: Vec<Violation>,
}

impl NandChip {
    pub(super) fn new(number: u8, config: &ChipConfig, clock: u64, clock_delay: u64) -> Self {
        let config = ChipConfig { seed: hash(config.seed, &[PURPOSE, u64::from(number)]), ..*config };
        let times = ArrayTimes::new(&config, clock);
        Self {
            number,
            silent: false,
            array: FlashArray::new(config),
            luns: (0..config.geometry.luns).map(|lun| Lun::new(lun, &config, times)).collect(),
            timing: TimingMode::POWER_UP.timing(clock),
            clock_delay,
            strobed: StrobedEdges::default(),
            strobed_output: StrobedOutput::default(),
            clocked: ClockedEdges::default(),
            clocked_output: ClockedOutput::default(),
            contention: [false; 2],
            due: 0,
            stirred: true,
            ready: true,
            enabled_since: None,
            disabled_since: None,
            state: State::Idle,
            output: Output::None,
            selected: 0,
            several: false,
            column: 0,
            target: BusyTime::default(),
            target_work: None,
            confirmed: None,
            data_gate: None,
            output_gate: None,
            program_page: None,
            awaits_reset: true,
            awaits_disable: false,
            write_enabled: true,
            drive_strength: [0; 4],
            violations: Vec::new(),
        }
    }

    fn config(&self) -> &ChipConfig {
        &self.array.config
    }

    /// The timing mode in use.
    pub(super) fn mode(&self) -> TimingMode {
        self.timing.mode()
    }

    /// From now on it answers nothing.
    pub(super) fn fall_silent(&mut self) {
        self.silent = true;
    }

    /// What is due by the beginning of cycle `now`.
    pub(super) fn advance(&mut self, now: u64) {
        if self.silent {
            return;
        }
        self.clocked_output.advance(now);
        if now < self.due && !self.stirred {
            return;
        }
        for lun in &mut self.luns {
            lun.advance(now, &mut self.array);
        }
        if now >= self.target.until
            && let Some(work) = self.target_work.take()
        {
            self.finish(now, work);
        }
        self.stirred = false;
        self.ready = !(self.target.pulls_low(now) || self.luns.iter().any(|lun| lun.ready.pulls_low(now)));
        let luns = self.luns.iter().map(|lun| lun.next_event(now)).min().unwrap_or(u64::MAX);
        self.due = luns.min(self.target.next_event(now));
    }

    /// R/B#, as [`NandChip::advance`] found it: low while a LUN, or the chip, is busy.
    pub(super) fn ready(&self) -> bool {
        self.silent || self.ready
    }

    /// DQ and DQS as the chip drives them in cycle `now`.
    pub(super) fn outputs(&self, now: u64) -> (Option<u8>, bool) {
        if self.silent {
            return (None, false);
        }
        match self.timing.mode().interface() {
            Interface::Sdr => (self.strobed_output.data(now), false),
            Interface::NvDdr => self.clocked_output.data(now),
        }
    }

    /// The next cycle after `now` in which a pin may change without the controller's doing.
    pub(super) fn next_event(&self, now: u64) -> u64 {
        if self.silent {
            return u64::MAX;
        }
        self.due.min(self.strobed_output.next_event(now)).min(self.clocked_output.next_event(now))
    }

    /// Sees the controller's pins in a cycle in which the chip is enabled, or was in the one before.
    pub(super) fn observe(&mut self, cycle: &Cycle<'_>) {
        if self.silent {
            return;
        }
        self.write_enabled = cycle.pins.write_protect_n;
        let (enabled, was) = (cycle.pins.enables(self.number), cycle.before.enables(self.number));
        if enabled && !was {
            self.require(cycle.now, Parameter::Ceh, self.disabled_since);
            self.enabled_since = Some(cycle.now);
            self.awaits_disable = false;
        }
        match self.timing.mode().interface() {
            _ if self.awaits_disable => self.refuse(cycle),
            Interface::Sdr => self.observe_strobed(cycle, enabled, was),
            Interface::NvDdr => self.observe_clocked(cycle, enabled, was),
        }
        if !enabled && was {
            self.disabled_since = Some(cycle.now);
            self.awaits_disable = false;
        }
    }

    /// The interface has changed and the chip was not disabled since: a clock that still runs is let pass, no more.
    fn refuse(&mut self, cycle: &Cycle<'_>) {
        let latches = |pins: &HostPins| pins.command_latch || pins.address_latch;
        let latches = latches(cycle.before) || latches(cycle.pins);
        if latches && cycle.pins.write_enable_n && !cycle.before.write_enable_n {
            let legal = "CE# high once after a change of interface";
            self.report(cycle.now, Rule::DisabledForInterface, "a command or address", legal);
        }
    }

    fn report(&mut self, now: u64, rule: Rule, found: impl Into<String>, legal: impl Into<String>) {
        let (found, legal) = (found.into(), legal.into());
        self.violations.push(Violation { cycle: now, chip: self.number, rule, found, legal });
    }

    /// A time since cycle `since` of at least what the mode asks for; nothing to ask if there was none.
    fn require(&mut self, now: u64, parameter: Parameter, since: Option<u64>) {
        if let Some(since) = since {
            self.require_picoseconds(now, parameter, (now - since) * self.timing.clock_picoseconds());
        }
    }

    fn require_picoseconds(&mut self, now: u64, parameter: Parameter, actual: u64) {
        let least = self.timing.picoseconds(parameter);
        if actual < least {
            let nanoseconds = |picoseconds: u64| picoseconds as f64 / 1_000.0;
            let found = format!("{} ns", nanoseconds(actual));
            self.report(now, Rule::Timing(parameter), found, format!("at least {} ns", nanoseconds(least)));
        }
    }

    /// Reports the begin of a time in which both sides drive a line: 0 DQ, 1 DQS.
    fn check_contention(&mut self, now: u64, line: usize, both: bool) {
        if both && !self.contention[line] {
            let rule = [Rule::DataContention, Rule::StrobeContention][line];
            self.report(now, rule, "controller and chip drive", "one of them");
        }
        self.contention[line] = both;
    }

    fn busy_from(&self, now: u64) -> u64 {
        now + self.timing.cycles(Parameter::Wb).max(1)
    }

    /// The chip as a whole is busy for a number of cycles.
    fn begin_target_work(&mut self, now: u64, cycles: u64, work: TargetWork) {
        let from = self.busy_from(now);
        self.target = BusyTime { from, until: from + cycles.max(1) };
        self.stirred = true;
        self.target_work = Some(work);
        self.confirmed = Some(now);
        self.output = Output::None;
        self.state = State::Idle;
    }
}
