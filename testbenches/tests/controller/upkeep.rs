//! Flash that is read too often, or decays, is written anew before anything is lost.

use crate::setup::{commands, filled, options};
use hardpath_rtl::flash_controller::read_path::ReadSampler;
use hardpath_sim::firmware::task::FirmwareReport;
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::Moment;
use hardpath_sim::scenario::controller::{ControllerOptions, ControllerShape, Upkeep};
use hardpath_sim::workload::{Operation, PatternKind};
use hardpath_testbenches::cosimulation::Bench;

/// After 960 reads of a block, half of its codewords cannot be corrected any more.
const STRESS: u64 = 20_000_000;
/// Two rows, and what pushes them out of the buffer.
const PAGES: u32 = 180;
/// A limit that is never reached, and a time that never comes.
const NEVER: Upkeep = Upkeep { read_limit: u32::MAX, sweep: Moment(u64::MAX / 1000) };

/// Reads four pages of two blocks 800 times a block.
fn worn(upkeep: Upkeep) -> FirmwareReport {
    let shape = ControllerShape { flash: FlashKind::Slc, dies: 1, blocks_per_plane: 8, pages_per_block: 2 };
    let options = ControllerOptions {
        shape,
        logical_pages: Some(PAGES),
        upkeep,
        read_stress: STRESS,
        haste: 10,
        ..options(PatternKind::RandRead)
    };
    let mut progress = |_| {};
    let mut run = filled(&options, PAGES, &mut progress);
    let reads = commands(Operation::Read, (0..1_600).map(|read| read % 4));
    run.run_commands("reading", reads, 4, 1_600).unwrap();
    assert!(run.host().verifier.wrong.is_empty() && run.host().verifier.lost == 0, "{:?}", run.host().verifier.wrong);
    run.firmware()
}

#[test]
fn flash_that_is_only_read_decays() {
    let report = worn(NEVER);
    assert!(report.degraded_reads.len() > 2, "{report:?}");
    assert_eq!((report.refreshed_rows, report.checked_records), (0, 0));
}

#[test]
fn a_block_that_is_read_often_is_written_anew_in_time() {
    let report = worn(Upkeep { read_limit: 64, ..NEVER });
    assert!(report.refreshed_rows >= 2, "{report:?}");
    assert_eq!(report.degraded_reads, [], "{report:?}");
}

#[test]
fn the_sweep_finds_what_decays_before_it_is_lost() {
    let report = worn(Upkeep { sweep: Moment(100_000), ..NEVER });
    assert!(report.checked_records > 400 && report.weak_records > 0, "{report:?}");
    assert_eq!(report.degraded_reads, [], "{report:?}");
}

#[test]
fn one_of_64_reads_is_named_whatever_their_pattern() {
    const ROUNDS: u64 = 3_000;
    for period in [1, 2, 3, 16, 64, 100] {
        let mut bench = Bench::new(ReadSampler::default());
        bench.set("samples_ready", 1);
        bench.set("read", 1);
        let mut named = vec![0_u64; period as usize];
        for read in 0..ROUNDS * 64 {
            bench.set("place", read % period);
            bench.settle();
            if bench.get("samples_valid") == 1 {
                named[bench.get("samples_data") as usize] += 1;
            }
            bench.clock();
        }
        let total: u64 = named.iter().sum();
        assert!(total.abs_diff(ROUNDS) <= 1, "{total} of {ROUNDS}");
        let share = ROUNDS as f64 / period as f64;
        let most = named.iter().map(|named| (*named as f64 - share).abs() / share.sqrt()).fold(0.0, f64::max);
        assert!(most < 5.0, "period {period}: {named:?}");
    }
}
