//! Rates and latencies in simulated time.

use crate::setup::{commands, filled, options, run};
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::Moment;
use hardpath_sim::scenario::controller::FaultKind;
use hardpath_sim::scenario::controller::run::CLOCK_PICOSECONDS;
use hardpath_sim::scenario::controller::{ControllerOptions, ControllerShape, FaultTarget, Injection};
use hardpath_sim::workload::{Operation, PatternKind};

/// Ten lanes, 29.7K reads a second of 4,216 bytes over NV-DDR mode 3 each.
const LANE_BUS_LIMIT: f64 = 297_000.0;
/// Two records of 4,216 bytes at 133.3 MB/s, and 1 us for commands, addresses, tADL, tDBSY and polls, on nine data lanes. tPROG is
/// hidden: a lane has sixteen dies.
const PROGRAM_BUS_LIMIT: f64 = 9.0 * 2.0 / (2.0 * 4_216.0 / 133.3e6 + 1e-6);
/// tR, a read's time on the lane's bus, and 3 us: table lookups in DRAM, the poll, and a page's time in the collector.
const IDLE_READ_LIMIT: f64 = 25.0 + 1e6 / (LANE_BUS_LIMIT / 10.0) + 3.0;

/// All dies, and as many commands as the port takes.
fn deep(kind: PatternKind) -> ControllerOptions {
    let shape = ControllerShape { flash: FlashKind::Slc, dies: 8, blocks_per_plane: 4, pages_per_block: 4 };
    ControllerOptions { shape, queue_depth: 128, commands: 3_000, logical_pages: Some(2_048), ..options(kind) }
}

#[test]
fn random_reads_reach_nine_tenths_of_the_lanes_limit() {
    let summary = run(&deep(PatternKind::RandRead));
    let reads = &summary.workload.operations[0];
    assert!(reads.per_second > 0.9 * LANE_BUS_LIMIT, "{} reads a second", reads.per_second);
}

#[test]
fn sequential_writes_reach_nine_tenths_of_the_lanes_limit() {
    let summary = run(&deep(PatternKind::SeqWrite));
    let writes = &summary.workload.operations[0];
    assert!(writes.per_second > 0.9 * PROGRAM_BUS_LIMIT, "{} writes a second", writes.per_second);
    assert_eq!(summary.report().filled_slots, 0);
}

#[test]
fn an_idle_read_takes_three_microseconds_more_than_the_flash_and_the_bus() {
    let options = options(PatternKind::RandRead);
    let mut progress = |_| {};
    let mut run = filled(&options, 144, &mut progress);
    run.run_commands("reading", commands(Operation::Read, 0..72), 1, 72).unwrap();
    let report = run.host().verifier.take_statistics().report();
    let latency = &report.operations[0].latency;
    assert!(latency.maximum <= IDLE_READ_LIMIT, "{latency:?}");
    assert!(run.host().verifier.wrong.is_empty());
}

#[test]
fn a_write_is_acknowledged_within_five_microseconds_while_the_buffer_has_room() {
    let options = options(PatternKind::SeqWrite);
    let mut progress = |_| {};
    let mut run = filled(&options, 36, &mut progress);
    run.run_commands("writing", commands(Operation::Write, 0..30), 1, 30).unwrap();
    let report = run.host().verifier.take_statistics().report();
    assert!(report.operations[0].latency.maximum <= 5.0, "{:?}", report.operations[0].latency);
}

#[test]
fn a_degraded_read_takes_at_most_twice_an_idle_read_unless_it_meets_a_program_or_erase() {
    let options = ControllerOptions { logical_pages: Some(720), ..options(PatternKind::RandRead) };
    let mut progress = |_| {};
    let mut run = filled(&options, 720, &mut progress);
    let place = run.place_of(5).expect("page 5 lies on flash");
    let fault = Injection { kind: FaultKind::Chip, target: FaultTarget::Parts(place[..2].to_vec()), at: Moment(0) };
    run.inject_now(&fault).unwrap();
    // Firmware learns that a die is dead; from then on reads go to the survivors at once, until their pages are moved.
    run.run_commands("reading", commands(Operation::Read, 0..720), 1, 720).unwrap();
    let firmware = run.firmware();
    let known = firmware.retired.first().expect("a die is given up").cycle;
    let host = run.host();
    let mut times: Vec<u64> = firmware
        .degraded_reads
        .iter()
        .filter(|read| read.cycle > known && !read.lost)
        .filter_map(|read| host.read_cycles(read.tag, read.cycle))
        .collect();
    // Some meet a program or an erase of the rows that are being moved.
    times.sort_unstable();
    assert!(times.len() >= 4, "{times:?}");
    let microseconds = times[times.len() / 2] as f64 * CLOCK_PICOSECONDS as f64 / 1e6;
    assert!(microseconds <= 2.0 * IDLE_READ_LIMIT, "{times:?} cycles");
    assert!(host.verifier.wrong.is_empty());
}

#[test]
fn a_stripe_that_lanes_wait_for_is_filled_when_the_host_writes_no_more() {
    let options = options(PatternKind::SeqWrite);
    let mut progress = |_| {};
    let mut run = filled(&options, 36, &mut progress);
    // A stripe and seven pages of its mate, at once: lanes begin with the first and wait for the second.
    run.run_commands("writing", commands(Operation::Write, 0..25), 25, 25).unwrap();
    for _ in 0..150_000 {
        run.step("waiting", 0).unwrap();
    }
    run.host().verifier.take_statistics();
    run.run_commands("reading", commands(Operation::Read, 0..25), 1, 25).unwrap();
    let report = run.host().verifier.take_statistics().report();
    assert!(
        report.operations[0].latency.minimum > 25.0,
        "pages still lie in the buffer: {:?}",
        report.operations[0].latency
    );
    assert!(run.host().verifier.wrong.is_empty());
}
