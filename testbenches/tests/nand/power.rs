//! Loss of power, and contents kept in files.

use crate::bus::{Bus, page, pattern, small};
use hardpath_sim::models::nand::{
    BlockAddress, ChipConfig, Fault, FlashKind, Interface, NandLane, PageAddress, Parameter, Rule, status,
};

fn fast() -> Bus {
    Bus::in_mode(small(FlashKind::Slc), Interface::Sdr, 5)
}

/// A program of zeros that loses power some cycles after it began: how many cells were programmed.
fn programmed_cells(cycles: u64) -> u32 {
    let mut bus = fast();
    bus.program(page(0, 0, 0, 0), &pattern(1, 528));
    bus.load_program(0x80, page(0, 0, 0, 1), 0, &[0; 528], 0x10);
    bus.run(bus.cycles(Parameter::Wb) + cycles);
    bus.power_cut(0);
    bus.start(Interface::Sdr, 5);
    assert_eq!(bus.read_page(page(0, 0, 0, 0), 0, 528), pattern(1, 528), "the page before");
    let zeros = bus.read_page(page(0, 0, 0, 1), 0, 528).iter().map(|byte| byte.count_zeros()).sum();
    assert_eq!(bus.program(page(0, 0, 0, 2), &[1]) & status::FAIL, 0, "the next page goes on");
    bus.expect_quiet();
    zeros
}

#[test]
fn a_program_that_loses_power_has_got_as_far_as_its_time() {
    // The program takes 2,667 cycles and the page has 4,224 cells.
    let cells = [0, 667, 1_333, 2_000, 2_700].map(programmed_cells);
    assert!(cells[0] < 60, "{cells:?}");
    for (cells, quarter) in cells.into_iter().zip(0..) {
        assert!(cells.abs_diff(quarter * 1_056) < 160, "{cells} cells after {quarter} quarters");
    }
    assert_eq!(cells[4], 4_224);
    assert_eq!(programmed_cells(1_333), cells[2], "the same each time");
}

#[test]
fn an_interrupted_program_damages_the_page_that_shares_its_cells() {
    for kind in [FlashKind::Slc, FlashKind::Emlc] {
        let mut chip = small(kind);
        chip.geometry.pages_per_block = 8;
        let mut bus = Bus::in_mode(chip, Interface::Sdr, 5);
        let address = |page| PageAddress { block: BlockAddress { lun: 1, block: 1 }, page };
        for number in 0..4 {
            bus.program(address(number), &[0xFF; 528]);
        }
        bus.load_program(0x80, address(4), 0, &[0x55; 528], 0x10);
        bus.run(bus.cycles(Parameter::Wb) + 1_000);
        bus.power_cut(0);
        bus.start(Interface::Sdr, 5);
        let lost = |bus: &mut Bus, number| {
            let read = bus.read_page(address(number), 0, 528);
            read.iter().map(|byte| byte.count_zeros()).sum::<u32>()
        };
        let first = lost(&mut bus, 0);
        let expected = if kind == FlashKind::Slc { 0..1 } else { 300..550 };
        assert!(expected.contains(&first), "{first} of 4,224 cells of the paired page");
        assert_eq!([1, 2, 3].map(|number| lost(&mut bus, number)), [0; 3]);
        bus.expect_quiet();
    }
}

#[test]
fn an_erase_that_loses_power_damages_its_block_and_no_other() {
    let mut bus = fast();
    for number in 0..4 {
        bus.program(page(0, 0, 0, number), &[0; 528]);
        bus.program(page(0, 0, 1, number), &pattern(9, 528));
    }
    bus.begin_erase(page(0, 0, 0, 0), 0xD0);
    bus.run(bus.cycles(Parameter::Wb) + 4_000);
    bus.power_cut(0);
    bus.start(Interface::Sdr, 5);
    for number in 0..4 {
        let read = bus.read_page(page(0, 0, 0, number), 0, 528);
        let ones: u32 = read.iter().map(|byte| byte.count_ones()).sum();
        assert!(ones.abs_diff(2_112) < 160, "{ones} of 4,224 cells erased in half the time");
        assert_eq!(bus.read_page(page(0, 0, 1, number), 0, 528), pattern(9, 528));
    }
    assert_eq!(bus.erase(page(0, 0, 0, 0)) & status::FAIL, 0);
    assert_eq!(bus.program(page(0, 0, 0, 0), &[1]) & status::FAIL, 0);
    bus.expect_quiet();
}

