//! A host's port: reads and writes as frames, with an eye on every field of what comes back.

use std::collections::{BTreeMap, VecDeque};

use super::frame::{Frame, Header};

/// R_CTL of frames that end an exchange from outside.
const ABORT_SEQUENCE: u8 = 0x81;
const BASIC_ACCEPT: u8 = 0x84;
const BASIC_REJECT: u8 = 0x85;
/// R_CTL of frames of FCP.
const DATA: u8 = 0x01;
const TRANSFER_READY: u8 = 0x05;
const COMMAND: u8 = 0x06;
const RESPONSE: u8 = 0x07;
/// TYPE of FCP.
const FCP: u8 = 0x08;
/// F_CTL: the sender is the responder of the exchange.
const RESPONDER: u32 = 0x80_0000;
const FIRST_SEQUENCE: u32 = 0x20_0000;
const LAST_SEQUENCE: u32 = 0x10_0000;
const END_OF_SEQUENCE: u32 = 0x08_0000;
const INITIATIVE: u32 = 0x01_0000;
const RELATIVE_OFFSET: u32 = 0x00_0008;
const FILL: u32 = 0x00_0003;
/// Flags of FCP_RSP.
const RESPONSE_INFORMATION: u8 = 0x01;
const SENSE: u8 = 0x02;
const OVER: u8 = 0x04;
const UNDER: u8 = 0x08;

/// How a command descriptor block is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// READ(6) or WRITE(6).
    Six,
    /// READ(10) or WRITE(10).
    Ten,
    /// READ(12) or WRITE(12).
    Twelve,
    /// READ(16) or WRITE(16).
    Sixteen,
}

impl Access {
    /// The command descriptor block of a read or write, in 16 bytes.
    fn descriptor(self, is_write: bool, block: u64, blocks: u32) -> [u8; 16] {
        let mut bytes = [0; 16];
        let code = |read: u8, write: u8| if is_write { write } else { read };
        let block_bytes = block.to_be_bytes();
        let count = blocks.to_be_bytes();
        match self {
            Self::Six => {
                bytes[0] = code(0x08, 0x0A);
                bytes[1..4].copy_from_slice(&block_bytes[5..]);
                bytes[4] = count[3];
            }
            Self::Ten => {
                bytes[0] = code(0x28, 0x2A);
                bytes[2..6].copy_from_slice(&block_bytes[4..]);
                bytes[7..9].copy_from_slice(&count[2..]);
            }
            Self::Twelve => {
                bytes[0] = code(0xA8, 0xAA);
                bytes[2..6].copy_from_slice(&block_bytes[4..]);
                bytes[6..10].copy_from_slice(&count);
            }
            Self::Sixteen => {
                bytes[0] = code(0x88, 0x8A);
                bytes[2..10].copy_from_slice(&block_bytes);
                bytes[10..14].copy_from_slice(&count);
            }
        }
        bytes
    }
}

/// A command of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Command descriptor block.
    pub descriptor: [u8; 16],
    /// FCP_DL, bytes.
    pub data_length: u32,
    /// What is written; `None` reads, if anything.
    pub data: Option<Vec<u8>>,
}

impl Transfer {
    /// A read, or a write of `data`, of so many blocks of 512 bytes from `block` on.
    pub fn new(access: Access, block: u64, blocks: u32, data: Option<Vec<u8>>) -> Self {
        let descriptor = access.descriptor(data.is_some(), block, blocks);
        Self { descriptor, data_length: blocks * 512, data }
    }

    /// Another command, which may answer with up to `data_length` bytes.
    pub fn command(block: &[u8], data_length: u32) -> Self {
        let mut descriptor = [0; 16];
        descriptor[..block.len()].copy_from_slice(block);
        Self { descriptor, data_length, data: None }
    }
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// OX_ID of its exchange.
    pub exchange: u16,
    /// What was asked for.
    pub transfer: Transfer,
    /// SCSI status.
    pub status: u8,
    /// What was read.
    pub data: Vec<u8>,
    /// Bytes by which FCP_DL was more (positive) or less (negative) than what was to be moved.
    pub residual: i64,
    /// Sense data.
    pub sense: Vec<u8>,
    /// Code of the response information.
    pub response_code: Option<u8>,
}

