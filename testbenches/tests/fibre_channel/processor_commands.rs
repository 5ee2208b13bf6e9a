//! Commands that the processors of a card carry out on pages of storage, and who may give which: UNMAP, COMPARE AND WRITE,
//! reservations, REC.

use hardpath_sim::models::fibre_channel::{Access, Frame, Hba, Header, Outcome, Transfer};
use hardpath_sim::models::{BLOCK_BYTES, PageMemory, Pause};
use hardpath_sim::scenario::fibre_channel::CardMachine;
use hardpath_testbenches::fibre_channel::card;
use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};

const PAGES: u64 = 64;
const PAGE_BLOCKS: usize = 8;
const GOOD: u8 = 0x00;
const CHECK_CONDITION: u8 = 0x02;
const RESERVATION_CONFLICT: u8 = 0x18;
const KEYS: [u64; 2] = [0x1122_3344_5566_7788, 0x99AA_BBCC_DDEE_FF00];

type Card = CardMachine<PageMemory, Hba>;

/// A card with a host at each port.
fn two_hosts() -> Card {
    let memory = PageMemory::new(PAGES as u32, (5, 300), Pause::random(3, 0.1), 3);
    let mut card = card(2, PAGES, memory, 7_500, 3);
    card.log_in(200_000).expect("logins");
    card
}

fn start(card: &mut Card, host: usize, transfer: Transfer) -> u16 {
    card.attached[host].end.port.initiator().expect("logged in").start(transfer)
}

fn run(card: &mut Card, host: usize, transfer: Transfer) -> Outcome {
    start(card, host, transfer);
    card.run_until_idle(2_000_000).expect("an answer");
    card.attached[host].end.port.initiator().expect("logged in").take_outcomes().pop().expect("an outcome")
}

fn write(card: &mut Card, host: usize, block: u64, data: &[u8]) -> u8 {
    let blocks = (data.len() / BLOCK_BYTES) as u32;
    run(card, host, Transfer::new(Access::Ten, block, blocks, Some(data.to_vec()))).status
}

fn read(card: &mut Card, host: usize, block: u64, blocks: u32) -> Vec<u8> {
    let outcome = run(card, host, Transfer::new(Access::Sixteen, block, blocks, None));
    assert_eq!(outcome.status, GOOD);
    outcome.data
}

fn with_data(descriptor: &[u8], data: Vec<u8>) -> Transfer {
    let mut bytes = [0; 16];
    bytes[..descriptor.len()].copy_from_slice(descriptor);
    Transfer { descriptor: bytes, data_length: data.len() as u32, data: Some(data) }
}

fn compare_and_write(block: u64, expected: &[u8], new: &[u8]) -> Transfer {
    let mut descriptor = [0; 16];
    descriptor[0] = 0x89;
    descriptor[2..10].copy_from_slice(&block.to_be_bytes());
    descriptor[13] = 1;
    with_data(&descriptor, [expected, new].concat())
}

fn unmap(ranges: &[(u64, u32)]) -> Transfer {
    let length = 16 * ranges.len() as u16;
    let mut data = [&(length + 6).to_be_bytes(), length.to_be_bytes().as_slice(), &[0; 4]].concat();
    for (block, blocks) in ranges {
        data.extend([block.to_be_bytes().as_slice(), &blocks.to_be_bytes(), &[0; 4]].concat());
    }
    let [high, low] = (length + 8).to_be_bytes();
    with_data(&[0x42, 0, 0, 0, 0, 0, 0, high, low, 0], data)
}

fn reserve_out(action: u8, kind: u8, key: u64, service_key: u64) -> Transfer {
    let mut data = vec![0; 24];
    data[..8].copy_from_slice(&key.to_be_bytes());
    data[8..16].copy_from_slice(&service_key.to_be_bytes());
    with_data(&[0x5F, action, kind, 0, 0, 0, 0, 0, 24, 0], data)
}

