//! The asynchronous interface: WE# latches as it rises, RE# asks for a byte as it falls.

use super::NandChip;
use crate::models::nand::history::{Cycle, data_changes};
use crate::models::nand::timing_figures::Parameter;
use crate::models::nand::violation::Rule;

/// When WE# and RE# moved while the chip was enabled.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StrobedEdges {
    write_fall: Option<u64>,
    write_rise: Option<u64>,
    read_fall: Option<u64>,
    read_rise: Option<u64>,
}

/// The byte on the bus and the one before it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StrobedOutput {
    /// The byte before, valid until a cycle.
    previous: Option<(u8, u64)>,
    /// The byte asked for last, valid from a cycle on.
    current: Option<(u8, u64)>,
    /// The chip drives until this cycle.
    until: u64,
}

impl StrobedOutput {
    /// What the bus carries; between two bytes neither of them, but the complement of the one to come.
    pub(super) fn data(&self, now: u64) -> Option<u8> {
        let (byte, from) = self.current.filter(|_| now < self.until)?;
        match self.previous {
            _ if now >= from => Some(byte),
            Some((previous, until)) if now < until => Some(previous),
            _ => Some(!byte),
        }
    }

    fn drives(&self, now: u64) -> bool {
        self.current.is_some() && now < self.until
    }

    pub(super) fn next_event(&self, now: u64) -> u64 {
        let previous = self.previous.map_or(0, |(_, until)| until);
        let current = self.current.map_or(0, |(_, from)| from);
        [previous, current, self.until].into_iter().filter(|cycle| *cycle > now).min().unwrap_or(u64::MAX)
    }
}

impl NandChip {
    pub(super) fn observe_strobed(&mut self, cycle: &Cycle<'_>, enabled: bool, was: bool) {
        let (now, pins, before) = (cycle.now, cycle.pins, cycle.before);
        // CE# gates WE# and RE#.
        let write_low = enabled && !pins.write_enable_n;
        let write_was_low = was && !before.write_enable_n;
        let read_low = enabled && !pins.read_enable_n;
        let read_was_low = was && !before.read_enable_n;
        if write_low && !write_was_low {
            self.write_falls(cycle);
        }
        if !write_low && write_was_low {
            self.write_rises(cycle);
        }
        self.check_holds(cycle, enabled, was);
        if read_low && !read_was_low {
            self.read_falls(cycle);
        }
        if !read_low && read_was_low {
            self.read_rises(now, enabled);
        } else if was && !enabled {
            let off = now + self.timing.whole_cycles(Parameter::Coh);
            self.strobed_output.until = self.strobed_output.until.min(off);
        }
        if write_low && read_low && !(write_was_low && read_was_low) {
            self.report(now, Rule::OneDirection, "WE# and RE# low", "one of them");
        }
        let both = pins.data_drive && self.strobed_output.drives(now);
        self.check_contention(now, 0, both);
    }

    fn write_falls(&mut self, cycle: &Cycle<'_>) {
        let (now, edges) = (cycle.now, self.strobed);
        self.require(now, Parameter::Wh, edges.write_rise);
        self.require(now, Parameter::Wc, edges.write_fall);
        self.require(now, Parameter::Rhw, edges.read_rise);
        self.require(now, Parameter::Ww, cycle.history.write_protect);
        self.strobed.write_fall = Some(now);
    }

    fn write_rises(&mut self, cycle: &Cycle<'_>) {
        let (now, before, history) = (cycle.now, cycle.before, cycle.history);
        self.require(now, Parameter::Wp, self.strobed.write_fall);
        self.require(now, Parameter::Cs, self.enabled_since);
        self.require(now, Parameter::Cls, history.command_latch);
        self.require(now, Parameter::Als, history.address_latch);
        self.require(now, Parameter::Ds, history.data);
        self.strobed.write_rise = Some(now);
        if !before.data_drive {
            self.report(now, Rule::DataDriven, "DQ not driven as WE# rises", "driven");
        }
        let byte = before.data_out;
        match (before.command_latch, before.address_latch) {
            (true, true) => self.report(now, Rule::OneLatch, "CLE and ALE high", "one of them, or none"),
            (true, false) => self.command(now, byte),
            (false, true) => self.address(now, byte),
            (false, false) => {
                if let Some((parameter, since)) = self.data_gate.take() {
                    self.require(now, parameter, Some(since));
                }
                self.data_in(now, byte);
            }
        }
    }

    fn check_holds(&mut self, cycle: &Cycle<'_>, enabled: bool, was: bool) {
        let (now, pins, before) = (cycle.now, cycle.pins, cycle.before);
        let latched = self.strobed.write_rise;
        if before.command_latch != pins.command_latch {
            self.require(now, Parameter::Clh, latched);
        }
        if before.address_latch != pins.address_latch {
            self.require(now, Parameter::Alh, latched);
        }
        if data_changes(before, pins) {
            self.require(now, Parameter::Dh, latched);
        }
        if was && !enabled {
            self.require(now, Parameter::Ch, latched);
        }
    }

    fn read_falls(&mut self, cycle: &Cycle<'_>) {
        let (now, pins, history, edges) = (cycle.now, cycle.pins, cycle.history, self.strobed);
        if pins.command_latch || pins.address_latch {
            self.report(now, Rule::LatchesLowForData, "CLE or ALE high as RE# falls", "both low");
        }
        self.require(now, Parameter::Reh, edges.read_rise);
        self.require(now, Parameter::Rc, edges.read_fall);
        self.require(now, Parameter::Whr, edges.write_rise);
        self.require(now, Parameter::Ar, history.address_latch);
        self.require(now, Parameter::Clr, history.command_latch);
        self.require(now, Parameter::Ir, history.released);
        self.strobed.read_fall = Some(now);
        if let Some((parameter, since)) = self.output_gate.take() {
            self.require(now, parameter, Some(since));
        }
        self.require(now, Parameter::Rr, self.ready_since(now));
        let previous = self.strobed_output.current.filter(|_| now < self.strobed_output.until);
        let kept = now + self.timing.whole_cycles(Parameter::Rhoh);
        self.strobed_output.previous = previous.map(|(byte, _)| (byte, kept));
        self.strobed_output.current = self.next_byte(now).map(|byte| {
            let enabled = self.enabled_since.unwrap_or(0) + self.timing.cycles(Parameter::Cea);
            (byte, enabled.max(now + self.timing.cycles(Parameter::Rea)))
        });
        self.strobed_output.until = u64::MAX;
    }

    fn read_rises(&mut self, now: u64, enabled: bool) {
        self.require(now, Parameter::Rp, self.strobed.read_fall);
        self.strobed.read_rise = Some(now);
        let off = if enabled { self.timing.cycles(Parameter::Rhz) } else { self.timing.whole_cycles(Parameter::Coh) };
        self.strobed_output.until = now + off;
    }
}
