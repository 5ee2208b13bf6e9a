//! What may go wrong at the other end of a line.

use hardpath_sim::models::fibre_channel::arbitrated_loop::LoopedHosts;
use hardpath_sim::models::fibre_channel::{Hba, LinkState, Neighbour, Tamper};
use rand::Rng;
use rand::rngs::StdRng;

/// A neighbour that breaks rules.
pub(super) trait FaultyEnd: Neighbour {
    /// Resets what is up; `false` if nothing is.
    fn reset(&mut self) -> bool;

    /// Begins from the first primitive sequence on.
    fn begin_anew(&mut self);

    /// Something goes wrong: what.
    fn fault(&mut self, random: &mut StdRng) -> &'static str;
}

impl FaultyEnd for Hba {
    fn reset(&mut self) -> bool {
        let is_active = self.line.state() == LinkState::Active;
        self.line.reset_link();
        is_active
    }

    fn begin_anew(&mut self) {
        self.line.go_offline();
    }

    fn fault(&mut self, random: &mut StdRng) -> &'static str {
        match random.random_range(0..53) {
            0..7 => {
                self.line.lose_ready();
                return "R_RDY not sent";
            }
            7..9 => {
                self.line.reset_link();
                return "link reset";
            }
            9..10 => {
                self.line.go_offline();
                return "link offline";
            }
            _ => {}
        }
        let tamper = Tamper::ALL[random.random_range(0..Tamper::ALL.len())];
        self.tamper(tamper);
        match tamper {
            Tamper::Drop => "frame not sent",
            Tamper::Swap => "frames out of order",
            Tamper::Repeat => "frame sent twice",
            Tamper::Truncate => "frame cut short",
            Tamper::TruncateWell => "frame cut short, CRC right",
            Tamper::Crc => "wrong CRC",
            Tamper::Abort => "EOFa",
            Tamper::Originator => "wrong OX_ID",
            Tamper::Parameter => "wrong offset",
        }
    }
}

impl FaultyEnd for LoopedHosts {
    fn reset(&mut self) -> bool {
        let is_up = self.ports().iter().all(|port| port.address().is_some());
        if is_up {
            self.begin_anew();
        }
        is_up
    }

    fn begin_anew(&mut self) {
        self.ports_mut()[0].initialize();
    }

    fn fault(&mut self, random: &mut StdRng) -> &'static str {
        let number = random.random_range(0..self.ports().len());
        let port = &mut self.ports_mut()[number];
        match random.random_range(0..10) {
            0..5 => {
                port.lose_ready();
                "R_RDY not sent in a loop"
            }
            5..8 => {
                port.initialize();
                "loop initialized"
            }
            _ => {
                port.set_half_duplex(random.random_bool(0.5));
                "duplex changed"
            }
        }
    }
}
