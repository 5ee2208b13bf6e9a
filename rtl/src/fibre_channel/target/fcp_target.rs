//! A SCSI target over Fibre Channel: reads and writes by hardware alone.

use rust_hdl::prelude::*;

use super::{ExchangeEngine, FrameBuilder, FrameSorter};
use crate::circuit::{circuit_info, no_collision};
use crate::stream::{StreamSink, StreamSource, SynchronousFifo};

/// Carries out the reads and writes that come in good frames, and gives every other frame to the processor.
///
/// ```text
///           +-------------+ commands +----------------+ jobs +--------------+
/// frames -->| FrameSorter |--------->| ExchangeEngine |----->| FrameBuilder |--> frames
///           +-------------+          +----------------+      +--------------+
///             |         | data            |      ^                  ^ data
///             v         v           pages v      | done             |
///         processor  [write slots] ----> storage ----------> [read slots]
/// ```
///
/// Storage reads a page by filling its slot, word by word, and then saying that it is done; it writes one by fetching the
/// words of its slot first. Both slots hold the whole page of 4 KB at its place; only the blocks that are asked for count.
///
/// - Latency: 27 cycles from a read command's first word to its first page's; 24 from a page read to its first frame's word.
/// - Throughput: a word a cycle in and out; see [`FrameSorter`], [`ExchangeEngine`] and [`FrameBuilder`].
/// - Back-pressure: a command that finds all exchanges open goes to the processor; `frame_out` waits for the line; storage is never kept from
///   saying that it is done.
/// - Limits: those of [`ExchangeEngine`]; 512-byte blocks of one logical unit.
#[derive(LogicBlock)]
pub struct FcpTarget {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Good frames, header and payload, first byte in bits 7..=0; `last` marks a frame's last word.
    pub frame_in: StreamSink<32>,
    /// Words of the frame; meaningful with its words.
    pub length: Signal<In, Bits<10>>,
    /// The frame is the first of its sequence; meaningful with its words.
    pub first_in: Signal<In, Bit>,
    /// The frame is the last of its sequence; meaningful with its words.
    pub last_in: Signal<In, Bit>,
    /// The port's own address.
    pub own_address: Signal<In, Bits<24>>,
    /// Blocks of the logical unit.
    pub capacity: Signal<In, Bits<35>>,
    /// Login whose entry is written.
    pub login_write: Signal<In, Bit>,
    /// Number of the entry.
    pub login_number: Signal<In, Bits<4>>,
    /// Address of the port that is logged in.
    pub login_address: Signal<In, Bits<24>>,
    /// Words of payload that it takes in a frame.
    pub login_payload: Signal<In, Bits<10>>,
    /// Its commands may be carried out by hardware alone.
    pub login_is_fast: Signal<In, Bit>,
    /// The entry holds a login.
    pub login_is_valid: Signal<In, Bit>,

    /// A word that may be the processor's.
    pub processor_valid: Signal<Out, Bit>,
    /// The word, first byte in bits 31..=24.
    pub processor_word: Signal<Out, Bits<32>>,
    /// The frame is over.
    pub processor_ended: Signal<Out, Bit>,
    /// It is the processor's.
    pub processor_keeps: Signal<Out, Bit>,
    /// It was the first of its sequence; meaningful with `processor_ended`.
    pub processor_first: Signal<Out, Bit>,
    /// It was the last of its sequence; meaningful with `processor_ended`.
    pub processor_last: Signal<Out, Bit>,
    /// Data was dropped that nobody had asked for.
    pub data_dropped: Signal<Out, Bit>,

    /// The frames, header and payload; `last` marks a frame's last word.
    pub frame_out: StreamSource<32>,
    /// The frame is the first of its sequence; meaningful with its words.
    pub first_out: Signal<Out, Bit>,
    /// The frame is the last of its sequence; meaningful with its words.
    pub last_out: Signal<Out, Bit>,

