//! What is at the other end of a port's line.

use super::host_port::HostPort;
use super::line::{LineCounts, Seen, Speed};

/// A host, a switch or a loop, down to the bits of the line.
pub trait Neighbour {
    /// Takes forty bits of the line, the first in bit 0, by the array's clock.
    fn receive(&mut self, bits: u64);

    /// The next forty bits to the array, the first in bit 0, by the own clock.
    fn transmit(&mut self) -> u64;

    /// The line has this speed from now on.
    fn set_speed(&mut self, speed: Speed);

    /// The hosts behind it.
    fn hosts(&self) -> &[HostPort];

    /// The hosts behind it, to give them commands.
    fn hosts_mut(&mut self) -> &mut [HostPort];

    /// Frames that passed over the array's line since this was asked last.
    fn take_seen(&mut self) -> Vec<Seen>;

    /// What was counted at the line.
    fn counts(&self) -> LineCounts;

    /// The state of the line, in words.
    fn state(&self) -> String;
}

impl<N: Neighbour + ?Sized> Neighbour for Box<N> {
    fn receive(&mut self, bits: u64) {
        (**self).receive(bits);
    }

    fn transmit(&mut self) -> u64 {
        (**self).transmit()
    }

    fn set_speed(&mut self, speed: Speed) {
        (**self).set_speed(speed);
    }

    fn hosts(&self) -> &[HostPort] {
        (**self).hosts()
    }

    fn hosts_mut(&mut self) -> &mut [HostPort] {
        (**self).hosts_mut()
    }

    fn take_seen(&mut self) -> Vec<Seen> {
        (**self).take_seen()
    }

    fn counts(&self) -> LineCounts {
        (**self).counts()
    }

    fn state(&self) -> String {
        (**self).state()
    }
}
