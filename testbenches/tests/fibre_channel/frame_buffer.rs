//! Good frames leave in order, bad ones leave no trace, and every buffer is given back once.

use std::collections::VecDeque;

use hardpath_rtl::fibre_channel::{FrameBuffer, FrameVerdict, LONGEST_FRAME};
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

type Buffer = FrameBuffer<11>;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Received {
    words: Vec<u64>,
    first: bool,
    last: bool,
}

/// What came of it.
#[derive(Default)]
struct Came {
    frames: Vec<Received>,
    freed: usize,
    dropped: usize,
    overrun: usize,
}

struct Surroundings {
    bench: Bench,
    open: Vec<u64>,
    came: Came,
}

impl Surroundings {
    fn new() -> Self {
        let mut bench = Bench::new(Buffer::default());
        bench.set("is_active", 1);
        Self { bench, open: vec![], came: Came::default() }
    }

    /// A cycle with a word or an end coming in.
    fn cycle(&mut self, word: Option<u64>, end: Option<(FrameVerdict, bool, bool)>, takes: bool) {
        let bench = &mut self.bench;
        bench.set("valid", u64::from(word.is_some()));
        bench.set("word", word.unwrap_or(0xDEAD));
        bench.set("ended", u64::from(end.is_some()));
        let (verdict, first, last) = end.unwrap_or((FrameVerdict::Good, true, true));
        bench.set("verdict", verdict as u64);
        bench.set("received_first_of_sequence", u64::from(first));
        bench.set("received_last_of_sequence", u64::from(last));
        bench.set("frame_ready", u64::from(takes));
        bench.settle();
        if takes && bench.get("frame_valid") == 1 {
            self.open.push(bench.get("frame_data"));
            if bench.get("frame_last") == 1 {
                let words = std::mem::take(&mut self.open);
                assert_eq!(bench.get("length"), words.len() as u64);
                let (first, last) = (bench.get("is_first_of_sequence") == 1, bench.get("is_last_of_sequence") == 1);
                self.came.frames.push(Received { words, first, last });
            }
        }
        self.came.freed += bench.get("freed") as usize;
        self.came.dropped += bench.get("dropped") as usize;
        self.came.overrun += bench.get("overrun") as usize;
        bench.clock();
    }

    fn idle(&mut self, cycles: usize, takes: bool) {
        for _ in 0..cycles {
            self.cycle(None, None, takes);
        }
    }

    fn frame(&mut self, frame: &Received, verdict: FrameVerdict, takes: bool) {
        for &word in &frame.words {
            self.cycle(Some(word), None, takes);
        }
        self.cycle(None, Some((verdict, frame.first, frame.last)), takes);
    }
}

fn frame(words: usize, random: &mut StdRng) -> Received {
    let words = (0..words).map(|_| u64::from(random.random::<u32>())).collect();
    Received { words, first: random.random(), last: random.random() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn good_frames_leave_in_order_within_the_credit(seed: u64, readiness in 0.05..1.0_f64, frames in 1..120_usize) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut around = Surroundings::new();
        let (mut sent, mut expected, mut bad) = (0, vec![], 0);
        let mut words = VecDeque::new();
        let mut end = None;
        let mut cycles = 0;
        while sent < frames || end.is_some() || around.came.freed < sent {
            cycles += 1;
            prop_assert!(cycles < 2_000_000, "{} sent, {} freed", sent, around.came.freed);
            let takes = random.random_bool(readiness);
            if let Some(word) = words.pop_front() {
                around.cycle(Some(word), None, takes);
            } else if end.is_some() {
                around.cycle(None, end.take(), takes);
            } else if sent < frames && sent - around.came.freed < Buffer::credit() && random.random() {
                let longest = if random.random_bool(0.3) { LONGEST_FRAME } else { 40 };
                let length = random.random_range(6..=longest);
                let frame = frame(length, &mut random);
                words = frame.words.clone().into();
                let verdict = if random.random_bool(0.8) { FrameVerdict::Good } else { FrameVerdict::CrcError };
                end = Some((verdict, frame.first, frame.last));
                if verdict == FrameVerdict::Good {
                    expected.push(frame);
                } else {
                    bad += 1;
                }
                sent += 1;
            } else {
                around.cycle(None, None, takes);
            }
        }
        around.idle(100, true);
        prop_assert!(around.came.frames == expected, "other frames");
        prop_assert_eq!((around.came.freed, around.came.dropped, around.came.overrun), (sent, bad, 0));
    }
}

