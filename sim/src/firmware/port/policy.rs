//! What the processor of a port does with the frames that hardware leaves to it.

use super::fabric::{FabricAnswer, FabricClient};
use super::link_services::{Login, PortNames};
use super::parameters::{self, Work};
use super::reservations::{Nexus, RESERVE_OUT_BYTES, Refusal, SharedReservations};
use super::scsi::{LogicalUnit, ScsiReply};
use crate::models::fibre_channel::{Frame, Header};

/// Logins that hardware has entries for.
const ENTRIES: usize = 16;
/// Addresses of the two ports of a link without a fabric, but for their area: the larger name gets the second.
const POINT_TO_POINT: [u32; 2] = [0x01_0001, 0x01_0002];
/// R_A_TOV and E_D_TOV in milliseconds, as RTV is told.
const R_A_TOV: u32 = 10_000;
const E_D_TOV: u32 = 2_000;
/// TASK SET FULL, BUSY, RESERVATION CONFLICT.
const TASK_SET_FULL: u8 = 0x28;
const BUSY: u8 = 0x08;
const RESERVATION_CONFLICT: u8 = 0x18;
/// Commands of the processor that wait for their data at most, and those of them that are asked for it; each has a frame or a
/// few.
const MOST_PENDING: usize = 128;
const MOST_ASKED: usize = 3;
/// RX_ID of the processor's exchanges, to which hardware gives data, has this bit.
const PROCESSORS_EXCHANGE: u16 = 0x8000;

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
        /// Hardware does not carry its writes out.
        is_read_only: bool,
    },
    /// Close the exchange with this login and OX_ID, or all of the login, and wait until that is done.
    Close {
        /// The login.
        entry: u8,
        /// OX_ID; `None` is every one.
        originator: Option<u16>,
    },
    /// Find the exchange with this login and OX_ID among hardware's, and tell [`PortFirmware::on_found`], with the REC.
    Find {
        /// The login.
        entry: u8,
        /// OX_ID.
        originator: u16,
        /// What asks for it.
        request: Frame,
    },
    /// Have storage do something, and tell [`PortFirmware::on_worked`].
    Storage(StorageJob),
    /// All orders before are carried out: tell that this version of the reservations is true at this port, and if need be
    /// wait until it is at every port.
    MakeKnown {
        /// The version.
        version: u64,
        /// Wait.
        waits: bool,
    },
}

/// Something that storage has to do for a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageJob {
    /// What.
    pub work: Work,
    /// The header of the answer, and by how much FCP_DL was too long.
    header: Header,
    residual: u32,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worked {
    /// It is done.
    Well,
    /// Storage failed.
    Failed,
    /// The block is another one, from this byte on, if that is known.
    Differs(Option<u32>),
}

/// An exchange of hardware's that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number, RX_ID.
    pub exchange: u8,
    /// It is a write.
    pub is_write: bool,
    /// Bytes of data so far.
    pub moved: u32,
}

/// A command that waits for its data.
#[derive(Clone, Debug)]
struct Pending {
    entry: usize,
    header: Header,
    block: [u8; 16],
    data: Vec<u8>,
    length: usize,
    data_length: u32,
    /// XFER_RDY was sent.
    is_asked: bool,
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
    name: u64,
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
    /// Number of the port, as reservations count.
    port: usize,
    reservations: SharedReservations,
    pending: Vec<Pending>,
    next_exchange: u16,
}

/// F_CTL of what answers an exchange and ends it.
const ANSWER: u32 = 0x99_0000;
const STATUS: u32 = 0x98_0000;

