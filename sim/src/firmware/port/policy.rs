//! What the processor of a port does with the frames that hardware leaves to it.

use super::fabric::{FabricAnswer, FabricClient};
use super::link_services::{Login, PortNames};
use super::scsi::{LogicalUnit, ScsiReply};
use crate::models::fibre_channel::{Frame, Header};

/// Logins that hardware has entries for.
const ENTRIES: usize = 16;
/// Addresses of the two ports of a link without a fabric, but for their area: the larger name gets the second.
const POINT_TO_POINT: [u32; 2] = [0x01_0001, 0x01_0002];
/// R_A_TOV and E_D_TOV in milliseconds, as RTV is told.
const R_A_TOV: u32 = 10_000;
const E_D_TOV: u32 = 2_000;
/// TASK SET FULL.
const TASK_SET_FULL: u8 = 0x28;

/// What hardware is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortOrder {
    /// Send a frame.
    Send(Frame),
    /// Take this address.
    SetAddress(u32),
    /// The other port can take so many frames.
    SetCredit(u8),
    /// Write an entry of the logins.
    SetLogin {
        /// Its number.
        entry: u8,
        /// Address of the port.
        address: u32,
        /// Words of payload in a frame.
        payload: u16,
        /// Its commands are carried out by hardware.
        is_fast: bool,
        /// It is a login.
        is_valid: bool,
    },
    /// Close the exchange with this login and OX_ID, or all of the login, and wait until that is done.
    Close {
        /// The login.
        entry: u8,
        /// OX_ID; `None` is every one.
        originator: Option<u16>,
    },
}

/// An exchange of hardware's that ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its number, RX_ID.
    pub exchange: u8,
    /// Login of its host.
    pub login: u8,
    /// OX_ID.
    pub originator: u16,
    /// It is a write.
    pub is_write: bool,
    /// The host sent less data than it was asked for; else storage failed.
    pub was_cut_short: bool,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    address: u32,
    payload: u16,
    has_process: bool,
}

/// The processor's knowledge of a port.
#[derive(Clone, Debug)]
pub struct PortFirmware {
    names: PortNames,
    credit: u16,
    address: u32,
    is_in_loop: bool,
    entries: [Option<Entry>; ENTRIES],
    fabric: FabricClient,
    unit: LogicalUnit,
}

/// F_CTL of what answers an exchange and ends it.
const ANSWER: u32 = 0x99_0000;
const STATUS: u32 = 0x98_0000;

impl PortFirmware {
    /// A port with these names that can take `credit` frames, and the unit behind it.
    pub fn new(names: PortNames, credit: u16, unit: LogicalUnit) -> Self {
        Self {
            names,
            credit,
            address: 0,
            is_in_loop: false,
            entries: [None; ENTRIES],
            fabric: FabricClient::new(names),
            unit,
        }
    }

    /// Its names.
    pub fn names(&self) -> PortNames {
        self.names
    }

    /// The unit behind it.
    pub fn unit(&self) -> &LogicalUnit {
        &self.unit
    }

    /// What is to be done when the link came up anew: nobody is logged in, and one frame may be sent. In a loop without a
    /// fabric the port has an address already.
    pub fn on_link_up(&mut self, loop_address: Option<u8>) -> Vec<PortOrder> {
        self.address = loop_address.unwrap_or(0).into();
        self.is_in_loop = loop_address.is_some();
        self.fabric.forget();
        let mut orders = vec![PortOrder::SetAddress(self.address), PortOrder::SetCredit(1)];
        for entry in 0..ENTRIES {
            orders.extend(self.log_out(entry));
        }
        orders
    }

    /// What is to be done when time has passed since the link came up or since this was asked last: if nobody has begun the
    /// logins until now, there may be a fabric. `None` when there is nothing more to wait for.
    pub fn on_time(&mut self) -> Option<Vec<PortOrder>> {
        let has_address_of_a_port = self.address != 0 && !self.fabric.has_begun();
        if self.fabric.is_done() || has_address_of_a_port {
            return None;
        }
        let own = self.own_login();
        Some(self.fabric.on_time(&own).map(PortOrder::Send).into_iter().collect())
    }

