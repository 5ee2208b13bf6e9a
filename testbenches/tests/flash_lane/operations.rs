//! All operations, interleaved.

use crate::lane::{run, times};
use hardpath_rtl::flash_controller::lane::{BusMode, LaneConfig};
use hardpath_testbenches::flash_lane::{Job, Operation};
use rand::Rng;
use rand::rngs::StdRng;

pub const IDLE: Job =
    Job { operation: Operation::Reset, chip: 0, die: 0, planes: 1, block: 0, page: 0, column: 0, length: 1 };

/// Short times, so that much happens in few cycles.
pub fn quick() -> LaneConfig {
    LaneConfig { read_ns: 3000, program_ns: 9000, erase_ns: 20_000, ..LaneConfig::default() }
}

/// Brings both chips into their `run` mode, then gives random commands.
pub fn random_job(run: BusMode, number: u64, random: &mut StdRng) -> Option<Job> {
    let chip = (number & 1) as usize;
    let feature = Job { page: 1, chip, ..IDLE };
    Some(match number {
        0 | 1 => Job { chip, ..IDLE },
        2 | 3 => Job { operation: Operation::ReadId, page: 0x20, length: 4, chip, ..IDLE },
        4 | 5 => Job { operation: Operation::SetFeature, column: usize::from(run.feature_value()), ..feature },
        6 | 7 => Job { operation: Operation::GetFeature, length: 4, ..feature },
        _ => random_operation(random),
    })
}

fn random_operation(random: &mut StdRng) -> Job {
    let job = Job {
        operation: Operation::Read,
        chip: random.random_range(0..2),
        die: random.random_range(0..8),
        planes: random.random_range(1..3),
        block: random.random_range(0..2048),
        page: random.random_range(0..64),
        column: random.random_range(0..2) * 300,
        length: 2 * random.random_range(2..40),
    };
    // Few places, so that what was written is read again.
    let job = if random.random_bool(0.8) { Job { block: job.block & 3, page: job.page & 1, ..job } } else { job };
    // What concerns a whole chip is queued behind the setting of its mode, which die 0 has.
    let whole = Job { die: 0, ..job };
    let both = if random.random_bool(0.5) { 3 } else { job.planes };
    match random.random_range(0..100) {
        0..50 => Job { length: job.length - random.random_range(0..4), ..job },
        50..75 => Job { operation: Operation::Program, planes: both, ..job },
        75..92 => Job { operation: Operation::Erase, planes: both, ..job },
        92..94 => Job { operation: Operation::ReadId, page: 0, length: 4, ..whole },
        94..96 => Job { operation: Operation::GetFeature, page: 1, length: 4, ..whole },
        96..98 => Job { operation: Operation::ReadParameters, page: 0, length: 256, ..whole },
        _ => Job { operation: Operation::Reset, ..whole },
    }
}

fn operations_over(run_mode: BusMode, pause: f64, least: u64) {
    let config = LaneConfig { run: run_mode, ..quick() };
    let mut chips = times(&config);
    chips.read_excess = 500;
    let seen = run(&config, chips, pause, 400_000, move |number, random| random_job(run_mode, number, random));
    assert!(seen.done > least && seen.failed > least / 100, "{} done, {} failed", seen.done, seen.failed);
}

#[test]
fn operations_on_many_dies_over_nv_ddr() {
    operations_over(BusMode::NvDdr(3), 0.0, 1000);
}

#[test]
fn operations_on_many_dies_over_nv_ddr_with_slow_data_and_little_room() {
    operations_over(BusMode::NvDdr(3), 0.5, 1000);
}

#[test]
fn operations_on_many_dies_over_slow_nv_ddr() {
    operations_over(BusMode::NvDdr(0), 0.1, 500);
}
