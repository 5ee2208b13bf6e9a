//! A sequencer between host and chips, in the compiled engine.

use hardpath_netlist::elaborate;
use hardpath_rtl::flash_controller::lane::{LaneConfig, NandSequencer};
use hardpath_testbenches::cosimulation::{Driver, EngineModel, interface_of, record};
use hardpath_testbenches::flash_lane::{ChipTimes, Chips, Host, Job, Seen};
use rand::rngs::StdRng;
use rust_hdl::prelude::Block;
use std::rc::Rc;

/// Chips that take exactly as long as a configuration says.
pub fn times(config: &LaneConfig) -> ChipTimes {
    ChipTimes {
        read: u64::from(config.cycles(config.read_ns)),
        read_excess: 0,
        program: u64::from(config.cycles(config.program_ns)),
        erase: u64::from(config.cycles(config.erase_ns)),
        cache_busy: u64::from(config.cycles(config.cache_busy_ns)),
        between_planes: 90,
        other: 200,
        read_access: 6,
        page_bits: config.page_bits,
        die_shift: config.page_bits + 1 + config.block_bits,
    }
}

/// Runs a lane with chips that the standard alone describes, and returns what the host has seen.
pub fn run(
    config: &LaneConfig,
    times: ChipTimes,
    pause: f64,
    cycles: usize,
    next: impl FnMut(u64, &mut StdRng) -> Option<Job> + 'static,
) -> Seen {
    simulate(config, times, pause, cycles, Box::new(Chips::new(times)), |host| host, next)
}

/// Runs a lane with other chips, which are new.
pub fn run_with(
    config: &LaneConfig,
    times: ChipTimes,
    pause: f64,
    cycles: usize,
    chips: Box<dyn Driver>,
    next: impl FnMut(u64, &mut StdRng) -> Option<Job> + 'static,
) -> Seen {
    simulate(config, times, pause, cycles, chips, Host::over_new_chips, next)
}

fn simulate(
    config: &LaneConfig,
    times: ChipTimes,
    pause: f64,
    cycles: usize,
    chips: Box<dyn Driver>,
    expecting: impl FnOnce(Host) -> Host,
    next: impl FnMut(u64, &mut StdRng) -> Option<Job> + 'static,
) -> Seen {
    let mut block = NandSequencer::new(config).unwrap();
    block.connect_all();
    let design = elaborate(&block).unwrap_or_else(|error| panic!("{error}")).design;
    let interface = interface_of(design.top());
    let mut engine = EngineModel::new(&design, &interface).unwrap();
    let (host, seen) = Host::new(times.page_bits, times.die_shift, pause, next);
    let mut drivers: Vec<Box<dyn Driver>> = vec![Box::new(expecting(host)), chips];
    record(&mut engine, &interface, &mut drivers, cycles, false, 1).unwrap_or_else(|error| panic!("{error:#}"));
    drop(drivers);
    Rc::try_unwrap(seen).expect("the host is gone").into_inner()
}
