//! Every ordered set is told by name, and the third of the same in succession.

use hardpath_rtl::fibre_channel::{OrderedSetDecoder, WordKind};
use hardpath_testbenches::cosimulation::Bench;
use hardpath_testbenches::golden::frame::{ARB_FF, IDLE, LineWord, data, ordered_set};
use hardpath_testbenches::golden::ordered_set::ordered_sets;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

const LATENCY: usize = 2;

/// What a port makes of the name of an ordered set.
fn kind_of(name: &str) -> WordKind {
    match name {
        "IDLE" => WordKind::Idle,
        "R_RDY" => WordKind::RRdy,
        "BB_SCs" => WordKind::BbScS,
        "BB_SCr" => WordKind::BbScR,
        "CLS" => WordKind::Cls,
        "NOS" => WordKind::Nos,
        "OLS" => WordKind::Ols,
        "LR" => WordKind::Lr,
        "LRR" => WordKind::Lrr,
        "SOFi3" => WordKind::SofI3,
        "SOFn3" => WordKind::SofN3,
        "SOFi2" | "SOFn2" => WordKind::Sof2,
        "EOFt" => WordKind::EofT,
        "EOFn" => WordKind::EofN,
        "EOFa" => WordKind::EofA,
        "EOFni" | "EOFdti" | "EOFrti" => WordKind::EofNi,
        "EOFdt" | "EOFrt" => WordKind::EofOther,
        _ if name.starts_with("ARB") => WordKind::Arb,
        _ if name.starts_with("OPN") => WordKind::Opn,
        _ if name.starts_with("LIP") => WordKind::Lip,
        _ if name.starts_with("LPE") => WordKind::Lpe,
        _ if name.starts_with("LPB") => WordKind::Lpb,
        _ if name.starts_with("SOF") => WordKind::SofOther,
        "DHD" => WordKind::Other,
        _ => panic!("{name} has no kind"),
    }
}

/// A word with what the synchronizer says of it.
#[derive(Clone, Copy)]
struct Received {
    word: LineWord,
    is_invalid: bool,
    is_synchronized: bool,
}

fn good(word: LineWord) -> Received {
    Received { word, is_invalid: false, is_synchronized: true }
}

/// Kind of every word, as a number, and whether it is repeated.
fn decode(words: &[Received]) -> Vec<(u64, bool)> {
    let mut bench = Bench::new(OrderedSetDecoder::default());
    let mut kinds = vec![];
    for cycle in 0..words.len() + LATENCY {
        let received = words.get(cycle).copied().unwrap_or(good(IDLE));
        bench.set("received", u64::from(received.word.word));
        bench.set("is_ordered_set", u64::from(received.word.is_ordered_set));
        bench.set("is_invalid", u64::from(received.is_invalid));
        bench.set("is_synchronized", u64::from(received.is_synchronized));
        bench.settle();
        if cycle >= LATENCY {
            assert_eq!(bench.get("word"), u64::from(words[cycle - LATENCY].word.word));
            kinds.push((bench.get("kind"), bench.get("is_repeated") == 1));
        }
        bench.clock();
    }
    kinds
}

#[test]
fn every_ordered_set_is_told_by_name() {
    let sets = ordered_sets();
    let words: Vec<_> = sets.iter().map(|set| good(ordered_set(u32::from_be_bytes(set.bytes)))).collect();
    for (set, (kind, _)) in sets.iter().zip(decode(&words)) {
        assert_eq!(kind, kind_of(&set.name) as u64, "{} is {kind}", set.name);
    }
}

#[test]
fn ordered_sets_with_addresses_are_told_by_their_second_byte() {
    for address in 0..=255_u32 {
        let words =
            [0xBC94_0000 | (address * 0x101), 0xBC91_0100 | address, 0xBC15_F700 | address, 0xBC05_FF00 | address]
                .map(|bytes| good(ordered_set(bytes)));
        let kinds: Vec<_> = decode(&words).into_iter().map(|(kind, _)| kind).collect();
        let expected = [WordKind::Arb, WordKind::Opn, WordKind::Lip, WordKind::Lpe].map(|kind| kind as u64);
        assert_eq!(kinds, expected, "address {address:02X}");
    }
}

#[test]
fn what_begins_with_another_control_character_is_invalid() {
    let words = [good(LineWord { word: 0xB5B5_951C, is_ordered_set: true })];
    assert_eq!(decode(&words), [(WordKind::Invalid as u64, false)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_third_of_the_same_ordered_set_in_succession_is_repeated(seed: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        let sets = [ordered_set(0xBC55_BF45), ordered_set(0xBC35_8A55), IDLE, ARB_FF, data(0x1234_5678)];
        let mut words = vec![];
        while words.len() < 500 {
            let word = *sets.choose(&mut random).expect("a set");
            for _ in 0..random.random_range(1..7) {
                words.push(Received {
                    word,
                    is_invalid: random.random_bool(0.05),
                    is_synchronized: random.random_bool(0.95),
                });
            }
        }
        let (mut same, mut expected, mut last) = (0, vec![], None);
        for received in &words {
            let counts = received.is_synchronized && !received.is_invalid && received.word.is_ordered_set;
            same = match (counts, last == Some(received.word)) {
                (false, _) => 0,
                (true, true) => same + 1,
                (true, false) => 1,
            };
            last = counts.then_some(received.word);
            let kind = if !received.is_synchronized {
                WordKind::Unsynchronized
            } else if received.is_invalid {
                WordKind::Invalid
            } else if !received.word.is_ordered_set {
                WordKind::Data
            } else {
                [WordKind::Nos, WordKind::Ols, WordKind::Idle, WordKind::Arb]
                    [sets.iter().position(|set| *set == received.word).expect("a set")]
            };
            expected.push((kind as u64, same >= 3));
        }
        prop_assert_eq!(decode(&words), expected);
    }
}
