//! A host logs in to a whole port over a line, asks what is there, and reads and writes it.

use hardpath_sim::models::fibre_channel::{Access, Outcome, Transfer};
use hardpath_sim::models::{BLOCK_BYTES, PageStorage, Pause};
use hardpath_testbenches::fibre_channel::PortMachine;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn port(latency: (u64, u64)) -> PortMachine {
    let mut around = PortMachine::new(2048, PageStorage::new(latency, Pause::never(), 1), 1 << 24, 1);
    around.log_in(60_000).expect("a login");
    around
}

fn run(around: &mut PortMachine, transfer: Transfer) -> Outcome {
    around.host.end.port.initiator().expect("logged in").start(transfer);
    around.run_until_idle(300_000).expect("answers");
    around.host.end.port.initiator().expect("logged in").take_outcomes().pop().expect("an outcome")
}

fn bytes(length: usize, random: &mut StdRng) -> Vec<u8> {
    (0..length).map(|_| random.random()).collect()
}

#[test]
fn a_host_logs_in_and_is_told_what_is_there() {
    let mut around = port((0, 0));
    let ready = run(&mut around, Transfer::command(&[0; 6], 0));
    assert_eq!((ready.status, ready.residual), (0, 0));
    let inquiry = run(&mut around, Transfer::command(&[0x12, 0, 0, 0, 36, 0], 36));
    assert_eq!((inquiry.status, inquiry.residual, inquiry.data.len()), (0, 0, 36));
    assert_eq!(&inquiry.data[8..16], b"HARDPATH");
    // More is allowed than there is.
    let units = run(&mut around, Transfer::command(&[0xA0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0], 4096));
    assert_eq!((units.status, units.residual, units.data[3]), (0, 4096 - 16, 8));
    let mut block = [0; 16];
    (block[0], block[1], block[13]) = (0x9E, 0x10, 32);
    let capacity = run(&mut around, Transfer::command(&block, 32));
    assert_eq!(u64::from_be_bytes(capacity.data[..8].try_into().expect("eight bytes")), (1 << 24) - 1);
    let pages = run(&mut around, Transfer::command(&[0x12, 1, 0, 0, 255, 0], 255));
    assert_eq!(pages.data[4..], [0x00, 0x80, 0x83, 0xB0, 0xB1, 0xB2]);
    for page in [0x80, 0x83, 0xB0, 0xB1, 0xB2] {
        let reply = run(&mut around, Transfer::command(&[0x12, 1, page, 0, 255, 0], 255));
        assert_eq!((reply.status, reply.data[1], usize::from(reply.data[3]) + 4), (0, page, reply.data.len()));
    }
}

#[test]
fn what_is_wrong_with_a_command_is_told_in_sense_data() {
    let mut around = port((0, 0));
    let past = |count| Transfer { data: None, ..Transfer::new(Access::Ten, 1 << 24, count, None) };
    let mut protected = Transfer::new(Access::Ten, 0, 1, None);
    protected.descriptor[1] = 0x20;
    for (transfer, sense) in [
        (Transfer::command(&[0xC0; 6], 0), [5, 0x20, 0]),
        (past(1), [5, 0x21, 0]),
        (Transfer::new(Access::Sixteen, u64::MAX, 1, None), [5, 0x21, 0]),
        (protected, [5, 0x24, 0]),
        (Transfer::command(&[0x12, 0, 0x83, 0, 36, 0], 36), [5, 0x24, 0]),
        (Transfer::command(&[0x12, 1, 0x99, 0, 36, 0], 36), [5, 0x24, 0]),
        (Transfer::command(&[0x1A, 0, 0xC8, 0, 64, 0], 64), [5, 0x39, 0]),
        (Transfer::command(&[0x1A, 0, 0x1F, 0, 64, 0], 64), [5, 0x24, 0]),
    ] {
        let outcome = run(&mut around, transfer.clone());
        assert_eq!(outcome.status, 2, "{transfer:?}");
        assert_eq!([outcome.sense[2], outcome.sense[12], outcome.sense[13]], sense, "{transfer:?}");
        assert_eq!(outcome.residual, i64::from(transfer.data_length));
    }
    // Nothing is no error, even behind the last block.
    assert_eq!(run(&mut around, past(0)).status, 0);
    // A page that is lost.
    around.storage.fail(5);
    let outcome = run(&mut around, Transfer::new(Access::Ten, 32, 40, None));
    assert_eq!((outcome.status, [outcome.sense[2], outcome.sense[12]]), (2, [3, 0x11]));
    assert_eq!(run(&mut around, Transfer::new(Access::Ten, 48, 40, None)).status, 0);
}

