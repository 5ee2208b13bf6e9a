//! Which page requests of the ports go on.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::fibre_channel::target::StoragePageSink;
use crate::stream::StreamSource;

/// Takes page requests of two ports in turn. Reads go on at once; of the writes, those to one page one after the other, so
/// that a page of which only some blocks are written does not lose what another write brought meanwhile.
///
/// Pages share 64 locks by their lowest six bits; a write waits for its lock, and what its port asks for behind it as well.
///
/// - Latency: 1 cycle at most from a request to its taking, if nothing is in its way.
/// - Throughput: a request of each port every second cycle.
/// - Back-pressure: `pages.ready` waits for the lock and for `reads.ready` or `writes.ready`.
/// - Limits: two ports with 32 slots each.
#[derive(LogicBlock)]
pub struct PageDispatcher {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Requests of each port.
    pub pages: Vec<StoragePageSink>,
    /// Reads: page in bits 31..=0, slot in 36..=32, port in 37, first block in 40..=38, last block in 43..=41.
    pub reads: StreamSource<44>,
    /// Writes of each port: page in bits 31..=0, slot in 36..=32, first block in 39..=37, last block in 42..=40, in 43 whether
    /// it is trimmed, in 44 whether it is compared.
    pub writes: Vec<StreamSource<45>>,
    /// A write of the port has ended.
    pub ended: Vec<Signal<In, Bit>>,
    /// Its slot; meaningful with `ended`.
    pub ended_slot: Vec<Signal<In, Bits<5>>>,

    port_number: Vec<Constant<Bits<1>>>,
    lock_number: Vec<Constant<Bits<6>>>,
    /// The port whose turn it is.
    turn: DFF<Bits<1>>,
    locks: DFF<Bits<64>>,
    next_locks: Signal<Local, Bits<64>>,
    /// The lock of each slot that is written.
    held_0: RAM<Bits<6>, 5>,
    held_1: RAM<Bits<6>, 5>,
    /// A write had ended in the cycle before.
    releases: Vec<DFF<Bit>>,
    released: Vec<Signal<Local, Bits<6>>>,

    asks: Signal<Local, Bit>,
    is_write: Signal<Local, Bit>,
    number: Signal<Local, Bits<32>>,
    slot: Signal<Local, Bits<5>>,
    first: Signal<Local, Bits<3>>,
    last: Signal<Local, Bits<3>>,
    read: Signal<Local, Bits<44>>,
    write: Signal<Local, Bits<45>>,
    is_trim: Signal<Local, Bit>,
    compares: Signal<Local, Bit>,
    is_locked: Signal<Local, Bit>,
    locks_now: Signal<Local, Bit>,
    lock: Signal<Local, Bits<6>>,
}

impl Default for PageDispatcher {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            pages: vec![Default::default(), Default::default()],
            reads: Default::default(),
            writes: vec![Default::default(), Default::default()],
            ended: vec![Default::default(), Default::default()],
            ended_slot: vec![Default::default(), Default::default()],
            port_number: (0..2_u64).map(|number| Constant::new(number.into())).collect(),
            lock_number: (0..64_u64).map(|number| Constant::new(number.into())).collect(),
            turn: Default::default(),
            locks: Default::default(),
            next_locks: Default::default(),
            held_0: Default::default(),
            held_1: Default::default(),
            releases: vec![Default::default(), Default::default()],
            released: vec![Default::default(), Default::default()],
            asks: Default::default(),
            is_write: Default::default(),
            number: Default::default(),
            slot: Default::default(),
            first: Default::default(),
            last: Default::default(),
            read: Default::default(),
            write: Default::default(),
            is_trim: Default::default(),
            compares: Default::default(),
            is_locked: Default::default(),
            locks_now: Default::default(),
            lock: Default::default(),
        }
    }
}

