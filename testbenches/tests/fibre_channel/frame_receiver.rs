//! Frames come out as they were sent, and every fault of one is told.

use hardpath_rtl::fibre_channel::{FrameReceiver, FrameVerdict, WordKind};
use hardpath_testbenches::cosimulation::Bench;
use hardpath_testbenches::golden::frame::{Frame, LineWord, ordered_set};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A word of the line, and what it is.
type Word = (WordKind, u32);

/// What the receiver says of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Received {
    words: Vec<u32>,
    verdict: u64,
    first: bool,
    last: bool,
}

impl Received {
    fn of(frame: &Frame, verdict: FrameVerdict) -> Self {
        Self { words: frame.words.clone(), verdict: verdict as u64, first: frame.first, last: frame.last }
    }
}

fn frame(words: usize, random: &mut StdRng) -> Frame {
    let words = (0..words).map(|_| random.random()).collect();
    Frame { words, first: random.random(), last: random.random() }
}

/// The words of a frame with the kinds that they have.
fn with_kinds(frame: &Frame) -> Vec<Word> {
    let kind = |line: LineWord| match (line.is_ordered_set, line.word.swap_bytes()) {
        (false, _) => WordKind::Data,
        (true, 0xBCB5_5656) => WordKind::SofI3,
        (true, 0xBCB5_3636) => WordKind::SofN3,
        (true, 0xBC95_7575) => WordKind::EofT,
        (true, 0xBC95_D5D5) => WordKind::EofN,
        (true, bytes) => panic!("{bytes:08X} in a frame"),
    };
    frame.on_the_line().into_iter().map(|line| (kind(line), line.word)).collect()
}

fn idle() -> Word {
    (WordKind::Idle, ordered_set(0xBC95_B5B5).word)
}

fn receive(words: &[Word]) -> Vec<Received> {
    let mut bench = Bench::new(FrameReceiver::default());
    let (mut frames, mut open) = (vec![], vec![]);
    bench.set("is_active", 1);
    for cycle in 0..words.len() + 10 {
        let (kind, word) = words.get(cycle).copied().unwrap_or_else(idle);
        bench.set("kind", kind as u64);
        bench.set("received", u64::from(word));
        bench.settle();
        assert!(bench.get("valid") == 0 || bench.get("ended") == 0);
        if bench.get("valid") == 1 {
            assert_eq!(bench.get("first") == 1, open.is_empty());
            open.push(bench.get("word") as u32);
        }
        if bench.get("ended") == 1 {
            frames.push(Received {
                words: std::mem::take(&mut open),
                verdict: bench.get("verdict"),
                first: bench.get("is_first_of_sequence") == 1,
                last: bench.get("is_last_of_sequence") == 1,
            });
        }
        bench.clock();
    }
    assert!(open.is_empty());
    frames
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whole_frames_come_out_even_without_a_word_between_them(seed: u64, frames in 1..12_usize, gap in 0..3_usize) {
        let mut random = StdRng::seed_from_u64(seed);
        let frames: Vec<_> = (0..frames).map(|_| {
            let words = random.random_range(6..60);
            frame(words, &mut random)
        }).collect();
        let words: Vec<_> = frames.iter().flat_map(|frame| [with_kinds(frame), vec![idle(); gap]].concat()).collect();
        let expected: Vec<_> = frames.iter().map(|frame| Received::of(frame, FrameVerdict::Good)).collect();
        prop_assert_eq!(receive(&words), expected);
    }

    #[test]
    fn a_wrong_bit_anywhere_in_a_frame_is_a_crc_error(seed: u64, length in 6..40_usize) {
        let mut random = StdRng::seed_from_u64(seed);
        let good = frame(length, &mut random);
        let mut words = with_kinds(&good);
        let place = random.random_range(1..=length + 1);
        words[place].1 ^= 1 << random.random_range(0..32);
        let got = receive(&words);
        prop_assert_eq!(got.len(), 1);
        prop_assert_eq!(got[0].verdict, FrameVerdict::CrcError as u64);
    }

    #[test]
    fn frames_that_are_damaged_do_not_harm_the_next(seed: u64, damages in 1..12_usize) {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut words, mut expected) = (vec![], vec![]);
        for _ in 0..damages {
            let length = random.random_range(6..30);
            let damaged = frame(length, &mut random);
            let mut line = with_kinds(&damaged);
            let place = random.random_range(1..line.len() - 1);
            let mut received = damaged.clone();
            let verdict = match random.random_range(0..6) {
                0 => {
                    line[place].0 = WordKind::Invalid;
                    FrameVerdict::InvalidWord
                }
                1 => {
                    // The word before what breaks it off is taken for its CRC.
                    line.truncate(place);
                    line.push(idle());
                    received.words.truncate(place.saturating_sub(2));
                    received.last = false;
                    FrameVerdict::Truncated
                }
                2 => {
                    line.truncate(place);
                    received.words.truncate(place.saturating_sub(2));
                    received.last = false;
                    FrameVerdict::Truncated
                }
                3 => {
                    line.last_mut().expect("an end").0 = WordKind::EofA;
                    received.last = false;
                    FrameVerdict::Aborted
                }
                4 => {
                    line.last_mut().expect("an end").0 = WordKind::EofNi;
                    received.last = false;
                    FrameVerdict::Aborted
                }
                _ => {
                    line[place] = (WordKind::Unsynchronized, 0);
                    line.truncate(place + 1);
                    received.words.truncate(place.saturating_sub(2));
                    received.last = false;
                    FrameVerdict::Truncated
                }
            };
            words.extend(line);
            expected.push(Received::of(&received, verdict));
            let length = random.random_range(6..20);
            let next = frame(length, &mut random);
            words.extend(with_kinds(&next));
            expected.push(Received::of(&next, FrameVerdict::Good));
        }
        prop_assert_eq!(receive(&words), expected);
    }
}

#[test]
fn frames_have_7_to_535_words_with_their_crc() {
    let mut random = StdRng::seed_from_u64(3);
    for (words, verdict) in [
        (0, FrameVerdict::WrongLength),
        (1, FrameVerdict::WrongLength),
        (5, FrameVerdict::WrongLength),
        (6, FrameVerdict::Good),
        (534, FrameVerdict::Good),
        (535, FrameVerdict::WrongLength),
        (1500, FrameVerdict::WrongLength),
    ] {
        let (mut long, next) = (frame(words, &mut random), frame(8, &mut random));
        let got = receive(&[with_kinds(&long), with_kinds(&next)].concat());
        // No more is given out than a frame may have.
        long.words.truncate(534);
        assert_eq!(got, [Received::of(&long, verdict), Received::of(&next, FrameVerdict::Good)], "{words} words");
    }
}

#[test]
fn frames_of_other_classes_are_passed_over() {
    let mut random = StdRng::seed_from_u64(4);
    let (mut other, next) = (with_kinds(&frame(8, &mut random)), frame(8, &mut random));
    other[0].0 = WordKind::Sof2;
    assert_eq!(receive(&[other, with_kinds(&next)].concat()), [Received::of(&next, FrameVerdict::Good)]);
}
