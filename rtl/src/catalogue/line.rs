//! Blocks of the serial line.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connected};
use crate::line::{
    CommaAligner, Crc32Word, Decoder8b10b, ElasticBuffer, Encoder8b10b, FrameScrambler, ScramblerParameters,
    WordSynchronizer,
};

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    CatalogueEntry {
        name: "comma_aligner",
        summary: "words that begin where commas are, from 40 bits of a line a cycle",
        build: || {
            let mut block = CommaAligner::default();
            block.clock.connect();
            block.received.connect();
            block.may_move.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "decoder_8b10b",
        summary: "8b/10b decoder of four characters a cycle",
        build: || {
            let mut block = Decoder8b10b::default();
            block.clock.connect();
            block.code.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "word_synchronizer",
        summary: "whether words of a line can be trusted",
        build: || {
            let mut block = WordSynchronizer::default();
            block.clock.connect();
            block.word.connect();
            block.control.connect();
            block.code_error.connect();
            block.disparity_error.connect();
            block.comma_misplaced.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "elastic_buffer",
        summary: "words from a line's clock into another, fill words left out or repeated",
        build: || {
            let mut block = ElasticBuffer::default();
            block.line_clock.connect();
            block.clock.connect();
            block.received.connect();
            block.received_is_ordered_set.connect();
            block.received_is_invalid.connect();
            block.received_is_synchronized.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "crc32_word",
        summary: "CRC-32 of messages, four bytes a cycle, to send or to check",
        build: || {
            let mut block = Crc32Word::default();
            block.clock.connect();
            block.sink.link_connect_dest();
            block.unused_bytes.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "encoder_8b10b",
        summary: "8b/10b encoder of four characters a cycle",
        build: || {
            let mut block = Encoder8b10b::default();
            block.clock.connect();
            block.word.connect();
            block.control.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "frame_scrambler",
        summary: "frames of 8 Gb/s without regular patterns",
        build: || {
            let mut block = FrameScrambler::new(ScramblerParameters::ASSUMED);
            block.clock.connect();
            block.is_enabled.connect();
            block.starts.connect();
            block.is_data.connect();
            block.word.connect();
            Ok(connected(block))
        },
    },
];
