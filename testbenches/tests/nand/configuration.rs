//! What is legal, and what a chip of real size takes.

use crate::bus::{Bus, small};
use hardpath_sim::models::nand::{
    BlockAddress, ChipConfig, FlashKind, Geometry, Interface, LaneConfig, NandLane, PageAddress, status,
};

#[test]
fn presets_are_legal_and_survive_toml() {
    for kind in [FlashKind::Slc, FlashKind::Mlc, FlashKind::Emlc] {
        let config = LaneConfig::of(kind, 3);
        config.validate().expect("legal");
        let text = toml::to_string(&config).expect("text");
        assert_eq!(toml::from_str::<LaneConfig>(&text).expect("the same"), config);
    }
}

#[test]
fn unknown_fields_are_refused_by_name() {
    let mut text = toml::to_string(&ChipConfig::of(FlashKind::Slc, 3)).expect("text");
    text.push_str("\n[flash.colour]\n");
    let error = toml::from_str::<ChipConfig>(&text).expect_err("no such field").to_string();
    assert!(error.contains("colour"), "{error}");
}

#[test]
fn errors_name_field_value_and_range() {
    let error = |change: fn(&mut LaneConfig)| {
        let mut config = LaneConfig::of(FlashKind::Slc, 0);
        change(&mut config);
        NandLane::new(config).expect_err("illegal").to_string()
    };
    assert_eq!(error(|config| config.chips = 9), "chips = 9 (legal: 1..=8)");
    assert_eq!(error(|config| config.chip.geometry.luns = 0), "geometry: luns = 0 (legal: 1..=8)");
    assert_eq!(error(|config| config.chip.geometry.planes = 3), "geometry: planes = 3 (legal: 1, 2, 4)");
    let bytes = "geometry: page_bytes = 8000 (legal: multiples of 512, 512..=16384)";
    assert_eq!(error(|config| config.chip.geometry.page_bytes = 8000), bytes);
    let row = error(|config| {
        config.chip.geometry.blocks_per_plane = 8192;
        config.chip.geometry.pages_per_block = 512;
    });
    assert!(row.starts_with("geometry: a row address of 26 bits (legal: at most 24)"), "{row}");
    assert_eq!(error(|config| config.chip.flash.factory_bad = 0.03), "flash.factory_bad = 0.03 (legal: 0..=0.02)");
    assert_eq!(error(|config| config.chip.flash.errors.fresh = f64::NAN), "flash.errors.fresh = NaN (legal: 0..=0.5)");
    let delay = error(|config| config.clock_delay_picoseconds = 7_500);
    assert_eq!(delay, "clock_delay_picoseconds = 7500 (legal: 0..=7499)");
    let read = error(|config| config.chip.flash.read.typical_nanoseconds = 40_000);
    assert_eq!(read, "flash.read = 40000 (legal: 1..=35000)");
}

#[test]
fn row_addresses_hold_page_plane_block_and_lun_and_come_back() {
    let real = FlashKind::Slc.geometry();
    let block = real.block_in_plane(5, 1, 1000);
    assert_eq!(block, BlockAddress { lun: 5, block: 2001 });
    assert_eq!(real.row(PageAddress { block, page: 3 }), 3 | 2001 << 6 | 5 << 18);
    let odd = Geometry { luns: 3, planes: 2, blocks_per_plane: 5, pages_per_block: 6, ..real };
    for lun in 0..3 {
        for block in 0..10 {
            for page in 0..6 {
                let address = PageAddress { block: BlockAddress { lun, block }, page };
                assert_eq!(odd.page_of_row(odd.row(address)), address);
            }
        }
    }
}

#[test]
fn a_chip_of_real_size_keeps_only_what_is_programmed() {
    let mut chip = ChipConfig::of(FlashKind::Emlc, 11);
    chip.flash.errors = small(FlashKind::Emlc).flash.errors;
    let mut bus = Bus::in_mode(chip, Interface::NvDdr, 3);
    let block = BlockAddress { lun: 7, block: 4095 };
    let good = (0..4096).rev().map(|block| BlockAddress { lun: 7, block });
    let block = good.into_iter().find(|block| !array(&bus).is_factory_bad(*block)).unwrap_or(block);
    let last = PageAddress { block, page: 0 };
    let data: Vec<u8> = (0..8784).map(|at| (at % 251) as u8).collect();
    assert_eq!(bus.program(last, &data) & status::FAIL, 0);
    assert_eq!(bus.read_page(last, 0, 8784), data);
    assert_eq!(array(&bus).programmed_pages(), 1);
    bus.expect_quiet();
}

fn array(bus: &Bus) -> &hardpath_sim::models::nand::FlashArray {
    bus.lane.array(0).expect("chip 0")
}
