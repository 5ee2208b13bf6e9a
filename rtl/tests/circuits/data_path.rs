//! Writer and reader together, with lanes that remember what they were given.

use std::collections::{HashMap, VecDeque};

use hardpath_rtl::raid::{ParityBenchmark, StripeDataPath};
use rand::Rng;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;

use crate::bench::{Receiver, Sender, mask, random, settle, value};

/// A lane: strips by stripe, requests that wait, and the strip it is answering with.
#[derive(Default)]
struct Lane {
    strips: HashMap<u64, Vec<u64>>,
    writing: Option<(u64, Vec<u64>)>,
    /// Stripes in the order their strips were completed.
    written: Vec<u64>,
    requests: VecDeque<u64>,
    answer: VecDeque<u64>,
    offering: bool,
}

impl Lane {
    fn has(&self, strips: usize) -> bool {
        self.written.len() == strips
    }
}

/// Requests a lane holds besides the one it answers.
const REQUESTS_HELD: usize = 2;

struct Array<const W: usize, const A: usize> {
    circuit: StripeDataPath<W, A>,
    lanes: Vec<Lane>,
    words_per_strip: usize,
    failed: Option<usize>,
    /// Chance that a lane takes or offers a word in a cycle.
    lane_eagerness: f64,
    random: StdRng,
}

impl<const W: usize, const A: usize> Array<W, A> {
    fn new(data_lanes: usize, words_per_strip: usize, failed: Option<usize>, lane_eagerness: f64, seed: u64) -> Self {
        let mut circuit = StripeDataPath::new(data_lanes, words_per_strip).expect("legal parameters");
        circuit.connect_inputs();
        circuit.connect_all();
        let lanes = (0..=data_lanes).map(|_| Lane::default()).collect();
        let mut array = Self { circuit, lanes, words_per_strip, failed: None, lane_eagerness, random: random(seed) };
        if let Some(lane) = failed {
            array.fail(lane);
        }
        array
    }

    /// The lane forgets everything and is reported failed.
    fn fail(&mut self, lane: usize) {
        self.failed = Some(lane);
        self.lanes[lane].strips.clear();
        self.circuit.failed.next = true;
        self.circuit.failed_lane.next = lane.to_bits();
    }

