//! Firmware finds the blocks that were bad when the chips were made.

use crate::setup::{commands, options, run};
use hardpath_sim::firmware::Rebuild;
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::controller::{ControllerOptions, ControllerRun, ControllerShape};
use hardpath_sim::workload::{Operation, PatternKind};

/// Enough blocks for some to be bad: one in a hundred, rounded down.
fn shape(flash: FlashKind) -> ControllerShape {
    ControllerShape { flash, dies: 1, blocks_per_plane: 64, pages_per_block: 2 }
}

#[test]
fn all_blocks_that_are_marked_bad_are_found_and_no_others() {
    for flash in [FlashKind::Slc, FlashKind::Emlc] {
        let options = ControllerOptions { shape: shape(flash), read_marks: true, ..options(PatternKind::RandRead) };
        let mut progress = |_| {};
        let mut run = ControllerRun::new(&options, &Trace::none(), &mut progress).unwrap();
        while run.firmware().booted.is_none() {
            run.step("booting", 0).unwrap();
        }
        let bad = run.factory_bad();
        assert!(bad.len() > 10, "{bad:?}");
        assert_eq!(run.firmware().bad_blocks, bad);
    }
}

/// The tables that were saved know them; without those, the marks are read again beside what was written.
#[test]
fn bad_blocks_are_known_after_a_power_cut() {
    for rebuild in [Rebuild::Tables, Rebuild::Headers] {
        let options = ControllerOptions {
            shape: shape(FlashKind::Slc),
            read_marks: true,
            logical_pages: Some(2_000),
            rebuild,
            haste: 10,
            ..options(PatternKind::SeqWrite)
        };
        let mut progress = |_| {};
        let mut run = ControllerRun::new(&options, &Trace::none(), &mut progress).unwrap();
        while run.firmware().booted.is_none() {
            run.step("booting", 0).unwrap();
        }
        let bad = run.factory_bad();
        // The first rows are written, with the lanes whose blocks are good.
        run.run_commands("writing", commands(Operation::Write, 0..2_000), 32, 0).unwrap();
        run.power_down().unwrap();
        run.power_up().unwrap();
        assert_eq!(run.firmware().bad_blocks, bad, "{rebuild:?}");
        assert_eq!(run.firmware().failed_programs, 0);
    }
}

/// A program of such a block would fail.
#[test]
fn no_stripe_uses_a_block_that_is_marked_bad() {
    let options = ControllerOptions {
        shape: shape(FlashKind::Slc),
        read_marks: true,
        logical_pages: Some(4_000),
        commands: 4_000,
        ..options(PatternKind::SeqWrite)
    };
    let summary = run(&options);
    assert_eq!(summary.report().failed_programs, 0, "{:?}", summary.log);
}
