//! Lanes with their error correction, and the whole controller: engine, `simulate()` and Verilator agree.

use crate::blocks::lockstep;
use crate::controller::{host_operation, send};
use crate::drivers::{below, free, one_of, pulse};
use crate::flash_lane::operation;
use crate::mailbox::mailbox_address;
use hardpath_rtl::flash_controller::FlashController;
use hardpath_rtl::flash_controller::ecc::RecordCode;
use hardpath_rtl::flash_controller::flash_lane::{
    CodewordChecker, FlashLane, LaneCommandMerger, PageEncoder, RecordAssembler, RecordMender, SyndromeQueue,
};
use hardpath_rtl::flash_controller::lane::LaneConfig;
use hardpath_rtl::flash_controller::mailbox::LaneCommands;
use hardpath_rtl::flash_controller::mover::MoveReader;
use hardpath_testbenches::cosimulation::{Driver, Sequence};
use hardpath_testbenches::flash_lane::{MoveTraffic, ReceiverGroup, RecordTraffic};
use rand::Rng;

#[test]
fn page_encoders() {
    for (name, code) in [("page-encoders", RecordCode::Slc), ("page-encoders-of-emlc", RecordCode::Emlc)] {
        lockstep(
            name,
            PageEncoder::new(code),
            |model| {
                model
                    .clock("clock", |block| &mut block.clock)
                    .input("sink_valid", |block| &mut block.sink.valid)
                    .input("sink_data", |block| &mut block.sink.data)
                    .input("sink_last", |block| &mut block.sink.last)
                    .input("source_ready", |block| &mut block.source.ready)
            },
            |_| vec![send("sink", 0.8), pulse("source_ready", 2)],
            12_000,
        );
    }
}

#[test]
fn lane_command_mergers() {
    lockstep(
        "lane-command-mergers",
        LaneCommandMerger::new(RecordCode::Slc),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("survivor_valid", |block| &mut block.survivor_valid)
                .input("survivor_place", |block| &mut block.survivor_place)
                .input("reads_valid", |block| &mut block.reads.valid)
                .input("reads_data", |block| &mut block.reads.data)
                .input("reads_last", |block| &mut block.reads.last)
                .input("programs_valid", |block| &mut block.programs.valid)
                .input("programs_chip", |block| &mut block.programs.chip)
                .input("programs_die", |block| &mut block.programs.die)
                .input("programs_planes", |block| &mut block.programs.planes)
                .input("programs_block", |block| &mut block.programs.block)
                .input("programs_page", |block| &mut block.programs.page)
                .input("programs_tag", |block| &mut block.programs.tag)
                .input("firmware_valid", |block| &mut block.firmware.valid)
                .input_with("firmware_operation", |block, words| block.firmware.operation.next = operation(words))
                .input("firmware_chip", |block| &mut block.firmware.chip)
                .input("firmware_die", |block| &mut block.firmware.die)
                .input("firmware_planes", |block| &mut block.firmware.planes)
                .input("firmware_block", |block| &mut block.firmware.block)
                .input("firmware_page", |block| &mut block.firmware.page)
                .input("firmware_column", |block| &mut block.firmware.column)
                .input("firmware_length", |block| &mut block.firmware.length)
                .input("firmware_tag", |block| &mut block.firmware.tag)
                .input("full", |block| &mut block.full)
                .input("commands_ready", |block| &mut block.commands.ready)
        },
        |_| {
            vec![
                pulse("survivor_valid", 9),
                free("survivor_place", 0.5),
                send("reads", 0.3),
                pulse("programs_valid", 7),
                free("programs_chip", 0.5),
                free("programs_die", 0.5),
                free("programs_planes", 0.5),
                free("programs_block", 0.5),
                free("programs_page", 0.5),
                free("programs_tag", 0.5),
                pulse("firmware_valid", 5),
                below("firmware_operation", 8),
                free("firmware_chip", 0.5),
                free("firmware_die", 0.5),
                free("firmware_planes", 0.5),
                free("firmware_block", 0.5),
                free("firmware_page", 0.5),
                free("firmware_column", 0.5),
                free("firmware_length", 0.5),
                free("firmware_tag", 0.5),
                one_of("full", &[0, 0, 0xFFFF, 0x0F0F]),
                pulse("commands_ready", 2),
            ]
        },
        3000,
    );
}

#[test]
fn record_assemblers() {
    lockstep(
        "record-assemblers",
        RecordAssembler::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("byte_valid", |block| &mut block.byte_valid)
                .input("byte_data", |block| &mut block.byte_data)
        },
        |_| {
            let drivers = vec![pulse("byte_valid", 2), free("byte_data", 0.9)];
            drivers
        },
        20_000,
    );
}

