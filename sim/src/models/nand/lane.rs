//! A lane: the chips of one bus.

use super::chip::NandChip;
use super::config::{ConfigError, LaneConfig};
use super::faults::{Fault, FaultError};
use super::flash_array::FlashArray;
use super::history::{Cycle, History};
use super::pins::{DevicePins, HostPins, UNDRIVEN};
use super::timing::TimingMode;
use super::violation::{Rule, Violation};
use std::io::{self, Read, Write};

/// The chips of one bus as a state machine over cycles.
///
/// [`NandLane::step`] is one cycle: it takes what the controller drives and gives what the chips drive in the same cycle,
/// which follows from earlier cycles alone. Nothing happens in the cycles before [`NandLane::next_event`] unless a pin
/// of the controller moves; [`NandLane::skip`] jumps over them.
///
/// Every rule of the bus that is broken is an error of that step and stays listed; the chips carry on as well as they can.
/// Chips are powered up with all chip enables high, and expect FFh first.
#[derive(Debug)]
pub struct NandLane {
    config: LaneConfig,
    chips: Vec<NandChip>,
    cycle: u64,
    before: HostPins,
    history: History,
    driven: DevicePins,
    /// Until this cycle all stays as it is if the controller's pins do.
    wake: u64,
    several_enabled: bool,
    violations: Vec<Violation>,
}

impl NandLane {
    /// Powered up, all chips erased.
    ///
    /// # Errors
    /// The first field of the configuration that is out of range.
    pub fn new(config: LaneConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let chip =
            |number| NandChip::new(number, &config.chip, config.clock_picoseconds, config.clock_delay_picoseconds);
        Ok(Self {
            config,
            chips: (0..config.chips).map(chip).collect(),
            cycle: 0,
            before: HostPins::IDLE,
            history: History::default(),
            driven: DevicePins { data_in: UNDRIVEN, strobe_in: false, ready_busy_n: 0xFF },
            wake: 0,
            several_enabled: false,
            violations: Vec::new(),
        })
    }

    /// The configuration.
    pub fn config(&self) -> &LaneConfig {
        &self.config
    }

    /// Cycles so far.
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// One cycle: what the controller drives in, what the chips drive out.
    ///
    /// # Errors
    /// The first rule that is broken in this cycle.
    #[inline]
    pub fn step(&mut self, pins: HostPins) -> Result<DevicePins, Violation> {
        if pins == self.before && self.cycle < self.wake {
            self.cycle += 1;
            return Ok(self.driven);
        }
        self.step_active(pins)
    }

    /// What the chips drive in this cycle, which does not depend on what the controller drives in it.
    pub fn drive(&mut self) -> DevicePins {
        if self.cycle >= self.wake {
            self.settle();
        }
        self.driven
    }

    fn settle(&mut self) {
        let now = self.cycle;
        let mut ready_busy_n = 0xFF;
        let mut data_in = None;
        let mut strobe_in = false;
        for (number, chip) in self.chips.iter_mut().enumerate() {
            chip.advance(now);
            if !chip.ready() {
                ready_busy_n &= !(1 << number);
            }
            let (data, strobe) = chip.outputs(now);
            data_in = data_in.or(data);
            strobe_in |= strobe;
        }
        self.driven = DevicePins { data_in: data_in.unwrap_or(UNDRIVEN), strobe_in, ready_busy_n };
    }

    fn step_active(&mut self, pins: HostPins) -> Result<DevicePins, Violation> {
        self.settle();
        let now = self.cycle;
        let changed = pins != self.before;
        let reported = self.violations.len();
        self.check_enables(now, &pins);
        let cycle = Cycle { now, pins: &pins, before: &self.before, history: &self.history };
        let mut wake = u64::MAX;
        for (number, chip) in self.chips.iter_mut().enumerate() {
            if pins.enables(number as u8) || self.before.enables(number as u8) {
                chip.observe(&cycle);
            }
            self.violations.append(&mut chip.violations);
            wake = wake.min(chip.next_event(now));
        }
        if changed {
            self.history.update(now, &self.before, &pins);
            wake = now + 1;
        }
        self.before = pins;
        self.wake = wake;
        self.cycle += 1;
        match self.violations.get(reported) {
            None => Ok(self.driven),
            Some(violation) => Err(violation.clone()),
        }
    }

