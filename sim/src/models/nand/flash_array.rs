//! The cells: pages that were programmed, wear of blocks, what fails.

use super::bit_errors::{PageHistory, failed_bits, raw_bit_error_rate};
use super::config::ChipConfig;
use super::factory::factory_bad_blocks;
use super::faults::{Fault, Faults};
use super::geometry::{BlockAddress, PageAddress};
use super::random::{bytes, unit};
use super::violation::Rule;
use std::collections::{HashMap, HashSet};

/// What separates the draws for different purposes.
mod purpose {
    pub(super) const ERRORS: u64 = 1;
    pub(super) const NOISE: u64 = 2;
    pub(super) const PARTIAL: u64 = 3;
    pub(super) const LIFE: u64 = 4;
    pub(super) const PAIR: u64 = 8;
}

/// How far a failed program gets.
const FAILED_PROGRAM: f64 = 0.5;

/// A programmed page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredPage {
    /// Data and spare without the 0xFF at the end.
    pub(super) data: Vec<u8>,
    /// Programs since the erase.
    pub(super) programs: u8,
    /// When it was programmed last.
    pub(super) nanoseconds: u64,
    /// A program of it was interrupted or failed.
    pub(super) interrupted: bool,
}

/// What is known of a block besides its pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct BlockRecord {
    pub(super) erases: u32,
    /// The page that is programmed next.
    pub(super) next_page: u32,
    /// Array reads since the erase.
    pub(super) reads: u64,
    /// The last erase was interrupted or failed.
    pub(super) interrupted: bool,
    /// It failed in use.
    pub(super) worn_out: bool,
}

/// The cells of a chip. Only programmed pages take memory.
#[derive(Clone, Debug)]
pub struct FlashArray {
    pub(super) config: ChipConfig,
    pub(super) pages: HashMap<PageAddress, StoredPage>,
    pub(super) blocks: HashMap<BlockAddress, BlockRecord>,
    factory_bad: HashSet<BlockAddress>,
    faults: Faults,
    /// Nanoseconds without power, and time in files.
    pub(super) aged_nanoseconds: u64,
}

/// A rule that a program would break, with what was found and what is legal.
pub(super) type Breach = (Rule, String, String);

impl FlashArray {
    pub(super) fn new(config: ChipConfig) -> Self {
        Self {
            factory_bad: factory_bad_blocks(&config),
            config,
            pages: HashMap::new(),
            blocks: HashMap::new(),
            faults: Faults::default(),
            aged_nanoseconds: 0,
        }
    }

    /// Whether a block is bad from the factory on.
    pub fn is_factory_bad(&self, block: BlockAddress) -> bool {
        self.factory_bad.contains(&block)
    }

    /// Blocks that are bad from the factory on.
    pub fn factory_bad_count(&self) -> usize {
        self.factory_bad.len()
    }

    /// Erases of a block so far.
    pub fn erases(&self, block: BlockAddress) -> u32 {
        self.blocks.get(&block).map_or(0, |record| record.erases)
    }

    /// Sets the erases of a block, as if it had been in use.
    pub fn set_erases(&mut self, block: BlockAddress, erases: u32) {
        self.blocks.entry(block).or_default().erases = erases;
    }

    /// Array reads of a block since its erase.
    pub fn reads(&self, block: BlockAddress) -> u64 {
        self.blocks.get(&block).map_or(0, |record| record.reads)
    }

    /// What was programmed into a page, without errors; `None` if nothing was since the erase.
    pub fn programmed(&self, page: PageAddress) -> Option<Vec<u8>> {
        self.pages.get(&page).map(|stored| self.whole(&stored.data))
    }

    /// Pages that hold data.
    pub fn programmed_pages(&self) -> usize {
        self.pages.len()
    }

    pub(super) fn inject(&mut self, fault: Fault) {
        self.faults.insert(fault);
    }

    fn whole(&self, data: &[u8]) -> Vec<u8> {
        let mut whole = data.to_vec();
        whole.resize(self.config.geometry.column_count(), 0xFF);
        whole
    }

