//! Hosts at both ports of an interface card, with memory in place of flash below.

use std::collections::HashMap;

use hardpath_sim::models::fibre_channel::{Access, Neighbour, Outcome, Transfer};
use hardpath_sim::models::{BLOCK_BYTES, PageMemory, Pause};
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::fibre_channel::{CardMachine, CardSettings};
use hardpath_testbenches::fibre_channel::{card, card_settings};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const PAGES: u64 = 256;
/// Period of a flash controller's clock.
const PERIOD: u64 = 7_500;

type Card = CardMachine<PageMemory>;

fn memory(latency: (u64, u64), pauses: f64, seed: u64) -> PageMemory {
    PageMemory::new(PAGES as u32, latency, Pause::random(seed, pauses), seed)
}

fn two_hosts(latency: (u64, u64), pauses: f64, seed: u64) -> Card {
    let mut card = card(2, PAGES, memory(latency, pauses, seed), PERIOD, seed);
    card.log_in(100_000).expect("logins");
    card
}

fn start(card: &mut Card, port: usize, transfer: Transfer) {
    card.attached[port].end.port.initiator().expect("logged in").start(transfer);
}

fn outcomes(card: &mut Card, port: usize) -> Vec<Outcome> {
    card.attached[port].end.port.initiator().expect("logged in").take_outcomes()
}

fn run(card: &mut Card, port: usize, transfer: Transfer) -> Outcome {
    start(card, port, transfer);
    card.run_until_idle(300_000).expect("an answer");
    outcomes(card, port).pop().expect("an outcome")
}

fn bytes(blocks: u32, random: &mut StdRng) -> Vec<u8> {
    (0..blocks as usize * BLOCK_BYTES).map(|_| random.random()).collect()
}

#[test]
fn frames_may_be_scrambled_if_both_sides_know() {
    let card_and_host = |card_scrambles: bool, host_scrambles: bool| {
        let settings = card_settings(PAGES, PERIOD, 4);
        let host = CardSettings { scrambles: host_scrambles, ..settings }.hba(0);
        let settings = CardSettings { scrambles: card_scrambles, ..settings };
        CardMachine::new(settings, vec![host], memory((10, 400), 0.1, 4), &Trace::none()).expect("a card")
    };
    let mut card = card_and_host(true, true);
    card.log_in(100_000).expect("a login");
    let data = vec![0; 24 * BLOCK_BYTES];
    assert_eq!(run(&mut card, 0, Transfer::new(Access::Ten, 5, 24, Some(data.clone()))).status, 0);
    assert_eq!(run(&mut card, 0, Transfer::new(Access::Ten, 5, 24, None)).data, data);
    // Otherwise no frame has a good CRC.
    for (card_scrambles, host_scrambles) in [(true, false), (false, true)] {
        let mut card = card_and_host(card_scrambles, host_scrambles);
        assert!(card.log_in(30_000).is_err());
        assert_eq!(card.attached[0].end.counts().received, 0);
    }
}

#[test]
fn what_one_host_wrote_the_other_reads() {
    let mut card = two_hosts((10, 400), 0.1, 1);
    let mut random = StdRng::seed_from_u64(1);
    let mut written = vec![];
    for number in 0..24_u64 {
        let blocks = random.random_range(1..40);
        let data = bytes(blocks, &mut random);
        let block = number * 80 + random.random_range(0..40);
        start(&mut card, (number % 2) as usize, Transfer::new(Access::Ten, block, blocks, Some(data.clone())));
        written.push((block, blocks, data));
    }
    card.run_until_idle(2_000_000).expect("answers");
    for port in 0..2 {
        assert!(outcomes(&mut card, port).iter().all(|outcome| (outcome.status, outcome.residual) == (0, 0)));
    }
    for (number, (block, blocks, data)) in written.iter().enumerate() {
        let outcome = run(&mut card, (number + 1) % 2, Transfer::new(Access::Sixteen, *block, *blocks, None));
        assert!(outcome.status == 0 && outcome.data == *data, "other data from block {block}");
    }
}

#[test]
fn parts_of_a_page_that_both_hosts_write_at_once_are_all_kept() {
    let mut card = two_hosts((50, 300), 0.0, 2);
    let mut random = StdRng::seed_from_u64(2);
    for round in 0..6_u64 {
        // Sixty-four pages further on lies a page with the same lock.
        let pages = [round, round + 64, round];
        let written: Vec<_> =
            (0..24_u64).map(|number| (pages[number as usize % 3] * 8 + number / 3, bytes(1, &mut random))).collect();
        for (number, (block, data)) in written.iter().enumerate() {
            start(&mut card, number % 2, Transfer::new(Access::Ten, *block, 1, Some(data.clone())));
        }
        card.run_until_idle(1_000_000).expect("answers");
        let latest: HashMap<u64, &Vec<u8>> = written.iter().map(|(block, data)| (*block, data)).collect();
        let either = |block: u64, found: &Vec<u8>| written.iter().any(|(other, data)| *other == block && data == found);
        for &block in latest.keys() {
            let outcome = run(&mut card, 0, Transfer::new(Access::Ten, block, 1, None));
            assert!(either(block, &outcome.data), "round {round}: other data from block {block}");
        }
    }
}

