//! Error correction.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connect_ports, connect_signals, connected};
use crate::flash_controller::ecc::{
    BchChienSearch, BchCode, BchDecoder, BchEncoder, BchErrorFinder, BchKeyEquation, BchSyndromes,
};

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
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
        name: "bch_error_finder",
        summary: "syndromes of SLC codewords to their bits in error, a byte a cycle",
        build: || {
            let mut block = BchErrorFinder::<13, 117, 104>::new(&BchCode::slc(), 1);
            block.clock.connect();
            block.valid.connect();
            connect_signals(&mut block.syndromes);
            block.may_search.connect();
            Ok(connected(block))
        },
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
