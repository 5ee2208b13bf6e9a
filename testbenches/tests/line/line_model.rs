//! The host's end of a line, which has tables of its own, against independent vectors and golden models.

use hardpath_sim::models::fibre_channel::{Frame, Header, LineFrame, LineWord, Primitive, WordReceiver};
use hardpath_sim::models::line_code::{Disparity, Symbol, decode, encode, encode_word};
use hardpath_testbenches::golden::frame::Frame as GoldenFrame;
use hardpath_testbenches::golden::line_code::LINE_CODE;
use hardpath_testbenches::golden::ordered_set::ordered_sets;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn disparity(is_positive: bool) -> Disparity {
    if is_positive { Disparity::Plus } else { Disparity::Minus }
}

#[test]
fn the_code_is_that_of_the_table_at_both_disparities() {
    let mut legal = [vec![], vec![]];
    for character in LINE_CODE.characters() {
        let symbol = Symbol { byte: character.byte, is_control: character.is_control };
        for positive in [false, true] {
            let (code, after) = LINE_CODE.encode(character, positive);
            assert_eq!(encode(symbol, disparity(positive)), (code, disparity(after)), "{symbol:?}");
            assert_eq!(decode(code, disparity(positive)), (Some(symbol), disparity(after)), "{symbol:?}");
            legal[usize::from(positive)].push(code);
        }
    }
    for positive in [false, true] {
        let others = (0..1024).filter(|code| !legal[usize::from(positive)].contains(code));
        assert!(others.into_iter().all(|code| decode(code, disparity(positive)).0.is_none()));
    }
}

#[test]
fn primitives_are_those_of_the_list() {
    let sets = ordered_sets();
    let named = |name: &str| sets.iter().find(|set| set.name == name).expect(name);
    for (primitive, name) in [
        (Primitive::Idle, "IDLE"),
        (Primitive::ArbFf, "ARB(FF)"),
        (Primitive::RRdy, "R_RDY"),
        (Primitive::Nos, "NOS"),
        (Primitive::Ols, "OLS"),
        (Primitive::Lr, "LR"),
        (Primitive::Lrr, "LRR"),
    ] {
        let set = named(name);
        assert_eq!(primitive.bytes(), set.bytes, "{name}");
        let symbols = std::array::from_fn(|place| Symbol { byte: set.bytes[place], is_control: place == 0 });
        assert_eq!(encode_word(symbols, disparity(set.before)), (set.bits, disparity(set.after)), "{name}");
    }
    for set in &sets {
        assert_eq!(LineFrame::is_start(set.bytes), set.name.starts_with("SOF"), "{}", set.name);
        assert_eq!(LineFrame::is_end(set.bytes), set.name.starts_with("EOF"), "{}", set.name);
    }
}

#[test]
fn frames_are_those_of_the_golden_model() {
    let mut random = StdRng::seed_from_u64(1);
    for (is_first, is_last) in [(true, true), (true, false), (false, true), (false, false)] {
        let header = Header { r_ctl: 1, destination: random.random_range(0..1 << 24), ..Header::default() };
        let payload = (0..4 * random.random_range(0..528)).map(|_| random.random()).collect();
        let frame = Frame { header, payload, is_first, is_last };
        let golden = GoldenFrame { words: frame.words(), first: is_first, last: is_last }.on_the_line();
        let ours = LineFrame::from(&frame);
        let bytes = [ours.start.as_slice(), &ours.bytes, &ours.crc, &ours.end].concat();
        let expected: Vec<u8> = golden.iter().flat_map(|word| word.word.to_le_bytes()).collect();
        assert!(bytes == expected, "another frame");
        assert_eq!(ours.check(), Ok(frame));
        let mut wrong = ours;
        let place = random.random_range(0..wrong.bytes.len());
        wrong.bytes[place] ^= 1;
        assert!(wrong.check().is_err());
    }
}

#[test]
fn words_are_found_wherever_they_begin_and_given_up_after_four_invalid_ones() {
    for skew in 0..40 {
        let mut receiver = WordReceiver::default();
        let symbols = Primitive::Idle.bytes();
        let symbols = std::array::from_fn(|place| Symbol { byte: symbols[place], is_control: place == 0 });
        let (idle, _) = encode_word(symbols, Disparity::Minus);
        let line =
            |word: u64, before: u64| ((u128::from(before) | u128::from(word) << 40) >> skew) as u64 & ((1 << 40) - 1);
        let words: Vec<_> = (0..8).map(|_| receiver.receive(line(idle, idle))).collect();
        assert_eq!(words[7], LineWord::Set(Primitive::Idle.bytes()), "skew {skew}: {words:?}");
        let broken: Vec<_> = (0..5).map(|_| receiver.receive(0)).collect();
        assert_eq!(broken[4], LineWord::Lost, "skew {skew}: {broken:?}");
    }
}
