//! A switch between an array's port and hosts.

use std::collections::BTreeMap;

use super::frame::{Frame, Header};
use super::host_port::HostPort;
use super::line::{LineCounts, LinePort, LineTimes, LinkState, Seen, Speed};
use super::neighbour::Neighbour;

/// Addresses of its services.
const FABRIC_PORT: u32 = 0xFF_FFFE;
const FABRIC_CONTROLLER: u32 = 0xFF_FFFD;
const NAME_SERVER: u32 = 0xFF_FFFC;
/// Name of a switch, registered to nobody; its domain is added.
const NAME: u64 = 0x2000_0000_0000_0000;
/// Frames that a port of the switch can take.
const CREDIT: u16 = 16;
/// F_CTL of a request, and of an answer that ends an exchange.
const REQUEST: u32 = 0x29_0000;
const ANSWER: u32 = 0x98_0000;

/// What the name server knows of a port.
#[derive(Clone, Copy, Debug, Default)]
struct Registration {
    /// It has registered type 08h (FCP).
    has_fcp: bool,
    /// And that it is a target.
    is_target: bool,
    /// It wants to hear of changes.
    hears_changes: bool,
}

/// A switch of one domain: the array's port is joined to it by a line, and to it are joined hosts whose lines are not
/// simulated: their frames come and go whole.
///
/// It answers FLOGI, and as name server PLOGI, RNN_ID, RFT_ID, RFF_ID and GID_FT, and as fabric controller SCR. A port that
/// becomes a target, or is one no longer, is told to those that asked for changes, by RSCN. Frames to addresses that nobody
/// has are dropped, as class 3 allows.
#[derive(Clone, Debug)]
pub struct Fabric {
    /// The area tells the ports of a domain apart.
    domain: u8,
    line: LinePort,
    was_active: bool,
    hosts: Vec<HostPort>,
    /// By address of the port.
    registrations: BTreeMap<u32, Registration>,
    array_credit: u16,
    /// The host whose frame goes first.
    turn: usize,
    /// Exchanges that were begun by the switch.
    begun: u16,
}

impl Fabric {
    /// A switch with this domain, whose hosts log in at once.
    pub fn new(domain: u8, mut hosts: Vec<HostPort>, times: LineTimes) -> Self {
        for host in &mut hosts {
            host.link_up();
        }
        Self {
            domain,
            line: LinePort::new(times),
            was_active: false,
            hosts,
            registrations: BTreeMap::new(),
            array_credit: 1,
            turn: 0,
            begun: 0,
        }
    }

    /// The array's end of the switch.
    pub fn line_mut(&mut self) -> &mut LinePort {
        &mut self.line
    }

    /// Address of a port: the array's is number 0, those of hosts follow.
    fn address(&self, number: usize) -> u32 {
        u32::from(self.domain) << 16 | (number as u32 + 1) << 8
    }

    /// A frame from a port goes where it is meant to.
    fn route(&mut self, from: usize, frame: &Frame) {
        match frame.header.destination {
            FABRIC_PORT | FABRIC_CONTROLLER | NAME_SERVER => self.serve(from, frame),
            address => {
                if let Some(number) = (0..=self.hosts.len()).find(|&number| self.address(number) == address) {
                    self.deliver(number, frame);
                }
            }
        }
    }

    fn deliver(&mut self, number: usize, frame: &Frame) {
        match number.checked_sub(1) {
            None => self.line.send(frame.into()),
            Some(host) => self.hosts[host].receive(frame),
        }
    }

    fn serve(&mut self, from: usize, frame: &Frame) {
        let Header { r_ctl, destination, source, kind, originator, .. } = frame.header;
        let address = self.address(from);
        let known = self.registrations.get(&address).copied();
        let code =
            |place: usize| Some(u16::from_be_bytes([*frame.payload.get(place)?, *frame.payload.get(place + 1)?]));
        let mut changed = known.unwrap_or_default();
        let payload = match (r_ctl, kind, destination, frame.payload.first()) {
            // FLOGI.
            (0x22, 0x01, FABRIC_PORT, Some(0x04)) => {
                if from == 0 {
                    self.array_credit = code(6).unwrap_or(1);
                }
                changed = Registration::default();
                Some(self.login(true))
            }
            // PLOGI, of ports that are logged in.
            (0x22, 0x01, NAME_SERVER, Some(0x03)) if known.is_some() => Some(self.login(false)),
            // SCR.
            (0x22, 0x01, FABRIC_CONTROLLER, Some(0x62)) if known.is_some() => {
                changed.hears_changes = true;
                Some(vec![0x02, 0, 0, 0])
            }
            // Link services that are not known.
            (0x22, 0x01, ..) => Some(vec![0x01, 0, 0, 0, 0, 0x0B, 0x2C, 0]),
            (0x02, 0x20, NAME_SERVER, _) if known.is_some() => {
                let content = frame.payload.get(16..).unwrap_or_default();
                let own = content.get(..4) == Some(&address.to_be_bytes());
                match code(8) {
                    Some(0x0213) if own => Some(accepted(&[])),
                    Some(0x0217) if own && content.len() >= 8 => {
                        changed.has_fcp = content[6] & 0x01 != 0;
                        Some(accepted(&[]))
                    }
                    Some(0x021F) if own && content.len() >= 8 => {
                        changed.is_target = content[6] & 0x01 != 0 && content[7] == 0x08;
                        Some(accepted(&[]))
                    }
                    // Who speaks a protocol.
                    Some(0x0171) if content.get(3) == Some(&0x08) => Some(self.find()),
                    // Unable to perform the request.
                    _ => Some(rejected()),
                }
            }
            // The fabric's own requests are answered, other frames are not for it.
            _ => None,
        };
        let Some(payload) = payload else { return };
        self.registrations.insert(address, changed);
        let r_ctl = if kind == 0x20 { 0x03 } else { 0x23 };
        let is_login = destination == FABRIC_PORT;
        let header = Header {
            r_ctl,
            destination: if is_login { address } else { source },
            source: destination,
            kind,
            f_ctl: ANSWER,
            sequence: frame.header.sequence,
            originator,
            responder: originator,
            ..Header::default()
        };
        self.deliver(from, &Frame { header, payload, is_first: true, is_last: true });
        let was_target = known.is_some_and(|known| known.has_fcp && known.is_target);
        if was_target != (changed.has_fcp && changed.is_target) {
            self.tell(address);
        }
    }

