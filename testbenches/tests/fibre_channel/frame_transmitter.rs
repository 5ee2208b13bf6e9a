//! Frames go onto the line whole, with what must stand between them, and without a gap too many.

use hardpath_rtl::fibre_channel::{EndOfFrameDisparity, FrameTransmitter, PortOutput};
use hardpath_testbenches::cosimulation::Bench;
use hardpath_testbenches::golden::frame::{ARB_FF, Frame, IDLE, LineWord, R_RDY, data, ordered_set};
use hardpath_testbenches::golden::line_code::{LINE_CODE, control, data as character};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const EOF_A: LineWord = ordered_set(0xBC95_F5F5);

/// How the transmitter's surroundings behave.
struct Surroundings {
    /// Probability that credit is there in a cycle.
    credit: f64,
    /// R_RDY that are owed in all.
    readies: usize,
    fills_with_arb: bool,
    /// A word is missing with this probability.
    starves: f64,
}

const EASY: Surroundings = Surroundings { credit: 1.0, readies: 0, fills_with_arb: false, starves: 0.0 };

/// What is sent until all is sent.
fn send(frames: &[Frame], surroundings: &Surroundings, random: &mut StdRng) -> Vec<LineWord> {
    let mut bench = Bench::new(FrameTransmitter::default());
    let mut words: Vec<_> = frames
        .iter()
        .flat_map(|frame| {
            frame.words.iter().enumerate().map(move |(index, word)| (frame, *word, index + 1 == frame.words.len()))
        })
        .rev()
        .collect();
    let (mut sent, mut readies, mut rest) = (vec![], surroundings.readies, 60);
    let mut starts = true;
    while rest > 0 {
        // Only a frame that was begun starves.
        let starved = !starts && random.random_bool(surroundings.starves);
        let next = words.last().copied().filter(|_| !starved);
        bench.set("transmits", PortOutput::Frames as u64);
        bench.set("fills_with_arb", u64::from(surroundings.fills_with_arb));
        bench.set("may_send", u64::from(random.random_bool(surroundings.credit)));
        bench.set("owes_ready", u64::from(readies > 0));
        bench.set("frame_valid", u64::from(next.is_some()));
        if let Some((frame, word, last)) = next {
            bench.set("frame_data", u64::from(word));
            bench.set("frame_last", u64::from(last));
            bench.set("is_first_of_sequence", u64::from(frame.first));
            bench.set("is_last_of_sequence", u64::from(frame.last));
        }
        bench.settle();
        sent.push(LineWord { word: bench.get("word") as u32, is_ordered_set: bench.get("is_ordered_set") == 1 });
        readies -= bench.get("ready_sent") as usize;
        if next.is_some() && bench.get("frame_ready") == 1 {
            starts = next.is_some_and(|(.., last)| last);
            words.pop();
        }
        rest -= usize::from(words.is_empty() && readies == 0);
        bench.clock();
    }
    // What stood in the registers before the first word.
    sent.split_off(5)
}

/// Splits what was sent into frames, from start to end, and checks what stands between them.
fn frames_of(sent: &[LineWord], fill: LineWord) -> (Vec<Vec<LineWord>>, usize) {
    let (mut frames, mut open, mut between, mut readies, mut fills): (Vec<Vec<LineWord>>, Vec<_>, _, _, _) =
        (vec![], vec![], 0, 0, 2);
    for &word in sent {
        if !open.is_empty() {
            open.push(word);
            if word.is_ordered_set {
                frames.push(std::mem::take(&mut open));
                (between, fills) = (0, 0);
            }
        } else if word == fill {
            (between, fills) = (between + 1, fills + 1);
        } else if word == R_RDY {
            assert!(fills >= 2, "an R_RDY behind {fills} fill words");
            (between, fills) = (between + 1, 0);
            readies += 1;
        } else {
            assert!([0xBCB5_5656, 0xBCB5_3636].map(ordered_set).contains(&word), "{word:x?} between frames");
            assert!(frames.is_empty() || between >= 6, "{between} primitives between frames");
            assert!(fills >= 2, "a frame behind {fills} fill words");
            open.push(word);
        }
    }
    assert!(open.is_empty());
    (frames, readies)
}

