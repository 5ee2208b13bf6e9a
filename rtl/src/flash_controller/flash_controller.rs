//! The controller as a whole.

use rust_hdl::prelude::*;
use thiserror::Error;

use super::ecc::RecordCode;
use super::flash_lane::{CorrectionSource, FlashLane, RecordCorrector};
use super::host_interface::{HostCommandSink, HostCompletionSource, HostPort, HostReadSource};
use super::lane::{LaneConfig, LaneConfigError, NandHost};
use super::mailbox::{
    BytePacker, ControllerMailbox, LaneReports, MailboxSink, MailboxSource, PageMailbox, TableMailbox,
};
use super::mover::{MoveChecker, MoveReader, PlaceCommitter};
use super::read_path::{LANES, ReadCollector, ReadDispatcher, ReadLookup, ReadSampler, Reconstructor};
use super::tables::{
    CountSource, PageDirectory, PageOperationKind, PageOperationSource, PageResultSource, PlaneHealth,
    StripeLookupSource, StripeSource, StripeTable, TableMemorySource,
};
use super::write_buffer::{PageCommandSource, ProgramCommandSource, WriteBuffer, WriteBufferError};
use crate::circuit::circuit_info;
use crate::config::GeometryError;
use crate::stream::{StreamSink, StreamSource, SynchronousFifo};

/// Words of a page.
const WORDS: usize = 256;
/// Changes under way in the page map: new places are entered one after the other; trims and firmware come in between.
const CHANGES_UNDER_WAY: usize = 4;

