//! Lanes with their error correction, and the controller that joins ten of them.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connect_ports, connect_signals, connected};
use crate::flash_controller::FlashController;
use crate::flash_controller::ecc::RecordCode;
use crate::flash_controller::flash_lane::{
    CodewordChecker, FlashLane, LaneCommandMerger, PageEncoder, RecordAssembler, RecordCorrector, RecordMender,
    RecordReceiver, SyndromeQueue,
};
use crate::flash_controller::lane::LaneConfig;

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    CatalogueEntry {
        name: "lane_command_merger",
        summary: "who sends a lane its next command",
        build: || {
            let mut block = LaneCommandMerger::new(RecordCode::Slc);
            block.clock.connect();
            block.survivor_valid.connect();
            block.survivor_place.connect();
            block.reads.link_connect_dest();
            block.programs.link_connect_dest();
            block.firmware.link_connect_dest();
            block.full.connect();
            block.commands.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_encoder",
        summary: "records cut into codewords, with their parity",
        build: || {
            let mut block = PageEncoder::new(RecordCode::Slc);
            block.clock.connect();
            block.sink.link_connect_dest();
            block.source.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "record_assembler",
        summary: "bytes of records, made into words and checked",
        build: || {
            let mut block = RecordAssembler::default();
            block.clock.connect();
            block.byte_valid.connect();
            block.byte_data.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "codeword_checker",
        summary: "bytes of codewords: which are data, and which codewords have errors",
        build: || {
            let mut block = CodewordChecker::new(RecordCode::Slc);
            block.clock.connect();
            block.byte_valid.connect();
            block.byte_data.connect();
            block.number.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "record_mender",
        summary: "what is wrong in a lane's records, put right in their slots",
        build: || {
            let mut block = RecordMender::default();
            block.clock.connect();
            block.answer_valid.connect();
            block.answer.connect();
            block.reading.connect();
            block.read_data.connect();
            block.write_ready.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "record_receiver",
        summary: "bytes from flash, corrected and kept as records",
        build: || {
            let mut block = RecordReceiver::new(RecordCode::Slc);
            block.clock.connect();
            block.byte_valid.connect();
            block.byte_data.connect();
            block.byte_last.connect();
            block.byte_tag.connect();
            block.done.connect();
            block.done_tag.connect();
            block.done_failed.connect();
            block.freed.connect();
            block.correction.link_connect_dest();
            block.reading.connect();
            block.read_slot.connect();
            block.read_place.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "syndrome_queue",
        summary: "codewords with errors of five SLC lanes in one queue",
        build: || {
            let mut block = SyndromeQueue::new(RecordCode::Slc, 5);
            block.clock.connect();
            connect_signals(&mut block.asks);
            connect_signals(&mut block.codeword);
            connect_signals(&mut block.syndrome);
            block.ready.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "record_corrector",
        summary: "codewords with errors of five SLC lanes to what has to be changed in their records",
        build: || {
            let mut block = RecordCorrector::new(RecordCode::Slc, 5);
            block.clock.connect();
            connect_ports(&mut block.lanes);
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "flash_lane",
        summary: "a lane: records in and out, the pins of two chips",
        build: || {
            let mut block = FlashLane::new(&LaneConfig::default())?;
            block.connect_inputs();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "flash_controller",
        summary: "a flash controller of ten lanes with 64 blocks a plane, its tables in memories behind ports",
        build: || {
            // Valid counts lie in block RAM: those of 2,048 blocks a plane would take half of a large device's.
            let lanes = LaneConfig { block_bits: 6, ..LaneConfig::default() };
            let mut block = FlashController::<24, 23, 17, 11, 12>::new(&lanes, 6)?;
            block.connect_inputs();
            Ok(connected(block))
        },
    },
];
