//! What a read costs.

use crate::lane::{run, times};
use crate::operations::{IDLE, random_job};
use hardpath_rtl::flash_controller::lane::{BusMode, LaneConfig};
use hardpath_testbenches::flash_lane::{Job, Operation};
use rand::Rng;

/// Bytes of an encoded 4 KB record.
const RECORD: usize = 4216;

#[test]
fn random_reads_of_records_from_all_dies_take_at_most_4490_cycles_each() {
    let config = LaneConfig::default();
    let seen = run(&config, times(&config), 0.0, 1_000_000, |number, random| {
        if number < 8 {
            return random_job(BusMode::NvDdr(3), number, random);
        }
        Some(Job {
            operation: Operation::Read,
            chip: random.random_range(0..2),
            die: random.random_range(0..8),
            planes: random.random_range(1..3),
            block: random.random_range(0..2048),
            page: random.random_range(0..64),
            column: RECORD * random.random_range(0..2),
            length: RECORD,
        })
    });
    let (first, last) = (seen.read_cycles[10], seen.read_cycles[seen.read_cycles.len() - 1]);
    let cycles = (last - first) as f64 / (seen.read_cycles.len() - 11) as f64;
    println!("{cycles:.1} cycles a read, {:.1} K reads/s", 1e6 / 7.5 / cycles);
    assert!(cycles <= 4490.0, "{cycles:.1} cycles a read");
}

/// Cycles a read, of reads of some dies alone.
fn cycles_a_read(dies: usize, config: LaneConfig) -> f64 {
    let seen = run(&config, times(&config), 0.0, 300_000, move |number, random| {
        if number < 8 {
            return random_job(BusMode::NvDdr(3), number, random);
        }
        Some(Job {
            operation: Operation::Read,
            die: random.random_range(0..dies),
            planes: random.random_range(1..3),
            block: random.random_range(0..2048),
            page: random.random_range(0..64),
            column: RECORD * random.random_range(0..2),
            length: RECORD,
            ..IDLE
        })
    });
    let (first, last) = (seen.read_cycles[4], seen.read_cycles[seen.read_cycles.len() - 1]);
    (last - first) as f64 / (seen.read_cycles.len() - 5) as f64
}

/// With 31h the array reads a page while the bus transfers the one before.
#[test]
fn a_die_reads_the_next_page_while_the_bus_transfers_the_last() {
    let config = LaneConfig::default();
    let (array, bytes) = (f64::from(config.cycles(config.read_ns)), RECORD as f64);
    let one = cycles_a_read(1, config);
    println!("{one:.1} cycles a read of one die, {:.1} with pages one after the other", array + bytes);
    assert!(one <= bytes.max(array) + 850.0, "{one:.1} cycles a read");
    let slow = cycles_a_read(1, LaneConfig { read_ns: 75_000, ..config });
    println!("{slow:.1} cycles a read of a slow die");
    assert!(slow <= 3.0 * array + 700.0, "{slow:.1} cycles a read");
}

#[test]
fn a_read_on_an_idle_lane_takes_little_more_than_its_die_and_its_bytes() {
    let config = LaneConfig::default();
    let mut waited = 0;
    let seen = run(&config, times(&config), 0.0, 60_000, move |number, random| match number {
        0..8 => random_job(BusMode::NvDdr(3), number, random),
        // Offered when all is quiet, and so that the scheduler's walk is not at its die by chance alone.
        8 if waited < 40_000 => {
            waited += 1;
            None
        }
        8 => Some(Job { operation: Operation::Read, block: 5, die: 6, column: RECORD, length: RECORD, ..IDLE }),
        _ => None,
    });
    let cycles = seen.read_cycles[0] - seen.offered[8];
    let least = u64::from(config.cycles(config.read_ns)) + RECORD as u64;
    println!("{cycles} cycles from offer to completion, {} above tR and bytes", cycles - least);
    assert!(cycles <= least + 400, "{cycles} cycles, {} above tR and bytes", cycles - least);
}
