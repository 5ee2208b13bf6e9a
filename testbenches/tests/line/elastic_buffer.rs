//! Words pass from one clock to another of nearly the same frequency; only words that may be are left out or repeated.

use hardpath_rtl::line::ElasticBuffer;
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A word of the line as the buffer takes and gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Word {
    bytes: [u8; 4],
    is_ordered_set: bool,
    is_invalid: bool,
    is_synchronized: bool,
}

const fn ordered_set(bytes: [u8; 4]) -> Word {
    Word { bytes, is_ordered_set: true, is_invalid: false, is_synchronized: true }
}

const IDLE: Word = ordered_set([0xBC, 0x95, 0xB5, 0xB5]);
const ARB_FF: Word = ordered_set([0xBC, 0x94, 0xFF, 0xFF]);
const R_RDY: Word = ordered_set([0xBC, 0x95, 0x4A, 0x4A]);
const SOF: Word = ordered_set([0xBC, 0xB5, 0x56, 0x56]);
const EOF: Word = ordered_set([0xBC, 0x95, 0x75, 0x75]);
const SEQUENCES: [Word; 7] = [
    ordered_set([0xBC, 0x55, 0xBF, 0x45]),
    ordered_set([0xBC, 0x35, 0x8A, 0x55]),
    ordered_set([0xBC, 0x49, 0xBF, 0x49]),
    ordered_set([0xBC, 0x35, 0xBF, 0x49]),
    ordered_set([0xBC, 0x15, 0xF7, 0xF7]),
    ordered_set([0xBC, 0x05, 0xFF, 0x01]),
    ordered_set([0xBC, 0x09, 0xFF, 0x01]),
];

fn is_spare(word: Word) -> bool {
    !word.is_synchronized || [IDLE, ARB_FF].contains(&word) || SEQUENCES.contains(&word)
}

/// What became of the words.
struct Run {
    given: Vec<Word>,
    overflows: usize,
    /// Cycles without a word, but for those before the first.
    underflows: usize,
}

/// Sends words, a cycle of the line's clock each, while the other clock's cycle is `ratio` of the line's.
fn pass(words: &[Word], ratio: f64, phase: f64) -> Run {
    let mut bench = Bench::new(ElasticBuffer::default());
    let mut run = Run { given: vec![], overflows: 0, underflows: 0 };
    let (mut line_time, mut time) = (0.0, phase);
    let mut sent = words.iter().copied().chain(std::iter::repeat_n(IDLE, 40));
    let mut next = sent.next();
    loop {
        if line_time <= time {
            let Some(word) = next else { break };
            bench.set("received", u64::from(u32::from_le_bytes(word.bytes)));
            bench.set("received_is_ordered_set", u64::from(word.is_ordered_set));
            bench.set("received_is_invalid", u64::from(word.is_invalid));
            bench.set("received_is_synchronized", u64::from(word.is_synchronized));
            bench.settle();
            run.overflows += usize::from(bench.get("overflow") == 1);
            bench.clocks(&["line_clock"]);
            next = sent.next();
            line_time += 1.0;
        } else {
            bench.settle();
            if bench.get("underflow") == 1 {
                run.underflows += usize::from(!run.given.is_empty());
            } else {
                run.given.push(Word {
                    bytes: (bench.get("word") as u32).to_le_bytes(),
                    is_ordered_set: bench.get("is_ordered_set") == 1,
                    is_invalid: bench.get("is_invalid") == 1,
                    is_synchronized: bench.get("is_synchronized") == 1,
                });
            }
            bench.clocks(&["clock"]);
            time += ratio;
        }
    }
    run
}

fn without_spares(words: &[Word]) -> Vec<Word> {
    words.iter().copied().filter(|&word| !is_spare(word)).collect()
}

/// Frames with six fill words and R_RDYs between them.
fn frames(count: usize, longest: usize, fill: Word, random: &mut StdRng) -> Vec<Word> {
    let mut words = vec![Word { bytes: [0; 4], is_ordered_set: false, is_invalid: false, is_synchronized: false }; 30];
    words.extend([fill; 30]);
    for _ in 0..count {
        words.push(SOF);
        let length = random.random_range(7..=longest);
        words.extend((0..length).map(|_| Word {
            bytes: random.random(),
            is_ordered_set: false,
            is_invalid: random.random_bool(0.01),
            is_synchronized: true,
        }));
        words.push(EOF);
        // Of six primitives between frames at least four are fill words here.
        words.extend([fill, fill]);
        words.extend(vec![R_RDY; random.random_range(0..=2)]);
        words.extend([fill, fill]);
    }
    words
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn frames_of_any_length_pass_whole_whichever_clock_is_faster(
        seed: u64,
        percent in -1.0..1.0_f64,
        phase in 0.0..1.0_f64,
        fill in prop::sample::select(vec![IDLE, ARB_FF]),
    ) {
        let words = frames(40, 535, fill, &mut StdRng::seed_from_u64(seed));
        let run = pass(&words, 1.0 + percent / 100.0, phase);
        prop_assert_eq!((run.overflows, run.underflows), (0, 0));
        prop_assert_eq!(without_spares(&run.given), without_spares(&words));
    }

    #[test]
    fn short_frames_pass_whole_at_larger_differences(seed: u64, percent in -3.0..3.0_f64, phase in 0.0..1.0_f64) {
        let words = frames(200, 60, IDLE, &mut StdRng::seed_from_u64(seed));
        let run = pass(&words, 1.0 + percent / 100.0, phase);
        prop_assert_eq!((run.overflows, run.underflows), (0, 0));
        prop_assert_eq!(without_spares(&run.given), without_spares(&words));
    }
}

#[test]
fn sequences_may_last_and_nothing_but_their_words_comes_out() {
    for sequence in SEQUENCES {
        for ratio in [0.999, 1.001] {
            let words = [vec![IDLE; 30], vec![sequence; 20_000]].concat();
            let run = pass(&words, ratio, 0.5);
            assert_eq!((run.overflows, run.underflows), (0, 0));
            let count = run.given.iter().filter(|&&word| word == sequence).count();
            assert!((count as f64 - 20_000.0 / ratio).abs() < 40.0, "{count} words of {sequence:?}");
            let strange = run.given.iter().find(|word| word.is_synchronized && ![sequence, IDLE].contains(word));
            assert_eq!(strange, None);
        }
    }
}

#[test]
fn what_cannot_be_made_up_for_is_told() {
    let data = Word { bytes: [1, 2, 3, 4], is_ordered_set: false, is_invalid: false, is_synchronized: true };
    let words = [vec![IDLE; 30], vec![data; 2000]].concat();
    assert!(pass(&words, 1.02, 0.5).overflows > 10);
    assert!(pass(&words, 0.98, 0.5).underflows > 10);
}
