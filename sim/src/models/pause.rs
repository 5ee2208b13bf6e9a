//! Random pauses at a pin, from a seed.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// Decides cycle by cycle whether a device at the pins pauses.
#[derive(Clone, Debug)]
pub struct Pause {
    random: Option<SmallRng>,
    probability: f64,
}

impl Pause {
    /// Never pauses.
    pub fn never() -> Self {
        Self { random: None, probability: 0.0 }
    }

    /// Pauses in each cycle with a probability from 0 to 1; the same seed gives the same pauses.
    pub fn random(seed: u64, probability: f64) -> Self {
        Self { random: Some(SmallRng::seed_from_u64(seed)), probability: probability.clamp(0.0, 1.0) }
    }

    /// Whether it pauses in this cycle.
    pub fn next_cycle(&mut self) -> bool {
        match &mut self.random {
            Some(random) => random.random_bool(self.probability),
            None => false,
        }
    }
}