/// Receivers with the corrector that they share.
fn record_receivers_in_lockstep(
    name: &str,
    code: RecordCode,
    lanes: usize,
    traffic: fn(usize, usize) -> RecordTraffic,
    cycles: usize,
) {
    let events = lockstep(
        name,
        ReceiverGroup::new(code, lanes),
        |model| {
            let mut model = model.clock("clock", |block| &mut block.clock);
            for lane in 0..lanes {
                model = model
                    .input(&format!("byte_valid_{lane}"), move |block| &mut block.byte_valid[lane])
                    .input(&format!("byte_data_{lane}"), move |block| &mut block.byte_data[lane])
                    .input(&format!("byte_last_{lane}"), move |block| &mut block.byte_last[lane])
                    .input(&format!("byte_tag_{lane}"), move |block| &mut block.byte_tag[lane])
                    .input(&format!("done_{lane}"), move |block| &mut block.done[lane])
                    .input(&format!("done_tag_{lane}"), move |block| &mut block.done_tag[lane])
                    .input(&format!("done_failed_{lane}"), move |block| &mut block.done_failed[lane])
                    .input(&format!("freed_{lane}"), move |block| &mut block.freed[lane])
                    .input(&format!("reading_{lane}"), move |block| &mut block.reading[lane])
                    .input(&format!("read_slot_{lane}"), move |block| &mut block.read_slot[lane])
                    .input(&format!("read_place_{lane}"), move |block| &mut block.read_place[lane]);
            }
            model
        },
        |_| (0..lanes).map(|lane| Box::new(traffic(lane, lanes)) as Box<dyn Driver>).collect(),
        cycles,
    );
    // By lane: records taken, records timed without and with wrong bits.
    for events in events.chunks(3) {
        assert!(events[0].1 >= 3 && events.iter().all(|(_, count)| *count >= 1), "{events:?}");
    }
}

#[test]
fn record_receivers() {
    record_receivers_in_lockstep("record-receivers", RecordCode::Slc, 2, RecordTraffic::slc, 40_000);
}

#[test]
fn record_receivers_of_emlc() {
    record_receivers_in_lockstep("record-receivers-of-emlc", RecordCode::Emlc, 1, RecordTraffic::emlc, 25_000);
}

#[test]
fn codeword_checkers() {
    for (name, code) in [("codeword-checkers", RecordCode::Slc), ("codeword-checkers-of-emlc", RecordCode::Emlc)] {
        lockstep(
            name,
            CodewordChecker::new(code),
            |model| {
                model
                    .clock("clock", |block| &mut block.clock)
                    .input("byte_valid", |block| &mut block.byte_valid)
                    .input("byte_data", |block| &mut block.byte_data)
                    .input("number", |block| &mut block.number)
            },
            |_| vec![pulse("byte_valid", 2), free("byte_data", 0.9), free("number", 0.5)],
            4_000,
        );
    }
}

#[test]
fn record_menders() {
    lockstep(
        "record-menders",
        RecordMender::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("answer_valid", |block| &mut block.answer_valid)
                .input("answer", |block| &mut block.answer)
                .input("reading", |block| &mut block.reading)
                .input("read_data", |block| &mut block.read_data)
                .input("write_ready", |block| &mut block.write_ready)
        },
        |_| {
            vec![
                pulse("answer_valid", 2),
                free("answer", 0.9),
                pulse("reading", 3),
                free("read_data", 0.9),
                pulse("write_ready", 2),
            ]
        },
        4_000,
    );
}

#[test]
fn syndrome_queues() {
    lockstep(
        "syndrome-queues",
        SyndromeQueue::new(RecordCode::Slc, 3),
        |model| {
            let mut model = model.clock("clock", |block| &mut block.clock).input("ready", |block| &mut block.ready);
            for lane in 0..3 {
                model = model
                    .input(&format!("asks_{lane}"), move |block| &mut block.asks[lane])
                    .input(&format!("codeword_{lane}"), move |block| &mut block.codeword[lane])
                    .input(&format!("syndrome_{lane}"), move |block| &mut block.syndrome[lane]);
            }
            model
        },
        |_| {
            let mut drivers = vec![pulse("ready", 5)];
            for lane in 0..3 {
                drivers.push(pulse(&format!("asks_{lane}"), 5));
                drivers.push(free(&format!("codeword_{lane}"), 0.5));
                drivers.push(free(&format!("syndrome_{lane}"), 0.9));
            }
            drivers
        },
        6_000,
    );
}

