//! Pages of the processor.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::fibre_channel::target::{PROCESSORS_SLOT, SlotSink, SlotSource, StoragePageSink, StoragePageSource};

/// Lets the processor of a port read, write, trim, and compare and write a page of storage, one at a time, between those of
/// the port's hosts: its slot is [`PROCESSORS_SLOT`], and lies here.
///
/// - Latency: 2 cycles from `start` to the request, if the hosts ask for nothing; none for what is theirs.
/// - Throughput: one page at a time.
/// - Back-pressure: the processor's request waits until the hosts have none.
/// - Limits: `start` is to come only while `is_busy` is low.
#[derive(LogicBlock)]
pub struct ProcessorPages {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Requests of the hosts.
    pub asked: StoragePageSink,
    /// Slots of the hosts.
    pub slots: SlotSource,
    /// Requests of both.
    pub page: StoragePageSource,
    /// Slots of both.
    pub all_slots: SlotSink,

    /// The processor asks for a page.
    pub start: Signal<In, Bit>,
    /// What for: 0 read, 1 write, 2 trim, 3 compare and write; meaningful with `start`, as all that follows.
    pub operation: Signal<In, Bits<2>>,
    /// Number of the page.
    pub number: Signal<In, Bits<32>>,
    /// First block that is meant; pages are read as a whole.
    pub first: Signal<In, Bits<3>>,
    /// Last block that is meant.
    pub last: Signal<In, Bits<3>>,
    /// Its page is under way.
    pub is_busy: Signal<Out, Bit>,
    /// It could not be read or written.
    pub failed: Signal<Out, Bit>,
    /// It was not written, because a block was another one.
    pub mismatched: Signal<Out, Bit>,
    /// Place of a word in the processor's slot.
    pub place: Signal<In, Bits<10>>,
    /// The word is written.
    pub store: Signal<In, Bit>,
    /// With this.
    pub store_word: Signal<In, Bits<32>>,
    /// The word, a cycle later, while no page is under way.
    pub word: Signal<Out, Bits<32>>,

    own_slot: Constant<Bits<5>>,
    offers: DFF<Bit>,
    granted: DFF<Bit>,
    under_way: DFF<Bit>,
    asks_for: DFF<Bits<2>>,
    page_number: DFF<Bits<32>>,
    first_block: DFF<Bits<3>>,
    last_block: DFF<Bits<3>>,
    has_failed: DFF<Bit>,
    has_mismatched: DFF<Bit>,
    buffer: RAM<Bits<32>, 10>,
    fetches_own: Signal<Local, Bit>,
    fetched_own: DFF<Bit>,
    fills_own: Signal<Local, Bit>,
    is_own: Signal<Local, Bit>,
}

impl Default for ProcessorPages {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            asked: Default::default(),
            slots: Default::default(),
            page: Default::default(),
            all_slots: Default::default(),
            start: Default::default(),
            operation: Default::default(),
            number: Default::default(),
            first: Default::default(),
            last: Default::default(),
            is_busy: Default::default(),
            failed: Default::default(),
            mismatched: Default::default(),
            place: Default::default(),
            store: Default::default(),
            store_word: Default::default(),
            word: Default::default(),
            own_slot: Constant::new(PROCESSORS_SLOT.into()),
            offers: Default::default(),
            granted: Default::default(),
            under_way: Default::default(),
            asks_for: Default::default(),
            page_number: Default::default(),
            first_block: Default::default(),
            last_block: Default::default(),
            has_failed: Default::default(),
            has_mismatched: Default::default(),
            buffer: Default::default(),
            fetches_own: Default::default(),
            fetched_own: Default::default(),
            fills_own: Default::default(),
            is_own: Default::default(),
        }
    }
}

