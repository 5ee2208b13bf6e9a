//! Blocks of a flash lane.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connected};
use crate::flash_controller::lane::{
    ActionArbiter, BusEngine, ChipActivity, CommandStore, DieScheduler, FinishedReads, LaneConfig, LaneScheduler,
    NandSequencer, ProgramFeeder, ReadCapture,
};

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
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
            block.issue_action.connect();
            block.issue_operation.connect();
            block.issue_dual.connect();
            block.poll_valid.connect();
            block.poll_slot.connect();
            block.poll_operation.connect();
            block.poll_dual.connect();
            block.poll_last.connect();
            block.poll_onward.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "chip_activity",
        summary: "how many dies of a chip are at work",
        build: || {
            let mut block = ChipActivity::default();
            block.clock.connect();
            block.begins.connect();
            block.ends.connect();
            block.ends_whole_chip.connect();
            block.whole_chip_waits.connect();
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
            block.report_moves.connect();
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
            block.report_moves.connect();
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
            block.start_onward.connect();
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
];
