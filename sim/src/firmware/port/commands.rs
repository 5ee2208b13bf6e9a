//! SCSI commands that hardware leaves to the processor: with data that comes for them, and who may give them.

use super::parameters;
use super::policy::{ENTRIES, Found, PortFirmware, PortOrder, STATUS, StorageJob, Worked};
use super::reservations::{Nexus, RESERVE_OUT_BYTES, Refusal};
use super::scsi::ScsiReply;
use crate::models::fibre_channel::{Frame, Header};

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

/// A command that waits for its data.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) entry: usize,
    pub(super) header: Header,
    pub(super) block: [u8; 16],
    pub(super) data: Vec<u8>,
    pub(super) length: usize,
    pub(super) data_length: u32,
    /// XFER_RDY was sent.
    pub(super) is_asked: bool,
}

impl PortFirmware {
    pub(super) fn on_command(&mut self, frame: &Frame) -> Vec<PortOrder> {
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
    pub(super) fn ask_for_data(&mut self) -> Vec<PortOrder> {
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
    pub(super) fn on_data(&mut self, frame: &Frame) -> Vec<PortOrder> {
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
    pub(super) fn exchange_status(&self, request: &Frame, responder: u16, is_write: bool, moved: u32) -> PortOrder {
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
pub(super) fn response(header: Header, reply: &ScsiReply, under: u32, code: Option<u8>) -> Frame {
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
