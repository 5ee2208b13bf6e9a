//! A host bus adapter: a host's port at its line.

use super::host_port::HostPort;
use super::line::{LinePort, LineTimes, LinkState};

/// A port of a host, from the commands it gives to the bits of its line.
#[derive(Clone, Debug)]
pub struct Hba {
    /// Logins and commands.
    pub port: HostPort,
    /// The line.
    pub line: LinePort,
    was_active: bool,
}

impl Hba {
    /// A port at a line with these times. Fill words are ARB(FF), as at 8 Gb/s, or IDLE.
    pub fn new(port: HostPort, times: LineTimes, fills_with_arb: bool) -> Self {
        Self { port, line: LinePort::new(times, fills_with_arb), was_active: false }
    }

    /// Forty bits of the line, the first in bit 0, by the other port's clock.
    pub fn receive(&mut self, bits: u64) {
        self.line.receive(bits);
        for frame in self.line.take_frames() {
            self.port.receive(&frame);
        }
        let is_active = self.line.state() == LinkState::Active;
        if is_active != self.was_active {
            if is_active {
                self.port.link_up();
            } else {
                self.port.link_down();
            }
        }
        self.was_active = is_active;
        self.line.set_credit(self.port.other_credit());
    }

    /// The next forty bits to send, by the own clock.
    pub fn transmit(&mut self) -> u64 {
        if self.was_active
            && !self.line.is_sending()
            && let Some(frame) = self.port.next_frame()
        {
            self.line.send((&frame).into());
        }
        self.line.transmit()
    }
}
