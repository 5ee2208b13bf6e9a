//! The source-synchronous interface: the clock latches commands and addresses, DQS moves data, one byte an edge.

use super::NandChip;
use super::transfer::Output;
use crate::models::nand::history::{Cycle, data_changes, last_change};
use crate::models::nand::timing_figures::Parameter;
use crate::models::nand::violation::Rule;
use std::collections::VecDeque;

/// Longest clock period of mode 0, in picoseconds. Unconfirmed.
const LONGEST_PERIOD: u64 = 100_000;

/// From a clock edge in a data cycle to the last DQS edge that belongs to it, in clock periods: up to 1.25 to the first
/// byte and half a period to the second, in whole cycles of the model. Unconfirmed.
const STROBE_PERIODS: u64 = 2;

/// What clock and DQS did while the chip was enabled.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ClockedEdges {
    clock_rise: Option<u64>,
    period: u64,
    /// Command or address cycle.
    addressed: Option<u64>,
    /// Any cycle that latched CLE and ALE not both low.
    latched: Option<u64>,
    /// A cycle that latched DQ.
    latched_data: Option<u64>,
    data_cycle: Option<u64>,
    output_cycle: Option<u64>,
    strobe: [Option<u64>; 2],
    bytes: u64,
    /// The second byte of a pair is due at the fall of the clock.
    second_byte: bool,
    first_byte: Option<u8>,
}

/// Bytes on their way out.
#[derive(Clone, Debug, Default)]
pub(super) struct ClockedOutput {
    queue: VecDeque<(u64, Option<u8>)>,
    byte: Option<u8>,
    strobe: bool,
    /// The chip owns DQ and DQS.
    owns: bool,
    /// It drives, after giving them up, until this cycle.
    until: u64,
}

impl ClockedOutput {
    pub(super) fn advance(&mut self, now: u64) {
        while let Some((_, byte)) = self.queue.pop_front_if(|(cycle, _)| *cycle <= now) {
            self.byte = byte;
            self.strobe = !self.strobe;
        }
    }

    pub(super) fn data(&self, now: u64) -> (Option<u8>, bool) {
        let drives = self.drives(now);
        (self.byte.filter(|_| drives), self.strobe && drives)
    }

    fn drives(&self, now: u64) -> bool {
        self.owns || now < self.until
    }

    pub(super) fn next_event(&self, now: u64) -> u64 {
        let byte = self.queue.front().map_or(u64::MAX, |(cycle, _)| *cycle);
        if self.until > now { byte.min(self.until) } else { byte }
    }
}

impl NandChip {
    pub(super) fn observe_clocked(&mut self, cycle: &Cycle<'_>, enabled: bool, was: bool) {
        let (now, pins, before) = (cycle.now, cycle.pins, cycle.before);
        self.check_clocked_holds(cycle, enabled, was);
        let owned = self.clocked_output.owns;
        self.clocked_output.owns = enabled && !pins.read_enable_n;
        if owned && !self.clocked_output.owns {
            self.clocked_output.until = now + self.timing.cycles(Parameter::Dqshz);
            self.clocked_output.queue.clear();
            self.clocked_output.strobe = false;
            self.clocked_output.byte = None;
        }
        if !enabled {
            if was {
                self.check_clock_runs(now);
                self.end_burst(now);
                let edges = &mut self.clocked;
                (edges.clock_rise, edges.period, edges.second_byte) = (None, 0, false);
            }
            self.check_contention(now, 0, false);
            self.check_contention(now, 1, false);
            return;
        }
        if pins.strobe_drive && !before.strobe_drive && pins.strobe_out {
            self.report(now, Rule::StrobePreamble, "DQS high as the controller begins to drive it", "low");
        }
        let (clock_rises, clock_falls) =
            (pins.write_enable_n && !before.write_enable_n, !pins.write_enable_n && before.write_enable_n);
        if clock_rises {
            self.clock_rises(cycle);
        } else if clock_falls && std::mem::take(&mut self.clocked.second_byte) {
            self.launch(now, true);
        }
        if pins.strobe_drive && before.strobe_drive && pins.strobe_out != before.strobe_out {
            self.strobe_moves(cycle);
        }
        let drives = self.clocked_output.drives(now);
        self.check_contention(now, 0, pins.data_drive && drives);
        self.check_contention(now, 1, pins.strobe_drive && drives);
    }

    /// A setup time: from the last change of a signal, in this cycle or before, to the delayed clock or DQS edge.
    fn require_setup(&mut self, now: u64, parameter: Parameter, changed: Option<u64>) {
        if let Some(changed) = changed {
            let actual = (now - changed) * self.timing.clock_picoseconds() + self.clock_delay;
            self.require_picoseconds(now, parameter, actual);
        }
    }

    /// A hold time: from the delayed clock or DQS edge in an earlier cycle to a change in this one.
    fn require_hold(&mut self, now: u64, parameter: Parameter, edge: Option<u64>) {
        if let Some(edge) = edge {
            let actual = ((now - edge) * self.timing.clock_picoseconds()).saturating_sub(self.clock_delay);
            self.require_picoseconds(now, parameter, actual);
        }
    }

    fn check_clocked_holds(&mut self, cycle: &Cycle<'_>, enabled: bool, was: bool) {
        let (now, pins, before, edges) = (cycle.now, cycle.pins, cycle.before, self.clocked);
        let latches_change = before.command_latch != pins.command_latch || before.address_latch != pins.address_latch;
        if latches_change || before.read_enable_n != pins.read_enable_n {
            self.require_hold(now, Parameter::Calh, edges.latched);
        }
        if data_changes(before, pins) {
            self.require_hold(now, Parameter::Cah, edges.latched_data);
            self.require_hold(now, Parameter::Dh, edges.strobe[0]);
        }
        if was && !enabled {
            self.require_hold(now, Parameter::Ch, edges.latched);
        }
    }

