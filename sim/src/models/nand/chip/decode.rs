//! The sequence of command and address cycles.

use super::transfer::Output;
use super::{NandChip, TargetWork};
use crate::models::nand::command::Opcode;
use crate::models::nand::geometry::PageAddress;
use crate::models::nand::lun::Collecting;
use crate::models::nand::parameter_page::{SIGNATURE, identifier};
use crate::models::nand::timing::Interface;
use crate::models::nand::timing_figures::Parameter;
use crate::models::nand::violation::Rule;

/// Where in a sequence the chip is.
#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    /// A command may begin.
    Idle,
    /// Address cycles are due.
    Addresses { opcode: Opcode, bytes: [u8; 5], count: usize },
    /// All addresses are there; data or a confirmation are due.
    Loaded { opcode: Opcode, page: PageAddress, column: usize },
    /// Data of a feature are due.
    Feature { address: u8, bytes: [u8; 4], count: usize },
}

impl Opcode {
    /// Data follow its addresses.
    pub(super) fn takes_data(self) -> bool {
        matches!(self, Self::Program | Self::ProgramSecondPlane)
    }

    /// What its multi-plane form collects.
    pub(super) fn collects(self) -> Collecting {
        match self {
            Self::Read => Collecting::Reads,
            Self::Program | Self::ProgramSecondPlane => Collecting::Programs,
            Self::Erase => Collecting::Erases,
            _ => Collecting::Nothing,
        }
    }
}

impl NandChip {
    pub(super) fn command(&mut self, now: u64, byte: u8) {
        self.stirred = true;
        let Some(opcode) = Opcode::decode(byte) else {
            self.report(now, Rule::KnownCommand, format!("{byte:02X}h"), "a command of the set");
            self.state = State::Idle;
            return;
        };
        self.require(now, Parameter::Wb, self.confirmed);
        let resets = matches!(opcode, Opcode::Reset | Opcode::SynchronousReset);
        if self.awaits_reset && opcode != Opcode::Reset {
            self.report(now, Rule::ResetFirst, format!("{byte:02X}h after power up"), "FFh");
        }
        if opcode == Opcode::SynchronousReset && self.mode().interface() == Interface::Sdr {
            self.report(now, Rule::CommandOfInterface, "FCh in SDR", "FFh");
            return;
        }
        let asks_status = matches!(opcode, Opcode::ReadStatus | Opcode::ReadStatusEnhanced);
        if self.target.is_busy(now) && !resets && !asks_status {
            self.report(now, Rule::LunReady, format!("{byte:02X}h to a busy chip"), "70h, 78h, FFh, FCh");
            return;
        }
        match opcode {
            Opcode::Reset | Opcode::SynchronousReset => self.reset(now, opcode),
            Opcode::ReadStatus => self.read_status(now),
            Opcode::ChangeWriteColumn => match self.state {
                State::Loaded { opcode: loaded, .. } if loaded.takes_data() => self.expect_addresses(opcode),
                _ => self.out_of_sequence(now, opcode),
            },
            _ if opcode.address_cycles() > 0 => self.begin(now, opcode),
            _ => self.confirm(now, opcode),
        }
    }

    /// A command that needs none before it may begin. 00h alone, which goes back from status to data, counts as none.
    fn at_rest(&self) -> bool {
        matches!(self.state, State::Idle | State::Addresses { opcode: Opcode::Read, count: 0, .. })
    }

    pub(super) fn out_of_sequence(&mut self, now: u64, opcode: Opcode) {
        let found = format!("{opcode:?} after {:?}", self.state);
        self.report(now, Rule::CommandSequence, found, "the end of the sequence begun, or the begin of one");
        self.state = State::Idle;
    }

    fn read_status(&mut self, now: u64) {
        if !self.at_rest() {
            self.out_of_sequence(now, Opcode::ReadStatus);
        }
        let others = self.luns.iter().enumerate().filter(|(lun, state)| *lun != self.selected && state.array_busy(now));
        if others.count() > 0 {
            let found = format!("70h while LUNs other than {} work", self.selected);
            self.report(now, Rule::StatusOfOneLun, found, "78h");
        }
        self.state = State::Idle;
        self.output = Output::Status { lun: self.selected, plane: None };
    }

    fn begin(&mut self, now: u64, opcode: Opcode) {
        if !self.at_rest() {
            self.out_of_sequence(now, opcode);
        }
        match opcode {
            Opcode::ReadId | Opcode::ReadParameterPage | Opcode::GetFeature | Opcode::SetFeature => {
                if let Some(lun) = self.luns.iter().position(|lun| lun.array_busy(now)) {
                    self.report(now, Rule::LunReady, format!("{opcode:?} while LUN {lun} works"), "all LUNs idle");
                    return;
                }
            }
            Opcode::ChangeReadColumn if self.luns[self.selected].is_busy(now) => {
                return self.busy(now, opcode, self.selected);
            }
            Opcode::Read if !matches!(self.output, Output::Table(_)) => self.output = Output::Page,
            _ => {}
        }
        self.expect_addresses(opcode);
    }

    fn busy(&mut self, now: u64, opcode: Opcode, lun: usize) {
        self.report(now, Rule::LunReady, format!("{opcode:?} to LUN {lun}, which is busy"), "70h, 78h, FFh, FCh");
        self.state = State::Idle;
    }

