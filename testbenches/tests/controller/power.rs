//! Power cuts: what was acknowledged is found again, in the tables that were saved and in the stripes' headers.

use crate::setup::{commands, options, run};
use hardpath_sim::firmware::Rebuild;
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::Moment;
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::controller::{ControllerOptions, ControllerRun, ControllerShape};
use hardpath_sim::workload::{Operation, PatternKind};

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
        assert_eq!(report.restored_from, Some(Rebuild::Tables), "{:?}", summary.log);
    }
}

#[test]
fn trimmed_pages_stay_trimmed_when_power_fails() {
    for rebuild in [Rebuild::Tables, Rebuild::Headers] {
        let options = ControllerOptions {
            power_cut: Some(Moment(6_000_000)),
            rebuild,
            commands: 5_000,
            haste: 10,
            ..options(PatternKind::MixedTrim)
        };
        let summary = run(&options);
        assert_eq!(summary.report().restored_from, Some(rebuild), "{:?}", summary.log);
    }
}

/// The battery fails, too, but no page waits in the buffer: what was saved at the first cut is older than what is on flash.
#[test]
fn tables_that_were_overtaken_are_not_used() {
    let options = ControllerOptions { haste: 10, ..options(PatternKind::Mixed) };
    let mut progress = |_| {};
    let mut run = ControllerRun::new(&options, &Trace::none(), &mut progress).unwrap();
    let step = |run: &mut ControllerRun, operation, pages: std::ops::Range<u32>| {
        run.run_commands("testing", commands(operation, pages), 32, 0).unwrap();
        run.run_commands("testing", commands(Operation::Flush, 0..1), 1, 0).unwrap();
        for _ in 0..60_000 {
            run.step("testing", 0).unwrap();
        }
    };
    while run.firmware().booted.is_none() {
        run.step("booting", 0).unwrap();
    }
    step(&mut run, Operation::Write, 0..200);
    step(&mut run, Operation::Trim, 50..100);
    run.power_down().unwrap();
    run.power_up().unwrap();
    step(&mut run, Operation::Write, 0..60);
    run.power_up().unwrap();
    run.read_back().unwrap();
    assert_eq!(run.host().verifier.wrong, []);
    // What is saved anew is used again.
    step(&mut run, Operation::Trim, 0..10);
    run.power_down().unwrap();
    run.power_up().unwrap();
    run.read_back().unwrap();
    assert_eq!(run.host().verifier.wrong, []);
    assert_eq!(run.firmware().restored, [Rebuild::Tables, Rebuild::Headers, Rebuild::Tables]);
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
