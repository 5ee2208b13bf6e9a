//! The parity engine alone: parity words, order, zero fill, throughput, independence of its two outputs.

use hardpath_rtl::config::GeometryError;
use hardpath_rtl::raid::XorParityEngine;
use rand::Rng;
use rust_hdl::prelude::*;

use crate::bench::{Receiver, Sender, mask, random, settle};

struct Run {
    /// Cycle in which each data word left.
    data_cycles: Vec<usize>,
    /// Cycle in which each parity word left.
    parity_cycles: Vec<usize>,
    /// Cycle in which each word was taken.
    taken_cycles: Vec<usize>,
}

/// Lengths of the bursts of data sent, and how eager sender, data receiver and parity receiver are.
struct Stimulus<'a> {
    bursts: &'a [usize],
    eagerness: [f64; 3],
    seed: u64,
}

/// Runs bursts through an engine and compares both outputs with what they must be.
fn run<const W: usize, const A: usize>(data_lanes: usize, words_per_strip: usize, stimulus: &Stimulus) -> Run {
    let mut random = random(stimulus.seed);
    let mut input = vec![];
    let mut expected_data = vec![];
    let mut expected_parity = vec![];
    let stripe_words = data_lanes * words_per_strip;
    for &length in stimulus.bursts {
        let burst: Vec<u64> = (0..length).map(|_| random.random::<u64>() & mask::<W>()).collect();
        input.extend(burst.iter().enumerate().map(|(index, &word)| (word, index + 1 == length)));
        for stripe in burst.chunks(stripe_words) {
            let mut words = stripe.to_vec();
            words.resize(stripe_words, 0);
            for (index, &word) in words.iter().enumerate() {
                let strip = index / words_per_strip;
                expected_data.push((word, index % words_per_strip == words_per_strip - 1, strip as u64));
            }
            for offset in 0..words_per_strip {
                let parity = (0..data_lanes).fold(0, |sum, strip| sum ^ words[strip * words_per_strip + offset]);
                expected_parity.push((parity, offset == words_per_strip - 1));
            }
        }
    }

    let mut engine = XorParityEngine::<W, A>::new(data_lanes, words_per_strip).expect("legal parameters");
    engine.connect_all();
    let [sending, taking_data, taking_parity] = stimulus.eagerness;
    let mut sender = Sender::new(input, sending);
    let mut data = Receiver::new(taking_data);
    let mut parity = Receiver::new(taking_parity);
    let mut strips = vec![];
    let mut result = Run { data_cycles: vec![], parity_cycles: vec![], taken_cycles: vec![] };
    for cycle in 0..(60 * expected_data.len() + 200) {
        sender.drive(&mut engine.sink, &mut random);
        data.drive(&mut engine.data, &mut random);
        parity.drive(&mut engine.parity, &mut random);
        settle(&mut engine, |engine| &mut engine.clock, false);
        if sender.observe(&engine.sink) {
            result.taken_cycles.push(cycle);
        }
        if data.observe(&engine.data) {
            strips.push(u64::from(engine.data_strip.val()));
            result.data_cycles.push(cycle);
        }
        if parity.observe(&engine.parity) {
            result.parity_cycles.push(cycle);
        }
        settle(&mut engine, |engine| &mut engine.clock, true);
        if data.words.len() == expected_data.len() && parity.words.len() == expected_parity.len() {
            break;
        }
    }
    let seen: Vec<_> = data.words.iter().zip(&strips).map(|(&(word, last), &strip)| (word, last, strip)).collect();
    assert!(seen == expected_data, "data of {data_lanes} lanes of {words_per_strip} words");
    assert!(parity.words == expected_parity, "parity of {data_lanes} lanes of {words_per_strip} words");
    result
}

