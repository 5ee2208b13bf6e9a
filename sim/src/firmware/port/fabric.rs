//! What a port asks of a fabric: its address, and that hosts find it.

use super::link_services::{Login, PortNames};
use crate::models::fibre_channel::{Frame, Header};

/// Addresses of a fabric's services.
const FABRIC_PORT: u32 = 0xFF_FFFE;
const FABRIC_CONTROLLER: u32 = 0xFF_FFFD;
const NAME_SERVER: u32 = 0xFF_FFFC;
/// A port's login says that it is one of a fabric.
const IS_FABRIC: u8 = 0x10;
/// F_CTL of a request.
const REQUEST: u32 = 0x29_0000;
/// OX_ID of the first request; those of the others follow.
const FIRST_EXCHANGE: u16 = 0xF000;

/// How far a port is with its fabric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// It asks for nothing: no fabric is known of.
    Alone,
    /// FLOGI.
    Login,
    /// PLOGI to the name server.
    NameServer,
    /// RNN_ID: the node's name.
    Node,
    /// RFT_ID: it speaks FCP.
    Protocols,
    /// RFF_ID: as a target.
    Features,
    /// SCR: it wants to hear of changes.
    Changes,
    /// All is done.
    Done,
}

/// What an answer of the fabric means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FabricAnswer {
    /// It was none, or it changes nothing.
    Nothing,
    /// The port has this address, and its neighbour can take so many frames; the request goes out next, if there is one.
    Address(u32, u16, Option<Frame>),
    /// The next request.
    Request(Frame),
}

/// The requests of a port to its fabric, one after the other.
#[derive(Clone, Debug)]
pub(super) struct FabricClient {
    names: PortNames,
    step: Step,
    /// The step at the last look.
    seen: Step,
    address: u32,
}

impl FabricClient {
    /// A port with these names.
    pub(super) fn new(names: PortNames) -> Self {
        Self { names, step: Step::Alone, seen: Step::Alone, address: 0 }
    }

    /// The link came up anew, or another port began the logins.
    pub(super) fn forget(&mut self) {
        self.step = Step::Alone;
    }

    /// Whether anything was asked.
    pub(super) fn has_begun(&self) -> bool {
        self.step != Step::Alone
    }

    /// Whether the port is known to its fabric.
    pub(super) fn is_done(&self) -> bool {
        self.step == Step::Done
    }

    /// Time has passed: FLOGI, if none was sent or nothing was answered since the last time.
    pub(super) fn on_time(&mut self, own: &Login) -> Option<Frame> {
        let is_stuck = self.step == self.seen;
        self.seen = self.step;
        if self.step != Step::Alone && !is_stuck {
            return None;
        }
        self.step = Step::Login;
        self.seen = Step::Login;
        self.address = 0;
        Some(self.link_service(FABRIC_PORT, own.request(true)))
    }

    /// An answer to a link service or to the name server.
    pub(super) fn on_answer(&mut self, frame: &Frame, own: &Login) -> FabricAnswer {
        let expected = FIRST_EXCHANGE + self.step as u16;
        if matches!(self.step, Step::Alone | Step::Done) || frame.header.originator != expected {
            return FabricAnswer::Nothing;
        }
        let is_accepted = match frame.header.kind {
            0x20 => frame.payload.get(8..10) == Some(&[0x80, 0x02]),
            _ => frame.payload.first() == Some(&0x02),
        };
        if !is_accepted {
            // Time will begin it anew.
            return FabricAnswer::Nothing;
        }
        match self.step {
            Step::Login => {
                let (Some(other), Some(features)) = (Login::from_bytes(&frame.payload), frame.payload.get(8)) else {
                    return FabricAnswer::Nothing;
                };
                self.address = frame.header.destination;
                if features & IS_FABRIC == 0 {
                    // A port, which has its address from its own answer.
                    self.step = Step::Done;
                    return FabricAnswer::Address(self.address, other.credit, None);
                }
                self.step = Step::NameServer;
                let request = self.link_service(NAME_SERVER, own.request(false));
                FabricAnswer::Address(self.address, other.credit, Some(request))
            }
            Step::NameServer => self.register(Step::Node, 0x0213, &self.names.node.to_be_bytes()),
            Step::Node => {
                let mut types = [0; 32];
                // Type 08h is bit 8 of the first word.
                types[2] = 0x01;
                self.register(Step::Protocols, 0x0217, &types)
            }
            // A target of type 08h.
            Step::Protocols => self.register(Step::Features, 0x021F, &[0, 0, 0x01, 0x08]),
            Step::Features => {
                self.step = Step::Changes;
                FabricAnswer::Request(self.link_service(FABRIC_CONTROLLER, vec![0x62, 0, 0, 0, 0, 0, 0, 0x03]))
            }
            Step::Changes => {
                self.step = Step::Done;
                FabricAnswer::Nothing
            }
            Step::Alone | Step::Done => FabricAnswer::Nothing,
        }
    }

    fn register(&mut self, step: Step, code: u16, content: &[u8]) -> FabricAnswer {
        self.step = step;
        // Revision 1, directory service, name server; nothing comes back but the answer.
        let preamble = [0x01, 0, 0, 0, 0xFC, 0x02, 0, 0];
        let [high, low] = code.to_be_bytes();
        let payload =
            [&preamble, &[high, low, 0, 0, 0, 0, 0, 0], self.address.to_be_bytes().as_slice(), content].concat();
        let header = Header { r_ctl: 0x02, kind: 0x20, ..self.header(NAME_SERVER) };
        FabricAnswer::Request(Frame { header, payload, is_first: true, is_last: true })
    }

    fn link_service(&self, destination: u32, payload: Vec<u8>) -> Frame {
        Frame { header: self.header(destination), payload, is_first: true, is_last: true }
    }

    fn header(&self, destination: u32) -> Header {
        Header {
            r_ctl: 0x22,
            destination,
            source: self.address,
            kind: 0x01,
            f_ctl: REQUEST,
            sequence: self.step as u8,
            originator: FIRST_EXCHANGE + self.step as u16,
            responder: 0xFFFF,
            ..Header::default()
        }
    }
}
