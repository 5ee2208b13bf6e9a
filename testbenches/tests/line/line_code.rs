//! Encoder and decoder give what the table of the code says, whatever precedes, and the decoder tells every error.

use hardpath_rtl::line::{Decoder8b10b, Encoder8b10b};
use hardpath_testbenches::cosimulation::Bench;
use hardpath_testbenches::golden::line_code::{Character, LINE_CODE, Reading, control, data};
use hardpath_testbenches::golden::ordered_set::{OrderedSet, ordered_sets};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

const ENCODER_LATENCY: usize = 5;
const DECODER_LATENCY: usize = 4;

/// The codes of words, one a cycle.
fn encode(words: &[[Character; 4]]) -> Vec<u64> {
    let mut bench = Bench::new(Encoder8b10b::default());
    let mut codes = vec![];
    for cycle in 0..words.len() + ENCODER_LATENCY {
        let word = words.get(cycle).copied().unwrap_or([data(0); 4]);
        bench.set("word", u64::from(u32::from_le_bytes(word.map(|character| character.byte))));
        let is_control = |(place, character): (usize, &Character)| u64::from(character.is_control) << place;
        bench.set("control", word.iter().enumerate().map(is_control).sum());
        bench.settle();
        if cycle >= ENCODER_LATENCY {
            codes.push(bench.get("code"));
        }
        bench.clock();
    }
    codes
}

/// What the decoder says of four characters.
type Word = [Reading; 4];

/// What words of forty bits are, one a cycle.
fn decode(codes: &[u64]) -> Vec<Word> {
    let mut bench = Bench::new(Decoder8b10b::default());
    let mut words = vec![];
    for cycle in 0..codes.len() + DECODER_LATENCY {
        bench.set("code", codes.get(cycle).copied().unwrap_or(0));
        bench.settle();
        if cycle >= DECODER_LATENCY {
            let [word, control, code_error, disparity_error] =
                ["word", "control", "code_error", "disparity_error"].map(|name| bench.get(name));
            words.push(std::array::from_fn(|place| {
                let is = |bits: u64| bits >> place & 1 == 1;
                let character = Character { byte: (word >> (8 * place)) as u8, is_control: is(control) };
                match (is(code_error), is(disparity_error)) {
                    (true, false) => Reading::Illegal,
                    (false, true) => Reading::OtherDisparity(character),
                    (false, false) => Reading::Character(character),
                    (true, true) => panic!("two errors of a character"),
                }
            }));
        }
        bench.clock();
    }
    words
}

/// The same from the table of the code.
fn expected_readings(codes: &[u64]) -> Vec<Word> {
    let mut positive = false;
    let read = |code: u64, positive: &mut bool| {
        std::array::from_fn(|place| {
            let (reading, behind) = LINE_CODE.decode((code >> (10 * place) & 0x3FF) as u16, *positive);
            *positive = behind;
            reading
        })
    };
    codes.iter().map(|&code| read(code, &mut positive)).collect()
}

fn expected_codes(words: &[[Character; 4]]) -> Vec<u64> {
    let mut positive = false;
    let code = |word: &[Character; 4]| {
        let (code, behind) = LINE_CODE.encode_word(*word, positive);
        positive = behind;
        code
    };
    words.iter().map(code).collect()
}

fn words_of(characters: &[Character]) -> Vec<[Character; 4]> {
    characters.chunks_exact(4).map(|word| word.try_into().expect("four")).collect()
}

#[test]
fn every_character_is_encoded_at_every_place_and_both_disparities() {
    let characters = LINE_CODE.characters();
    let (mut sequence, mut positive) = (vec![], false);
    let mut add = |character, positive: &mut bool| {
        sequence.push(character);
        *positive = LINE_CODE.encode(character, *positive).1;
    };
    for place in 0..4 {
        for &character in &characters {
            for wanted in [false, true] {
                // D0.0 is balanced, D3.0 is not.
                add(data(if positive == wanted { 0x00 } else { 0x03 }), &mut positive);
                assert_eq!(positive, wanted);
                add(character, &mut positive);
            }
        }
        // From here on each stands a place later.
        if place < 3 {
            add(data(0x00), &mut positive);
        }
    }
    sequence.resize(sequence.len().next_multiple_of(4), data(0));
    let words = words_of(&sequence);
    assert_eq!(encode(&words), expected_codes(&words));
}

#[test]
fn ordered_sets_are_encoded_as_independent_implementations_do() {
    let mut sequence = vec![];
    let mut expected = vec![];
    let mut positive = false;
    for OrderedSet { name, bytes, before, bits, after } in ordered_sets() {
        let filler = [data(if positive == before { 0x00 } else { 0x03 }), data(0), data(0), data(0)];
        let (code, behind) = LINE_CODE.encode_word(filler, positive);
        assert_eq!(behind, before, "{name}");
        sequence.extend([filler, [control(bytes[0]), data(bytes[1]), data(bytes[2]), data(bytes[3])]]);
        expected.extend([code, bits]);
        positive = after;
    }
    assert_eq!(encode(&sequence), expected);
}

#[test]
fn all_ten_bits_are_read_at_both_disparities_as_the_table_says() {
    // At every place, behind each disparity: D0.0 keeps it, D3.0 changes it.
    for place in 0..4 {
        let mut codes = vec![];
        let mut positive = false;
        for code in 0..0x400_u16 {
            for wanted in [false, true] {
                let first = data(if positive == wanted { 0x00 } else { 0x03 });
                let (word, behind) = LINE_CODE.encode_word([first, data(0), data(0), data(0)], positive);
                assert_eq!(behind, wanted);
                let (_, behind_code) = LINE_CODE.decode(code, wanted);
                let mut tested = u64::from(code) << (10 * place);
                for other in (0..4).filter(|&other| other != place) {
                    let disparity = if other < place { wanted } else { behind_code };
                    tested |= u64::from(LINE_CODE.encode(data(0), disparity).0) << (10 * other);
                }
                codes.extend([word, tested]);
                positive = behind_code;
            }
        }
        let (got, wanted) = (decode(&codes), expected_readings(&codes));
        for (index, (got, wanted)) in got.iter().zip(&wanted).enumerate() {
            assert_eq!(got, wanted, "place {place}, {:#012b} behind {:#x?}", codes[index], &codes[..index].last());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_encoded_is_decoded(seed: u64, words in 1..200_usize) {
        let characters = LINE_CODE.characters();
        let mut random = StdRng::seed_from_u64(seed);
        let sequence: Vec<[Character; 4]> =
            (0..words).map(|_| std::array::from_fn(|_| *characters.choose(&mut random).expect("characters"))).collect();
        let codes = encode(&sequence);
        prop_assert_eq!(&codes, &expected_codes(&sequence));
        prop_assert_eq!(decode(&codes), sequence.iter().map(|word| word.map(Reading::Character)).collect::<Vec<_>>());
    }

    #[test]
    fn errors_on_the_line_are_told_as_the_table_does(seed: u64, words in 1..200_usize, flips in 0..60_usize) {
        let mut random = StdRng::seed_from_u64(seed);
        let sequence: Vec<[Character; 4]> =
            (0..words).map(|_| std::array::from_fn(|_| data(random.random()))).collect();
        let mut codes = expected_codes(&sequence);
        for _ in 0..flips {
            let word = random.random_range(0..words);
            codes[word] ^= 1 << random.random_range(0..40);
        }
        prop_assert_eq!(decode(&codes), expected_readings(&codes));
    }
}