impl Logic for ProcessorPages {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, offers, granted, under_way, asks_for, page_number, first_block, last_block);
        dff_setup!(self, clock, has_failed, has_mismatched, fetched_own);
        self.buffer.read_clock.next = self.clock.val();
        self.buffer.write_clock.next = self.clock.val();

        // Requests.
        if self.start.val() {
            self.offers.d.next = true;
            self.asks_for.d.next = self.operation.val();
            self.page_number.d.next = self.number.val();
            self.first_block.d.next = self.first.val();
            self.last_block.d.next = self.last.val();
        }
        if self.offers.q.val() & !self.asked.valid.val() {
            self.granted.d.next = true;
        }
        self.page.valid.next = self.asked.valid.val();
        self.page.is_write.next = self.asked.is_write.val();
        self.page.is_trim.next = self.asked.is_trim.val();
        self.page.compares.next = self.asked.compares.val();
        self.page.slot.next = self.asked.slot.val();
        self.page.number.next = self.asked.number.val();
        self.page.first.next = self.asked.first.val();
        self.page.last.next = self.asked.last.val();
        self.asked.ready.next = self.page.ready.val();
        if self.granted.q.val() {
            self.page.valid.next = true;
            self.page.is_write.next = self.asks_for.q.val().any();
            self.page.is_trim.next = self.asks_for.q.val() == 2;
            self.page.compares.next = self.asks_for.q.val() == 3;
            self.page.slot.next = self.own_slot.val();
            self.page.number.next = self.page_number.q.val();
            self.page.first.next = self.first_block.q.val();
            self.page.last.next = self.last_block.q.val();
            if !self.asks_for.q.val().any() {
                self.page.first.next = bits::<3>(0);
                self.page.last.next = bits::<3>(7);
            }
            self.asked.ready.next = false;
            if self.page.ready.val() {
                self.offers.d.next = false;
                self.granted.d.next = false;
                self.under_way.d.next = true;
            }
        }

        // Slots.
        self.is_own.next = self.all_slots.done_slot.val() == self.own_slot.val();
        self.slots.done.next = self.all_slots.done.val() & !self.is_own.val();
        self.slots.done_is_write.next = self.all_slots.done_is_write.val();
        self.slots.done_slot.next = self.all_slots.done_slot.val();
        self.slots.done_failed.next = self.all_slots.done_failed.val();
        self.slots.done_mismatched.next = self.all_slots.done_mismatched.val();
        if self.all_slots.done.val()
            & self.is_own.val()
            & (self.asks_for.q.val().any() | self.all_slots.done_failed.val())
        {
            self.under_way.d.next = false;
            self.has_failed.d.next = self.all_slots.done_failed.val();
            self.has_mismatched.d.next = self.all_slots.done_mismatched.val();
        }
        self.slots.fill.next = self.all_slots.fill.val();
        self.slots.fill_address.next = self.all_slots.fill_address.val();
        self.slots.fill_word.next = self.all_slots.fill_word.val();
        self.slots.fetch_address.next = self.all_slots.fetch_address.val();
        self.fetches_own.next = self.all_slots.fetch_address.val().get_bits::<5>(10) == self.own_slot.val();
        self.fetched_own.d.next = self.fetches_own.val();
        self.all_slots.fetch_word.next = self.slots.fetch_word.val();
        if self.fetched_own.q.val() {
            self.all_slots.fetch_word.next = self.buffer.read_data.val();
        }

        // The processor's slot.
        self.fills_own.next =
            self.all_slots.fill.val() & (self.all_slots.fill_address.val().get_bits::<5>(10) == self.own_slot.val());
        self.buffer.write_address.next = self.place.val();
        self.buffer.write_data.next = self.store_word.val();
        self.buffer.write_enable.next = self.store.val();
        if self.fills_own.val() {
            self.buffer.write_address.next = self.all_slots.fill_address.val().get_bits::<10>(0);
            self.buffer.write_data.next = self.all_slots.fill_word.val();
            self.buffer.write_enable.next = true;
            // Storage is done with a page that is read when its first word comes; the processor waits for the last one.
            if self.all_slots.fill_address.val().get_bits::<10>(0).all() {
                self.under_way.d.next = false;
                self.has_failed.d.next = false;
                self.has_mismatched.d.next = false;
            }
        }
        self.buffer.read_address.next = self.place.val();
        if self.under_way.q.val() {
            self.buffer.read_address.next = self.all_slots.fetch_address.val().get_bits::<10>(0);
        }
        self.word.next = self.buffer.read_data.val();
        self.is_busy.next = self.offers.q.val() | self.under_way.q.val();
        self.failed.next = self.has_failed.q.val();
        self.mismatched.next = self.has_mismatched.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
