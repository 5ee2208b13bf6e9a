//! The write buffer as a whole.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::write_buffer::{
    HitDirectory, LANES, LaneDrainer, PageAcknowledgementSource, PageCommandSink, PageMapUpdateSource, PageMapUpdater,
    PageReader, PageSelector, PageStore, PairPacer, ProgramCommandSource, ProgramTracker, ReadScheduler, RecordBuilder,
    StripeDescriptorSink, StripeGatherer, StripeRegister, WriteBufferError,
};
use crate::stream::{StreamSink, StreamSource};

/// Gathers pages into stripes, acknowledges them, sends full stripes to the lanes and tells the page map, when a stripe is with
/// the lanes, where its pages lie.
///
/// The buffer has two parts, a stripe each: one gathers while the other drains. Slots are filled in the order of arrival:
/// data lanes in ascending order, two halves each. A page that the host wrote is found by `lookup` from its
/// acknowledgement until its update of the page map has been taken, so a reader that looks here first and into the map
/// afterwards always finds the newest copy. Pages of the mover are not found here: the map still knows their old place.
///
/// A part is free again when all its member lanes have taken its program command and bytes, all its updates are taken, and no
/// reader holds it. Updates go out when the lanes have all bytes, stripe by stripe, the older stripe first: a read that is
/// looked up afterwards waits in the die's queue behind the program.
///
/// A page of the mover's that has a copy in the buffer, or that is not the newest any more as `check_current` says, is dropped:
/// it is acknowledged as superseded, and none of its data words is taken. No page is taken between check and decision.
///
/// - Latency: `n + 6` cycles from the first word of a page of `n` words to its acknowledgement; 33 cycles from the last
///   word of a stripe to the commands of its lanes; 4 cycles from a lookup to its result.
/// - Throughput: a page of `n` words in `n + 1` cycles; 42 cycles more for each stripe, 20 and the check for a page of the mover's. A
///   byte a cycle on every lane; a pair's lanes rest while its second stripe gathers, but for three pages if the host's follow
///   one another. 1 lookup per cycle.
/// - Back-pressure: pages wait while both parts are taken, while no descriptor is offered and while acknowledgements wait.
/// - Limits: pages of 16..=256 words; stripes of 3..=10 members. Both stripes of a pair have the same members and follow one another;
///   a pair uses both parts at once. Up to 255 hits may hold a part.
#[derive(LogicBlock)]
pub struct WriteBuffer {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Commands of the host.
    pub host: PageCommandSink,
    /// Data words of the host's pages; `last` at the end of each.
    pub host_data: StreamSink<128>,
    /// Commands of the mover.
    pub mover: PageCommandSink,
    /// Data words of the mover's pages; `last` at the end of each.
    pub mover_data: StreamSink<128>,
    /// Pages that are safe.
    pub acknowledgement: PageAcknowledgementSource,
    /// Stripes to be opened, in this order.
    pub descriptor: StripeDescriptorSink,
    /// Close the open stripe with fillers; a pulse.
    pub flush: Signal<In, Bit>,
    /// A flush is not finished: not every page acknowledged before it lies in a stripe that is with the lanes and in the map.
    pub flushing: Signal<Out, Bit>,
    /// A closed stripe is not with the lanes and in the map.
    pub leaving: Signal<Out, Bit>,
    /// A logical page is looked up.
    pub lookup: Signal<In, Bit>,
    /// The logical page.
    pub lookup_page: Signal<In, Bits<32>>,
    /// A hit holds its part of the buffer until the page has been read by one `read`.
    pub lookup_holds: Signal<In, Bit>,
    /// The page looked up four cycles before lies in the buffer.
    pub hit: Signal<Out, Bit>,
    /// Part of the buffer; meaningful while `hit` is high.
    pub hit_buffer: Signal<Out, Bits<1>>,
    /// Slot; meaningful while `hit` is high.
    pub hit_slot: Signal<Out, Bits<5>>,
    /// A page that is held is asked for.
    pub read: Signal<In, Bit>,
    /// Its part of the buffer.
    pub read_buffer: Signal<In, Bits<1>>,
    /// Its slot.
    pub read_slot: Signal<In, Bits<5>>,
    /// The request is taken.
    pub read_ready: Signal<Out, Bit>,
    /// Data words of the pages read; `last` at the end of each.
    pub read_data: StreamSource<128>,
    /// Program commands, by lane.
    pub commands: Vec<ProgramCommandSource>,
    /// Bytes of the flash pages, by lane; `last` at the end of each.
    pub bytes: Vec<StreamSource<8>>,
    /// Dies whose queue is full, by lane; bit per die: chip * 8 + die.
    pub full: [Signal<In, Bits<16>>; LANES],
    /// A page of the mover's is to be checked; a pulse.
    pub check: Signal<Out, Bit>,
    /// Its logical page; stays until `check_done`.
    pub check_page: Signal<Out, Bits<32>>,
    /// Tag of its command.
    pub check_tag: Signal<Out, Bits<8>>,
    /// The check is done.
    pub check_done: Signal<In, Bit>,
    /// The page is still the newest copy; meaningful with `check_done`.
    pub check_current: Signal<In, Bit>,
    /// Updates of the page map.
    pub updates: PageMapUpdateSource,