impl PortFirmware {
    /// A port with these names that can take `credit` frames, and the unit behind it.
    pub fn new(names: PortNames, credit: u16, unit: LogicalUnit, reservations: SharedReservations) -> Self {
        let port = reservations.borrow_mut().add_port();
        Self {
            names,
            credit,
            address: 0,
            is_in_loop: false,
            entries: [None; ENTRIES],
            fabric: FabricClient::new(names),
            unit,
            port,
            reservations,
            pending: vec![],
            next_exchange: 0,
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
        let mut orders = self.on_any_frame(frame);
        orders.extend(self.ask_for_data());
        orders
    }

    fn on_any_frame(&mut self, frame: &Frame) -> Vec<PortOrder> {
        match (frame.header.r_ctl, frame.header.kind) {
            (0x22, 0x01) => self.on_link_service(frame),
            (0x81, 0x00) => self.on_abort(frame),
            (0x06, 0x08) => self.on_command(frame),
            (0x23, 0x01) | (0x03, 0x20) => self.on_answer(frame),
            (0x01, 0x08) => self.on_data(frame),
            // Other protocols.
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
        self.pending.retain(|pending| pending.entry != entry);
        self.reservations.borrow_mut().forget(Nexus { host: was.name, port: self.port });
        vec![
            PortOrder::SetLogin {
                entry: number,
                address: was.address,
                payload: was.payload / 4,
                is_fast: false,
                is_valid: false,
                is_read_only: false,
            },
            PortOrder::Close { entry: number, originator: None },
        ]
    }

    fn set_login(&self, entry: usize) -> Option<PortOrder> {
        let reservations = self.reservations.borrow();
        self.entries[entry].map(|login| {
            let nexus = Nexus { host: login.name, port: self.port };
            PortOrder::SetLogin {
                entry: entry as u8,
                address: login.address,
                payload: login.payload / 4,
                is_fast: login.has_process && reservations.may_read(nexus) && !reservations.has_attention(nexus),
                is_valid: true,
                is_read_only: !reservations.may_write(nexus),
            }
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
                self.entries[entry] =
                    Some(Entry { address: source, name: other.names.port, payload, has_process: false });
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
            // REC: an exchange of the processor's, or maybe one of hardware's.
            Some(0x13) if frame.payload.len() >= 12 && login.is_some() => {
                let entry = login.unwrap_or_default();
                let originator = u16::from_be_bytes([frame.payload[8], frame.payload[9]]);
                let is_meant = |pending: &&Pending| pending.entry == entry && pending.header.originator == originator;
                match self.pending.iter().find(is_meant) {
                    Some(pending) => {
                        vec![self.exchange_status(frame, pending.header.responder, true, pending.data.len() as u32)]
                    }
                    None => vec![PortOrder::Find { entry: entry as u8, originator, request: frame.clone() }],
                }
            }
            // RSCN: who is still there shows itself.
            Some(0x61) => vec![self.reply(frame, vec![0x02, 0, 0, 0])],
            // ECHO.
            Some(0x10) => {
                vec![self.reply(frame, [&[0x02, 0, 0, 0], frame.payload.get(4..).unwrap_or_default()].concat())]
            }
            // Who is not logged in has nothing to confirm.
            Some(0x52 | 0x50 | 0x12 | 0x13) => self.reject(frame, 0x03, 0x1E),
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
            self.pending
                .retain(|pending| pending.entry != entry || pending.header.originator != frame.header.originator);
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
        if unit == 0 {
            if let Some(orders) = self.on_reserved(entry, back, block, data_length) {
                return orders;
            }
            if let Some(length) = parameters::length(block) {
                let is_write = payload[11] & 1 != 0;
                return match length {
                    Err(sense) => vec![refuse(back, &ScsiReply::check(sense), data_length)],
                    Ok(0) => vec![refuse(back, &ScsiReply::status(0), data_length)],
                    Ok(length) if !is_write || data_length < length as u32 => {
                        vec![refuse(back, &ScsiReply::check((0x05, 0x24, 0x00)), data_length)]
                    }
                    Ok(_) if self.pending.len() >= MOST_PENDING => {
                        vec![refuse(back, &ScsiReply::status(BUSY), data_length)]
                    }
                    Ok(length) => {
                        self.await_data(entry, back, block, length, data_length);
                        vec![]
                    }
                };
            }
        }
        let mut reply = self.unit.answer(unit, block);
        // In order, and yet not for hardware: every exchange is open.
        let is_transfer = matches!(block[0], 0x08 | 0x0A | 0x28 | 0x2A | 0xA8 | 0xAA | 0x88 | 0x8A);
        let invalid = ScsiReply::check((0x05, 0x24, 0x00));
        if is_transfer && unit == 0 && reply == invalid && self.is_in_order(payload) {
            reply = ScsiReply::status(TASK_SET_FULL);
        }
        answer(back, reply, data_length)
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

    /// What is to be done because a host's rights have changed, at any port; nothing if they have not.
    pub fn on_reservations(&mut self) -> Vec<PortOrder> {
        let version = self.reservations.borrow().version();
        if self.reservations.borrow().applied(self.port) == version {
            return vec![];
        }
        self.apply_reservations(version, false)
    }

    fn apply_reservations(&mut self, version: u64, waits: bool) -> Vec<PortOrder> {
        let mut orders: Vec<_> = (0..ENTRIES).filter_map(|entry| self.set_login(entry)).collect();
        let aborted = self.reservations.borrow_mut().take_aborted(self.port);
        for (number, entry) in self.entries.iter().enumerate() {
            if entry.is_some_and(|entry| aborted.iter().any(|nexus| nexus.host == entry.name)) {
                orders.push(PortOrder::Close { entry: number as u8, originator: None });
            }
        }
        orders.push(PortOrder::MakeKnown { version, waits });
        orders
    }

    /// A version of the reservations is true at this port; whether it is at every port.
    pub fn make_known(&mut self, version: u64) -> bool {
        let mut reservations = self.reservations.borrow_mut();
        reservations.apply(self.port, version);
        reservations.is_applied(version)
    }

    /// Answers what has to do with reservations: what is to be told first, conflicts, and the commands themselves.
    fn on_reserved(
        &mut self,
        entry: usize,
        back: Header,
        block: &[u8; 16],
        data_length: u32,
    ) -> Option<Vec<PortOrder>> {
        let nexus = Nexus { host: self.entries[entry]?.name, port: self.port };
        let is_always_answered = matches!(block[0], 0x03 | 0x12 | 0xA0);
        if is_always_answered {
            return None;
        }
        let attention = self.reservations.borrow_mut().take_attention(nexus);
        if let Some(sense) = attention {
            // From now on hardware may carry the host's commands out again.
            let mut orders = self.on_reservations();
            orders.push(refuse(back, &ScsiReply::check(sense), data_length));
            return Some(orders);
        }
        let is_write = matches!(block[0], 0x0A | 0x2A | 0xAA | 0x8A | 0x42 | 0x89 | 0x35 | 0x91);
        let is_read = matches!(block[0], 0x08 | 0x28 | 0xA8 | 0x88 | 0x2F | 0x8F);
        let reservations = self.reservations.borrow();
        let is_release = matches!(block[0], 0x17 | 0x57);
        if (reservations.is_reserved_by_other(nexus) && !is_release)
            || (is_write && !reservations.may_write(nexus))
            || (is_read && !reservations.may_read(nexus))
        {
            return Some(vec![refuse(back, &ScsiReply::status(RESERVATION_CONFLICT), data_length)]);
        }
        if block[0] == 0x5E {
            let reply = match reservations.reserve_in(block[1] & 0x1F) {
                Some(mut data) => {
                    data.truncate(usize::from(u16::from_be_bytes([block[7], block[8]])));
                    ScsiReply { data, ..ScsiReply::status(0) }
                }
                None => ScsiReply::check((0x05, 0x24, 0x00)),
            };
            return Some(answer(back, reply, data_length));
        }
        drop(reservations);
        let done = match block[0] {
            // Third parties and extents are not supported.
            0x16 | 0x17 | 0x56 | 0x57 if block[1] & 0x13 != 0 => Err(Refusal::Check((0x05, 0x24, 0x00))),
            0x16 | 0x56 => self.reservations.borrow_mut().reserve(nexus),
            0x17 | 0x57 => self.reservations.borrow_mut().release(nexus),
            _ => return None,
        };
        Some(self.answer_reservation(back, done, data_length))
    }

    /// Answers when what was reserved is true at every port.
    fn answer_reservation(&mut self, back: Header, done: Result<(), Refusal>, residual: u32) -> Vec<PortOrder> {
        let reply = match done {
            Ok(()) => ScsiReply::status(0),
            Err(Refusal::Conflict) => ScsiReply::status(RESERVATION_CONFLICT),
            Err(Refusal::Check(sense)) => ScsiReply::check(sense),
        };
        let version = self.reservations.borrow().version();
        let mut orders = self.apply_reservations(version, true);
        orders.push(refuse(back, &reply, residual));
        orders
    }

    /// A command waits for its data.
    fn await_data(&mut self, entry: usize, back: Header, block: &[u8; 16], length: usize, data_length: u32) {
        self.next_exchange = (self.next_exchange + 1) % PROCESSORS_EXCHANGE;
        let header = Header { responder: PROCESSORS_EXCHANGE | self.next_exchange, ..back };
        // A host that uses an OX_ID again has forgotten its exchange.
        self.pending.retain(|pending| pending.entry != entry || pending.header.originator != header.originator);
        let block = *block;
        self.pending.push(Pending { entry, header, block, data: vec![], length, data_length, is_asked: false });
    }

    /// XFER_RDY of those that come next, for all of their data.
    fn ask_for_data(&mut self) -> Vec<PortOrder> {
        let asked = self.pending.iter().filter(|pending| pending.is_asked).count();
        let next = self.pending.iter_mut().filter(|pending| !pending.is_asked);
        next.take(MOST_ASKED.saturating_sub(asked))
            .map(|pending| {
                pending.is_asked = true;
                let payload = [[0; 4], (pending.length as u32).to_be_bytes(), [0; 4]].concat();
                let header = Header { r_ctl: 0x05, f_ctl: 0x89_0000, ..pending.header };
                PortOrder::Send(Frame { header, payload, is_first: true, is_last: true })
            })
            .collect()
    }

    /// Data of a command that waits for it.
    fn on_data(&mut self, frame: &Frame) -> Vec<PortOrder> {
        let entry = self.entry_of(frame.header.source);
        let is_meant = |pending: &Pending| {
            Some(pending.entry) == entry
                && pending.header.originator == frame.header.originator
                && pending.header.responder == frame.header.responder
        };
        let Some(place) = self.pending.iter().position(is_meant) else { return vec![] };
        let pending = &mut self.pending[place];
        let fill = (frame.header.f_ctl & 3) as usize;
        let part = &frame.payload[..frame.payload.len().saturating_sub(fill)];
        // A frame out of order is one that is missing, too.
        if frame.header.parameter as usize == pending.data.len() {
            pending.data.extend(part);
        }
        if pending.data.len() < pending.length && !frame.is_last {
            return vec![];
        }
        let Pending { entry, header, block, data, length, data_length, .. } = self.pending.remove(place);
        let header = Header { sequence: header.sequence.wrapping_add(1), ..header };
        let residual = data_length - length as u32;
        if data.len() != length {
            // Less data, or more, than what was asked for.
            return vec![refuse(header, &ScsiReply::check((0x0B, 0x0C, 0x0D)), residual)];
        }
        if let Some(parameters) = data.first_chunk::<RESERVE_OUT_BYTES>().filter(|_| block[0] == 0x5F) {
            let Some(host) = self.entries[entry].map(|entry| entry.name) else { return vec![] };
            let nexus = Nexus { host, port: self.port };
            let done = self.reservations.borrow_mut().reserve_out(nexus, block[1] & 0x1F, block[2], parameters);
            return self.answer_reservation(header, done, residual);
        }
        match parameters::work(&self.unit, &block, &data) {
            Err(sense) => vec![refuse(header, &ScsiReply::check(sense), residual)],
            Ok(work) => vec![PortOrder::Storage(StorageJob { work, header, residual })],
        }
    }

    /// What is to be done when storage has done something.
    pub fn on_worked(&self, job: &StorageJob, worked: Worked) -> PortOrder {
        let reply = match worked {
            Worked::Well => ScsiReply::status(0),
            Worked::Failed => ScsiReply::check((0x03, 0x0C, 0x00)),
            Worked::Differs(place) => ScsiReply::check_at((0x0E, 0x1D, 0x00), place),
        };
        refuse(job.header, &reply, job.residual)
    }

    /// What is to be done when an exchange was looked for.
    pub fn on_found(&self, request: &Frame, found: Option<Found>) -> Vec<PortOrder> {
        match found {
            Some(Found { exchange, is_write, moved }) => {
                vec![self.exchange_status(request, exchange.into(), is_write, moved)]
            }
            // There is no such exchange.
            None => self.reject(request, 0x03, 0x17),
        }
    }

    /// The answer to REC.
    fn exchange_status(&self, request: &Frame, responder: u16, is_write: bool, moved: u32) -> PortOrder {
        let mut payload = vec![0; 24];
        payload[0] = 0x02;
        payload[4..6].copy_from_slice(&request.payload[8..10]);
        payload[6..8].copy_from_slice(&responder.to_be_bytes());
        payload[9..12].copy_from_slice(&request.header.source.to_be_bytes()[1..]);
        payload[13..16].copy_from_slice(&self.address.to_be_bytes()[1..]);
        payload[16..20].copy_from_slice(&moved.to_be_bytes());
        // The responder's view; it has the initiative while a read goes on.
        payload[20] = if is_write { 0x80 } else { 0xC0 };
        self.reply(request, payload)
    }

    /// Task management.
    fn on_management(&mut self, entry: usize, flags: u8, back: Header) -> Vec<PortOrder> {
        let entries: Vec<usize> = match flags {
            // Of this host, or of all.
            0x02 | 0x04 => vec![entry],
            0x10 | 0x20 => (0..ENTRIES).filter(|&entry| self.entries[entry].is_some()).collect(),
            _ => return vec![PortOrder::Send(response(back, &ScsiReply::status(0), 0, Some(4)))],
        };
        self.pending.retain(|pending| !entries.contains(&pending.entry));
        if flags == 0x10 {
            self.reservations.borrow_mut().reset(None);
        }
        let close = |entry: usize| PortOrder::Close { entry: entry as u8, originator: None };
        let mut orders: Vec<_> = entries.into_iter().map(close).collect();
        orders.push(PortOrder::Send(response(back, &ScsiReply::status(0), 0, Some(0))));
        orders
    }
}

/// The answer to a command, with its data.
fn answer(back: Header, mut reply: ScsiReply, data_length: u32) -> Vec<PortOrder> {
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

/// The answer to a command without data.
fn refuse(back: Header, reply: &ScsiReply, data_length: u32) -> PortOrder {
    PortOrder::Send(response(back, reply, data_length, None))
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