/// A controller that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FlashControllerError {
    /// A lane.
    #[error(transparent)]
    Lane(#[from] LaneConfigError),
    /// A table.
    #[error(transparent)]
    Table(#[from] GeometryError),
    /// The write buffer.
    #[error(transparent)]
    Buffer(#[from] WriteBufferError),
    /// A stripe's number does not fit a location.
    #[error("{value} {field} bits of a stripe's number: legal are 1..={maximum} with these tables")]
    StripeBits {
        /// Which field.
        field: &'static str,
        /// What the lanes take.
        value: u32,
        /// What the tables hold.
        maximum: u32,
    },
}

/// A flash controller with ten lanes of two chips.
///
/// ```text
///            +----------+   +-------------+          +-----------+
///  host ---->| HostPort |-->| WriteBuffer |--------->|           |
///            |          |   +-------------+          | FlashLane |<--> pins
///            |          |      | ^  | new places      |   x 10    |
///            |          |      v |  v                 |           |
///            |          |-->ReadLookup--->Dispatcher->|           |
///       <----|          |<--Collector<----------------|           |
///            +----------+      |   ^--Reconstructor-->+-----------+
///                              v
///  firmware --> mailbox --> mover --> WriteBuffer
/// ```
///
/// `P`, `L` and `A` are the bits of a logical page, of its location (`A` + 6) and of a stripe's number with its group on top;
/// `R` and `C` those of a row of stripes that are erased together and of its count of valid pages. Page map and stripe
/// table lie in memories behind ports.
///
/// - Latency: a write is acknowledged about 270 cycles after its first word while the buffer has room; a read of an idle lane
///   takes tR, the transfer and about 400 cycles.
/// - Throughput: a page in 271 to 281 cycles read, in 257 written; less where lanes are the limit.
/// - Back-pressure: writes wait while the buffer has no room or firmware does not allow them; reads do not wait for writes.
/// - Limits: 128 tags; pages of 4 KB; ten lanes, of which a stripe has 3 to 10. Firmware must open stripes, or no write ends.
#[derive(LogicBlock)]
pub struct FlashController<const P: usize, const L: usize, const A: usize, const R: usize, const C: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Commands of the host.
    pub commands: HostCommandSink,
    /// Data of its writes, in their order; `last` at the end of each page.
    pub write_data: StreamSink<128>,
    /// Data of its reads.
    pub read_data: HostReadSource,
    /// Ends of its commands.
    pub completions: HostCompletionSource,
    /// The firmware's registers.
    pub mailbox: MailboxSink,
    /// Firmware has something to take.
    pub attention: Signal<Out, Bit>,
    /// The memory of the page map.
    pub page_memory: TableMemorySource<P, L>,
    /// The memory of the stripe table.
    pub stripe_memory: TableMemorySource<A, 48>,
    /// The pins of the lanes.
    pub nand: Vec<NandHost>,

    write_kind: Constant<PageOperationKind>,

    host: HostPort,
    page_lookup: ReadLookup<P, L>,
    dispatcher: ReadDispatcher<L>,
    collector: ReadCollector,
    reconstructor: Reconstructor,
    sampler: ReadSampler,
    move_reader: MoveReader,
    move_checker: MoveChecker<P, L>,
    committer: PlaceCommitter<P, L>,
    registers: ControllerMailbox<P, L, A>,
    table_registers: TableMailbox<R, C>,
    page_registers: PageMailbox,
    reports: LaneReports,
    directory: PageDirectory<P, L, R, C>,
    stripe_table: StripeTable<A, L>,
    health: PlaneHealth,
    buffer: WriteBuffer,
    lanes: Vec<FlashLane>,
    /// What finds the errors of the lanes' codewords: one for five lanes of SLC, or one for each of eMLC.
    shared_correctors: Vec<RecordCorrector>,
    own_correctors: Vec<RecordCorrector>,
    move_event_queue: SynchronousFifo<34, 6>,
    read_event_queue: SynchronousFifo<39, 6>,
    byte_packer: BytePacker,
    word_queue: SynchronousFifo<35, 7>,

    commands_taken: Signal<Local, Bits<10>>,
    survivors_taken: Signal<Local, Bits<10>>,
    byte_comes: Signal<Local, Bit>,
    byte_now: Signal<Local, Bits<8>>,
    byte_is_last: Signal<Local, Bit>,
}

impl<const P: usize, const L: usize, const A: usize, const R: usize, const C: usize> FlashController<P, L, A, R, C> {
    /// A controller whose lanes are as `config` says, and which numbers stripes with `page_bits` bits of page, at least as
    /// many as the lanes have.
    ///
    /// # Errors
    /// If the configuration is out of its range or does not fit the tables.
    pub fn new(config: &LaneConfig, page_bits: u32) -> Result<Self, FlashControllerError> {
        let block_bits = A as u32 - 5 - page_bits;
        for (field, value, maximum) in [("page", config.page_bits, page_bits), ("block", config.block_bits, block_bits)]
        {
            if value > maximum {
                return Err(FlashControllerError::StripeBits { field, value, maximum });
            }
        }
        let lanes = (0..LANES).map(|_| FlashLane::new(config)).collect::<Result<Vec<_>, _>>()?;
        let lanes_each = config.code.lanes_per_corrector();
        let correctors = || (0..LANES / lanes_each).map(|_| RecordCorrector::new(config.code, lanes_each)).collect();
        let shared = config.code == RecordCode::Slc;
        Ok(Self {
            clock: Default::default(),
            commands: Default::default(),
            write_data: Default::default(),
            read_data: Default::default(),
            completions: Default::default(),
            mailbox: Default::default(),
            attention: Default::default(),
            page_memory: Default::default(),
            stripe_memory: Default::default(),
            nand: vec![Default::default(); LANES],
            write_kind: Constant::new(PageOperationKind::Write),
            host: Default::default(),
            page_lookup: Default::default(),
            dispatcher: Default::default(),
            collector: ReadCollector::new(WORDS),
            reconstructor: Default::default(),
            sampler: Default::default(),
            move_reader: Default::default(),
            move_checker: Default::default(),
            committer: Default::default(),
            registers: ControllerMailbox::new(page_bits),
            table_registers: Default::default(),
            page_registers: Default::default(),
            reports: Default::default(),
            directory: PageDirectory::new(CHANGES_UNDER_WAY, page_bits as usize)?,
            stripe_table: StripeTable::new(page_bits as usize),
            health: Default::default(),
            buffer: WriteBuffer::new(WORDS)?,
            lanes,
            shared_correctors: if shared { correctors() } else { vec![] },
            own_correctors: if shared { vec![] } else { correctors() },
            move_event_queue: SynchronousFifo::new(32),
            read_event_queue: SynchronousFifo::new(32),
            byte_packer: Default::default(),
            word_queue: SynchronousFifo::new(64),
            commands_taken: Default::default(),
            survivors_taken: Default::default(),
            byte_comes: Default::default(),
            byte_now: Default::default(),
            byte_is_last: Default::default(),
        })
    }

    /// Declares all inputs to be driven from outside.
    pub fn connect_inputs(&mut self) {
        self.clock.connect();
        self.commands.link_connect_dest();
        self.write_data.link_connect_dest();
        self.read_data.link_connect_dest();
        self.completions.link_connect_dest();
        self.mailbox.link_connect_dest();
        self.page_memory.link_connect_dest();
        self.stripe_memory.link_connect_dest();
        for pins in &mut self.nand {
            pins.link_connect_dest();
        }
    }
}

impl<const P: usize, const L: usize, const A: usize, const R: usize, const C: usize> Logic
    for FlashController<P, L, A, R, C>
{
    #[hdl_gen]
    fn update(&mut self) {
        clock!(
            self,
            clock,
            host,
            page_lookup,
            dispatcher,
            collector,
            reconstructor,
            move_reader,
            move_checker,
            committer
        );
        clock!(self, clock, registers, table_registers, page_registers, reports, directory, stripe_table, health);
        clock!(self, clock, buffer, move_event_queue, read_event_queue, byte_packer, word_queue, sampler);

        // The host.
        HostCommandSink::link(&mut self.commands, &mut self.host.commands);
        StreamSink::<128>::link(&mut self.write_data, &mut self.host.write_data);
        HostCompletionSource::link(&mut self.completions, &mut self.host.completions);
        self.read_data.valid.next = self.collector.host.valid.val();
        self.read_data.tag.next = self.collector.host.tag.val();
        self.read_data.data.next = self.collector.host.data.val();
        self.read_data.last.next = self.collector.host.last.val();
        self.collector.host.ready.next = self.read_data.ready.val();
        self.host.read_ends.next =
            self.collector.host.valid.val() & self.collector.host.last.val() & self.read_data.ready.val();
        self.host.read_tag.next = self.collector.host.tag.val();
        self.host.page_limit.next = self.registers.page_limit.val();
        self.host.writes_allowed.next = self.registers.writes_allowed.val();
        self.host.fence_advance.next = self.registers.fence_advance.val();
        self.registers.fence_passed.next = self.host.fence_passed.val();

        // Pages to the buffer.
        self.page_registers.host.valid.next = self.host.write_valid.val();
        self.page_registers.host.tag.next = self.host.write_tag.val();
        self.page_registers.host.logical_page.next = self.host.write_page.val();
        self.host.write_ready.next = self.page_registers.host.ready.val();
        self.page_registers.host_owes.next = self.host.owes_data.val();
        self.host.firmware_given.next = self.page_registers.given.val();
        StreamSource::<128>::join(&mut self.host.buffer_data, &mut self.page_registers.host_data);
        PageCommandSource::join(&mut self.page_registers.buffer, &mut self.buffer.host);
        StreamSource::<128>::join(&mut self.page_registers.buffer_data, &mut self.buffer.host_data);
        self.buffer.mover.valid.next = self.move_reader.page_valid.val() & self.registers.moves_allowed.val();
        self.buffer.mover.tag.next = self.move_reader.page_tag.val();
        self.buffer.mover.logical_page.next = self.move_reader.page_number.val();
        self.move_reader.page_ready.next = self.buffer.mover.ready.val() & self.registers.moves_allowed.val();
        StreamSource::<128>::join(&mut self.move_reader.data, &mut self.buffer.mover_data);
        self.host.acknowledged.next = (self.buffer.acknowledgement.valid.val()
            & !self.buffer.acknowledgement.moved.val())
            & !self.buffer.acknowledgement.tag.val().get_bit(7);
        self.page_registers.acknowledged.next = (self.buffer.acknowledgement.valid.val()
            & !self.buffer.acknowledgement.moved.val())
            & self.buffer.acknowledgement.tag.val().get_bit(7);
        self.host.acknowledged_tag.next = self.buffer.acknowledgement.tag.val();
        self.move_reader.acknowledged.next =
            self.buffer.acknowledgement.valid.val() & self.buffer.acknowledgement.moved.val();
        self.move_reader.acknowledged_tag.next = self.buffer.acknowledgement.tag.val();
        self.move_reader.superseded.next = self.buffer.acknowledgement.superseded.val();
        self.buffer.acknowledgement.ready.next =
            self.host.acknowledged_ready.val() | self.buffer.acknowledgement.tag.val().get_bit(7);
        self.buffer.flush.next = self.host.flush.val() | self.registers.flush.val();
        self.host.flushing.next = self.buffer.flushing.val();
        self.registers.flushing.next = self.buffer.flushing.val();
        self.registers.unplaced.next = self.host.unplaced.val() | self.buffer.leaving.val();

        // Stripes from the firmware.
        self.buffer.descriptor.valid.next = self.registers.stripes.valid.val();
        self.registers.stripes.ready.next = self.buffer.descriptor.ready.val();
        self.buffer.descriptor.group.next = self.registers.stripes.data.val().get_bits::<1>(0);
        self.buffer.descriptor.stripe.next = self.registers.stripes.data.val().get_bits::<24>(1);
        self.buffer.descriptor.sequence_number.next = self.registers.stripes.data.val().get_bits::<32>(25);
        self.buffer.descriptor.members.next = self.registers.stripes.data.val().get_bits::<10>(57);
        self.buffer.descriptor.parity_lane.next = self.registers.stripes.data.val().get_bits::<4>(67);
        self.buffer.descriptor.die.next = self.registers.stripes.data.val().get_bits::<3>(71);
        self.buffer.descriptor.plane.next = self.registers.stripes.data.val().get_bits::<1>(74);
        self.buffer.descriptor.block.next = self.registers.stripes.data.val().get_bits::<12>(75);
        self.buffer.descriptor.page.next = self.registers.stripes.data.val().get_bits::<8>(87);
        self.buffer.descriptor.pair_first.next = self.registers.stripes.data.val().get_bit(95);
        self.buffer.descriptor.pair_second.next = self.registers.stripes.data.val().get_bit(96);

        // Reads of the host: the buffer first, then the page map. Trims look into the buffer in between.
        StreamSource::<40>::join(&mut self.host.reads, &mut self.page_lookup.reads);
        self.collector.note.next = self.page_lookup.lookup.val();
        self.collector.note_tag.next = self.host.reads.data.val().get_bits::<7>(0);
        self.collector.note_page.next = self.page_lookup.lookup_page.val();
        self.buffer.lookup.next = self.page_lookup.lookup.val() | self.host.probe.val();
        self.buffer.lookup_page.next = self.page_lookup.lookup_page.val();
        if !self.page_lookup.lookup.val() {
            self.buffer.lookup_page.next = self.host.trim_page.val();
        }
        self.buffer.lookup_holds.next = self.page_lookup.lookup.val();
        self.host.probe_ready.next = !self.page_lookup.lookup.val();
        self.host.probe_hit.next = self.buffer.hit.val();
        self.page_lookup.hit.next = self.buffer.hit.val();
        self.page_lookup.hit_buffer.next = self.buffer.hit_buffer.val();
        self.page_lookup.hit_slot.next = self.buffer.hit_slot.val();
        StreamSource::<14>::join(&mut self.page_lookup.hits, &mut self.collector.hits);
        self.buffer.read.next = self.collector.buffer_read.val();
        self.buffer.read_buffer.next = self.collector.buffer_part.val();
        self.buffer.read_slot.next = self.collector.buffer_slot.val();
        self.collector.buffer_ready.next = self.buffer.read_ready.val();
        StreamSource::<128>::join(&mut self.buffer.read_data, &mut self.collector.buffer_data);
        StreamSource::<40>::join(&mut self.page_lookup.located, &mut self.dispatcher.located);
        StreamSource::<40>::join(&mut self.move_reader.reads, &mut self.dispatcher.moved);
        StreamSource::<8>::join(&mut self.dispatcher.zeros, &mut self.collector.zeros);

        // The page map and who asks it: reads, new places, checks of moves, trims and firmware.
        PageOperationSource::<P, L>::join(&mut self.page_lookup.operations, &mut self.directory.requests[0]);
        PageOperationSource::<P, L>::join(&mut self.committer.operations, &mut self.directory.requests[1]);
        PageOperationSource::<P, L>::join(&mut self.move_checker.operations, &mut self.directory.requests[2]);
        PageResultSource::<L>::join(&mut self.directory.answers[0], &mut self.page_lookup.results);
        PageResultSource::<L>::join(&mut self.directory.answers[1], &mut self.committer.results);
        PageResultSource::<L>::join(&mut self.directory.answers[2], &mut self.move_checker.results);
        self.directory.requests[3].valid.next = self.registers.operations.valid.val() | self.host.trim_valid.val();
        self.directory.requests[3].kind.next = self.registers.operations.kind.val();
        self.directory.requests[3].tag.next = bits::<8>(0);
        self.directory.requests[3].page.next = self.registers.operations.page.val();
        self.directory.requests[3].expected.next = self.registers.operations.expected.val();
        self.directory.requests[3].location.next = self.registers.operations.location.val();
        self.registers.operations.ready.next = self.directory.requests[3].ready.val() & !self.host.trim_valid.val();
        self.host.trim_ready.next = self.directory.requests[3].ready.val() & self.host.trim_valid.val();
        if self.host.trim_valid.val() {
            self.directory.requests[3].kind.next = self.write_kind.val();
            self.directory.requests[3].tag.next = bits::<8>(1);
            self.directory.requests[3].page.next = self.host.trim_page.val().get_bits::<P>(0);
            self.directory.requests[3].location.next = bits::<L>(0);
        }
        self.registers.results.valid.next =
            self.directory.answers[3].valid.val() & !self.directory.answers[3].tag.val().any();
        self.registers.results.tag.next = self.directory.answers[3].tag.val();
        self.registers.results.found.next = self.directory.answers[3].found.val();
        self.registers.results.applied.next = self.directory.answers[3].applied.val();
        TableMemorySource::<P, L>::link(&mut self.page_memory, &mut self.directory.memory);

        // Stripes and planes.
        StripeLookupSource::<L>::join(&mut self.dispatcher.lookups, &mut self.stripe_table.lookups);
        StripeSource::<A>::join(&mut self.registers.entries, &mut self.stripe_table.firmware);
        TableMemorySource::<A, 48>::link(&mut self.stripe_memory, &mut self.stripe_table.memory);
        self.dispatcher.found_valid.next = self.stripe_table.found_valid.val();
        self.dispatcher.found_tag.next = self.stripe_table.found_tag.val();
        self.dispatcher.found_chip.next = self.stripe_table.found_chip.val();
        self.dispatcher.found_lane.next = self.stripe_table.found_lane.val();
        self.dispatcher.found_half.next = self.stripe_table.found_half.val();
        self.dispatcher.found_die.next = self.stripe_table.found_die.val();
        self.dispatcher.found_plane.next = self.stripe_table.found_plane.val();
        self.dispatcher.found_block.next = self.stripe_table.found_block.val();
        self.dispatcher.found_page.next = self.stripe_table.found_page.val();
        self.dispatcher.found_members.next = self.stripe_table.found_members.val();
        self.registers.found_state.next = self.stripe_table.found_state.val();
        self.registers.found_sequence.next = self.stripe_table.found_sequence.val();
        self.registers.found_members.next = self.stripe_table.found_members.val();
        self.registers.found_parity_lane.next = self.stripe_table.found_parity_lane.val();
        self.health.plane.next = self.dispatcher.plane.val();
        self.dispatcher.failed.next = self.health.failed.val();
        self.health.firmware_plane.next = self.table_registers.plane.val();
        self.health.firmware_write.next = self.table_registers.plane_write.val();
        self.health.firmware_mask.next = self.table_registers.plane_mask.val();
        self.table_registers.plane_failed.next = self.health.firmware_failed.val();
        CountSource::<R, C>::join(&mut self.table_registers.counts, &mut self.directory.counts);
        MailboxSink::link(&mut self.mailbox, &mut self.registers.mailbox);
        MailboxSource::join(&mut self.registers.tables, &mut self.table_registers.mailbox);
        MailboxSource::join(&mut self.registers.pages, &mut self.page_registers.mailbox);
        self.attention.next = self.registers.attention.val();

        // Reconstruction.
        self.reconstructor.keep.next = self.dispatcher.keep.val();
        self.reconstructor.keep_tag.next = self.dispatcher.keep_tag.val();
        self.reconstructor.keep_word.next = self.dispatcher.keep_word.val();
        StreamSource::<8>::join(&mut self.dispatcher.unreadable, &mut self.reconstructor.unreadable);
        StreamSource::<8>::join(&mut self.collector.bad, &mut self.reconstructor.bad);
        self.reconstructor.arrived.next = self.collector.arrived.val();
        self.reconstructor.arrived_bad.next = self.collector.arrived_bad.val();
        self.collector.collect.next = self.reconstructor.collect.val();
        self.collector.discard.next = self.reconstructor.discard.val();
        self.collector.survivors.next = self.reconstructor.survivors.val();
        self.collector.collect_tag.next = self.reconstructor.collect_tag.val();
        self.reconstructor.collected.next = self.collector.collected.val();
        self.reconstructor.collected_bad.next = self.collector.collected_bad.val();
        self.host.lost_valid.next = self.reconstructor.lost_valid.val() & !self.reconstructor.lost_tag.val().get_bit(7);
        self.host.lost_tag.next = self.reconstructor.lost_tag.val();
        self.move_reader.lost_valid.next =
            self.reconstructor.lost_valid.val() & self.reconstructor.lost_tag.val().get_bit(7);
        self.move_reader.lost_tag.next = self.reconstructor.lost_tag.val();
        self.reconstructor.lost_ready.next = self.host.lost_ready.val();
        if self.reconstructor.lost_tag.val().get_bit(7) {
            self.reconstructor.lost_ready.next = self.move_reader.lost_ready.val();
        }
        StreamSource::<39>::join(&mut self.reconstructor.events, &mut self.read_event_queue.sink);
        StreamSource::<39>::join(&mut self.read_event_queue.source, &mut self.registers.read_events);
        self.sampler.read.next = self.dispatcher.keep.val();
        self.sampler.place.next = self.dispatcher.keep_word.val().get_bits::<30>(0);
        StreamSource::<30>::join(&mut self.sampler.samples, &mut self.registers.read_samples);

        // The mover.
        StreamSource::<32>::join(&mut self.registers.move_orders, &mut self.move_reader.orders);
        self.move_reader.begins.next = self.collector.mover_begins.val();
        self.move_reader.begins_tag.next = self.collector.mover_tag.val();
        self.move_reader.begins_page.next = self.collector.mover_page.val();
        self.move_reader.begins_weak.next = self.collector.mover_weak.val();
        self.move_reader.word_valid.next = self.collector.mover_valid.val();
        self.move_reader.word.next = self.collector.mover_word.val();
        self.move_reader.word_last.next = self.collector.mover_last.val();
        self.move_reader.fetch.next = self.page_registers.fetch.val();
        StreamSource::<128>::join(&mut self.move_reader.fetched, &mut self.page_registers.fetched);
        self.move_checker.keep.next = self.move_reader.keep.val();
        self.move_checker.keep_number.next = self.move_reader.keep_number.val();
        self.move_checker.keep_location.next = self.move_reader.keep_location.val();
        self.move_checker.check.next = self.buffer.check.val();
        self.move_checker.check_number.next = self.buffer.check_tag.val().get_bits::<6>(0);
        self.move_checker.check_page.next = self.buffer.check_page.val();
        self.buffer.check_done.next = self.move_checker.done.val();
        self.buffer.check_current.next = self.move_checker.current.val();
        self.committer.keep.next = self.move_reader.keep.val();
        self.committer.keep_number.next = self.move_reader.keep_number.val();
        self.committer.keep_location.next = self.move_reader.keep_location.val();
        self.committer.update_valid.next = self.buffer.updates.valid.val();
        self.committer.update_page.next = self.buffer.updates.logical_page.val();
        self.committer.update_tag.next = self.buffer.updates.tag.val();
        self.committer.update_moved.next = self.buffer.updates.moved.val();
        self.committer.update_group.next = self.buffer.updates.group.val();
        self.committer.update_stripe.next = self.buffer.updates.stripe.val();
        self.committer.update_lane.next = self.buffer.updates.lane.val();
        self.committer.update_half.next = self.buffer.updates.half.val();
        self.buffer.updates.ready.next = self.committer.update_ready.val();
        self.host.placed.next = self.committer.placed.val();
        self.move_reader.committed.next = self.committer.committed.val();

        // Events of moves: those of the committer first.
        self.move_event_queue.sink.valid.next = self.committer.events.valid.val() | self.move_reader.events.valid.val();
        self.move_event_queue.sink.data.next = self.move_reader.events.data.val();
        self.move_event_queue.sink.last.next = false;
        self.committer.events.ready.next = self.move_event_queue.sink.ready.val();
        self.move_reader.events.ready.next =
            self.move_event_queue.sink.ready.val() & !self.committer.events.valid.val();
        if self.committer.events.valid.val() {
            self.move_event_queue.sink.data.next = self.committer.events.data.val();
        }
        StreamSource::<34>::join(&mut self.move_event_queue.source, &mut self.registers.move_events);

        // The lanes: reads of the host and the mover, reads of survivors, programs, and the firmware's commands.
        self.commands_taken.next = bits::<10>(0);
        self.survivors_taken.next = bits::<10>(0);
        self.byte_comes.next = false;
        self.byte_now.next = bits::<8>(0);
        self.byte_is_last.next = false;
        for i in 0..10 {
            self.lanes[i].clock.next = self.clock.val();
            NandHost::link(&mut self.nand[i], &mut self.lanes[i].pins);
            self.lanes[i].fast.next = self.registers.fast.val().get_bits::<2>(2 * i);
            StreamSource::<34>::join(&mut self.dispatcher.lanes[i], &mut self.lanes[i].reads);
            self.lanes[i].survivor_valid.next = self.reconstructor.read_valid.val().get_bit(i);
            self.lanes[i].survivor_place.next = self.reconstructor.read_place.val();
            self.survivors_taken.next = self.survivors_taken.val().replace_bit(i, self.lanes[i].survivor_ready.val());
            ProgramCommandSource::join(&mut self.buffer.commands[i], &mut self.lanes[i].programs);
            StreamSource::<8>::join(&mut self.buffer.bytes[i], &mut self.lanes[i].program_bytes);
            self.buffer.full[i].next = self.lanes[i].full.val();
            self.lanes[i].firmware.valid.next = self.registers.command_valid.val().get_bit(i);
            self.lanes[i].firmware.operation.next = self.registers.command_operation.val();
            self.lanes[i].firmware.chip.next = self.registers.command_place.val().get_bits::<1>(24);
            self.lanes[i].firmware.die.next = self.registers.command_place.val().get_bits::<3>(9);
            self.lanes[i].firmware.planes.next = self.registers.command_planes.val();
            self.lanes[i].firmware.block.next = self.registers.command_place.val().get_bits::<12>(12);
            self.lanes[i].firmware.page.next = self.registers.command_place.val().get_bits::<8>(0);
            self.lanes[i].firmware.column.next = self.registers.command_span.val().get_bits::<14>(0);
            self.lanes[i].firmware.length.next = self.registers.command_span.val().get_bits::<14>(16);
            self.lanes[i].firmware.tag.next = self.registers.command_tag.val();
            self.commands_taken.next = self.commands_taken.val().replace_bit(i, self.lanes[i].firmware.ready.val());
            self.lanes[i].firmware_room.next =
                self.registers.transfers.val().get_bit(i) & !self.word_queue.almost_full.val();
            if self.lanes[i].firmware_byte_valid.val() {
                self.byte_comes.next = true;
                self.byte_now.next = self.lanes[i].firmware_byte.val();
                self.byte_is_last.next = self.lanes[i].firmware_byte_last.val();
            }
            self.collector.slot_ready[i].next = self.lanes[i].slot_ready.val();
            self.collector.slot_bad[i].next = self.lanes[i].slot_bad.val();
            self.collector.slot_weak[i].next = self.lanes[i].slot_weak.val();
            self.collector.first_tag[i].next = self.lanes[i].first_tag.val();
            self.collector.second_tag[i].next = self.lanes[i].second_tag.val();
            self.collector.first_page[i].next = self.lanes[i].first_page.val();
            self.collector.second_page[i].next = self.lanes[i].second_page.val();
            self.collector.lane_word[i].next = self.lanes[i].word.val();
            self.lanes[i].freed.next = self.collector.release[i].val();
            self.lanes[i].reading.next = self.collector.reading.val().get_bit(i);
            self.lanes[i].read_slot.next = self.collector.read_slot.val().get_bit(i);
            self.lanes[i].read_place.next = self.collector.read_place.val();
            self.reports.done[i].next = self.lanes[i].done.val();
            self.reports.done_tag[i].next = self.lanes[i].done_tag.val();
            self.reports.done_failed[i].next = self.lanes[i].done_failed.val();
            self.reports.corrected[i].next = self.lanes[i].corrected.val();
            self.reports.corrected_bits[i].next = self.lanes[i].corrected_bits.val();
        }
        for i in 0..self.shared_correctors.len() {
            self.shared_correctors[i].clock.next = self.clock.val();
            for j in 0..5 {
                CorrectionSource::join(&mut self.lanes[5 * i + j].correction, &mut self.shared_correctors[i].lanes[j]);
            }
        }
        for i in 0..self.own_correctors.len() {
            self.own_correctors[i].clock.next = self.clock.val();
            CorrectionSource::join(&mut self.lanes[i].correction, &mut self.own_correctors[i].lanes[0]);
        }
        self.registers.command_ready.next = self.commands_taken.val();
        self.reconstructor.read_ready.next = self.survivors_taken.val();
        self.byte_packer.sink.valid.next = self.byte_comes.val();
        self.byte_packer.sink.data.next = self.byte_now.val();
        self.byte_packer.sink.last.next = self.byte_is_last.val();
        StreamSource::<35>::join(&mut self.byte_packer.source, &mut self.word_queue.sink);
        StreamSource::<35>::join(&mut self.word_queue.source, &mut self.registers.lane_words);
        StreamSource::<13>::join(&mut self.reports.events, &mut self.registers.lane_events);
        self.registers.corrected_bits.next = self.reports.bit_count.val();
        self.registers.corrected_records.next = self.reports.record_count.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
