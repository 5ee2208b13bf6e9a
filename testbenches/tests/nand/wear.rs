//! Bit errors by wear, time and reads; blocks that are bad or wear out.

use crate::bus::{Bus, page, pattern, small};
use hardpath_sim::models::nand::bit_errors::{PageHistory, YEAR_NANOSECONDS, raw_bit_error_rate};
use hardpath_sim::models::nand::{BlockAddress, ChipConfig, FlashKind, Interface, NandLane, PageAddress, status};
use hardpath_sim::models::nand::{LaneConfig, TimingMode};

/// A small chip with many errors.
fn weak(seed: u64) -> ChipConfig {
    let mut chip = small(FlashKind::Slc);
    chip.seed = seed;
    chip.flash.errors.fresh = 1e-3;
    chip.flash.errors.worn = 1e-2;
    chip
}

fn all_pages() -> Vec<PageAddress> {
    let blocks = (0..3).flat_map(|lun| (0..6).map(move |block| BlockAddress { lun, block }));
    blocks.flat_map(|block| (0..4).map(move |page| PageAddress { block, page })).collect()
}

/// Programs every page and reads it back: the bits that differ, page by page.
fn errors_of(chip: ChipConfig, erases: u32) -> Vec<Vec<usize>> {
    let mut bus = Bus::in_mode(chip, Interface::Sdr, 5);
    for page in all_pages() {
        bus.lane.array_mut(0).expect("chip 0").set_erases(page.block, erases);
        bus.program(page, &pattern(3, 528));
    }
    let errors = all_pages().into_iter().map(|page| errors_in(&mut bus, page)).collect();
    bus.expect_quiet();
    errors
}

fn errors_in(bus: &mut Bus, page: PageAddress) -> Vec<usize> {
    let read = bus.read_page(page, 0, 528);
    let good = pattern(3, 528);
    (0..528 * 8).filter(|bit| (read[bit / 8] ^ good[bit / 8]) >> (bit % 8) & 1 == 1).collect()
}

#[test]
fn errors_are_as_frequent_as_the_rate_says() {
    let count = |erases| errors_of(weak(1), erases).iter().map(Vec::len).sum::<usize>();
    // 72 pages of 4,224 bits: 304 at 1e-3, 3,041 at 1e-2, give or take five standard deviations.
    let (fresh, worn) = (count(0), count(100_000));
    assert!((217..391).contains(&fresh), "{fresh}");
    assert!((2_765..3_317).contains(&worn), "{worn}");
}

#[test]
fn errors_are_the_same_for_the_same_seed_and_others_for_another() {
    assert_eq!(errors_of(weak(1), 0), errors_of(weak(1), 0));
    assert_ne!(errors_of(weak(1), 0), errors_of(weak(2), 0));
}

#[test]
fn errors_grow_with_time_and_reads_and_do_not_heal() {
    let mut chip = weak(4);
    chip.flash.errors.retention_per_year = 100.0;
    chip.flash.errors.per_block_read = 1e-5;
    let mut bus = Bus::in_mode(chip, Interface::Sdr, 5);
    let address = page(0, 0, 0, 0);
    bus.lane.array_mut(0).expect("chip 0").set_erases(address.block, 5_000);
    bus.program(address, &pattern(3, 528));
    let first = errors_in(&mut bus, address);
    for _ in 0..200 {
        bus.read_page(address, 0, 1);
    }
    let disturbed = errors_in(&mut bus, address);
    assert_eq!(bus.lane.array(0).expect("chip 0").reads(address.block), 202);
    bus.power_cut(YEAR_NANOSECONDS);
    bus.start(Interface::Sdr, 5);
    let aged = errors_in(&mut bus, address);
    assert!(first.len() < disturbed.len() && disturbed.len() < aged.len(), "{first:?} {disturbed:?} {aged:?}");
    assert!(first.iter().all(|bit| disturbed.contains(bit)));
    assert!(disturbed.iter().all(|bit| aged.contains(bit)));
    bus.expect_quiet();
}

