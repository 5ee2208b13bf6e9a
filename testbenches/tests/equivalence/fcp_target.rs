//! The target of a Fibre Channel port, and its blocks: engine, `simulate()` and Verilog agree.
//!
//! The sorter, the exchange engine and the builder keep to what their neighbours promise, so they are compared where
//! those are: within a target, on the inputs that hosts and storage gave it.

use crate::blocks::{Lockstep, lockstep};
use crate::drivers::{below, chance, drawn, free, one_of, replayed};
use hardpath_rtl::fibre_channel::target::{CommandDecoder, FcpTarget, LoginTable, NumberList, SlotTable};
use hardpath_rtl::fibre_channel::{FrameBuffer, FrameVerdict};
use hardpath_sim::models::fibre_channel::{Access, Frame, Header, Transfer};
use hardpath_sim::models::{BLOCK_BYTES, PageStorage, Pause};
use hardpath_testbenches::cosimulation::Interface;
use hardpath_testbenches::fibre_channel::{OWN, TargetSurroundings};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn verdict(words: &[u64]) -> FrameVerdict {
    if words[0] == 0 { FrameVerdict::Good } else { FrameVerdict::CrcError }
}

#[test]
fn frame_buffers() {
    lockstep(
        "frame-buffer",
        FrameBuffer::<11>::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("is_active", |block| &mut block.is_active)
                .input("valid", |block| &mut block.valid)
                .input("word", |block| &mut block.word)
                .input("ended", |block| &mut block.ended)
                .input_with("verdict", |block, words| block.verdict.next = verdict(words))
                .input("received_first_of_sequence", |block| &mut block.received_first_of_sequence)
                .input("received_last_of_sequence", |block| &mut block.received_last_of_sequence)
                .input("frame_ready", |block| &mut block.frame.ready)
        },
        |_| {
            // A frame of 12 to 75 words, its end, and the next.
            vec![
                chance("is_active", 0.998),
                drawn("valid", |cycle, _| u64::from(cycle % 80 < 12 + cycle / 80 % 64)),
                free("word", 1.0),
                drawn("ended", |cycle, _| u64::from(cycle % 80 == 78)),
                drawn("verdict", |_, random| u64::from(random.random_bool(0.2))),
                free("received_first_of_sequence", 0.5),
                free("received_last_of_sequence", 0.5),
                drawn("frame_ready", |cycle, random| {
                    u64::from(random.random_bool(if cycle % 3000 < 2500 { 0.3 } else { 0.9 }))
                }),
            ]
        },
        9000,
    );
}

#[test]
fn login_tables() {
    lockstep(
        "login-table",
        LoginTable::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("entry_write", |block| &mut block.entry.write)
                .input("entry_number", |block| &mut block.entry.number)
                .input("entry_address", |block| &mut block.entry.address)
                .input("entry_payload", |block| &mut block.entry.payload)
                .input("entry_is_fast", |block| &mut block.entry.is_fast)
                .input("entry_is_valid", |block| &mut block.entry.is_valid)
                .input("entry_is_read_only", |block| &mut block.entry.is_read_only)
                .input("entry_is_read_only", |block| &mut block.entry.is_read_only)
                .input("looked_up", |block| &mut block.looked_up)
                .input("lookup_number", |block| &mut block.lookup.number)
        },
        |_| {
            vec![
                chance("entry_write", 0.1),
                free("entry_number", 1.0),
                below("entry_address", 40),
                free("entry_payload", 1.0),
                free("entry_is_fast", 0.5),
                chance("entry_is_valid", 0.8),
                free("entry_is_read_only", 0.5),
                below("looked_up", 40),
                free("lookup_number", 1.0),
            ]
        },
        3000,
    );
}

#[test]
fn command_decoders() {
    lockstep(
        "command-decoder",
        CommandDecoder::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("valid", |block| &mut block.valid)
                .input("word", |block| &mut block.word)
                .input("capacity", |block| &mut block.capacity)
        },
        |_| {
            vec![
                drawn("valid", |cycle, _| u64::from(cycle % 12 < 8)),
                // Mostly payloads that a host might send: no other unit, a read or write, short lengths.
                drawn("word", |cycle, random| {
                    let codes = [0x08_u64, 0x28, 0xA8, 0x88, 0x0A, 0x2A, 0xAA, 0x8A, 0x12];
                    let any = u64::from(random.random::<u32>());
                    match cycle % 12 {
                        _ if random.random_bool(0.02) => any,
                        0 | 1 => 0,
                        2 => random.random_range(1..3),
                        3 => codes[random.random_range(0..9)] << 24 | any & 0xFFF,
                        4 => any & 0xFFFF_00FF,
                        5 => (any & 0xFF) << 24,
                        7 => random.random_range(0..300) << 9,
                        _ => 0,
                    }
                }),
                one_of("capacity", &[0x0FFF_FFFF, 0x7_FFFF_FFFF, 0x1000]),
            ]
        },
        6000,
    );
}

#[test]
fn number_lists() {
    for (name, list) in [
        ("empty", NumberList::<5>::empty()),
        ("full", NumberList::<5>::full()),
        ("up-to-30", NumberList::<5>::up_to(30)),
    ] {
        lockstep(
            &format!("number-list-{name}"),
            list,
            |model| {
                model
                    .clock("clock", |block| &mut block.clock)
                    .input("put", |block| &mut block.put)
                    .input("put_number", |block| &mut block.put_number)
                    .input("take", |block| &mut block.take)
            },
            |_| vec![chance("put", 0.1), free("put_number", 1.0), chance("take", 0.3)],
            3000,
        );
    }
}

