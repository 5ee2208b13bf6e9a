//! Blocks of a striped array.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connect_ports, connected};
use crate::raid::{
    Divider, LaneWritePort, ParityBenchmark, StripReconstructor, StripeDataPath, StripeLayout, StripeLayoutInverse,
    StripeReader, StripeWriter, XorParityEngine,
};

/// Data lanes of the blocks built from the catalogue.
const DATA_LANES: usize = 9;
/// Words of a 4 KB strip of 64-bit words.
const WORDS_PER_STRIP: usize = 512;

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
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
];
