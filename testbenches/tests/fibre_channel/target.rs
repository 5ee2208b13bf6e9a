//! A target against hosts and storage: what was written is read, in legal frames, whatever goes on beside it.

use std::collections::BTreeMap;

use hardpath_sim::models::fibre_channel::{Access, Frame, Header, Initiator, Outcome, Transfer};
use hardpath_sim::models::{BLOCK_BYTES, PageStorage, Pause};
use hardpath_testbenches::fibre_channel::{CAPACITY, OWN, TargetSurroundings};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

fn transfer(access: Access, block: u64, blocks: u32, data: Option<Vec<u8>>) -> Transfer {
    Transfer::new(access, block, blocks, data)
}

fn bytes(length: usize, random: &mut StdRng) -> Vec<u8> {
    (0..length).map(|_| random.random()).collect()
}

fn good(outcome: &Outcome) {
    assert_eq!((outcome.status, outcome.residual, outcome.sense.len()), (0, 0, 0), "{outcome:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_was_written_last_is_read_by_every_host(
        seed: u64,
        hosts in 1..4_usize,
        payload in prop::sample::select(vec![512_usize, 1024, 2048, 2112]),
        latency in prop::sample::select(vec![(0_u64, 0_u64), (1, 50), (100, 3000)]),
        eagerness in prop::sample::select(vec![1.0, 0.7]),
    ) {
        let mut random = StdRng::seed_from_u64(seed);
        let storage = PageStorage::new(latency, Pause::random(seed, 1.0 - eagerness), seed);
        let mut around = TargetSurroundings::new(hosts, payload, storage, eagerness, seed);
        let mut content = BTreeMap::<u64, [u8; BLOCK_BYTES]>::new();
        for _ in 0..3 {
            // Commands at a time are of blocks apart.
            let mut expected = BTreeMap::new();
            let commands = random.random_range(1..60);
            for number in 0..commands {
                let host = random.random_range(0..hosts);
                let access = *[Access::Six, Access::Ten, Access::Twelve, Access::Sixteen].choose(&mut random).expect("one");
                let blocks = if random.random_bool(0.7) { 8 } else { random.random_range(1..150) };
                let block = number * 200 + random.random_range(0..40);
                let is_write = random.random_bool(0.5);
                let data = is_write.then(|| bytes(blocks as usize * BLOCK_BYTES, &mut random));
                let was: Vec<u8> = (block..block + u64::from(blocks))
                    .flat_map(|block| content.get(&block).copied().unwrap_or([0; BLOCK_BYTES]))
                    .collect();
                for (block, bytes) in (block..).zip(data.iter().flat_map(|data| data.chunks(BLOCK_BYTES))) {
                    content.insert(block, bytes.try_into().expect("whole blocks"));
                }
                let exchange = around.hosts[host].start(transfer(access, block, blocks, data));
                expected.insert((host, exchange), was);
            }
            around.run_until_idle(600_000);
            for host in 0..hosts {
                for outcome in around.hosts[host].take_outcomes() {
                    good(&outcome);
                    let was = expected.remove(&(host, outcome.exchange)).expect("a command of this round");
                    if outcome.transfer.data.is_none() {
                        prop_assert!(outcome.data == was, "other data of {:?}", outcome.transfer);
                    }
                }
            }
            prop_assert!(expected.is_empty());
        }
        prop_assert!(around.processor.is_empty());
        prop_assert_eq!(around.open_exchanges(), Vec::<u64>::new());
        for (block, bytes) in content {
            prop_assert!(around.storage.block(block) == bytes, "other data of block {}", block);
        }
    }
}

