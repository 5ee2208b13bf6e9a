//! Blocks of a flash lane: engine, `simulate()` and Verilator agree, alone under random inputs, and together with chips at
//! the pins.

use crate::blocks::{Lockstep, events_of, lockstep, stream_sink};
use crate::drivers::pulse;
use hardpath_rtl::flash_controller::lane::{
    ActionArbiter, ActionOutcome, BusEngine, BusMode, ChipActivity, CommandStore, DieScheduler, FinishedReads,
    LaneConfig, LaneOperation, NandSequencer, ProgramFeeder, ReadCapture,
};
use hardpath_testbenches::cosimulation::{Driver, Free, Interface, Sequence, StreamDriver};
use hardpath_testbenches::flash_lane::{ChipTimes, Chips, Host, Job, Operation};
use rand::Rng;
use std::cell::RefCell;

/// All inputs that no other driver drives change with a probability.
fn free_but(interface: &Interface, others: Vec<Box<dyn Driver>>, named: &[&str], change: f64) -> Vec<Box<dyn Driver>> {
    let mut drivers = others;
    for port in &interface.inputs {
        if !named.contains(&port.name.as_str()) {
            drivers.push(Box::new(Free::new(port.name.clone(), change)));
        }
    }
    drivers
}

pub fn operation(words: &[u64]) -> LaneOperation {
    [
        LaneOperation::Read,
        LaneOperation::Program,
        LaneOperation::Erase,
        LaneOperation::ReadParameters,
        LaneOperation::ReadId,
        LaneOperation::SetFeature,
        LaneOperation::GetFeature,
        LaneOperation::Reset,
    ][words[0] as usize & 7]
}

fn outcome(words: &[u64]) -> ActionOutcome {
    [ActionOutcome::Busy, ActionOutcome::Again, ActionOutcome::Done, ActionOutcome::DataReady, ActionOutcome::ReadsOn]
        [words[0] as usize]
}

/// Names inputs that carry plain bits by the fields of the same name.
macro_rules! inputs {
    ($model:expr, $($field:ident),+) => {
        $model$(.input(stringify!($field), |block| &mut block.$field))+
    };
}

fn quick() -> LaneConfig {
    LaneConfig { read_ns: 1500, program_ns: 4000, erase_ns: 9000, cache_busy_ns: 400, ..LaneConfig::default() }
}

#[test]
fn finished_reads() {
    // Four pushes at most in 16 cycles that are taken at once: never more than 16 inside.
    lockstep(
        "finished-reads",
        FinishedReads::default(),
        |model| inputs!(model.clock("clock", |block| &mut block.clock), push, push_slot, take),
        |interface| free_but(interface, vec![pulse("push", 6), pulse("take", 5)], &["push", "take"], 0.7),
        3000,
    );
}

#[test]
fn action_arbiters() {
    lockstep(
        "action-arbiter",
        ActionArbiter::default(),
        |model| {
            let model = model.clock("clock", |block| &mut block.clock);
            let model = inputs!(model, idle, read_room, finished_valid, finished_slot, issue_valid, issue_slot);
            inputs!(model, issue_action, issue_operation, issue_dual, poll_valid, poll_slot, poll_operation, poll_dual)
                .input("poll_last", |block| &mut block.poll_last)
                .input("poll_onward", |block| &mut block.poll_onward)
        },
        |interface| free_but(interface, vec![], &[], 0.4),
        4000,
    );
}

#[test]
fn chip_activities() {
    lockstep(
        "chip-activity",
        ChipActivity::default(),
        |model| {
            let model = model.clock("clock", |block| &mut block.clock);
            inputs!(model, begins, ends, ends_whole_chip, whole_chip_waits)
        },
        |interface| free_but(interface, vec![], &[], 0.4),
        1000,
    );
}

#[test]
fn die_schedulers() {
    lockstep(
        "die-scheduler",
        DieScheduler::new(&quick()),
        |model| {
            let model = model.clock("clock", |block| &mut block.clock);
            inputs!(model, offer, offer_die, offer_both_planes, program_waits, report, report_die, report_operation)
                .input("report_moves", |block| &mut block.report_moves)
                .input("issue_take", |block| &mut block.issue_take)
                .input("poll_take", |block| &mut block.poll_take)
                .input_with("offer_operation", |block, words| block.offer_operation.next = operation(words))
                .input_with("report_outcome", |block, words| block.report_outcome.next = outcome(words))
        },
        |interface| {
            let outcome = Sequence::new("report_outcome", |_, random| vec![random.random_range(0..5)]);
            let drivers: Vec<Box<dyn Driver>> =
                vec![Box::new(outcome), pulse("report", 30), pulse("issue_take", 4), pulse("poll_take", 4)];
            free_but(interface, drivers, &["report_outcome", "report", "issue_take", "poll_take"], 0.03)
        },
        4000,
    );
}

#[test]
fn command_stores() {
    for config in [LaneConfig::default(), LaneConfig { page_bits: 8, block_bits: 12, ..LaneConfig::default() }] {
        lockstep(
            &format!("command-store-{}", config.page_bits),
            CommandStore::new(&config),
            |model| {
                let model = model.clock("clock", |block| &mut block.clock);
                let model = inputs!(model, write, write_slot, write_dual, write_plane, write_block, write_page);
                inputs!(model, write_column, write_length, write_tag, slot, second_plane)
            },
            |interface| {
                // The slot that is read is never the one that is written: the bit that tells them apart is driven apart.
                let shared = RefCell::new(0);
                let write = Sequence::new("write_slot", move |_, random| {
                    *shared.borrow_mut() = random.random_range(0..32);
                    vec![*shared.borrow()]
                });
                let filled = Sequence::new("write", |cycle, _| vec![u64::from(cycle < 1000)]);
                let read = Sequence::new("slot", |cycle, random| {
                    vec![if cycle < 1000 { 63 } else { random.random_range(0..32) }]
                });
                let drivers: Vec<Box<dyn Driver>> = vec![Box::new(write), Box::new(filled), Box::new(read)];
                free_but(interface, drivers, &["write_slot", "write", "slot"], 0.7)
            },
            2000,
        );
    }
}

