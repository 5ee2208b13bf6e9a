//! Two ends of a line: they find each other, frames pass both ways, and what the line does to them is told.

use hardpath_rtl::fibre_channel::{FrameVerdict, Link, LinkTimes, PortState};
use hardpath_testbenches::cosimulation::Bench;
use hardpath_testbenches::golden::frame::Frame;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::VecDeque;

const TIMEOUT: u64 = 2000;
const OFFLINE: u64 = 500;
const CREDIT: u64 = 8;

/// A line in one direction.
struct Line {
    /// Bits by which words are cut elsewhere than they were sent.
    skew: u32,
    /// The last word that was sent.
    held: u64,
    /// Probability that a word has a wrong bit.
    noise: f64,
    is_cut: bool,
}

impl Line {
    fn pass(&mut self, sent: u64, random: &mut StdRng) -> u64 {
        let both = u128::from(self.held) | u128::from(sent) << 40;
        self.held = sent;
        let mut received = (both >> self.skew) as u64 & ((1 << 40) - 1);
        if random.random_bool(self.noise) {
            received ^= 1 << random.random_range(0..40);
        }
        if self.is_cut { 0 } else { received }
    }
}

/// One end, and what stands behind it.
struct End {
    bench: Bench,
    to_send: VecDeque<Frame>,
    /// Words of the first frame that were taken.
    taken: usize,
    received: Vec<Frame>,
    verdicts: Vec<u64>,
    open: Vec<u32>,
    /// Cycles after which a buffer is free again.
    delay: u64,
    busy: VecDeque<u64>,
    most_busy: usize,
    cycle: u64,
    reset_link: bool,
}

impl End {
    fn new(delay: u64) -> Self {
        let mut bench = Bench::new(Link::new(LinkTimes { timeout: TIMEOUT, offline: OFFLINE, ..LinkTimes::STANDARD }));
        bench.set("credit", CREDIT);
        bench.set("fills_with_arb", 1);
        Self {
            bench,
            to_send: VecDeque::new(),
            taken: 0,
            received: vec![],
            verdicts: vec![],
            open: vec![],
            delay,
            busy: VecDeque::new(),
            most_busy: 0,
            cycle: 0,
            reset_link: false,
        }
    }

    fn state(&mut self) -> u64 {
        self.bench.get("state")
    }

    /// A cycle of its clock; what it sent in it.
    fn cycle(&mut self) -> u64 {
        let next = self.to_send.front();
        self.bench.set("frame_valid", u64::from(next.is_some()));
        if let Some(frame) = next {
            self.bench.set("frame_data", u64::from(frame.words[self.taken]));
            self.bench.set("frame_last", u64::from(self.taken + 1 == frame.words.len()));
            self.bench.set("is_first_of_sequence", u64::from(frame.first));
            self.bench.set("is_last_of_sequence", u64::from(frame.last));
        }
        let freed = self.busy.front().is_some_and(|&time| time <= self.cycle);
        if freed {
            self.busy.pop_front();
        }
        self.bench.set("buffer_freed", u64::from(freed));
        self.bench.set("reset_link", u64::from(self.reset_link));
        self.bench.settle();
        if self.bench.get("valid") == 1 {
            if self.bench.get("first") == 1 {
                self.open.clear();
            }
            self.open.push(self.bench.get("word") as u32);
        }
        if self.bench.get("ended") == 1 {
            let verdict = self.bench.get("verdict");
            self.verdicts.push(verdict);
            if verdict == FrameVerdict::Good as u64 {
                self.received.push(Frame {
                    words: std::mem::take(&mut self.open),
                    first: self.bench.get("received_first_of_sequence") == 1,
                    last: self.bench.get("received_last_of_sequence") == 1,
                });
            }
            self.busy.push_back(self.cycle + self.delay);
            self.most_busy = self.most_busy.max(self.busy.len());
        }
        if next.is_some() && self.bench.get("frame_ready") == 1 {
            self.taken += 1;
            if self.to_send.front().is_some_and(|frame| frame.words.len() == self.taken) {
                self.to_send.pop_front();
                self.taken = 0;
            }
        }
        let sent = self.bench.get("sent");
        self.cycle += 1;
        self.bench.clocks(&["clock"]);
        sent
    }

    /// An edge of the line's clock.
    fn receive(&mut self, bits: u64) {
        self.bench.set("received", bits);
        self.bench.settle();
        self.bench.clocks(&["line_clock"]);
    }
}

/// Two ends and what joins them.
struct Pair {
    ends: [End; 2],
    /// The line to each end.
    lines: [Line; 2],
    periods: [f64; 2],
    times: [f64; 2],
    random: StdRng,
}

impl Pair {
    fn new(seed: u64, skews: [u32; 2], parts_per_million: f64) -> Self {
        let line = |skew| Line { skew, held: 0, noise: 0.0, is_cut: false };
        let mut random = StdRng::seed_from_u64(seed);
        let delays = [random.random_range(0..2000), random.random_range(0..2000)];
        Self {
            ends: delays.map(End::new),
            lines: skews.map(line),
            periods: [1.0, 1.0 + parts_per_million / 1e6],
            times: [0.0, random.random_range(0.0..1.0)],
            random,
        }
    }

