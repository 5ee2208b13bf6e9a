//! Blocks of the serial line.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connected};
use crate::line::Crc32Word;

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[CatalogueEntry {
    name: "crc32_word",
    summary: "CRC-32 of messages, four bytes a cycle, to send or to check",
    build: || {
        let mut block = Crc32Word::default();
        block.clock.connect();
        block.sink.link_connect_dest();
        block.unused_bytes.connect();
        Ok(connected(block))
    },
}];
