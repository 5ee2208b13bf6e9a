//! What a complete sequence of commands, addresses and data starts.

use super::NandChip;
use super::decode::State;
use super::transfer::Output;
use crate::models::nand::command::Opcode;
use crate::models::nand::geometry::PageAddress;
use crate::models::nand::lun::Collecting;
use crate::models::nand::timing_figures::Parameter;
use crate::models::nand::violation::Rule;

impl NandChip {
    pub(super) fn confirm(&mut self, now: u64, confirmation: Opcode) {
        let state = std::mem::replace(&mut self.state, State::Idle);
        let loaded = match state {
            State::Loaded { opcode, page, column } => Some((opcode, page, column)),
            // 00h alone.
            State::Idle | State::Addresses { opcode: Opcode::Read, count: 0, .. } => None,
            _ => {
                self.state = state;
                return self.out_of_sequence(now, confirmation);
            }
        };
        match (confirmation, loaded) {
            (Opcode::ReadConfirm, Some((Opcode::Read, page, column))) => self.read(now, page, column),
            (Opcode::CacheRead, Some((Opcode::Read, page, _))) => self.cache_read(now, Some(page)),
            (Opcode::CacheRead, None) => self.cache_read(now, None),
            (Opcode::CacheReadLast, None) => self.cache_read_last(now),
            (Opcode::ReadPlane, Some((Opcode::Read, page, _)))
            | (Opcode::ProgramPlane, Some((Opcode::Program | Opcode::ProgramSecondPlane, page, _)))
            | (Opcode::ErasePlane, Some((Opcode::Erase, page, _))) => self.collect(now, confirmation, page),
            (Opcode::ChangeColumnConfirm, Some((Opcode::ChangeReadColumn, _, column))) => {
                self.change_column(now, column)
            }
            (Opcode::ChangeColumnConfirm, Some((Opcode::ChangeReadColumnEnhanced, page, column))) => {
                self.select(page, column);
                self.several = false;
                self.output_gate = Some((Parameter::Ccs, now));
            }
            (Opcode::ProgramConfirm, Some((opcode, page, _))) if opcode.takes_data() => self.program(now, page, false),
            (Opcode::CacheProgram, Some((opcode, page, _))) if opcode.takes_data() => self.program(now, page, true),
            (Opcode::EraseConfirm, Some((Opcode::Erase, page, _))) => self.erase(now, page),
            _ => {
                self.state = state;
                self.out_of_sequence(now, confirmation);
            }
        }
    }

    /// Data are read from this LUN, plane and column from now on.
    fn select(&mut self, page: PageAddress, column: usize) {
        self.selected = page.block.lun as usize;
        let plane = self.config().geometry.plane_of(page.block) as usize;
        let lun = &mut self.luns[self.selected];
        (lun.plane, lun.column) = (plane, column);
        self.output = Output::Page;
    }

    fn change_column(&mut self, now: u64, column: usize) {
        self.output_gate = Some((Parameter::Ccs, now));
        if let Output::Table(bytes) = &self.output {
            let length = bytes.len();
            if column >= length {
                self.report(now, Rule::ColumnInRange, format!("column {column}"), format!("below {length}"));
            }
            self.column = column;
            return;
        }
        self.luns[self.selected].column = self.column_in_page(now, column);
        self.output = Output::Page;
    }

    /// The addresses collected so far and the last one, if they may go together.
    fn gathered(&mut self, now: u64, page: PageAddress) -> Vec<PageAddress> {
        let geometry = self.config().geometry;
        let lun = &mut self.luns[page.block.lun as usize];
        lun.collecting = Collecting::Nothing;
        let mut pages = std::mem::take(&mut lun.collected);
        let plane = geometry.plane_of(page.block);
        let same = pages.iter().any(|other| geometry.plane_of(other.block) == plane);
        let uneven = pages.iter().any(|other| other.page != page.page);
        if same || uneven {
            let found = format!("plane {plane}, page {} after {pages:?}", page.page);
            self.report(now, Rule::MultiPlane, found, "different planes, the same page");
            pages.clear();
        }
        pages.push(page);
        pages
    }

    fn collect(&mut self, now: u64, confirmation: Opcode, page: PageAddress) {
        let from = self.busy_from(now);
        if confirmation != Opcode::ReadPlane && !self.may_write(now) {
            return;
        }
        let pages = self.gathered(now, page);
        let busy = self.plane_busy_cycles();
        let lun = &mut self.luns[page.block.lun as usize];
        lun.collected = pages;
        lun.collecting = match confirmation {
            Opcode::ReadPlane => Collecting::Reads,
            Opcode::ProgramPlane => Collecting::Programs,
            _ => Collecting::Erases,
        };
        lun.pause(from, busy);
        self.confirmed = Some(now);
        self.selected = page.block.lun as usize;
        self.output = Output::None;
    }