impl Logic for PageDispatcher {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, turn, locks);
        self.held_0.write_clock.next = self.clock.val();
        self.held_0.read_clock.next = self.clock.val();
        self.held_1.write_clock.next = self.clock.val();
        self.held_1.read_clock.next = self.clock.val();
        self.turn.d.next = self.turn.q.val() + 1;

        // The request of the port whose turn it is.
        self.asks.next = false;
        self.is_write.next = false;
        self.is_trim.next = false;
        self.compares.next = false;
        self.number.next = bits::<32>(0);
        self.slot.next = bits::<5>(0);
        self.first.next = bits::<3>(0);
        self.last.next = bits::<3>(0);
        for i in 0..2 {
            if self.turn.q.val() == self.port_number[i].val() {
                self.asks.next = self.pages[i].valid.val();
                self.is_write.next = self.pages[i].is_write.val();
                self.is_trim.next = self.pages[i].is_trim.val();
                self.compares.next = self.pages[i].compares.val();
                self.number.next = self.pages[i].number.val();
                self.slot.next = self.pages[i].slot.val();
                self.first.next = self.pages[i].first.val();
                self.last.next = self.pages[i].last.val();
            }
        }
        self.lock.next = self.number.val().get_bits::<6>(0);
        self.is_locked.next = self.locks.q.val().get_bit(self.lock.val().index());
        self.read.next = bit_cast::<44, 32>(self.number.val())
            | (bit_cast::<44, 5>(self.slot.val()) << 32)
            | (bit_cast::<44, 1>(self.turn.q.val()) << 37)
            | (bit_cast::<44, 3>(self.first.val()) << 38)
            | (bit_cast::<44, 3>(self.last.val()) << 41);
        self.write.next = (bit_cast::<45, 32>(self.number.val())
            | (bit_cast::<45, 5>(self.slot.val()) << 32)
            | (bit_cast::<45, 3>(self.first.val()) << 37)
            | (bit_cast::<45, 3>(self.last.val()) << 40))
            .replace_bit(43, self.is_trim.val())
            .replace_bit(44, self.compares.val());

        self.reads.valid.next = self.asks.val() & !self.is_write.val();
        self.reads.data.next = self.read.val();
        self.reads.last.next = true;
        self.locks_now.next = false;
        for i in 0..2 {
            self.releases[i].clock.next = self.clock.val();
            self.releases[i].d.next = self.ended[i].val();
            self.pages[i].ready.next = false;
            self.writes[i].valid.next = false;
            self.writes[i].last.next = true;
            self.writes[i].data.next = self.write.val();
            if self.turn.q.val() == self.port_number[i].val() {
                self.pages[i].ready.next = self.reads.ready.val();
                if self.is_write.val() {
                    self.writes[i].valid.next = self.asks.val() & !self.is_locked.val();
                    self.pages[i].ready.next = self.writes[i].ready.val() & !self.is_locked.val();
                    self.locks_now.next = self.asks.val() & self.writes[i].ready.val() & !self.is_locked.val();
                }
            }
        }

        // Which lock is whose.
        self.held_0.write_address.next = self.slot.val();
        self.held_0.write_data.next = self.lock.val();
        self.held_0.write_enable.next = self.locks_now.val() & (self.turn.q.val() == self.port_number[0].val());
        self.held_0.read_address.next = self.ended_slot[0].val();
        self.held_1.write_address.next = self.slot.val();
        self.held_1.write_data.next = self.lock.val();
        self.held_1.write_enable.next = self.locks_now.val() & (self.turn.q.val() == self.port_number[1].val());
        self.held_1.read_address.next = self.ended_slot[1].val();
        self.released[0].next = self.held_0.read_data.val();
        self.released[1].next = self.held_1.read_data.val();
        self.next_locks.next = self.locks.q.val();
        for i in 0..64 {
            if self.locks_now.val() & (self.lock.val() == self.lock_number[i].val()) {
                self.next_locks.next = self.next_locks.val().replace_bit(i, true);
            }
            if self.releases[0].q.val() & (self.released[0].val() == self.lock_number[i].val()) {
                self.next_locks.next = self.next_locks.val().replace_bit(i, false);
            }
            if self.releases[1].q.val() & (self.released[1].val() == self.lock_number[i].val()) {
                self.next_locks.next = self.next_locks.val().replace_bit(i, false);
            }
        }
        self.locks.d.next = self.next_locks.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A slot whose write ends is not given to another in that cycle.
        info.push(no_collision(&["held_0", "held_1"]));
        info
    }
}
