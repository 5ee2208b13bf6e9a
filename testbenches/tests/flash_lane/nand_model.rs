//! The sequencer and the model of real chips: no rule of the bus is broken.

use crate::lane::{run_with, times};
use crate::operations::{IDLE, quick, random_job};
use anyhow::{Context, Result};
use hardpath_rtl::flash_controller::lane::{BusMode, LaneConfig};
use hardpath_sim::models::nand::{self, FlashKind, HostPins, NandLane};
use hardpath_testbenches::cosimulation::{Driver, Interface, Layout, Port};
use hardpath_testbenches::flash_lane::{Job, Operation};
use rand::Rng;
use rand::rngs::StdRng;

/// The chip model as a driver; a broken rule is a panic.
struct ModelChips {
    lane: NandLane,
    outputs: Vec<usize>,
    inputs: Vec<usize>,
}

const OUTPUTS: [&str; 10] = [
    "chip_enable_n",
    "command_latch",
    "address_latch",
    "write_enable_n",
    "read_enable_n",
    "write_protect_n",
    "data_out",
    "data_drive",
    "strobe_out",
    "strobe_drive",
];

impl ModelChips {
    fn new(config: &LaneConfig, time_spread: f64) -> Self {
        let mut lane = nand::LaneConfig::of(FlashKind::Slc, 1);
        lane.clock_picoseconds = config.clock_period_ps.into();
        // In the middle of a cycle; in the slowest mode, tDS asks for more.
        let half = lane.clock_picoseconds / 2;
        lane.clock_delay_picoseconds = if config.run == BusMode::NvDdr(0) { 6000 } else { half };
        let flash = &mut lane.chip.flash;
        (flash.errors.fresh, flash.errors.worn, flash.errors.per_block_read) = (0.0, 0.0, 0.0);
        (flash.factory_bad, flash.time_spread) = (0.0, time_spread);
        flash.cache_busy_nanoseconds = config.cache_busy_ns.into();
        flash.read.typical_nanoseconds = config.read_ns.into();
        flash.program.typical_nanoseconds = config.program_ns.into();
        flash.erase.typical_nanoseconds = config.erase_ns.into();
        if time_spread > 0.0 {
            for time in [&mut flash.read, &mut flash.program, &mut flash.erase] {
                time.maximum_nanoseconds = 2 * time.typical_nanoseconds;
            }
        }
        Self { lane: NandLane::new(lane).expect("a legal configuration"), outputs: vec![], inputs: vec![] }
    }
}

impl Driver for ModelChips {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        let find = |ports: &[Port], name: &str| {
            let name = format!("pins_{name}");
            ports.iter().position(|port| port.name == name).with_context(|| format!("no port `{name}`"))
        };
        self.outputs = OUTPUTS.iter().map(|name| find(&interface.outputs, name)).collect::<Result<_>>()?;
        let inputs = ["data_in", "strobe_in", "ready_busy_n"];
        self.inputs = inputs.iter().map(|name| find(&interface.inputs, name)).collect::<Result<_>>()?;
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        self.inputs.clone()
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, _random: &mut StdRng) {
        if let Some(outputs) = outputs {
            let value = |index: usize| outputs[layout.outputs.span(self.outputs[index]).start];
            let bit = |index: usize| value(index) == 1;
            let pins = HostPins {
                chip_enable_n: value(0) as u8 | 0xFC,
                command_latch: bit(1),
                address_latch: bit(2),
                write_enable_n: bit(3),
                read_enable_n: bit(4),
                write_protect_n: bit(5),
                data_out: value(6) as u8,
                data_drive: bit(7),
                strobe_out: bit(8),
                strobe_drive: bit(9),
            };
            self.lane.step(pins).unwrap_or_else(|violation| panic!("{violation}"));
        }
        let pins = self.lane.drive();
        let values = [pins.data_in.into(), pins.strobe_in.into(), u64::from(pins.ready_busy_n & 3)];
        for (port, value) in self.inputs.iter().zip(values) {
            inputs[layout.inputs.span(*port).start] = value;
        }
    }
}

/// Pages of each die are programmed in order, read while they come, and erased when eight are written.
fn write_read_erase(run: BusMode, config: &LaneConfig, cycles: usize, least: u64) {
    let mut written = [0_u64; 16];
    let seen =
        run_with(config, times(config), 0.1, cycles, Box::new(ModelChips::new(config, 0.5)), move |number, random| {
            if number < 8 {
                return random_job(run, number, random);
            }
            let index = random.random_range(0..16);
            let job = Job { chip: index / 8, die: index % 8, block: 5, ..IDLE };
            let length = 2 * random.random_range(2..150);
            Some(match random.random_range(0..100) {
                0..55 => Job {
                    operation: Operation::Read,
                    planes: random.random_range(1..3),
                    page: random.random_range(0..8),
                    column: 2 * random.random_range(0..150),
                    length,
                    ..job
                },
                55..94 if written[index] < 8 => {
                    written[index] += 1;
                    Job { operation: Operation::Program, planes: 3, page: written[index] - 1, length, ..job }
                }
                55..94 => {
                    written[index] = 0;
                    Job { operation: Operation::Erase, planes: 3, ..job }
                }
                94..96 => Job { operation: Operation::ReadId, page: 0x20, length: 4, die: 0, ..job },
                96..98 => Job { operation: Operation::ReadParameters, page: 0, length: 4, die: 0, ..job },
                _ => Job { operation: Operation::GetFeature, page: 1, length: 4, die: 0, ..job },
            })
        });
    assert!(seen.done > least && seen.failed == 0, "{} done, {} failed", seen.done, seen.failed);
}

#[test]
fn no_rule_is_broken_over_any_nv_ddr_mode() {
    for mode in 0..4 {
        let run = BusMode::NvDdr(mode);
        write_read_erase(run, &LaneConfig { run, ..quick() }, 200_000, 100);
    }
}

#[test]
fn no_rule_is_broken_over_any_sdr_mode() {
    for mode in 0..6 {
        let run = BusMode::Sdr(mode);
        write_read_erase(run, &LaneConfig { run, ..quick() }, 200_000, 40);
    }
}

#[test]
fn random_reads_of_the_model_take_at_most_4490_cycles_each() {
    const RECORD: usize = 4216;
    let config = LaneConfig::default();
    let chips = Box::new(ModelChips::new(&config, 0.0));
    let seen = run_with(&config, times(&config), 0.0, 1_200_000, chips, |number, random| {
        let index = number as usize;
        let job = Job { planes: 3, ..IDLE };
        Some(match index {
            0..8 => return random_job(BusMode::NvDdr(3), number, random),
            8..24 => {
                let die = index - 8;
                Job { operation: Operation::Program, chip: die & 1, die: die >> 1, length: 2 * RECORD, ..job }
            }
            _ => Job {
                operation: Operation::Read,
                chip: random.random_range(0..2),
                die: random.random_range(0..8),
                planes: random.random_range(1..3),
                column: RECORD * random.random_range(0..2),
                length: RECORD,
                ..IDLE
            },
        })
    });
    let (first, last) = (seen.read_cycles[10], seen.read_cycles[seen.read_cycles.len() - 1]);
    let cycles = (last - first) as f64 / (seen.read_cycles.len() - 11) as f64;
    println!("{cycles:.1} cycles a read, {:.1} K reads/s", 1e6 / 7.5 / cycles);
    assert!(seen.failed == 0 && cycles <= 4490.0, "{cycles:.1} cycles a read");
}
