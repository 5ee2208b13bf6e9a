//! Injected failures, as the controller sees them.

use crate::bus::{Bus, page, pattern, small};
use hardpath_sim::models::nand::{BlockAddress, Fault, FlashKind, Interface, PageAddress, TimingMode, status};

const GOOD: u8 = status::READY | status::ARRAY_READY | status::NOT_PROTECTED;
const FAILED: u8 = GOOD | status::FAIL;

fn bus_with(faults: &[Fault]) -> Bus {
    let mut bus = Bus::in_mode(small(FlashKind::Slc), Interface::Sdr, 5);
    for fault in faults {
        bus.lane.inject(0, fault.clone()).expect("a place to fail");
    }
    bus
}

#[test]
fn failed_bits_read_inverted_until_the_block_is_erased() {
    let address = page(1, 0, 1, 0);
    let mut bus = bus_with(&[Fault::Bits { page: address, bits: vec![0, 15, 4223] }]);
    let mut expected = pattern(1, 528);
    bus.program(address, &expected);
    expected[0] ^= 1;
    expected[1] ^= 0x80;
    expected[527] ^= 0x80;
    assert_eq!(bus.read_page(address, 0, 528), expected);
    bus.erase(address);
    bus.program(address, &pattern(1, 528));
    assert_eq!(bus.read_page(address, 0, 528), pattern(1, 528));
    bus.expect_quiet();
}

#[test]
fn a_failed_program_is_told_once_and_leaves_the_page_damaged() {
    let address = page(0, 1, 2, 1);
    let mut bus = bus_with(&[Fault::Program(address)]);
    assert_eq!(bus.program(page(0, 1, 2, 0), &pattern(1, 528)), GOOD);
    assert_eq!(bus.program(address, &pattern(2, 528)), FAILED);
    assert_eq!(bus.program(page(0, 1, 2, 2), &pattern(3, 528)), GOOD);
    assert_ne!(bus.read_page(address, 0, 528), pattern(2, 528));
    assert_eq!(bus.read_page(page(0, 1, 2, 0), 0, 528), pattern(1, 528));
    bus.expect_quiet();
}

#[test]
fn the_failure_of_a_plane_shows_in_its_status_only() {
    let (left, right) = (page(2, 0, 0, 0), page(2, 1, 0, 0));
    let mut bus = bus_with(&[Fault::Program(right)]);
    bus.load_program(0x80, left, 0, &[1, 2], 0x11);
    bus.wait_ready();
    bus.load_program(0x80, right, 0, &[3, 4], 0x10);
    bus.wait_ready();
    assert_eq!(bus.status(), FAILED);
    assert_eq!(bus.status_enhanced(left), GOOD);
    assert_eq!(bus.status_enhanced(right), FAILED);
    bus.expect_quiet();
}

#[test]
fn a_failed_cached_program_shows_one_command_later() {
    let mut bus = bus_with(&[Fault::Program(page(0, 0, 0, 0))]);
    bus.load_program(0x80, page(0, 0, 0, 0), 0, &[1], 0x15);
    bus.wait_ready();
    bus.load_program(0x80, page(0, 0, 0, 1), 0, &[2], 0x15);
    bus.wait_ready();
    assert_eq!(bus.poll(page(0, 0, 0, 0), true), GOOD | status::FAIL_CACHED);
    bus.load_program(0x80, page(0, 0, 0, 2), 0, &[3], 0x10);
    bus.wait_ready();
    assert_eq!(bus.status(), GOOD);
    bus.expect_quiet();
}

#[test]
fn a_failed_erase_fails_the_block_for_good() {
    let address = page(0, 0, 1, 0);
    let mut bus = bus_with(&[Fault::Erase(address.block)]);
    bus.program(address, &[5]);
    assert_eq!(bus.erase(address), FAILED);
    assert_eq!(bus.erase(address), FAILED);
    assert_eq!(bus.erase(page(0, 0, 2, 0)), GOOD);
    bus.expect_quiet();
}

/// Whether a failure takes a block with it.
type Covers = fn(BlockAddress) -> bool;

#[test]
fn blocks_planes_and_dies_fail_with_all_they_hold_and_no_more() {
    let places: Vec<BlockAddress> =
        (0..3).flat_map(|lun| (0..6).map(move |block| BlockAddress { lun, block })).collect();
    let failures: [(Fault, Covers); 3] = [
        (Fault::Block(BlockAddress { lun: 1, block: 3 }), |place| place == BlockAddress { lun: 1, block: 3 }),
        (Fault::Plane { lun: 2, plane: 1 }, |place| place.lun == 2 && place.block % 2 == 1),
        (Fault::Die { lun: 0 }, |place| place.lun == 0),
    ];
    for (fault, covers) in failures {
        let mut bus = Bus::in_mode(small(FlashKind::Slc), Interface::Sdr, 5);
        for block in &places {
            bus.program(PageAddress { block: *block, page: 0 }, &pattern(1, 528));
        }
        bus.lane.inject(0, fault).expect("a place to fail");
        for block in &places {
            let address = PageAddress { block: *block, page: 0 };
            let read = bus.read_page(address, 0, 528);
            assert_eq!(read != pattern(1, 528), covers(*block), "{block:?}");
            let next = PageAddress { block: *block, page: 1 };
            assert_eq!(bus.program(next, &[1]) & status::FAIL == status::FAIL, covers(*block), "{block:?}");
            assert_eq!(bus.erase(address) & status::FAIL == status::FAIL, covers(*block), "{block:?}");
        }
        bus.expect_quiet();
    }
}

#[test]
fn a_silent_chip_drives_nothing_and_leaves_the_other_alone() {
    let mut bus = bus_with(&[Fault::Chip]);
    bus.begin_read(page(0, 0, 0, 0), 0, 0x30);
    bus.run(200);
    assert!(bus.ready(), "never busy");
    bus.command(0x70);
    assert_ne!(bus.read(1)[0] & GOOD, GOOD);
    bus.deselect();
    bus.adopt(TimingMode::POWER_UP);
    bus.chip = 1;
    bus.start(Interface::NvDdr, 5);
    assert_eq!(bus.program(page(0, 0, 0, 0), &[4, 2]), GOOD);
    assert_eq!(bus.read_page(page(0, 0, 0, 0), 0, 2), [4, 2]);
    bus.expect_quiet();
}

#[test]
fn places_that_are_not_there_are_refused() {
    let mut bus = bus_with(&[]);
    let error = |bus: &mut Bus, chip, fault| bus.lane.inject(chip, fault).expect_err("no such place").to_string();
    assert_eq!(error(&mut bus, 2, Fault::Chip), "no such place to fail: chip 2 (legal: below 2)");
    assert_eq!(error(&mut bus, 0, Fault::Die { lun: 3 }), "no such place to fail: LUN 3 (legal: below 3)");
    let plane = Fault::Plane { lun: 0, plane: 2 };
    assert_eq!(error(&mut bus, 0, plane), "no such place to fail: plane 2 (legal: below 2)");
    let block = Fault::Block(BlockAddress { lun: 0, block: 6 });
    assert_eq!(error(&mut bus, 0, block), "no such place to fail: block 6 (legal: below 6)");
    let bits = Fault::Bits { page: page(0, 0, 0, 0), bits: vec![4224] };
    assert_eq!(error(&mut bus, 0, bits), "no such place to fail: bit 4224 (legal: below 4224)");
}
