//! Blocks of the card that joins hosts to flash.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connect_ports, connect_signals, connected};
use crate::fibre_channel::LinkTimes;
use crate::interface_card::{
    CommandMerger, InterfaceCard, MailboxCrossing, PageBridge, PageCrossing, PageDispatcher, PageFiller, PagePath,
    PageWriter,
};

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    CatalogueEntry {
        name: "page_crossing",
        summary: "page requests of a port from its clock to that of storage",
        build: || {
            let mut block = PageCrossing::default();
            block.clock.connect();
            block.storage_clock.connect();
            block.asked.link_connect_dest();
            block.page.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "mailbox_crossing",
        summary: "accesses of a processor to registers with another clock",
        build: || {
            let mut block = MailboxCrossing::default();
            block.clock.connect();
            block.far_clock.connect();
            block.mailbox.link_connect_dest();
            block.far.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_dispatcher",
        summary: "page requests of two ports, writes to one page one after the other",
        build: || {
            let mut block = PageDispatcher::default();
            block.clock.connect();
            connect_ports(&mut block.pages);
            block.reads.link_connect_dest();
            connect_ports(&mut block.writes);
            connect_signals(&mut block.ended);
            connect_signals(&mut block.ended_slot);
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_writer",
        summary: "slots of a port made into whole pages for flash",
        build: || {
            let mut block = PageWriter::default();
            block.clock.connect();
            block.pages.link_connect_dest();
            block.commands.link_connect_dest();
            block.words.link_connect_dest();
            block.merged.connect();
            block.merge_failed.connect();
            block.mismatch_taken.connect();
            block.fetch_word.connect();
            block.old_word.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_filler",
        summary: "pages of flash into the slots of a port",
        build: || {
            let mut block = PageFiller::default();
            block.clock.connect();
            block.words.link_connect_dest();
            block.ends.link_connect_dest();
            block.asks.connect();
            block.asked_slot.connect();
            block.asked_first.connect();
            block.is_merging.connect();
            block.merging_slot.connect();
            block.mismatched.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_path",
        summary: "pages of one port, both ways",
        build: || {
            let mut block = PagePath::default();
            block.clock.connect();
            block.writes.link_connect_dest();
            block.commands.link_connect_dest();
            block.write_words.link_connect_dest();
            block.read_words.link_connect_dest();
            block.ends.link_connect_dest();
            block.asks.connect();
            block.asked_slot.connect();
            block.asked_first.connect();
            block.slots.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "command_merger",
        summary: "page commands of two ports at one port of flash",
        build: || {
            let mut block = CommandMerger::default();
            block.clock.connect();
            block.reads.link_connect_dest();
            connect_ports(&mut block.writes);
            connect_ports(&mut block.write_words);
            connect_ports(&mut block.read_words);
            connect_ports(&mut block.ends);
            block.command.link_connect_dest();
            block.write_data.link_connect_dest();
            block.read_data.link_connect_dest();
            block.completion.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "page_bridge",
        summary: "pages of two ports to one port of page commands, from one clock to another",
        build: || {
            let mut block = PageBridge::default();
            connect_signals(&mut block.clocks);
            block.storage_clock.connect();
            connect_ports(&mut block.pages);
            connect_ports(&mut block.slots);
            block.command.link_connect_dest();
            block.write_data.link_connect_dest();
            block.read_data.link_connect_dest();
            block.completion.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "interface_card",
        summary: "two Fibre Channel ports in front of one port of page commands",
        build: || {
            let mut block = InterfaceCard::new(LinkTimes::STANDARD);
            connect_signals(&mut block.line_clocks);
            connect_signals(&mut block.clocks);
            block.storage_clock.connect();
            connect_signals(&mut block.received);
            block.mailbox.link_connect_dest();
            block.command.link_connect_dest();
            block.write_data.link_connect_dest();
            block.read_data.link_connect_dest();
            block.completion.link_connect_dest();
            Ok(connected(block))
        },
    },
];
