//! The CRC circuit gives what a library gives that is checked against independent vectors, of messages of any length, whatever the pauses.

use crate::vectors::crc32_vectors;
use crc::{CRC_32_ISO_HDLC, Crc};
use hardpath_rtl::line::Crc32Word;
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const LIBRARY: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

fn crc32(message: &[u8]) -> u32 {
    LIBRARY.checksum(message)
}

/// What the circuit says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Verdict {
    crc: u32,
    intact: bool,
}

fn expected(message: &[u8]) -> Verdict {
    let ends_in_its_crc = |(data, crc): (&[u8], &[u8; 4])| u32::from_le_bytes(*crc) == crc32(data);
    Verdict { crc: crc32(message), intact: message.split_last_chunk().is_some_and(ends_in_its_crc) }
}

/// Sends messages with pauses; returns the verdicts and the cycles from the first word taken to the last verdict.
fn check(messages: &[Vec<u8>], offer: f64, seed: u64) -> (Vec<Verdict>, usize) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut words = vec![];
    for message in messages {
        for bytes in message.chunks(4) {
            // Bytes that do not belong to the message are of any value.
            let mut word: [u8; 4] = random.random();
            word[..bytes.len()].copy_from_slice(bytes);
            words.push((u32::from_le_bytes(word), 4 - bytes.len(), false));
        }
        words.last_mut().expect("at least a byte").2 = true;
    }
    let mut words = words.into_iter().peekable();
    let mut bench = Bench::new(Crc32Word::default());
    let (mut crcs, mut verdicts) = (vec![], vec![]);
    let (mut offering, mut first, mut cycle) = (false, None, 0);
    while verdicts.len() < messages.len() {
        offering |= words.peek().is_some() && random.random_bool(offer);
        let word = words.peek().copied().filter(|_| offering);
        let (data, unused, last) =
            word.unwrap_or_else(|| (random.random(), random.random_range(0..4), random.random()));
        // The number of unused bytes means nothing except with a last word.
        let unused = if last { unused } else { random.random_range(0..4) };
        bench.set("sink_valid", u64::from(offering));
        bench.set("sink_data", u64::from(data));
        bench.set("sink_last", u64::from(last));
        bench.set("unused_bytes", unused as u64);
        bench.settle();
        if bench.get("checked") == 1 {
            verdicts.push(Verdict { crc: crcs[verdicts.len()], intact: bench.get("intact") == 1 });
        }
        if bench.get("crc_valid") == 1 {
            crcs.push(bench.get("crc") as u32);
        }
        if offering && bench.get("sink_ready") == 1 {
            first.get_or_insert(cycle);
            words.next();
            offering = false;
        }
        bench.clock();
        cycle += 1;
        assert!(cycle < 1_000_000, "the circuit stands");
    }
    assert_eq!(crcs.len(), messages.len());
    (verdicts, cycle - 1 - first.unwrap_or(0))
}

#[test]
fn the_library_s_crcs_equal_independent_vectors() {
    for (name, message, crc) in crc32_vectors() {
        assert_eq!(crc32(&message), crc, "{name}");
    }
}

#[test]
fn crcs_equal_independent_vectors_and_messages_with_them_are_intact() {
    for (name, message, crc) in crc32_vectors() {
        let with_crc = [&message[..], &crc.to_le_bytes()].concat();
        let (verdicts, _) = check(&[message, with_crc.clone()], 0.9, 1);
        assert_eq!(verdicts[0], Verdict { crc, intact: false }, "{name}");
        assert!(verdicts[1].intact, "{name}");
        for place in [0, 8 * with_crc.len() / 2, 8 * with_crc.len() - 1] {
            let mut damaged = with_crc.clone();
            damaged[place / 8] ^= 1 << (place % 8);
            assert!(!check(&[damaged], 1.0, 1).0[0].intact, "{name}, bit {place}");
        }
    }
}

#[test]
fn a_word_is_taken_every_cycle_and_only_ends_of_messages_cost_one() {
    // Behind the last message of a number of words its verdict takes five cycles more.
    for (bytes, cycles_each) in [(8, 3), (7, 3), (6, 4), (5, 5), (4, 2), (2112, 529)] {
        let messages = vec![vec![7; bytes]; 10];
        let (_, cycles) = check(&messages, 1.0, 1);
        let unused = bytes.next_multiple_of(4) - bytes;
        assert_eq!(cycles, 10 * cycles_each - cycles_each + bytes.div_ceil(4) - 1 + 5 + unused, "{bytes} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn messages_of_any_length_have_the_library_s_crc(
        messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..40), 1..8),
        with_crc in any::<u8>(),
        offer in 0.2..=1.0_f64,
        seed: u64,
    ) {
        let messages: Vec<Vec<u8>> = messages.into_iter().enumerate().map(|(index, message)| {
            let crc = if with_crc >> index & 1 == 1 { crc32(&message).to_le_bytes().to_vec() } else { vec![] };
            [message, crc].concat()
        }).collect();
        let (verdicts, _) = check(&messages, offer, seed);
        prop_assert_eq!(verdicts, messages.iter().map(|message| expected(message)).collect::<Vec<_>>());
    }
}
