//! A LUN: registers of its planes, what it is busy with, its status.

use super::config::ChipConfig;
use super::flash::ArrayTime;
use super::flash_array::FlashArray;
use super::geometry::{BlockAddress, PageAddress};
use super::random::unit;
use std::collections::VecDeque;

/// Separates these draws from others.
const PURPOSE: u64 = 6;

/// Bits of the status register.
pub mod status {
    /// The last operation failed.
    pub const FAIL: u8 = 1 << 0;
    /// The cached operation before it failed.
    pub const FAIL_CACHED: u8 = 1 << 1;
    /// The array is idle.
    pub const ARRAY_READY: u8 = 1 << 5;
    /// The next command may come.
    pub const READY: u8 = 1 << 6;
    /// WP# is high.
    pub const NOT_PROTECTED: u8 = 1 << 7;
}

/// A time during which something is busy; its ready line shows it from `from` on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct BusyTime {
    pub(super) from: u64,
    pub(super) until: u64,
}

impl BusyTime {
    pub(super) fn is_busy(&self, now: u64) -> bool {
        now < self.until
    }

    pub(super) fn pulls_low(&self, now: u64) -> bool {
        (self.from..self.until).contains(&now)
    }

    /// The next cycle after `now` in which the line changes.
    pub(super) fn next_event(&self, now: u64) -> u64 {
        [self.from, self.until].into_iter().filter(|cycle| *cycle > now).min().unwrap_or(u64::MAX)
    }
}

/// The registers of a plane.
#[derive(Clone, Debug)]
pub(super) struct PlaneRegisters {
    /// What the bus reads and writes.
    pub(super) cache: Vec<u8>,
    /// What the array reads into.
    data: Vec<u8>,
    failed: bool,
    failed_before: bool,
}

/// Work of the array.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    Read { pages: Vec<PageAddress>, to_cache: bool },
    Transfer,
    Program(Vec<(PageAddress, Vec<u8>)>),
    Erase(Vec<BlockAddress>),
}

#[derive(Clone, Debug)]
struct Timed {
    start: u64,
    end: u64,
    operation: Operation,
}

/// What a multi-plane sequence in progress collects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collecting {
    Nothing,
    Reads,
    Programs,
    Erases,
}

/// Array times in cycles.
#[derive(Clone, Copy, Debug)]
pub(super) struct ArrayTimes {
    clock: u64,
    cache_busy: u64,
    read: ArrayTime,
    program: ArrayTime,
    erase: ArrayTime,
    spread: f64,
}

impl ArrayTimes {
    pub(super) fn new(config: &ChipConfig, clock: u64) -> Self {
        let flash = &config.flash;
        Self {
            clock,
            cache_busy: (flash.cache_busy_nanoseconds * 1_000).div_ceil(clock),
            read: flash.read,
            program: flash.program,
            erase: flash.erase,
            spread: flash.time_spread,
        }
    }

    fn cycles(&self, time: ArrayTime, seed: u64, keys: &[u64]) -> u64 {
        let span = (time.maximum_nanoseconds - time.typical_nanoseconds) as f64;
        let over = if self.spread > 0.0 { span * self.spread * unit(seed, keys) } else { 0.0 };
        ((time.typical_nanoseconds + over as u64) * 1_000).div_ceil(self.clock)
    }
}

/// One LUN.
#[derive(Clone, Debug)]
pub(super) struct Lun {
    number: u64,
    seed: u64,
    times: ArrayTimes,
    pub(super) planes: Vec<PlaneRegisters>,
    pub(super) ready: BusyTime,
    array_until: u64,
    operations: VecDeque<Timed>,
    started: u64,
    pub(super) collecting: Collecting,
    pub(super) collected: Vec<PageAddress>,
    /// The pages that the array read last, one a plane.
    pub(super) reading: Vec<PageAddress>,
    /// The last array operation was of the read cache or program cache sort.
    pub(super) cached: Collecting,
    /// Plane and column of the next byte out.
    pub(super) plane: usize,
    pub(super) column: usize,
    /// A page was read and none of its bytes has been output.
    pub(super) unread: bool,
}

impl Lun {
    pub(super) fn new(number: u32, config: &ChipConfig, times: ArrayTimes) -> Self {
        let length = config.geometry.column_count();
        let registers =
            PlaneRegisters { cache: vec![0xFF; length], data: vec![0xFF; length], failed: false, failed_before: false };
        Self {
            number: u64::from(number),
            seed: config.seed,
            times,
            planes: vec![registers; config.geometry.planes as usize],
            ready: BusyTime::default(),
            array_until: 0,
            operations: VecDeque::new(),
            started: 0,
            collecting: Collecting::Nothing,
            collected: Vec::new(),
            reading: Vec::new(),
            cached: Collecting::Nothing,
            plane: 0,
            column: 0,
            unread: false,
        }
    }

    /// RDY is low.
    pub(super) fn is_busy(&self, now: u64) -> bool {
        self.ready.is_busy(now)
    }

    /// ARDY is low.
    pub(super) fn array_busy(&self, now: u64) -> bool {
        now < self.array_until
    }

    /// The status register, of one plane or of all together.
    pub(super) fn status(&self, now: u64, plane: Option<usize>) -> u8 {
        let selected = |index: usize| plane.is_none_or(|plane| plane == index);
        let any = |flag: fn(&PlaneRegisters) -> bool| {
            self.planes.iter().enumerate().any(|(index, plane)| selected(index) && flag(plane))
        };
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        bit(any(|plane| plane.failed), status::FAIL)
            | bit(any(|plane| plane.failed_before), status::FAIL_CACHED)
            | bit(!self.array_busy(now), status::ARRAY_READY)
            | bit(!self.is_busy(now), status::READY)
    }

