//! Every block that can be generated on its own, by name.

use rust_hdl::prelude::*;

use crate::config::GeometryError;
use crate::flash_controller::write_buffer::{
    HitDirectory, LaneDrainer, PageMapUpdater, PageReader, PageRedriver, PageSelector, PageStore, ParityStore,
    ProgramTracker, ReadScheduler, RecordBuilder, RecordChecksum, StripeGatherer, StripeRegister, WriteBuffer,
    WriteBufferError,
};
use crate::raid::{
    Divider, LaneWritePort, ParityBenchmark, StripReconstructor, StripeDataPath, StripeLayout, StripeLayoutInverse,
    StripeReader, StripeWriter, XorParityEngine,
};
use crate::stream::{FetchSlots, SkidBuffer, SynchronousFifo};

/// Data lanes of the blocks built from the catalogue.
const DATA_LANES: usize = 9;
/// Words of a 4 KB strip of 64-bit words.
const WORDS_PER_STRIP: usize = 512;

/// Words of a 4 KB page of 128-bit words.
const PAGE_WORDS: usize = 256;
/// Tag of the write buffer's program commands.
const PROGRAM_TAG: u8 = 0x80;

/// One block of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct CatalogueEntry {
    /// Name of the block in snake case.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    build: fn() -> Result<Box<dyn Block>, GeometryError>,
}

impl CatalogueEntry {
    /// The block with its default parameters (9 data lanes, 4 KB strips, 64-bit words), connected: its inputs count as
    /// driven from outside.
    ///
    /// # Errors
    /// If the default parameters are out of the block's range.
    pub fn build(&self) -> Result<Box<dyn Block>, GeometryError> {
        (self.build)()
    }
}

/// The entry with this name.
pub fn find(name: &str) -> Option<&'static CatalogueEntry> {
    CATALOGUE.iter().find(|entry| entry.name == name)
}

