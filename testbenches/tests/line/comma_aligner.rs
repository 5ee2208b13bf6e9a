//! Words begin where commas are, wherever the line was cut, and stay while they may not move.

use hardpath_rtl::line::CommaAligner;
use hardpath_testbenches::cosimulation::Bench;
use hardpath_testbenches::golden::line_code::{Character, LINE_CODE, control, data};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const LATENCY: usize = 8;
const IDLE: [Character; 4] = [control(0xBC), data(0x95), data(0xB5), data(0xB5)];

/// Bits of a line, the first first.
fn bits_of(codes: &[u64]) -> Vec<bool> {
    codes.iter().flat_map(|code| (0..40).map(move |place| code >> place & 1 == 1)).collect()
}

fn code_of(bits: &[bool]) -> u64 {
    bits.iter().rev().fold(0, |code, &bit| code << 1 | u64::from(bit))
}

/// The word of every cycle and whether a comma was misplaced, while words may move in the first `moving` cycles.
fn align(bits: &[bool], moving: usize) -> Vec<(u64, bool)> {
    let mut bench = Bench::new(CommaAligner::default());
    let mut words = vec![];
    for (cycle, received) in bits.chunks_exact(40).enumerate() {
        bench.set("received", code_of(received));
        bench.set("may_move", u64::from(cycle < moving));
        bench.settle();
        words.push((bench.get("code"), bench.get("comma_misplaced") == 1));
        bench.clock();
    }
    words
}

/// Data words with an IDLE as the first and here and there.
fn words(count: usize, random: &mut StdRng) -> Vec<u64> {
    let mut positive = false;
    (0..count)
        .map(|index| {
            let idles = index == 0 || (!positive && random.random_bool(0.2));
            let word = if idles { IDLE } else { std::array::from_fn(|_| data(random.random())) };
            let (code, behind) = LINE_CODE.encode_word(word, positive);
            positive = behind;
            code
        })
        .collect()
}

/// Bits without a comma.
fn leader(bits: usize) -> Vec<bool> {
    (0..bits).map(|index| index % 2 == 0).collect()
}

#[test]
fn words_begin_where_the_first_comma_is_at_each_of_forty_places() {
    let mut random = StdRng::seed_from_u64(1);
    for place in 0..40 {
        let sent = words(100, &mut random);
        let mut bits = [leader(400 + place), bits_of(&sent)].concat();
        bits.extend(leader(40 - place));
        let received = align(&bits, usize::MAX);
        for (index, code) in sent.iter().enumerate().take(100 - LATENCY) {
            assert_eq!(received[10 + index + LATENCY], (*code, false), "word {index} at place {place}");
        }
    }
}

#[test]
fn words_stay_where_they_are_and_a_comma_elsewhere_is_told() {
    let mut random = StdRng::seed_from_u64(2);
    for slip in 1..40 {
        let (before, behind) = (words(50, &mut random), words(50, &mut random));
        let mut bits = [bits_of(&before), leader(slip), bits_of(&behind)].concat();
        bits.extend(leader(40 - slip));
        let received = align(&bits, 40);
        for (index, &(code, misplaced)) in received.iter().enumerate().skip(LATENCY) {
            assert_eq!(code, code_of(&bits[40 * (index - LATENCY)..][..40]), "word {index}, slipped by {slip}");
            // A comma of the slipped words begins at `slip` of the received forty bits.
            let is_idle =
                |index: usize| code_of(&bits[40 * index + slip..][..40]) == LINE_CODE.encode_word(IDLE, false).0;
            let has_slipped = index >= LATENCY + 50;
            assert_eq!(misplaced, has_slipped && is_idle(index - LATENCY), "word {index}, slipped by {slip}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn words_follow_a_line_that_slips(seed: u64, slips in proptest::collection::vec(0..40_usize, 1..6)) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut bits = leader(40);
        let mut expected = vec![];
        for slip in slips {
            bits.extend(leader(slip));
            let sent = words(30, &mut random);
            // Words near a slip may be put together of two.
            expected.extend(sent.iter().enumerate().filter(|(index, _)| (1..20).contains(index)).map(|(index, code)| {
                ((bits.len() + 40 * index) / 40 + LATENCY, *code)
            }));
            bits.extend(bits_of(&sent));
        }
        bits.extend(leader(400));
        let received = align(&bits, usize::MAX);
        for (cycle, code) in expected {
            prop_assert_eq!(received[cycle], (code, false));
        }
    }
}
