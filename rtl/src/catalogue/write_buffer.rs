//! The write buffer.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connect_signals, connected};
use crate::flash_controller::write_buffer::{
    HitDirectory, LaneDrainer, PageMapUpdater, PageReader, PageSelector, PageStore, PairPacer, ParityStore,
    ProgramTracker, ReadScheduler, RecordBuilder, RecordChecksum, StripeGatherer, StripeRegister, WriteBuffer,
    WriteBufferError,
};

/// Words of a 4 KB page of 128-bit words.
const PAGE_WORDS: usize = 256;

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    CatalogueEntry {
        name: "record_checksum",
        summary: "CRC-32 of a record, 128 bits a cycle",
        build: || {
            let mut block = RecordChecksum::default();
            block.clock.connect();
            block.word_valid.connect();
            block.word.connect();
            block.word_first.connect();
            block.load.connect();
            block.seed.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "record_builder",
        summary: "header word of each record, made while its data pass",
        build: || {
            let mut block = legal(RecordBuilder::new(PAGE_WORDS));
            block.clock.connect();
            block.word_valid.connect();
            block.word.connect();
            block.word_first.connect();
            block.record_ends.connect();
            block.logical_page.connect();
            block.sequence_number.connect();
            block.members.connect();
            block.parity_lane.connect();
            block.half.connect();
            block.group.connect();
            block.filler.connect();
            block.parity.connect();
            block.begins_half.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "parity_store",
        summary: "parity of two stripes, accumulated in block RAM",
        build: || {
            let mut block = ParityStore::default();
            block.clock.connect();
            block.add.connect();
            block.word.connect();
            block.buffer.connect();
            block.place.connect();
            block.replaces.connect();
            block.read_buffer.connect();
            block.read_place.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_store",
        summary: "records of two stripes with their parity and headers",
        build: || {
            let mut block = PageStore::default();
            block.clock.connect();
            block.write.connect();
            block.write_buffer.connect();
            block.write_slot.connect();
            block.write_half.connect();
            block.write_place.connect();
            block.write_begins_half.connect();
            block.write_word.connect();
            block.header_write.connect();
            block.header_buffer.connect();
            block.header_slot.connect();
            block.header_word.connect();
            block.read_buffer.connect();
            block.read_slot.connect();
            block.read_place.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_selector",
        summary: "pages of host and mover in turn",
        build: || {
            let mut block = PageSelector::default();
            block.clock.connect();
            block.host.link_connect_dest();
            block.host_data.link_connect_dest();
            block.mover.link_connect_dest();
            block.mover_data.link_connect_dest();
            block.take.connect();
            block.data_ready.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "stripe_gatherer",
        summary: "pages into the slots of the open stripe",
        build: || {
            let mut block = legal(StripeGatherer::new(PAGE_WORDS));
            block.clock.connect();
            block.descriptor_valid.connect();
            block.descriptor_pair_first.connect();
            block.free.connect();
            block.data_slots.connect();
            block.offer.connect();
            block.offer_tag.connect();
            block.offer_page.connect();
            block.offer_moved.connect();
            block.check_done.connect();
            block.check_current.connect();
            block.data_valid.connect();
            block.data.connect();
            block.hold.connect();
            block.copy_found.connect();
            block.late.connect();
            block.flush.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "stripe_register",
        summary: "descriptor of a stripe and the slots of its lanes",
        build: || {
            let mut block = StripeRegister::default();
            block.clock.connect();
            block.load.connect();
            block.load_group.connect();
            block.load_stripe.connect();
            block.load_sequence_number.connect();
            block.load_members.connect();
            block.load_parity_lane.connect();
            block.load_die.connect();
            block.load_plane.connect();
            block.load_block.connect();
            block.load_page.connect();
            block.load_pair_first.connect();
            block.load_pair_second.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "hit_directory",
        summary: "logical pages in the buffer, found in 4 cycles",
        build: || {
            let mut block = HitDirectory::default();
            block.clock.connect();
            block.lookup.connect();
            block.lookup_page.connect();
            block.insert.connect();
            block.insert_page.connect();
            block.insert_buffer.connect();
            block.insert_slot.connect();
            block.clear.connect();
            block.check_page.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "program_tracker",
        summary: "a stripe from its opening until its part is free",
        build: || {
            let mut block = ProgramTracker::default();
            block.clock.connect();
            block.opened.connect();
            block.closed.connect();
            block.members.connect();
            block.drained.connect();
            block.walked.connect();
            block.hold.connect();
            block.unhold.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_map_updater",
        summary: "updates of the page map for a stripe",
        build: || {
            let mut block = PageMapUpdater::default();
            block.clock.connect();
            block.note.connect();
            block.note_buffer.connect();
            block.note_slot.connect();
            block.note_page.connect();
            block.note_tag.connect();
            block.note_moved.connect();
            block.note_filler.connect();
            block.start.connect();
            block.buffer.connect();
            block.group.connect();
            block.stripe.connect();
            block.data_lanes.connect();
            block.update_port.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_reader",
        summary: "pages read out of the buffer",
        build: || {
            let mut block = legal(PageReader::new(PAGE_WORDS));
            block.clock.connect();
            block.request_valid.connect();
            block.request_buffer.connect();
            block.request_slot.connect();
            block.source.link_connect_dest();
            block.granted.connect();
            block.arrives.connect();
            block.word.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "read_scheduler",
        summary: "turns of lanes and reader at the buffer's memory",
        build: || {
            let mut block = ReadScheduler::default();
            block.clock.connect();
            connect_signals(&mut block.lane_wants);
            connect_signals(&mut block.lane_address);
            block.reader_wants.connect();
            block.reader_address.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "pair_pacer",
        summary: "when the stripes of the buffer leave for the lanes",
        build: || {
            let mut block = legal(PairPacer::new(PAGE_WORDS));
            block.clock.connect();
            block.opened.connect();
            block.open.connect();
            block.pair_first.connect();
            block.pair_second.connect();
            block.closed.connect();
            block.record_ends.connect();
            block.record_is_host.connect();
            block.host_waits.connect();
            block.drained.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "lane_drainer",
        summary: "program command and bytes of a flash page",
        build: || {
            let mut block = legal(LaneDrainer::new(PAGE_WORDS));
            block.clock.connect();
            block.start.connect();
            block.older.connect();
            connect_signals(&mut block.slot);
            connect_signals(&mut block.chip);
            connect_signals(&mut block.die);
            connect_signals(&mut block.planes);
            connect_signals(&mut block.block);
            connect_signals(&mut block.page);
            connect_signals(&mut block.tag);
            connect_signals(&mut block.pair_second);
            block.full.connect();
            block.command.link_connect_dest();
            block.bytes.link_connect_dest();
            block.granted.connect();
            block.arrives.connect();
            block.word.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "write_buffer",
        summary: "two stripes of pages with parity, from the host to ten lanes",
        build: || {
            let mut block = legal(WriteBuffer::new(PAGE_WORDS));
            block.connect_inputs();
            Ok(connected(block))
        },
    },
];

/// A block whose parameters are constants of this file.
fn legal<B>(block: Result<B, WriteBufferError>) -> B {
    block.unwrap_or_else(|error| panic!("{error}"))
}