    fn covers(&self, block: BlockAddress) -> bool {
        self.faults.covers(block, self.config.geometry.plane_of(block))
    }

    fn fails(&self, block: BlockAddress) -> bool {
        self.covers(block)
            || self.is_factory_bad(block)
            || self.blocks.get(&block).is_some_and(|record| record.worn_out)
    }

    fn key(&self, page: PageAddress) -> u64 {
        u64::from(self.config.geometry.row(page))
    }

    /// Senses a page, with the errors that it has by now.
    pub(super) fn read(&mut self, page: PageAddress, nanoseconds: u64) -> Vec<u8> {
        let key = self.key(page);
        let record = self.blocks.entry(page.block).or_default();
        record.reads += 1;
        let record = *record;
        let length = self.config.geometry.column_count();
        if self.covers(page.block) {
            return bytes(self.config.seed, &[purpose::NOISE, key, record.reads], length);
        }
        if self.is_factory_bad(page.block) {
            // Programmed to zero throughout, the bad block marks in the spare bytes of first and last page included.
            return vec![0; length];
        }
        let mut data = Vec::new();
        if let Some(stored) = self.pages.get(&page) {
            data = self.whole(&stored.data);
            let history = PageHistory {
                erases: record.erases,
                block_reads: record.reads,
                retention_nanoseconds: (nanoseconds + self.aged_nanoseconds).saturating_sub(stored.nanoseconds),
            };
            let mean = raw_bit_error_rate(&self.config.flash, history) * (length * 8) as f64;
            let keys = [purpose::ERRORS, key, u64::from(record.erases), u64::from(stored.programs)];
            for bit in failed_bits(self.config.seed, &keys, mean, length * 8) {
                data[bit / 8] ^= 1 << (bit % 8);
            }
        }
        data.resize(length, 0xFF);
        for bit in self.faults.bits.get(&page).into_iter().flatten() {
            data[(bit / 8) as usize] ^= 1 << (bit % 8);
        }
        data
    }

    /// Checks the order of programs and takes the page as programmed from now on.
    pub(super) fn begin_program(&mut self, page: PageAddress, data: &[u8]) -> Vec<Breach> {
        let mut breaches = Vec::new();
        let limit = self.config.flash.programs_per_page;
        let record = self.blocks.entry(page.block).or_default();
        let again = record.next_page > 0 && page.page == record.next_page - 1;
        if page.page != record.next_page && !again {
            let legal = format!("page {} of the block", record.next_page);
            breaches.push((Rule::PageOrder, format!("page {}", page.page), legal));
        }
        record.next_page = record.next_page.max(page.page + 1);
        if record.interrupted {
            let found = "a block whose erase was interrupted or failed".to_owned();
            breaches.push((Rule::Erased, found, "an erased block".to_owned()));
        }
        let stored = self.pages.entry(page).or_insert_with(|| StoredPage {
            data: Vec::new(),
            programs: 0,
            nanoseconds: 0,
            interrupted: false,
        });
        stored.programs = stored.programs.saturating_add(1);
        if stored.programs > limit {
            let found = format!("program {} of the page since its erase", stored.programs);
            breaches.push((Rule::PartialPrograms, found, format!("at most {limit}")));
        }
        let twice = data.iter().zip(&stored.data).position(|(new, old)| *new != 0xFF && *old != 0xFF);
        if stored.interrupted {
            let found = "a page whose program was interrupted or failed".to_owned();
            breaches.push((Rule::Erased, found, "an erased page".to_owned()));
        } else if let Some(column) = twice {
            let found = format!("column {column} programmed before");
            breaches.push((Rule::Erased, found, "bytes that are 0xFF since the erase".to_owned()));
        }
        breaches
    }

    /// The program is over; whether it succeeded.
    pub(super) fn end_program(&mut self, page: PageAddress, data: &[u8], nanoseconds: u64) -> bool {
        if self.fails(page.block) || self.faults.programs.remove(&page) {
            self.interrupt_program(page, data, FAILED_PROGRAM, nanoseconds);
            return false;
        }
        self.store(page, data, nanoseconds, false);
        true
    }