fn sense(outcome: &Outcome) -> (u8, u8, u8) {
    assert_eq!(outcome.status, CHECK_CONDITION);
    (outcome.sense[2] & 0xF, outcome.sense[12], outcome.sense[13])
}

fn bytes(count: usize, random: &mut StdRng) -> Vec<u8> {
    let mut bytes = vec![0; count];
    random.fill_bytes(&mut bytes);
    bytes
}

#[test]
fn a_block_is_written_only_if_it_is_the_one_that_was_expected() {
    let (mut card, mut random) = (two_hosts(), StdRng::seed_from_u64(1));
    let mut content = bytes(2 * PAGE_BLOCKS * BLOCK_BYTES, &mut random);
    assert_eq!(write(&mut card, 0, 40, &content), GOOD);
    for block in [0, 1, 7, 8, 10, 15] {
        let place = block * BLOCK_BYTES..(block + 1) * BLOCK_BYTES;
        let new = bytes(BLOCK_BYTES, &mut random);
        let host = block % 2;
        // Wrong at one byte: nothing is written, and the answer says where.
        let wrong = random.random_range(0..BLOCK_BYTES);
        let mut expected = content[place.clone()].to_vec();
        expected[wrong] ^= 0x10;
        let refused = run(&mut card, host, compare_and_write(40 + block as u64, &expected, &new));
        assert_eq!(sense(&refused), (0x0E, 0x1D, 0x00));
        assert_eq!((refused.sense[0], refused.sense[3..7].to_vec()), (0xF0, (wrong as u32).to_be_bytes().to_vec()));
        assert!(read(&mut card, 1 - host, 40, 16) == content, "block {block} was written");
        let expected = content[place.clone()].to_vec();
        let done = run(&mut card, host, compare_and_write(40 + block as u64, &expected, &new));
        assert_eq!(done.status, GOOD, "block {block}: {:02X?}", done.sense);
        content[place].copy_from_slice(&new);
        assert!(read(&mut card, 1 - host, 40, 16) == content, "block {block}");
    }
}

#[test]
fn hosts_at_both_ports_count_with_compare_and_write_and_no_count_is_lost() {
    let mut card = two_hosts();
    let block_of = |count: u64| [&count.to_be_bytes(), vec![0xA5; BLOCK_BYTES - 8].as_slice()].concat();
    assert_eq!(write(&mut card, 0, 100, &block_of(0)), GOOD);
    // Each host reads the count after some time and tries to make it the next one; meanwhile blocks beside are written.
    let (mut counted, mut differed) = ([0_u64; 2], 0);
    let mut random = StdRng::seed_from_u64(5);
    let mut reads_at = [Some(0), Some(0)];
    let mut turn = 0_u64;
    while counted.iter().sum::<u64>() < 24 {
        card.step().expect("a step");
        for host in 0..2 {
            if reads_at[host].take_if(|time| card.cycle() >= *time).is_some() {
                start(&mut card, host, Transfer::new(Access::Ten, 100, 1, None));
                turn += 1;
                let beside = Transfer::new(Access::Ten, 96 + turn % 4, 1, Some(vec![turn as u8; BLOCK_BYTES]));
                start(&mut card, host, beside);
            }
            for outcome in card.attached[host].end.port.initiator().expect("logged in").take_outcomes() {
                match (outcome.transfer.descriptor[0], outcome.status) {
                    (0x89, status) => {
                        if status == GOOD {
                            counted[host] += 1;
                        } else {
                            assert_eq!(sense(&outcome), (0x0E, 0x1D, 0x00));
                            differed += 1;
                        }
                        reads_at[host] = Some(card.cycle() + random.random_range(0..8_000));
                    }
                    (0x28, GOOD) => {
                        let count = u64::from_be_bytes(outcome.data[..8].try_into().expect("eight bytes"));
                        start(&mut card, host, compare_and_write(100, &block_of(count), &block_of(count + 1)));
                    }
                    (_, status) => assert_eq!(status, GOOD),
                }
            }
        }
        assert!(card.cycle() < 20_000_000, "no progress");
    }
    card.run_until_idle(2_000_000).expect("answers");
    for (host, count) in counted.iter_mut().enumerate() {
        for outcome in card.attached[host].end.port.initiator().expect("logged in").take_outcomes() {
            *count += u64::from(outcome.transfer.descriptor[0] == 0x89 && outcome.status == GOOD);
        }
    }
    let total = counted.iter().sum();
    assert!(read(&mut card, 1, 100, 1) == block_of(total), "{counted:?}");
    assert!(counted.iter().all(|count| *count > 2) && differed > 2, "{counted:?}, {differed} times another one");
}