#[test]
fn slot_tables() {
    lockstep(
        "slot-table",
        SlotTable::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("exchange", |block| &mut block.exchange)
                .input("place", |block| &mut block.place)
                .input("slot", |block| &mut block.slot)
                .input("write", |block| &mut block.write)
                .input("write_place", |block| &mut block.write_place)
                .input("write_slot", |block| &mut block.write_slot)
                .input("write_first", |block| &mut block.write_first)
                .input("write_last", |block| &mut block.write_last)
                .input("write_page", |block| &mut block.write_page)
        },
        |_| {
            // What is written is not looked up in the same cycle: places and slots of even cycles are even, and so on.
            vec![
                free("exchange", 0.1),
                drawn("place", |cycle, random| random.random_range(0..4) * 2 + cycle % 2),
                drawn("slot", |cycle, random| random.random_range(0..32) * 2 + cycle % 2),
                chance("write", 0.5),
                drawn("write_place", |cycle, random| random.random_range(0..4) * 2 + (cycle + 1) % 2),
                drawn("write_slot", |cycle, random| random.random_range(0..32) * 2 + (cycle + 1) % 2),
                free("write_first", 0.5),
                free("write_last", 0.5),
                free("write_page", 0.5),
            ]
        },
        4000,
    );
}

/// The inputs of a target while hosts read and write, some exchanges fail, others are closed, and foreign frames come.
fn inputs_of_a_target() -> (Vec<String>, Vec<Vec<Vec<u64>>>) {
    let mut random = StdRng::seed_from_u64(9);
    let mut around = TargetSurroundings::new(2, 1024, PageStorage::new((5, 900), Pause::random(9, 0.2), 9), 0.9, 9);
    around.storage.fail(70);
    around.bench.set("inspection_failure_ready", 0);
    around.bench.record();
    for command in 0..14_u64 {
        let is_write = random.random_bool(0.5);
        let blocks = random.random_range(1..20);
        let data = is_write.then(|| (0..blocks as usize * BLOCK_BYTES).map(|_| random.random()).collect());
        let data_length = blocks * BLOCK_BYTES as u32 + random.random_range(0..2) * 512;
        let access = [Access::Six, Access::Ten, Access::Twelve, Access::Sixteen][command as usize % 4];
        around.hosts[command as usize % 2]
            .start(Transfer { data_length, ..Transfer::new(access, command * 25, blocks, data) });
    }
    around.run(2500);
    let login = Header { r_ctl: 0x22, kind: 1, destination: OWN, source: 0x07_0000, ..Header::default() };
    while !around.incoming.is_empty() {
        around.cycle();
    }
    around.offer(&Frame { header: login, payload: vec![3; 116], is_first: true, is_last: true });
    around.run(5000);
    for exchange in around.open_exchanges() {
        around.bench.set("inspection_failure_ready", 1);
        around.inspect(exchange, true);
        around.bench.set("inspection_failure_ready", 0);
    }
    around.run(1000);
    around.bench.recorded()
}

#[test]
fn targets() {
    let recorded = inputs_of_a_target();
    let count = recorded.1.len();
    let drivers = |_: &Interface| replayed(&recorded);
    let comparison = Lockstep {
        name: "fcp-target".to_owned(),
        cycles: count,
        in_step: false,
        synthesized: false,
        drivers: &drivers,
    };
    comparison.run(FcpTarget::default(), |model| {
        model
            .clock("clock", |block| &mut block.clock)
            .input("frame_in_valid", |block| &mut block.frame_in.valid)
            .input("frame_in_data", |block| &mut block.frame_in.data)
            .input("frame_in_last", |block| &mut block.frame_in.last)
            .input("length", |block| &mut block.length)
            .input("first_in", |block| &mut block.first_in)
            .input("last_in", |block| &mut block.last_in)
            .input("own_address", |block| &mut block.own_address)
            .input("capacity", |block| &mut block.capacity)
            .input("entry_write", |block| &mut block.entry.write)
            .input("entry_number", |block| &mut block.entry.number)
            .input("entry_address", |block| &mut block.entry.address)
            .input("entry_payload", |block| &mut block.entry.payload)
            .input("entry_is_fast", |block| &mut block.entry.is_fast)
            .input("entry_is_valid", |block| &mut block.entry.is_valid)
            .input("entry_is_read_only", |block| &mut block.entry.is_read_only)
            .input("frame_out_ready", |block| &mut block.frame_out.ready)
            .input("page_ready", |block| &mut block.page.ready)
            .input("slots_fill", |block| &mut block.slots.fill)
            .input("slots_fill_address", |block| &mut block.slots.fill_address)
            .input("slots_fill_word", |block| &mut block.slots.fill_word)
            .input("slots_fetch_address", |block| &mut block.slots.fetch_address)
            .input("slots_done", |block| &mut block.slots.done)
            .input("slots_done_is_write", |block| &mut block.slots.done_is_write)
            .input("slots_done_slot", |block| &mut block.slots.done_slot)
            .input("slots_done_failed", |block| &mut block.slots.done_failed)
            .input("slots_done_mismatched", |block| &mut block.slots.done_mismatched)
            .input("inspection_valid", |block| &mut block.inspection.valid)
            .input("inspection_exchange", |block| &mut block.inspection.exchange)
            .input("inspection_closes", |block| &mut block.inspection.closes)
            .input("inspection_failure_ready", |block| &mut block.inspection.failure_ready)
    });
}
