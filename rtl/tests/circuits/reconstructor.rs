//! The strip reconstructor alone: any missing lane, any pauses.

use hardpath_rtl::raid::StripReconstructor;
use rand::Rng;
use rust_hdl::prelude::*;

use crate::bench::{Receiver, Sender, random, settle};

const STRIP_WORDS: usize = 5;

/// Delivers `strips` strips of `lane` and returns the cycles between the first and the last word, both included.
fn deliver(data_lanes: usize, lane: usize, missing: bool, eagerness: (f64, f64), seed: u64) -> usize {
    let mut random = random(seed);
    let words = 12 * STRIP_WORDS;
    let mut contents: Vec<Vec<u64>> =
        (0..data_lanes).map(|_| (0..words).map(|_| random.random::<u64>() & 0xffff).collect()).collect();
    contents.push((0..words).map(|word| contents.iter().fold(0, |sum, lane| sum ^ lane[word])).collect());

    let mut circuit = StripReconstructor::<16>::new(data_lanes).expect("legal lanes");
    circuit.connect_all();
    circuit.enabled.next = true;
    circuit.lane.next = lane.to_bits();
    circuit.missing.next = missing;
    let marked = |word: usize| word % STRIP_WORDS == STRIP_WORDS - 1;
    let mut senders: Vec<Sender> = contents
        .iter()
        .map(|lane| Sender::new(lane.iter().enumerate().map(|(word, &data)| (data, marked(word))), eagerness.0))
        .collect();
    if missing {
        // A lane that has gone offers what must not be used.
        senders[lane] = Sender::new((0..words as u64).map(|word| (word ^ 0x5555, true)), 1.0);
    }
    let mut receiver = Receiver::new(eagerness.1);
    let mut cycles = vec![];
    let mut strips_taken = 0;
    for cycle in 0..(200 * words) {
        for (port, sender) in senders.iter_mut().enumerate() {
            sender.drive(&mut circuit.lanes[port], &mut random);
        }
        receiver.drive(&mut circuit.source, &mut random);
        settle(&mut circuit, |circuit| &mut circuit.clock, false);
        let mut moved = vec![];
        for (port, sender) in senders.iter_mut().enumerate() {
            moved.push(sender.observe(&circuit.lanes[port]));
        }
        let needed: Vec<bool> = (0..=data_lanes).map(|port| (port == lane) != missing).collect();
        assert!(moved == needed || moved.iter().all(|&moved| !moved), "lanes move together: {moved:?}");
        strips_taken += usize::from(circuit.strip_taken.val());
        if receiver.observe(&circuit.source) {
            cycles.push(cycle);
        }
        settle(&mut circuit, |circuit| &mut circuit.clock, true);
        if cycles.len() == words {
            break;
        }
    }
    let expected: Vec<(u64, bool)> =
        contents[lane].iter().enumerate().map(|(word, &data)| (data, marked(word))).collect();
    assert_eq!(receiver.words, expected, "lane {lane} of {data_lanes}+1, missing: {missing}");
    assert_eq!(strips_taken, 12);
    cycles[words - 1] - cycles[0] + 1
}

#[test]
fn every_lane_is_delivered_missing_or_not() {
    for data_lanes in [2, 3, 9, 15] {
        for lane in 0..=data_lanes {
            for missing in [false, true] {
                deliver(data_lanes, lane, missing, (0.7, 0.7), lane as u64);
            }
        }
    }
}

#[test]
fn a_word_is_delivered_every_cycle() {
    for missing in [false, true] {
        assert_eq!(deliver(9, 3, missing, (1.0, 1.0), 1), 12 * STRIP_WORDS);
    }
}
