//! Random legal sequences of commands against a plain map of pages.

use crate::bus::{Bus, pattern, small};
use hardpath_sim::models::nand::{BlockAddress, FlashKind, Geometry, Interface, PageAddress, Parameter, status};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

/// Something to do, with numbers that are made legal when it is done.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Program { place: u32, length: usize },
    ProgramBothPlanes { place: u32 },
    ProgramCached { place: u32 },
    Read { place: u32, column: usize },
    ReadBothPlanes { place: u32 },
    ReadCached { place: u32 },
    Erase { place: u32 },
    EraseBothPlanes { place: u32 },
    Pause { cycles: u64 },
    PowerCut,
}

fn deeds() -> impl Strategy<Value = Deed> {
    let place = 0..u32::MAX;
    prop_oneof![
        5 => (place.clone(), 1..=264_usize).prop_map(|(place, half)| Deed::Program { place, length: 2 * half }),
        2 => place.clone().prop_map(|place| Deed::ProgramBothPlanes { place }),
        2 => place.clone().prop_map(|place| Deed::ProgramCached { place }),
        5 => (place.clone(), 0..528_usize).prop_map(|(place, column)| Deed::Read { place, column }),
        2 => place.clone().prop_map(|place| Deed::ReadBothPlanes { place }),
        2 => place.clone().prop_map(|place| Deed::ReadCached { place }),
        2 => place.clone().prop_map(|place| Deed::Erase { place }),
        1 => place.prop_map(|place| Deed::EraseBothPlanes { place }),
        1 => (1..5_000_u64).prop_map(|cycles| Deed::Pause { cycles }),
        1 => Just(Deed::PowerCut),
    ]
}

/// The chip, and what it must hold.
struct Chip {
    bus: Bus,
    mode: (Interface, u8),
    geometry: Geometry,
    /// `None`: it holds something, but nobody can say what.
    pages: HashMap<PageAddress, Option<Vec<u8>>>,
    next: HashMap<BlockAddress, u32>,
    /// Blocks whose erase was interrupted.
    broken: HashSet<BlockAddress>,
    /// Per LUN, what may still be at work.
    writing: HashMap<u32, Vec<PageAddress>>,
    erasing: HashMap<u32, Vec<BlockAddress>>,
    written: usize,
}

impl Chip {
    fn new(mode: (Interface, u8)) -> Self {
        let config = small(FlashKind::Slc);
        Self {
            bus: Bus::in_mode(config, mode.0, mode.1),
            mode,
            geometry: config.geometry,
            pages: HashMap::new(),
            next: HashMap::new(),
            broken: HashSet::new(),
            writing: HashMap::new(),
            erasing: HashMap::new(),
            written: 0,
        }
    }

    fn block(&self, place: u32) -> BlockAddress {
        let blocks = self.geometry.blocks_per_lun();
        BlockAddress { lun: place / blocks % self.geometry.luns, block: place % blocks }
    }

    /// The block of the other plane.
    fn mate(block: BlockAddress) -> BlockAddress {
        BlockAddress { block: block.block ^ 1, ..block }
    }

    fn free_page(&self, block: BlockAddress) -> Option<PageAddress> {
        let page = self.next.get(&block).copied().unwrap_or(0);
        (page < self.geometry.pages_per_block && !self.broken.contains(&block)).then_some(PageAddress { block, page })
    }

    fn expected(&self, page: PageAddress) -> Option<Vec<u8>> {
        self.pages.get(&page).cloned().unwrap_or(Some(vec![0xFF; self.geometry.column_count()]))
    }

    /// Waits until the LUN's array is idle. What it did is done.
    fn settle(&mut self, lun: u32) -> Result<(), TestCaseError> {
        let page = PageAddress { block: BlockAddress { lun, block: 0 }, page: 0 };
        let bits = self.bus.poll(page, true);
        self.writing.remove(&lun);
        self.erasing.remove(&lun);
        prop_assert_eq!(bits & (status::FAIL | status::FAIL_CACHED), 0);
        Ok(())
    }

    fn load(&mut self, page: PageAddress, length: usize, last: u8) {
        self.written += 1;
        let data = pattern(self.written, length);
        self.bus.load_program(0x80, page, 0, &data, last);
        self.bus.run(self.bus.cycles(Parameter::Wb));
        let mut whole = data;
        whole.resize(self.geometry.column_count(), 0xFF);
        self.pages.insert(page, Some(whole));
        self.next.insert(page.block, page.page + 1);
        self.writing.entry(page.block.lun).or_default().push(page);
    }

    fn await_ready(&mut self, page: PageAddress) {
        self.bus.run(self.bus.cycles(Parameter::Wb));
        self.bus.poll(page, false);
    }

    fn check(&mut self, page: PageAddress, column: usize, count: usize) -> Result<(), TestCaseError> {
        let expected = self.expected(page);
        let read = self.bus.read(count);
        if let Some(expected) = expected {
            prop_assert_eq!(&read, &expected[column..column + count], "{:?}", page);
        }
        Ok(())
    }

    fn begin_erase(&mut self, block: BlockAddress, last: u8) {
        self.bus.begin_erase(PageAddress { block, page: 0 }, last);
        self.bus.run(self.bus.cycles(Parameter::Wb));
        self.pages.retain(|page, _| page.block != block);
        self.next.remove(&block);
        self.broken.remove(&block);
        self.erasing.entry(block.lun).or_default().push(block);
    }

