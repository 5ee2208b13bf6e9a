//! A host's port from the moment its link is up: it logs in, then gives commands.

use std::collections::VecDeque;

use super::arbitrated_loop::loop_addresses;
use super::frame::{Frame, Header};
use super::initiator::Initiator;

/// How far the logins are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The link is down.
    Down,
    /// FLOGI waits for its answer.
    Fabric,
    /// PLOGI to the name server waits for its answer.
    NameServer,
    /// SCR waits for its answer.
    Changes,
    /// The name server is asked who is there.
    Query,
    /// It knew of nobody but this port; a change will be told.
    Waiting,
    /// PLOGI waits for its answer.
    Port,
    /// PRLI waits for its answer.
    Process,
    /// All is done.
    Ready,
    /// The other port rejected one of them, or answered nonsense.
    Refused,
}

/// What the port is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Another port.
    Port,
    /// A switch.
    Fabric,
    /// A loop without a switch.
    Loop,
}

/// Addresses of a fabric's services.
const FABRIC_CONTROLLER: u32 = 0xFF_FFFD;
const NAME_SERVER: u32 = 0xFF_FFFC;

/// The port of a host, at a link to another port, in a fabric or in a loop. In a fabric it asks the name server for other ports
/// that speak FCP and tries them one after the other, in a loop it tries all addresses.
#[derive(Clone, Debug)]
pub struct HostPort {
    name: u64,
    credit: u16,
    payload: u16,
    step: Step,
    address: u32,
    other_address: u32,
    other_credit: u16,
    place: Place,
    /// Ports that are still to be tried.
    candidates: Vec<u32>,
    outgoing: VecDeque<Frame>,
    initiator: Option<Initiator>,
    tolerates: bool,
}

/// FLOGI or PLOGI of a port that can take `credit` frames with `payload` bytes.
fn login(code: u8, name: u64, credit: u16, payload: u16) -> Vec<u8> {
    let mut bytes = vec![0; 116];
    bytes[0] = code;
    bytes[4..6].copy_from_slice(&[0x20, 0x20]);
    bytes[6..8].copy_from_slice(&credit.to_be_bytes());
    bytes[8..10].copy_from_slice(&[0x80, 0x00]);
    bytes[10..12].copy_from_slice(&payload.to_be_bytes());
    bytes[20..28].copy_from_slice(&name.to_be_bytes());
    bytes[28..36].copy_from_slice(&(name | 1 << 60).to_be_bytes());
    bytes[68..70].copy_from_slice(&[0x88, 0x00]);
    bytes[74..76].copy_from_slice(&payload.to_be_bytes());
    bytes
}

impl HostPort {
    /// A port with this name (WWPN) that can take `credit` frames with up to `payload` bytes.
    pub fn new(name: u64, credit: u16, payload: u16) -> Self {
        Self {
            name,
            credit,
            payload,
            step: Step::Down,
            address: 0,
            other_address: 0,
            other_credit: 1,
            place: Place::Port,
            candidates: vec![],
            outgoing: VecDeque::new(),
            initiator: None,
            tolerates: false,
        }
    }

    /// From now on the line is known to be bad; see [`Initiator::tolerate`].
    pub fn tolerate(&mut self) {
        self.tolerates = true;
        if let Some(initiator) = &mut self.initiator {
            initiator.tolerate();
        }
    }

    /// The link came up.
    pub fn link_up(&mut self) {
        (self.step, self.other_credit, self.initiator) = (Step::Fabric, 1, None);
        self.place = Place::Port;
        self.outgoing.clear();
        self.request(0, 0xFF_FFFE, login(0x04, self.name, self.credit, self.payload));
    }

    /// A loop without a fabric came up, in which the port has this address.
    pub fn loop_up(&mut self, address: u8) {
        (self.place, self.address, self.initiator) = (Place::Loop, address.into(), None);
        self.outgoing.clear();
        self.candidates = loop_addresses().skip(1).filter(|&other| other != address).map(u32::from).collect();
        self.candidates.reverse();
        self.try_next();
    }

    /// In a loop nobody has this address.
    pub fn is_not_there(&mut self, address: u32) {
        if self.place == Place::Loop && address == self.other_address {
            self.initiator = None;
            self.try_next();
        }
    }

    /// The link is up, as far as is known here.
    pub fn is_up(&self) -> bool {
        self.step != Step::Down
    }

    /// The link went down.
    pub fn link_down(&mut self) {
        (self.step, self.initiator) = (Step::Down, None);
        self.outgoing.clear();
    }

    /// All logins are done.
    pub fn is_ready(&self) -> bool {
        self.step == Step::Ready
    }

    /// A login was refused.
    pub fn is_refused(&self) -> bool {
        self.step == Step::Refused
    }

    /// Its own address and the other port's, once they are known.
    pub fn addresses(&self) -> (u32, u32) {
        (self.address, self.other_address)
    }

    /// Frames that the other port can take.
    pub fn other_credit(&self) -> u16 {
        self.other_credit
    }

    /// What gives commands, once all logins are done.
    pub fn initiator(&mut self) -> Option<&mut Initiator> {
        self.initiator.as_mut()
    }

