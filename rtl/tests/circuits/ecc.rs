//! BCH encoder and decoder, one behind the other: what was encoded comes back, with any errors up to the code's strength.

use hardpath_rtl::flash_controller::ecc::{BchCode, BchDecoder, BchEncoder};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::index::sample;
use rust_hdl::prelude::*;

use crate::bench::{Receiver, Sender, random, settle, value};

/// The words of the codewords of some data, each with its parity.
fn encode<const B: usize, const P: usize>(code: &BchCode, data: &[Vec<u64>]) -> Vec<Vec<u64>> {
    let mut random = random(1);
    let mut circuit = BchEncoder::<B, P>::new(code);
    circuit.connect_all();
    let words = data.iter().flat_map(|codeword| {
        let last = codeword.len() - 1;
        codeword.iter().enumerate().map(move |(index, word)| (*word, index == last))
    });
    let mut sender = Sender::new(words, 0.8);
    let mut receiver = Receiver::new(0.8);
    let length = code.words(B);
    while receiver.words.len() < data.len() * length {
        sender.drive(&mut circuit.sink, &mut random);
        receiver.drive(&mut circuit.source, &mut random);
        settle(&mut circuit, |circuit| &mut circuit.clock, false);
        sender.observe(&circuit.sink);
        receiver.observe(&circuit.source);
        settle(&mut circuit, |circuit| &mut circuit.clock, true);
    }
    let codewords = receiver.words.chunks(length);
    codewords
        .map(|codeword| {
            assert!(codeword.iter().enumerate().all(|(index, (_, last))| *last == (index == length - 1)));
            codeword.iter().map(|(word, _)| *word).collect()
        })
        .collect()
}

struct Outcome {
    data: Vec<u64>,
    corrected: u64,
    uncorrectable: bool,
}

fn decode<const M: usize, const B: usize, const S: usize, const V: usize, const A: usize>(
    code: &BchCode,
    lanes: usize,
    codewords: &[Vec<u64>],
    eagerness: f64,
) -> Vec<Outcome> {
    let mut random = random(2);
    let mut circuit = BchDecoder::<M, B, S, V, A>::new(code, lanes);
    circuit.connect_all();
    let mut words = codewords.iter().flatten();
    let (mut data, mut verdicts) = (vec![vec![]], vec![]);
    for cycle in 0.. {
        let word = if random.random_bool(eagerness) { words.next() } else { None };
        circuit.word_valid.next = word.is_some();
        circuit.word.next = word.copied().unwrap_or_else(|| random.random_range(0..1 << B)).into();
        settle(&mut circuit, |circuit| &mut circuit.clock, false);
        if circuit.data_valid.val() {
            data.last_mut().expect("a codeword").push(value(circuit.data.val()));
            if circuit.data_last.val() {
                data.push(vec![]);
            }
        }
        if circuit.decided.val() {
            verdicts.push((value(circuit.corrected.val()), circuit.uncorrectable.val()));
        }
        settle(&mut circuit, |circuit| &mut circuit.clock, true);
        if verdicts.len() == codewords.len() && data.len() == codewords.len() + 1 {
            break;
        }
        assert!(cycle < 100_000, "the decoder stands");
    }
    data.into_iter()
        .zip(verdicts)
        .map(|(data, (corrected, uncorrectable))| Outcome { data, corrected, uncorrectable })
        .collect()
}

fn some_data(code: &BchCode, word_bits: usize, count: usize, random: &mut StdRng) -> Vec<Vec<u64>> {
    let words = code.data_words(word_bits);
    (0..count).map(|_| (0..words).map(|_| random.random_range(0..1 << word_bits)).collect()).collect()
}

fn damage(codeword: &mut [u64], word_bits: usize, errors: usize, random: &mut StdRng) {
    for place in sample(random, codeword.len() * word_bits, errors) {
        codeword[place / word_bits] ^= 1 << (place % word_bits);
    }
}

/// Codewords with 0 to `t` errors, without a pause if `eagerness` is 1, come back.
fn comes_back<const M: usize, const B: usize, const P: usize, const S: usize, const V: usize, const A: usize>(
    code: &BchCode,
    lanes: usize,
    weights: &[usize],
    eagerness: f64,
) {
    let mut random = random(3);
    let data = some_data(code, B, weights.len(), &mut random);
    let mut codewords = encode::<B, P>(code, &data);
    for (codeword, weight) in codewords.iter_mut().zip(weights) {
        damage(codeword, B, *weight, &mut random);
    }
    let outcomes = decode::<M, B, S, V, A>(code, lanes, &codewords, eagerness);
    for ((data, outcome), weight) in data.iter().zip(&outcomes).zip(weights) {
        assert_eq!((outcome.corrected, outcome.uncorrectable), (*weight as u64, false));
        assert!(outcome.data == *data, "{weight} errors");
    }
}

#[test]
fn slc_codewords_come_back() {
    comes_back::<13, 8, 104, 117, 104, 11>(&BchCode::slc(), 1, &[8, 0, 1, 7, 8, 8], 1.0);
}

#[test]
fn two_bytes_a_cycle_come_back() {
    let code = BchCode::new(10, 0x409, 3, 100).expect("legal");
    comes_back::<10, 16, 30, 40, 160, 8>(&code, 1, &[3, 3, 3, 0, 2, 1, 0, 0, 3, 3], 1.0);
    comes_back::<10, 16, 30, 40, 160, 8>(&code, 1, &[1, 2, 3, 0, 3], 0.7);
}

#[test]
fn several_lanes_come_back() {
    let code = BchCode::new(9, 0x211, 2, 40).expect("legal");
    comes_back::<9, 8, 18, 36, 72, 8>(&code, 2, &[2, 2, 0, 1, 2, 2, 0, 0, 2, 1], 1.0);
    let code = BchCode::new(9, 0x211, 5, 48).expect("legal");
    comes_back::<9, 8, 45, 54, 72, 8>(&code, 3, &[5, 4, 0, 1, 5, 5, 3, 2], 0.9);
}

#[test]
fn parity_is_that_of_an_independent_implementation() {
    // testbenches/vectors/bch.toml, t = 8: data bytes (7 i + 3) mod 256.
    let code = BchCode::new(13, 0x201b, 8, 512).expect("legal");
    let data: Vec<u64> = (0..512).map(|index| (index * 7 + 3) & 255).collect();
    let codeword = encode::<8, 104>(&code, &[data]).remove(0);
    let parity: String = codeword[512..].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(parity, "5b0fac81b931e94ceaad77880a");
}

#[test]
fn too_many_errors_are_reported_or_make_another_codeword() {
    let code = BchCode::slc();
    let mut random = random(4);
    let data = some_data(&code, 8, 4, &mut random);
    let mut codewords = encode::<8, 104>(&code, &data);
    for (index, codeword) in codewords.iter_mut().enumerate() {
        damage(codeword, 8, 9 + index, &mut random);
    }
    for outcome in decode::<13, 8, 117, 104, 11>(&code, 1, &codewords, 1.0) {
        assert_eq!((outcome.corrected, outcome.uncorrectable), (0, true));
    }
}