    fn own_login(&self) -> Login {
        let credit = if self.is_in_loop { 0 } else { self.credit };
        Login { credit, payload: 2112, names: self.names, has_alternate_credit: self.is_in_loop }
    }

    /// What is to be done about a frame.
    pub fn on_frame(&mut self, frame: &Frame) -> Vec<PortOrder> {
        match (frame.header.r_ctl, frame.header.kind) {
            (0x22, 0x01) => self.on_link_service(frame),
            (0x81, 0x00) => self.on_abort(frame),
            (0x06, 0x08) => self.on_command(frame),
            (0x23, 0x01) | (0x03, 0x20) => self.on_answer(frame),
            // Data that came too late, other protocols.
            _ => vec![],
        }
    }

    /// What is to be done about an exchange of hardware's that ended early.
    pub fn on_failure(&mut self, failure: &Failure) -> Vec<PortOrder> {
        let Failure { exchange, login, originator, is_write, was_cut_short } = *failure;
        // The host may use its OX_ID again as soon as it has the answer.
        let mut orders = vec![PortOrder::Close { entry: login, originator: Some(originator) }];
        if let Some(entry) = self.entries[usize::from(login)] {
            let (code, reply) = match (was_cut_short, is_write) {
                // The data was shorter than what was asked for.
                (true, _) => (Some(1), ScsiReply::status(0)),
                (false, true) => (None, ScsiReply::check((0x03, 0x0C, 0x00))),
                (false, false) => (None, ScsiReply::check((0x03, 0x11, 0x00))),
            };
            let header = Header {
                destination: entry.address,
                source: self.address,
                originator,
                responder: exchange.into(),
                // As hardware numbers the sequences of the exchange; that of a read's data has 0 below.
                sequence: exchange << 1 | 1,
                ..Header::default()
            };
            orders.push(PortOrder::Send(response(header, &reply, 0, code)));
        }
        orders
    }

    fn entry_of(&self, address: u32) -> Option<usize> {
        self.entries.iter().position(|entry| entry.is_some_and(|entry| entry.address == address))
    }

    fn log_out(&mut self, entry: usize) -> Vec<PortOrder> {
        let Some(was) = self.entries[entry].take() else {
            return vec![];
        };
        let number = entry as u8;
        vec![
            PortOrder::SetLogin {
                entry: number,
                address: was.address,
                payload: was.payload / 4,
                is_fast: false,
                is_valid: false,
            },
            PortOrder::Close { entry: number, originator: None },
        ]
    }

    fn set_login(&self, entry: usize) -> Option<PortOrder> {
        self.entries[entry].map(|login| PortOrder::SetLogin {
            entry: entry as u8,
            address: login.address,
            payload: login.payload / 4,
            is_fast: login.has_process,
            is_valid: true,
        })
    }

    /// The header of an answer.
    fn back(&self, frame: &Frame, r_ctl: u8, f_ctl: u32) -> Header {
        Header {
            r_ctl,
            destination: frame.header.source,
            source: self.address,
            kind: frame.header.kind,
            f_ctl,
            sequence: frame.header.sequence,
            originator: frame.header.originator,
            responder: frame.header.responder,
            ..Header::default()
        }
    }

    fn reply(&self, frame: &Frame, payload: Vec<u8>) -> PortOrder {
        PortOrder::Send(Frame { header: self.back(frame, 0x23, ANSWER), payload, is_first: true, is_last: true })
    }

    /// LS_RJT.
    fn reject(&self, frame: &Frame, reason: u8, explanation: u8) -> Vec<PortOrder> {
        vec![self.reply(frame, vec![0x01, 0, 0, 0, 0, reason, explanation, 0])]
    }

