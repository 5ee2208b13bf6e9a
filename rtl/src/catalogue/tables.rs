//! Lookup tables and their mailbox.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connect_ports, connected};
use crate::flash_controller::mailbox::TableMailbox;
use crate::flash_controller::tables::{
    BlockTable, MemberSelect, PageDirectory, PageMap, PageMapArbiter, PageOperationBuffer, PlaneHealth, StripeTable,
    TableBlockRam, ValidCounts,
};

/// Bits of a logical page number of a full-size controller: 2 groups of 10 chips, 340 GB.
const PAGE_BITS: usize = 27;
/// Bits of a page's location in it: 21 bits of stripe.
const LOCATION_BITS: usize = 28;
/// Changes under way in the page map.
const CHANGES_UNDER_WAY: usize = 4;
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

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
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
];