#[test]
fn frames_beyond_the_credit_are_dropped_whole_and_nothing_is_owed_for_them() {
    let mut random = StdRng::seed_from_u64(1);
    let mut around = Surroundings::new();
    let frames: Vec<_> = (0..8).map(|_| frame(LONGEST_FRAME, &mut random)).collect();
    for frame in &frames {
        around.frame(frame, FrameVerdict::Good, false);
        around.idle(9, false);
    }
    // 2,048 words: three frames, and the words of one that left for the output before.
    assert_eq!(around.came.overrun, 5);
    around.idle(3000, true);
    assert!(around.came.frames == frames[..3]);
    assert_eq!(around.came.freed, 3);
    let short: Vec<_> = (0..40).map(|_| frame(6, &mut random)).collect();
    for frame in &short {
        around.frame(frame, FrameVerdict::Good, false);
    }
    around.idle(1000, true);
    let kept = around.came.frames.len() - 3;
    assert!((32..=34).contains(&kept), "{kept}");
    assert!(around.came.frames[3..] == short[..kept]);
    assert_eq!(around.came.freed, 3 + kept);
}

#[test]
fn a_lost_link_leaves_the_frame_that_is_being_given_out_and_no_debt() {
    let mut random = StdRng::seed_from_u64(2);
    for cut in 0..120 {
        let mut around = Surroundings::new();
        let frames: Vec<_> = (0..3).map(|_| frame(20, &mut random)).collect();
        for frame in &frames {
            around.frame(frame, FrameVerdict::Good, false);
        }
        around.idle(10, false);
        around.idle(cut, true);
        let (given, freed) = (around.came.frames.len(), around.came.freed);
        around.bench.set("is_active", 0);
        around.idle(20, false);
        assert_eq!(around.came.freed, freed);
        around.bench.set("is_active", 1);
        around.idle(60, true);
        // Whole frames only; none is owed anything.
        assert!(around.came.frames == frames[..around.came.frames.len()], "cut after {cut}");
        assert!(around.came.frames.len() <= given + 2);
        assert_eq!(around.came.freed, freed, "cut after {cut}");
        let next: Vec<_> = (0..3).map(|_| frame(LONGEST_FRAME, &mut random)).collect();
        let before = around.came.frames.len();
        for frame in &next {
            around.frame(frame, FrameVerdict::Good, true);
        }
        around.idle(1200, true);
        assert!(around.came.frames[before..] == next, "cut after {cut}");
        assert_eq!(around.came.freed, freed + 3);
    }
}

#[test]
fn three_cycles_are_between_frames_that_wait() {
    let mut random = StdRng::seed_from_u64(3);
    let mut around = Surroundings::new();
    for _ in 0..10 {
        let frame = frame(100, &mut random);
        around.frame(&frame, FrameVerdict::Good, false);
    }
    let mut cycles = 0;
    while around.came.frames.len() < 10 {
        around.idle(1, true);
        cycles += 1;
        assert!(cycles < 2000, "{} frames", around.came.frames.len());
    }
    assert!(cycles <= 10 * 103, "{cycles} cycles");
}

#[test]
fn a_frame_is_offered_six_cycles_after_its_end() {
    let mut random = StdRng::seed_from_u64(4);
    let mut around = Surroundings::new();
    around.frame(&frame(8, &mut random), FrameVerdict::Good, false);
    // `frame` ends with the cycle of the end.
    for _ in 1..6 {
        assert_eq!(around.bench.get("frame_valid"), 0);
        around.idle(1, false);
    }
    around.bench.settle();
    assert_eq!(around.bench.get("frame_valid"), 1);
}