    fn check_clock_runs(&mut self, now: u64) {
        let since = self.clocked.clock_rise.max(self.enabled_since);
        let period = since.map_or(0, |since| (now - since) * self.timing.clock_picoseconds());
        if period > LONGEST_PERIOD {
            let found = format!("no rising edge for {} ns", period / 1_000);
            self.report(now, Rule::ClockRuns, found, format!("at most {} ns", LONGEST_PERIOD / 1_000));
        }
    }

    fn clock_rises(&mut self, cycle: &Cycle<'_>) {
        let (now, pins, before, history) = (cycle.now, cycle.pins, cycle.before, cycle.history);
        self.require(now, Parameter::Ck, self.clocked.clock_rise);
        self.check_clock_runs(now);
        self.clocked.period = self.clocked.clock_rise.map_or(0, |rise| now - rise);
        self.clocked.clock_rise = Some(now);
        if !pins.command_latch && !pins.address_latch {
            return;
        }
        let cle = last_change(now, before.command_latch != pins.command_latch, history.command_latch);
        let ale = last_change(now, before.address_latch != pins.address_latch, history.address_latch);
        let direction = last_change(now, before.read_enable_n != pins.read_enable_n, history.read_enable);
        self.require_setup(now, Parameter::Cals, cle.max(ale));
        self.require_setup(now, Parameter::Wrck, direction);
        self.require_setup(now, Parameter::Cs, self.enabled_since);
        self.clocked.latched = Some(now);
        match (pins.command_latch && pins.address_latch, pins.read_enable_n) {
            (true, false) => self.output_cycle(now),
            (true, true) => self.input_cycle(now),
            (false, true) => self.command_or_address(cycle),
            (false, false) => {
                let found = "CLE or ALE high while W/R# is low";
                self.report(now, Rule::LatchesLowForData, found, "both high, or W/R# high");
            }
        }
    }

    fn command_or_address(&mut self, cycle: &Cycle<'_>) {
        let (now, pins) = (cycle.now, cycle.pins);
        let data = last_change(now, data_changes(cycle.before, pins), cycle.history.data);
        self.require_setup(now, Parameter::Cas, data);
        self.require(now, Parameter::Cad, self.clocked.addressed);
        self.require(now, Parameter::Rhw, self.clocked.output_cycle);
        self.require(now, Parameter::Ww, cycle.history.write_protect);
        if !pins.data_drive {
            self.report(now, Rule::DataDriven, "DQ not driven as the clock rises", "driven");
        }
        self.end_burst(now);
        self.clocked.addressed = Some(now);
        self.clocked.latched_data = Some(now);
        if pins.command_latch {
            self.command(now, pins.data_out);
        } else {
            self.address(now, pins.data_out);
        }
    }

    fn input_cycle(&mut self, now: u64) {
        self.require(now, Parameter::Cad, self.clocked.addressed);
        self.require(now, Parameter::Rhw, self.clocked.output_cycle);
        if let Some((parameter, since)) = self.data_gate.take() {
            self.require(now, parameter, Some(since));
        }
        self.clocked.data_cycle = Some(now);
    }

    fn output_cycle(&mut self, now: u64) {
        self.require(now, Parameter::Whr, self.clocked.addressed);
        if let Some((parameter, since)) = self.output_gate.take() {
            self.require(now, parameter, Some(since));
        }
        self.require(now, Parameter::Rr, self.ready_since(now));
        self.clocked.output_cycle = Some(now);
        self.clocked.second_byte = true;
        self.launch(now, false);
    }

    fn launch(&mut self, now: u64, second: bool) {
        let byte = match self.output {
            // The second byte of a pair says what the first did, although the status may have changed since.
            Output::Status { .. } if second => self.clocked.first_byte,
            _ => self.next_byte(now),
        };
        self.clocked.first_byte = byte;
        let due = now + self.timing.cycles(Parameter::DqsckMaximum).max(1);
        self.clocked_output.queue.push_back((due, byte));
    }

    fn strobe_moves(&mut self, cycle: &Cycle<'_>) {
        let (now, pins) = (cycle.now, cycle.pins);
        self.require(now, Parameter::Dsc, self.clocked.strobe[1]);
        self.clocked.strobe = [Some(now), self.clocked.strobe[0]];
        let period = self.clocked.period.max(self.timing.cycles(Parameter::Ck));
        if self.clocked.data_cycle.is_none_or(|data| now - data > STROBE_PERIODS * period) {
            let legal = "edges that follow a clock edge with CLE and ALE high";
            self.report(now, Rule::StrobeInData, "DQS moves outside a data cycle", legal);
            return;
        }
        let data = last_change(now, data_changes(cycle.before, pins), cycle.history.data);
        self.require_setup(now, Parameter::Ds, data);
        if !pins.data_drive {
            self.report(now, Rule::DataDriven, "DQ not driven as DQS moves", "driven");
        }
        self.clocked.bytes += 1;
        self.data_in(now, pins.data_out);
    }

    /// Data of a burst come in pairs.
    fn end_burst(&mut self, now: u64) {
        if !self.clocked.bytes.is_multiple_of(2) {
            let found = format!("{} bytes in a burst", self.clocked.bytes);
            self.report(now, Rule::StrobePairs, found, "an even number");
        }
        self.clocked.bytes = 0;
        self.clocked.data_cycle = None;
    }
}