    /// Addresses of all ports with FCP, the last marked.
    fn find(&self) -> Vec<u8> {
        let addresses: Vec<u32> =
            self.registrations.iter().filter(|(_, known)| known.has_fcp).map(|(&address, _)| address).collect();
        let Some(&last) = addresses.last() else { return rejected() };
        let entry = |address: &u32| (if *address == last { 1 << 31 | address } else { *address }).to_be_bytes();
        accepted(&addresses.iter().flat_map(entry).collect::<Vec<u8>>())
    }

    /// RSCN: something has changed with the port at this address.
    fn tell(&mut self, address: u32) {
        for number in 0..=self.hosts.len() {
            let other = self.address(number);
            if other == address || !self.registrations.get(&other).is_some_and(|known| known.hears_changes) {
                continue;
            }
            self.begun = self.begun.wrapping_add(1);
            let header = Header {
                r_ctl: 0x22,
                destination: other,
                source: FABRIC_CONTROLLER,
                kind: 0x01,
                f_ctl: REQUEST,
                originator: self.begun,
                responder: 0xFFFF,
                ..Header::default()
            };
            let payload = [&[0x61, 4, 0, 8], address.to_be_bytes().as_slice()].concat();
            self.deliver(number, &Frame { header, payload, is_first: true, is_last: true });
        }
    }

    /// Acceptance of FLOGI or PLOGI.
    fn login(&self, is_fabric: bool) -> Vec<u8> {
        let name = NAME | u64::from(self.domain);
        let mut bytes = vec![0; 116];
        bytes[0] = 0x02;
        bytes[4..6].copy_from_slice(&[0x20, 0x06]);
        bytes[6..8].copy_from_slice(&CREDIT.to_be_bytes());
        bytes[8..10].copy_from_slice(if is_fabric { &[0x13, 0x00] } else { &[0x88, 0x00] });
        bytes[10..12].copy_from_slice(&2112_u16.to_be_bytes());
        if is_fabric {
            bytes[12..16].copy_from_slice(&10_000_u32.to_be_bytes());
            bytes[16..20].copy_from_slice(&2_000_u32.to_be_bytes());
        }
        bytes[20..28].copy_from_slice(&(name | u64::from(!is_fabric) << 48).to_be_bytes());
        bytes[28..36].copy_from_slice(&name.to_be_bytes());
        bytes[68..70].copy_from_slice(&[0x88, 0x00]);
        bytes[74..76].copy_from_slice(&2112_u16.to_be_bytes());
        bytes
    }
}

fn common_transport(code: u16, reason: [u8; 4], content: &[u8]) -> Vec<u8> {
    [&[0x01, 0, 0, 0, 0xFC, 0x02, 0, 0], code.to_be_bytes().as_slice(), &[0, 0], &reason, content].concat()
}

fn accepted(content: &[u8]) -> Vec<u8> {
    common_transport(0x8002, [0; 4], content)
}

/// Unable to perform the command; nothing more is said.
fn rejected() -> Vec<u8> {
    common_transport(0x8001, [0, 0x09, 0, 0], &[])
}

impl Neighbour for Fabric {
    fn receive(&mut self, bits: u64) {
        self.line.receive(bits);
        for frame in self.line.take_frames() {
            self.route(0, &frame);
        }
        let is_active = self.line.state() == LinkState::Active;
        if self.was_active && !is_active {
            // Who is gone is known to nobody.
            self.array_credit = 1;
            if self.registrations.remove(&self.address(0)).is_some_and(|known| known.is_target) {
                self.tell(self.address(0));
            }
        }
        self.was_active = is_active;
        self.line.set_credit(self.array_credit);
    }

    fn transmit(&mut self) -> u64 {
        let hosts = self.hosts.len();
        for _ in 0..hosts {
            if self.line.is_sending() {
                break;
            }
            let number = self.turn % hosts;
            self.turn = number + 1;
            if let Some(frame) = self.hosts[number].next_frame() {
                self.route(number + 1, &frame);
            }
        }
        self.line.transmit()
    }

    fn set_speed(&mut self, speed: Speed) {
        self.line.set_speed(speed);
    }

    fn hosts(&self) -> &[HostPort] {
        &self.hosts
    }

    fn hosts_mut(&mut self) -> &mut [HostPort] {
        &mut self.hosts
    }

    fn take_seen(&mut self) -> Vec<Seen> {
        self.line.take_seen()
    }

    fn counts(&self) -> LineCounts {
        self.line.counts()
    }

    fn state(&self) -> String {
        format!("{:?}", self.line.state())
    }
}