fn frames(count: usize, longest: usize, random: &mut StdRng) -> Vec<Frame> {
    (0..count)
        .map(|_| Frame {
            words: (0..random.random_range(6..=longest)).map(|_| random.random()).collect(),
            first: random.random(),
            last: random.random(),
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn frames_are_sent_whole_and_apart(
        seed: u64,
        credit in 0.1..=1.0_f64,
        readies in 0..20_usize,
        fills_with_arb: bool,
    ) {
        let mut random = StdRng::seed_from_u64(seed);
        let given = frames(10, 40, &mut random);
        let sent = send(&given, &Surroundings { credit, readies, fills_with_arb, starves: 0.0 }, &mut random);
        let (got, got_readies) = frames_of(&sent, if fills_with_arb { ARB_FF } else { IDLE });
        prop_assert_eq!(got, given.iter().map(Frame::on_the_line).collect::<Vec<_>>());
        prop_assert_eq!(got_readies, readies);
    }

    #[test]
    fn a_frame_whose_words_do_not_come_is_aborted_and_the_next_is_whole(seed: u64, starves in 0.01..0.2_f64) {
        let mut random = StdRng::seed_from_u64(seed);
        let given = frames(12, 40, &mut random);
        let sent = send(&given, &Surroundings { starves, ..EASY }, &mut random);
        let (got, _) = frames_of(&sent, IDLE);
        prop_assert_eq!(got.len(), given.len());
        for (got, given) in got.iter().zip(&given) {
            let whole = given.on_the_line();
            if got.last() == Some(&EOF_A) {
                prop_assert!(whole.starts_with(&got[..got.len() - 1]));
                prop_assert!(got.len() - 2 < given.words.len());
            } else {
                prop_assert_eq!(got, &whole);
            }
        }
    }

    #[test]
    fn ends_of_frames_leave_running_disparity_negative(seed: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        let line: Vec<LineWord> = frames(20, 12, &mut random)
            .iter()
            .flat_map(|frame| [frame.on_the_line(), vec![IDLE, R_RDY, ARB_FF]].concat())
            .collect();
        let mut bench = Bench::new(EndOfFrameDisparity::default());
        let mut positive = false;
        for cycle in 0..line.len() + 3 {
            let word = line.get(cycle).copied().unwrap_or(IDLE);
            bench.set("word", u64::from(word.word));
            bench.set("is_ordered_set", u64::from(word.is_ordered_set));
            bench.settle();
            if cycle >= 3 {
                let given = line[cycle - 3];
                let bytes = (bench.get("formed") as u32).to_le_bytes();
                prop_assert_eq!(bench.get("formed_is_ordered_set") == 1, given.is_ordered_set);
                // Between frames it is negative, and only the end of one is changed, in one bit.
                let mut expected = given.word.to_le_bytes();
                if given.is_ordered_set && positive {
                    expected[1] |= 0x20;
                    prop_assert!(matches!(expected, [0xBC, 0xB5, 0x75, 0x75] | [0xBC, 0xB5, 0xD5, 0xD5]));
                }
                prop_assert_eq!(bytes, expected);
                let first = if given.is_ordered_set { control(bytes[0]) } else { character(bytes[0]) };
                let word = [first, character(bytes[1]), character(bytes[2]), character(bytes[3])];
                positive = LINE_CODE.encode_word(word, positive).1;
                let begins = [0xBCB5_5656, 0xBCB5_3636].map(ordered_set).contains(&given);
                prop_assert!(!given.is_ordered_set || positive == begins);
            }
            bench.clock();
        }
    }
}

#[test]
fn frames_follow_each_other_after_six_primitives_with_an_answer_among_them() {
    let mut random = StdRng::seed_from_u64(5);
    let given: Vec<_> = (0..20)
        .map(|_| Frame { words: (0..534).map(|_| random.random()).collect(), first: false, last: false })
        .collect();
    let sent = send(&given, &Surroundings { readies: 19, ..EASY }, &mut random);
    let start = ordered_set(0xBCB5_3636);
    let starts: Vec<_> = (0..sent.len()).filter(|&index| sent[index] == start).collect();
    // A longest frame takes 543 words, of which 528 are payload: 97.2 %.
    assert!(starts.windows(2).all(|pair| pair[1] - pair[0] == 543), "{starts:?}");
    assert_eq!(frames_of(&sent, IDLE).1, 19);
}

#[test]
fn primitive_sequences_are_sent_as_told_and_six_fill_words_before_the_first_frame() {
    let mut bench = Bench::new(FrameTransmitter::default());
    for (output, expected) in [
        (PortOutput::Ols, ordered_set(0xBC35_8A55)),
        (PortOutput::Nos, ordered_set(0xBC55_BF45)),
        (PortOutput::Lr, ordered_set(0xBC49_BF49)),
        (PortOutput::Lrr, ordered_set(0xBC35_BF49)),
        (PortOutput::Fill, IDLE),
    ] {
        bench.set("transmits", output as u64);
        bench.set("frame_valid", 1);
        bench.set("frame_data", u64::from(data(7).word));
        bench.set("may_send", 1);
        for cycle in 0..20 {
            bench.settle();
            if cycle >= 5 {
                assert_eq!(bench.get("word"), u64::from(expected.word), "{output:?}");
            }
            bench.clock();
        }
    }
    bench.set("transmits", PortOutput::Frames as u64);
    let sent: Vec<_> = (0..20)
        .map(|_| {
            bench.settle();
            let word = bench.get("word") as u32;
            bench.clock();
            word
        })
        .collect();
    let start = sent.iter().position(|&word| word == ordered_set(0xBCB5_3636).word).expect("a frame");
    assert_eq!(start, 5 + 6, "{sent:x?}");
}
