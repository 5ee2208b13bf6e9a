//! A buffer between two clocks loses, repeats and reorders nothing, whichever is faster.

use hardpath_rtl::stream::AsynchronousFifo;
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Words that went in and came out, where each clock rises and each side is willing with a probability.
fn run(seed: u64, rises: [f64; 2], willing: [f64; 2]) -> (Vec<u64>, Vec<u64>) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut bench = Bench::new(AsynchronousFifo::<20, 4>::default());
    let (mut given, mut taken) = (vec![], vec![]);
    let mut offers = false;
    for _ in 0..4000 {
        // What is offered stays until it is taken.
        offers |= random.random_bool(willing[0]);
        let word = given.len() as u64;
        bench.set("sink_valid", u64::from(offers));
        bench.set("sink_data", word);
        bench.set("sink_last", word & 1);
        let takes = random.random_bool(willing[1]);
        bench.set("source_ready", u64::from(takes));
        bench.settle();
        let edges = [random.random_bool(rises[0]), random.random_bool(rises[1])];
        if edges[0] && offers && bench.get("sink_ready") == 1 {
            given.push(word);
            offers = false;
        }
        if edges[1] && takes && bench.get("source_valid") == 1 {
            assert_eq!(bench.get("source_last"), bench.get("source_data") & 1);
            taken.push(bench.get("source_data"));
        }
        let names: Vec<&str> =
            ["clock", "source_clock"].into_iter().zip(edges).filter_map(|(name, edge)| edge.then_some(name)).collect();
        bench.clocks(&names);
    }
    (given, taken)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn words_come_out_as_they_went_in(
        seed: u64, rises in prop::array::uniform2(0.1..1.0), willing in prop::array::uniform2(0.1..1.0),
    ) {
        let (given, taken) = run(seed, rises, willing);
        prop_assert!(taken.len() > 5, "{} words", taken.len());
        prop_assert!(given.len() - taken.len() <= 16 + 5);
        prop_assert_eq!(&taken[..], &given[..taken.len()]);
    }
}

#[test]
fn a_word_takes_two_cycles_of_one_clock_and_six_of_the_other() {
    let mut bench = Bench::new(AsynchronousFifo::<8, 4>::default());
    let both = ["clock", "source_clock"];
    for _ in 0..4 {
        bench.clocks(&both);
    }
    bench.set("sink_valid", 1);
    bench.clocks(&both);
    bench.set("sink_valid", 0);
    let mut cycles = 1;
    bench.settle();
    while bench.get("source_valid") == 0 {
        bench.clocks(&both);
        bench.settle();
        cycles += 1;
    }
    assert_eq!(cycles, 2 + 6);
}