    fn on_answer(&mut self, frame: &Frame) -> Vec<PortOrder> {
        let own = self.own_login();
        match self.fabric.on_answer(frame, &own) {
            FabricAnswer::Nothing => vec![],
            FabricAnswer::Request(frame) => vec![PortOrder::Send(frame)],
            FabricAnswer::Address(address, credit, request) => {
                self.address = address;
                let mut orders = vec![PortOrder::SetAddress(address), PortOrder::SetCredit(credit.clamp(1, 255) as u8)];
                orders.extend(request.map(PortOrder::Send));
                orders
            }
        }
    }

    fn on_link_service(&mut self, frame: &Frame) -> Vec<PortOrder> {
        let own = self.own_login();
        let source = frame.header.source;
        let login = self.entry_of(source);
        match frame.payload.first() {
            // FLOGI: there is no fabric, so the two agree on their addresses.
            Some(0x04) => {
                let Some(other) = Login::from_bytes(&frame.payload) else {
                    return self.reject(frame, 0x03, 0x00);
                };
                self.fabric.forget();
                let is_larger = self.names.port > other.names.port;
                // Links of ports of one card are told apart by the area, which is the lowest byte of the port's name.
                let area = ((self.names.port & 0xFF) as u32) << 8;
                self.address = POINT_TO_POINT[usize::from(is_larger)] | area;
                let other_address = POINT_TO_POINT[usize::from(!is_larger)] | area;
                let mut orders = (0..ENTRIES).flat_map(|entry| self.log_out(entry)).collect::<Vec<_>>();
                let mut header = self.back(frame, 0x23, ANSWER);
                header.destination = if source == 0 { other_address } else { source };
                let payload = own.acceptance(true);
                orders.push(PortOrder::SetAddress(self.address));
                orders.push(PortOrder::SetCredit(other.credit.clamp(1, 255) as u8));
                orders.push(PortOrder::Send(Frame { header, payload, is_first: true, is_last: true }));
                orders
            }
            // PLOGI.
            Some(0x03) => {
                let Some(other) = Login::from_bytes(&frame.payload) else {
                    return self.reject(frame, 0x03, 0x00);
                };
                let mut orders = login.map_or(vec![], |entry| self.log_out(entry));
                let Some(entry) = self.entries.iter().position(Option::is_none) else {
                    // Insufficient resources.
                    return self.reject(frame, 0x09, 0x29);
                };
                // Data in whole blocks.
                let payload = other.payload.min(2048) / 512 * 512;
                if payload == 0 {
                    return self.reject(frame, 0x03, 0x00);
                }
                self.entries[entry] = Some(Entry { address: source, payload, has_process: false });
                orders.extend(self.set_login(entry));
                orders.push(self.reply(frame, own.acceptance(false)));
                orders
            }
            // PRLI of FCP.
            Some(0x20) => {
                let (Some(entry), Some(0x08)) = (login, frame.payload.get(4)) else {
                    return self.reject(frame, 0x03, 0x1E);
                };
                if let Some(login) = &mut self.entries[entry] {
                    login.has_process = true;
                }
                let mut payload = vec![0; 20];
                payload[..8].copy_from_slice(&[0x02, 0x10, 0x00, 0x14, 0x08, 0x00, 0x21, 0x00]);
                // Target, no XFER_RDY for reads.
                payload[19] = 0x12;
                let mut orders: Vec<_> = self.set_login(entry).into_iter().collect();
                orders.push(self.reply(frame, payload));
                orders
            }
            // ADISC: both still know each other.
            Some(0x52) if login.is_some() => {
                let own = [&[0; 4], self.names.port.to_be_bytes().as_slice(), &self.names.node.to_be_bytes()].concat();
                vec![self.reply(frame, [&[0x02, 0, 0, 0], own.as_slice(), &self.address.to_be_bytes()].concat())]
            }
            // PDISC: the login stays as it is.
            Some(0x50) if login.is_some() => vec![self.reply(frame, own.acceptance(false))],
            // RTV.
            Some(0x0E) => {
                let times = [&R_A_TOV.to_be_bytes(), E_D_TOV.to_be_bytes().as_slice(), &[0; 4]].concat();
                vec![self.reply(frame, [&[0x02, 0, 0, 0], times.as_slice()].concat())]
            }
            // RRQ: an exchange that was aborted holds nothing here.
            Some(0x12) if login.is_some() => vec![self.reply(frame, vec![0x02, 0, 0, 0])],
            // RSCN: who is still there shows itself.
            Some(0x61) => vec![self.reply(frame, vec![0x02, 0, 0, 0])],
            // ECHO.
            Some(0x10) => {
                vec![self.reply(frame, [&[0x02, 0, 0, 0], frame.payload.get(4..).unwrap_or_default()].concat())]
            }
            // Who is not logged in has nothing to confirm.
            Some(0x52 | 0x50 | 0x12) => self.reject(frame, 0x03, 0x1E),
            // LOGO and PRLO.
            Some(0x05 | 0x21) => {
                let mut orders = login.map_or(vec![], |entry| self.log_out(entry));
                orders.push(self.reply(frame, vec![0x02, 0, 0, 0]));
                orders
            }
            _ => self.reject(frame, 0x0B, 0x2C),
        }
    }