    fn power_cut(&mut self) {
        self.bus.power_cut(0);
        for page in self.writing.drain().flat_map(|(_, pages)| pages) {
            self.pages.insert(page, None);
        }
        for block in self.erasing.drain().flat_map(|(_, blocks)| blocks) {
            self.broken.insert(block);
            for page in 0..self.geometry.pages_per_block {
                self.pages.insert(PageAddress { block, page }, None);
            }
        }
        self.bus.start(self.mode.0, self.mode.1);
    }

    fn perform(&mut self, deed: Deed) -> Result<(), TestCaseError> {
        match deed {
            Deed::Program { place, length } => {
                let block = self.block(place);
                self.settle(block.lun)?;
                if let Some(page) = self.free_page(block) {
                    self.load(page, length, 0x10);
                }
            }
            Deed::ProgramBothPlanes { place } => {
                let (left, right) = (self.block(place), Self::mate(self.block(place)));
                self.settle(left.lun)?;
                let free = self.free_page(left).zip(self.free_page(right));
                if let Some((left, right)) = free.filter(|(left, right)| left.page == right.page) {
                    self.load(left, 528, 0x11);
                    self.await_ready(left);
                    self.load(right, 528, 0x10);
                }
            }
            Deed::ProgramCached { place } => {
                let block = self.block(place);
                self.settle(block.lun)?;
                while let Some(page) = self.free_page(block) {
                    let last = page.page + 1 == self.geometry.pages_per_block;
                    self.load(page, 528, if last { 0x10 } else { 0x15 });
                    self.await_ready(page);
                }
            }
            Deed::Read { place, column } => {
                let block = self.block(place);
                let page = PageAddress { block, page: place / 7 % self.geometry.pages_per_block };
                self.settle(block.lun)?;
                let column = column & !1;
                self.bus.begin_read(page, column, 0x30);
                self.await_ready(page);
                self.bus.change_plane(page, column);
                self.check(page, column, 528 - column)?;
            }
            Deed::ReadBothPlanes { place } => {
                let page = place / 7 % self.geometry.pages_per_block;
                let pages = [self.block(place), Self::mate(self.block(place))].map(|block| PageAddress { block, page });
                self.settle(pages[0].block.lun)?;
                self.bus.begin_read(pages[0], 0, 0x32);
                self.await_ready(pages[0]);
                self.bus.begin_read(pages[1], 0, 0x30);
                self.await_ready(pages[1]);
                for page in pages {
                    self.bus.change_plane(page, 10);
                    self.check(page, 10, 518)?;
                }
            }
            Deed::ReadCached { place } => {
                let block = self.block(place);
                self.settle(block.lun)?;
                let first = PageAddress { block, page: 0 };
                self.bus.begin_read(first, 0, 0x30);
                self.await_ready(first);
                for page in 0..self.geometry.pages_per_block {
                    let last = page + 1 == self.geometry.pages_per_block;
                    self.bus.command(if last { 0x3F } else { 0x31 });
                    self.await_ready(first);
                    self.bus.change_plane(first, 0);
                    self.check(PageAddress { block, page }, 0, 528)?;
                }
            }
            Deed::Erase { place } => {
                let block = self.block(place);
                self.settle(block.lun)?;
                self.begin_erase(block, 0xD0);
            }
            Deed::EraseBothPlanes { place } => {
                let (left, right) = (self.block(place), Self::mate(self.block(place)));
                self.settle(left.lun)?;
                self.begin_erase(left, 0xD1);
                self.await_ready(PageAddress { block: left, page: 0 });
                self.begin_erase(right, 0xD0);
            }
            Deed::Pause { cycles } => self.bus.pause(cycles),
            Deed::PowerCut => self.power_cut(),
        }
        Ok(())
    }

    /// Reads every page.
    fn check_all(&mut self) -> Result<(), TestCaseError> {
        for lun in 0..self.geometry.luns {
            self.settle(lun)?;
            for block in 0..self.geometry.blocks_per_lun() {
                for page in 0..self.geometry.pages_per_block {
                    let page = PageAddress { block: BlockAddress { lun, block }, page };
                    self.bus.begin_read(page, 0, 0x30);
                    self.await_ready(page);
                    self.bus.change_plane(page, 0);
                    self.check(page, 0, 528)?;
                }
            }
        }
        Ok(())
    }
}

fn modes() -> impl Strategy<Value = (Interface, u8)> {
    (prop_oneof![Just(Interface::Sdr), Just(Interface::NvDdr)], 2..6_u8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn legal_sequences_keep_every_page_and_every_rule(
        mode in modes(),
        deeds in proptest::collection::vec(deeds(), 1..40),
    ) {
        let mut chip = Chip::new(mode);
        for deed in deeds {
            chip.perform(deed)?;
        }
        chip.check_all()?;
        prop_assert_eq!(chip.bus.violations(), []);
    }

    #[test]
    fn the_same_sequence_leaves_the_same_contents(
        mode in modes(),
        deeds in proptest::collection::vec(deeds(), 1..20),
    ) {
        let run = || -> Result<Vec<u8>, TestCaseError> {
            let mut chip = Chip::new(mode);
            deeds.iter().try_for_each(|deed| chip.perform(*deed))?;
            let mut contents = Vec::new();
            chip.bus.lane.save(&mut contents)?;
            Ok(contents)
        };
        prop_assert_eq!(run()?, run()?);
    }
}
