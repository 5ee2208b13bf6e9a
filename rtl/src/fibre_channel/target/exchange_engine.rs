//! The exchanges of a target: what is to be read, written, sent and answered next.

use rust_hdl::prelude::*;

use super::{
    DataPlaceSink, EngineEvent, EngineState, ExchangeCommandSink, InspectionSink, JobKind, JobSource, NumberList,
    SlotTable, StoragePageSource,
};
use crate::circuit::{circuit_info, no_collision};

/// Exchanges that may be open at a time.
pub const EXCHANGES: usize = 128;
/// The slot that hosts do not get, for reads and for writes: the processor's.
pub const PROCESSORS_SLOT: u64 = 31;
/// Blocks of a page.
const PAGE_BLOCKS: u64 = 8;

/// Carries out reads and writes: splits them into pages of 4 KB, gives each page a slot, asks storage and host for what
/// belongs in it, keeps the pages of a read in order, and answers.
///
/// One event is handled after the other: a command, a page that storage is done with, data that came or was sent.
/// Exchanges that want pages take turns. A write asks its host for as many pages as have a slot, eight at most, and for
/// more when those are written. An exchange of which a page fails, or whose data is not what was asked for, ends early:
/// its slots are given back, and the processor, told by `failure_valid`, takes notice, answers it and then has it
/// closed. Closing an exchange that is under way ends it early too; it is over when `inspected_is_open` is low.
///
/// - Latency: 11 cycles from a command to its first page's, 10 from a page read to its job.
/// - Throughput: an event in 6 cycles, more where it has more than one consequence; pages of a write 3 cycles each.
/// - Back-pressure: a command is refused while all exchanges are open; everything waits for `page_ready` and
///   `job_ready`; completions and what was sent must wait meanwhile.
/// - Limits: 128 exchanges, 31 slots for reads and 31 for writes, up to 65,535 blocks of 512 bytes a command.
#[derive(LogicBlock)]
pub struct ExchangeEngine {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,

    /// Commands of hosts.
    pub command: ExchangeCommandSink,

    /// Pages that storage is asked for.
    pub page: StoragePageSource,

    /// Storage is done with a page.
    pub done_valid: Signal<In, Bit>,
    /// That is taken notice of.
    pub done_ready: Signal<Out, Bit>,
    /// The page was written.
    pub done_is_write: Signal<In, Bit>,
    /// Its slot.
    pub done_slot: Signal<In, Bits<5>>,
    /// The page could not be read or written.
    pub done_failed: Signal<In, Bit>,

    /// Data of writes.
    pub data: DataPlaceSink,

    /// What is to be sent.
    pub job: JobSource,

    /// What the processor asks of exchanges, and is told.
    pub inspection: InspectionSink,

    most_pages: Constant<Bits<4>>,
    page_blocks: Constant<Bits<16>>,
    number: Vec<Constant<Bits<3>>>,

    free_exchanges: NumberList<7>,
    /// Exchanges that want to read another page.
    readers: NumberList<7>,
    /// Exchanges that want to ask for data.
    writers: NumberList<7>,
    /// Exchanges that ended early, for the processor.
    failures: NumberList<7>,
    free_read_slots: NumberList<5>,
    free_write_slots: NumberList<5>,

    /// What the exchanges are: 0 the residual; 1 OX_ID, login, under, over, write, first block of the first page; 2 the
    /// next block; 3 blocks left and the next block's high part; 4 offset of what is sent or received next; 5 end of
    /// the data that is asked for; 6 end of the page that is being filled; 7 SEQ_CNT and pages that are read; 8
    /// everything else.
    records: Vec<RAM<Bits<32>, 7>>,
    slots: SlotTable,

    free_exchanges_put: DFF<Bit>,
    readers_put: DFF<Bit>,
    writers_put: DFF<Bit>,
    failures_put: DFF<Bit>,
    free_read_slots_put: DFF<Bit>,
    free_write_slots_put: DFF<Bit>,
    put_exchange: DFF<Bits<7>>,
    put_slot: DFF<Bits<5>>,
    /// End of the page behind the one at the head, and whether the data ends before it.
    next_page_end: DFF<Bits<23>>,
    is_last_page: DFF<Bit>,
    /// With the data that is being stored, all of the page at the head has come.
    storing_completes: DFF<Bit>,
    /// All data of the page at the head has come.
    is_complete: DFF<Bit>,

    state: DFF<EngineState>,
    event: DFF<EngineEvent>,
    exchange: DFF<Bits<7>>,
    slot: DFF<Bits<6>>,
    slot_failed: DFF<Bit>,
    slot_count: DFF<Bits<16>>,
    index: DFF<Bits<3>>,
    extent_first: DFF<Bits<3>>,
    extent_last: DFF<Bits<3>>,