    fn expect_addresses(&mut self, opcode: Opcode) {
        self.state = State::Addresses { opcode, bytes: [0; 5], count: 0 };
    }

    pub(super) fn address(&mut self, now: u64, byte: u8) {
        let State::Addresses { opcode, bytes, count } = &mut self.state else {
            let legal = "address cycles after a command that takes them";
            self.report(now, Rule::AddressSequence, format!("address {byte:02X}h"), legal);
            return;
        };
        bytes[*count] = byte;
        *count += 1;
        let (opcode, bytes) = (*opcode, *bytes);
        if *count == opcode.address_cycles() {
            self.state = State::Idle;
            self.addressed(now, opcode, bytes);
        }
    }

    /// All address cycles of a command are there.
    fn addressed(&mut self, now: u64, opcode: Opcode, bytes: [u8; 5]) {
        let first = bytes[0];
        let column = usize::from(u16::from_le_bytes([bytes[0], bytes[1]]));
        match opcode {
            Opcode::ReadId => self.read_id(now, first),
            Opcode::ReadParameterPage => {
                let cycles = self.array_read_cycles();
                self.begin_target_work(now, cycles, TargetWork::ParameterPage);
            }
            Opcode::GetFeature => {
                let cycles = self.timing.cycles(Parameter::Feat);
                self.begin_target_work(now, cycles, TargetWork::GetFeature(first));
            }
            Opcode::SetFeature => {
                self.state = State::Feature { address: first, bytes: [0; 4], count: 0 };
                self.data_gate = Some((Parameter::Adl, now));
            }
            Opcode::ReadStatusEnhanced => {
                let Some(page) = self.row(now, [bytes[0], bytes[1], bytes[2]]) else { return };
                self.selected = page.block.lun as usize;
                self.several = false;
                let plane = self.config().geometry.plane_of(page.block) as usize;
                self.output = Output::Status { lun: self.selected, plane: Some(plane) };
            }
            Opcode::ChangeReadColumn => {
                let page = PageAddress::default();
                self.state = State::Loaded { opcode, page, column };
            }
            Opcode::ChangeWriteColumn => {
                let Some(page) = self.program_page else { return };
                self.column = self.column_in_page(now, column);
                self.data_gate = Some((Parameter::Ccs, now));
                self.state = State::Loaded { opcode: Opcode::Program, page, column };
            }
            Opcode::Erase => self.load(now, opcode, [bytes[0], bytes[1], bytes[2]], 0),
            _ => self.load(now, opcode, [bytes[2], bytes[3], bytes[4]], column),
        }
    }

    fn read_id(&mut self, now: u64, address: u8) {
        let bytes = match address {
            0x00 => identifier(self.config().flash.kind).to_vec(),
            0x20 => SIGNATURE.to_vec(),
            _ => return self.report(now, Rule::ColumnInRange, format!("identifier {address:02X}h"), "00h, 20h"),
        };
        self.output = Output::Short { bytes, sent: 0 };
    }

    /// The page of three row cycles; reported if it does not exist.
    fn row(&mut self, now: u64, bytes: [u8; 3]) -> Option<PageAddress> {
        let row = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]);
        let geometry = self.config().geometry;
        let page = geometry.page_of_row(row);
        if geometry.contains(page) {
            return Some(page);
        }
        let found = format!("LUN {}, block {}, page {}", page.block.lun, page.block.block, page.page);
        let (luns, blocks, pages) = (geometry.luns, geometry.blocks_per_lun(), geometry.pages_per_block);
        self.report(now, Rule::RowInRange, found, format!("below {luns}, {blocks}, {pages}"));
        None
    }

    /// The column, or the last one if it does not exist, which is reported.
    pub(super) fn column_in_page(&mut self, now: u64, column: usize) -> usize {
        let count = self.config().geometry.column_count();
        if column >= count {
            self.report(now, Rule::ColumnInRange, format!("column {column}"), format!("below {count}"));
        }
        column.min(count - 1)
    }

    /// A command with a row address: to a LUN that can take it.
    fn load(&mut self, now: u64, opcode: Opcode, row: [u8; 3], column: usize) {
        let Some(page) = self.row(now, row) else { return };
        let column = self.column_in_page(now, column);
        let number = page.block.lun as usize;
        let lun = &self.luns[number];
        let background = lun.array_busy(now) && opcode != Opcode::ChangeReadColumnEnhanced;
        if lun.is_busy(now) || (background && lun.cached != opcode.collects()) {
            return self.busy(now, opcode, number);
        }
        let (collecting, collects) = (lun.collecting, opcode.collects());
        let other = collecting != Collecting::Nothing && collects != collecting && collects != Collecting::Nothing;
        if other || (opcode == Opcode::ProgramSecondPlane && collecting != Collecting::Programs) {
            return self.out_of_sequence(now, opcode);
        }
        if opcode.takes_data() {
            let plane = self.config().geometry.plane_of(page.block) as usize;
            self.luns[number].planes[plane].cache.fill(0xFF);
            self.luns[number].unread = false;
            self.program_page = Some(page);
            self.column = column;
            self.data_gate = Some((Parameter::Adl, now));
        }
        self.state = State::Loaded { opcode, page, column };
    }
}