#[test]
fn parity_is_right_under_any_back_pressure() {
    let eagerness = [
        [1.0, 1.0, 1.0],
        [1.0, 1.0, 0.2],
        [1.0, 0.2, 1.0],
        [0.2, 1.0, 1.0],
        [0.5, 0.5, 0.5],
        [1.0, 1.0, 0.05],
        [0.9, 0.7, 0.3],
    ];
    for (seed, eagerness) in eagerness.into_iter().enumerate() {
        let seed = seed as u64;
        run::<16, 3>(2, 8, &Stimulus { bursts: &[16 * 12], eagerness, seed });
        run::<16, 4>(3, 11, &Stimulus { bursts: &[33 * 6], eagerness, seed });
        run::<8, 5>(9, 20, &Stimulus { bursts: &[180 * 4], eagerness, seed });
    }
    run::<8, 3>(15, 8, &Stimulus { bursts: &[120 * 4], eagerness: [0.9, 0.9, 0.5], seed: 9 });
    run::<64, 3>(2, 8, &Stimulus { bursts: &[16 * 4], eagerness: [0.9, 0.9, 0.5], seed: 9 });
}

#[test]
fn unfinished_stripes_are_filled_with_zero_words() {
    for eagerness in [[1.0, 1.0, 1.0], [0.6, 0.6, 0.3]] {
        for length in [1, 7, 8, 9, 16, 23, 24, 25, 40] {
            let bursts = [length, 24, length, 1];
            run::<16, 3>(3, 8, &Stimulus { bursts: &bursts, eagerness, seed: length as u64 });
        }
    }
}

#[test]
fn a_word_passes_every_cycle_without_a_bubble_between_stripes() {
    for (data_lanes, words_per_strip) in [(2, 8), (2, 16), (9, 16), (4, 13)] {
        let words = data_lanes * words_per_strip * 5;
        let stimulus = Stimulus { bursts: &[words], eagerness: [1.0; 3], seed: 1 };
        let result = run::<8, 4>(data_lanes, words_per_strip, &stimulus);
        let first = result.data_cycles[0];
        let consecutive: Vec<usize> = (first..first + words).collect();
        assert_eq!(result.data_cycles, consecutive);
        assert_eq!(first - result.taken_cycles[0], 2, "latency of data");
        let last_word_of_stripe = result.taken_cycles[data_lanes * words_per_strip - 1];
        assert_eq!(result.parity_cycles[0] - last_word_of_stripe, 7, "latency of parity");
    }
}

#[test]
fn parity_that_is_never_taken_stops_the_third_stripe_only() {
    let (data_lanes, words_per_strip) = (3, 16);
    let mut engine = XorParityEngine::<8, 4>::new(data_lanes, words_per_strip).expect("legal parameters");
    engine.connect_all();
    let mut random = random(4);
    let mut sender = Sender::new((0..500).map(|word| (word & 0xff, false)), 1.0);
    let mut data = Receiver::new(1.0);
    for _ in 0..600 {
        sender.drive(&mut engine.sink, &mut random);
        data.drive(&mut engine.data, &mut random);
        engine.parity.ready.next = false;
        settle(&mut engine, |engine| &mut engine.clock, false);
        sender.observe(&engine.sink);
        data.observe(&engine.data);
        settle(&mut engine, |engine| &mut engine.clock, true);
    }
    let two_stripes = 2 * data_lanes * words_per_strip;
    let passed = data.words.len();
    assert!((two_stripes..two_stripes + words_per_strip).contains(&passed), "{passed} words passed");
}

#[test]
fn parameters_out_of_range_are_refused() {
    let lanes = |lanes| XorParityEngine::<8, 4>::new(lanes, 8).err();
    assert_eq!(lanes(1), Some(GeometryError::DataLanes { value: 1 }));
    assert_eq!(lanes(16), Some(GeometryError::DataLanes { value: 16 }));
    let words = |words| XorParityEngine::<8, 4>::new(2, words).err();
    assert_eq!(words(7), Some(GeometryError::StripWords { value: 7, maximum: 16 }));
    assert_eq!(words(17), Some(GeometryError::StripWords { value: 17, maximum: 16 }));
}