#[test]
fn other_frames_go_to_the_processor_word_by_word() {
    let mut around = TargetSurroundings::new(1, 2048, PageStorage::new((0, 0), Pause::never(), 1), 0.8, 1);
    let mut random = StdRng::seed_from_u64(2);
    let mut expected = vec![];
    let host = around.hosts[0].address();
    let command = Header {
        r_ctl: 0x06,
        destination: OWN,
        source: host,
        kind: 0x08,
        f_ctl: 0x29_0000,
        originator: 7,
        responder: 0xFFFF,
        ..Header::default()
    };
    let mut inquiry = vec![0; 32];
    inquiry[11] = 2;
    inquiry[12] = 0x12;
    let mut read = vec![0; 32];
    (read[11], read[12], read[20], read[30]) = (2, 0x28, 1, 2);
    let mut past_the_end = read.clone();
    past_the_end[14..18].copy_from_slice(&(CAPACITY as u32).to_be_bytes());
    let mut protected = read.clone();
    protected[13] = 0x20;
    let mut other_unit = read.clone();
    other_unit[1] = 1;
    let mut management = read.clone();
    management[10] = 0x10;
    let mut short = read.clone();
    short[28..32].copy_from_slice(&100_u32.to_be_bytes());
    let mut long = read.clone();
    long.extend([0; 4]);
    let frame =
        |header: Header, payload: &[u8]| Frame { header, payload: payload.to_vec(), is_first: true, is_last: true };
    for frame in [
        frame(Header { r_ctl: 0x22, destination: 0xFF_FFFE, kind: 1, ..command }, &bytes(116, &mut random)),
        frame(Header { r_ctl: 0x81, kind: 0, ..command }, &[]),
        frame(command, &inquiry),
        frame(command, &past_the_end),
        frame(command, &protected),
        frame(command, &other_unit),
        frame(command, &management),
        frame(command, &short),
        frame(command, &long),
        // From a port that is not logged in, to another port, with an optional header.
        frame(Header { source: 0x03_0000, ..command }, &read),
        frame(Header { destination: OWN + 1, ..command }, &read),
        frame(Header { df_ctl: 0x10, ..command }, &read),
        Frame { is_last: false, ..frame(command, &read) },
        frame(Header { r_ctl: 0x22, kind: 1, ..command }, &bytes(2112, &mut random)),
    ] {
        around.offer(&frame);
        while !around.incoming.is_empty() {
            around.cycle();
        }
        around.run(20);
        expected.push(frame);
    }
    assert_eq!(around.processor, expected);
    assert_eq!(around.storage.accesses(), 0);
}

#[test]
fn commands_that_find_all_exchanges_open_go_to_the_processor() {
    let mut around = TargetSurroundings::new(1, 2048, PageStorage::new((9000, 9000), Pause::never(), 1), 1.0, 1);
    let mut random = StdRng::seed_from_u64(8);
    let data = bytes(8 * BLOCK_BYTES, &mut random);
    for command in 0..140 {
        around.hosts[0].start(transfer(Access::Ten, command * 8, 8, Some(data.clone())));
    }
    around.run(600_000);
    assert_eq!(around.hosts[0].take_outcomes().len(), 128);
    assert_eq!(around.processor.len(), 12);
    assert!(around.processor.iter().all(|frame| frame.header.r_ctl == 6 && frame.header.originator >= 128));
    assert_eq!(around.open_exchanges(), Vec::<u64>::new());
}

#[test]
fn longer_and_shorter_data_lengths_leave_residuals() {
    let mut around = TargetSurroundings::new(1, 2048, PageStorage::new((0, 20), Pause::never(), 1), 1.0, 1);
    let mut random = StdRng::seed_from_u64(3);
    let data = bytes(4 * BLOCK_BYTES, &mut random);
    let host = &mut around.hosts[0];
    host.start(Transfer { data_length: 10_000, ..transfer(Access::Ten, 6, 4, Some(data.clone())) });
    around.run_until_idle(10_000);
    let outcome = &around.hosts[0].take_outcomes()[0];
    assert_eq!((outcome.status, outcome.residual), (0, 10_000 - 4 * 512));
    around.hosts[0].start(Transfer { data_length: 1024, ..transfer(Access::Sixteen, 6, 4, None) });
    around.run_until_idle(10_000);
    let outcome = &around.hosts[0].take_outcomes()[0];
    assert_eq!((outcome.status, outcome.residual), (0, 1024 - 4 * 512));
    assert!(outcome.data == data[..1024], "other data");
}

