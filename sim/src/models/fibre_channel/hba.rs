//! A host bus adapter: a host's port at its line.

use super::frame::Frame;
use super::host_port::HostPort;
use super::line::{LineCounts, LineFrame, LinePort, LineTimes, LinkState, Seen, Speed};
use super::neighbour::Neighbour;

/// A port of a host, from the commands it gives to the bits of its line.
#[derive(Clone, Debug)]
pub struct Hba {
    /// Logins and commands.
    pub port: HostPort,
    /// The line.
    pub line: LinePort,
    was_active: bool,
    /// Frames are somebody else's business: those that came.
    relayed: Option<Vec<Frame>>,
    /// What is done to the next frame.
    tamper: Option<Tamper>,
    /// A frame that waits until another one has gone before it.
    held: Option<LineFrame>,
}

/// What a host may do to a frame that it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tamper {
    /// It is not sent.
    Drop,
    /// It is sent after the frame behind it.
    Swap,
    /// It is sent twice.
    Repeat,
    /// Words of its end are missing; the CRC is not, and is wrong.
    Truncate,
    /// The same, with a CRC that is right.
    TruncateWell,
    /// Its CRC is wrong.
    Crc,
    /// It ends with EOFa.
    Abort,
    /// Its OX_ID is another one, its CRC right.
    Originator,
    /// Its relative offset, or parameter, is another one, its CRC right.
    Parameter,
}

impl Tamper {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Drop,
        Self::Swap,
        Self::Repeat,
        Self::Truncate,
        Self::TruncateWell,
        Self::Crc,
        Self::Abort,
        Self::Originator,
        Self::Parameter,
    ];

    fn apply(self, frame: &Frame) -> LineFrame {
        let mut changed = frame.clone();
        match self {
            Self::Originator => changed.header.originator ^= 0x4000,
            Self::Parameter => changed.header.parameter = changed.header.parameter.wrapping_add(512),
            Self::TruncateWell => changed.payload.truncate(frame.payload.len() / 8 * 4),
            _ => {}
        }
        let mut line = LineFrame::from(&changed);
        match self {
            Self::Truncate => line.bytes.truncate(line.bytes.len() / 8 * 4),
            Self::Crc => line.crc[0] ^= 1,
            Self::Abort => line.end[2..].fill(0xF5),
            _ => {}
        }
        line
    }
}

impl Hba {
    /// A port at a line with these times.
    pub fn new(port: HostPort, times: LineTimes) -> Self {
        let line = LinePort::new(times);
        Self { port, line, was_active: false, relayed: None, tamper: None, held: None }
    }

    /// From now on frames are somebody else's business, who gives them to the line and takes them by
    /// [`take_relayed`](Self::take_relayed).
    pub fn relay(&mut self) {
        self.relayed = Some(vec![]);
    }

    /// Good frames that came since this was asked last.
    pub fn take_relayed(&mut self) -> Vec<Frame> {
        self.relayed.as_mut().map_or(vec![], std::mem::take)
    }

    /// Something is done to the next frame that is sent.
    pub fn tamper(&mut self, tamper: Tamper) {
        self.tamper = Some(tamper);
    }
}

impl Neighbour for Hba {
    fn receive(&mut self, bits: u64) {
        self.line.receive(bits);
        if let Some(relayed) = &mut self.relayed {
            relayed.extend(self.line.take_frames());
            return;
        }
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

    fn transmit(&mut self) -> u64 {
        if self.was_active
            && !self.line.is_sending()
            && let Some(frame) = self.port.next_frame()
        {
            let held = self.held.take();
            match self.tamper.take() {
                None => self.line.send((&frame).into()),
                Some(Tamper::Drop) => {}
                Some(Tamper::Swap) => self.held = Some((&frame).into()),
                Some(Tamper::Repeat) => {
                    self.line.send((&frame).into());
                    self.line.send((&frame).into());
                }
                Some(tamper) => self.line.send(tamper.apply(&frame)),
            }
            if let Some(held) = held {
                self.line.send(held);
            }
        }
        self.line.transmit()
    }

    fn set_speed(&mut self, speed: Speed) {
        self.line.set_speed(speed);
    }

    fn hosts(&self) -> &[HostPort] {
        std::slice::from_ref(&self.port)
    }

    fn hosts_mut(&mut self) -> &mut [HostPort] {
        std::slice::from_mut(&mut self.port)
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
