//! The decoder does what the golden model does: data, number of bits corrected, and what is beyond correction.

use crate::bench::{Bench, places, random};
use crate::codes::Code;
use hardpath_rtl::flash_controller::ecc::{BchDecoder, BchKeyEquation};
use hardpath_testbenches::golden::Decoded;
use hardpath_testbenches::golden::bch::flip;
use proptest::prelude::*;
use rand::Rng;
use rand::rngs::StdRng;

/// What the circuit says of a codeword.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Outcome {
    data: Vec<u8>,
    corrected: usize,
    uncorrectable: bool,
    /// Cycle in which the first data word left, the first word in being cycle 0.
    began: usize,
}

/// Sends codewords one after the other, a word a cycle but for pauses, and collects what leaves.
fn decode(bench: &mut Bench, code: &Code, codewords: &[Vec<u8>], offer: f64, random: &mut StdRng) -> Vec<Outcome> {
    let words: Vec<u64> = codewords.iter().flat_map(|codeword| code.words(codeword)).collect();
    let mut words = words.into_iter();
    let (mut data, mut verdicts, mut word_list, mut began) = (vec![], vec![], vec![], vec![]);
    for cycle in 0.. {
        let word = if random.random_bool(offer) { words.next() } else { None };
        bench.set("word_valid", u64::from(word.is_some()));
        bench.set("word", word.unwrap_or_else(|| random.random_range(0..1 << code.word_bits)));
        bench.settle();
        if bench.get("data_valid") == 1 {
            if word_list.is_empty() {
                began.push(cycle);
            }
            word_list.push(bench.get("data"));
            if bench.get("data_last") == 1 {
                data.push(code.bytes(&std::mem::take(&mut word_list)));
            }
        }
        if bench.get("decided") == 1 {
            verdicts.push((bench.get("corrected") as usize, bench.get("uncorrectable") == 1));
            assert!(data.len() + 1 >= verdicts.len(), "a verdict before its data");
        }
        // The second data word of a codeword finds the verdicts of all before.
        if word_list.len() == 2 {
            assert_eq!(verdicts.len(), data.len(), "a verdict is late");
        }
        bench.clock();
        if verdicts.len() == codewords.len() && data.len() == codewords.len() {
            break;
        }
        assert!(cycle < 3_000_000, "the decoder stands");
    }
    data.into_iter()
        .zip(verdicts)
        .zip(began)
        .map(|((data, (corrected, uncorrectable)), began)| Outcome { data, corrected, uncorrectable, began })
        .collect()
}

/// Compares each outcome with the golden model's.
fn compare(code: &Code, received: &[Vec<u8>], outcomes: &[Outcome]) {
    assert_eq!(received.len(), outcomes.len());
    for (received, outcome) in received.iter().zip(outcomes) {
        match code.golden.decode(received) {
            Decoded::Corrected { codeword, bits } => {
                assert_eq!((outcome.corrected, outcome.uncorrectable), (bits, false));
                assert_eq!(outcome.data, codeword[..code.data_bytes()]);
            }
            Decoded::Uncorrectable => assert_eq!((outcome.corrected, outcome.uncorrectable), (0, true)),
        }
    }
}

fn codeword(code: &Code, random: &mut StdRng) -> Vec<u8> {
    code.golden.encode(&(0..code.data_bytes()).map(|_| random.random()).collect::<Vec<_>>())
}

fn with_errors(code: &Code, random: &mut StdRng, errors: usize) -> Vec<u8> {
    let mut codeword = codeword(code, random);
    for place in places(random, 8 * codeword.len(), errors) {
        flip(&mut codeword, place);
    }
    codeword
}

fn slc() -> Bench {
    Bench::new(BchDecoder::<13, 8, 117, 104, 11>::new(&Code::slc().circuit, 1))
}

fn emlc() -> Bench {
    Bench::new(BchDecoder::<14, 8, 588, 112, 12>::new(&Code::emlc().circuit, 2))
}

fn short_block() -> Bench {
    Bench::new(BchDecoder::<12, 8, 192, 96, 10>::new(&Code::short_block().circuit, 2))
}

fn two_bytes() -> Bench {
    Bench::new(BchDecoder::<10, 16, 40, 160, 8>::new(&Code::two_bytes().circuit, 1))
}

fn tiny() -> Bench {
    Bench::new(BchDecoder::<9, 8, 36, 72, 8>::new(&Code::tiny().circuit, 2))
}

/// All weights up to the strength, each several times without a pause, and mixed with codewords without errors.
fn corrects_all_weights(mut bench: Bench, code: &Code, rounds: usize, offer: f64) {
    let mut random = random(11);
    let mut received = vec![];
    for _ in 0..rounds {
        for weight in 0..=code.circuit.strength() {
            received.push(with_errors(code, &mut random, weight));
        }
        received.push(codeword(code, &mut random));
    }
    let outcomes = decode(&mut bench, code, &received, offer, &mut random);
    for (index, outcome) in outcomes.iter().enumerate() {
        let weight = index % (code.circuit.strength() + 2);
        let weight = if weight > code.circuit.strength() { 0 } else { weight };
        assert_eq!((outcome.corrected, outcome.uncorrectable), (weight, false), "codeword {index}");
    }
    compare(code, &received, &outcomes);
}

#[test]
fn every_weight_up_to_8_is_corrected_in_514_bytes() {
    corrects_all_weights(slc(), &Code::slc(), 4, 1.0);
    corrects_all_weights(slc(), &Code::slc(), 1, 0.6);
}

#[test]
fn every_weight_up_to_40_is_corrected_in_1028_bytes() {
    corrects_all_weights(emlc(), &Code::emlc(), 1, 1.0);
}