    residual: DFF<Bits<32>>,
    originator: DFF<Bits<16>>,
    login: DFF<Bits<4>>,
    under: DFF<Bit>,
    over: DFF<Bit>,
    is_write: DFF<Bit>,
    start: DFF<Bits<3>>,
    place: DFF<Bits<35>>,
    left: DFF<Bits<16>>,
    offset: DFF<Bits<23>>,
    end: DFF<Bits<23>>,
    page_end: DFF<Bits<23>>,
    count: DFF<Bits<16>>,
    ready_pages: DFF<Bits<8>>,
    tail: DFF<Bits<3>>,
    head: DFF<Bits<3>>,
    /// Pages that have a slot.
    held: DFF<Bits<4>>,
    open: DFF<Bit>,
    closing: DFF<Bit>,
    failed: DFF<Bit>,
    /// It stands in a list of those that want something.
    listed: DFF<Bit>,
    /// The page at the head is being sent.
    sending: DFF<Bit>,
    reason: DFF<Bits<2>>,
    sequence: DFF<Bits<1>>,
    reported: DFF<Bit>,
    /// Pages of a write that have a slot and whose data is not yet there.
    empty: DFF<Bits<4>>,

    /// Data is being stored.
    storing: DFF<Bit>,
    stored: DFF<Bit>,
    storing_exchange: DFF<Bits<7>>,
    storing_words: DFF<Bits<10>>,
    storing_ends: DFF<Bit>,
    accepts: DFF<Bit>,
    data_end: DFF<Bits<24>>,
    closes: DFF<Bit>,
    drain_index: DFF<Bits<4>>,

    to_page_end: Signal<Local, Bits<16>>,
    /// Blocks of the next page, by the place and what is left of the cycle before.
    blocks: DFF<Bits<4>>,
    page_word: Signal<Local, Bits<23>>,
    window_index: Signal<Local, Bits<3>>,
    writes_page: Signal<Local, Bit>,
    slot_taken: Signal<Local, Bits<6>>,
    stores_record: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
    head_is_ready: Signal<Local, Bit>,
    drained_is_ready: Signal<Local, Bit>,
    is_ending: Signal<Local, Bit>,
    state_word: Signal<Local, Bits<32>>,
    identity: Signal<Local, Bits<32>>,
    /// Last block of that page that it wants.
    last_block: Signal<Local, Bits<3>>,
    start_words: Signal<Local, Bits<23>>,
}

impl Default for ExchangeEngine {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            command: Default::default(),
            page: Default::default(),
            data: Default::default(),
            job: Default::default(),
            inspection: Default::default(),
            done_valid: Default::default(),
            done_ready: Default::default(),
            done_is_write: Default::default(),
            done_slot: Default::default(),
            done_failed: Default::default(),
            most_pages: Constant::new(8_u64.into()),
            page_blocks: Constant::new(PAGE_BLOCKS.into()),
            number: (0..8_u64).map(|number| Constant::new(number.into())).collect(),
            free_exchanges: NumberList::full(),
            readers: NumberList::empty(),
            writers: NumberList::empty(),
            failures: NumberList::empty(),
            free_read_slots: NumberList::up_to(PROCESSORS_SLOT - 1),
            free_write_slots: NumberList::up_to(PROCESSORS_SLOT - 1),
            records: (0..9).map(|_| RAM::default()).collect(),
            slots: Default::default(),
            free_exchanges_put: Default::default(),
            readers_put: Default::default(),
            writers_put: Default::default(),
            failures_put: Default::default(),
            free_read_slots_put: Default::default(),
            free_write_slots_put: Default::default(),
            put_exchange: Default::default(),
            put_slot: Default::default(),
            next_page_end: Default::default(),
            is_last_page: Default::default(),
            storing_completes: Default::default(),
            is_complete: Default::default(),
            state: Default::default(),
            event: Default::default(),
            exchange: Default::default(),
            slot: Default::default(),
            slot_failed: Default::default(),
            slot_count: Default::default(),
            index: Default::default(),
            extent_first: Default::default(),
            extent_last: Default::default(),
            residual: Default::default(),
            originator: Default::default(),
            login: Default::default(),
            under: Default::default(),
            over: Default::default(),
            is_write: Default::default(),
            start: Default::default(),
            place: Default::default(),
            left: Default::default(),
            offset: Default::default(),
            end: Default::default(),
            page_end: Default::default(),
            count: Default::default(),
            ready_pages: Default::default(),
            tail: Default::default(),
            head: Default::default(),
            held: Default::default(),
            open: Default::default(),
            closing: Default::default(),
            failed: Default::default(),
            listed: Default::default(),
            sending: Default::default(),
            reason: Default::default(),
            sequence: Default::default(),
            reported: Default::default(),
            empty: Default::default(),
            storing: Default::default(),
            stored: Default::default(),
            storing_exchange: Default::default(),
            storing_words: Default::default(),
            storing_ends: Default::default(),
            accepts: Default::default(),
            data_end: Default::default(),
            closes: Default::default(),
            drain_index: Default::default(),
            to_page_end: Default::default(),
            blocks: Default::default(),
            page_word: Default::default(),
            window_index: Default::default(),
            writes_page: Default::default(),
            slot_taken: Default::default(),
            stores_record: Default::default(),
            begins: Default::default(),
            head_is_ready: Default::default(),
            drained_is_ready: Default::default(),
            is_ending: Default::default(),
            state_word: Default::default(),
            identity: Default::default(),
            last_block: Default::default(),
            start_words: Default::default(),
        }
    }
}

