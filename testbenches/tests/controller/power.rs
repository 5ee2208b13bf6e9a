//! Power cuts: what was acknowledged is found again in the stripes' headers.

use crate::setup::{options, run};
use hardpath_sim::scenario::controller::{ControllerOptions, Moment};
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

#[test]
fn a_chip_that_is_dead_before_a_power_cut_is_given_up_again_afterwards() {
    let options = ControllerOptions {
        power_cut: Some(Moment(6_000_000)),
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
