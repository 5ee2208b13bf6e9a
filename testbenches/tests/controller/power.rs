//! Power cuts: what was acknowledged is found again in the stripes' headers.

use crate::setup::{options, run};
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::controller::{ControllerOptions, ControllerShape, Moment};
use hardpath_sim::workload::PatternKind;

#[test]
fn nothing_acknowledged_is_lost_when_power_fails() {
    for (seed, nanoseconds) in [(1, 137_000), (2, 451_337), (3, 702_003)] {
        let options = ControllerOptions {
            seed,
            power_cut: Some(Moment(nanoseconds)),
            commands: 5_000,
            haste: 10,
            ..options(PatternKind::Mixed)
        };
        let summary = run(&options);
        let report = summary.report();
        assert!(report.destage_us.is_some() && report.restore_us.is_some(), "{:?}", summary.log);
    }
}

#[test]
fn power_may_fail_while_garbage_is_collected_and_a_plane_is_dead() {
    let options = ControllerOptions {
        power_cut: Some(Moment(4_000_000)),
        inject: vec!["plane:6.1.1.0@2ms".parse().unwrap()],
        commands: 50_000,
        logical_pages: None,
        haste: 10,
        ..options(PatternKind::GcSteady)
    };
    let summary = run(&options);
    assert!(summary.report().restore_us.is_some(), "{:?}", summary.log);
}

/// A case of the campaign: pages waited for a part of the buffer while what was acknowledged before them was saved.
#[test]
fn pages_that_wait_for_the_buffer_when_power_fails_are_saved_too() {
    let shape = ControllerShape { flash: FlashKind::Slc, dies: 1, blocks_per_plane: 4, pages_per_block: 2 };
    let options = ControllerOptions {
        shape,
        commands: 170,
        queue_depth: 56,
        logical_pages: Some(25),
        seed: 20_655,
        inject: vec!["block:9.0.0.0.2@58160ns".parse().unwrap()],
        power_cut: Some(Moment(232_867)),
        haste: 25,
        ..options(PatternKind::Mixed)
    };
    assert!(run(&options).report().restore_us.is_some());
}

#[test]
fn a_chip_that_is_dead_before_a_power_cut_is_given_up_again_afterwards() {
    let options = ControllerOptions {
        power_cut: Some(Moment(9_000_000)),
        inject: vec!["chip:7@100us".parse().unwrap()],
        commands: 50_000,
        haste: 10,
        ..options(PatternKind::Mixed)
    };
    let summary = run(&options);
    let (restarted, _) = summary.restart.expect("power came back");
    let given_up = |after: bool| summary.firmware.retired.iter().filter(|die| (die.cycle > restarted) == after).count();
    assert_eq!((given_up(false), given_up(true)), (2, 2), "{:?}", summary.firmware.retired);
}