#[test]
fn whole_pages_of_what_is_unmapped_read_as_zeros_and_other_blocks_stay() {
    let (mut card, mut random) = (two_hosts(), StdRng::seed_from_u64(2));
    let mut content = bytes(10 * PAGE_BLOCKS * BLOCK_BYTES, &mut random);
    assert_eq!(write(&mut card, 0, 80, &content), GOOD);
    // Pages 10 to 19: of 83..105 pages 11 and 12, of 120..128 page 15, of 140..143 none.
    assert_eq!(run(&mut card, 1, unmap(&[(83, 22), (120, 8), (140, 3), (159, 0)])).status, GOOD);
    for page in [1, 2, 5] {
        content[page * PAGE_BLOCKS * BLOCK_BYTES..(page + 1) * PAGE_BLOCKS * BLOCK_BYTES].fill(0);
    }
    assert!(read(&mut card, 0, 80, 80) == content);
    let new = bytes(3 * BLOCK_BYTES, &mut random);
    assert_eq!(write(&mut card, 1, 90, &new), GOOD);
    content[10 * BLOCK_BYTES..13 * BLOCK_BYTES].copy_from_slice(&new);
    assert!(read(&mut card, 0, 80, 80) == content);
}

#[test]
fn commands_with_data_of_their_own_say_what_is_wrong() {
    let mut card = two_hosts();
    let end = PAGES * PAGE_BLOCKS as u64;
    let block = vec![0; BLOCK_BYTES];
    let refused = |card: &mut Card, transfer: Transfer| sense(&run(card, 0, transfer));
    assert_eq!(refused(&mut card, unmap(&[(0, 8), (end, 1)])), (0x05, 0x21, 0x00));
    assert_eq!(refused(&mut card, unmap(&[(u64::MAX, 8)])), (0x05, 0x21, 0x00));
    assert_eq!(refused(&mut card, compare_and_write(end, &block, &block)), (0x05, 0x21, 0x00));
    let anchored = with_data(&[0x42, 1, 0, 0, 0, 0, 0, 0, 24, 0], vec![0; 24]);
    assert_eq!(refused(&mut card, anchored), (0x05, 0x24, 0x00));
    let short = with_data(&[0x42, 0, 0, 0, 0, 0, 0, 0, 5, 0], vec![0; 5]);
    assert_eq!(refused(&mut card, short), (0x05, 0x1A, 0x00));
    let mut two = compare_and_write(0, &[0; 2 * BLOCK_BYTES], &[0; 2 * BLOCK_BYTES]);
    two.descriptor[13] = 2;
    assert_eq!(refused(&mut card, two), (0x05, 0x24, 0x00));
    assert_eq!(refused(&mut card, with_data(&[0x5F, 0, 0, 0, 0, 0, 0, 0, 23, 0], vec![0; 23])), (0x05, 0x1A, 0x00));
    assert_eq!(refused(&mut card, reserve_out(0x1F, 1, 0, 1)), (0x05, 0x24, 0x00));
    // Nothing to do is no error.
    let mut none = Transfer::command(&[0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0);
    assert_eq!(run(&mut card, 0, none.clone()).status, GOOD);
    none.descriptor[0] = 0x89;
    assert_eq!(run(&mut card, 0, none).status, GOOD);
}

#[test]
fn what_a_page_cannot_be_read_for_is_a_medium_error() {
    let mut card = two_hosts();
    assert_eq!(write(&mut card, 0, 0, &[7; PAGE_BLOCKS * BLOCK_BYTES]), GOOD);
    card.device.lose(0);
    let failed = run(&mut card, 0, compare_and_write(3, &[7; BLOCK_BYTES], &[8; BLOCK_BYTES]));
    assert_eq!(sense(&failed), (0x03, 0x0C, 0x00));
    // The processor can do the next one.
    assert_eq!(write(&mut card, 0, 8, &[7; PAGE_BLOCKS * BLOCK_BYTES]), GOOD);
    assert_eq!(run(&mut card, 0, compare_and_write(8, &[7; BLOCK_BYTES], &[8; BLOCK_BYTES])).status, GOOD);
}

#[test]
fn a_reservation_at_one_port_holds_at_the_other() {
    let mut card = two_hosts();
    let block = [1; BLOCK_BYTES];
    let register = |card: &mut Card, host: usize| run(card, host, reserve_out(0, 0, 0, KEYS[host])).status;
    assert_eq!((register(&mut card, 0), register(&mut card, 1)), (GOOD, GOOD));
    // Nobody reserves with a key that is not his.
    assert_eq!(run(&mut card, 0, reserve_out(1, 1, KEYS[1], 0)).status, RESERVATION_CONFLICT);
    for (kind, may_read) in [(1, true), (3, false)] {
        assert_eq!(run(&mut card, 0, reserve_out(1, kind, KEYS[0], 0)).status, GOOD);
        assert_eq!(write(&mut card, 0, 5, &block), GOOD);
        assert_eq!(write(&mut card, 1, 5, &block), RESERVATION_CONFLICT);
        assert_eq!(run(&mut card, 1, unmap(&[(0, 8)])).status, RESERVATION_CONFLICT);
        let status = run(&mut card, 1, Transfer::new(Access::Ten, 5, 1, None)).status;
        assert_eq!(status, if may_read { GOOD } else { RESERVATION_CONFLICT });
        assert_eq!(run(&mut card, 1, reserve_out(1, kind, KEYS[1], 0)).status, RESERVATION_CONFLICT);
        let told = run(&mut card, 1, Transfer::command(&[0x5E, 1, 0, 0, 0, 0, 0, 0, 24, 0], 24)).data;
        assert_eq!((&told[8..16], told[21]), (KEYS[0].to_be_bytes().as_slice(), kind));
        assert_eq!(run(&mut card, 0, reserve_out(2, kind, KEYS[0], 0)).status, GOOD);
        assert_eq!(write(&mut card, 1, 5, &block), GOOD);
    }
    // Of registrants: both write, until one is registered no more.
    assert_eq!(run(&mut card, 0, reserve_out(1, 5, KEYS[0], 0)).status, GOOD);
    assert_eq!(write(&mut card, 1, 5, &block), GOOD);
    assert_eq!(run(&mut card, 1, reserve_out(0, 0, KEYS[1], 0)).status, GOOD);
    assert_eq!(write(&mut card, 1, 5, &block), RESERVATION_CONFLICT);
    assert_eq!(read(&mut card, 1, 5, 1), block);
    // And the other one takes it over: who held it is told, by whatever comes next.
    assert_eq!(register(&mut card, 1), GOOD);
    assert_eq!(run(&mut card, 1, reserve_out(4, 1, KEYS[1], KEYS[0])).status, GOOD);
    let told = run(&mut card, 0, Transfer::new(Access::Ten, 5, 1, None));
    assert_eq!(sense(&told), (0x06, 0x2A, 0x05));
    assert_eq!(read(&mut card, 0, 5, 1), block);
    assert_eq!(write(&mut card, 0, 5, &block), RESERVATION_CONFLICT);
    assert_eq!(run(&mut card, 1, reserve_out(3, 0, KEYS[1], 0)).status, GOOD);
    assert_eq!(write(&mut card, 0, 5, &block), GOOD);
}

#[test]
fn reserve_keeps_others_out_until_release_or_logout() {
    let mut card = two_hosts();
    let block = [2; BLOCK_BYTES];
    let command =
        |card: &mut Card, host: usize, code: u8| run(card, host, Transfer::command(&[code, 0, 0, 0, 0, 0], 0)).status;
    assert_eq!(command(&mut card, 0, 0x16), GOOD);
    assert_eq!(command(&mut card, 1, 0x16), RESERVATION_CONFLICT);
    assert_eq!(write(&mut card, 1, 5, &block), RESERVATION_CONFLICT);
    assert_eq!(run(&mut card, 1, Transfer::new(Access::Ten, 5, 1, None)).status, RESERVATION_CONFLICT);
    assert_eq!(run(&mut card, 1, Transfer::command(&[0x12, 0, 0, 0, 36, 0], 36)).status, GOOD);
    // RELEASE of who has not reserved changes nothing.
    assert_eq!(command(&mut card, 1, 0x17), GOOD);
    assert_eq!(write(&mut card, 1, 5, &block), RESERVATION_CONFLICT);
    assert_eq!(command(&mut card, 0, 0x17), GOOD);
    assert_eq!(write(&mut card, 1, 5, &block), GOOD);
    assert_eq!(command(&mut card, 0, 0x16), GOOD);
    card.attached[0].end.line.go_offline();
    while card.is_ready() {
        card.step().expect("a step");
    }
    card.log_in(200_000).expect("a login");
    assert_eq!(write(&mut card, 1, 5, &block), GOOD);
}

#[test]
fn an_exchange_is_told_of_while_it_is_open_and_not_afterwards() {
    let mut card = two_hosts();
    let (own, array) = card.attached[0].end.port.addresses();
    let ask = |card: &mut Card, originator: u16| {
        let mut payload = vec![0; 12];
        payload[0] = 0x13;
        payload[5..8].copy_from_slice(&own.to_be_bytes()[1..]);
        payload[8..10].copy_from_slice(&originator.to_be_bytes());
        payload[10..12].fill(0xFF);
        let header = Header {
            r_ctl: 0x22,
            destination: array,
            source: own,
            kind: 0x01,
            f_ctl: 0x29_0000,
            originator: 0x7ABC,
            responder: 0xFFFF,
            ..Header::default()
        };
        card.take_seen();
        card.attached[0].end.line.send((&Frame { header, payload, is_first: true, is_last: true }).into());
        for _ in 0..200_000 {
            card.step().expect("a step");
            for (_, frame) in card.take_seen() {
                let frame = frame.check().expect("a good frame");
                if frame.header.r_ctl == 0x23 && frame.header.originator == 0x7ABC {
                    return frame.payload;
                }
            }
        }
        panic!("no answer to REC");
    };
    // A write of which no data comes: the host's frames with it are lost.
    let originator = start(&mut card, 0, Transfer::new(Access::Ten, 0, 32, Some(vec![9; 32 * BLOCK_BYTES])));
    for _ in 0..400 {
        card.step().expect("a step");
    }
    card.attached[0].end.port.initiator().expect("logged in").tolerate();
    let told = ask(&mut card, originator);
    assert_eq!((told[0], &told[4..6]), (0x02, originator.to_be_bytes().as_slice()), "{told:02X?}");
    assert_eq!((&told[9..12], &told[13..16]), (&own.to_be_bytes()[1..], &array.to_be_bytes()[1..]));
    assert_eq!(told[20], 0x80);
    let moved = u32::from_be_bytes(told[16..20].try_into().expect("four bytes"));
    assert!(moved <= 32 * BLOCK_BYTES as u32 && moved.is_multiple_of(4), "{moved}");
    card.run_until_idle(500_000).expect("an answer");
    assert_eq!(ask(&mut card, originator)[..6], [0x01, 0, 0, 0, 0, 0x03]);
}