    /// The next cycle after `now` in which something changes by itself.
    pub(super) fn next_event(&self, now: u64) -> u64 {
        let done = self.operations.front().map_or(u64::MAX, |timed| timed.end);
        let array = if self.array_until > now { self.array_until } else { u64::MAX };
        self.ready.next_event(now).min(done).min(array)
    }

    /// The first cycle in which the array can begin: not before `from`, not before it is idle.
    pub(super) fn array_free(&self, from: u64) -> u64 {
        from.max(self.array_until)
    }

    /// Busy for a short time, the array left alone.
    pub(super) fn pause(&mut self, from: u64, cycles: u64) {
        self.ready = BusyTime { from, until: from + cycles };
    }

    fn push(&mut self, start: u64, end: u64, operation: Operation) {
        self.array_until = self.array_until.max(end);
        self.operations.push_back(Timed { start, end, operation });
    }

    fn draw(&mut self, time: ArrayTime) -> u64 {
        self.started += 1;
        self.times.cycles(time, self.seed, &[PURPOSE, self.number, self.started])
    }

    /// Reads pages; the LUN is busy for it, or only the array if `in_background`.
    pub(super) fn read(&mut self, start: u64, pages: Vec<PageAddress>, in_background: bool) {
        let end = start + self.draw(self.times.read);
        self.reading.clone_from(&pages);
        self.push(start, end, Operation::Read { pages, to_cache: !in_background });
        if !in_background {
            self.forget_failures();
            self.ready = BusyTime { from: start, until: end };
            self.unread = true;
        }
    }

    /// Moves the pages that the array read into the cache registers; busy from `from` on until the cycle that it returns.
    pub(super) fn transfer(&mut self, from: u64) -> u64 {
        let start = self.array_free(from);
        let end = start + self.times.cache_busy;
        self.push(start, end, Operation::Transfer);
        self.ready = BusyTime { from, until: end };
        self.unread = true;
        end
    }

    /// Programs the cache registers of the planes; busy for all of it, or only until the registers are free again.
    pub(super) fn program(&mut self, from: u64, pages: Vec<(PageAddress, Vec<u8>)>, cached: bool) {
        if !self.array_busy(from) {
            self.forget_failures();
        }
        let start = self.array_free(from);
        let end = start + self.draw(self.times.program);
        self.push(start, end, Operation::Program(pages));
        let until = if cached { start + self.times.cache_busy } else { end };
        self.ready = BusyTime { from, until };
    }

    pub(super) fn erase(&mut self, from: u64, blocks: Vec<BlockAddress>) {
        self.forget_failures();
        let end = from + self.draw(self.times.erase);
        self.push(from, end, Operation::Erase(blocks));
        self.ready = BusyTime { from, until: end };
    }

    fn forget_failures(&mut self) {
        for plane in &mut self.planes {
            (plane.failed, plane.failed_before) = (false, false);
        }
    }

    /// Ends the operations whose time is over.
    pub(super) fn advance(&mut self, now: u64, array: &mut FlashArray) {
        while let Some(timed) = self.operations.pop_front_if(|timed| timed.end <= now) {
            let nanoseconds = timed.end * self.times.clock / 1_000;
            match timed.operation {
                Operation::Read { pages, to_cache } => self.sense(array, &pages, to_cache, nanoseconds),
                Operation::Transfer => self.planes.iter_mut().for_each(|plane| plane.cache.clone_from(&plane.data)),
                Operation::Program(pages) => {
                    for (page, data) in pages {
                        let failed = !array.end_program(page, &data, nanoseconds);
                        self.note(array, page.block, failed);
                    }
                }
                Operation::Erase(blocks) => {
                    for block in blocks {
                        let failed = !array.end_erase(block);
                        self.note(array, block, failed);
                    }
                }
            }
        }
    }

    fn sense(&mut self, array: &mut FlashArray, pages: &[PageAddress], to_cache: bool, nanoseconds: u64) {
        for page in pages {
            let plane = &mut self.planes[array.config.geometry.plane_of(page.block) as usize];
            plane.data = array.read(*page, nanoseconds);
            if to_cache {
                plane.cache.clone_from(&plane.data);
            }
        }
    }

    fn note(&mut self, array: &FlashArray, block: BlockAddress, failed: bool) {
        let plane = &mut self.planes[array.config.geometry.plane_of(block) as usize];
        plane.failed_before = plane.failed;
        plane.failed = failed;
    }

    /// Stops at once: operations that run leave what they have done so far, those that wait leave nothing.
    pub(super) fn abort(&mut self, now: u64, array: &mut FlashArray) {
        self.advance(now, array);
        let nanoseconds = now * self.times.clock / 1_000;
        for timed in std::mem::take(&mut self.operations) {
            let length = (timed.end - timed.start).max(1) as f64;
            let part = now.saturating_sub(timed.start) as f64 / length;
            match timed.operation {
                Operation::Read { .. } | Operation::Transfer => {}
                Operation::Program(pages) => {
                    for (page, data) in pages {
                        array.interrupt_program(page, &data, part, nanoseconds);
                    }
                }
                Operation::Erase(blocks) if part > 0.0 => {
                    blocks.into_iter().for_each(|block| array.interrupt_erase(block, part));
                }
                Operation::Erase(_) => {}
            }
        }
        self.forget_failures();
        self.ready = BusyTime::default();
        self.array_until = now;
        self.collecting = Collecting::Nothing;
        self.collected.clear();
        self.cached = Collecting::Nothing;
        self.unread = false;
    }

    /// What the array is doing: for the time that a reset takes.
    pub(super) fn running(&self, now: u64) -> Option<&Operation> {
        self.operations.front().filter(|timed| timed.end > now).map(|timed| &timed.operation)
    }
}
