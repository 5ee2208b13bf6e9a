//! Reset, loss of power, features, and what keeps the chip as a whole busy.

use super::decode::State;
use super::transfer::Output;
use super::{NandChip, TargetWork};
use crate::models::nand::command::Opcode;
use crate::models::nand::lun::Operation;
use crate::models::nand::parameter_page::{PARAMETER_PAGE_COPIES, parameter_page};
use crate::models::nand::timing::TimingMode;
use crate::models::nand::violation::Rule;

/// Feature address of the timing mode.
pub(super) const TIMING_MODE: u8 = 0x01;
/// Feature address of the drive strength.
const DRIVE_STRENGTH: u8 = 0x10;

/// Busy after a reset, in nanoseconds: idle or reading, programming (unconfirmed), erasing.
const RESET_IDLE: u64 = 5_000;
const RESET_PROGRAM: u64 = 10_000;
const RESET_ERASE: u64 = 500_000;

impl NandChip {
    fn cycles_of(&self, nanoseconds: u64) -> u64 {
        (nanoseconds * 1_000).div_ceil(self.timing.clock_picoseconds())
    }

    pub(super) fn array_read_cycles(&self) -> u64 {
        self.cycles_of(self.config().flash.read.typical_nanoseconds)
    }

    pub(super) fn plane_busy_cycles(&self) -> u64 {
        self.cycles_of(self.config().flash.plane_busy_nanoseconds)
    }

    /// Ends everything at once. FFh also goes back to SDR mode 0, FCh stays in the mode.
    pub(super) fn reset(&mut self, now: u64, opcode: Opcode) {
        let longest = self.luns.iter().map(|lun| match lun.running(now) {
            Some(Operation::Erase(_)) => RESET_ERASE,
            Some(Operation::Program(_)) => RESET_PROGRAM,
            _ => RESET_IDLE,
        });
        let cycles = self.cycles_of(longest.max().unwrap_or(RESET_IDLE));
        for lun in &mut self.luns {
            lun.abort(now, &mut self.array);
        }
        self.several = false;
        self.awaits_reset = false;
        let mode = if opcode == Opcode::Reset { TimingMode::POWER_UP } else { self.mode() };
        self.begin_target_work(now, cycles, TargetWork::Reset(mode));
        // The interface is the asynchronous one at once, the mode when the reset is over.
        if mode.interface() != self.mode().interface() {
            self.change_mode(mode);
        }
    }

    fn change_mode(&mut self, mode: TimingMode) {
        if mode.interface() != self.mode().interface() {
            self.awaits_disable = true;
        }
        self.timing = mode.timing(self.timing.clock_picoseconds());
    }

    pub(super) fn finish(&mut self, now: u64, work: TargetWork) {
        match work {
            TargetWork::Reset(mode) => self.change_mode(mode),
            TargetWork::ParameterPage => {
                self.output = Output::Table(parameter_page(self.config()).repeat(PARAMETER_PAGE_COPIES));
                self.column = 0;
            }
            TargetWork::GetFeature(address) => {
                let value = match address {
                    TIMING_MODE => [self.mode().feature(), 0, 0, 0],
                    DRIVE_STRENGTH => self.drive_strength,
                    _ => {
                        let found = format!("feature {address:02X}h");
                        return self.report(now, Rule::FeatureValue, found, "01h, 10h");
                    }
                };
                self.output = Output::Short { bytes: value.to_vec(), sent: 0 };
            }
            TargetWork::SetFeature(TIMING_MODE, value) => match TimingMode::from_feature(value[0]) {
                Some(mode) => self.change_mode(mode),
                None => {
                    let found = format!("timing mode {:02X}h", value[0]);
                    self.report(now, Rule::FeatureValue, found, "00h..=05h, 10h..=15h");
                }
            },
            TargetWork::SetFeature(DRIVE_STRENGTH, value) => self.drive_strength = value,
            TargetWork::SetFeature(address, _) => {
                self.report(now, Rule::FeatureValue, format!("feature {address:02X}h"), "01h, 10h");
            }
        }
    }

    /// Power is gone, and back: the cells keep what they have, all else is as after power up.
    pub(in crate::models::nand) fn power_cut(&mut self, now: u64) {
        for lun in &mut self.luns {
            lun.abort(now, &mut self.array);
            lun.planes.iter_mut().for_each(|plane| plane.cache.fill(0xFF));
            lun.reading.clear();
        }
        self.change_mode(TimingMode::POWER_UP);
        (self.awaits_disable, self.awaits_reset, self.stirred) = (false, true, true);
        self.state = State::Idle;
        self.output = Output::None;
        (self.target, self.target_work) = (Default::default(), None);
        (self.strobed, self.strobed_output) = (Default::default(), Default::default());
        (self.clocked, self.clocked_output) = (Default::default(), Default::default());
        (self.enabled_since, self.disabled_since, self.confirmed) = (None, None, None);
        (self.data_gate, self.output_gate, self.program_page) = (None, None, None);
        (self.selected, self.column, self.several) = (0, 0, false);
        self.drive_strength = [0; 4];
    }
}