/// A frame that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What is wrong with it.
    pub what: String,
    /// The frame's header.
    pub header: Header,
}

#[derive(Clone, Debug)]
struct Exchange {
    transfer: Transfer,
    /// RX_ID, once it is known.
    responder: Option<u16>,
    read: Vec<u8>,
    /// Bytes that were asked for by XFER_RDY.
    asked: usize,
    /// SEQ_ID and the next SEQ_CNT of the sequence that is coming in.
    incoming: Option<(u8, u16)>,
    /// SEQ_ID of the sequence that came last.
    previous: Option<u8>,
    next_sequence: u8,
    /// Something did not fit: what else comes is not looked at.
    is_broken: bool,
    is_aborted: bool,
}

/// The port of a host.
#[derive(Clone, Debug)]
pub struct Initiator {
    address: u32,
    target: u32,
    /// Bytes of payload in a frame of data.
    payload: usize,
    exchanges: BTreeMap<u16, Exchange>,
    next_exchange: u16,
    outgoing: VecDeque<Frame>,
    outcomes: Vec<Outcome>,
    violations: Vec<Violation>,
    /// What does not fit breaks its exchange and is no violation: the line is known to be bad.
    tolerates: bool,
    aborted: Vec<u16>,
}

impl Initiator {
    /// The port with `address`, speaking to the one with `target` in frames of up to `payload` bytes of data.
    pub fn new(address: u32, target: u32, payload: usize) -> Self {
        Self {
            address,
            target,
            payload,
            exchanges: BTreeMap::new(),
            next_exchange: 0,
            outgoing: VecDeque::new(),
            outcomes: vec![],
            violations: vec![],
            tolerates: false,
            aborted: vec![],
        }
    }

    /// From now on, what does not fit breaks its exchange, to be aborted, and is no violation.
    pub fn tolerate(&mut self) {
        self.tolerates = true;
    }

    /// Asks the target to end an exchange (ABTS); `false` if it is not open or was aborted already.
    pub fn abort(&mut self, originator: u16) -> bool {
        let Some(exchange) = self.exchanges.get_mut(&originator).filter(|exchange| !exchange.is_aborted) else {
            return false;
        };
        (exchange.is_broken, exchange.is_aborted) = (true, true);
        let header = Header {
            r_ctl: ABORT_SEQUENCE,
            destination: self.target,
            source: self.address,
            f_ctl: END_OF_SEQUENCE | INITIATIVE,
            sequence: exchange.next_sequence,
            originator,
            responder: exchange.responder.unwrap_or(0xFFFF),
            ..Header::default()
        };
        self.outgoing.retain(|frame| frame.header.originator != originator);
        self.outgoing.push_back(Frame { header, payload: vec![], is_first: true, is_last: true });
        true
    }

    /// Exchanges that ended because they were aborted, since this was asked last.
    pub fn take_aborted(&mut self) -> Vec<u16> {
        std::mem::take(&mut self.aborted)
    }

    /// Its address.
    pub fn address(&self) -> u32 {
        self.address
    }

    /// Gives a command; the OX_ID of its exchange.
    pub fn start(&mut self, transfer: Transfer) -> u16 {
        while self.exchanges.contains_key(&self.next_exchange) || self.next_exchange == 0xFFFF {
            self.next_exchange = self.next_exchange.wrapping_add(1);
        }
        let exchange = self.next_exchange;
        self.next_exchange = self.next_exchange.wrapping_add(1);
        let mut payload = vec![0; 32];
        payload[11] = match (&transfer.data, transfer.data_length) {
            (Some(_), _) => 0x01,
            (None, 0) => 0x00,
            (None, _) => 0x02,
        };
        payload[12..28].copy_from_slice(&transfer.descriptor);
        payload[28..32].copy_from_slice(&transfer.data_length.to_be_bytes());
        let header = Header {
            r_ctl: COMMAND,
            destination: self.target,
            source: self.address,
            kind: FCP,
            f_ctl: FIRST_SEQUENCE | END_OF_SEQUENCE | INITIATIVE,
            originator: exchange,
            responder: 0xFFFF,
            ..Header::default()
        };
        self.outgoing.push_back(Frame { header, payload, is_first: true, is_last: true });
        self.exchanges.insert(
            exchange,
            Exchange {
                transfer,
                responder: None,
                read: vec![],
                asked: 0,
                incoming: None,
                previous: None,
                next_sequence: 1,
                is_broken: false,
                is_aborted: false,
            },
        );
        exchange
    }

