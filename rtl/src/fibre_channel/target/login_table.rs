//! Which ports are logged in.

use rust_hdl::prelude::*;

use super::{LoginEntrySink, LoginLookupSink};
use crate::circuit::circuit_info;

/// Ports that may be logged in at a time.
pub const LOGINS: usize = 16;

/// Addresses of the ports that are logged in, and how long frames to them may be; the processor fills it.
///
/// - Latency: 2 cycles from `looked_up` to `login`; 1 from a `lookup` to its answer.
/// - Throughput: a lookup of each kind every cycle.
/// - Back-pressure: none.
/// - Limits: 16 logins; no address stands in two of them.
#[derive(LogicBlock)]
pub struct LoginTable {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Entries to be written.
    pub entry: LoginEntrySink,
    /// Address to look up.
    pub looked_up: Signal<In, Bits<24>>,
    /// Number of its entry.
    pub login: Signal<Out, Bits<4>>,
    /// The address is that of a login.
    pub is_found: Signal<Out, Bit>,
    /// And its commands may be carried out by hardware alone.
    pub is_fast: Signal<Out, Bit>,
    /// But not its writes.
    pub is_read_only: Signal<Out, Bit>,
    /// What is asked of an entry.
    pub lookup: LoginLookupSink,

    number: Vec<Constant<Bits<4>>>,
    addresses: Vec<DFF<Bits<24>>>,
    payloads: Vec<DFF<Bits<10>>>,
    fast: DFF<Bits<16>>,
    read_only: DFF<Bits<16>>,
    valid: DFF<Bits<16>>,
    matches: DFF<Bits<16>>,
    matched: Signal<Local, Bits<16>>,
    found_number: Signal<Local, Bits<4>>,
    found_login: DFF<Bits<4>>,
    found: DFF<Bit>,
    found_fast: DFF<Bit>,
    found_read_only: DFF<Bit>,
    asked_address: Signal<Local, Bits<24>>,
    asked_payload: Signal<Local, Bits<10>>,
    given_address: DFF<Bits<24>>,
    given_payload: DFF<Bits<10>>,
}

impl Default for LoginTable {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            entry: Default::default(),
            lookup: Default::default(),
            looked_up: Default::default(),
            login: Default::default(),
            is_found: Default::default(),
            is_fast: Default::default(),
            is_read_only: Default::default(),
            number: (0..LOGINS).map(|number| Constant::new(number.to_bits())).collect(),
            addresses: vec![Default::default(); LOGINS],
            payloads: vec![Default::default(); LOGINS],
            fast: Default::default(),
            read_only: Default::default(),
            valid: Default::default(),
            matches: Default::default(),
            matched: Default::default(),
            found_number: Default::default(),
            found_login: Default::default(),
            found: Default::default(),
            found_fast: Default::default(),
            found_read_only: Default::default(),
            asked_address: Default::default(),
            asked_payload: Default::default(),
            given_address: Default::default(),
            given_payload: Default::default(),
        }
    }
}

impl Logic for LoginTable {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, read_only, found_read_only);
        dff_setup!(self, clock, fast, valid, matches, found_login, found, found_fast, given_address, given_payload);

        self.matched.next = bits::<16>(0);
        self.found_number.next = bits::<4>(0);
        self.asked_address.next = bits::<24>(0);
        self.asked_payload.next = bits::<10>(0);
        for i in 0..self.addresses.len() {
            self.addresses[i].clock.next = self.clock.val();
            self.payloads[i].clock.next = self.clock.val();
            self.addresses[i].d.next = self.addresses[i].q.val();
            self.payloads[i].d.next = self.payloads[i].q.val();
            if self.entry.write.val() & (self.entry.number.val() == self.number[i].val()) {
                self.addresses[i].d.next = self.entry.address.val();
                self.payloads[i].d.next = self.entry.payload.val();
                self.fast.d.next = self.fast.q.val().replace_bit(i, self.entry.is_fast.val());
                self.read_only.d.next = self.read_only.q.val().replace_bit(i, self.entry.is_read_only.val());
                self.valid.d.next = self.valid.q.val().replace_bit(i, self.entry.is_valid.val());
            }
            self.matched.next = self
                .matched
                .val()
                .replace_bit(i, self.valid.q.val().get_bit(i) & (self.addresses[i].q.val() == self.looked_up.val()));
            if self.matches.q.val().get_bit(i) {
                self.found_number.next = self.number[i].val();
            }
            if self.lookup.number.val() == self.number[i].val() {
                self.asked_address.next = self.addresses[i].q.val();
                self.asked_payload.next = self.payloads[i].q.val();
            }
        }
        self.matches.d.next = self.matched.val();
        self.found_login.d.next = self.found_number.val();
        self.found.d.next = self.matches.q.val().any();
        self.found_fast.d.next = (self.matches.q.val() & self.fast.q.val()).any();
        self.found_read_only.d.next = (self.matches.q.val() & self.read_only.q.val()).any();
        self.given_address.d.next = self.asked_address.val();
        self.given_payload.d.next = self.asked_payload.val();

        self.login.next = self.found_login.q.val();
        self.is_found.next = self.found.q.val();
        self.is_fast.next = self.found_fast.q.val();
        self.is_read_only.next = self.found_read_only.q.val();
        self.lookup.address.next = self.given_address.q.val();
        self.lookup.payload.next = self.given_payload.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