    /// Storage is asked for a page.
    pub page_valid: Signal<Out, Bit>,
    /// Storage takes that.
    pub page_ready: Signal<In, Bit>,
    /// The page is written from its slot; else it is read into it.
    pub page_is_write: Signal<Out, Bit>,
    /// The slot, of those for reads or those for writes.
    pub page_slot: Signal<Out, Bits<5>>,
    /// Number of the page of 4 KB.
    pub page: Signal<Out, Bits<32>>,
    /// First block of the page that is meant.
    pub page_first: Signal<Out, Bits<3>>,
    /// Last block of the page that is meant.
    pub page_last: Signal<Out, Bits<3>>,
    /// A word of a page that is read.
    pub fill: Signal<In, Bit>,
    /// Where it belongs: slot in bits 14..=10, place in bits 9..=0.
    pub fill_address: Signal<In, Bits<15>>,
    /// The word, first byte in bits 7..=0.
    pub fill_word: Signal<In, Bits<32>>,
    /// Word of a page that is written: slot in bits 14..=10, place in bits 9..=0.
    pub fetch_address: Signal<In, Bits<15>>,
    /// The word, a cycle later, first byte in bits 7..=0.
    pub fetch_word: Signal<Out, Bits<32>>,
    /// Storage is done with a page.
    pub done: Signal<In, Bit>,
    /// The page was written.
    pub done_is_write: Signal<In, Bit>,
    /// Its slot.
    pub done_slot: Signal<In, Bits<5>>,
    /// The page could not be read or written.
    pub done_failed: Signal<In, Bit>,

    /// The processor asks for an exchange, until it is answered.
    pub inspect: Signal<In, Bit>,
    /// Number of the exchange.
    pub inspect_exchange: Signal<In, Bits<7>>,
    /// And closes it.
    pub inspect_closes: Signal<In, Bit>,
    /// It is answered.
    pub inspected: Signal<Out, Bit>,
    /// The exchange is open.
    pub inspected_is_open: Signal<Out, Bit>,
    /// It is a write.
    pub inspected_is_write: Signal<Out, Bit>,
    /// It ended early and has no page under way.
    pub inspected_failed: Signal<Out, Bit>,
    /// Why: 1 storage failed, 2 the sequence ended before all data was there.
    pub inspected_reason: Signal<Out, Bits<2>>,
    /// Login of its host.
    pub inspected_login: Signal<Out, Bits<4>>,
    /// Its OX_ID.
    pub inspected_originator: Signal<Out, Bits<16>>,
    /// An exchange ended early, until that is taken notice of.
    pub failure_valid: Signal<Out, Bit>,
    /// That is taken notice of.
    pub failure_ready: Signal<In, Bit>,
    /// Number of the exchange.
    pub failure_exchange: Signal<Out, Bits<7>>,

    sorter: FrameSorter,
    exchanges: ExchangeEngine,
    builder: FrameBuilder,
    finished: SynchronousFifo<7, 6>,
    read_slots: RAM<Bits<32>, 15>,
    write_slots: RAM<Bits<32>, 15>,
    finished_page: Signal<Local, Bits<7>>,
}

impl Default for FcpTarget {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            frame_in: Default::default(),
            length: Default::default(),
            first_in: Default::default(),
            last_in: Default::default(),
            own_address: Default::default(),
            capacity: Default::default(),
            login_write: Default::default(),
            login_number: Default::default(),
            login_address: Default::default(),
            login_payload: Default::default(),
            login_is_fast: Default::default(),
            login_is_valid: Default::default(),
            processor_valid: Default::default(),
            processor_word: Default::default(),
            processor_ended: Default::default(),
            processor_keeps: Default::default(),
            processor_first: Default::default(),
            processor_last: Default::default(),
            data_dropped: Default::default(),
            frame_out: Default::default(),
            first_out: Default::default(),
            last_out: Default::default(),
            page_valid: Default::default(),
            page_ready: Default::default(),
            page_is_write: Default::default(),
            page_slot: Default::default(),
            page: Default::default(),
            page_first: Default::default(),
            page_last: Default::default(),
            fill: Default::default(),
            fill_address: Default::default(),
            fill_word: Default::default(),
            fetch_address: Default::default(),
            fetch_word: Default::default(),
            done: Default::default(),
            done_is_write: Default::default(),
            done_slot: Default::default(),
            done_failed: Default::default(),
            inspect: Default::default(),
            inspect_exchange: Default::default(),
            inspect_closes: Default::default(),
            inspected: Default::default(),
            inspected_is_open: Default::default(),
            inspected_is_write: Default::default(),
            inspected_failed: Default::default(),
            inspected_reason: Default::default(),
            inspected_login: Default::default(),
            inspected_originator: Default::default(),
            failure_valid: Default::default(),
            failure_ready: Default::default(),
            failure_exchange: Default::default(),
            sorter: Default::default(),
            exchanges: Default::default(),
            builder: Default::default(),
            finished: SynchronousFifo::new(64),
            read_slots: Default::default(),
            write_slots: Default::default(),
            finished_page: Default::default(),
        }
    }
}

