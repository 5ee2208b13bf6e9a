//! Things that fail under a workload: no page may be wrong, none lost while one member of a stripe is missing.

use crate::setup::{options, run};
use hardpath_sim::scenario::controller::{ControllerOptions, Summary};
use hardpath_sim::workload::PatternKind;

fn with(fault: &str) -> Summary {
    let options = ControllerOptions {
        commands: 1_500,
        inject: vec![fault.parse().unwrap()],
        haste: 10,
        ..options(PatternKind::Mixed)
    };
    let summary = run(&options);
    assert_eq!(summary.lost_reads, 0, "{fault}: {:?}", summary.log);
    summary
}

#[test]
fn a_dead_plane_costs_no_page() {
    let summary = with("plane:4.0.0.1@300us");
    let report = summary.report();
    assert!(report.reconstructed_pages > 0 && report.retired_dies == 1, "{:?}", summary.log);
    assert!(report.stripe_widths.contains_key(&9), "{:?}", report.stripe_widths);
}

#[test]
fn a_silent_chip_costs_no_page() {
    let report = with("chip:7@300us").report();
    assert!(report.reconstructed_pages > 0 && report.retired_dies == 2);
}

#[test]
fn a_failed_program_costs_no_page() {
    let summary = with("page-program:2.0.0.0.0.4@1us");
    assert_eq!(summary.report().failed_programs, 1, "{:?}", summary.log);
}

#[test]
fn a_page_with_too_many_wrong_bits_is_made_again() {
    let report = with("bits:3@400us").report();
    assert!(report.reconstructed_pages > 0);
    let recovery = &report.recovery;
    assert!(recovery.reads > 0 && recovery.read_us <= recovery.longest_read_us, "{recovery:?}");
    // Two reads of the bus, one after the other, are the least that it takes.
    assert!(recovery.read_us.unwrap() > 63.0, "{recovery:?}");
}

#[test]
fn garbage_is_collected_for_as_long_as_the_host_writes() {
    let options =
        ControllerOptions { commands: 2_500, logical_pages: None, haste: 10, ..options(PatternKind::GcSteady) };
    let report = run(&options).report();
    assert!(report.erased_rows > 2 && report.write_amplification > 1.1, "{report:?}");
}