    /// Sets the lanes' side of every port for the coming cycle.
    fn drive_lanes(&mut self) {
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            let mut willing = || self.random.random_bool(self.lane_eagerness);
            self.circuit.lane_writes[number].ready.next = willing();
            self.circuit.lane_requests[number].ready.next = lane.requests.len() < REQUESTS_HELD && willing();
            if lane.answer.is_empty()
                && let Some(stripe) = lane.requests.pop_front()
            {
                let strip = lane.strips.get(&stripe).expect("only written strips are requested");
                lane.answer = strip.iter().copied().collect();
            }
            lane.offering |= !lane.answer.is_empty() && willing();
            let port = &mut self.circuit.lane_reads[number];
            port.valid.next = lane.offering;
            port.data.next = lane.answer.front().copied().unwrap_or(0).into();
            port.last.next = lane.answer.len() == 1;
        }
    }

    /// Takes what moved, when the circuit has settled.
    fn observe_lanes(&mut self) {
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            let write = &self.circuit.lane_writes[number];
            if write.valid.val() && write.ready.val() {
                let stripe = value(write.stripe.val());
                let (writing, mut words) = lane.writing.take().unwrap_or((stripe, vec![]));
                assert_eq!(writing, stripe, "lane {number}: two strips are mixed");
                words.push(value(write.data.val()));
                assert_eq!(write.last.val(), words.len() == self.words_per_strip, "end mark of a strip");
                if write.last.val() {
                    assert!(lane.strips.insert(stripe, words).is_none(), "a strip is written twice");
                    lane.written.push(stripe);
                } else {
                    lane.writing = Some((writing, words));
                }
            }
            let request = &self.circuit.lane_requests[number];
            if request.valid.val() && request.ready.val() {
                lane.requests.push_back(value(request.data.val()));
            }
            if lane.offering && self.circuit.lane_reads[number].ready.val() {
                lane.answer.pop_front();
                lane.offering = false;
            }
        }
    }

    /// First half of a cycle: everything is driven and settles.
    fn settle(&mut self) {
        self.drive_lanes();
        settle(&mut self.circuit, |circuit| &mut circuit.clock, false);
    }

    /// Second half: what moved is taken, and the clock rises.
    fn advance(&mut self) {
        self.observe_lanes();
        settle(&mut self.circuit, |circuit| &mut circuit.clock, true);
    }

    /// Writes words and returns the cycles from the first word taken to the last.
    fn write(&mut self, words: &[u64], eagerness: f64) -> usize {
        let data_lanes = self.lanes.len() - 1;
        let stripes = words.len().div_ceil(data_lanes * self.words_per_strip);
        let marked = words.iter().enumerate().map(|(index, &word)| (word, index + 1 == words.len()));
        let mut sender = Sender::new(marked, eagerness);
        let (mut cycle, mut first, mut last) = (0, None, 0);
        let complete = |array: &Self| {
            let strips = |(number, lane)| Some(number) == array.failed || Lane::has(lane, stripes);
            array.lanes.iter().enumerate().all(strips)
        };
        while !complete(self) {
            sender.drive(&mut self.circuit.sink, &mut self.random);
            self.settle();
            if sender.observe(&self.circuit.sink) {
                first = first.or(Some(cycle));
                last = cycle;
            }
            self.advance();
            cycle += 1;
            assert!(cycle < 100 * words.len() + 2000, "the write does not end");
        }
        last - first.expect("a word was taken") + 1
    }

    /// Reads strips and returns the words and the cycles from the first word to the last.
    fn read(&mut self, strips: usize, eagerness: f64) -> (Vec<u64>, usize) {
        let mut receiver = Receiver::new(eagerness);
        let count = strips * self.words_per_strip;
        let mut cycles = vec![];
        let mut cycle = 0;
        self.circuit.read_strip_count.next = strips.to_bits();
        while cycles.len() < count {
            self.circuit.read_start.next = cycle == 0;
            receiver.drive(&mut self.circuit.source, &mut self.random);
            self.settle();
            assert_eq!(self.circuit.read_busy.val(), cycle != 0, "busy until the last word has left");
            if receiver.observe(&self.circuit.source) {
                cycles.push(cycle);
            }
            self.advance();
            cycle += 1;
            assert!(cycle < 100 * count + 2000, "the read does not end");
        }
        for quiet in 0..10 {
            self.circuit.source.ready.next = true;
            self.settle();
            assert!(!self.circuit.read_busy.val() && !self.circuit.source.valid.val(), "quiet cycle {quiet}");
            self.advance();
        }
        for (index, &(_, last)) in receiver.words.iter().enumerate() {
            assert_eq!(last, index + 1 == count, "end mark of the run");
        }
        let words = receiver.words.iter().map(|&(word, _)| word).collect();
        (words, cycles[count - 1] - cycles[0] + 1)
    }

    /// Confirms that the words of all lanes of every stripe cancel out.
    fn check_parity(&self, stripes: u64) {
        for stripe in 0..stripes {
            for word in 0..self.words_per_strip {
                let sum = self.lanes.iter().fold(0, |sum, lane| sum ^ lane.strips[&stripe][word]);
                assert_eq!(sum, 0, "stripe {stripe}, word {word}");
            }
        }
    }
}

fn random_words<const W: usize>(count: usize, seed: u64) -> Vec<u64> {
    let mut random = random(seed);
    (0..count).map(|_| random.random::<u64>() & mask::<W>()).collect()
}

#[test]
fn what_is_written_is_read_back_with_any_lane_failed() {
    for (data_lanes, words_per_strip) in [(2, 8), (4, 9), (9, 8)] {
        let stripe_words = data_lanes * words_per_strip;
        let words = random_words::<16>(stripe_words * (data_lanes + 3) + words_per_strip * 2 - 3, 5);
        let strips = words.len().div_ceil(words_per_strip);
        let mut padded = words.clone();
        padded.resize(strips * words_per_strip, 0);
        for failed in (0..=data_lanes).map(Some).chain([None]) {
            // The lane fails between writing and reading.
            let seed = failed.unwrap_or(20) as u64;
            let mut array = Array::<16, 4>::new(data_lanes, words_per_strip, None, 0.8, seed);
            array.write(&words, 0.9);
            array.check_parity(words.len().div_ceil(stripe_words) as u64);
            if let Some(failed) = failed {
                array.fail(failed);
            }
            assert!(array.read(strips, 0.8).0 == padded, "{data_lanes}+1, failed {failed:?}");
        }
    }
}

