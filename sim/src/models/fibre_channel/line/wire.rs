//! A line in one direction.

use std::collections::VecDeque;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// Words under way at first.
const DELAY: usize = 8;
/// Words that may be under way at most.
const LONGEST_DELAY: usize = 64;
const WORD: u64 = (1 << 40) - 1;

/// What may happen to a line, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireFault {
    /// So many bits of the next word are inverted.
    Bits(u32),
    /// The next word is lost: what is behind it comes at once.
    Lose,
    /// The next word comes twice.
    Double,
    /// Nothing but zeros for so many words.
    Silence(u32),
    /// Words are cut elsewhere from now on, by so many bits.
    Slip(u32),
}

/// Carries forty bits a cycle, some words later, and cuts them elsewhere than they were sent.
#[derive(Clone, Debug)]
pub struct Wire {
    words: VecDeque<u64>,
    skew: u32,
    held: u64,
    silence: u32,
    /// Probability that a word has a wrong bit.
    noise: f64,
    random: SmallRng,
}

impl Wire {
    /// A line whose words begin `skew` bits, below 40, after those that were sent.
    pub fn new(skew: u32, seed: u64) -> Self {
        Self {
            words: VecDeque::from(vec![0; DELAY]),
            skew: skew % 40,
            held: 0,
            silence: 0,
            noise: 0.0,
            random: SmallRng::seed_from_u64(seed),
        }
    }

    /// Makes words wrong with a probability.
    pub fn set_noise(&mut self, noise: f64) {
        self.noise = noise.clamp(0.0, 1.0);
    }

    /// Something happens to it.
    pub fn disturb(&mut self, fault: WireFault) {
        match fault {
            WireFault::Bits(count) => {
                for _ in 0..count {
                    let bit = self.random.random_range(0..40);
                    if let Some(word) = self.words.front_mut() {
                        *word ^= 1 << bit;
                    }
                }
            }
            WireFault::Lose => drop((self.words.len() > 1).then(|| self.words.pop_front())),
            WireFault::Double => {
                if let Some(&word) = self.words.front().filter(|_| self.words.len() < LONGEST_DELAY) {
                    self.words.push_front(word);
                }
            }
            WireFault::Silence(words) => self.silence = words,
            WireFault::Slip(bits) => self.skew = (self.skew + bits) % 40,
        }
    }

    /// Forty bits go in, and forty come out.
    pub fn pass(&mut self, sent: u64) -> u64 {
        self.words.push_back(sent & WORD);
        let mut word = self.words.pop_front().unwrap_or(0);
        if self.silence > 0 {
            (self.silence, word) = (self.silence - 1, 0);
        }
        if self.noise > 0.0 && self.random.random_bool(self.noise) {
            word ^= 1 << self.random.random_range(0..40);
        }
        let both = u128::from(self.held) | u128::from(word) << 40;
        self.held = word;
        (both >> self.skew) as u64 & WORD
    }
}