#[test]
fn every_weight_up_to_14_is_corrected_in_256_bytes() {
    corrects_all_weights(short_block(), &Code::short_block(), 3, 1.0);
}

#[test]
fn every_weight_is_corrected_two_bytes_a_cycle() {
    corrects_all_weights(two_bytes(), &Code::two_bytes(), 20, 1.0);
    corrects_all_weights(two_bytes(), &Code::two_bytes(), 10, 0.8);
}

#[test]
fn full_strength_is_sustained_without_a_pause() {
    for (mut bench, code) in [(slc(), Code::slc()), (short_block(), Code::short_block()), (tiny(), Code::tiny())] {
        let mut random = random(5);
        let received: Vec<_> = (0..12).map(|_| with_errors(&code, &mut random, code.circuit.strength())).collect();
        let outcomes = decode(&mut bench, &code, &received, 1.0, &mut random);
        compare(&code, &received, &outcomes);
        let words = code.circuit.words(code.word_bits);
        assert!(outcomes.windows(2).all(|pair| pair[1].began - pair[0].began == words));
    }
}

#[test]
fn errors_at_the_ends_and_in_parity_alone_are_corrected() {
    for (mut bench, code) in [(slc(), Code::slc()), (tiny(), Code::tiny()), (two_bytes(), Code::two_bytes())] {
        let mut random = random(17);
        let sent = codeword(&code, &mut random);
        let (data_bits, all_bits) = (8 * code.data_bytes(), 8 * sent.len());
        let strength = code.circuit.strength();
        let parity_alone: Vec<usize> = (0..strength).map(|index| data_bits + 3 * index).collect();
        let ends = vec![0, all_bits - 1];
        let around = vec![data_bits - 1, data_bits];
        let first_word: Vec<usize> = (0..strength).collect();
        let last_word: Vec<usize> = (0..strength).map(|index| all_bits - 1 - index).collect();
        let patterns = [parity_alone, ends, around, first_word, last_word];
        let received: Vec<Vec<u8>> = patterns
            .iter()
            .map(|pattern| {
                let mut word = sent.clone();
                pattern.iter().for_each(|place| flip(&mut word, *place));
                word
            })
            .collect();
        let outcomes = decode(&mut bench, &code, &received, 1.0, &mut random);
        for (outcome, pattern) in outcomes.iter().zip(&patterns) {
            assert_eq!((outcome.corrected, outcome.uncorrectable), (pattern.len(), false), "{pattern:?}");
            assert_eq!(outcome.data, sent[..code.data_bytes()]);
        }
    }
}

#[test]
fn a_codeword_without_errors_waits_only_for_its_syndromes() {
    for (mut bench, code) in [(slc(), Code::slc()), (emlc(), Code::emlc())] {
        let mut random = random(23);
        let words = code.circuit.words(8);
        let clean = codeword(&code, &mut random);
        assert_eq!(decode(&mut bench, &code, &[clean], 1.0, &mut random)[0].began, words - 1 + 11);
    }
    let (mut bench, code, mut random) = (slc(), Code::slc(), random(29));
    let received = with_errors(&code, &mut random, 3);
    let latency = BchKeyEquation::<13, 117>::latency(&code.circuit, 1);
    assert_eq!(latency, 131);
    assert_eq!(decode(&mut bench, &code, &[received], 1.0, &mut random)[0].began, 526 + 11 + latency);
}

/// Share of codewords with `errors` errors that are called uncorrectable; the others must be other codewords, with the
/// number of changed bits reported rightly.
fn detection_rate(bench: &mut Bench, code: &Code, errors: usize, trials: usize) -> f64 {
    let mut random = random(errors as u64);
    let received: Vec<_> = (0..trials).map(|_| with_errors(code, &mut random, errors)).collect();
    let outcomes = decode(bench, code, &received, 1.0, &mut random);
    compare(code, &received, &outcomes);
    let detected = outcomes.iter().filter(|outcome| outcome.uncorrectable).count();
    detected as f64 / trials as f64
}

#[test]
fn more_errors_than_the_strength_are_nearly_always_detected() {
    // A random word lies within the reach of some codeword with a chance of about n^t / (t! 2^(mt)): 1 of t! for codes
    // of full length, less the shorter the code.
    for (mut bench, code, trials, least) in
        [(slc(), Code::slc(), 60, 0.98), (two_bytes(), Code::two_bytes(), 400, 0.9), (tiny(), Code::tiny(), 400, 0.4)]
    {
        for beyond in 1..=3 {
            let errors = code.circuit.strength() + beyond;
            let rate = detection_rate(&mut bench, &code, errors, trials);
            println!("t={}, {errors} errors: {:.2} % detected", code.circuit.strength(), 100.0 * rate);
            assert!(rate >= least, "{errors} errors: {rate}");
        }
    }
}

#[test]
fn more_than_40_errors_in_1028_bytes_are_detected() {
    let (mut bench, code) = (emlc(), Code::emlc());
    for errors in 41..=43 {
        assert_eq!(detection_rate(&mut bench, &code, errors, 4), 1.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_codewords_with_any_errors_and_pauses_come_out_as_from_the_golden_model(
        seed: u64,
        weights in proptest::collection::vec(0_usize..6, 1..8),
        offer in 0.3..1.0_f64,
    ) {
        let (mut bench, code) = (tiny(), Code::tiny());
        let mut random = random(seed);
        let received: Vec<_> = weights.iter().map(|weight| with_errors(&code, &mut random, *weight)).collect();
        let outcomes = decode(&mut bench, &code, &received, offer, &mut random);
        compare(&code, &received, &outcomes);
    }
}