    fn read(&mut self, now: u64, page: PageAddress, column: usize) {
        let from = self.busy_from(now);
        let pages = self.gathered(now, page);
        let number = page.block.lun as usize;
        self.note_several(number);
        let lun = &mut self.luns[number];
        lun.cached = Collecting::Nothing;
        let start = lun.array_free(from);
        lun.read(start, pages, false);
        self.select(page, column);
        self.confirmed = Some(now);
    }

    fn note_several(&mut self, number: usize) {
        self.several |= self.luns.iter().enumerate().any(|(other, lun)| other != number && lun.unread);
    }

    /// Hands out what the array has read and lets it read the next page, or the one given.
    fn cache_read(&mut self, now: u64, next: Option<PageAddress>) {
        let number = next.map_or(self.selected, |page| page.block.lun as usize);
        let geometry = self.config().geometry;
        let from = self.busy_from(now);
        if !self.cache_read_possible(now, number, Opcode::CacheRead) {
            return;
        }
        let lun = &self.luns[number];
        let (first, current) = (lun.reading[0], lun.reading.clone());
        let following: Vec<PageAddress> = match next {
            Some(page) => vec![page],
            None => current.into_iter().map(|page| PageAddress { page: page.page + 1, ..page }).collect(),
        };
        if let Some(page) = following.iter().find(|page| !geometry.contains(**page)) {
            let found = format!("31h past page {} of the block", page.page - 1);
            return self.report(now, Rule::RowInRange, found, "3Fh at the last page of a block");
        }
        self.note_several(number);
        let lun = &mut self.luns[number];
        let moved = lun.transfer(from);
        lun.read(moved, following, true);
        lun.cached = Collecting::Reads;
        self.select(first, 0);
        self.confirmed = Some(now);
    }

    fn cache_read_last(&mut self, now: u64) {
        let number = self.selected;
        let from = self.busy_from(now);
        if !self.cache_read_possible(now, number, Opcode::CacheReadLast) {
            return;
        }
        self.note_several(number);
        let lun = &mut self.luns[number];
        let first = lun.reading[0];
        lun.transfer(from);
        lun.reading.clear();
        lun.cached = Collecting::Nothing;
        self.select(first, 0);
        self.confirmed = Some(now);
    }

    fn cache_read_possible(&mut self, now: u64, number: usize, opcode: Opcode) -> bool {
        let lun = &self.luns[number];
        let (busy, reads) = (lun.is_busy(now), !lun.reading.is_empty());
        if busy {
            let found = format!("{opcode:?} to LUN {number}, which is busy");
            self.report(now, Rule::LunReady, found, "70h, 78h, FFh, FCh");
        } else if !reads {
            self.out_of_sequence(now, opcode);
        }
        !busy && reads
    }

    /// Reported if WP# is low.
    fn may_write(&mut self, now: u64) -> bool {
        if !self.write_enabled {
            self.report(now, Rule::WriteEnabled, "program or erase while WP# is low", "WP# high");
        }
        self.write_enabled
    }

    fn program(&mut self, now: u64, page: PageAddress, cached: bool) {
        let from = self.busy_from(now);
        if !self.may_write(now) {
            return;
        }
        let pages = self.gathered(now, page);
        let number = page.block.lun as usize;
        let mut loaded = Vec::new();
        for page in pages {
            let plane = self.config().geometry.plane_of(page.block) as usize;
            let data = self.luns[number].planes[plane].cache.clone();
            for (rule, found, legal) in self.array.begin_program(page, &data) {
                self.report(now, rule, found, legal);
            }
            loaded.push((page, data));
        }
        let lun = &mut self.luns[number];
        lun.reading.clear();
        lun.cached = if cached { Collecting::Programs } else { Collecting::Nothing };
        lun.program(from, loaded, cached);
        self.selected = number;
        self.output = Output::None;
        self.confirmed = Some(now);
    }

    fn erase(&mut self, now: u64, page: PageAddress) {
        let from = self.busy_from(now);
        if !self.may_write(now) {
            return;
        }
        let pages = self.gathered(now, page);
        let number = page.block.lun as usize;
        let lun = &mut self.luns[number];
        lun.reading.clear();
        lun.cached = Collecting::Nothing;
        lun.erase(from, pages.into_iter().map(|page| page.block).collect());
        self.selected = number;
        self.output = Output::None;
        self.confirmed = Some(now);
    }
}
