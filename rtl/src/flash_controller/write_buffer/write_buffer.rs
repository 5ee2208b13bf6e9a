//! The write buffer as a whole.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::write_buffer::{
    HitDirectory, LANES, LaneDrainer, PageAcknowledgementSource, PageCommandSink, PageCommandSource,
    PageMapUpdateSource, PageMapUpdater, PageReader, PageRedriver, PageSelector, PageStore, ProgramCommandSource,
    ProgramFailureSource, ProgramTracker, ReadScheduler, RecordBuilder, StripeDescriptorSink, StripeGatherer,
    StripeRegister, WriteBufferError,
};
use crate::stream::{StreamSink, StreamSource};

/// Gathers pages into stripes, acknowledges them, sends full stripes to the lanes and tells the page map, when a stripe is
/// programmed, where its pages lie.
///
/// The buffer has two parts, a stripe each: one gathers while the other drains. Slots are filled in the order of arrival:
/// data lanes in ascending order, two halves each. A page that the host wrote is found by `lookup` from its
/// acknowledgement until its update of the page map has been taken, so a reader that looks here first and into the map
/// afterwards always finds the newest copy. Pages of the mover are not found here: the map still knows their old place.
///
/// A part is free again when all its members are programmed, all its updates are taken, and no reader holds it. Updates go
/// out stripe by stripe, the older stripe first. If a program fails, firmware is told and decides: the stripe stays as it is
/// on flash (release), or its pages are driven again into the stripes that follow, as if they had just come; then the
/// updates of the other stripe do not wait for it.
///
/// - Latency: `n + 10` cycles from the first word of a page of `n` words to its acknowledgement; 24 cycles from the last
///   header of a stripe to the commands of its lanes; 4 cycles from a lookup to its result.
/// - Throughput: a page of `n` words in `n + 1` cycles; about 45 cycles more for each stripe. A byte a cycle on every lane.
///   1 lookup per cycle.
/// - Back-pressure: pages wait while both parts are taken, while no descriptor is offered and while acknowledgements wait.
/// - Limits: pages of 16..=256 words; stripes of 3..=10 members. Pairs use both parts at once and cannot be driven again
///   together. One stripe at a time is driven again. Up to 255 hits may hold a part.
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
    /// Close the open stripe with fillers.
    pub flush: Signal<In, Bit>,
    /// A flush is not finished: not every page acknowledged before it lies in a closed stripe.
    pub flushing: Signal<Out, Bit>,
    /// A logical page is looked up.
    pub lookup: Signal<In, Bit>,
    /// The logical page.
    pub lookup_page: Signal<In, Bits<32>>,
    /// A hit holds its part of the buffer until the page has been read by one `read`.
    pub lookup_holds: Signal<In, Bit>,
    /// The result of the lookup four cycles before is shown.
    pub result_valid: Signal<Out, Bit>,
    /// The page lies in the buffer.
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
    /// A command is completed, by lane.
    pub done: [Signal<In, Bit>; LANES],
    /// Its tag; those of other commands are passed over.
    pub done_tag: [Signal<In, Bits<8>>; LANES],
    /// It has failed.
    pub done_failed: [Signal<In, Bit>; LANES],
    /// Updates of the page map.
    pub updates: PageMapUpdateSource,
    /// Failed programs.
    pub failure: ProgramFailureSource,
    /// Firmware is to decide about a failed stripe, bit per part of the buffer.
    pub failed: Signal<Out, Bits<2>>,
    /// The pages of a stripe are being driven again, bit per part of the buffer.
    pub redriving: Signal<Out, Bits<2>>,
    /// Free parts of the buffer, bit per part.
    pub free: Signal<Out, Bits<2>>,
    /// Firmware decides about a failed stripe.
    pub decide: Signal<In, Bit>,
    /// Its part of the buffer.
    pub decide_buffer: Signal<In, Bits<1>>,
    /// The pages are driven again; if low, the stripe is released.
    pub decide_redrive: Signal<In, Bit>,

    /// The number of each part of the buffer.
    part_number: Vec<Constant<Bits<1>>>,
    /// Tag of the program commands of each part.
    tag_of_part: Vec<Constant<Bits<8>>>,
    /// Tag of the program commands of the other part.
    tag_of_other: Vec<Constant<Bits<8>>>,
    selector: PageSelector,
    gatherer: StripeGatherer,
    builder: RecordBuilder,
    store: PageStore,
    stripes: [StripeRegister; 2],
    trackers: [ProgramTracker; 2],
    directory: HitDirectory,
    updater: PageMapUpdater,
    redriver: PageRedriver,
    reader: PageReader,
    scheduler: ReadScheduler,
    drainers: Vec<LaneDrainer>,
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
    /// A failure is offered to firmware.
    reports: DFF<Bit>,
    reported_part: DFF<Bits<1>>,
    reported_lane: DFF<Bits<4>>,
    /// The stripe is handed to the drainers.
    drains: [DFF<Bit>; 2],

    header_valid: Signal<Local, Bit>,
    redriving_part: Signal<Local, Bits<1>>,
    free_parts: Signal<Local, Bits<2>>,
    clears: Signal<Local, Bits<2>>,
    may_update: Signal<Local, Bits<2>>,
    failed_parts: Signal<Local, Bits<2>>,
    redriving_parts: Signal<Local, Bits<2>>,
    own_done: Signal<Local, Bit>,
    done_lanes: Signal<Local, Bits<10>>,
    failed_lanes: Signal<Local, Bits<10>>,
    updating_parts: Signal<Local, Bits<2>>,
    redrive_asks: Signal<Local, Bit>,
    notes: Signal<Local, Bit>,
    starts: Signal<Local, Bits<2>>,
}

