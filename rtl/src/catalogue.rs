//! Every block that can be generated on its own, by name.

use rust_hdl::prelude::*;
use thiserror::Error;

use crate::config::GeometryError;
use crate::flash_controller::ecc::{BchChienSearch, BchCode, BchDecoder, BchEncoder, BchKeyEquation, BchSyndromes};
use crate::flash_controller::lane::{
    ActionArbiter, BusEngine, CommandStore, DieScheduler, FinishedReads, LaneConfig, LaneConfigError, LaneScheduler,
    NandSequencer, ProgramFeeder, ReadCapture,
};
use crate::flash_controller::mailbox::TableMailbox;
use crate::flash_controller::tables::{
    BlockTable, MemberSelect, PageDirectory, PageMap, PageMapArbiter, PageOperationBuffer, PlaneHealth, StripeTable,
    TableBlockRam, ValidCounts,
};
use crate::flash_controller::write_buffer::{PageStore, ParityStore, RecordBuilder, RecordChecksum, WriteBufferError};
use crate::raid::{
    Divider, LaneWritePort, ParityBenchmark, StripReconstructor, StripeDataPath, StripeLayout, StripeLayoutInverse,
    StripeReader, StripeWriter, XorParityEngine,
};
use crate::stream::{FetchSlots, SkidBuffer, SynchronousFifo};

/// Data lanes of the blocks built from the catalogue.
const DATA_LANES: usize = 9;
/// Words of a 4 KB strip of 64-bit words.
const WORDS_PER_STRIP: usize = 512;
/// Bits of a logical page number of a full-size controller: 2 groups of 10 chips, 340 GB.
const PAGE_BITS: usize = 27;
/// Bits of a page's location in it: 21 bits of stripe.
const LOCATION_BITS: usize = 28;
/// Changes under way in the page map.
const CHANGES_UNDER_WAY: usize = 10;
/// Bits of a page number within a block: the stripes of a row, which are erased together.
const PAGES_PER_BLOCK_BITS: usize = 6;
/// Bits of a logical page number of a scaled-down controller.
const SCALED_PAGE_BITS: usize = 22;
/// Bits of a page's location in it: 17 bits of stripe.
const SCALED_LOCATION_BITS: usize = 24;
/// Bits of the number of a row of stripes in it, the group's among them.
const COUNT_INDEX_BITS: usize = 12;
/// Bits of the number of a stripe, the group's among them.
const STRIPE_INDEX_BITS: usize = 22;
/// Bits of the number of a row of blocks in a scaled-down controller.
const BLOCK_ROW_BITS: usize = 10;
/// Bits of the count of a row's valid pages.
const COUNT_BITS: usize = 11;

/// A block's default parameters are out of its range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CatalogueError {
    /// A block of a striped array.
    #[error(transparent)]
    Geometry(#[from] GeometryError),
    /// A block of a flash lane.
    #[error(transparent)]
    Lane(#[from] LaneConfigError),
}

/// Words of a 4 KB page of 128-bit words.
const PAGE_WORDS: usize = 256;

/// A block whose parameters are constants of this file.
fn legal<B>(block: Result<B, WriteBufferError>) -> B {
    block.unwrap_or_else(|error| panic!("{error}"))
}

/// One block of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct CatalogueEntry {
    /// Name of the block in snake case.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    build: fn() -> Result<Box<dyn Block>, CatalogueError>,
}

