//! What joins the parts of a flash controller.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connect_ports, connect_signals, connected};
use crate::flash_controller::host_interface::{HostPort, ReadFence};
use crate::flash_controller::mailbox::{
    BytePacker, ControllerMailbox, EventRegisters, LaneCommands, LaneReports, PageMailbox,
};
use crate::flash_controller::mover::{MoveChecker, MoveReader, PlaceCommitter};
use crate::flash_controller::read_path::{
    LaneSum, ReadCollector, ReadDispatcher, ReadLookup, ReadSampler, Reconstructor,
};

/// Bits of a logical page number of a scaled-down controller.
const PAGE_BITS: usize = 22;
/// Bits of a page's location in it: 17 bits of stripe.
const LOCATION_BITS: usize = 24;
/// Bits of the number of a stripe, the group's among them.
const STRIPE_INDEX_BITS: usize = 18;
/// Bits of a page number within a block.
const PAGES_PER_BLOCK_BITS: u32 = 6;
/// Words of a 4 KB page of 128-bit words.
const PAGE_WORDS: usize = 256;

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    CatalogueEntry {
        name: "read_fence",
        summary: "whether reads that may still look at a place have ended",
        build: || {
            let mut block = ReadFence::default();
            block.clock.connect();
            block.begins.connect();
            block.begin_tag.connect();
            block.ends.connect();
            block.end_tag.connect();
            block.advance.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "host_port",
        summary: "the host's commands, taken apart and completed",
        build: || {
            let mut block = HostPort::default();
            block.clock.connect();
            block.commands.link_connect_dest();
            block.write_data.link_connect_dest();
            block.completions.link_connect_dest();
            block.page_limit.connect();
            block.writes_allowed.connect();
            block.reads.link_connect_dest();
            block.write_ready.connect();
            block.buffer_data.link_connect_dest();
            block.acknowledged.connect();
            block.acknowledged_tag.connect();
            block.placed.connect();
            block.firmware_given.connect();
            block.flushing.connect();
            block.probe_ready.connect();
            block.probe_hit.connect();
            block.trim_ready.connect();
            block.read_ends.connect();
            block.read_tag.connect();
            block.lost_valid.connect();
            block.lost_tag.connect();
            block.fence_advance.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "read_lookup",
        summary: "where the page of a read lies, in the buffer or on flash",
        build: || {
            let mut block = ReadLookup::<PAGE_BITS, LOCATION_BITS>::default();
            block.clock.connect();
            block.reads.link_connect_dest();
            block.hit.connect();
            block.hit_buffer.connect();
            block.hit_slot.connect();
            block.hits.link_connect_dest();
            block.operations.link_connect_dest();
            block.results.link_connect_dest();
            block.located.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "read_dispatcher",
        summary: "reads to the queues of ten lanes, or to the reconstruction",
        build: || {
            let mut block = ReadDispatcher::<LOCATION_BITS>::default();
            block.clock.connect();
            block.located.link_connect_dest();
            block.moved.link_connect_dest();
            block.zeros.link_connect_dest();
            block.lookups.link_connect_dest();
            block.found_valid.connect();
            block.found_tag.connect();
            block.found_chip.connect();
            block.found_lane.connect();
            block.found_half.connect();
            block.found_die.connect();
            block.found_plane.connect();
            block.found_block.connect();
            block.found_page.connect();
            block.found_members.connect();
            block.failed.connect();
            block.unreadable.link_connect_dest();
            connect_ports(&mut block.lanes);
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "read_sampler",
        summary: "the place of one of 64 reads, for firmware to count",
        build: || {
            let mut block = ReadSampler::default();
            block.clock.connect();
            block.read.connect();
            block.place.connect();
            block.samples.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "lane_sum",
        summary: "what several lanes give, added up",
        build: || {
            let mut block = LaneSum::default();
            block.clock.connect();
            block.mask.connect();
            block.slots.connect();
            connect_signals(&mut block.first_page);
            connect_signals(&mut block.second_page);
            connect_signals(&mut block.lane_word);
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "read_collector",
        summary: "records, sums of records and buffered pages to the host or the mover",
        build: || {
            let mut block = ReadCollector::new(PAGE_WORDS);
            block.clock.connect();
            block.note.connect();
            block.note_tag.connect();
            block.note_page.connect();
            connect_signals(&mut block.slot_ready);
            connect_signals(&mut block.slot_bad);
            connect_signals(&mut block.slot_weak);
            connect_signals(&mut block.first_tag);
            connect_signals(&mut block.second_tag);
            connect_signals(&mut block.first_page);
            connect_signals(&mut block.second_page);
            connect_signals(&mut block.lane_word);
            block.hits.link_connect_dest();
            block.buffer_ready.connect();
            block.buffer_data.link_connect_dest();
            block.zeros.link_connect_dest();
            block.bad.link_connect_dest();
            block.collect.connect();
            block.discard.connect();
            block.survivors.connect();
            block.collect_tag.connect();
            block.host.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "reconstructor",
        summary: "pages that their lane cannot give, from the other members of their stripe",
        build: || {
            let mut block = Reconstructor::default();
            block.clock.connect();
            block.keep.connect();
            block.keep_tag.connect();
            block.keep_word.connect();
            block.unreadable.link_connect_dest();
            block.bad.link_connect_dest();
            block.read_ready.connect();
            block.arrived.connect();
            block.arrived_bad.connect();
            block.collected.connect();
            block.collected_bad.connect();
            block.lost_ready.connect();
            block.events.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "move_reader",
        summary: "firmware's orders to move pages, up to the write buffer",
        build: || {
            let mut block = MoveReader::default();
            block.clock.connect();
            block.orders.link_connect_dest();
            block.reads.link_connect_dest();
            block.begins.connect();
            block.begins_tag.connect();
            block.begins_page.connect();
            block.begins_weak.connect();
            block.word_valid.connect();
            block.word.connect();
            block.word_last.connect();
            block.lost_valid.connect();
            block.lost_tag.connect();
            block.page_ready.connect();
            block.data.link_connect_dest();
            block.acknowledged.connect();
            block.acknowledged_tag.connect();
            block.superseded.connect();
            block.committed.connect();
            block.fetch.connect();
            block.fetched.link_connect_dest();
            block.events.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "move_checker",
        summary: "whether a page that is being moved is still the newest copy",
        build: || {
            let mut block = MoveChecker::<PAGE_BITS, LOCATION_BITS>::default();
            block.clock.connect();
            block.keep.connect();
            block.keep_number.connect();
            block.keep_location.connect();
            block.check.connect();
            block.check_number.connect();
            block.check_page.connect();
            block.operations.link_connect_dest();
            block.results.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "place_committer",
        summary: "new places of pages, entered into the page map",
        build: || {
            let mut block = PlaceCommitter::<PAGE_BITS, LOCATION_BITS>::default();
            block.clock.connect();
            block.keep.connect();
            block.keep_number.connect();
            block.keep_location.connect();
            block.update_valid.connect();
            block.update_page.connect();
            block.update_tag.connect();
            block.update_moved.connect();
            block.update_group.connect();
            block.update_stripe.connect();
            block.update_lane.connect();
            block.update_half.connect();
            block.operations.link_connect_dest();
            block.results.link_connect_dest();
            block.events.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "lane_reports",
        summary: "what ten lanes report, in one queue",
        build: || {
            let mut block = LaneReports::default();
            block.clock.connect();
            connect_signals(&mut block.done);
            connect_signals(&mut block.done_tag);
            connect_signals(&mut block.done_failed);
            connect_signals(&mut block.corrected);
            connect_signals(&mut block.corrected_bits);
            block.events.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "byte_packer",
        summary: "bytes put together into words for firmware",
        build: || {
            let mut block = BytePacker::default();
            block.clock.connect();
            block.sink.link_connect_dest();
            block.source.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "lane_commands",
        summary: "registers by which firmware sends commands to lanes",
        build: || {
            let mut block = LaneCommands::default();
            block.clock.connect();
            block.write.connect();
            block.address.connect();
            block.data_in.connect();
            block.ready.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "event_registers",
        summary: "registers by which firmware takes events",
        build: || {
            let mut block = EventRegisters::default();
            block.clock.connect();
            block.read.connect();
            block.address.connect();
            block.lane_events.link_connect_dest();
            block.lane_words.link_connect_dest();
            block.move_events.link_connect_dest();
            block.read_events.link_connect_dest();
            block.read_samples.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_mailbox",
        summary: "registers by which firmware writes pages of its own and reads them back",
        build: || {
            let mut block = PageMailbox::default();
            block.clock.connect();
            block.mailbox.link_connect_dest();
            block.host.link_connect_dest();
            block.host_data.link_connect_dest();
            block.host_owes.connect();
            block.buffer.link_connect_dest();
            block.buffer_data.link_connect_dest();
            block.acknowledged.connect();
            block.fetched.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "controller_mailbox",
        summary: "registers by which firmware runs a flash controller",
        build: || {
            let mut block = ControllerMailbox::<PAGE_BITS, LOCATION_BITS, STRIPE_INDEX_BITS>::new(PAGES_PER_BLOCK_BITS);
            block.clock.connect();
            block.mailbox.link_connect_dest();
            block.tables.link_connect_dest();
            block.pages.link_connect_dest();
            block.flushing.connect();
            block.unplaced.connect();
            block.fence_passed.connect();
            block.stripes.link_connect_dest();
            block.entries.link_connect_dest();
            block.found_state.connect();
            block.found_sequence.connect();
            block.found_members.connect();
            block.found_parity_lane.connect();
            block.command_ready.connect();
            block.lane_events.link_connect_dest();
            block.lane_words.link_connect_dest();
            block.move_orders.link_connect_dest();
            block.move_events.link_connect_dest();
            block.read_events.link_connect_dest();
            block.read_samples.link_connect_dest();
            block.operations.link_connect_dest();
            block.results.link_connect_dest();
            block.corrected_bits.connect();
            block.corrected_records.connect();
            Ok(connected(block))
        },
    },
];
