//! Bytes in and out.

use super::decode::State;
use super::{NandChip, TargetWork};
use crate::models::nand::lun::status;
use crate::models::nand::timing::Interface;
use crate::models::nand::timing_figures::Parameter;
use crate::models::nand::violation::Rule;

/// What a read of the bus gets.
#[derive(Clone, Debug)]
pub(super) enum Output {
    None,
    /// Status of a LUN, or of one of its planes.
    Status {
        lun: usize,
        plane: Option<usize>,
    },
    /// Identifier or feature: every byte goes out twice in NV-DDR.
    Short {
        bytes: Vec<u8>,
        sent: usize,
    },
    /// The copies of the parameter page.
    Table(Vec<u8>),
    /// The cache register of the selected LUN and plane.
    Page,
}

impl NandChip {
    /// In NV-DDR, bytes of features, identifiers and status come twice, once an edge.
    fn repeats(&self) -> usize {
        match self.mode().interface() {
            Interface::Sdr => 1,
            Interface::NvDdr => 2,
        }
    }

    /// Since when that which is output has been ready, if it was busy at all.
    pub(super) fn ready_since(&self, now: u64) -> Option<u64> {
        let ready = match self.output {
            Output::Page => self.luns[self.selected].ready.until,
            Output::Table(_) | Output::Short { .. } => self.target.until,
            Output::None | Output::Status { .. } => return None,
        };
        (ready > 0 && ready <= now).then_some(ready)
    }

    /// The next byte out; `None` if there is none, which is reported.
    pub(super) fn next_byte(&mut self, now: u64) -> Option<u8> {
        let repeats = self.repeats();
        match &mut self.output {
            Output::None => {
                self.report(now, Rule::OutputPresent, "a read without anything to output", "a command that outputs");
                None
            }
            Output::Status { lun, plane } => {
                let bits = self.luns[*lun].status(now, *plane);
                let ready = if self.target.is_busy(now) { !(status::READY | status::ARRAY_READY) } else { 0xFF };
                Some(bits & ready | if self.write_enabled { status::NOT_PROTECTED } else { 0 })
            }
            Output::Short { bytes, sent } => {
                let byte = bytes.get(*sent / repeats).copied();
                let length = bytes.len();
                *sent += 1;
                self.present(now, byte, length)
            }
            Output::Table(bytes) => {
                let (byte, length) = (bytes.get(self.column).copied(), bytes.len());
                self.column += 1;
                self.present(now, byte, length)
            }
            Output::Page => self.page_byte(now),
        }
    }

    fn page_byte(&mut self, now: u64) -> Option<u8> {
        if self.luns[self.selected].is_busy(now) {
            let found = format!("data of LUN {} read while it is busy", self.selected);
            self.report(now, Rule::OutputPresent, found, "a ready LUN");
            return None;
        }
        if self.several {
            let legal = "LUN selected by 06h-E0h or 78h after reads of several";
            self.report(now, Rule::LunSelected, "data read while several LUNs hold some", legal);
            self.several = false;
        }
        let lun = &mut self.luns[self.selected];
        lun.unread = false;
        let cache = &lun.planes[lun.plane].cache;
        let (byte, length) = (cache.get(lun.column).copied(), cache.len());
        lun.column += 1;
        self.present(now, byte, length)
    }

    fn present(&mut self, now: u64, byte: Option<u8>, length: usize) -> Option<u8> {
        if byte.is_none() {
            self.report(now, Rule::DataInRange, "a read past the end", format!("{length} bytes"));
        }
        byte
    }

    /// A data byte in.
    pub(super) fn data_in(&mut self, now: u64, byte: u8) {
        let repeats = self.repeats();
        match &mut self.state {
            State::Loaded { opcode, .. } if opcode.takes_data() => self.page_data(now, byte),
            State::Feature { address, bytes, count } => {
                bytes[*count / repeats] = byte;
                *count += 1;
                if *count == bytes.len() * repeats {
                    let work = TargetWork::SetFeature(*address, *bytes);
                    let parameter =
                        if *address == super::power::TIMING_MODE { Parameter::Itc } else { Parameter::Feat };
                    self.begin_target_work(now, self.timing.cycles(parameter), work);
                }
            }
            _ => {
                let legal = "data after 80h, 85h or EFh and their addresses";
                self.report(now, Rule::DataSequence, format!("data {byte:02X}h"), legal);
            }
        }
    }

    fn page_data(&mut self, now: u64, byte: u8) {
        let Some(page) = self.program_page else { return };
        let plane = self.config().geometry.plane_of(page.block) as usize;
        let cache = &mut self.luns[page.block.lun as usize].planes[plane].cache;
        let length = cache.len();
        match cache.get_mut(self.column) {
            Some(cell) => *cell = byte,
            None => self.report(
                now,
                Rule::DataInRange,
                format!("data at column {}", self.column),
                format!("{length} bytes"),
            ),
        }
        self.column += 1;
    }
}
