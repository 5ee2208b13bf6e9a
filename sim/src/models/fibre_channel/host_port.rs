//! A host's port from the moment its link is up: it logs in, then gives commands.

use super::frame::{Frame, Header};
use super::initiator::Initiator;

/// How far the logins are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The link is down.
    Down,
    /// FLOGI waits for its answer.
    Fabric,
    /// PLOGI waits for its answer.
    Port,
    /// PRLI waits for its answer.
    Process,
    /// All is done.
    Ready,
    /// The other port rejected one of them, or answered nonsense.
    Refused,
}

/// The port of a host at a link without a fabric.
#[derive(Clone, Debug)]
pub struct HostPort {
    name: u64,
    credit: u16,
    payload: u16,
    step: Step,
    address: u32,
    other_address: u32,
    other_credit: u16,
    outgoing: Option<Frame>,
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
            outgoing: None,
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
        self.request(0, 0xFF_FFFE, login(0x04, self.name, self.credit, self.payload));
    }

    /// The link went down.
    pub fn link_down(&mut self) {
        (self.step, self.initiator, self.outgoing) = (Step::Down, None, None);
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
        self.outgoing.take().or_else(|| self.initiator.as_mut()?.next_frame())
    }

    /// Takes a frame.
    pub fn receive(&mut self, frame: &Frame) {
        if frame.header.kind != 0x01 {
            if let Some(initiator) = &mut self.initiator {
                initiator.receive(frame);
            }
            return;
        }
        // LOGO and PRLO: all begins again with PLOGI.
        if frame.header.r_ctl == 0x22 && matches!(frame.payload.first(), Some(0x05 | 0x21)) && self.is_ready() {
            self.initiator = None;
            self.step = Step::Port;
            self.request(self.address, self.other_address, login(0x03, self.name, self.credit, self.payload));
            return;
        }
        let accepts = frame.header.r_ctl == 0x23 && frame.payload.first() == Some(&0x02);
        match self.step {
            _ if frame.header.r_ctl != 0x23 => {}
            Step::Fabric if accepts && frame.payload.len() == 116 => {
                let two = |place: usize| u16::from_be_bytes([frame.payload[place], frame.payload[place + 1]]);
                // Of a port, not a fabric.
                if two(8) & 0x1000 != 0 {
                    self.step = Step::Refused;
                    return;
                }
                self.other_credit = two(6);
                (self.address, self.other_address) = (frame.header.destination, frame.header.source);
                self.step = Step::Port;
                self.request(self.address, self.other_address, login(0x03, self.name, self.credit, self.payload));
            }
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

    fn request(&mut self, source: u32, destination: u32, payload: Vec<u8>) {
        let header = Header {
            r_ctl: 0x22,
            destination,
            source,
            kind: 0x01,
            f_ctl: 0x29_0000,
            originator: 0xFFF0 - self.step as u16,
            responder: 0xFFFF,
            ..Header::default()
        };
        self.outgoing = Some(Frame { header, payload, is_first: true, is_last: true });
    }
}