#[test]
fn data_written_with_a_failed_lane_is_read_back() {
    let words = random_words::<16>(3 * 8 * 6, 6);
    for failed in 0..=3 {
        let mut array = Array::<16, 3>::new(3, 8, Some(failed), 0.7, failed as u64);
        array.write(&words, 1.0);
        assert!(array.lanes[failed].written.is_empty(), "the failed lane gets nothing");
        assert!(array.read(3 * 6, 1.0).0 == words, "without lane {failed}");
    }
}

#[test]
fn a_second_run_starts_from_the_first_strip() {
    let words = random_words::<8>(3 * 8 * 2, 7);
    let mut array = Array::<8, 3>::new(3, 8, None, 0.9, 7);
    array.write(&words, 1.0);
    for strips in [1, 6, 2] {
        assert_eq!(array.read(strips, 0.9).0, words[..strips * 8]);
    }
}

#[test]
fn a_word_a_cycle_is_written_and_read_healthy_or_degraded() {
    for (data_lanes, words_per_strip) in [(2, 16), (9, 16)] {
        let words = random_words::<16>(data_lanes * words_per_strip * (data_lanes + 2), 8);
        let strips = words.len() / words_per_strip;
        let mut array = Array::<16, 4>::new(data_lanes, words_per_strip, None, 1.0, 8);
        assert_eq!(array.write(&words, 1.0), words.len(), "cycles to write");
        let (read, cycles) = array.read(strips, 1.0);
        assert!(read == words, "{data_lanes}+1");
        assert_eq!(cycles, words.len(), "cycles to read");
        for failed in 0..=data_lanes {
            array.fail(failed);
            let (read, cycles) = array.read(strips, 1.0);
            assert!(read == words, "{data_lanes}+1 without lane {failed}");
            assert_eq!(cycles, words.len(), "cycles to read {data_lanes}+1 without lane {failed}");
            array = Array::<16, 4>::new(data_lanes, words_per_strip, None, 1.0, 8);
            array.write(&words, 1.0);
        }
    }
}

#[test]
fn parity_rotates_over_all_lanes() {
    let (data_lanes, words_per_strip) = (4, 8);
    let stripes = 11;
    // Every data word is 1, so with an even number of data strips the parity words are 0.
    let words = vec![1; data_lanes * words_per_strip * stripes];
    let mut array = Array::<8, 3>::new(data_lanes, words_per_strip, None, 1.0, 9);
    array.write(&words, 1.0);
    for stripe in 0..stripes as u64 {
        let holders: Vec<usize> =
            (0..=data_lanes).filter(|&lane| array.lanes[lane].strips[&stripe].iter().all(|&word| word == 0)).collect();
        assert_eq!(holders, [data_lanes - stripe as usize % (data_lanes + 1)]);
    }
    for lane in &array.lanes {
        for pair in lane.written.windows(2) {
            assert!(pair[1] == pair[0] + 1 || pair[1] + 1 == pair[0] || pair[1] == pair[0] + 2, "{:?}", lane.written);
        }
    }
}

#[test]
fn benchmark_checksum_depends_on_every_cycle() {
    let mut benchmark = ParityBenchmark::<32, 3>::new(3, 8).expect("legal parameters");
    benchmark.clock.connect();
    benchmark.connect_all();
    let mut sums = vec![];
    for _ in 0..200 {
        settle(&mut benchmark, |benchmark| &mut benchmark.clock, false);
        sums.push(value(benchmark.checksum.val()));
        settle(&mut benchmark, |benchmark| &mut benchmark.clock, true);
    }
    assert!(sums[..5].iter().all(|&sum| sum == 0), "nothing has left yet");
    sums.drain(..10);
    sums.sort_unstable();
    sums.dedup();
    assert_eq!(sums.len(), 190, "the checksum changes in every cycle");
}
