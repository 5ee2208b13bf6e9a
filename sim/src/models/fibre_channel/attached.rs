//! Who is at the other end, with both lines between.

use super::line::Wire;
use super::neighbour::Neighbour;

/// Parts of a cycle that clocks differ by.
const PARTS: i64 = 1_000_000;
/// Where words begin in what each end receives, in bits.
const SKEWS: [u32; 2] = [7, 31];

/// A neighbour at a port of the array.
#[derive(Clone, Debug)]
pub struct Attached<N> {
    /// The neighbour.
    pub end: N,
    /// The line to the array.
    pub to_array: Wire,
    /// The line to the neighbour.
    pub to_host: Wire,
    faster_ppm: i32,
    /// How far the neighbour's clock is before the port's, in parts of a cycle.
    ahead: i64,
}

impl<N: Neighbour> Attached<N> {
    /// A neighbour whose clock is faster than the port's by so many parts per million.
    pub fn new(end: N, faster_ppm: i32, seed: u64) -> Self {
        Self {
            end,
            to_array: Wire::new(SKEWS[0], seed),
            to_host: Wire::new(SKEWS[1], seed.wrapping_add(1)),
            faster_ppm,
            ahead: 0,
        }
    }

    /// A cycle of the port's clock begins: edges of the line's clock in it, one, none or two.
    pub fn edges(&mut self) -> u32 {
        self.ahead += i64::from(self.faster_ppm);
        if self.ahead >= PARTS {
            self.ahead -= PARTS;
            2
        } else if self.ahead <= -PARTS {
            self.ahead += PARTS;
            0
        } else {
            1
        }
    }

    /// The next word that comes to the port, by the line's clock.
    pub fn next_word(&mut self) -> u64 {
        self.to_array.pass(self.end.transmit())
    }

    /// What the port sends, by its clock.
    pub fn receive(&mut self, sent: u64) {
        let word = self.to_host.pass(sent);
        self.end.receive(word);
    }
}