impl WriteBuffer {
    /// A buffer for pages of `words_per_page` words, whose program commands have the tags `tag_base` and `tag_base + 1`.
    ///
    /// # Errors
    /// If the number of words is not 16..=256 or the tag base is odd.
    pub fn new(words_per_page: usize, tag_base: u8) -> Result<Self, WriteBufferError> {
        let drainers = (0..LANES).map(|_| LaneDrainer::new(words_per_page, tag_base)).collect::<Result<Vec<_>, _>>()?;
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
            lookup: Default::default(),
            lookup_page: Default::default(),
            lookup_holds: Default::default(),
            result_valid: Default::default(),
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
            done: Default::default(),
            done_tag: Default::default(),
            done_failed: Default::default(),
            updates: Default::default(),
            failure: Default::default(),
            failed: Default::default(),
            redriving: Default::default(),
            free: Default::default(),
            decide: Default::default(),
            decide_buffer: Default::default(),
            decide_redrive: Default::default(),
            part_number: (0..2_usize).map(|part| Constant::new(part.to_bits())).collect(),
            tag_of_part: [0, 1].map(|part| Constant::new(u64::from(tag_base + part).into())).to_vec(),
            tag_of_other: [1, 0].map(|part| Constant::new(u64::from(tag_base + part).into())).to_vec(),
            selector: Default::default(),
            gatherer: StripeGatherer::new(words_per_page)?,
            builder: RecordBuilder::new(words_per_page)?,
            store: Default::default(),
            stripes: Default::default(),
            trackers: Default::default(),
            directory: Default::default(),
            updater: Default::default(),
            redriver: Default::default(),
            reader: PageReader::new(words_per_page)?,
            scheduler: Default::default(),
            drainers,
            older: Default::default(),
            acknowledges: Default::default(),
            acknowledged_tag: Default::default(),
            acknowledged_moved: Default::default(),
            acknowledged_superseded: Default::default(),
            acknowledgement_waits: Default::default(),
            holding: Default::default(),
            walking: Default::default(),
            walking_part: Default::default(),
            reports: Default::default(),
            reported_part: Default::default(),
            reported_lane: Default::default(),
            drains: Default::default(),
            header_valid: Default::default(),
            redriving_part: Default::default(),
            free_parts: Default::default(),
            clears: Default::default(),
            may_update: Default::default(),
            failed_parts: Default::default(),
            redriving_parts: Default::default(),
            own_done: Default::default(),
            done_lanes: Default::default(),
            failed_lanes: Default::default(),
            updating_parts: Default::default(),
            redrive_asks: Default::default(),
            notes: Default::default(),
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
            self.done[lane].connect();
            self.done_tag[lane].connect();
            self.done_failed[lane].connect();
        }
        self.updates.link_connect_dest();
        self.failure.link_connect_dest();
        self.decide.connect();
        self.decide_buffer.connect();
        self.decide_redrive.connect();
    }
}

