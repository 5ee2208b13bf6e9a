//! Random choices.

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::index::sample;

pub use hardpath_testbenches::cosimulation::Bench;

pub fn random(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// `count` different places below `length`.
pub fn places(random: &mut StdRng, length: usize, count: usize) -> Vec<usize> {
    sample(random, length, count).into_vec()
}
