//! A SCSI target over Fibre Channel: reads and writes by hardware alone.

use rust_hdl::prelude::*;

use super::{
    DataPlaceSource, ExchangeCommandSource, ExchangeEngine, FrameBuilder, FrameSorter, InspectionSink, JobSource,
    LoginEntrySink, LoginLookupSource, SlotSink, StoragePageSource,
};
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
/// Storage reads a page by filling its slot, word by word, and then saying that it is done; it writes one by fetching
/// the words of its slot first. Both slots hold the whole page of 4 KB at its place; only the blocks that are asked for
/// count.
///
/// - Latency: 30 cycles from a read command's first word to its first page's; 24 from a page read to its first frame's
///   word.
/// - Throughput: a word a cycle in and out; see [`FrameSorter`], [`ExchangeEngine`] and [`FrameBuilder`].
/// - Back-pressure: a command that finds all exchanges open goes to the processor; `frame_out` waits for the line;
///   storage is never kept from saying that it is done.
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
    /// Entries of the logins.
    pub entry: LoginEntrySink,

    /// A word that may be the processor's.
    pub processor_valid: Signal<Out, Bit>,
    /// The word, first byte in bits 7..=0.
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

    /// Pages that storage is asked for.
    pub page: StoragePageSource,
    /// The slots of the pages.
    pub slots: SlotSink,

    /// What the processor asks of exchanges, and is told.
    pub inspection: InspectionSink,

    sorter: FrameSorter,
    exchanges: ExchangeEngine,
    builder: FrameBuilder,
    finished: SynchronousFifo<7, 6>,
    read_slots: RAM<Bits<32>, 15>,
    write_slots: RAM<Bits<32>, 15>,
    finished_page: Signal<Local, Bits<7>>,
    fill: DFF<Bit>,
    fill_address: DFF<Bits<15>>,
    fill_word: DFF<Bits<32>>,
    store: DFF<Bit>,
    store_address: DFF<Bits<15>>,
    store_word: DFF<Bits<32>>,
}

impl Default for FcpTarget {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            entry: Default::default(),
            page: Default::default(),
            slots: Default::default(),
            inspection: Default::default(),
            frame_in: Default::default(),
            length: Default::default(),
            first_in: Default::default(),
            last_in: Default::default(),
            own_address: Default::default(),
            capacity: Default::default(),
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
            sorter: Default::default(),
            exchanges: Default::default(),
            builder: Default::default(),
            finished: SynchronousFifo::new(64),
            read_slots: Default::default(),
            write_slots: Default::default(),
            finished_page: Default::default(),
            fill: Default::default(),
            fill_address: Default::default(),
            fill_word: Default::default(),
            store: Default::default(),
            store_address: Default::default(),
            store_word: Default::default(),
        }
    }
}

impl Logic for FcpTarget {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, sorter, exchanges, builder, finished);
        dff_setup!(self, clock, fill, fill_address, fill_word, store, store_address, store_word);
        self.read_slots.read_clock.next = self.clock.val();
        self.read_slots.write_clock.next = self.clock.val();
        self.write_slots.read_clock.next = self.clock.val();
        self.write_slots.write_clock.next = self.clock.val();

        StreamSink::<32>::link(&mut self.frame_in, &mut self.sorter.frame);
        StreamSource::<32>::link(&mut self.frame_out, &mut self.builder.frame);
        LoginEntrySink::link(&mut self.entry, &mut self.sorter.entry);
        LoginLookupSource::join(&mut self.builder.lookup, &mut self.sorter.lookup);
        ExchangeCommandSource::join(&mut self.sorter.command, &mut self.exchanges.command);
        DataPlaceSource::join(&mut self.sorter.data, &mut self.exchanges.data);
        JobSource::join(&mut self.exchanges.job, &mut self.builder.job);
        StoragePageSource::link(&mut self.page, &mut self.exchanges.page);
        InspectionSink::link(&mut self.inspection, &mut self.exchanges.inspection);
        self.sorter.length.next = self.length.val();
        self.sorter.own_address.next = self.own_address.val();
        self.sorter.capacity.next = self.capacity.val();
        self.sorter.is_first_of_sequence.next = self.first_in.val();
        self.sorter.is_last_of_sequence.next = self.last_in.val();
        self.processor_valid.next = self.sorter.processor_valid.val();
        self.processor_word.next = self.sorter.processor_word.val();
        self.processor_ended.next = self.sorter.processor_ended.val();
        self.processor_keeps.next = self.sorter.processor_keeps.val();
        self.processor_first.next = self.sorter.processor_first.val();
        self.processor_last.next = self.sorter.processor_last.val();
        self.data_dropped.next = self.sorter.data_dropped.val();

        self.builder.own_address.next = self.own_address.val();
        self.first_out.next = self.builder.is_first_of_sequence.val();
        self.last_out.next = self.builder.is_last_of_sequence.val();

        // What storage is done with waits for its turn.
        self.finished_page.next = bit_cast::<7, 5>(self.slots.done_slot.val());
        self.finished_page.next = self.finished_page.val().replace_bit(5, self.slots.done_is_write.val());
        self.finished_page.next = self.finished_page.val().replace_bit(6, self.slots.done_failed.val());
        self.finished.sink.valid.next = self.slots.done.val();
        self.finished.sink.data.next = self.finished_page.val();
        self.finished.sink.last.next = false;
        self.exchanges.done_valid.next = self.finished.source.valid.val();
        self.exchanges.done_slot.next = self.finished.source.data.val().get_bits::<5>(0);
        self.exchanges.done_is_write.next = self.finished.source.data.val().get_bit(5);
        self.exchanges.done_failed.next = self.finished.source.data.val().get_bit(6);
        self.finished.source.ready.next = self.exchanges.done_ready.val();

        // The slots.
        // What is written is there a cycle later: the memories are large, and lie far from what writes them.
        self.fill.d.next = self.slots.fill.val();
        self.fill_address.d.next = self.slots.fill_address.val();
        self.fill_word.d.next = self.slots.fill_word.val();
        self.store.d.next = self.sorter.store.val();
        self.store_address.d.next = self.sorter.store_address.val();
        self.store_word.d.next = self.sorter.store_word.val();
        self.read_slots.write_address.next = self.fill_address.q.val();
        self.read_slots.write_data.next = self.fill_word.q.val();
        self.read_slots.write_enable.next = self.fill.q.val();
        self.read_slots.read_address.next = self.builder.read_address.val();
        self.builder.read_word.next = self.read_slots.read_data.val();
        self.write_slots.write_address.next = self.store_address.q.val();
        self.write_slots.write_data.next = self.store_word.q.val();
        self.write_slots.write_enable.next = self.store.q.val();
        self.write_slots.read_address.next = self.slots.fetch_address.val();
        self.slots.fetch_word.next = self.write_slots.read_data.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A slot is not filled while it is sent or written.
        info.push(no_collision(&["read_slots", "write_slots"]));
        info
    }
}