#[test]
fn rates_of_the_presets_lie_between_fresh_and_worn() {
    for kind in [FlashKind::Slc, FlashKind::Mlc, FlashKind::Emlc] {
        let flash = kind.parameters();
        let rate = |erases, block_reads, retention_nanoseconds| {
            raw_bit_error_rate(&flash, PageHistory { erases, block_reads, retention_nanoseconds })
        };
        assert_eq!(rate(0, 0, 0), flash.errors.fresh);
        assert!((rate(flash.endurance, 0, 0) / flash.errors.worn - 1.0).abs() < 1e-9);
        let year = rate(flash.endurance, 0, YEAR_NANOSECONDS) / flash.errors.worn;
        assert!((year - 1.0 - flash.errors.retention_per_year).abs() < 1e-9);
        assert_eq!(rate(0, 0, YEAR_NANOSECONDS), flash.errors.fresh, "a new block keeps its data");
        assert_eq!(rate(u32::MAX, u64::MAX, u64::MAX), 0.5);
    }
}

#[test]
fn blocks_wear_out_after_their_rated_life_and_keep_their_data() {
    let mut chip = small(FlashKind::Slc);
    chip.flash.endurance = 10;
    let mut bus = Bus::in_mode(chip, Interface::Sdr, 5);
    let lives: Vec<u32> = (0..6)
        .map(|block| {
            let address = PageAddress { block: BlockAddress { lun: 0, block }, page: 0 };
            let mut erases = 0;
            while bus.erase(address) & status::FAIL == 0 {
                erases += 1;
                bus.program(address, &[erases]);
            }
            assert_eq!(bus.read_page(address, 0, 1), [erases]);
            assert_eq!(bus.erase(address) & status::FAIL, status::FAIL, "it does not recover");
            u32::from(erases)
        })
        .collect();
    assert!(lives.iter().all(|life| (10..=20).contains(life)), "{lives:?}");
    assert!(lives.iter().any(|life| *life != lives[0]), "each block has a life of its own: {lives:?}");
    bus.expect_quiet();
}

#[test]
fn factory_bad_blocks_are_few_marked_and_useless() {
    for bad in [0.0, 0.01, 0.02] {
        let mut chip = ChipConfig::of(FlashKind::Slc, 21);
        chip.flash.factory_bad = bad;
        let lane = NandLane::new(LaneConfig { chip, ..LaneConfig::of(FlashKind::Slc, 0) }).expect("legal");
        let array = lane.array(1).expect("chip 1");
        assert_eq!(array.factory_bad_count(), 8 * (4096.0 * bad) as usize);
        assert!(!array.is_factory_bad(BlockAddress { lun: 0, block: 0 }));
        let same = |block| lane.array(0).expect("chip 0").is_factory_bad(block) == array.is_factory_bad(block);
        assert_eq!((0..4096).all(|block| same(BlockAddress { lun: 3, block })), bad == 0.0, "chips differ");
    }
    let mut chip = small(FlashKind::Slc);
    chip.geometry.blocks_per_plane = 50;
    chip.flash.factory_bad = 0.02;
    let mut bus = Bus::in_mode(chip, Interface::Sdr, 5);
    let array = bus.lane.array(0).expect("chip 0");
    let blocks: Vec<u32> =
        (0..100).filter(|block| array.is_factory_bad(BlockAddress { lun: 1, block: *block })).collect();
    assert_eq!(blocks.len(), 2);
    for block in 0..100 {
        let page = |page| PageAddress { block: BlockAddress { lun: 1, block }, page };
        let mark = if blocks.contains(&block) { [0x00] } else { [0xFF] };
        assert_eq!(bus.read_page(page(0), 512, 1), mark, "first page of block {block}");
        assert_eq!(bus.read_page(page(3), 512, 1), mark, "last page of block {block}");
        let failed = if blocks.contains(&block) { status::FAIL } else { 0 };
        assert_eq!(bus.program(page(0), &[1]) & status::FAIL, failed);
        assert_eq!(bus.erase(page(0)) & status::FAIL, failed);
    }
    assert_eq!(bus.lane.mode(0), TimingMode::new(Interface::Sdr, 5));
}
