//! Speeds of a line.

use std::fmt;

/// Speed of a line, in gigabits a second, nominal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speed {
    /// 2.125 Gbaud.
    Two,
    /// 4.25 Gbaud.
    Four,
    /// 8.5 Gbaud.
    Eight,
}

impl Speed {
    /// All of them, from the lowest on.
    pub const ALL: [Self; 3] = [Self::Two, Self::Four, Self::Eight];

    /// Gigabits a second, nominal.
    pub const fn gigabits(self) -> u32 {
        match self {
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    /// Words of 8 Gb/s in the time of one word.
    pub const fn divisor(self) -> u32 {
        8 / self.gigabits()
    }

    /// The next lower one.
    pub fn below(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|&speed| speed < self)
    }

    /// The next higher one.
    pub fn above(self) -> Option<Self> {
        Self::ALL.into_iter().find(|&speed| speed > self)
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.gigabits())
    }
}

/// What is set of an end's speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpeedSetting {
    /// The fastest one that it has.
    pub fastest: Speed,
    /// It finds out which one the other end has; else it is the fastest.
    pub negotiates: bool,
}

impl SpeedSetting {
    /// This speed, whatever the other end has.
    pub const fn fixed(speed: Speed) -> Self {
        Self { fastest: speed, negotiates: false }
    }
}