    /// The program broke off at a part of its time: each cell that was to be programmed is so with that probability.
    pub(super) fn interrupt_program(&mut self, page: PageAddress, data: &[u8], part: f64, nanoseconds: u64) {
        let keys = [purpose::PARTIAL, self.key(page), u64::from(self.erases(page.block))];
        let mut data = data.to_vec();
        for (at, byte) in data.iter_mut().enumerate() {
            *byte |= self.undone(&keys, at, part);
        }
        self.store(page, &data, nanoseconds, true);
        if self.config.flash.paired_pages
            && let Some(first) = page.paired_before()
        {
            self.damage(first);
        }
    }

    /// Programs a part of the cells of a page that shares its cells with one whose program broke off.
    fn damage(&mut self, page: PageAddress) {
        let keys = [purpose::PAIR, self.key(page), u64::from(self.erases(page.block))];
        let Some(mut stored) = self.pages.remove(&page) else { return };
        stored.data.resize(self.config.geometry.column_count(), 0xFF);
        for (at, byte) in stored.data.iter_mut().enumerate() {
            *byte &= self.undone(&keys, at, self.config.flash.pair_damage);
        }
        self.pages.insert(page, stored);
    }

    /// Cells of a byte that an operation which got as far as `part` has not reached.
    fn undone(&self, keys: &[u64; 3], at: usize, part: f64) -> u8 {
        let [purpose, key, erases] = *keys;
        let reached = |bit: &u64| unit(self.config.seed, &[purpose, key, erases, at as u64, *bit]) < part;
        (0..8).filter(|bit| !reached(bit)).fold(0, |bits, bit| bits | 1 << bit)
    }

    fn store(&mut self, page: PageAddress, data: &[u8], nanoseconds: u64, interrupted: bool) {
        let time = nanoseconds + self.aged_nanoseconds;
        let Some(stored) = self.pages.get_mut(&page) else { return };
        let used = data.iter().rposition(|byte| *byte != 0xFF).map_or(0, |last| last + 1);
        stored.data.resize(stored.data.len().max(used), 0xFF);
        for (cell, byte) in stored.data.iter_mut().zip(data) {
            *cell &= byte;
        }
        stored.nanoseconds = time;
        stored.interrupted |= interrupted;
    }

    /// The erase is over; whether it succeeded.
    pub(super) fn end_erase(&mut self, block: BlockAddress) -> bool {
        let flash = &self.config.flash;
        let keys = [purpose::LIFE, u64::from(block.lun), u64::from(block.block)];
        let draw = unit(self.config.seed, &keys);
        let life = f64::from(flash.endurance) * (1.0 + (flash.life_factor - 1.0) * draw);
        let failed = self.fails(block) || f64::from(self.erases(block)) >= life || self.faults.erases.remove(&block);
        let record = self.blocks.entry(block).or_default();
        record.erases += 1;
        record.interrupted = failed;
        if failed {
            record.worn_out = true;
            return false;
        }
        record.next_page = 0;
        record.reads = 0;
        self.faults.erased(block);
        for page in 0..self.config.geometry.pages_per_block {
            self.pages.remove(&PageAddress { block, page });
        }
        true
    }

    /// The erase broke off at a part of its time: each programmed cell is erased with that probability.
    pub(super) fn interrupt_erase(&mut self, block: BlockAddress, part: f64) {
        let erases = u64::from(self.erases(block));
        for page in 0..self.config.geometry.pages_per_block {
            let address = PageAddress { block, page };
            let keys = [purpose::PARTIAL, self.key(address), erases];
            let Some(mut stored) = self.pages.remove(&address) else { continue };
            for (at, byte) in stored.data.iter_mut().enumerate() {
                *byte |= !self.undone(&keys, at, part);
            }
            self.pages.insert(address, stored);
        }
        let record = self.blocks.entry(block).or_default();
        record.erases += 1;
        record.interrupted = true;
    }
}