    fn on_abort(&mut self, frame: &Frame) -> Vec<PortOrder> {
        let mut orders = vec![];
        if let Some(entry) = self.entry_of(frame.header.source) {
            orders.push(PortOrder::Close { entry: entry as u8, originator: Some(frame.header.originator) });
        }
        let mut payload = vec![0; 12];
        payload[4..6].copy_from_slice(&frame.header.originator.to_be_bytes());
        payload[6..8].copy_from_slice(&frame.header.responder.to_be_bytes());
        payload[10..12].copy_from_slice(&[0xFF, 0xFF]);
        let header = self.back(frame, 0x84, STATUS);
        orders.push(PortOrder::Send(Frame { header, payload, is_first: true, is_last: true }));
        orders
    }

    fn on_command(&mut self, frame: &Frame) -> Vec<PortOrder> {
        let Some(entry) = self.entry_of(frame.header.source) else {
            // Who is not logged in is told so.
            let mut payload = vec![0; 16];
            payload[0] = 0x05;
            payload[5..8].copy_from_slice(&self.address.to_be_bytes()[1..]);
            payload[8..16].copy_from_slice(&self.names.port.to_be_bytes());
            let mut header = self.back(frame, 0x22, 0x29_0000);
            (header.kind, header.responder) = (0x01, 0xFFFF);
            return vec![PortOrder::Send(Frame { header, payload, is_first: true, is_last: true })];
        };
        if !self.entries[entry].is_some_and(|login| login.has_process) {
            // Who has no process login is told so: PRLO.
            let mut payload = vec![0; 20];
            payload[..8].copy_from_slice(&[0x21, 0x10, 0x00, 0x14, 0x08, 0x00, 0x00, 0x00]);
            let mut header = self.back(frame, 0x22, 0x29_0000);
            (header.kind, header.responder) = (0x01, 0xFFFF);
            return vec![PortOrder::Send(Frame { header, payload, is_first: true, is_last: true })];
        }
        let back = self.back(frame, 0x07, STATUS);
        let Some(payload) = frame.payload.first_chunk::<32>() else {
            return vec![PortOrder::Send(response(back, &ScsiReply::status(0), 0, Some(2)))];
        };
        let unit = u64::from_be_bytes(payload[..8].try_into().expect("eight bytes"));
        let block: &[u8; 16] = payload[12..28].try_into().expect("sixteen bytes");
        let data_length = u32::from_be_bytes(payload[28..].try_into().expect("four bytes"));
        if payload[10] != 0 {
            return self.on_management(entry, payload[10], back);
        }
        let mut reply = self.unit.answer(unit, block);
        // In order, and yet not for hardware: every exchange is open.
        let is_transfer = matches!(block[0], 0x08 | 0x0A | 0x28 | 0x2A | 0xA8 | 0xAA | 0x88 | 0x8A);
        let invalid = ScsiReply::check((0x05, 0x24, 0x00));
        if is_transfer && unit == 0 && reply == invalid && self.is_in_order(payload) {
            reply = ScsiReply::status(TASK_SET_FULL);
        }
        reply.data.truncate(data_length as usize);
        let mut orders = vec![];
        let sent = reply.data.len();
        if sent > 0 {
            let mut data = reply.data.clone();
            let fill = sent.wrapping_neg() % 4;
            data.resize(sent + fill, 0);
            let header = Header { r_ctl: 0x01, f_ctl: 0x88_0008 | fill as u32, ..back };
            orders.push(PortOrder::Send(Frame { header, payload: data, is_first: true, is_last: true }));
        }
        let header = Header { sequence: back.sequence.wrapping_add(1), ..back };
        orders.push(PortOrder::Send(response(header, &reply, data_length - sent as u32, None)));
        orders
    }

