//! The encoder gives the golden model's codewords, whatever the pauses.

use crate::bench::{Bench, random};
use crate::codes::Code;
use hardpath_rtl::flash_controller::ecc::BchEncoder;
use proptest::prelude::*;
use rand::Rng;

/// Encodes the data of several codewords; returns their words and the cycles taken from first to last word out.
fn encode(
    bench: &mut Bench,
    code: &Code,
    data: &[Vec<u8>],
    offer: f64,
    ready: f64,
    seed: u64,
) -> (Vec<Vec<u8>>, usize) {
    let mut random = random(seed);
    let mut words: Vec<(u64, bool)> = vec![];
    for codeword in data {
        words.extend(code.words(codeword).into_iter().map(|word| (word, false)));
        words.last_mut().expect("data").1 = true;
    }
    let mut words = words.into_iter().peekable();
    let (mut codewords, mut codeword) = (vec![], vec![]);
    let mut offering = false;
    let (mut first, mut cycle) = (None, 0);
    while codewords.len() < data.len() {
        offering |= words.peek().is_some() && random.random_bool(offer);
        let (word, last) = words.peek().copied().filter(|_| offering).unwrap_or((random.random::<u64>() & 0xff, true));
        bench.set("sink_valid", u64::from(offering));
        bench.set("sink_data", word);
        bench.set("sink_last", u64::from(last));
        let taking = random.random_bool(ready);
        bench.set("source_ready", u64::from(taking));
        bench.settle();
        if taking && bench.get("source_valid") == 1 {
            first.get_or_insert(cycle);
            codeword.push(bench.get("source_data"));
            if bench.get("source_last") == 1 {
                codewords.push(code.bytes(&std::mem::take(&mut codeword)));
            }
        }
        if offering && bench.get("sink_ready") == 1 {
            words.next();
            offering = false;
        }
        bench.clock();
        cycle += 1;
        assert!(cycle < 1_000_000, "the encoder stands");
    }
    (codewords, cycle - first.unwrap_or(0))
}

fn check<const B: usize, const P: usize>(code: &Code, offer: f64, ready: f64) -> usize {
    let mut random = random(7);
    let data: Vec<Vec<u8>> = (0..4).map(|_| (0..code.data_bytes()).map(|_| random.random()).collect()).collect();
    let mut bench = Bench::new(BchEncoder::<B, P>::new(&code.circuit));
    let (codewords, cycles) = encode(&mut bench, code, &data, offer, ready, 3);
    for (data, codeword) in data.iter().zip(&codewords) {
        assert_eq!(*codeword, code.golden.encode(data));
    }
    cycles
}

#[test]
fn codewords_equal_the_golden_model_under_back_pressure() {
    check::<8, 104>(&Code::slc(), 0.8, 0.7);
    check::<8, 560>(&Code::emlc(), 0.9, 0.9);
    check::<8, 168>(&Code::short_block(), 0.5, 1.0);
    check::<16, 30>(&Code::two_bytes(), 0.7, 0.7);
    check::<8, 18>(&Code::tiny(), 0.7, 0.7);
}

#[test]
fn a_word_leaves_every_cycle() {
    assert_eq!(check::<8, 104>(&Code::slc(), 1.0, 1.0), 4 * 527);
    assert_eq!(check::<16, 30>(&Code::two_bytes(), 1.0, 1.0), 4 * 52);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn any_data_is_encoded_as_the_golden_model_does(
        data in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 30..=30), 1..4),
        offer in 0.3..1.0_f64,
        ready in 0.3..1.0_f64,
        seed: u64,
    ) {
        // Shorter codewords than the code's are the code shortened further.
        let code = Code::two_bytes();
        let mut bench = Bench::new(BchEncoder::<16, 30>::new(&code.circuit));
        let (codewords, _) = encode(&mut bench, &code, &data, offer, ready, seed);
        let expected: Vec<Vec<u8>> = data.iter().map(|data| code.golden.encode(data)).collect();
        prop_assert_eq!(codewords, expected);
    }
}