#[test]
fn an_exchange_of_which_storage_loses_a_page_ends_early_and_holds_nothing_once_closed() {
    for is_write in [false, true] {
        let mut around = TargetSurroundings::new(1, 2048, PageStorage::new((10, 400), Pause::never(), 5), 1.0, 1);
        let mut random = StdRng::seed_from_u64(4);
        around.storage.fail(3);
        let data = is_write.then(|| bytes(64 * BLOCK_BYTES, &mut random));
        // More often than there are slots or exchanges.
        for round in 0..150 {
            let exchange = around.hosts[0].start(transfer(Access::Ten, 0, 64, data.clone()));
            let mut waits = 0;
            while around.bench.get("inspection_failure_valid") == 0 {
                around.cycle();
                waits += 1;
                assert!(waits < 30_000, "round {round}");
            }
            let failed = around.bench.get("inspection_failure_exchange");
            assert_eq!(around.inspect(failed, false), (true, true, 1, u64::from(exchange)));
            around.bench.set("inspection_failure_ready", 1);
            around.cycle();
            around.bench.set("inspection_failure_ready", 0);
            around.inspect(failed, true);
            around.run(100);
            assert!(!around.inspect(failed, false).0);
            // What the host still sends is dropped.
            around.run(3000);
            let host = around.hosts[0].address();
            around.hosts[0] = Initiator::new(host, OWN, 2048);
        }
        assert_eq!(around.open_exchanges(), Vec::<u64>::new());
        around.hosts[0].start(transfer(Access::Ten, 4096, 200, None));
        around.run_until_idle(100_000);
        good(&around.hosts[0].take_outcomes()[0]);
    }
}

#[test]
fn exchanges_closed_at_any_time_hold_nothing() {
    for seed in 0..40 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut around = TargetSurroundings::new(2, 2048, PageStorage::new((10, 900), Pause::never(), seed), 1.0, seed);
        for command in 0..12 {
            let is_write = random.random_bool(0.6);
            let blocks = random.random_range(1..300);
            let data = is_write.then(|| bytes(blocks as usize * BLOCK_BYTES, &mut random));
            around.hosts[command % 2].start(transfer(Access::Ten, command as u64 * 1000, blocks, data));
        }
        around.run(random.random_range(50..8000));
        for exchange in around.open_exchanges() {
            around.inspect(exchange, true);
        }
        // Frames on the way may open others.
        for host in 0..2 {
            while around.hosts[host].next_frame().is_some() {}
        }
        while !around.incoming.is_empty() {
            around.cycle();
        }
        around.run(3000);
        for exchange in around.open_exchanges() {
            around.inspect(exchange, true);
        }
        while around.storage.under_way() > 0 {
            around.cycle();
        }
        around.run(3000);
        assert_eq!(around.open_exchanges(), Vec::<u64>::new(), "seed {seed}");
        let payload = 2048;
        for host in 0..2 {
            let address = around.hosts[host].address();
            around.hosts[host] = Initiator::new(address, OWN, payload);
            // Every slot and exchange is there again.
            for command in 0..60 {
                let data = (command % 2 == 0).then(|| bytes(8 * BLOCK_BYTES, &mut random));
                around.hosts[host].start(transfer(Access::Ten, 20_000 + command * 16, 8, data));
            }
        }
        around.run_until_idle(600_000);
        for host in 0..2 {
            let outcomes = around.hosts[host].take_outcomes();
            assert_eq!(outcomes.len(), 60);
            outcomes.iter().for_each(good);
        }
    }
}

