//! Clock stepping, and the two ends of a stream as a testbench plays them.

use std::collections::VecDeque;

use hardpath_rtl::stream::{StreamSink, StreamSource};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rust_hdl::prelude::*;

/// Rounds of settling after which a circuit counts as oscillating.
const SETTLING_ROUNDS: usize = 100;

/// Steps a circuit by one clock level; `clock` reaches its clock input.
pub fn settle<B: Block>(circuit: &mut B, clock: impl Fn(&mut B) -> &mut Signal<In, Clock>, level: bool) {
    clock(circuit).next = level.into();
    assert!(simulate(circuit, SETTLING_ROUNDS), "the circuit does not settle");
}

pub fn random(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// The value of a word of up to 64 bits.
pub fn value<const W: usize>(word: Bits<W>) -> u64 {
    word.into()
}

/// Sends words into a stream, pausing at random.
pub struct Sender {
    pub words: VecDeque<(u64, bool)>,
    /// Chance of offering the next word in a cycle.
    pub eagerness: f64,
    offering: bool,
}

impl Sender {
    pub fn new(words: impl IntoIterator<Item = (u64, bool)>, eagerness: f64) -> Self {
        Self { words: words.into_iter().collect(), eagerness, offering: false }
    }

    /// Sets the port for the coming cycle.
    pub fn drive<const W: usize>(&mut self, port: &mut StreamSink<W>, random: &mut StdRng) {
        self.offering |= !self.words.is_empty() && random.random_bool(self.eagerness);
        port.valid.next = self.offering;
        // Without an offer, the port carries what must not be looked at.
        let (word, last) = match self.offering {
            true => self.words[0],
            false => (random.random::<u64>() & mask::<W>(), random.random()),
        };
        port.data.next = word.into();
        port.last.next = last;
    }

    /// Notes whether the word moved, when the circuit has settled.
    pub fn observe<const W: usize>(&mut self, port: &StreamSink<W>) -> bool {
        let moved = self.offering && port.ready.val();
        if moved {
            self.words.pop_front();
            self.offering = false;
        }
        moved
    }
}

pub fn mask<const W: usize>() -> u64 {
    if W >= 64 { u64::MAX } else { (1 << W) - 1 }
}

/// Takes words from a stream, pausing at random, and checks that an offer stands until it is taken.
pub struct Receiver {
    pub words: Vec<(u64, bool)>,
    /// Chance of being ready in a cycle.
    pub eagerness: f64,
    standing: Option<(u64, bool)>,
}

impl Receiver {
    pub fn new(eagerness: f64) -> Self {
        Self { words: vec![], eagerness, standing: None }
    }

    /// Sets the port for the coming cycle.
    pub fn drive<const W: usize>(&mut self, port: &mut StreamSource<W>, random: &mut StdRng) {
        port.ready.next = random.random_bool(self.eagerness);
    }

    /// Takes the word that moves, when the circuit has settled.
    pub fn observe<const W: usize>(&mut self, port: &StreamSource<W>) -> bool {
        let offer = port.valid.val().then(|| (value(port.data.val()), port.last.val()));
        if let Some(standing) = self.standing.take() {
            assert_eq!(offer, Some(standing), "an offer changed before it was taken");
        }
        // `ready` is this testbench's own signal: what was set is what the circuit sees.
        let taken = port.ready.val();
        match offer {
            Some(word) if taken => self.words.push(word),
            standing => self.standing = standing,
        }
        offer.is_some() && taken
    }
}
