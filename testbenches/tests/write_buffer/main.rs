//! The write buffer against golden stripes: pages of host and mover in, flash pages, updates and reads out.

mod pacing;

use hardpath_netlist::elaborate;
use hardpath_rtl::flash_controller::write_buffer::WriteBuffer;
use hardpath_testbenches::cosimulation::{Driver, EngineModel, interface_of, record};
use hardpath_testbenches::write_buffer::{Surroundings, Totals, Traffic};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rust_hdl::prelude::Block;

/// Everything happens, much waits.
const MIXED: Traffic = Traffic {
    words: 16,
    host: 0.3,
    host_data: 0.9,
    mover: 0.02,
    current: 0.7,
    lane_ready: 0.9,
    lane_stall: 0.0001,
    full: 0.2,
    update_ready: 0.2,
    acknowledgement_ready: 0.5,
    descriptor: 0.02,
    pairs: 0.3,
    all_lanes: 0.3,
    lookup: 0.3,
    read_ready: 0.7,
    flush: 0.0005,
    end: 60_000,
};

fn run(traffic: Traffic, seed: u64) -> Totals {
    let mut block = WriteBuffer::new(traffic.words).unwrap();
    block.connect_all();
    let design = elaborate(&block).unwrap_or_else(|error| panic!("{error}")).design;
    let interface = interface_of(design.top());
    let mut engine = EngineModel::new(&design, &interface).unwrap();
    let (surroundings, totals) = Surroundings::new(traffic);
    let mut drivers: Vec<Box<dyn Driver>> = vec![Box::new(surroundings)];
    let cycles = traffic.end as usize + 60 * 18 * (traffic.words + 1);
    record(&mut engine, &interface, &mut drivers, cycles, false, seed).unwrap_or_else(|error| panic!("{error:#}"));
    let totals = *totals.borrow();
    println!("{totals:?}");
    assert_eq!(totals.unplaced, 0, "every page has its place in the end");
    assert_eq!(totals.flushes, totals.finished_flushes);
    totals
}

/// Nothing waits but for lanes.
const FAST: Traffic = Traffic {
    words: 256,
    host: 1.0,
    host_data: 1.0,
    mover: 0.0,
    current: 1.0,
    lane_ready: 1.0,
    lane_stall: 0.0,
    full: 0.0,
    update_ready: 1.0,
    acknowledgement_ready: 1.0,
    descriptor: 1.0,
    pairs: 0.0,
    all_lanes: 1.0,
    lookup: 0.0,
    read_ready: 1.0,
    flush: 0.0,
    end: 9_400,
};

#[test]
fn pages_of_host_and_mover_become_stripes() {
    for seed in 1..=3 {
        let totals = run(MIXED, seed);
        assert!(totals.host_pages > 500 && totals.moved_pages > 80, "{totals:?}");
        assert!(totals.dropped_found > 5 && totals.dropped_stale > 5, "{totals:?}");
        assert!(totals.pairs > 5 && totals.fillers > 50 && totals.reads > 100, "{totals:?}");
    }
}

#[test]
fn pages_of_any_length_and_pairs_alone() {
    for words in [17, 33, 100] {
        run(Traffic { words, pairs: 1.0, ..MIXED }, words as u64);
        run(Traffic { words, pairs: 0.0, lane_stall: 0.002, end: 20_000, ..MIXED }, words as u64);
    }
}

#[test]
fn without_flushes_there_are_no_fillers_but_at_the_end() {
    let totals = run(Traffic { flush: 0.0, pairs: 0.0, ..MIXED }, 7);
    assert_eq!(totals.flushes, 1);
    assert!(totals.fillers < 18, "{totals:?}");
}

#[test]
fn moved_pages_alone() {
    let totals = run(Traffic { host: 0.0, mover: 1.0, ..MIXED }, 8);
    assert!(totals.moved_pages > 300 && totals.dropped_found == 0, "{totals:?}");
}

#[test]
fn a_page_comes_in_257_cycles_while_there_is_room() {
    // The first stripe opens after 20 cycles; 45 lie between the last page of a stripe and the first of the next.
    for (end, pages) in [(18 * 257 + 30, 18), (36 * 257 + 75, 36)] {
        let totals = run(Traffic { end, ..FAST }, 9);
        assert_eq!(totals.in_time, pages, "{totals:?}");
    }
}

#[test]
fn lanes_take_a_byte_a_cycle() {
    for pairs in [0.0, 1.0] {
        let totals = run(Traffic { end: 60_000, lookup: 0.5, pairs, ..FAST }, 10);
        // A stripe takes 8,224 cycles to leave; the first one gathers before.
        println!("{} stripes in 60,000 cycles", totals.stripes);
        assert!(totals.stripes >= if pairs > 0.0 { 6 } else { 7 }, "{totals:?}");
    }
}

#[test]
fn any_traffic() {
    for seed in 100..106 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut share = |least: f64| if random.random_bool(0.3) { 1.0 } else { random.random_range(least..1.0) };
        let traffic = Traffic {
            words: 16 + (share(0.0) * 12.0) as usize,
            host: share(0.0),
            host_data: share(0.2),
            mover: share(0.0) * 0.2,
            current: share(0.0),
            lane_ready: share(0.5),
            lane_stall: share(0.0) * 0.001,
            full: share(0.0) * 0.5,
            update_ready: share(0.05),
            acknowledgement_ready: share(0.05),
            descriptor: share(0.01),
            pairs: share(0.0),
            all_lanes: share(0.0),
            lookup: share(0.0),
            read_ready: share(0.3),
            flush: share(0.0) * 0.005,
            end: 20_000,
        };
        println!("{seed}: {traffic:?}");
        run(traffic, seed);
    }
}

#[test]
fn pages_of_4_096_bytes() {
    let totals = run(Traffic { words: 256, host: 0.9, flush: 0.00005, lane_ready: 0.98, end: 120_000, ..MIXED }, 11);
    assert!(totals.host_pages > 80 && totals.moved_pages > 10 && totals.reads > 20, "{totals:?}");
}
