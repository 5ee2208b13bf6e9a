//! A card whose host is somebody else's: its frames come and go as Ethernet frames.

use super::capture::Capture;
use super::card_machine::CardMachine;
use super::options::CardOptions;
use crate::firmware::port::PortTimes;
use crate::models::PageDevice;
use crate::models::fibre_channel::fcoe::{self, EthernetAddress, FcoeError};
use crate::models::fibre_channel::{Frame, LineFrame, LinkState};
use crate::scenario::Trace;
use anyhow::Result;

/// Where hosts send FLOGI.
const LOGIN_ADDRESS: EthernetAddress = [0x0E, 0xFC, 0x00, 0xFF, 0xFF, 0xFE];
/// Frames that may wait for the line.
const QUEUE: usize = 64;
/// The host's time is real, and slow here; and it always begins the logins.
const PORT_TIMES: PortTimes = PortTimes { exchange_timeout: 100_000_000, login_wait: u64::MAX, loop_wait: 400_000 };

/// The card, and who is at its first port.
pub struct RemoteHost {
    machine: CardMachine<Box<dyn PageDevice>>,
    capture: Option<Capture>,
    /// Ethernet address of the host, until its login is answered.
    address: Option<EthernetAddress>,
    frames: [u64; 2],
}

impl RemoteHost {
    /// Powers a card up and brings its first link up.
    ///
    /// # Errors
    /// If the options are not legal or a file cannot be written.
    pub fn new(options: &CardOptions, capture: Option<Capture>) -> Result<Self> {
        options.validate()?;
        let settings = options.settings(PORT_TIMES);
        let mut machine = CardMachine::new(settings, vec![settings.hba(0)], options.device()?, &Trace::none())?;
        machine.attached[0].end.relay();
        let mut host = Self { machine, capture, address: None, frames: [0; 2] };
        while !host.is_up() {
            host.run(1_000)?;
        }
        Ok(host)
    }

    /// The link is active.
    pub fn is_up(&self) -> bool {
        self.machine.attached[0].end.line.state() == LinkState::Active
    }

    /// Frames to the card, and from it.
    pub fn frames(&self) -> [u64; 2] {
        self.frames
    }

    /// A host is gone: the link goes down and up again, and nobody is logged in any more.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn reset(&mut self) -> Result<()> {
        self.address = None;
        self.machine.attached[0].end.line.go_offline();
        self.run(1_000)?;
        while !self.is_up() {
            self.run(1_000)?;
        }
        Ok(())
    }

    /// More frames may be given.
    pub fn has_room(&self) -> bool {
        self.machine.attached[0].end.line.waiting() < QUEUE
    }

    /// An Ethernet frame of the host. What is no FCoE is passed over.
    ///
    /// # Errors
    /// If it says that it is FCoE, and is not.
    pub fn give(&mut self, ethernet: &[u8]) -> Result<(), FcoeError> {
        if let Some((frame, source)) = fcoe::from_ethernet(ethernet)? {
            if source[..3] != LOGIN_ADDRESS[..3] {
                self.address = Some(source);
            }
            self.frames[0] += 1;
            self.machine.attached[0].end.line.send(frame);
        }
        Ok(())
    }

    /// Runs so many cycles; Ethernet frames for the host.
    ///
    /// # Errors
    /// If firmware, the device or a file fails.
    pub fn run(&mut self, cycles: u64) -> Result<Vec<Vec<u8>>> {
        let mut ethernet = vec![];
        for _ in 0..cycles {
            self.machine.step()?;
            for (time, frame) in self.machine.take_seen() {
                if let Some(capture) = &mut self.capture {
                    capture.write(time, &frame)?;
                }
            }
            for frame in self.machine.attached[0].end.take_relayed() {
                self.frames[1] += 1;
                ethernet.push(self.addressed(&frame));
            }
        }
        Ok(ethernet)
    }

    fn addressed(&mut self, frame: &Frame) -> Vec<u8> {
        let header = &frame.header;
        let is_login = header.r_ctl == 0x23 && header.kind == 0x01 && frame.payload.len() == 116;
        let line = LineFrame::from(frame);
        // Until its login is answered a host listens to its own address; the answer tells it its new one.
        match self.address.filter(|_| is_login) {
            Some(address) => {
                let credit = u16::from_be_bytes([frame.payload[6], frame.payload[7]]);
                self.machine.attached[0].end.line.set_credit(credit);
                self.address = None;
                fcoe::to_ethernet(&line, address, LOGIN_ADDRESS)
            }
            None => fcoe::to_ethernet(&line, fcoe::mapped(header.destination), fcoe::mapped(header.source)),
        }
    }

    /// Writes what is left of the capture.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> Result<()> {
        self.capture.map_or(Ok(()), Capture::finish)
    }
}