#[test]
fn a_lost_page_is_told_to_who_reads_it_or_writes_a_part_of_it_until_it_is_written_whole() {
    let mut card = two_hosts((20, 20), 0.0, 3);
    card.device.lose(5);
    let key = |outcome: &Outcome| (outcome.status, outcome.sense.get(2).copied());
    assert_eq!(key(&run(&mut card, 0, Transfer::new(Access::Ten, 40, 8, None))), (2, Some(3)));
    assert_eq!(key(&run(&mut card, 1, Transfer::new(Access::Ten, 41, 2, Some(vec![7; 1024])))), (2, Some(3)));
    // Nothing is left of that.
    for port in 0..2 {
        let whole = Transfer::new(Access::Ten, 40, 8, Some(vec![port as u8; 4096]));
        assert_eq!(run(&mut card, port, whole).status, 0);
        assert_eq!(run(&mut card, port, Transfer::new(Access::Ten, 41, 2, Some(vec![9; 1024]))).status, 0);
        let data = run(&mut card, 1 - port, Transfer::new(Access::Ten, 40, 4, None)).data;
        assert!(data[..512] == [port as u8; 512] && data[512..1536] == [9; 1024]);
    }
}

/// Cycles of the card a command, of many reads with as many open at each port as it takes.
fn cycles_of_reads(blocks: u32) -> f64 {
    let mut card = two_hosts((0, 0), 0.0, 4);
    let mut next = 0;
    let mut feed = |card: &mut Card, open: usize| {
        for port in 0..2 {
            while card.attached[port].end.port.initiator().is_some_and(|initiator| initiator.open() < open) {
                next = (next + 1) % (PAGES - 1);
                start(card, port, Transfer::new(Access::Ten, next * 8, blocks, None));
            }
        }
    };
    let mut done = 0;
    let mut begun = 0;
    while done < 3000 {
        feed(&mut card, 60);
        card.step().expect("a cycle");
        done += outcomes(&mut card, 0).len() + outcomes(&mut card, 1).len();
        if done < 500 {
            begun = card.cycle();
        }
    }
    (card.cycle() - begun) as f64 / 2500.0
}

#[test]
fn reads_of_a_page_keep_both_lines_busy() {
    let cycles = cycles_of_reads(8) * 2.0;
    // Two frames of 2,048 bytes and an answer, each with 9 words around it.
    let line = f64::from(2 * (6 + 512 + 9) + 12 + 9);
    assert!(line / cycles > 0.95, "{cycles:.0} cycles a read at each port, {line} on the line");
}

#[test]
fn reads_of_a_block_come_more_than_a_million_times_a_second() {
    let cycles = cycles_of_reads(1);
    let per_second = 212.5e6 / cycles;
    assert!(per_second > 1e6, "{per_second:.0} reads a second");
}

#[test]
fn data_of_a_read_leaves_the_card_within_a_microsecond() {
    let mut card = card(1, PAGES, memory((0, 0), 0.0, 5), PERIOD, 5);
    card.log_in(100_000).expect("a login");
    card.take_seen();
    start(&mut card, 0, Transfer::new(Access::Ten, 8, 1, None));
    card.run_until_idle(10_000).expect("an answer");
    let times: Vec<u64> = card.take_seen().iter().map(|(time, _)| time / 4706).collect();
    let [command, data, _] = times[..] else { panic!("{} frames", times.len()) };
    // The command was seen when it began; 17 words from start to end of frame. Data was seen when it had ended, after 137;
    // each way of the line takes 8 words.
    let within = data - command - 17 - 137 - 16;
    assert!(within as f64 * 4.706 < 1000.0, "{within} cycles of 4.706 ns");
    println!("{within} cycles from the end of a READ to the begin of its data");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_read_is_what_was_written_last(seed: u64, slowest in 0..2000_u64, pauses in 0.0..0.5) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut card = two_hosts((0, slowest), pauses, seed);
        let mut blocks: HashMap<u64, Vec<u8>> = HashMap::new();
        for _ in 0..4 {
            // Commands of a round share pages but no blocks.
            let mut block = 0;
            let mut reads: HashMap<(usize, u64), u32> = HashMap::new();
            while block < 200 {
                let count = random.random_range(1..24);
                let port = random.random_range(0..2);
                if random.random_bool(0.6) {
                    let data = bytes(count, &mut random);
                    for (number, bytes) in data.chunks(BLOCK_BYTES).enumerate() {
                        blocks.insert(block + number as u64, bytes.to_vec());
                    }
                    start(&mut card, port, Transfer::new(Access::Ten, block, count, Some(data)));
                } else {
                    reads.insert((port, block), count);
                    start(&mut card, port, Transfer::new(Access::Ten, block, count, None));
                }
                block += u64::from(count) + random.random_range(0..3);
            }
            card.run_until_idle(3_000_000).map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
            for port in 0..2 {
                for outcome in outcomes(&mut card, port) {
                    prop_assert_eq!(outcome.status, 0);
                    if outcome.transfer.data.is_some() {
                        continue;
                    }
                    let place = &outcome.transfer.descriptor[2..6];
                    let block = u64::from(u32::from_be_bytes(place.try_into().expect("four bytes")));
                    prop_assert_eq!(reads.get(&(port, block)).copied(), Some((outcome.data.len() / BLOCK_BYTES) as u32));
                    for (number, found) in outcome.data.chunks(BLOCK_BYTES).enumerate() {
                        let zeros = vec![0; BLOCK_BYTES];
                        let expected = blocks.get(&(block + number as u64)).unwrap_or(&zeros);
                        prop_assert!(found == expected, "other data from block {}", block + number as u64);
                    }
                }
            }
        }
    }
}
