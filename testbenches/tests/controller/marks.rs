//! Firmware finds the blocks that were bad when the chips were made.

use crate::setup::options;
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::controller::{ControllerOptions, ControllerRun, ControllerShape};
use hardpath_sim::workload::PatternKind;

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
        assert_eq!(run.firmware().marked, bad);
    }
}

#[test]
fn marks_are_known_after_a_power_cut() {
    let options = ControllerOptions {
        shape: ControllerShape { pages_per_block: 4, ..shape(FlashKind::Slc) },
        read_marks: true,
        power_cut: Some("500us".parse().unwrap()),
        ..options(PatternKind::Mixed)
    };
    let summary = ControllerRun::new(&options, &Trace::none(), &mut |_| {}).unwrap().run().unwrap();
    assert_eq!(summary.wrong, [], "{:?}", summary.log);
}