/// Every block that can be generated, in data-flow order.
pub static CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        name: "skid_buffer",
        summary: "two-word stream buffer with registered handshakes",
        build: || {
            let mut block = SkidBuffer::<64>::default();
            block.clock.connect();
            block.sink.link_connect_dest();
            block.source.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "fetch_slots",
        summary: "words that a memory delivers late, made into a stream",
        build: || {
            let mut block = FetchSlots::<64>::default();
            block.clock.connect();
            block.begins.connect();
            block.fetched.connect();
            block.fetched_word.connect();
            block.fetched_last.connect();
            block.source.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "synchronous_fifo",
        summary: "first-in first-out buffer of 512 words in block RAM",
        build: || {
            let mut block = SynchronousFifo::<64, 9>::new(480);
            block.clock.connect();
            block.sink.link_connect_dest();
            block.source.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "divider",
        summary: "pipelined division of 32-bit numbers by a small constant",
        build: || {
            let mut block = Divider::new(DATA_LANES)?;
            block.clock.connect();
            block.dividend.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "stripe_layout",
        summary: "logical strip to stripe, lane and parity lane",
        build: || {
            let mut block = StripeLayout::new(DATA_LANES)?;
            block.clock.connect();
            block.lookup_valid.connect();
            block.logical_strip.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "stripe_layout_inverse",
        summary: "stripe and lane to logical strip or parity",
        build: || {
            let mut block = StripeLayoutInverse::new(DATA_LANES)?;
            block.clock.connect();
            block.lookup_valid.connect();
            block.stripe.connect();
            block.lane.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "xor_parity_engine",
        summary: "parity of each stripe, accumulated in block RAM while its data passes",
        build: || {
            let mut block = XorParityEngine::<64, 9>::new(DATA_LANES, WORDS_PER_STRIP)?;
            block.clock.connect();
            block.sink.link_connect_dest();
            block.data.link_connect_dest();
            block.parity.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "lane_write_port",
        summary: "registers of one lane's write port",
        build: || {
            let mut block = LaneWritePort::<64>::default();
            block.clock.connect();
            block.sink.link_connect_dest();
            block.source.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "stripe_writer",
        summary: "user data to strips on lanes, parity included",
        build: || {
            let mut block = StripeWriter::<64, 9>::new(DATA_LANES, WORDS_PER_STRIP)?;
            block.clock.connect();
            block.sink.link_connect_dest();
            block.failed.connect();
            block.failed_lane.connect();
            connect_ports(&mut block.lanes);
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "strip_reconstructor",
        summary: "a lane's strip as it is, or from all other lanes",
        build: || {
            let mut block = StripReconstructor::<64>::new(DATA_LANES)?;
            block.clock.connect();
            connect_ports(&mut block.lanes);
            block.enabled.connect();
            block.lane.connect();
            block.missing.connect();
            block.source.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "stripe_reader",
        summary: "strips on lanes to user data, one lane may have failed",
        build: || {
            let mut block = StripeReader::<64>::new(DATA_LANES)?;
            block.clock.connect();
            block.start.connect();
            block.strip_count.connect();
            block.failed.connect();
            block.failed_lane.connect();
            connect_ports(&mut block.requests);
            connect_ports(&mut block.lanes);
            block.source.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "stripe_data_path",
        summary: "writer, lane ports and reader of a striped array",
        build: || {
            let mut block = StripeDataPath::<64, 9>::new(DATA_LANES, WORDS_PER_STRIP)?;
            block.connect_inputs();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "parity_benchmark",
        summary: "stripe writer with its stimulus inside, to compare simulators",
        build: || {
            let mut block = ParityBenchmark::<64, 9>::new(DATA_LANES, WORDS_PER_STRIP)?;
            block.clock.connect();
            Ok(connected(block))
        },
    },
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
        summary: "page of the host, of the mover, or driven again: which comes next",
        build: || {
            let mut block = PageSelector::default();
            block.clock.connect();
            block.host.link_connect_dest();
            block.host_data.link_connect_dest();
            block.mover.link_connect_dest();
            block.mover_data.link_connect_dest();
            block.again.link_connect_dest();
            block.again_moved.connect();
            block.again_data.link_connect_dest();
            block.take.connect();
            block.data_ready.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "stripe_register",
        summary: "descriptor of a stripe, its slots numbered",
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
            block.offer_again.connect();
            block.data_valid.connect();
            block.data.connect();
            block.hold.connect();
            block.copy_found.connect();
            block.copy_same.connect();
            block.flush.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "hit_directory",
        summary: "logical page to slot of the write buffer",
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
            block.check_buffer.connect();
            block.check_slot.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "program_tracker",
        summary: "one stripe of the write buffer from its opening until it is free",
        build: || {
            let mut block = ProgramTracker::default();
            block.clock.connect();
            block.opened.connect();
            block.closed.connect();
            block.members.connect();
            block.done.connect();
            block.done_failed.connect();
            block.accept_failure.connect();
            block.redrive.connect();
            block.redrive_barred.connect();
            block.walked.connect();
            block.hold.connect();
            block.unhold.connect();
            block.failure_ready.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_map_updater",
        summary: "updates of the page map for a programmed stripe",
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
        name: "page_redriver",
        summary: "pages of a failed stripe, offered anew",
        build: || {
            let mut block = PageRedriver::default();
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
            block.data_slots.connect();
            block.command.link_connect_dest();
            block.taken.connect();
            block.read_ready.connect();
            block.placed.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_reader",
        summary: "pages read out of the write buffer",
        build: || {
            let mut block = legal(PageReader::new(PAGE_WORDS));
            block.clock.connect();
            block.request_valid.connect();
            block.request_buffer.connect();
            block.request_slot.connect();
            block.request_again.connect();
            block.source.link_connect_dest();
            block.granted.connect();
            block.arrives.connect();
            block.word.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "read_scheduler",
        summary: "read port of the write buffer, shared by lanes and reader",
        build: || {
            let mut block = ReadScheduler::default();
            block.clock.connect();
            block.lane_wants.iter_mut().for_each(|signal| signal.connect());
            block.lane_address.iter_mut().for_each(|signal| signal.connect());
            block.reader_wants.connect();
            block.reader_address.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "lane_drainer",
        summary: "flash pages of one lane as bytes, with their program commands",
        build: || {
            let mut block = legal(LaneDrainer::new(PAGE_WORDS, PROGRAM_TAG));
            block.clock.connect();
            block.start.connect();
            block.older.connect();
            block.slot.iter_mut().for_each(|signal| signal.connect());
            block.chip.iter_mut().for_each(|signal| signal.connect());
            block.die.iter_mut().for_each(|signal| signal.connect());
            block.planes.iter_mut().for_each(|signal| signal.connect());
            block.block.iter_mut().for_each(|signal| signal.connect());
            block.page.iter_mut().for_each(|signal| signal.connect());
            block.pair_second.iter_mut().for_each(|signal| signal.connect());
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
        summary: "pages gathered into stripes, acknowledged, and sent to the lanes with parity",
        build: || {
            let mut block = legal(WriteBuffer::new(PAGE_WORDS, PROGRAM_TAG));
            block.connect_inputs();
            Ok(connected(block))
        },
    },
];

/// A block whose parameters are constants of this file.
fn legal<B>(block: Result<B, WriteBufferError>) -> B {
    block.unwrap_or_else(|error| panic!("{error}"))
}

fn connected(mut block: impl Block + 'static) -> Box<dyn Block> {
    block.connect_all();
    Box::new(block)
}

/// Declares the inputs of ports to be driven from outside.
fn connect_ports<P: LogicLink>(ports: &mut [P]) {
    for port in ports {
        port.link_connect_dest();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_connected_and_names_itself() {
        for entry in CATALOGUE {
            let block = entry.build().expect(entry.name);
            check_connected(block.as_ref()).expect(entry.name);
            let info = block.timing();
            assert_eq!(info[0].name, crate::circuit::CIRCUIT_INFO, "{}", entry.name);
            let documentation = &info[0].outputs[0];
            for item in ["- Latency: ", "- Throughput: ", "- Back-pressure: ", "- Limits: "] {
                assert!(documentation.contains(item), "{} does not state {item}", entry.name);
            }
            let type_name = info[0].clock.split('<').next().unwrap_or_default();
            let type_name = type_name.rsplit("::").next().unwrap_or_default();
            assert_eq!(type_name.to_lowercase(), entry.name.replace('_', ""));
        }
    }

    #[test]
    fn names_are_found() {
        assert_eq!(find("xor_parity_engine").map(|entry| entry.name), Some("xor_parity_engine"));
        assert!(find("no_such_block").is_none());
    }
}