    fn check_enables(&mut self, now: u64, pins: &HostPins) {
        let enabled = (0..self.config.chips).filter(|chip| pins.enables(*chip)).count();
        if enabled > 1 && !self.several_enabled {
            self.violations.push(Violation {
                cycle: now,
                chip: 0,
                rule: Rule::OneChipEnabled,
                found: format!("{enabled} chips enabled"),
                legal: "at most 1".to_owned(),
            });
        }
        self.several_enabled = enabled > 1;
    }

    /// The first cycle, this one or a later one, in which something happens although the controller's pins stand still.
    /// `u64::MAX` if nothing will.
    pub fn next_event(&self) -> u64 {
        self.wake.max(self.cycle)
    }

    /// Lets cycles pass with the controller's pins as they are, at most up to [`NandLane::next_event`]; how many.
    pub fn skip(&mut self, cycles: u64) -> u64 {
        let passed = cycles.min(self.next_event() - self.cycle);
        self.cycle += passed;
        passed
    }

    /// All rules broken so far.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The timing mode that a chip is in; `None` if there is no such chip.
    pub fn mode(&self, chip: u8) -> Option<TimingMode> {
        self.chips.get(usize::from(chip)).map(NandChip::mode)
    }

    /// The cells of a chip; `None` if there is no such chip.
    pub fn array(&self, chip: u8) -> Option<&FlashArray> {
        self.chips.get(usize::from(chip)).map(|chip| &chip.array)
    }

    /// The cells of a chip, to prepare them; `None` if there is no such chip.
    pub fn array_mut(&mut self, chip: u8) -> Option<&mut FlashArray> {
        self.chips.get_mut(usize::from(chip)).map(|chip| &mut chip.array)
    }

    /// A failure from now on.
    ///
    /// # Errors
    /// If there is nothing of that number to fail.
    pub fn inject(&mut self, chip: u8, fault: Fault) -> Result<(), FaultError> {
        let count = u32::from(self.config.chips);
        let target = self.chips.get_mut(usize::from(chip));
        let target = target.ok_or(FaultError { what: "chip", value: u32::from(chip), count })?;
        fault.validate(&self.config.chip.geometry)?;
        match fault {
            Fault::Chip => target.fall_silent(),
            fault => target.array.inject(fault),
        }
        self.wake = self.cycle;
        Ok(())
    }

    /// Power is lost and comes back after a time, all within this cycle: programs and erases that run break off, and the
    /// pages age. The controller's pins are taken as idle.
    pub fn power_cut(&mut self, nanoseconds_without: u64) {
        for chip in &mut self.chips {
            chip.power_cut(self.cycle);
            chip.array.aged_nanoseconds += nanoseconds_without;
        }
        self.before = HostPins::IDLE;
        self.history = History::default();
        self.several_enabled = false;
        self.wake = self.cycle;
    }

    /// Nanoseconds since the first cycle.
    pub fn nanoseconds(&self) -> u64 {
        self.cycle * self.config.clock_picoseconds / 1_000
    }

    /// Writes contents and wear of all chips, as they would be found if power were lost now and nothing were running.
    ///
    /// # Errors
    /// What the writer says.
    pub fn save(&self, writer: &mut impl Write) -> io::Result<()> {
        self.chips.iter().try_for_each(|chip| chip.array.save(self.nanoseconds(), writer))
    }

    /// Reads contents and wear of all chips in place of what there is; for a lane that has just been powered up.
    ///
    /// # Errors
    /// What the reader says, or that the contents are of another kind or geometry.
    pub fn load(&mut self, reader: &mut impl Read) -> io::Result<()> {
        self.chips.iter_mut().try_for_each(|chip| chip.array.load(reader))
    }
}
