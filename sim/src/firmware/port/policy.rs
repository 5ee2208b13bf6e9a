//! What the processor of a port does with the frames that hardware leaves to it.

use super::commands::{Pending, response};
use super::fabric::{FabricAnswer, FabricClient};
use super::link_services::{Login, PortNames};
use super::parameters::Work;
use super::reservations::{Nexus, SharedReservations};
use super::scsi::{LogicalUnit, ScsiReply};
use crate::models::fibre_channel::{Frame, Header};

/// Logins that hardware has entries for.
pub(super) const ENTRIES: usize = 16;
/// Addresses of the two ports of a link without a fabric, but for their area: the larger name gets the second.
const POINT_TO_POINT: [u32; 2] = [0x01_0001, 0x01_0002];
/// R_A_TOV and E_D_TOV in milliseconds, as RTV is told.
const R_A_TOV: u32 = 10_000;
const E_D_TOV: u32 = 2_000;

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
    pub(super) header: Header,
    pub(super) residual: u32,
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
pub(super) struct Entry {
    pub(super) address: u32,
    pub(super) name: u64,
    pub(super) payload: u16,
    pub(super) has_process: bool,
}

/// The processor's knowledge of a port.
#[derive(Clone, Debug)]
pub struct PortFirmware {
    pub(super) names: PortNames,
    credit: u16,
    pub(super) address: u32,
    is_in_loop: bool,
    pub(super) entries: [Option<Entry>; ENTRIES],
    fabric: FabricClient,
    pub(super) unit: LogicalUnit,
    /// Number of the port, as reservations count.
    pub(super) port: usize,
    pub(super) reservations: SharedReservations,
    pub(super) pending: Vec<Pending>,
    pub(super) next_exchange: u16,
}

/// F_CTL of what answers an exchange and ends it.
const ANSWER: u32 = 0x99_0000;
pub(super) const STATUS: u32 = 0x98_0000;

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

    pub(super) fn entry_of(&self, address: u32) -> Option<usize> {
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

    pub(super) fn set_login(&self, entry: usize) -> Option<PortOrder> {
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
    pub(super) fn back(&self, frame: &Frame, r_ctl: u8, f_ctl: u32) -> Header {
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

    pub(super) fn reply(&self, frame: &Frame, payload: Vec<u8>) -> PortOrder {
        PortOrder::Send(Frame { header: self.back(frame, 0x23, ANSWER), payload, is_first: true, is_last: true })
    }

    /// LS_RJT.
    pub(super) fn reject(&self, frame: &Frame, reason: u8, explanation: u8) -> Vec<PortOrder> {
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
                // Without FLOGI since the link came up, PLOGI says which addresses both ports have.
                if self.address == 0 && !self.is_in_loop && !self.fabric.has_begun() {
                    self.address = frame.header.destination;
                    orders.push(PortOrder::SetAddress(self.address));
                    orders.push(PortOrder::SetCredit(other.credit.clamp(1, 255) as u8));
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
}