#[test]
fn program_feeders() {
    let events = lockstep(
        "program-feeder",
        ProgramFeeder::default(),
        |model| {
            let model = model.clock("clock", |block| &mut block.clock);
            let model = stream_sink!(model, "sink", sink);
            inputs!(model, single, take)
        },
        |_| {
            vec![
                Box::new(StreamDriver::new("sink", 0.8)),
                Box::new(Sequence::new("single", |cycle, _| vec![cycle >> 9 & 1])),
                pulse("take", 3),
            ]
        },
        3000,
    );
    assert!(events_of(&events, "sink") > 500, "{events:?}");
}

#[test]
fn read_captures() {
    lockstep(
        "read-capture",
        ReadCapture::new(&LaneConfig { run: BusMode::Sdr(5), ..LaneConfig::default() }).unwrap(),
        |model| {
            let model = model.clock("clock", |block| &mut block.clock);
            let model = inputs!(model, data_in, strobe_in, fast, synchronous, arm, length, twice, receive, read_falls);
            inputs!(model, flush)
        },
        |interface| {
            let length = Sequence::new("length", |_, random| vec![random.random_range(1..40)]);
            let drivers: Vec<Box<dyn Driver>> = vec![Box::new(length), pulse("arm", 60), pulse("flush", 50)];
            free_but(interface, drivers, &["length", "arm", "flush"], 0.5)
        },
        4000,
    );
}

#[test]
fn bus_engines() {
    lockstep(
        "bus-engine",
        BusEngine::new(&LaneConfig::default()).unwrap(),
        |model| {
            let model = model.clock("clock", |block| &mut block.clock);
            let model = stream_sink!(model, "program", program);
            let model = inputs!(model, fast, start, start_action, start_slot, start_operation, start_dual, start_last);
            inputs!(model, start_onward, page, column, length, tag, row, report_pending)
                .input("pins_data_in", |block| &mut block.pins.data_in)
                .input("pins_strobe_in", |block| &mut block.pins.strobe_in)
                .input("pins_ready_busy_n", |block| &mut block.pins.ready_busy_n)
        },
        |interface| {
            let length = Sequence::new("length", |cycle, _| vec![1 + (cycle >> 10) % 20]);
            let action = Sequence::new("start_action", |_, random| vec![random.random_range(0..12)]);
            let drivers: Vec<Box<dyn Driver>> = vec![
                Box::new(StreamDriver::new("program", 0.8)),
                Box::new(length),
                Box::new(action),
                pulse("report_pending", 4),
            ];
            let named = ["program_valid", "program_data", "program_last", "length", "start_action", "report_pending"];
            free_but(interface, drivers, &named, 0.2)
        },
        6000,
    );
}

#[test]
fn nand_sequencers() {
    let config = quick();
    let times = ChipTimes {
        read: 200,
        read_excess: 60,
        program: 540,
        erase: 1200,
        cache_busy: 54,
        between_planes: 90,
        other: 200,
        read_access: 6,
        page_bits: config.page_bits,
        die_shift: config.page_bits + 1 + config.block_bits,
    };
    let comparison = Lockstep {
        in_step: false,
        name: "nand-sequencer".to_owned(),
        cycles: 24_000,
        synthesized: false,
        drivers: &move |_| {
            let (host, _) = Host::new(times.page_bits, times.die_shift, 0.1, |number, random| {
                let chip = (number & 1) as usize;
                let job = Job {
                    operation: Operation::Reset,
                    chip,
                    die: 0,
                    planes: 1,
                    block: 0,
                    page: 1,
                    column: 0x13,
                    length: 4,
                };
                Some(match number {
                    0 | 1 => job,
                    2 | 3 => Job { operation: Operation::SetFeature, ..job },
                    4 | 5 => Job { operation: Operation::GetFeature, ..job },
                    _ => Job {
                        operation: [Operation::Read, Operation::Program, Operation::Erase][random.random_range(0..3)],
                        chip: random.random_range(0..2),
                        die: random.random_range(0..8),
                        length: 2 * random.random_range(2..20),
                        ..job
                    },
                })
            });
            vec![Box::new(host), Box::new(Chips::new(times))]
        },
    };
    let events = comparison.run(NandSequencer::new(&config).unwrap(), |model| {
        let model = model.clock("clock", |block| &mut block.clock);
        let model = stream_sink!(model, "program", program);
        inputs!(model, fast, read_room)
            .input("commands_valid", |block| &mut block.commands.valid)
            .input_with("commands_operation", |block, words| block.commands.operation.next = operation(words))
            .input("commands_chip", |block| &mut block.commands.chip)
            .input("commands_die", |block| &mut block.commands.die)
            .input("commands_planes", |block| &mut block.commands.planes)
            .input("commands_block", |block| &mut block.commands.block)
            .input("commands_page", |block| &mut block.commands.page)
            .input("commands_column", |block| &mut block.commands.column)
            .input("commands_length", |block| &mut block.commands.length)
            .input("commands_tag", |block| &mut block.commands.tag)
            .input("pins_data_in", |block| &mut block.pins.data_in)
            .input("pins_strobe_in", |block| &mut block.pins.strobe_in)
            .input("pins_ready_busy_n", |block| &mut block.pins.ready_busy_n)
    });
    assert!(events_of(&events, "host") > 40, "{events:?}");
}