#[test]
fn lane_commands() {
    lockstep(
        "lane-commands",
        LaneCommands::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("write", |block| &mut block.write)
                .input("address", |block| &mut block.address)
                .input("data_in", |block| &mut block.data_in)
                .input("ready", |block| &mut block.ready)
        },
        |_| {
            vec![
                pulse("write", 3),
                Box::new(Sequence::new("address", |_, random| vec![random.random_range(8..16) * 4])),
                free("data_in", 0.5),
                one_of("ready", &[0, 0, 0x3FF, 0x155]),
            ]
        },
        3000,
    );
}

#[test]
fn flash_lanes() {
    lockstep(
        "flash-lanes",
        FlashLane::new(&LaneConfig::default()).unwrap(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("pins_data_in", |block| &mut block.pins.data_in)
                .input("pins_strobe_in", |block| &mut block.pins.strobe_in)
                .input("pins_ready_busy_n", |block| &mut block.pins.ready_busy_n)
                .input("fast", |block| &mut block.fast)
                .input("reads_valid", |block| &mut block.reads.valid)
                .input("reads_data", |block| &mut block.reads.data)
                .input("reads_last", |block| &mut block.reads.last)
                .input("survivor_valid", |block| &mut block.survivor_valid)
                .input("survivor_place", |block| &mut block.survivor_place)
                .input("programs_valid", |block| &mut block.programs.valid)
                .input("programs_chip", |block| &mut block.programs.chip)
                .input("programs_die", |block| &mut block.programs.die)
                .input("programs_planes", |block| &mut block.programs.planes)
                .input("programs_block", |block| &mut block.programs.block)
                .input("programs_page", |block| &mut block.programs.page)
                .input("programs_tag", |block| &mut block.programs.tag)
                .input("program_bytes_valid", |block| &mut block.program_bytes.valid)
                .input("program_bytes_data", |block| &mut block.program_bytes.data)
                .input("program_bytes_last", |block| &mut block.program_bytes.last)
                .input("firmware_valid", |block| &mut block.firmware.valid)
                .input_with("firmware_operation", |block, words| block.firmware.operation.next = operation(words))
                .input("firmware_chip", |block| &mut block.firmware.chip)
                .input("firmware_die", |block| &mut block.firmware.die)
                .input("firmware_planes", |block| &mut block.firmware.planes)
                .input("firmware_block", |block| &mut block.firmware.block)
                .input("firmware_page", |block| &mut block.firmware.page)
                .input("firmware_column", |block| &mut block.firmware.column)
                .input("firmware_length", |block| &mut block.firmware.length)
                .input("firmware_tag", |block| &mut block.firmware.tag)
                .input("firmware_room", |block| &mut block.firmware_room)
                .input("freed", |block| &mut block.freed)
                .input("correction_number", |block| &mut block.correction.number)
                .input("correction_taken", |block| &mut block.correction.taken)
                .input("correction_answer_valid", |block| &mut block.correction.answer_valid)
                .input("correction_answer", |block| &mut block.correction.answer)
                .input("reading", |block| &mut block.reading)
                .input("read_slot", |block| &mut block.read_slot)
                .input("read_place", |block| &mut block.read_place)
        },
        |_| {
            vec![
                free("pins_data_in", 0.3),
                free("pins_strobe_in", 0.5),
                free("pins_ready_busy_n", 0.5),
                free("fast", 0.5),
                send("reads", 0.3),
                pulse("survivor_valid", 9),
                free("survivor_place", 0.5),
                pulse("programs_valid", 7),
                free("programs_chip", 0.5),
                free("programs_die", 0.5),
                free("programs_planes", 0.5),
                free("programs_block", 0.5),
                free("programs_page", 0.5),
                free("programs_tag", 0.5),
                send("program_bytes", 0.6),
                pulse("firmware_valid", 5),
                below("firmware_operation", 8),
                free("firmware_chip", 0.5),
                free("firmware_die", 0.5),
                free("firmware_planes", 0.5),
                free("firmware_block", 0.5),
                free("firmware_page", 0.5),
                free("firmware_column", 0.5),
                free("firmware_length", 0.5),
                free("firmware_tag", 0.5),
                pulse("firmware_room", 3),
                free("freed", 0.5),
                free("correction_number", 0.5),
                pulse("correction_taken", 3),
                pulse("correction_answer_valid", 9),
                free("correction_answer", 0.9),
                pulse("reading", 3),
                pulse("read_slot", 3),
                free("read_place", 0.5),
            ]
        },
        3000,
    );
}

