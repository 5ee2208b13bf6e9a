//! What collection costs in the running controller, against the golden counts of the same policy.

use crate::setup::{options, run};
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::controller::{ControllerOptions, ControllerShape};
use hardpath_sim::workload::PatternKind;
use hardpath_testbenches::golden::flash_translation::{DeviceSize, FlashTranslation};

#[test]
fn write_amplification_is_within_5_percent_of_golden() {
    let shape = ControllerShape { flash: FlashKind::Slc, dies: 2, blocks_per_plane: 8, pages_per_block: 4 };
    let options = ControllerOptions {
        shape,
        commands: 2_500,
        queue_depth: 64,
        logical_pages: None,
        haste: 20,
        ..options(PatternKind::GcSteady)
    };
    let pages = options.device_pages();
    let mut golden = FlashTranslation::new(DeviceSize {
        dies: 4,
        rows_per_die: 8,
        pairs_per_row: 4,
        pages_per_pair: 36,
        pairs_ahead: 2,
        logical_pages: pages as usize,
        reserve: options.layout().reserve(),
    });
    (0..pages).for_each(|page| golden.write(page as usize));
    golden.take_write_amplification();
    options.host_commands().unwrap().for_each(|command| golden.write(command.page as usize));
    let theirs = golden.take_write_amplification();
    let ours = run(&options).report().write_amplification;
    println!("write amplification {ours:.3}, golden {theirs:.3}");
    assert!((ours / theirs - 1.0).abs() < 0.05, "{ours:.3}, golden {theirs:.3}");
}
