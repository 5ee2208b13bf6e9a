//! Who is at the other end, with both lines between.

use super::line::{Gearbox, LineTimes, Negotiation, Speed, SpeedSetting, Wire};
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
    /// The neighbour's speed.
    pub negotiation: Negotiation,
    from_neighbour: Gearbox,
    from_array: Gearbox,
    faster_ppm: i32,
    /// How far the neighbour's clock is before the port's, in parts of a cycle.
    ahead: i64,
    was_settled: bool,
}

impl<N: Neighbour> Attached<N> {
    /// A neighbour whose clock is faster than the port's by so many parts per million, with this speed.
    pub fn new(end: N, faster_ppm: i32, speed: SpeedSetting, times: LineTimes, seed: u64) -> Self {
        Self {
            end,
            to_array: Wire::new(SKEWS[0], seed),
            to_host: Wire::new(SKEWS[1], seed.wrapping_add(1)),
            negotiation: Negotiation::new(speed, times),
            from_neighbour: Gearbox::default(),
            from_array: Gearbox::default(),
            faster_ppm,
            ahead: 0,
            was_settled: false,
        }
    }

    /// The time of a word at 8 Gb/s passes: how many such times pass at the neighbour's, one, none or two.
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

    /// The time of a word at 8 Gb/s passes at the neighbour's; the word that the port's receiver has complete by then, at this
    /// speed.
    pub fn next_word(&mut self, receiver: Speed) -> Option<u64> {
        self.negotiation.step();
        let is_settled = self.negotiation.is_settled();
        if is_settled && !self.was_settled {
            self.end.set_speed(self.negotiation.transmit_speed());
        }
        self.was_settled = is_settled;
        if self.from_neighbour.is_empty() {
            let word = if is_settled { self.end.transmit() } else { self.negotiation.transmit() };
            self.from_neighbour.load(self.to_array.pass(word));
        }
        self.from_neighbour.step(self.negotiation.transmit_speed(), receiver)
    }

    /// The same time passes at the port, whose transmitter sends at this speed and may begin a word.
    pub fn receive(&mut self, transmitter: Speed, begun: Option<u64>) {
        if let Some(word) = begun {
            self.from_array.load(word);
        }
        if let Some(word) = self.from_array.step(transmitter, self.negotiation.receive_speed()) {
            let word = self.to_host.pass(word);
            self.negotiation.receive(word);
            if self.negotiation.is_settled() {
                self.end.receive(word);
            }
        }
    }
}