/// The host, firmware, tables' memories and chips all act at random.
#[test]
fn flash_controllers() {
    lockstep(
        "flash-controllers",
        FlashController::<20, 23, 17, 11, 12>::new(&LaneConfig { block_bits: 6, ..LaneConfig::default() }, 6).unwrap(),
        |model| {
            let mut model = model
                .clock("clock", |block| &mut block.clock)
                .input("commands_valid", |block| &mut block.commands.valid)
                .input_with("commands_operation", |block, words| {
                    block.commands.operation.next = host_operation(words);
                })
                .input("commands_tag", |block| &mut block.commands.tag)
                .input("commands_page", |block| &mut block.commands.page)
                .input("write_data_valid", |block| &mut block.write_data.valid)
                .input("write_data_data", |block| &mut block.write_data.data)
                .input("write_data_last", |block| &mut block.write_data.last)
                .input("read_data_ready", |block| &mut block.read_data.ready)
                .input("completions_ready", |block| &mut block.completions.ready)
                .input("mailbox_request", |block| &mut block.mailbox.request)
                .input("mailbox_write", |block| &mut block.mailbox.write)
                .input("mailbox_address", |block| &mut block.mailbox.address)
                .input("mailbox_data_in", |block| &mut block.mailbox.data_in)
                .input("page_memory_read_ready", |block| &mut block.page_memory.read_ready)
                .input("page_memory_response_valid", |block| &mut block.page_memory.response_valid)
                .input("page_memory_response_data", |block| &mut block.page_memory.response_data)
                .input("page_memory_write_ready", |block| &mut block.page_memory.write_ready)
                .input("stripe_memory_read_ready", |block| &mut block.stripe_memory.read_ready)
                .input("stripe_memory_response_valid", |block| &mut block.stripe_memory.response_valid)
                .input("stripe_memory_response_data", |block| &mut block.stripe_memory.response_data)
                .input("stripe_memory_write_ready", |block| &mut block.stripe_memory.write_ready);
            for lane in 0..10 {
                model = model
                    .input(&format!("nand_{lane}_data_in"), move |block| &mut block.nand[lane].data_in)
                    .input(&format!("nand_{lane}_strobe_in"), move |block| &mut block.nand[lane].strobe_in)
                    .input(&format!("nand_{lane}_ready_busy_n"), move |block| &mut block.nand[lane].ready_busy_n);
            }
            model
        },
        |_| {
            let mut drivers = vec![
                pulse("commands_valid", 40),
                below("commands_operation", 4),
                below("commands_tag", 128),
                below("commands_page", 64),
                send("write_data", 0.8),
                pulse("read_data_ready", 2),
                pulse("completions_ready", 2),
                one_of("mailbox_request", &[1, 1, 0]),
                one_of("mailbox_write", &[0, 1]),
                mailbox_address(),
                free("mailbox_data_in", 0.9),
                pulse("page_memory_read_ready", 2),
                pulse("page_memory_response_valid", 8),
                free("page_memory_response_data", 0.5),
                pulse("page_memory_write_ready", 2),
                pulse("stripe_memory_read_ready", 2),
                pulse("stripe_memory_response_valid", 8),
                free("stripe_memory_response_data", 0.5),
                pulse("stripe_memory_write_ready", 2),
            ];
            for lane in 0..10 {
                drivers.push(free(&format!("nand_{lane}_data_in"), 0.1));
                drivers.push(free(&format!("nand_{lane}_strobe_in"), 0.1));
                drivers.push(free(&format!("nand_{lane}_ready_busy_n"), 0.1));
            }
            drivers
        },
        600,
    );
}

#[test]
fn move_readers() {
    let events = lockstep(
        "move-readers",
        MoveReader::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("orders_valid", |block| &mut block.orders.valid)
                .input("orders_data", |block| &mut block.orders.data)
                .input("orders_last", |block| &mut block.orders.last)
                .input("reads_ready", |block| &mut block.reads.ready)
                .input("begins", |block| &mut block.begins)
                .input("begins_tag", |block| &mut block.begins_tag)
                .input("begins_page", |block| &mut block.begins_page)
                .input("begins_weak", |block| &mut block.begins_weak)
                .input("word_valid", |block| &mut block.word_valid)
                .input("word", |block| &mut block.word)
                .input("word_last", |block| &mut block.word_last)
                .input("lost_valid", |block| &mut block.lost_valid)
                .input("lost_tag", |block| &mut block.lost_tag)
                .input("page_ready", |block| &mut block.page_ready)
                .input("data_ready", |block| &mut block.data.ready)
                .input("acknowledged", |block| &mut block.acknowledged)
                .input("acknowledged_tag", |block| &mut block.acknowledged_tag)
                .input("superseded", |block| &mut block.superseded)
                .input("committed", |block| &mut block.committed)
                .input("fetch", |block| &mut block.fetch)
                .input("fetched_ready", |block| &mut block.fetched.ready)
                .input("events_ready", |block| &mut block.events.ready)
        },
        |_| vec![Box::new(MoveTraffic::new())],
        20_000,
    );
    assert!(events[0].1 > 30 && events[1].1 > 1_000, "{events:?}");
}