    /// The next frame to send.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.outgoing.pop_front()
    }

    /// Frames that wait to be sent.
    pub fn waiting(&self) -> usize {
        self.outgoing.len()
    }

    /// Commands without an answer.
    pub fn open(&self) -> usize {
        self.exchanges.len()
    }

    /// Commands that ended since this was asked last.
    pub fn take_outcomes(&mut self) -> Vec<Outcome> {
        std::mem::take(&mut self.outcomes)
    }

    /// What was wrong with frames that came.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Takes a frame.
    pub fn receive(&mut self, frame: &Frame) {
        let originator = frame.header.originator;
        if matches!(frame.header.r_ctl, BASIC_ACCEPT | BASIC_REJECT) && frame.header.kind == 0 {
            if self.exchanges.get(&originator).is_some_and(|exchange| exchange.is_aborted) {
                self.exchanges.remove(&originator);
                self.aborted.push(originator);
            }
            return;
        }
        if self.tolerates && self.exchanges.get(&originator).is_none_or(|exchange| exchange.is_broken) {
            return;
        }
        match (self.accept(frame), self.tolerates) {
            (Ok(()), _) => {}
            (Err(what), false) => self.violations.push(Violation { what, header: frame.header }),
            (Err(_), true) => {
                if let Some(exchange) = self.exchanges.get_mut(&originator) {
                    exchange.is_broken = true;
                }
            }
        }
    }

    fn accept(&mut self, frame: &Frame) -> Result<(), String> {
        let header = &frame.header;
        expect("D_ID", header.destination, self.address)?;
        expect("S_ID", header.source, self.target)?;
        expect("TYPE", header.kind, FCP)?;
        expect("DF_CTL", header.df_ctl, 0)?;
        let exchange = self
            .exchanges
            .get_mut(&header.originator)
            .ok_or_else(|| format!("OX_ID {:04X} names no open exchange", header.originator))?;
        let responder = *exchange.responder.get_or_insert(header.responder);
        expect("RX_ID", header.responder, responder)?;
        if header.f_ctl & RESPONDER == 0 {
            return Err(format!("F_CTL {:06X} is not of the responder", header.f_ctl));
        }
        exchange.in_sequence(frame)?;
        // Fill bytes stand behind the last frame of a sequence.
        let fill = (header.f_ctl & FILL) as usize;
        let f_ctl_without_fill = header.f_ctl & !FILL;
        if fill > 0 && (!frame.is_last || fill > frame.payload.len()) {
            return Err(format!("{fill} fill bytes"));
        }
        let payload = &frame.payload[..frame.payload.len() - fill];
        match header.r_ctl {
            DATA => {
                let f_ctl = RESPONDER | RELATIVE_OFFSET | if frame.is_last { END_OF_SEQUENCE } else { 0 };
                expect("F_CTL", f_ctl_without_fill, f_ctl)?;
                expect("relative offset", header.parameter as usize, exchange.read.len())?;
                if exchange.transfer.data.is_some() {
                    return Err("data for a write".to_owned());
                }
                if payload.is_empty() || payload.len() > self.payload {
                    return Err(format!("{} bytes of data in a frame", payload.len()));
                }
                exchange.read.extend(payload);
            }
            TRANSFER_READY => {
                expect("F_CTL", header.f_ctl, RESPONDER | END_OF_SEQUENCE | INITIATIVE)?;
                expect("length of XFER_RDY", frame.payload.len(), 12)?;
                let offset = word_at(&frame.payload, 0) as usize;
                let burst = word_at(&frame.payload, 4) as usize;
                expect("offset of XFER_RDY", offset, exchange.asked)?;
                expect("last word of XFER_RDY", word_at(&frame.payload, 8), 0)?;
                let Some(data) = &exchange.transfer.data else {
                    return Err("XFER_RDY for a read".to_owned());
                };
                let bytes = data.get(offset..offset + burst).filter(|bytes| !bytes.is_empty());
                let bytes =
                    bytes.ok_or_else(|| format!("XFER_RDY asks for {burst} bytes at {offset} of {}", data.len()))?;
                exchange.asked += burst;
                let sequence = exchange.next_sequence;
                exchange.next_sequence = exchange.next_sequence.wrapping_add(1);
                let frames = bytes.len().div_ceil(self.payload);
                for (number, part) in bytes.chunks(self.payload).enumerate() {
                    let is_last = number + 1 == frames;
                    let header = Header {
                        r_ctl: DATA,
                        destination: self.target,
                        source: self.address,
                        kind: FCP,
                        f_ctl: RELATIVE_OFFSET | if is_last { END_OF_SEQUENCE | INITIATIVE } else { 0 },
                        sequence,
                        df_ctl: 0,
                        count: number as u16,
                        originator: header.originator,
                        responder,
                        parameter: (offset + number * self.payload) as u32,
                    };
                    self.outgoing.push_back(Frame { header, payload: part.to_vec(), is_first: number == 0, is_last });
                }
            }
            RESPONSE => {
                expect("F_CTL", f_ctl_without_fill, RESPONDER | LAST_SEQUENCE | END_OF_SEQUENCE)?;
                let outcome = exchange.clone().outcome(header.originator, payload)?;
                self.exchanges.remove(&header.originator);
                self.outcomes.push(outcome);
            }
            r_ctl => return Err(format!("R_CTL {r_ctl:02X}")),
        }
        Ok(())
    }
}