impl Logic for ExchangeEngine {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, free_exchanges, readers, writers, failures, free_read_slots, free_write_slots, slots);
        dff_setup!(
            self,
            clock,
            state,
            event,
            exchange,
            slot,
            slot_failed,
            slot_count,
            index,
            extent_first,
            extent_last
        );
        dff_setup!(self, clock, residual, originator, login, under, over, is_write, start, place, left, offset, end);
        dff_setup!(
            self,
            clock,
            blocks,
            page_end,
            count,
            ready_pages,
            tail,
            head,
            held,
            open,
            closing,
            failed,
            listed,
            sending
        );
        dff_setup!(self, clock, reason, sequence, reported, empty, storing, stored, storing_exchange, storing_words);
        dff_setup!(
            self,
            clock,
            storing_ends,
            accepts,
            data_end,
            closes,
            drain_index,
            put_exchange,
            put_slot,
            is_complete
        );
        dff_setup!(self, clock, free_exchanges_put, readers_put, writers_put, failures_put);
        dff_setup!(self, clock, free_read_slots_put, free_write_slots_put);
        dff_setup!(self, clock, next_page_end, is_last_page, storing_completes);

        self.begins.next = false;
        self.stores_record.next = false;
        self.writes_page.next = false;
        self.free_exchanges.take.next = false;
        self.free_exchanges_put.d.next = false;
        self.readers.take.next = false;
        self.readers_put.d.next = false;
        self.writers.take.next = false;
        self.writers_put.d.next = false;
        self.free_read_slots.take.next = false;
        self.free_read_slots_put.d.next = false;
        self.free_write_slots.take.next = false;
        self.free_write_slots_put.d.next = false;
        // What is put into a list is there a cycle later.
        self.put_exchange.d.next = self.exchange.q.val();
        self.put_slot.d.next = self.slot.q.val().get_bits::<5>(0);
        self.free_exchanges.put.next = self.free_exchanges_put.q.val();
        self.free_exchanges.put_number.next = self.put_exchange.q.val();
        self.readers.put.next = self.readers_put.q.val();
        self.readers.put_number.next = self.put_exchange.q.val();
        self.writers.put.next = self.writers_put.q.val();
        self.writers.put_number.next = self.put_exchange.q.val();
        self.failures.put.next = self.failures_put.q.val();
        self.failures.put_number.next = self.put_exchange.q.val();
        self.free_read_slots.put.next = self.free_read_slots_put.q.val();
        self.free_read_slots.put_number.next = self.put_slot.q.val();
        self.free_write_slots.put.next = self.free_write_slots_put.q.val();
        self.free_write_slots.put_number.next = self.put_slot.q.val();
        self.command.ready.next = false;
        self.command.refused.next = self.command.valid.val() & self.free_exchanges.is_empty.val();
        self.done_ready.next = false;
        self.job.sent_ready.next = false;
        self.page.valid.next = false;
        self.job.valid.next = false;
        self.job.kind.next = JobKind::Data;
        self.data.answered.next = false;
        self.data.accepted.next = false;
        self.inspection.answered.next = false;

        // What lies where: the window is read at its head, at the page behind it, or at what is drained.
        self.window_index.next = self.head.q.val();
        if self.state.q.val() == EngineState::FirstSlot {
            self.window_index.next = self.head.q.val() + 1;
        }
        if self.state.q.val() == EngineState::Drain {
            self.window_index.next = self.drain_index.q.val().get_bits::<3>(0);
        }
        self.slots.exchange.next = self.exchange.q.val();
        self.slots.place.next = self.window_index.val();
        self.slots.slot.next = self.slot.q.val();

        // The blocks of a page that a command wants, from the next block on.
        self.to_page_end.next = self.page_blocks.val() - bit_cast::<16, 3>(self.place.q.val().get_bits::<3>(0));
        self.blocks.d.next = self.to_page_end.val().get_bits::<4>(0);
        if self.left.q.val() < self.to_page_end.val() {
            self.blocks.d.next = self.left.q.val().get_bits::<4>(0);
        }
        self.slot_taken.next = bit_cast::<6, 5>(self.free_read_slots.number.val());
        if self.is_write.q.val() {
            self.slot_taken.next = bit_cast::<6, 5>(self.free_write_slots.number.val()) | 32;
        }
        self.last_block.next = self.place.q.val().get_bits::<3>(0) + (self.blocks.q.val().get_bits::<3>(0) - 1);
        self.start_words.next = bit_cast::<23, 3>(self.start.q.val()) << 7;
        // Place of the next word in its page.
        self.page_word.next = self.offset.q.val() + self.start_words.val();
        self.head_is_ready.next = false;
        self.drained_is_ready.next = false;
        for i in 0..self.number.len() {
            if self.head.q.val() == self.number[i].val() {
                self.head_is_ready.next = self.ready_pages.q.val().get_bit(i);
            }
            if self.drain_index.q.val().get_bits::<3>(0) == self.number[i].val() {
                self.drained_is_ready.next = self.ready_pages.q.val().get_bit(i);
            }
        }
        // These are looked at when the exchange has been there for some cycles.
        self.next_page_end.d.next = self.page_end.q.val() + 1024;
        self.is_last_page.d.next = self.next_page_end.q.val() > self.end.q.val();
        self.is_complete.d.next = self.offset.q.val() >= self.page_end.q.val();
        self.is_ending.next = self.closing.q.val() | self.failed.q.val();

        if self.data.moved.val() {
            self.storing.d.next = false;
            self.stored.d.next = true;
        }
        self.failures_put.d.next = false;
        self.failures.take.next = self.failures.available.val() & self.inspection.failure_ready.val();

        match self.state.q.val() {
            EngineState::Idle => {
                self.closes.d.next = false;
                // A page of a write that fails waits while data is stored: its slot may be one of the exchange's.
                if self.done_valid.val() & !(self.done_failed.val() & self.storing.q.val()) {
                    self.done_ready.next = true;
                    self.event.d.next = EngineEvent::PageDone;
                    self.slot.d.next = bit_cast::<6, 5>(self.done_slot.val());
                    if self.done_is_write.val() {
                        self.slot.d.next = bit_cast::<6, 5>(self.done_slot.val()) | 32;
                    }
                    self.slot_failed.d.next = self.done_failed.val();
                    self.state.d.next = EngineState::Find;
                } else if self.job.sent_valid.val() {
                    self.job.sent_ready.next = true;
                    self.event.d.next = EngineEvent::PageSent;
                    self.slot.d.next = bit_cast::<6, 5>(self.job.sent_slot.val());
                    self.slot_count.d.next = self.job.sent_count.val();
                    self.state.d.next = EngineState::Find;
                } else if self.stored.q.val() {
                    self.event.d.next = EngineEvent::DataStored;
                    self.exchange.d.next = self.storing_exchange.q.val();
                    self.state.d.next = EngineState::Load;
                } else if self.data.valid.val() {
                    self.event.d.next = EngineEvent::DataAsked;
                    self.exchange.d.next = self.data.responder.val().get_bits::<7>(0);
                    self.state.d.next = EngineState::Load;
                } else if self.inspection.valid.val() & !(self.inspection.closes.val() & self.storing.q.val()) {
                    self.event.d.next = EngineEvent::Inspect;
                    self.exchange.d.next = self.inspection.exchange.val();
                    self.closes.d.next = self.inspection.closes.val();
                    self.state.d.next = EngineState::Load;
                } else if self.readers.available.val() & self.free_read_slots.available.val() {
                    self.readers.take.next = true;
                    self.event.d.next = EngineEvent::ReadTurn;
                    self.exchange.d.next = self.readers.number.val();
                    self.state.d.next = EngineState::Load;
                } else if self.writers.available.val() & self.free_write_slots.available.val() {
                    self.writers.take.next = true;
                    self.event.d.next = EngineEvent::WriteTurn;
                    self.exchange.d.next = self.writers.number.val();
                    self.state.d.next = EngineState::Load;
                } else if self.command.valid.val() & self.free_exchanges.available.val() {
                    self.command.ready.next = true;
                    self.state.d.next = EngineState::Accept;
                }
            }
            EngineState::Accept => {
                self.free_exchanges.take.next = true;
                self.exchange.d.next = self.free_exchanges.number.val();
                self.originator.d.next = self.command.originator.val();
                self.login.d.next = self.command.login.val();
                self.is_write.d.next = self.command.is_write.val();
                self.under.d.next = self.command.is_under.val();
                self.over.d.next = self.command.is_over.val();
                self.residual.d.next = self.command.residual.val();
                self.start.d.next = self.command.block.val().get_bits::<3>(0);
                self.place.d.next = self.command.block.val();
                self.left.d.next = self.command.blocks.val();
                self.offset.d.next = bits::<23>(0);
                self.end.d.next = bits::<23>(0);
                self.page_end.d.next = bits::<23>(0);
                self.count.d.next = bits::<16>(0);
                self.ready_pages.d.next = bits::<8>(0);
                self.tail.d.next = bits::<3>(0);
                self.head.d.next = bits::<3>(0);
                self.held.d.next = bits::<4>(0);
                self.empty.d.next = bits::<4>(0);
                self.listed.d.next = true;
                self.open.d.next = true;
                self.closing.d.next = false;
                self.failed.d.next = false;
                self.sending.d.next = false;
                self.reason.d.next = bits::<2>(0);
                self.sequence.d.next = bits::<1>(0);
                self.reported.d.next = false;
                self.state.d.next = EngineState::Begin;
            }
            EngineState::Find => {
                self.state.d.next = EngineState::Found;
            }
            EngineState::Found => {
                self.exchange.d.next = self.slots.owner.val();
                self.index.d.next = self.slots.owner_place.val();
                self.extent_first.d.next = self.slots.first.val();
                self.extent_last.d.next = self.slots.last.val();
                self.state.d.next = EngineState::Load;
            }
            EngineState::Load => {
                self.state.d.next = EngineState::Unpack;
            }
            EngineState::Unpack => {
                self.residual.d.next = self.records[0].read_data.val();
                self.originator.d.next = self.records[1].read_data.val().get_bits::<16>(0);
                self.login.d.next = self.records[1].read_data.val().get_bits::<4>(16);
                self.under.d.next = self.records[1].read_data.val().get_bit(20);
                self.over.d.next = self.records[1].read_data.val().get_bit(21);
                self.is_write.d.next = self.records[1].read_data.val().get_bit(22);
                self.start.d.next = self.records[1].read_data.val().get_bits::<3>(24);
                self.place.d.next = (bit_cast::<35, 3>(self.records[3].read_data.val().get_bits::<3>(16)) << 32)
                    | bit_cast::<35, 32>(self.records[2].read_data.val());
                self.left.d.next = self.records[3].read_data.val().get_bits::<16>(0);
                self.offset.d.next = self.records[4].read_data.val().get_bits::<23>(0);
                self.end.d.next = self.records[5].read_data.val().get_bits::<23>(0);
                self.page_end.d.next = self.records[6].read_data.val().get_bits::<23>(0);
                self.count.d.next = self.records[7].read_data.val().get_bits::<16>(0);
                self.ready_pages.d.next = self.records[7].read_data.val().get_bits::<8>(16);
                self.tail.d.next = self.records[8].read_data.val().get_bits::<3>(0);
                self.head.d.next = self.records[8].read_data.val().get_bits::<3>(3);
                self.held.d.next = self.records[8].read_data.val().get_bits::<4>(6);
                self.open.d.next = self.records[8].read_data.val().get_bit(10);
                self.closing.d.next = self.records[8].read_data.val().get_bit(11);
                self.failed.d.next = self.records[8].read_data.val().get_bit(12);
                self.listed.d.next = self.records[8].read_data.val().get_bit(13);
                self.sending.d.next = self.records[8].read_data.val().get_bit(14);
                self.reason.d.next = self.records[8].read_data.val().get_bits::<2>(15);
                self.sequence.d.next = self.records[8].read_data.val().get_bits::<1>(17);
                self.reported.d.next = self.records[8].read_data.val().get_bit(18);
                self.empty.d.next = self.records[8].read_data.val().get_bits::<4>(20);
                match self.event.q.val() {
                    EngineEvent::ReadTurn => {
                        self.state.d.next = EngineState::Measure;
                    }
                    EngineEvent::WriteTurn => {
                        self.state.d.next = EngineState::Measure;
                    }
                    EngineEvent::DataAsked => {
                        self.state.d.next = EngineState::Check;
                    }
                    EngineEvent::DataStored => {
                        self.state.d.next = EngineState::Stored;
                    }
                    EngineEvent::PageDone => {
                        self.state.d.next = EngineState::PageDone;
                    }
                    EngineEvent::PageSent => {
                        self.state.d.next = EngineState::PageSent;
                    }
                    _ => {
                        self.state.d.next = EngineState::Inspect;
                    }
                }
            }
            EngineState::Begin => {
                self.begins.next = true;
                self.stores_record.next = true;
                if self.is_write.q.val() {
                    self.writers_put.d.next = true;
                } else {
                    self.readers_put.d.next = true;
                }
                self.state.d.next = EngineState::Idle;
            }
            EngineState::Measure => {
                self.state.d.next = EngineState::ReadPage;
                if self.is_write.q.val() {
                    self.state.d.next = EngineState::WriteSlot;
                }
            }
            EngineState::ReadPage => {
                self.listed.d.next = false;
                self.state.d.next = EngineState::Settle;
                if !self.is_ending.val() {
                    self.slot.d.next = self.slot_taken.val();
                    self.extent_first.d.next = self.place.q.val().get_bits::<3>(0);
                    self.extent_last.d.next = self.last_block.val();
                    self.free_read_slots.take.next = true;
                    self.writes_page.next = true;
                    self.state.d.next = EngineState::ReadCommand;
                }
            }
            EngineState::ReadCommand => {
                self.page.valid.next = true;
                if self.page.ready.val() {
                    self.place.d.next = self.place.q.val() + bit_cast::<35, 4>(self.blocks.q.val());
                    self.left.d.next = self.left.q.val() - bit_cast::<16, 4>(self.blocks.q.val());
                    self.tail.d.next = self.tail.q.val() + 1;
                    self.held.d.next = self.held.q.val() + 1;
                    self.state.d.next = EngineState::Settle;
                }
            }
            EngineState::WriteSlot => {
                self.listed.d.next = false;
                self.state.d.next = EngineState::Settle;
                if !self.is_ending.val() {
                    self.free_write_slots.take.next = true;
                    self.writes_page.next = true;
                    self.place.d.next = self.place.q.val() + bit_cast::<35, 4>(self.blocks.q.val());
                    self.left.d.next = self.left.q.val() - bit_cast::<16, 4>(self.blocks.q.val());
                    self.tail.d.next = self.tail.q.val() + 1;
                    self.held.d.next = self.held.q.val() + 1;
                    self.empty.d.next = self.empty.q.val() + 1;
                    self.end.d.next = self.end.q.val() + (bit_cast::<23, 4>(self.blocks.q.val()) << 7);
                    if !self.held.q.val().any() {
                        self.page_end.d.next = self.end.q.val() + (bit_cast::<23, 4>(self.blocks.q.val()) << 7);
                    }
                    self.drain_index.d.next = bits::<4>(0);
                    self.state.d.next = EngineState::WriteMore;
                }
            }
            EngineState::WriteMore => {
                // A free slot stands there two cycles after the last was taken.
                self.drain_index.d.next = self.drain_index.q.val() + 1;
                if self.drain_index.q.val().get_bit(0) {
                    self.state.d.next = EngineState::SendReady;
                    if self.left.q.val().any()
                        & (self.held.q.val() < self.most_pages.val())
                        & self.free_write_slots.available.val()
                    {
                        self.state.d.next = EngineState::WriteSlot;
                    }
                }
            }
            EngineState::SendReady => {
                self.job.valid.next = true;
                self.job.kind.next = JobKind::TransferReady;
                if self.job.ready.val() {
                    self.sequence.d.next = !self.sequence.q.val();
                    self.state.d.next = EngineState::Store;
                }
            }
            EngineState::Check => {
                self.data_end.d.next =
                    bit_cast::<24, 23>(self.offset.q.val()) + bit_cast::<24, 10>(self.data.words.val());
                self.accepts.d.next = self.open.q.val()
                    & self.is_write.q.val()
                    & !self.is_ending.val()
                    & !self.data.responder.val().get_bits::<9>(7).any()
                    & (self.data.originator.val() == self.originator.q.val())
                    & (self.data.login.val() == self.login.q.val())
                    & (self.data.offset.val() == (bit_cast::<32, 23>(self.offset.q.val()) << 2))
                    & self.data.words.val().any()
                    & self.empty.q.val().any();
                self.state.d.next = EngineState::FirstSlot;
            }
            EngineState::FirstSlot => {
                // The slot at the head was addressed in the cycle before; the one behind it comes in the next.
                self.data.answered.next = true;
                self.data.accepted.next =
                    self.accepts.q.val() & (self.data_end.q.val() <= bit_cast::<24, 23>(self.end.q.val()));
                if self.data.accepted.val() {
                    self.storing.d.next = true;
                    self.storing_exchange.d.next = self.exchange.q.val();
                    self.storing_words.d.next = self.data.words.val();
                    self.storing_completes.d.next = self.data_end.q.val() >= bit_cast::<24, 23>(self.page_end.q.val());
                    self.storing_ends.d.next = self.data.ends.val();
                }
                self.state.d.next = EngineState::SecondSlot;
            }
            EngineState::SecondSlot => {
                self.state.d.next = EngineState::Idle;
            }
            EngineState::Stored => {
                self.stored.d.next = false;
                self.offset.d.next = self.offset.q.val() + bit_cast::<23, 10>(self.storing_words.q.val());
                self.is_complete.d.next = self.storing_completes.q.val();
                self.state.d.next = EngineState::WriteCommand;
            }
            EngineState::Complete => {
                self.state.d.next = EngineState::WriteCommand;
            }
            EngineState::WriteCommand => {
                // The page at the head is complete, or the data goes on.
                if self.empty.q.val().any() & self.is_complete.q.val() {
                    self.state.d.next = EngineState::SendSlot;
                } else {
                    if self.storing_ends.q.val() & self.empty.q.val().any() {
                        self.failed.d.next = true;
                        self.reason.d.next = bits::<2>(2);
                        self.drain_index.d.next = bits::<4>(0);
                        self.state.d.next = EngineState::Drain;
                    } else {
                        self.state.d.next = EngineState::Store;
                    }
                }
            }
            EngineState::PageDone => {
                if self.slot_failed.q.val() {
                    self.failed.d.next = true;
                    if !self.is_ending.val() {
                        self.reason.d.next = bits::<2>(1);
                    }
                }
                if self.is_write.q.val() {
                    self.free_write_slots_put.d.next = true;
                    self.held.d.next = self.held.q.val() - 1;
                } else if self.is_ending.val() | self.slot_failed.q.val() {
                    self.free_read_slots_put.d.next = true;
                    self.held.d.next = self.held.q.val() - 1;
                } else {
                    for i in 0..self.number.len() {
                        if self.index.q.val() == self.number[i].val() {
                            self.ready_pages.d.next = self.ready_pages.q.val().replace_bit(i, true);
                        }
                    }
                }
                self.state.d.next = EngineState::Settle;
                if self.slot_failed.q.val() & !self.is_ending.val() {
                    self.drain_index.d.next = bits::<4>(0);
                    self.state.d.next = EngineState::Drain;
                }
            }
            EngineState::PageSent => {
                self.free_read_slots_put.d.next = true;
                self.held.d.next = self.held.q.val() - 1;
                self.head.d.next = self.head.q.val() + 1;
                self.sending.d.next = false;
                self.count.d.next = self.slot_count.q.val();
                self.offset.d.next = self.offset.q.val()
                    + (bit_cast::<23, 3>(self.extent_last.q.val() - self.extent_first.q.val()) << 7)
                    + 128;
                for i in 0..self.number.len() {
                    if self.head.q.val() == self.number[i].val() {
                        self.ready_pages.d.next = self.ready_pages.q.val().replace_bit(i, false);
                    }
                }
                self.state.d.next = EngineState::Settle;
            }
            EngineState::SendSlot => {
                // The slot at the head of the window is read; it was addressed in the cycle before.
                self.slot.d.next = bit_cast::<6, 5>(self.slots.slot_there.val());
                if self.is_write.q.val() {
                    self.slot.d.next = bit_cast::<6, 5>(self.slots.slot_there.val()) | 32;
                }
                self.drain_index.d.next = bits::<4>(0);
                self.state.d.next = EngineState::SendData;
            }
            EngineState::SendData => {
                // The page's entry is there two cycles after its slot is known.
                self.extent_first.d.next = self.slots.first.val();
                self.extent_last.d.next = self.slots.last.val();
                if !self.drain_index.q.val().get_bit(1) {
                    self.drain_index.d.next = self.drain_index.q.val() + 1;
                } else if self.is_write.q.val() {
                    self.page.valid.next = true;
                    if self.page.ready.val() {
                        self.head.d.next = self.head.q.val() + 1;
                        self.empty.d.next = self.empty.q.val() - 1;
                        self.page_end.d.next = self.next_page_end.q.val();
                        if self.is_last_page.q.val() {
                            self.page_end.d.next = self.end.q.val();
                        }
                        self.state.d.next = EngineState::Complete;
                    }
                } else {
                    self.job.valid.next = true;
                    if self.job.ready.val() {
                        self.sending.d.next = true;
                        self.state.d.next = EngineState::Store;
                    }
                }
            }
            EngineState::Inspect => {
                self.inspection.answered.next = true;
                self.state.d.next = EngineState::Idle;
                if self.closes.q.val() & self.open.q.val() {
                    self.closing.d.next = true;
                    self.drain_index.d.next = bits::<4>(0);
                    self.state.d.next = EngineState::Settle;
                    if !self.is_ending.val() {
                        self.state.d.next = EngineState::Drain;
                    }
                }
            }
            EngineState::Drain => {
                self.state.d.next = EngineState::DrainSlot;
                if self.drain_index.q.val().get_bit(3) {
                    self.empty.d.next = bits::<4>(0);
                    self.state.d.next = EngineState::Settle;
                }
            }
            EngineState::DrainSlot => {
                self.put_slot.d.next = self.slots.slot_there.val();
                self.drain_index.d.next = self.drain_index.q.val() + 1;
                self.state.d.next = EngineState::Drain;
                if self.is_write.q.val() {
                    // Slots from the head on wait for data; storage has those before.
                    if (self.drain_index.q.val().get_bits::<3>(0) - self.head.q.val())
                        < bit_cast::<3, 4>(self.empty.q.val())
                    {
                        self.free_write_slots_put.d.next = true;
                        self.held.d.next = self.held.q.val() - 1;
                    }
                    if self.empty.q.val().get_bit(3) {
                        self.free_write_slots_put.d.next = true;
                        self.held.d.next = self.held.q.val() - 1;
                    }
                } else if self.drained_is_ready.val()
                    & !(self.sending.q.val() & (self.drain_index.q.val().get_bits::<3>(0) == self.head.q.val()))
                {
                    self.free_read_slots_put.d.next = true;
                    self.held.d.next = self.held.q.val() - 1;
                }
            }
            EngineState::Settle => {
                self.state.d.next = EngineState::Store;
                if self.is_ending.val() {
                    if !self.held.q.val().any() & !self.listed.q.val() {
                        if self.closing.q.val() {
                            self.open.d.next = false;
                            self.free_exchanges_put.d.next = self.open.q.val();
                        } else if !self.reported.q.val() {
                            self.failures_put.d.next = true;
                            self.reported.d.next = true;
                        }
                    }
                } else if self.left.q.val().any()
                    & !self.listed.q.val()
                    & !self.is_write.q.val()
                    & (self.held.q.val() < self.most_pages.val())
                {
                    // Another page may be read. This is looked at again, for what else there is to do.
                    self.readers_put.d.next = true;
                    self.listed.d.next = true;
                    self.state.d.next = EngineState::Settle;
                } else if !self.is_write.q.val() & self.head_is_ready.val() & !self.sending.q.val() {
                    self.state.d.next = EngineState::SendSlot;
                } else if !self.held.q.val().any() & !self.left.q.val().any() {
                    self.state.d.next = EngineState::SendResponse;
                } else if self.is_write.q.val() & !self.held.q.val().any() {
                    self.writers_put.d.next = true;
                    self.listed.d.next = true;
                }
            }
            EngineState::SendResponse => {
                self.job.valid.next = true;
                self.job.kind.next = JobKind::Response;
                if self.job.ready.val() {
                    self.open.d.next = false;
                    self.free_exchanges_put.d.next = true;
                    self.state.d.next = EngineState::Store;
                }
            }
            EngineState::Store => {
                self.stores_record.next = true;
                self.state.d.next = EngineState::Idle;
            }
            _ => {
                self.state.d.next = EngineState::Idle;
            }
        }

        self.identity.next = bit_cast::<32, 16>(self.originator.q.val())
            | (bit_cast::<32, 4>(self.login.q.val()) << 16)
            | (bit_cast::<32, 3>(self.start.q.val()) << 24);
        self.identity.next = self.identity.val().replace_bit(20, self.under.q.val());
        self.identity.next = self.identity.val().replace_bit(21, self.over.q.val());
        self.identity.next = self.identity.val().replace_bit(22, self.is_write.q.val());
        self.state_word.next = bit_cast::<32, 3>(self.tail.q.val())
            | (bit_cast::<32, 3>(self.head.q.val()) << 3)
            | (bit_cast::<32, 4>(self.held.q.val()) << 6)
            | (bit_cast::<32, 2>(self.reason.q.val()) << 15)
            | (bit_cast::<32, 1>(self.sequence.q.val()) << 17)
            | (bit_cast::<32, 4>(self.empty.q.val()) << 20);
        self.state_word.next = self.state_word.val().replace_bit(10, self.open.q.val());
        self.state_word.next = self.state_word.val().replace_bit(11, self.closing.q.val());
        self.state_word.next = self.state_word.val().replace_bit(12, self.failed.q.val());
        self.state_word.next = self.state_word.val().replace_bit(13, self.listed.q.val());
        self.state_word.next = self.state_word.val().replace_bit(14, self.sending.q.val());
        self.state_word.next = self.state_word.val().replace_bit(18, self.reported.q.val());
        for i in 0..self.records.len() {
            self.records[i].read_clock.next = self.clock.val();
            self.records[i].write_clock.next = self.clock.val();
            self.records[i].read_address.next = self.exchange.q.val();
            self.records[i].write_address.next = self.exchange.q.val();
            self.records[i].write_enable.next = self.stores_record.val();
        }
        self.records[0].write_enable.next = self.begins.val();
        self.records[1].write_enable.next = self.begins.val();
        self.records[0].write_data.next = self.residual.q.val();
        self.records[1].write_data.next = self.identity.val();
        self.records[2].write_data.next = self.place.q.val().get_bits::<32>(0);
        self.records[3].write_data.next =
            bit_cast::<32, 16>(self.left.q.val()) | (bit_cast::<32, 3>(self.place.q.val().get_bits::<3>(32)) << 16);
        self.records[4].write_data.next = bit_cast::<32, 23>(self.offset.q.val());
        self.records[5].write_data.next = bit_cast::<32, 23>(self.end.q.val());
        self.records[6].write_data.next = bit_cast::<32, 23>(self.page_end.q.val());
        self.records[7].write_data.next =
            bit_cast::<32, 16>(self.count.q.val()) | (bit_cast::<32, 8>(self.ready_pages.q.val()) << 16);
        self.records[8].write_data.next = self.state_word.val();

        self.slots.write.next = self.writes_page.val();
        self.slots.write_place.next = self.tail.q.val();
        self.slots.write_slot.next = self.slot_taken.val();
        self.slots.write_first.next = self.place.q.val().get_bits::<3>(0);
        self.slots.write_last.next = self.last_block.val();
        self.slots.write_page.next = self.place.q.val().get_bits::<32>(3);

        self.page.is_write.next = self.is_write.q.val();
        self.page.is_trim.next = false;
        self.page.compares.next = false;
        self.page.slot.next = self.slot.q.val().get_bits::<5>(0);
        self.page.number.next = self.place.q.val().get_bits::<32>(3);
        if self.is_write.q.val() {
            self.page.number.next = self.slots.page.val();
        }
        self.page.first.next = self.extent_first.q.val();
        self.page.last.next = self.extent_last.q.val();
        self.data.slot.next = self.slots.slot_there.val();
        self.data.next_slot.next = self.slots.slot_there.val();
        self.data.address.next = self.page_word.val().get_bits::<10>(0);

        self.job.login.next = self.login.q.val();
        self.job.originator.next = self.originator.q.val();
        self.job.responder.next = self.exchange.q.val();
        self.job.sequence.next = self.sequence.q.val();
        self.job.count.next = self.count.q.val();
        if (self.state.q.val() == EngineState::SendResponse) & !self.is_write.q.val() {
            self.job.sequence.next = bits::<1>(1);
            self.job.count.next = bits::<16>(0);
        }
        self.job.offset.next = self.offset.q.val();
        self.job.words.next = (bit_cast::<23, 3>(self.extent_last.q.val() - self.extent_first.q.val()) << 7) + 128;
        if self.is_write.q.val() {
            self.job.words.next = self.end.q.val() - self.offset.q.val();
        }
        self.job.slot.next = self.slot.q.val().get_bits::<5>(0);
        self.job.address.next = self.page_word.val().get_bits::<10>(0);
        self.job.is_last.next = !self.left.q.val().any() & (self.held.q.val() == 1);
        self.job.is_under.next = self.under.q.val();
        self.job.is_over.next = self.over.q.val();
        self.job.residual.next = self.residual.q.val();
        self.inspection.is_open.next = self.open.q.val();
        self.inspection.is_write.next = self.is_write.q.val();
        self.inspection.failed.next = self.reported.q.val();
        self.inspection.login.next = self.login.q.val();
        self.inspection.originator.next = self.originator.q.val();
        self.inspection.moved.next = self.offset.q.val();
        self.inspection.reason.next = self.reason.q.val();
        self.inspection.failure_valid.next = self.failures.available.val();
        self.inspection.failure_exchange.next = self.failures.number.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // What is stored is read again two states later at the earliest.
        info.push(no_collision(&["records"]));
        info
    }
}
