//! Flash of two bits a cell, with the stronger code of its records.

use crate::setup::{options, run};
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::Moment;
use hardpath_sim::scenario::controller::{ControllerOptions, ControllerShape};
use hardpath_sim::workload::PatternKind;

fn emlc(kind: PatternKind) -> ControllerOptions {
    let shape = ControllerShape { flash: FlashKind::Emlc, dies: 2, blocks_per_plane: 4, pages_per_block: 8 };
    ControllerOptions { shape, haste: 20, ..options(kind) }
}

#[test]
fn bit_errors_of_emlc_flash_are_corrected() {
    let report = run(&ControllerOptions { commands: 1_500, ..emlc(PatternKind::Mixed) }).report();
    assert!(report.corrected_bits > 0 && report.reconstructed_pages == 0, "{report:?}");
}

#[test]
fn an_emlc_page_with_too_many_wrong_bits_is_made_again() {
    let inject = vec!["bits:3@200us".parse().unwrap()];
    let summary = run(&ControllerOptions { commands: 1_500, inject, ..emlc(PatternKind::Mixed) });
    assert!(summary.report().reconstructed_pages > 0 && summary.lost_reads == 0, "{:?}", summary.log);
}

#[test]
fn nothing_acknowledged_is_lost_on_emlc_flash_when_power_fails_and_a_plane_is_dead() {
    let inject = vec!["plane:6.1.1.0@200us".parse().unwrap()];
    let options =
        ControllerOptions { power_cut: Some(Moment(700_000)), inject, commands: 5_000, ..emlc(PatternKind::Mixed) };
    let summary = run(&options);
    assert!(summary.report().restore_us.is_some() && summary.lost_reads == 0, "{:?}", summary.log);
}
