//! The frames by which the ports of a loop agree on a master and on their addresses.

use crate::models::fibre_channel::frame::{Frame, Header};
use crate::models::line_code::{Disparity, Symbol, encode};

/// Payload of frames that go round, by their second byte.
const LISM: u8 = 0x01;
const LIFA: u8 = 0x02;
const LIPA: u8 = 0x03;
const LIHA: u8 = 0x04;
const LISA: u8 = 0x05;
/// Words between two offers of the own name.
const OFFER_INTERVAL: u64 = 150;

/// All loop addresses (AL_PA) in ascending order: the bytes that leave running disparity as it is, up to EFh; the first, 00h,
/// is a fabric's.
pub fn loop_addresses() -> impl Iterator<Item = u8> {
    (0..=0xEF).filter(|&byte| encode(Symbol { byte, is_control: false }, Disparity::Minus).1 == Disparity::Minus)
}

/// What a port is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Nothing,
    /// Send a frame.
    Send(Frame),
    /// As master, close the loop: all is done.
    Close,
}

/// One port's part in an initialization.
#[derive(Clone, Debug)]
pub struct Initialization {
    name: u64,
    hard: Option<u8>,
    address: Option<u8>,
    has_claimed: bool,
    is_lost: bool,
    is_master: bool,
    is_settled: bool,
    sees_arb: bool,
    words: u64,
    next_offer: u64,
}

impl Initialization {
    /// A port with this name, and the address that it would like.
    pub fn new(name: u64, hard: Option<u8>) -> Self {
        Self {
            name,
            hard,
            address: None,
            has_claimed: false,
            is_lost: false,
            is_master: false,
            is_settled: false,
            sees_arb: false,
            words: 0,
            next_offer: 0,
        }
    }

    /// It begins anew.
    pub fn restart(&mut self) {
        let Self { name, hard, address, .. } = *self;
        *self = Self { address, next_offer: OFFER_INTERVAL, ..Self::new(name, hard) };
    }

    /// The address that was claimed.
    pub fn address(&self) -> Option<u8> {
        self.address.filter(|_| self.has_claimed)
    }

    /// The port was master.
    pub fn is_master(&self) -> bool {
        self.is_master
    }

    /// ARB(F0) goes out as fill word.
    pub fn sends_arb(&self) -> bool {
        !self.is_settled && (self.is_master || self.sees_arb)
    }

    /// ARB(F0) came.
    pub fn see_arb(&mut self) {
        self.sees_arb = true;
    }

    /// A word passes while no frame is being sent.
    pub fn on_word(&mut self) -> Step {
        self.words += 1;
        if self.is_master && !self.is_settled && self.sees_arb {
            self.is_settled = true;
            return self.map(LIFA, [0; 16]);
        }
        if !self.is_master && !self.is_lost && !self.sees_arb && !self.is_settled && self.words >= self.next_offer {
            self.next_offer = self.words + OFFER_INTERVAL;
            let payload = [&[0x11, LISM, 0, 0], self.name.to_be_bytes().as_slice()].concat();
            return Step::Send(frame(payload));
        }
        Step::Nothing
    }

    /// A good frame came.
    pub fn on_frame(&mut self, received: &Frame) -> Step {
        let Frame { header, payload, .. } = received;
        if header.r_ctl != 0x22 || header.kind != 0x01 || payload.first() != Some(&0x11) {
            return Step::Nothing;
        }
        match (payload[1], payload.len()) {
            (LISM, 12) if !self.is_master && !self.is_settled && !self.sees_arb => {
                let other = (header.destination, u64::from_be_bytes(payload[4..].try_into().expect("eight bytes")));
                match other.cmp(&(0xEF, self.name)) {
                    std::cmp::Ordering::Less => {
                        self.is_lost = true;
                        Step::Send(received.clone())
                    }
                    std::cmp::Ordering::Equal if !self.is_lost => {
                        self.is_master = true;
                        Step::Nothing
                    }
                    _ => Step::Nothing,
                }
            }
            (kind @ LIFA..=LISA, 20) => {
                self.is_settled = true;
                let map = payload[4..].try_into().expect("sixteen bytes");
                match (self.is_master, kind) {
                    (false, _) => {
                        let Step::Send(Frame { payload, .. }) = self.map(kind, map) else { return Step::Nothing };
                        Step::Send(Frame { payload, ..received.clone() })
                    }
                    (true, LISA) => Step::Close,
                    (true, _) => self.map(kind + 1, map),
                }
            }
            _ => Step::Nothing,
        }
    }

    /// Claims an address in a map of this kind, and sends it on.
    fn map(&mut self, kind: u8, mut map: [u8; 16]) -> Step {
        let wanted = |address: u8| match kind {
            LIPA => self.address == Some(address),
            LIHA => self.hard == Some(address),
            LISA => true,
            _ => false,
        };
        if !self.has_claimed {
            // The first bit is no address, the second a fabric's.
            let free = loop_addresses().enumerate().skip(1).find_map(|(number, address)| {
                let place = number + 1;
                let bit = 0x80 >> (place % 8);
                (map[place / 8] & bit == 0 && wanted(address)).then_some((place / 8, bit, address))
            });
            if let Some((place, bit, address)) = free {
                map[place] |= bit;
                (self.address, self.has_claimed) = (Some(address), true);
            }
        }
        Step::Send(frame([&[0x11, kind, 0, 0], map.as_slice()].concat()))
    }
}

fn frame(payload: Vec<u8>) -> Frame {
    let header = Header {
        r_ctl: 0x22,
        destination: 0xEF,
        source: 0xEF,
        kind: 0x01,
        f_ctl: 0x38_0000,
        originator: 0xFFFF,
        responder: 0xFFFF,
        ..Header::default()
    };
    Frame { header, payload, is_first: true, is_last: true }
}