impl CatalogueEntry {
    /// The block with its default parameters (9 data lanes, 4 KB strips, 64-bit words), connected: its inputs count as
    /// driven from outside.
    ///
    /// # Errors
    /// If the default parameters are out of the block's range.
    pub fn build(&self) -> Result<Box<dyn Block>, CatalogueError> {
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
        name: "table_block_ram",
        summary: "memory of a lookup table, 2,048 words of 24 bits in block RAM",
        build: || {
            let mut block = TableBlockRam::<11, 24>::default();
            block.clock.connect();
            block.table.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_operation_buffer",
        summary: "two-operation buffer with registered handshakes",
        build: || {
            let mut block = PageOperationBuffer::<PAGE_BITS, LOCATION_BITS>::default();
            block.clock.connect();
            block.sink.link_connect_dest();
            block.sink_requester.connect();
            block.source.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_map",
        summary: "logical page to location, updated atomically in a memory of any latency",
        build: || {
            let mut block = PageMap::<PAGE_BITS, LOCATION_BITS>::new(CHANGES_UNDER_WAY)?;
            block.clock.connect();
            block.operations.link_connect_dest();
            block.requester.connect();
            block.results.link_connect_dest();
            block.changes.link_connect_dest();
            block.memory.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_map_arbiter",
        summary: "four requesters take turns at the page map",
        build: || {
            let mut block = PageMapArbiter::<PAGE_BITS, LOCATION_BITS>::default();
            block.clock.connect();
            connect_ports(&mut block.requests);
            connect_ports(&mut block.answers);
            block.paused.connect();
            block.operations.link_connect_dest();
            block.results.link_connect_dest();
            block.result_requester.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "valid_counts",
        summary: "valid pages of each row of stripes, one added and one removed per cycle",
        build: || {
            let mut block =
                ValidCounts::<SCALED_LOCATION_BITS, COUNT_INDEX_BITS, COUNT_BITS>::new(PAGES_PER_BLOCK_BITS);
            block.clock.connect();
            block.changes.link_connect_dest();
            block.firmware.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_directory",
        summary: "page map with its requesters and its valid counts",
        build: || {
            let mut block = PageDirectory::<SCALED_PAGE_BITS, SCALED_LOCATION_BITS, COUNT_INDEX_BITS, COUNT_BITS>::new(
                CHANGES_UNDER_WAY,
                PAGES_PER_BLOCK_BITS,
            )?;
            block.connect_inputs();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "stripe_table",
        summary: "stripe to state, sequence number, members and parity lane; location to physical address",
        build: || {
            let mut block = StripeTable::<STRIPE_INDEX_BITS, LOCATION_BITS>::new(PAGES_PER_BLOCK_BITS);
            block.clock.connect();
            block.lookups.link_connect_dest();
            block.firmware.link_connect_dest();
            block.memory.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "block_table",
        summary: "state and erase count of every block, all lanes of a row at once",
        build: || {
            let mut block = BlockTable::<BLOCK_ROW_BITS, 14>::default();
            block.clock.connect();
            block.row.connect();
            block.firmware.link_connect_dest();
            block.erase_counts.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "plane_health",
        summary: "failed planes of all chips",
        build: || {
            let mut block = PlaneHealth::default();
            block.clock.connect();
            block.plane.connect();
            block.firmware_plane.connect();
            block.firmware_write.connect();
            block.firmware_mask.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "member_select",
        summary: "members and parity lane of a stripe when it is opened",
        build: || {
            let mut block = MemberSelect::<21>::default();
            block.clock.connect();
            block.start.connect();
            block.stripe.connect();
            block.first_of_block.connect();
            block.failed.connect();
            block.erased.connect();
            block.open.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "table_mailbox",
        summary: "registers by which firmware reaches valid counts and plane health",
        build: || {
            let mut block = TableMailbox::<COUNT_INDEX_BITS, COUNT_BITS>::default();
            block.clock.connect();
            block.mailbox.link_connect_dest();
            block.counts.link_connect_dest();
            block.plane_failed.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "finished_reads",
        summary: "queue of the reads whose data waits for the bus",
        build: || {
            let mut block = FinishedReads::default();
            block.clock.connect();
            block.push.connect();
            block.push_slot.connect();
            block.take.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "action_arbiter",
        summary: "transfers before commands before polls",
        build: || {
            let mut block = ActionArbiter::default();
            block.clock.connect();
            block.idle.connect();
            block.read_room.connect();
            block.finished_valid.connect();
            block.finished_slot.connect();
            block.issue_valid.connect();
            block.issue_slot.connect();
            block.issue_operation.connect();
            block.issue_dual.connect();
            block.poll_valid.connect();
            block.poll_slot.connect();
            block.poll_operation.connect();
            block.poll_dual.connect();
            block.poll_last.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "die_scheduler",
        summary: "queues, states and timers of a lane's 16 dies",
        build: || {
            let mut block = DieScheduler::new(&LaneConfig::default());
            block.clock.connect();
            block.offer.connect();
            block.offer_operation.connect();
            block.offer_die.connect();
            block.offer_both_planes.connect();
            block.program_waits.connect();
            block.report.connect();
            block.report_die.connect();
            block.report_outcome.connect();
            block.report_operation.connect();
            block.issue_take.connect();
            block.poll_take.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "lane_scheduler",
        summary: "what a lane's bus does next",
        build: || {
            let mut block = LaneScheduler::new(&LaneConfig::default());
            block.clock.connect();
            block.offer.connect();
            block.offer_operation.connect();
            block.offer_die.connect();
            block.offer_both_planes.connect();
            block.program_waits.connect();
            block.read_room.connect();
            block.idle.connect();
            block.report.connect();
            block.report_slot.connect();
            block.report_outcome.connect();
            block.report_operation.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "command_store",
        summary: "fields of a lane's queued commands",
        build: || {
            let mut block = CommandStore::new(&LaneConfig::default());
            block.clock.connect();
            block.write.connect();
            block.write_slot.connect();
            block.write_dual.connect();
            block.write_plane.connect();
            block.write_block.connect();
            block.write_page.connect();
            block.write_column.connect();
            block.write_length.connect();
            block.write_tag.connect();
            block.slot.connect();
            block.second_plane.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "program_feeder",
        summary: "program bytes gathered for the bus",
        build: || {
            let mut block = ProgramFeeder::default();
            block.clock.connect();
            block.single.connect();
            block.take.connect();
            block.sink.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "read_capture",
        summary: "bytes from a flash chip, taken at the pins and counted",
        build: || {
            let mut block = ReadCapture::new(&LaneConfig::default())?;
            block.clock.connect();
            block.data_in.connect();
            block.strobe_in.connect();
            block.fast.connect();
            block.synchronous.connect();
            block.arm.connect();
            block.length.connect();
            block.twice.connect();
            block.receive.connect();
            block.read_falls.connect();
            block.flush.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "bus_engine",
        summary: "bus actions of a flash lane, step by step at the pins",
        build: || {
            let mut block = BusEngine::new(&LaneConfig::default())?;
            block.clock.connect();
            block.fast.connect();
            block.start.connect();
            block.start_action.connect();
            block.start_slot.connect();
            block.start_operation.connect();
            block.start_dual.connect();
            block.start_last.connect();
            block.page.connect();
            block.column.connect();
            block.length.connect();
            block.tag.connect();
            block.row.connect();
            block.report_pending.connect();
            block.pins.link_connect_dest();
            block.program.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "nand_sequencer",
        summary: "commands to the 16 dies of a flash lane, interleaved",
        build: || {
            let mut block = NandSequencer::new(&LaneConfig::default())?;
            block.connect_inputs();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "bch_encoder",
        summary: "parity of 8-bit correction behind 514-byte codewords, a byte a cycle",
        build: || Ok(bch_encoder::<104>(&BchCode::slc())),
    },
    CatalogueEntry {
        name: "bch_encoder_short_block",
        summary: "parity of 14-bit correction behind 256-byte codewords, a byte a cycle",
        build: || Ok(bch_encoder::<168>(&BchCode::short_block())),
    },
    CatalogueEntry {
        name: "bch_syndromes",
        summary: "odd syndromes of SLC codewords, a byte a cycle",
        build: || Ok(bch_syndromes::<13>(&BchCode::slc())),
    },
    CatalogueEntry {
        name: "bch_syndromes_short_block",
        summary: "odd syndromes of 256-byte codewords with 14-bit correction, a byte a cycle",
        build: || Ok(bch_syndromes::<12>(&BchCode::short_block())),
    },
    CatalogueEntry {
        name: "bch_key_equation",
        summary: "error locator of SLC codewords from their syndromes",
        build: || {
            let mut block = BchKeyEquation::<13, 117>::new(&BchCode::slc(), 8, 1);
            block.clock.connect();
            block.start.connect();
            connect_ports(&mut block.syndromes);
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "bch_chien_search",
        summary: "bits in error of SLC codewords from their locator, a byte a cycle",
        build: || Ok(bch_chien_search::<13, 117, 104>(&BchCode::slc())),
    },
    CatalogueEntry {
        name: "bch_chien_search_short_block",
        summary: "bits in error of 256-byte codewords with 14-bit correction, a byte a cycle",
        build: || Ok(bch_chien_search::<12, 180, 96>(&BchCode::short_block())),
    },
    CatalogueEntry {
        name: "bch_decoder",
        summary: "SLC codewords to corrected data, a byte a cycle",
        build: || {
            let mut block = BchDecoder::<13, 8, 117, 104, 11>::new(&BchCode::slc(), 1);
            block.clock.connect();
            block.word_valid.connect();
            block.word.connect();
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
];

fn bch_chien_search<const M: usize, const S: usize, const V: usize>(code: &BchCode) -> Box<dyn Block> {
    let mut block = BchChienSearch::<M, 8, S, V>::new(code);
    block.clock.connect();
    block.start.connect();
    block.locator.connect();
    block.degree.connect();
    block.too_many.connect();
    connected(block)
}

fn bch_encoder<const P: usize>(code: &BchCode) -> Box<dyn Block> {
    let mut block = BchEncoder::<8, P>::new(code);
    block.clock.connect();
    block.sink.link_connect_dest();
    block.source.link_connect_dest();
    connected(block)
}

fn bch_syndromes<const M: usize>(code: &BchCode) -> Box<dyn Block> {
    let mut block = BchSyndromes::<M, 8>::new(code);
    block.clock.connect();
    block.word_valid.connect();
    block.word.connect();
    connected(block)
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
            // A block that is listed in several configurations says which behind its type's name.
            assert!(entry.name.replace('_', "").starts_with(&type_name.to_lowercase()), "{}", entry.name);
        }
    }

    #[test]
    fn names_are_found() {
        assert_eq!(find("xor_parity_engine").map(|entry| entry.name), Some("xor_parity_engine"));
        assert!(find("no_such_block").is_none());
    }
}