    /// The next frame to send.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.outgoing.pop_front().or_else(|| self.initiator.as_mut()?.next_frame())
    }

    /// Takes a frame.
    pub fn receive(&mut self, frame: &Frame) {
        if frame.header.kind == 0x20 {
            self.receive_query(frame);
            return;
        }
        if frame.header.kind != 0x01 {
            if let Some(initiator) = &mut self.initiator {
                initiator.receive(frame);
            }
            return;
        }
        if frame.header.r_ctl == 0x22 {
            self.receive_request(frame);
            return;
        }
        let accepts = frame.header.r_ctl == 0x23 && frame.payload.first() == Some(&0x02);
        match self.step {
            // Not the answer that is waited for.
            _ if frame.header.r_ctl != 0x23 || frame.header.originator != self.exchange() => {}
            Step::Fabric if accepts && frame.payload.len() == 116 => {
                let two = |place: usize| u16::from_be_bytes([frame.payload[place], frame.payload[place + 1]]);
                self.other_credit = two(6);
                (self.address, self.other_address) = (frame.header.destination, frame.header.source);
                if two(8) & 0x1000 != 0 {
                    self.place = Place::Fabric;
                    self.step = Step::NameServer;
                    self.log_in(NAME_SERVER);
                } else {
                    self.step = Step::Port;
                    self.log_in(self.other_address);
                }
            }
            Step::NameServer if accepts => {
                self.step = Step::Changes;
                self.request(self.address, FABRIC_CONTROLLER, vec![0x62, 0, 0, 0, 0, 0, 0, 0x03]);
            }
            Step::Changes if accepts => self.query(),
            // A port with FCP that is no target, or not yet.
            Step::Port | Step::Process if !accepts && self.place != Place::Port => self.try_next(),
            Step::Port if accepts && frame.payload.len() == 116 => {
                self.step = Step::Process;
                let mut bytes = vec![0; 20];
                bytes[..8].copy_from_slice(&[0x20, 0x10, 0x00, 0x14, 0x08, 0x00, 0x20, 0x00]);
                bytes[18..20].copy_from_slice(&[0x01, 0xA2]);
                self.request(self.address, self.other_address, bytes);
            }
            Step::Process if accepts && frame.payload.get(6).is_some_and(|flags| flags & 0x0F == 1) => {
                self.step = Step::Ready;
                let payload = usize::from(self.payload.min(2048));
                let mut initiator = Initiator::new(self.address, self.other_address, payload);
                if self.tolerates {
                    initiator.tolerate();
                }
                self.initiator = Some(initiator);
            }
            _ => self.step = Step::Refused,
        }
    }

    fn log_in(&mut self, destination: u32) {
        // In a loop the buffers are told by R_RDY at the beginning of each circuit (alternate credit).
        let credit = if self.place == Place::Loop { 0 } else { self.credit };
        let mut payload = login(0x03, self.name, credit, self.payload);
        payload[8] |= 0x08;
        self.request(self.address, destination, payload);
    }

    /// GID_FT: asks the name server for all ports with FCP.
    fn query(&mut self) {
        (self.step, self.initiator) = (Step::Query, None);
        let payload = [[0x01, 0, 0, 0, 0xFC, 0x02, 0, 0].as_slice(), &[0x01, 0x71, 0, 0, 0, 0, 0, 0], &[0, 0, 0, 0x08]];
        let header = Header { r_ctl: 0x02, kind: 0x20, ..self.header(self.address, NAME_SERVER) };
        self.outgoing.push_back(Frame { header, payload: payload.concat(), is_first: true, is_last: true });
    }

    fn receive_query(&mut self, frame: &Frame) {
        if self.step != Step::Query || frame.header.r_ctl != 0x03 {
            return;
        }
        let is_accepted = frame.payload.get(8..10) == Some(&[0x80, 0x02]);
        let entries = if is_accepted { frame.payload.get(16..).unwrap_or_default() } else { &[] };
        let address = |entry: &[u8]| u32::from_be_bytes([0, entry[1], entry[2], entry[3]]);
        self.candidates = entries.chunks_exact(4).map(address).filter(|&address| address != self.address).collect();
        self.try_next();
    }

    fn try_next(&mut self) {
        match self.candidates.pop() {
            None => self.step = Step::Waiting,
            Some(address) => {
                (self.step, self.other_address) = (Step::Port, address);
                self.log_in(address);
            }
        }
    }

    fn receive_request(&mut self, frame: &Frame) {
        match frame.payload.first() {
            // LOGO and PRLO: all begins again with PLOGI.
            Some(0x05 | 0x21) if self.is_ready() => {
                (self.step, self.initiator) = (Step::Port, None);
                self.log_in(self.other_address);
            }
            // PLOGI: this is no target. The command is not supported.
            Some(0x03) => self.answer(frame, vec![0x01, 0, 0, 0, 0, 0x0B, 0x2C, 0]),
            // RSCN.
            Some(0x61) if self.place == Place::Fabric => {
                self.answer(frame, vec![0x02, 0, 0, 0]);
                self.query();
            }
            _ => {}
        }
    }

    /// Answers a link service.
    fn answer(&mut self, frame: &Frame, payload: Vec<u8>) {
        let header = Header {
            r_ctl: 0x23,
            f_ctl: 0x99_0000,
            originator: frame.header.originator,
            sequence: frame.header.sequence,
            responder: frame.header.originator,
            ..self.header(frame.header.destination, frame.header.source)
        };
        self.outgoing.push_back(Frame { header, payload, is_first: true, is_last: true });
    }

    fn request(&mut self, source: u32, destination: u32, payload: Vec<u8>) {
        let header = self.header(source, destination);
        self.outgoing.push_back(Frame { header, payload, is_first: true, is_last: true });
    }

    /// OX_ID of the request at hand.
    fn exchange(&self) -> u16 {
        0xFFE0 + self.step as u16
    }

    fn header(&self, source: u32, destination: u32) -> Header {
        Header {
            r_ctl: 0x22,
            destination,
            source,
            kind: 0x01,
            f_ctl: 0x29_0000,
            originator: self.exchange(),
            responder: 0xFFFF,
            ..Header::default()
        }
    }
}
