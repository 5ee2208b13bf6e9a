//! The write buffer.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connected};
use crate::flash_controller::write_buffer::{PageStore, ParityStore, RecordBuilder, RecordChecksum, WriteBufferError};

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
];

/// A block whose parameters are constants of this file.
fn legal<B>(block: Result<B, WriteBufferError>) -> B {
    block.unwrap_or_else(|error| panic!("{error}"))
}