#[test]
fn a_host_with_more_commands_than_exchanges_is_told_to_wait() {
    let mut around = port((30_000, 30_000));
    let initiator = around.host.end.port.initiator().expect("logged in");
    for command in 0..150 {
        initiator.start(Transfer::new(Access::Ten, command * 8, 8, None));
    }
    around.run_until_idle(1_000_000).expect("answers");
    let outcomes = around.host.end.port.initiator().expect("logged in").take_outcomes();
    let told = |status| outcomes.iter().filter(|outcome| outcome.status == status).count();
    assert_eq!((told(0x00), told(0x28)), (128, 22));
    // A data length of no whole blocks is something else.
    let odd = Transfer { data_length: 100, ..Transfer::new(Access::Ten, 0, 8, None) };
    assert_eq!(run(&mut around, odd).sense[12], 0x24);
}

#[test]
fn what_was_written_over_the_line_is_read_back() {
    let mut around = port((50, 1500));
    let mut random = StdRng::seed_from_u64(1);
    let mut written = vec![];
    let initiator = around.host.end.port.initiator().expect("logged in");
    for command in 0..60_u64 {
        let blocks = if command % 3 == 0 { random.random_range(1..100) } else { 8 };
        let data = bytes(blocks as usize * BLOCK_BYTES, &mut random);
        let block = command * 130 + random.random_range(0..30);
        initiator.start(Transfer::new(Access::Ten, block, blocks, Some(data.clone())));
        written.push((block, blocks, data));
    }
    around.run_until_idle(3_000_000).expect("answers");
    let initiator = around.host.end.port.initiator().expect("logged in");
    assert!(initiator.take_outcomes().iter().all(|outcome| (outcome.status, outcome.residual) == (0, 0)));
    for (block, blocks, _) in &written {
        initiator.start(Transfer::new(Access::Sixteen, *block, *blocks, None));
    }
    around.run_until_idle(3_000_000).expect("answers");
    let outcomes = around.host.end.port.initiator().expect("logged in").take_outcomes();
    assert_eq!(outcomes.len(), written.len());
    for outcome in outcomes {
        let block = u64::from_be_bytes(outcome.transfer.descriptor[2..10].try_into().expect("eight bytes"));
        let (_, _, data) = written.iter().find(|(known, _, _)| *known == block).expect("a block that was written");
        assert!(outcome.status == 0 && outcome.data == *data, "other data from block {block}");
    }
}

#[test]
fn reads_of_a_page_keep_the_line_busy() {
    let mut around = port((0, 0));
    let start = |around: &mut PortMachine, count: u64| {
        let initiator = around.host.end.port.initiator().expect("logged in");
        for command in 0..count {
            initiator.start(Transfer::new(Access::Ten, command * 8, 8, None));
        }
    };
    start(&mut around, 40);
    around.run_until_idle(200_000).expect("answers");
    let before = around.cycle();
    for _ in 0..5 {
        start(&mut around, 100);
        while around.host.end.port.initiator().is_some_and(|initiator| initiator.open() > 20) {
            around.step().expect("a cycle");
        }
    }
    let cycles = (around.cycle() - before) as f64 / 500.0;
    // Two frames of 2,048 bytes and an answer, each with 9 words around it.
    let line = f64::from(2 * (6 + 512 + 9) + 12 + 9);
    assert!(line / cycles > 0.95, "{cycles:.0} cycles a read, {line} on the line");
}
