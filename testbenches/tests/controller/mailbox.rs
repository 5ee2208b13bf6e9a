//! Bytes come to firmware in words of up to four, whatever the pauses.

use hardpath_rtl::flash_controller::mailbox::BytePacker;
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A word as firmware sees it: its bytes, and whether a message's last is among them.
type Word = (Vec<u8>, bool);

/// Sends messages through the packer, with pauses on both sides; the words that come, and the cycles it took.
fn packed(messages: &[Vec<u8>], (offer, ready): (f64, f64), seed: u64) -> (Vec<Word>, usize) {
    let mut random = StdRng::seed_from_u64(seed);
    let ends = |message: &Vec<u8>| message.len() - 1;
    let mut bytes = messages
        .iter()
        .flat_map(|message| message.iter().enumerate().map(move |(place, byte)| (*byte, place == ends(message))))
        .peekable();
    let count: usize = messages.iter().map(|message| message.len().div_ceil(4)).sum();
    let mut bench = Bench::new(BytePacker::default());
    let (mut words, mut offering, mut cycles) = (vec![], false, 0);
    while words.len() < count {
        offering |= bytes.peek().is_some() && random.random_bool(offer);
        let (byte, last) =
            bytes.peek().copied().filter(|_| offering).unwrap_or_else(|| (random.random(), random.random()));
        bench.set("sink_valid", u64::from(offering));
        bench.set("sink_data", u64::from(byte));
        bench.set("sink_last", u64::from(last));
        let takes = random.random_bool(ready);
        bench.set("source_ready", u64::from(takes));
        bench.settle();
        if takes && bench.get("source_valid") == 1 {
            let word = bench.get("source_data");
            let (data, length) = ((word as u32).to_le_bytes(), (word >> 32) as usize);
            assert!(data[length..].iter().all(|byte| *byte == 0), "{data:?} of {length} bytes");
            words.push((data[..length].to_vec(), bench.get("source_last") == 1));
        }
        if offering && bench.get("sink_ready") == 1 {
            bytes.next();
            offering = false;
        }
        bench.clock();
        cycles += 1;
        assert!(cycles < 100_000, "the packer stands");
    }
    (words, cycles)
}

fn expected(messages: &[Vec<u8>]) -> Vec<Word> {
    let words = |message: &Vec<u8>| {
        let count = message.len().div_ceil(4);
        message.chunks(4).enumerate().map(|(index, bytes)| (bytes.to_vec(), index + 1 == count)).collect::<Vec<Word>>()
    };
    messages.iter().flat_map(words).collect()
}

#[test]
fn a_byte_enters_every_cycle() {
    let messages = vec![(0..18).collect::<Vec<u8>>(); 5];
    assert_eq!(packed(&messages, (1.0, 1.0), 1), (expected(&messages), 5 * 18 + 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn words_hold_the_bytes_of_their_messages_in_order(
        messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..20), 1..12),
        offer in 0.2..=1.0_f64,
        ready in 0.2..=1.0_f64,
        seed: u64,
    ) {
        prop_assert_eq!(packed(&messages, (offer, ready), seed).0, expected(&messages));
    }
}