impl Logic for FcpTarget {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, sorter, exchanges, builder, finished);
        self.read_slots.read_clock.next = self.clock.val();
        self.read_slots.write_clock.next = self.clock.val();
        self.write_slots.read_clock.next = self.clock.val();
        self.write_slots.write_clock.next = self.clock.val();

        StreamSink::<32>::link(&mut self.frame_in, &mut self.sorter.frame);
        StreamSource::<32>::link(&mut self.frame_out, &mut self.builder.frame);
        self.sorter.length.next = self.length.val();
        self.sorter.own_address.next = self.own_address.val();
        self.sorter.capacity.next = self.capacity.val();
        self.sorter.login_write.next = self.login_write.val();
        self.sorter.login_number.next = self.login_number.val();
        self.sorter.login_address.next = self.login_address.val();
        self.sorter.login_payload.next = self.login_payload.val();
        self.sorter.login_is_fast.next = self.login_is_fast.val();
        self.sorter.login_is_valid.next = self.login_is_valid.val();
        self.sorter.is_first_of_sequence.next = self.first_in.val();
        self.sorter.is_last_of_sequence.next = self.last_in.val();
        self.processor_valid.next = self.sorter.processor_valid.val();
        self.processor_word.next = self.sorter.processor_word.val();
        self.processor_ended.next = self.sorter.processor_ended.val();
        self.processor_keeps.next = self.sorter.processor_keeps.val();
        self.processor_first.next = self.sorter.processor_first.val();
        self.processor_last.next = self.sorter.processor_last.val();
        self.data_dropped.next = self.sorter.data_dropped.val();

        self.exchanges.command_valid.next = self.sorter.command_valid.val();
        self.sorter.command_ready.next = self.exchanges.command_ready.val();
        self.sorter.command_refused.next = self.exchanges.command_refused.val();
        self.exchanges.command_login.next = self.sorter.login.val();
        self.exchanges.command_originator.next = self.sorter.originator.val();
        self.exchanges.command_is_write.next = self.sorter.command_is_write.val();
        self.exchanges.command_block.next = self.sorter.command_block.val();
        self.exchanges.command_blocks.next = self.sorter.command_blocks.val();
        self.exchanges.command_is_under.next = self.sorter.command_is_under.val();
        self.exchanges.command_is_over.next = self.sorter.command_is_over.val();
        self.exchanges.command_residual.next = self.sorter.command_residual.val();
        self.exchanges.data_valid.next = self.sorter.data_valid.val();
        self.exchanges.data_responder.next = self.sorter.data_responder.val();
        self.exchanges.data_originator.next = self.sorter.originator.val();
        self.exchanges.data_login.next = self.sorter.login.val();
        self.exchanges.data_offset.next = self.sorter.data_offset.val();
        self.exchanges.data_words.next = self.sorter.data_words.val();
        self.exchanges.data_ends.next = self.sorter.data_ends.val();
        self.exchanges.data_moved.next = self.sorter.data_moved.val();
        self.sorter.data_answered.next = self.exchanges.data_answered.val();
        self.sorter.data_accepted.next = self.exchanges.data_accepted.val();
        self.sorter.data_slot.next = self.exchanges.data_slot.val();
        self.sorter.data_next_slot.next = self.exchanges.data_next_slot.val();
        self.sorter.data_address.next = self.exchanges.data_address.val();

        self.builder.job_valid.next = self.exchanges.job_valid.val();
        self.exchanges.job_ready.next = self.builder.job_ready.val();
        self.builder.job_kind.next = self.exchanges.job_kind.val();
        self.builder.job_login.next = self.exchanges.job_login.val();
        self.builder.job_originator.next = self.exchanges.job_originator.val();
        self.builder.job_responder.next = self.exchanges.job_responder.val();
        self.builder.job_sequence.next = self.exchanges.job_sequence.val();
        self.builder.job_count.next = self.exchanges.job_count.val();
        self.builder.job_offset.next = self.exchanges.job_offset.val();
        self.builder.job_words.next = self.exchanges.job_words.val();
        self.builder.job_slot.next = self.exchanges.job_slot.val();
        self.builder.job_address.next = self.exchanges.job_address.val();
        self.builder.job_is_last.next = self.exchanges.job_is_last.val();
        self.builder.job_is_under.next = self.exchanges.job_is_under.val();
        self.builder.job_is_over.next = self.exchanges.job_is_over.val();
        self.builder.job_residual.next = self.exchanges.job_residual.val();
        self.exchanges.sent_valid.next = self.builder.sent_valid.val();
        self.exchanges.sent_slot.next = self.builder.sent_slot.val();
        self.exchanges.sent_count.next = self.builder.sent_count.val();
        self.builder.sent_ready.next = self.exchanges.sent_ready.val();
        self.builder.own_address.next = self.own_address.val();
        self.sorter.asked_login.next = self.builder.asked_login.val();
        self.builder.asked_address.next = self.sorter.asked_address.val();
        self.builder.asked_payload.next = self.sorter.asked_payload.val();
        self.first_out.next = self.builder.is_first_of_sequence.val();
        self.last_out.next = self.builder.is_last_of_sequence.val();

        self.page_valid.next = self.exchanges.page_valid.val();
        self.page_is_write.next = self.exchanges.page_is_write.val();
        self.page_slot.next = self.exchanges.page_slot.val();
        self.page.next = self.exchanges.page.val();
        self.page_first.next = self.exchanges.page_first.val();
        self.page_last.next = self.exchanges.page_last.val();
        self.exchanges.page_ready.next = self.page_ready.val();
        self.exchanges.inspect.next = self.inspect.val();
        self.exchanges.inspect_exchange.next = self.inspect_exchange.val();
        self.exchanges.inspect_closes.next = self.inspect_closes.val();
        self.inspected.next = self.exchanges.inspected.val();
        self.inspected_is_open.next = self.exchanges.inspected_is_open.val();
        self.inspected_is_write.next = self.exchanges.inspected_is_write.val();
        self.inspected_failed.next = self.exchanges.inspected_failed.val();
        self.inspected_reason.next = self.exchanges.inspected_reason.val();
        self.inspected_login.next = self.exchanges.inspected_login.val();
        self.inspected_originator.next = self.exchanges.inspected_originator.val();
        self.failure_valid.next = self.exchanges.failure_valid.val();
        self.exchanges.failure_ready.next = self.failure_ready.val();
        self.failure_exchange.next = self.exchanges.failure_exchange.val();

        // What storage is done with waits for its turn.
        self.finished_page.next = bit_cast::<7, 5>(self.done_slot.val());
        self.finished_page.next = self.finished_page.val().replace_bit(5, self.done_is_write.val());
        self.finished_page.next = self.finished_page.val().replace_bit(6, self.done_failed.val());
        self.finished.sink.valid.next = self.done.val();
        self.finished.sink.data.next = self.finished_page.val();
        self.finished.sink.last.next = false;
        self.exchanges.done_valid.next = self.finished.source.valid.val();
        self.exchanges.done_slot.next = self.finished.source.data.val().get_bits::<5>(0);
        self.exchanges.done_is_write.next = self.finished.source.data.val().get_bit(5);
        self.exchanges.done_failed.next = self.finished.source.data.val().get_bit(6);
        self.finished.source.ready.next = self.exchanges.done_ready.val();

        // The slots.
        self.read_slots.write_address.next = self.fill_address.val();
        self.read_slots.write_data.next = self.fill_word.val();
        self.read_slots.write_enable.next = self.fill.val();
        self.read_slots.read_address.next = self.builder.read_address.val();
        self.builder.read_word.next = self.read_slots.read_data.val();
        self.write_slots.write_address.next = self.sorter.store_address.val();
        self.write_slots.write_data.next = self.sorter.store_word.val();
        self.write_slots.write_enable.next = self.sorter.store.val();
        self.write_slots.read_address.next = self.fetch_address.val();
        self.fetch_word.next = self.write_slots.read_data.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A slot is not filled while it is sent or written.
        info.push(no_collision(&["read_slots", "write_slots"]));
        info
    }
}