#[test]
fn data_that_was_not_asked_for_is_dropped_and_a_sequence_cut_short_is_told() {
    let mut around = TargetSurroundings::new(1, 2048, PageStorage::new((10, 50), Pause::never(), 5), 1.0, 1);
    let mut random = StdRng::seed_from_u64(6);
    let data = bytes(8 * BLOCK_BYTES, &mut random);
    let exchange = around.hosts[0].start(transfer(Access::Ten, 8, 8, Some(data.clone())));
    let command = around.hosts[0].next_frame().expect("the command");
    around.offer(&command);
    // The host's own data is held back.
    let frames = loop {
        around.cycle();
        let frames: Vec<_> = std::iter::from_fn(|| around.hosts[0].next_frame()).collect();
        if !frames.is_empty() {
            break frames;
        }
    };
    let header = frames[0].header;
    for wrong in [
        Header { parameter: 2048, ..header },
        Header { responder: header.responder ^ 1, ..header },
        Header { responder: header.responder | 0x100, ..header },
        Header { originator: header.originator ^ 1, ..header },
        Header { source: 0x09_0000, ..header },
        Header { f_ctl: 0, ..header },
        Header { f_ctl: header.f_ctl | 1, ..header },
    ] {
        around.offer(&Frame { header: wrong, ..frames[0].clone() });
        let mut dropped = 0;
        for _ in 0..600 {
            around.cycle();
            dropped += around.bench.get("data_dropped");
        }
        assert_eq!((around.incoming.len(), dropped), (0, 1), "{wrong:?}");
    }
    // The first part, then more than was asked for, then the end of the sequence too early.
    around.offer(&frames[0]);
    around.run(600);
    let next = Header { parameter: 2048, count: 1, ..header };
    let ends = |header: Header, length: usize| Frame {
        header: Header { f_ctl: 0x09_0008, ..header },
        payload: vec![1; length],
        is_first: false,
        is_last: true,
    };
    around.offer(&ends(next, 2112));
    around.run(600);
    assert_eq!(around.bench.get("inspection_failure_valid"), 0);
    around.offer(&ends(next, 100));
    around.run(600);
    assert_eq!(around.bench.get("inspection_failure_valid"), 1);
    let failed = around.bench.get("inspection_failure_exchange");
    assert_eq!(around.inspect(failed, false), (true, true, 2, u64::from(exchange)));
    assert_eq!(around.storage.accesses(), 0);
}

#[test]
fn a_read_goes_through_in_the_cycles_that_the_target_states() {
    let mut around = TargetSurroundings::new(1, 2048, PageStorage::new((500, 500), Pause::never(), 1), 1.0, 1);
    around.hosts[0].start(transfer(Access::Ten, 0, 1, None));
    let mut cycles_until = |name: &str| {
        let mut cycles = 0;
        while around.bench.get(name) == 0 {
            around.cycle();
            around.bench.settle();
            cycles += 1;
            assert!(cycles < 2000, "{name}");
        }
        cycles
    };
    // The first word is taken in the first cycle.
    assert_eq!(cycles_until("page_valid"), 30);
    while around.storage.reply().done.is_none() {
        around.cycle();
    }
    let mut cycles = 0;
    while around.bench.get("frame_out_valid") == 0 {
        around.cycle();
        around.bench.settle();
        cycles += 1;
    }
    assert_eq!(cycles, 24);
}

/// Cycles that commands of 8 blocks take, 60 open at a time.
fn cycles_of(commands: usize, is_write: bool) -> u64 {
    let mut around = TargetSurroundings::new(1, 2048, PageStorage::new((0, 0), Pause::never(), 1), 1.0, 1);
    let mut random = StdRng::seed_from_u64(7);
    for command in 0..commands {
        while around.hosts[0].open() == 60 {
            around.cycle();
        }
        let data = is_write.then(|| bytes(8 * BLOCK_BYTES, &mut random));
        around.hosts[0].start(transfer(Access::Ten, command as u64 * 8, 8, data));
    }
    around.run_until_idle(600_000);
    around.cycles
}

#[test]
fn reads_and_writes_of_a_page_leave_no_room_on_the_line() {
    // Two frames of 2,048 bytes, each with 9 words around it, and the answer or the command.
    for (is_write, other) in [(false, 12), (true, 14)] {
        let line = 200 * (2 * (6 + 512 + 9) + other + 9);
        let cycles = cycles_of(300, is_write) - cycles_of(100, is_write);
        assert!(cycles <= line, "{cycles} cycles, {line} on the line, write: {is_write}");
    }
}