impl Exchange {
    /// Checks a frame's place in its sequence.
    fn in_sequence(&mut self, frame: &Frame) -> Result<(), String> {
        let Header { sequence, count, .. } = frame.header;
        match self.incoming {
            None => {
                if !frame.is_first || count != 0 {
                    return Err(format!("SEQ_ID {sequence:02X} begins with SEQ_CNT {count}"));
                }
                if self.previous == Some(sequence) {
                    return Err(format!("SEQ_ID {sequence:02X} is that of the sequence before"));
                }
            }
            // An answer may break off the data before it.
            Some((expected, _)) if frame.header.r_ctl == RESPONSE && frame.is_first && sequence != expected => {
                expect("SEQ_CNT", count, 0)?;
            }
            Some((expected, next)) => {
                expect("SEQ_ID", sequence, expected)?;
                expect("SEQ_CNT", count, next)?;
                if frame.is_first {
                    return Err("SOFi3 within a sequence".to_owned());
                }
            }
        }
        let ends = frame.header.f_ctl & END_OF_SEQUENCE != 0;
        expect("EOFt", frame.is_last, ends)?;
        self.previous = Some(sequence);
        self.incoming = if ends { None } else { Some((sequence, count + 1)) };
        Ok(())
    }

    fn outcome(self, exchange: u16, payload: &[u8]) -> Result<Outcome, String> {
        if payload.len() < 24 {
            return Err(format!("FCP_RSP of {} bytes", payload.len()));
        }
        let (flags, status) = (payload[10], payload[11]);
        let residual = i64::from(word_at(payload, 12));
        let sense_length = if flags & SENSE != 0 { word_at(payload, 16) as usize } else { 0 };
        let information = if flags & RESPONSE_INFORMATION != 0 { word_at(payload, 20) as usize } else { 0 };
        let rest = &payload[24..];
        if rest.len() < information + sense_length {
            return Err(format!("FCP_RSP of {} bytes with {information} + {sense_length} behind", payload.len()));
        }
        let residual = match flags & (OVER | UNDER) {
            0 => 0,
            UNDER => residual,
            OVER => -residual,
            _ => return Err("FCP_RSP both over and under".to_owned()),
        };
        Ok(Outcome {
            exchange,
            transfer: self.transfer,
            status,
            data: self.read,
            residual,
            sense: rest[information..information + sense_length].to_vec(),
            response_code: rest[..information].get(3).copied(),
        })
    }
}

fn word_at(bytes: &[u8], place: usize) -> u32 {
    u32::from_be_bytes([bytes[place], bytes[place + 1], bytes[place + 2], bytes[place + 3]])
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, got: T, expected: T) -> Result<(), String> {
    if got == expected { Ok(()) } else { Err(format!("{what} is {got:?} instead of {expected:?}")) }
}