    /// Whether a READ or WRITE of blocks that exist has nothing that keeps hardware from it.
    fn is_in_order(&self, payload: &[u8; 32]) -> bool {
        let block = &payload[12..28];
        let control = match block[0] {
            0x08 | 0x0A => block[5],
            0x28 | 0x2A => block[9],
            0xA8 | 0xAA => block[11],
            _ => block[15],
        };
        let options = if matches!(block[0], 0x08 | 0x0A) { block[1] & 0xE0 } else { block[1] & 0xE5 };
        let two = |place: usize| u32::from(u16::from_be_bytes([block[place], block[place + 1]]));
        let blocks = match block[0] {
            0x08 | 0x0A => u32::from(block[4].wrapping_sub(1)) + 1,
            0x28 | 0x2A => two(7),
            0xA8 | 0xAA => two(6) << 16 | two(8),
            _ => two(10) << 16 | two(12),
        };
        let data_length = u32::from_be_bytes([payload[28], payload[29], payload[30], payload[31]]);
        let is_whole = data_length > 0 && (data_length.is_multiple_of(512) || data_length / 512 >= blocks);
        let direction = if block[0] & 0x02 != 0 { 0x01 } else { 0x02 };
        control == 0 && options == 0 && blocks <= 65_535 && is_whole && payload[11] == direction
    }

    /// Task management.
    fn on_management(&mut self, entry: usize, flags: u8, back: Header) -> Vec<PortOrder> {
        let entries: Vec<usize> = match flags {
            // Of this host, or of all.
            0x02 | 0x04 => vec![entry],
            0x10 | 0x20 => (0..ENTRIES).filter(|&entry| self.entries[entry].is_some()).collect(),
            _ => return vec![PortOrder::Send(response(back, &ScsiReply::status(0), 0, Some(4)))],
        };
        let close = |entry: usize| PortOrder::Close { entry: entry as u8, originator: None };
        let mut orders: Vec<_> = entries.into_iter().map(close).collect();
        orders.push(PortOrder::Send(response(back, &ScsiReply::status(0), 0, Some(0))));
        orders
    }
}

/// FCP_RSP: by how much FCP_DL was more than what was moved, and the code of the response information.
fn response(header: Header, reply: &ScsiReply, under: u32, code: Option<u8>) -> Frame {
    let header = Header { r_ctl: 0x07, kind: 0x08, f_ctl: STATUS, ..header };
    let mut payload = vec![0; 24];
    payload[11] = reply.status;
    if under > 0 {
        payload[10] |= 0x08;
        payload[12..16].copy_from_slice(&under.to_be_bytes());
    }
    if let Some(code) = code {
        payload[10] |= 0x01;
        payload[20..24].copy_from_slice(&8_u32.to_be_bytes());
        payload.extend([0, 0, 0, code, 0, 0, 0, 0]);
    }
    if !reply.sense.is_empty() {
        payload[10] |= 0x02;
        payload[16..20].copy_from_slice(&(reply.sense.len() as u32).to_be_bytes());
        payload.extend(&reply.sense);
    }
    let fill = payload.len().wrapping_neg() % 4;
    payload.resize(payload.len() + fill, 0);
    Frame { header: Header { f_ctl: header.f_ctl | fill as u32, ..header }, payload, is_first: true, is_last: true }
}