impl Logic for WriteBuffer {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, selector, gatherer, builder, store, directory, updater, redriver, reader, scheduler);
        dff_setup!(self, clock, older, acknowledges, acknowledged_tag, acknowledged_moved, acknowledged_superseded);
        dff_setup!(self, clock, acknowledgement_waits, holding, walking, walking_part, reports, reported_part);
        dff_setup!(self, clock, reported_lane);

        // Pages in.
        PageCommandSink::link(&mut self.host, &mut self.selector.host);
        StreamSink::<128>::link(&mut self.host_data, &mut self.selector.host_data);
        PageCommandSink::link(&mut self.mover, &mut self.selector.mover);
        StreamSink::<128>::link(&mut self.mover_data, &mut self.selector.mover_data);
        PageCommandSource::join(&mut self.redriver.command, &mut self.selector.again);
        self.selector.again_moved.next = self.redriver.moved.val();
        self.selector.again_data.valid.next = self.reader.source.valid.val() & self.reader.again.val();
        self.selector.again_data.data.next = self.reader.source.data.val();
        self.selector.again_data.last.next = self.reader.source.last.val();
        self.selector.take.next = self.gatherer.take.val();
        self.selector.data_ready.next = self.gatherer.data_ready.val();
        self.gatherer.descriptor_valid.next = self.descriptor.valid.val();
        self.gatherer.descriptor_pair_first.next = self.descriptor.pair_first.val();
        self.descriptor.ready.next = self.gatherer.descriptor_ready.val();
        self.gatherer.offer.next = self.selector.offer.val();
        self.gatherer.offer_tag.next = self.selector.offer_tag.val();
        self.gatherer.offer_page.next = self.selector.offer_page.val();
        self.gatherer.offer_moved.next = self.selector.offer_moved.val();
        self.gatherer.offer_again.next = self.selector.offer_again.val();
        self.gatherer.data_valid.next = self.selector.data_valid.val();
        self.gatherer.data.next = self.selector.data.val();
        self.gatherer.hold.next = self.acknowledgement_waits.q.val();
        self.gatherer.copy_found.next = self.directory.check_found.val();
        self.gatherer.copy_same.next = self.directory.check_same.val();
        self.gatherer.flush.next = self.flush.val();
        self.flushing.next = self.gatherer.flushing.val();

        // The stripes of the two parts.
        self.free_parts.next = bits::<2>(0);
        self.clears.next = bits::<2>(0);
        self.failed_parts.next = bits::<2>(0);
        self.redriving_parts.next = bits::<2>(0);
        self.updating_parts.next = bits::<2>(0);
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
            self.trackers[i].accept_failure.next = self.decide.val()
                & (!self.decide_redrive.val() & (self.decide_buffer.val() == self.part_number[i].val()));
            self.trackers[i].redrive.next = self.decide.val()
                & (self.decide_redrive.val() & (self.decide_buffer.val() == self.part_number[i].val()));
            self.free_parts.next = self.free_parts.val().replace_bit(i, self.trackers[i].free.val());
            self.clears.next = self.clears.val().replace_bit(i, self.trackers[i].clear.val());
            self.failed_parts.next = self.failed_parts.val().replace_bit(i, self.trackers[i].failed.val());
            self.redriving_parts.next = self.redriving_parts.val().replace_bit(i, self.trackers[i].redriving.val());
            self.updating_parts.next = self.updating_parts.val().replace_bit(i, self.trackers[i].updating.val());
        }
        self.gatherer.free.next = self.free_parts.val();
        self.free.next = self.free_parts.val();
        self.failed.next = self.failed_parts.val();
        self.redriving.next = self.redriving_parts.val();
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
        if (self.header_valid.val() & self.gatherer.end_is_page.val()) & !self.gatherer.end_again.val() {
            self.acknowledges.d.next = true;
            self.acknowledged_tag.d.next = self.gatherer.end_tag.val();
            self.acknowledged_moved.d.next = self.gatherer.end_moved.val();
            self.acknowledged_superseded.d.next = self.gatherer.end_filler.val();
        }
        self.acknowledgement.valid.next = self.acknowledges.q.val();
        self.acknowledgement.tag.next = self.acknowledged_tag.q.val();
        self.acknowledgement.moved.next = self.acknowledged_moved.q.val();
        self.acknowledgement.superseded.next = self.acknowledged_superseded.q.val();
        self.directory.insert.next = (self.header_valid.val() & self.gatherer.end_is_page.val())
            & !(self.gatherer.end_filler.val() | self.gatherer.end_moved.val());
        self.directory.insert_page.next = self.gatherer.end_page.val();
        self.directory.insert_buffer.next = self.gatherer.end_buffer.val();
        self.directory.insert_slot.next = self.gatherer.end_slot.val();
        self.directory.clear.next = self.clears.val();
        self.notes.next = self.header_valid.val() & !self.gatherer.end_parity.val();
        self.updater.note.next = self.notes.val();
        self.updater.note_buffer.next = self.gatherer.end_buffer.val();
        self.updater.note_slot.next = self.gatherer.end_slot.val();
        self.updater.note_page.next = self.gatherer.end_page.val();
        self.updater.note_tag.next = self.gatherer.end_tag.val();
        self.updater.note_moved.next = self.gatherer.end_moved.val();
        self.updater.note_filler.next = self.gatherer.end_filler.val();
        self.redriver.note.next = self.notes.val();
        self.redriver.note_buffer.next = self.gatherer.end_buffer.val();
        self.redriver.note_slot.next = self.gatherer.end_slot.val();
        self.redriver.note_page.next = self.gatherer.end_page.val();
        self.redriver.note_tag.next = self.gatherer.end_tag.val();
        self.redriver.note_moved.next = self.gatherer.end_moved.val();
        self.redriver.note_filler.next = self.gatherer.end_filler.val();

        // Hits. A part that is held is freed when the last reader has let it go.
        self.directory.lookup.next = self.lookup.val();
        self.directory.lookup_page.next = self.lookup_page.val();
        self.holding.d.next = self.holding.q.val() << 1;
        if self.lookup.val() & self.lookup_holds.val() {
            self.holding.d.next = (self.holding.q.val() << 1) | bits::<4>(1);
        }
        self.result_valid.next = self.directory.result_valid.val();
        self.hit.next = self.directory.hit.val() & self.directory.result_valid.val();
        self.hit_buffer.next = self.directory.hit_buffer.val();
        self.hit_slot.next = self.directory.hit_slot.val();
        for i in 0..2 {
            self.trackers[i].hold.next = (self.directory.result_valid.val() & self.directory.hit.val())
                & (self.holding.q.val().get_bit(3) & (self.directory.hit_buffer.val() == self.part_number[i].val()));
            self.trackers[i].unhold.next =
                self.reader.finished.val() & (self.reader.read_buffer.val() == self.part_number[i].val());
        }
        self.redriving_part.next = self.part_number[0].val();
        if self.redriving_parts.val().get_bit(1) {
            self.redriving_part.next = self.part_number[1].val();
        }
        self.redrive_asks.next = self.redriver.read_valid.val();
        self.reader.request_valid.next = self.read.val() | self.redrive_asks.val();
        self.reader.request_buffer.next = self.read_buffer.val();
        self.reader.request_slot.next = self.read_slot.val();
        self.reader.request_again.next = self.redrive_asks.val();
        if self.redrive_asks.val() {
            self.reader.request_buffer.next = self.redriving_part.val();
            self.reader.request_slot.next = self.redriver.slot.val();
        }
        self.redriver.read_ready.next = self.reader.request_ready.val();
        self.read_ready.next = self.reader.request_ready.val() & !self.redrive_asks.val();
        self.read_data.valid.next = self.reader.source.valid.val() & !self.reader.again.val();
        self.read_data.data.next = self.reader.source.data.val();
        self.read_data.last.next = self.reader.source.last.val();
        self.reader.source.ready.next = self.read_data.ready.val();
        if self.reader.again.val() {
            self.reader.source.ready.next = self.selector.again_data.ready.val();
        }

        // Pages driven again.
        self.redriver.start.next = self.redriving_parts.val().any();
        self.redriver.buffer.next = self.redriving_part.val();
        self.redriver.data_slots.next = self.stripes[0].data_slots.val();
        if self.redriving_part.val().any() {
            self.redriver.data_slots.next = self.stripes[1].data_slots.val();
        }
        self.redriver.taken.next = self.gatherer.take.val() & self.selector.offer_again.val();
        self.redriver.placed.next = self.header_valid.val() & self.gatherer.end_again.val();
        self.directory.check_page.next = self.gatherer.page.val();
        self.directory.check_buffer.next = self.redriving_part.val();
        self.directory.check_slot.next = self.redriver.slot.val();

        // Updates of the page map, the older stripe first; a stripe that is driven again has none.
        self.may_update.next = bits::<2>(0);
        if self.updating_parts.val().get_bit(0)
            & ((self.older.q.val() == self.part_number[0].val())
                | (self.trackers[1].free.val() | self.trackers[1].redriving.val()))
        {
            self.may_update.next = self.may_update.val().replace_bit(0, true);
        }
        if self.updating_parts.val().get_bit(1)
            & ((self.older.q.val() == self.part_number[1].val())
                | (self.trackers[0].free.val() | self.trackers[0].redriving.val()))
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
        for i in 0..2 {
            self.trackers[i].walked.next = (self.updater.finished.val()
                & (self.walking_part.q.val() == self.part_number[i].val()))
                | (self.redriver.finished.val() & (self.redriving_part.val() == self.part_number[i].val()));
        }
        self.trackers[0].redrive_barred.next = self.trackers[1].redriving.val();
        self.trackers[1].redrive_barred.next = self.trackers[0].redriving.val();

        // Completions. The second stripe of a pair completes with the command of the first.
        for i in 0..2 {
            self.done_lanes.next = bits::<10>(0);
            self.failed_lanes.next = bits::<10>(0);
            for j in 0..10 {
                self.own_done.next = self.done[j].val() & (self.done_tag[j].val() == self.tag_of_part[i].val());
                if self.stripes[i].pair_second.val() {
                    self.own_done.next = self.done[j].val() & (self.done_tag[j].val() == self.tag_of_other[i].val());
                }
                self.done_lanes.next = self.done_lanes.val().replace_bit(j, self.own_done.val());
                self.failed_lanes.next =
                    self.failed_lanes.val().replace_bit(j, self.own_done.val() & self.done_failed[j].val());
            }
            self.trackers[i].done.next = self.done_lanes.val();
            self.trackers[i].done_failed.next = self.failed_lanes.val();
        }

        // Failure reports.
        self.trackers[0].failure_ready.next = !self.reports.q.val();
        self.trackers[1].failure_ready.next = !self.reports.q.val() & !self.trackers[0].failure_valid.val();
        if self.reports.q.val() {
            self.reports.d.next = !self.failure.ready.val();
        } else {
            self.reports.d.next = self.trackers[0].failure_valid.val() | self.trackers[1].failure_valid.val();
            self.reported_part.d.next = self.part_number[1].val();
            self.reported_lane.d.next = self.trackers[1].failure_lane.val();
            if self.trackers[0].failure_valid.val() {
                self.reported_part.d.next = self.part_number[0].val();
                self.reported_lane.d.next = self.trackers[0].failure_lane.val();
            }
        }
        self.failure.valid.next = self.reports.q.val();
        self.failure.buffer.next = self.reported_part.q.val();
        self.failure.lane.next = self.reported_lane.q.val();
        self.failure.group.next = self.stripes[0].group.val();
        self.failure.stripe.next = self.stripes[0].stripe.val();
        if self.reported_part.q.val().any() {
            self.failure.group.next = self.stripes[1].group.val();
            self.failure.stripe.next = self.stripes[1].stripe.val();
        }

        // Stripes out: the first one of a pair waits for the second.
        self.drains[0].clock.next = self.clock.val();
        self.drains[1].clock.next = self.clock.val();
        self.drains[0].d.next = self.gatherer.closed.val()
            & ((!self.gatherer.open.val().any() & !self.stripes[0].pair_first.val())
                | (self.gatherer.open.val().any() & self.stripes[1].pair_second.val()));
        self.drains[1].d.next = self.gatherer.closed.val()
            & ((self.gatherer.open.val().any() & !self.stripes[1].pair_first.val())
                | (!self.gatherer.open.val().any() & self.stripes[0].pair_second.val()));
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
            if self.drains[0].q.val() & self.stripes[0].members.val().get_bit(i) {
                self.starts.next = self.starts.val() | bits::<2>(1);
            }
            if self.drains[1].q.val() & self.stripes[1].members.val().get_bit(i) {
                self.starts.next = self.starts.val() | bits::<2>(2);
            }
            self.drainers[i].start.next = self.starts.val();
            self.drainers[i].slot[0].next = self.stripes[0].lane_slot[i].val();
            self.drainers[i].chip[0].next = self.stripes[0].group.val();
            self.drainers[i].die[0].next = self.stripes[0].die.val();
            self.drainers[i].planes[0].next = self.stripes[0].planes.val();
            self.drainers[i].block[0].next = self.stripes[0].block.val();
            self.drainers[i].page[0].next = self.stripes[0].page.val();
            self.drainers[i].pair_second[0].next = self.stripes[0].pair_second.val();
            self.drainers[i].slot[1].next = self.stripes[1].lane_slot[i].val();
            self.drainers[i].chip[1].next = self.stripes[1].group.val();
            self.drainers[i].die[1].next = self.stripes[1].die.val();
            self.drainers[i].planes[1].next = self.stripes[1].planes.val();
            self.drainers[i].block[1].next = self.stripes[1].block.val();
            self.drainers[i].page[1].next = self.stripes[1].page.val();
            self.drainers[i].pair_second[1].next = self.stripes[1].pair_second.val();
            self.scheduler.lane_wants[i].next = self.drainers[i].wants.val();
            self.scheduler.lane_address[i].next = self.drainers[i].read_address.val();
            self.drainers[i].granted.next = self.scheduler.lane_granted[i].val();
            self.drainers[i].arrives.next = self.scheduler.lane_arrives[i].val();
            self.drainers[i].word.next = self.store.read_word.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("lanes", self.drainers.len() as u64), ("tag_base", self.tag_of_part[0].val().into())])
    }
}