    /// Runs until something holds or so many cycles are over; whether it holds.
    fn run_until(&mut self, cycles: u64, mut holds: impl FnMut(&mut Self) -> bool) -> bool {
        for _ in 0..2 * cycles {
            let now = usize::from(self.times[1] < self.times[0]);
            self.times[now] += self.periods[now];
            let sent = self.ends[now].cycle();
            let received = self.lines[1 - now].pass(sent, &mut self.random);
            self.ends[1 - now].receive(received);
            if holds(self) {
                return true;
            }
        }
        false
    }

    fn is_active(&mut self) -> bool {
        self.ends.iter_mut().all(|end| end.state() == PortState::Active as u64)
    }

    fn comes_up(&mut self) {
        assert!(self.run_until(6 * TIMEOUT, Self::is_active), "the link does not come up");
    }

    /// Random frames for both ends to send; what they are.
    fn load(&mut self, frames: usize, longest: usize) -> [Vec<Frame>; 2] {
        std::array::from_fn(|end| {
            let frames: Vec<_> = (0..frames)
                .map(|_| Frame {
                    words: (0..self.random.random_range(6..=longest)).map(|_| self.random.random()).collect(),
                    first: self.random.random(),
                    last: self.random.random(),
                })
                .collect();
            self.ends[end].to_send.extend(frames.iter().cloned());
            frames
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn frames_pass_both_ways_in_order_within_the_credit(
        seed: u64,
        skews in [0..40_u32, 0..40_u32],
        parts_per_million in -200.0..200.0_f64,
    ) {
        let mut pair = Pair::new(seed, skews, parts_per_million);
        pair.comes_up();
        let [from_first, from_second] = pair.load(40, 534);
        let done = pair.run_until(200_000, |pair| pair.ends.iter().all(|end| end.received.len() == 40));
        prop_assert!(done, "{} and {} frames", pair.ends[0].received.len(), pair.ends[1].received.len());
        prop_assert_eq!(&pair.ends[1].received, &from_first);
        prop_assert_eq!(&pair.ends[0].received, &from_second);
        prop_assert!(pair.ends.iter().all(|end| end.most_busy <= CREDIT as usize));
        prop_assert!(pair.is_active());
    }

    #[test]
    fn no_damaged_frame_is_taken_for_good_and_a_reset_brings_lost_credit_back(seed: u64, noise in 0.0002..0.01_f64) {
        let mut pair = Pair::new(seed, [7, 21], 50.0);
        pair.comes_up();
        let sent = pair.load(60, 120);
        for line in &mut pair.lines {
            line.noise = noise;
        }
        pair.run_until(15_000, |pair| pair.ends.iter().all(|end| end.to_send.is_empty()));
        for line in &mut pair.lines {
            line.noise = 0.0;
        }
        // Credit that R_RDY did not bring back comes with a link reset.
        for end in &mut pair.ends {
            end.reset_link = true;
        }
        pair.run_until(1000, |_| false);
        for end in &mut pair.ends {
            end.reset_link = false;
        }
        prop_assert!(pair.run_until(20 * TIMEOUT, Pair::is_active), "the link does not come back");
        let drained = pair.run_until(100_000, |pair| pair.ends.iter().all(|end| end.to_send.is_empty()));
        prop_assert!(drained, "{:?} frames wait", [0, 1].map(|end: usize| pair.ends[end].to_send.len()));
        pair.run_until(1000, |_| false);
        for (end, sent) in [(1, &sent[0]), (0, &sent[1])] {
            // What arrived is some of what was sent, in its order.
            let mut rest = sent.iter();
            for frame in &pair.ends[end].received {
                prop_assert!(rest.any(|sent| sent == frame), "a frame that was not sent, or out of order");
            }
        }
    }
}

#[test]
fn longest_frames_fill_the_line_both_ways() {
    let mut pair = Pair::new(1, [3, 4], 0.0);
    for end in &mut pair.ends {
        end.delay = 100;
    }
    pair.comes_up();
    for end in &mut pair.ends {
        end.to_send = vec![Frame { words: vec![0x1234_5678; 534], first: true, last: true }; 50].into();
    }
    let begun = pair.ends[0].cycle;
    assert!(pair.run_until(50 * 600, |pair| pair.ends.iter().all(|end| end.received.len() == 50)));
    let cycles = pair.ends[0].cycle - begun;
    // 50 frames of 543 words, and the way of the last through both ends.
    assert!((50 * 543..50 * 543 + 120).contains(&cycles), "{cycles} cycles");
}

#[test]
fn a_line_that_is_cut_is_a_link_failure_and_comes_up_again() {
    let mut pair = Pair::new(2, [11, 0], 100.0);
    pair.comes_up();
    pair.lines[0].is_cut = true;
    let failed = |pair: &mut Pair| {
        let states = [0, 1].map(|end: usize| pair.ends[end].state());
        states[0] == PortState::NosTransmit as u64 && states[1] == PortState::NosReceive as u64
    };
    assert!(pair.run_until(2 * TIMEOUT, failed), "the failure is not told to the other end");
    pair.lines[0] = Line { skew: 30, held: 0, noise: 0.0, is_cut: false };
    pair.comes_up();
    let [from_first, from_second] = pair.load(10, 60);
    assert!(pair.run_until(50_000, |pair| pair.ends.iter().all(|end| end.received.len() == 10)));
    assert_eq!([&pair.ends[1].received, &pair.ends[0].received], [&from_first, &from_second]);
}