    /// The number of each part of the buffer.
    part_number: Vec<Constant<Bits<1>>>,
    selector: PageSelector,
    gatherer: StripeGatherer,
    builder: RecordBuilder,
    store: PageStore,
    stripes: [StripeRegister; 2],
    trackers: [ProgramTracker; 2],
    directory: HitDirectory,
    updater: PageMapUpdater,
    reader: PageReader,
    scheduler: ReadScheduler,
    pacer: PairPacer,
    drainers: Vec<LaneDrainer>,
    _words_per_page: u64,
    /// The part with the older stripe.
    older: DFF<Bits<1>>,
    acknowledges: DFF<Bit>,
    acknowledged_tag: DFF<Bits<8>>,
    acknowledged_moved: DFF<Bit>,
    acknowledged_superseded: DFF<Bit>,
    /// The acknowledgement has not been taken.
    acknowledgement_waits: DFF<Bit>,
    /// Lookups under way that hold their hit, the newest at the bottom.
    holding: DFF<Bits<4>>,
    /// The updater walks through a stripe.
    walking: DFF<Bit>,
    walking_part: DFF<Bits<1>>,
    /// The gatherer flushed one and two cycles before.
    flushed: DFF<Bits<2>>,
    /// Parts whose updates a flush waits for.
    flush_waits: DFF<Bits<2>>,

    header_valid: Signal<Local, Bit>,
    free_parts: Signal<Local, Bits<2>>,
    clears: Signal<Local, Bits<2>>,
    leaving_parts: Signal<Local, Bits<2>>,
    may_update: Signal<Local, Bits<2>>,
    drained_lanes: Signal<Local, Bits<10>>,
    drained_parts: Signal<Local, Bits<2>>,
    starts: Signal<Local, Bits<2>>,
}