#[test]
fn contents_and_wear_survive_in_a_file() {
    let mut chip = small(FlashKind::Slc);
    chip.flash.errors.fresh = 1e-3;
    chip.flash.errors.worn = 1e-2;
    let mut bus = Bus::in_mode(chip, Interface::Sdr, 5);
    bus.erase(page(1, 1, 0, 0));
    bus.program(page(1, 1, 0, 0), &pattern(1, 528));
    bus.program(page(2, 0, 2, 0), &[7]);
    let mut file = Vec::new();
    bus.lane.save(&mut file).expect("memory takes all");
    let mut again = Bus::new(chip);
    again.lane.load(&mut file.as_slice()).expect("its own contents");
    again.start(Interface::NvDdr, 4);
    assert_eq!(again.lane.array(0).expect("chip 0").erases(page(1, 1, 0, 0).block), 1);
    for address in [page(1, 1, 0, 0), page(2, 0, 2, 0)] {
        assert_eq!(again.read_page(address, 0, 528), bus.read_page(address, 0, 528), "errors included");
    }
    again.program(page(1, 1, 0, 1), &[1, 2]);
    again.expect_quiet();
}

#[test]
fn interrupted_erases_and_worn_blocks_are_known_after_loading() {
    let mut bus = fast();
    let (interrupted, worn) = (page(0, 0, 0, 0), page(0, 0, 1, 0));
    bus.lane.inject(0, Fault::Erase(worn.block)).expect("a place to fail");
    bus.erase(worn);
    bus.begin_erase(interrupted, 0xD0);
    bus.run(bus.cycles(Parameter::Wb) + 4_000);
    bus.power_cut(0);
    let mut file = Vec::new();
    bus.lane.save(&mut file).expect("memory takes all");
    let mut again = Bus::new(small(FlashKind::Slc));
    again.lane.load(&mut file.as_slice()).expect("its own contents");
    again.start(Interface::Sdr, 5);
    assert_eq!(again.erase(worn) & status::FAIL, status::FAIL);
    again.expect_quiet();
    again.program(interrupted, &[1]);
    assert_eq!(again.violations().iter().map(|violation| violation.rule).collect::<Vec<_>>(), [Rule::Erased]);
}

#[test]
fn time_goes_on_from_where_a_file_ends() {
    let mut chip = small(FlashKind::Slc);
    // Errors double every thirty microseconds.
    chip.flash.endurance = 1;
    (chip.flash.errors.fresh, chip.flash.errors.worn, chip.flash.errors.retention_per_year) = (1e-3, 1e-3, 1e6);
    let errors = |bus: &mut Bus| {
        let read = bus.read_page(page(0, 0, 0, 0), 0, 528);
        read.iter().zip(pattern(1, 528)).map(|(read, good)| (read ^ good).count_ones()).sum::<u32>()
    };
    let mut bus = Bus::in_mode(chip, Interface::Sdr, 5);
    bus.run(20_000);
    bus.lane.array_mut(0).expect("chip 0").set_erases(page(0, 0, 0, 0).block, 1_000_000);
    bus.program(page(0, 0, 0, 0), &pattern(1, 528));
    bus.run(10_000);
    let before = errors(&mut bus);
    let mut file = Vec::new();
    bus.lane.save(&mut file).expect("memory takes all");
    let mut again = Bus::new(chip);
    again.lane.load(&mut file.as_slice()).expect("its own contents");
    again.start(Interface::Sdr, 5);
    let after = errors(&mut again);
    assert!(before > 4 && after >= before, "{before} errors, then {after}");
}

#[test]
fn files_of_another_kind_or_geometry_are_refused() {
    let mut file = Vec::new();
    let lane = |chip: ChipConfig| Bus::new(chip).lane;
    lane(small(FlashKind::Slc)).save(&mut file).expect("memory takes all");
    let refused = |mut lane: NandLane, file: &[u8]| {
        let mut file = file;
        lane.load(&mut file).expect_err("not for this chip").to_string()
    };
    assert_eq!(refused(lane(small(FlashKind::Slc)), &[1; 100]), "not the contents of a flash chip");
    let mut other = small(FlashKind::Slc);
    other.geometry.luns = 2;
    let text = refused(lane(other), &file);
    assert_eq!(text, "contents of a chip of [3, 2, 3, 4, 512, 16] for one of [2, 2, 3, 4, 512, 16]");
    let short = refused(lane(small(FlashKind::Slc)), &file[..file.len() - 1]);
    assert_eq!(short, "failed to fill whole buffer");
}
