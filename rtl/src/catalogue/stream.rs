//! Blocks of streams.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connected};
use crate::stream::{AsynchronousFifo, FetchSlots, SkidBuffer, SynchronousFifo};

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
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
        name: "asynchronous_fifo",
        summary: "first-in first-out buffer of 512 words between two clocks",
        build: || {
            let mut block = AsynchronousFifo::<64, 9>::default();
            block.clock.connect();
            block.source_clock.connect();
            block.sink.link_connect_dest();
            block.source.link_connect_dest();
            Ok(connected(block))
        },
    },
];