impl WriteBuffer {
    /// A buffer for pages of `words_per_page` words.
    ///
    /// # Errors
    /// If the number of words is not 16..=256.
    pub fn new(words_per_page: usize) -> Result<Self, WriteBufferError> {
        Ok(Self {
            clock: Default::default(),
            host: Default::default(),
            host_data: Default::default(),
            mover: Default::default(),
            mover_data: Default::default(),
            acknowledgement: Default::default(),
            descriptor: Default::default(),
            flush: Default::default(),
            flushing: Default::default(),
            leaving: Default::default(),
            lookup: Default::default(),
            lookup_page: Default::default(),
            lookup_holds: Default::default(),
            hit: Default::default(),
            hit_buffer: Default::default(),
            hit_slot: Default::default(),
            read: Default::default(),
            read_buffer: Default::default(),
            read_slot: Default::default(),
            read_ready: Default::default(),
            read_data: Default::default(),
            commands: vec![Default::default(); LANES],
            bytes: vec![Default::default(); LANES],
            full: Default::default(),
            check: Default::default(),
            check_page: Default::default(),
            check_tag: Default::default(),
            check_done: Default::default(),
            check_current: Default::default(),
            updates: Default::default(),
            part_number: (0..2_usize).map(|part| Constant::new(part.to_bits())).collect(),
            selector: Default::default(),
            gatherer: StripeGatherer::new(words_per_page)?,
            builder: RecordBuilder::new(words_per_page)?,
            store: Default::default(),
            stripes: Default::default(),
            trackers: Default::default(),
            directory: Default::default(),
            updater: Default::default(),
            reader: PageReader::new(words_per_page)?,
            scheduler: Default::default(),
            pacer: PairPacer::new(words_per_page)?,
            drainers: (0..LANES).map(|_| LaneDrainer::new(words_per_page)).collect::<Result<Vec<_>, _>>()?,
            _words_per_page: words_per_page as u64,
            older: Default::default(),
            acknowledges: Default::default(),
            acknowledged_tag: Default::default(),
            acknowledged_moved: Default::default(),
            acknowledged_superseded: Default::default(),
            acknowledgement_waits: Default::default(),
            holding: Default::default(),
            walking: Default::default(),
            walking_part: Default::default(),
            flushed: Default::default(),
            flush_waits: Default::default(),
            header_valid: Default::default(),
            free_parts: Default::default(),
            clears: Default::default(),
            leaving_parts: Default::default(),
            may_update: Default::default(),
            drained_lanes: Default::default(),
            drained_parts: Default::default(),
            starts: Default::default(),
        })
    }

    /// Declares every input to be driven from outside.
    pub fn connect_inputs(&mut self) {
        self.clock.connect();
        self.host.link_connect_dest();
        self.host_data.link_connect_dest();
        self.mover.link_connect_dest();
        self.mover_data.link_connect_dest();
        self.acknowledgement.link_connect_dest();
        self.descriptor.link_connect_dest();
        self.flush.connect();
        self.lookup.connect();
        self.lookup_page.connect();
        self.lookup_holds.connect();
        self.read.connect();
        self.read_buffer.connect();
        self.read_slot.connect();
        self.read_data.link_connect_dest();
        for lane in 0..LANES {
            self.commands[lane].link_connect_dest();
            self.bytes[lane].link_connect_dest();
            self.full[lane].connect();
        }
        self.updates.link_connect_dest();
        self.check_done.connect();
        self.check_current.connect();
    }
}

