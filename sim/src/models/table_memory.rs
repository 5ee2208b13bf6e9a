//! The memory of a lookup table: DRAM behind its controller, as the table's port sees it.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::collections::{BTreeMap, VecDeque};
use std::ops::RangeInclusive;

/// What the memory says at the start of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableMemorySignals {
    /// A read offered in this cycle is accepted.
    pub read_ready: bool,
    /// A write offered in this cycle is accepted.
    pub write_ready: bool,
    /// The oldest read that was not answered yet is answered with this word.
    pub response: Option<u64>,
}

/// Words of up to 64 bits that are read after a random latency, in order, and a port that accepts requests at random.
///
/// Every word is zero at first. A read that meets a write of its address in the same cycle is answered with neither word.
#[derive(Clone, Debug)]
pub struct TableMemory {
    words: BTreeMap<u64, u64>,
    latency: RangeInclusive<u64>,
    ready_share: f64,
    random: SmallRng,
    cycle: u64,
    /// When each read is answered, and with what.
    answers: VecDeque<(u64, u64)>,
    signals: TableMemorySignals,
}

impl TableMemory {
    /// A memory that answers between the first and the last of `latency` cycles after acceptance, later if answers queue,
    /// and accepts what is offered in `ready_share` (0 to 1) of the cycles, reads and writes each by themselves.
    ///
    /// # Panics
    /// If a latency of 0 is allowed.
    pub fn new(latency: RangeInclusive<u64>, ready_share: f64, seed: u64) -> Self {
        assert!(*latency.start() >= 1, "a memory answers one cycle after acceptance at the earliest");
        let signals = TableMemorySignals { read_ready: false, write_ready: false, response: None };
        Self {
            words: BTreeMap::new(),
            latency,
            ready_share: ready_share.clamp(0.0, 1.0),
            random: SmallRng::seed_from_u64(seed),
            cycle: 0,
            answers: VecDeque::new(),
            signals,
        }
    }

    /// Begins a cycle: what stands on the port's inputs to the table.
    pub fn drive(&mut self) -> TableMemorySignals {
        let due = self.answers.front().is_some_and(|(due, _)| *due <= self.cycle);
        self.signals = TableMemorySignals {
            read_ready: self.random.random_bool(self.ready_share),
            write_ready: self.random.random_bool(self.ready_share),
            response: if due { self.answers.pop_front().map(|(_, word)| word) } else { None },
        };
        self.signals
    }

    /// Ends a cycle: what the table offers in it, an address to read, an address and a word to write.
    pub fn clock(&mut self, read: Option<u64>, write: Option<(u64, u64)>) {
        let write = write.filter(|_| self.signals.write_ready);
        if let Some(address) = read.filter(|_| self.signals.read_ready) {
            let due = self.cycle + self.random.random_range(self.latency.clone());
            let word = match write {
                Some((written, _)) if written == address => self.random.random(),
                _ => self.word(address),
            };
            self.answers.push_back((due, word));
        }
        if let Some((address, word)) = write {
            self.words.insert(address, word);
        }
        self.cycle += 1;
    }

    /// A word as the accepted writes left it.
    pub fn word(&self, address: u64) -> u64 {
        self.words.get(&address).copied().unwrap_or(0)
    }

    /// Puts a word there.
    pub fn set_word(&mut self, address: u64, word: u64) {
        self.words.insert(address, word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_order_within_the_latency_and_see_earlier_writes_alone() {
        let mut memory = TableMemory::new(3..=3, 1.0, 1);
        let mut seen = vec![];
        for cycle in 0..8 {
            seen.push(memory.drive().response);
            memory.clock((cycle < 3).then_some(5), (cycle == 1).then_some((5, 77)));
        }
        assert_eq!([seen[0], seen[1], seen[2], seen[3], seen[5], seen[6]], [None, None, None, Some(0), Some(77), None]);
        assert!(seen[4].is_some_and(|word| word != 0 && word != 77), "a collision gives neither word");
    }

    #[test]
    fn what_is_not_accepted_does_nothing() {
        let mut memory = TableMemory::new(1..=1, 0.0, 2);
        for _ in 0..20 {
            assert_eq!(memory.drive().response, None);
            memory.clock(Some(1), Some((1, 1)));
        }
        assert_eq!(memory.word(1), 0);
    }
}