impl Logic for WriteBuffer {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, selector, gatherer, builder, store, directory, updater, reader, scheduler, pacer);
        dff_setup!(self, clock, older, acknowledges, acknowledged_tag, acknowledged_moved, acknowledged_superseded);
        dff_setup!(self, clock, acknowledgement_waits, holding, walking, walking_part, flushed, flush_waits);

        // Pages in.
        PageCommandSink::link(&mut self.host, &mut self.selector.host);
        StreamSink::<128>::link(&mut self.host_data, &mut self.selector.host_data);
        PageCommandSink::link(&mut self.mover, &mut self.selector.mover);
        StreamSink::<128>::link(&mut self.mover_data, &mut self.selector.mover_data);
        self.selector.take.next = self.gatherer.take.val();
        self.selector.data_ready.next = self.gatherer.data_ready.val();
        self.gatherer.descriptor_valid.next = self.descriptor.valid.val();
        self.gatherer.descriptor_pair_first.next = self.descriptor.pair_first.val();
        self.descriptor.ready.next = self.gatherer.descriptor_ready.val();
        self.gatherer.offer.next = self.selector.offer.val();
        self.gatherer.offer_tag.next = self.selector.offer_tag.val();
        self.gatherer.offer_page.next = self.selector.offer_page.val();
        self.gatherer.offer_moved.next = self.selector.offer_moved.val();
        self.gatherer.data_valid.next = self.selector.data_valid.val();
        self.gatherer.data.next = self.selector.data.val();
        self.gatherer.hold.next = self.acknowledgement_waits.q.val();
        self.gatherer.copy_found.next = self.directory.check_found.val();
        self.gatherer.check_done.next = self.check_done.val();
        self.gatherer.check_current.next = self.check_current.val();
        self.directory.check_page.next = self.selector.offer_page.val();
        self.check.next = self.gatherer.check.val();
        self.check_page.next = self.selector.offer_page.val();
        self.check_tag.next = self.selector.offer_tag.val();
        self.gatherer.flush.next = self.flush.val();

        // The stripes of the two parts.
        self.free_parts.next = bits::<2>(0);
        self.clears.next = bits::<2>(0);
        self.leaving_parts.next = bits::<2>(0);
        for i in 0..2 {
            self.stripes[i].clock.next = self.clock.val();
            self.stripes[i].load.next =
                self.gatherer.opened.val() & (self.gatherer.open.val() == self.part_number[i].val());
            self.stripes[i].load_group.next = self.descriptor.group.val();
            self.stripes[i].load_stripe.next = self.descriptor.stripe.val();
            self.stripes[i].load_sequence_number.next = self.descriptor.sequence_number.val();
            self.stripes[i].load_members.next = self.descriptor.members.val();
            self.stripes[i].load_parity_lane.next = self.descriptor.parity_lane.val();
            self.stripes[i].load_die.next = self.descriptor.die.val();
            self.stripes[i].load_plane.next = self.descriptor.plane.val();
            self.stripes[i].load_block.next = self.descriptor.block.val();
            self.stripes[i].load_page.next = self.descriptor.page.val();
            self.stripes[i].load_pair_first.next = self.descriptor.pair_first.val();
            self.stripes[i].load_pair_second.next = self.descriptor.pair_second.val();

            self.trackers[i].clock.next = self.clock.val();
            self.trackers[i].opened.next =
                self.gatherer.opened.val() & (self.gatherer.open.val() == self.part_number[i].val());
            self.trackers[i].closed.next =
                self.gatherer.closed.val() & (self.gatherer.open.val() == self.part_number[i].val());
            self.trackers[i].members.next = self.stripes[i].members.val();
            self.free_parts.next = self.free_parts.val().replace_bit(i, self.trackers[i].free.val());
            self.clears.next = self.clears.val().replace_bit(i, self.trackers[i].clear.val());
            self.leaving_parts.next = self.leaving_parts.val().replace_bit(i, self.trackers[i].leaving.val());
        }
        self.gatherer.free.next = self.free_parts.val();
        self.gatherer.data_slots.next = self.stripes[0].data_slots.val();
        if self.gatherer.open.val().any() {
            self.gatherer.data_slots.next = self.stripes[1].data_slots.val();
        }
        if ((self.older.q.val() == self.part_number[0].val()) & self.free_parts.val().get_bit(0))
            & !self.free_parts.val().get_bit(1)
        {
            self.older.d.next = self.part_number[1].val();
        }
        if ((self.older.q.val() == self.part_number[1].val()) & self.free_parts.val().get_bit(1))
            & !self.free_parts.val().get_bit(0)
        {
            self.older.d.next = self.part_number[0].val();
        }

        self.leaving.next = self.leaving_parts.val().any();

        // A flush ends when the stripes that were closed by then are with the lanes and in the map.
        self.flushed.d.next = self.flushed.q.val() << 1;
        if self.gatherer.flushing.val() {
            self.flushed.d.next = (self.flushed.q.val() << 1) | bits::<2>(1);
        }
        self.flush_waits.d.next = self.flush_waits.q.val() & self.leaving_parts.val();
        if self.flushed.q.val().get_bit(1) & !self.flushed.q.val().get_bit(0) {
            self.flush_waits.d.next = self.leaving_parts.val();
        }
        self.flushing.next = self.gatherer.flushing.val() | (self.flushed.q.val() | self.flush_waits.q.val()).any();

        // Records.
        self.header_valid.next = self.builder.header_valid.val();
        self.builder.word_valid.next = self.gatherer.word_valid.val();
        self.builder.word.next = self.gatherer.word.val();
        self.builder.word_first.next = self.gatherer.word_first.val();
        self.builder.record_ends.next = self.gatherer.record_ends.val();
        self.builder.logical_page.next = self.gatherer.end_page.val();
        self.builder.half.next = self.gatherer.end_slot.val().get_bits::<1>(0);
        self.builder.filler.next = self.gatherer.end_filler.val();
        self.builder.parity.next = self.gatherer.end_parity.val();
        self.builder.begins_half.next = self.gatherer.end_begins_half.val();
        self.builder.sequence_number.next = self.stripes[0].sequence_number.val();
        self.builder.members.next = self.stripes[0].members.val();
        self.builder.parity_lane.next = self.stripes[0].parity_lane.val();
        self.builder.group.next = self.stripes[0].group.val();
        if self.gatherer.end_buffer.val().any() {
            self.builder.sequence_number.next = self.stripes[1].sequence_number.val();
            self.builder.members.next = self.stripes[1].members.val();
            self.builder.parity_lane.next = self.stripes[1].parity_lane.val();
            self.builder.group.next = self.stripes[1].group.val();
        }
        self.store.write.next = self.gatherer.word_valid.val();
        self.store.write_buffer.next = self.gatherer.open.val();
        self.store.write_slot.next = self.gatherer.word_slot.val();
        self.store.write_half.next = self.gatherer.word_slot.val().get_bits::<1>(0);
        self.store.write_place.next = self.gatherer.word_place.val();
        self.store.write_begins_half.next = self.gatherer.word_begins_half.val();
        self.store.write_word.next = self.gatherer.word.val();
        self.store.header_write.next = self.header_valid.val();
        self.store.header_buffer.next = self.gatherer.end_buffer.val();
        self.store.header_slot.next = self.gatherer.end_slot.val();
        self.store.header_word.next = self.builder.header.val();

        // What a page means from the moment its record is whole.
        if self.acknowledgement.ready.val() {
            self.acknowledges.d.next = false;
        }
        self.acknowledgement_waits.d.next = self.acknowledges.q.val() & !self.acknowledgement.ready.val();
        if self.header_valid.val() & self.gatherer.end_is_page.val() {
            self.acknowledges.d.next = true;
            self.acknowledged_tag.d.next = self.gatherer.end_tag.val();
            self.acknowledged_moved.d.next = self.gatherer.end_moved.val();
            self.acknowledged_superseded.d.next = false;
        }
        if self.gatherer.drops.val() {
            self.acknowledges.d.next = true;
            self.acknowledged_tag.d.next = self.selector.offer_tag.val();
            self.acknowledged_moved.d.next = true;
            self.acknowledged_superseded.d.next = true;
        }
        self.acknowledgement.valid.next = self.acknowledges.q.val();
        self.acknowledgement.tag.next = self.acknowledged_tag.q.val();
        self.acknowledgement.moved.next = self.acknowledged_moved.q.val();
        self.acknowledgement.superseded.next = self.acknowledged_superseded.q.val();
        self.directory.insert.next =
            self.header_valid.val() & self.gatherer.end_is_page.val() & !self.gatherer.end_moved.val();
        self.directory.insert_page.next = self.gatherer.end_page.val();
        self.directory.insert_buffer.next = self.gatherer.end_buffer.val();
        self.directory.insert_slot.next = self.gatherer.end_slot.val();
        self.directory.clear.next = self.clears.val();
        self.updater.note.next = self.header_valid.val() & !self.gatherer.end_parity.val();
        self.updater.note_buffer.next = self.gatherer.end_buffer.val();
        self.updater.note_slot.next = self.gatherer.end_slot.val();
        self.updater.note_page.next = self.gatherer.end_page.val();
        self.updater.note_tag.next = self.gatherer.end_tag.val();
        self.updater.note_moved.next = self.gatherer.end_moved.val();
        self.updater.note_filler.next = self.gatherer.end_filler.val();

        // Hits. A part that is held is freed when the last reader has let it go.
        self.directory.lookup.next = self.lookup.val();
        self.directory.lookup_page.next = self.lookup_page.val();
        self.holding.d.next = self.holding.q.val() << 1;
        if self.lookup.val() & self.lookup_holds.val() {
            self.holding.d.next = (self.holding.q.val() << 1) | bits::<4>(1);
        }
        self.hit.next = self.directory.hit.val() & self.directory.result_valid.val();
        self.hit_buffer.next = self.directory.hit_buffer.val();
        self.hit_slot.next = self.directory.hit_slot.val();
        for i in 0..2 {
            self.trackers[i].hold.next = (self.directory.result_valid.val() & self.directory.hit.val())
                & (self.holding.q.val().get_bit(3) & (self.directory.hit_buffer.val() == self.part_number[i].val()));
            self.trackers[i].unhold.next =
                self.reader.finished.val() & (self.reader.read_buffer.val() == self.part_number[i].val());
        }
        self.reader.request_valid.next = self.read.val();
        self.reader.request_buffer.next = self.read_buffer.val();
        self.reader.request_slot.next = self.read_slot.val();
        self.read_ready.next = self.reader.request_ready.val();
        StreamSource::<128>::link(&mut self.read_data, &mut self.reader.source);

        // Updates of the page map, the older stripe first.
        self.may_update.next = bits::<2>(0);
        if self.trackers[0].updating.val()
            & ((self.older.q.val() == self.part_number[0].val()) | !self.trackers[1].outstanding.val())
        {
            self.may_update.next = self.may_update.val().replace_bit(0, true);
        }
        if self.trackers[1].updating.val()
            & ((self.older.q.val() == self.part_number[1].val()) | !self.trackers[0].outstanding.val())
        {
            self.may_update.next = self.may_update.val().replace_bit(1, true);
        }
        if self.walking.q.val() {
            self.walking.d.next = !self.updater.finished.val();
        } else {
            self.walking.d.next = self.may_update.val().any();
            self.walking_part.d.next = self.part_number[0].val();
            if !self.may_update.val().get_bit(0) {
                self.walking_part.d.next = self.part_number[1].val();
            }
        }
        self.updater.start.next = self.walking.q.val();
        self.updater.buffer.next = self.walking_part.q.val();
        self.updater.group.next = self.stripes[0].group.val();
        self.updater.stripe.next = self.stripes[0].stripe.val();
        self.updater.data_lanes.next = self.stripes[0].data_lanes.val();
        if self.walking_part.q.val().any() {
            self.updater.group.next = self.stripes[1].group.val();
            self.updater.stripe.next = self.stripes[1].stripe.val();
            self.updater.data_lanes.next = self.stripes[1].data_lanes.val();
        }
        PageMapUpdateSource::link(&mut self.updates, &mut self.updater.update_port);
        self.drained_parts.next = bits::<2>(0);
        for i in 0..2 {
            self.trackers[i].walked.next =
                self.updater.finished.val() & (self.walking_part.q.val() == self.part_number[i].val());
            self.drained_lanes.next = bits::<10>(0);
            for j in 0..10 {
                self.drained_lanes.next =
                    self.drained_lanes.val().replace_bit(j, self.drainers[j].drained.val().get_bit(i));
            }
            self.trackers[i].drained.next = self.drained_lanes.val();
            self.drained_parts.next = self.drained_parts.val().replace_bit(i, self.drained_lanes.val().any());
        }

        // Stripes out, when the pacer lets them.
        self.pacer.opened.next = self.gatherer.opened.val();
        self.pacer.open.next = self.gatherer.open.val();
        self.pacer.pair_first.next = self.descriptor.pair_first.val();
        self.pacer.pair_second.next = self.descriptor.pair_second.val();
        self.pacer.closed.next = self.gatherer.closed.val();
        self.pacer.record_ends.next = self.gatherer.record_ends.val() & !self.gatherer.end_parity.val();
        self.pacer.record_is_host.next = self.gatherer.end_is_page.val() & !self.gatherer.end_moved.val();
        self.pacer.host_waits.next = self.selector.offer.val() & !self.selector.offer_moved.val();
        self.gatherer.late.next = self.pacer.late.val();
        self.pacer.drained.next = self.drained_parts.val();
        self.scheduler.reader_wants.next = self.reader.wants.val();
        self.scheduler.reader_address.next = self.reader.read_address.val();
        self.reader.granted.next = self.scheduler.reader_granted.val();
        self.reader.arrives.next = self.scheduler.reader_arrives.val();
        self.reader.word.next = self.store.read_word.val();
        self.store.read_buffer.next = self.scheduler.address.val().get_bits::<1>(14);
        self.store.read_slot.next = self.scheduler.address.val().get_bits::<5>(9);
        self.store.read_place.next = self.scheduler.address.val().get_bits::<9>(0);
        for i in 0..10 {
            self.drainers[i].clock.next = self.clock.val();
            ProgramCommandSource::link(&mut self.commands[i], &mut self.drainers[i].command);
            StreamSource::<8>::link(&mut self.bytes[i], &mut self.drainers[i].bytes);
            self.drainers[i].full.next = self.full[i].val();
            self.drainers[i].older.next = self.older.q.val();
            self.starts.next = bits::<2>(0);
            if self.pacer.leaves.val().get_bit(0) & self.stripes[0].members.val().get_bit(i) {
                self.starts.next = self.starts.val() | bits::<2>(1);
            }
            if self.pacer.leaves.val().get_bit(1) & self.stripes[1].members.val().get_bit(i) {
                self.starts.next = self.starts.val() | bits::<2>(2);
            }
            self.drainers[i].start.next = self.starts.val();
            self.drainers[i].slot[0].next = self.stripes[0].lane_slot[i].val();
            self.drainers[i].chip[0].next = self.stripes[0].group.val();
            self.drainers[i].die[0].next = self.stripes[0].die.val();
            self.drainers[i].planes[0].next = self.stripes[0].planes.val();
            self.drainers[i].block[0].next = self.stripes[0].block.val();
            self.drainers[i].page[0].next = self.stripes[0].page.val();
            self.drainers[i].tag[0].next = self.stripes[0].tag.val();
            self.drainers[i].pair_second[0].next = self.stripes[0].pair_second.val();
            self.drainers[i].slot[1].next = self.stripes[1].lane_slot[i].val();
            self.drainers[i].chip[1].next = self.stripes[1].group.val();
            self.drainers[i].die[1].next = self.stripes[1].die.val();
            self.drainers[i].planes[1].next = self.stripes[1].planes.val();
            self.drainers[i].block[1].next = self.stripes[1].block.val();
            self.drainers[i].page[1].next = self.stripes[1].page.val();
            self.drainers[i].tag[1].next = self.stripes[1].tag.val();
            self.drainers[i].pair_second[1].next = self.stripes[1].pair_second.val();
            self.scheduler.lane_wants[i].next = self.drainers[i].wants.val();
            self.scheduler.lane_address[i].next = self.drainers[i].read_address.val();
            self.drainers[i].granted.next = self.scheduler.lane_granted[i].val();
            self.drainers[i].arrives.next = self.scheduler.lane_arrives[i].val();
            self.drainers[i].word.next = self.store.read_word.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("words_per_page", self._words_per_page)])
    }
}
