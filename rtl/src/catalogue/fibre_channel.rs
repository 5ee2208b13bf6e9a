//! Blocks of a Fibre Channel port.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connected};
use crate::fibre_channel::{
    CreditCounter, EndOfFrameDisparity, FrameReceiver, FrameTransmitter, Link, OrderedSetDecoder, PortStateMachine,
};

/// R_T_TOV and the shortest time of OLS, 100 ms and 5 ms, in words of 8 Gb/s.
const TIMES: (u64, u64) = (21_250_000, 1_062_500);

/// The entries, in data-flow order.
pub(super) static ENTRIES: &[CatalogueEntry] = &[
    CatalogueEntry {
        name: "ordered_set_decoder",
        summary: "what each word of a Fibre Channel line is, and what is repeated",
        build: || {
            let mut block = OrderedSetDecoder::default();
            block.clock.connect();
            block.received.connect();
            block.is_ordered_set.connect();
            block.is_invalid.connect();
            block.is_synchronized.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "port_state_machine",
        summary: "offline, link reset, active and link failure of a point-to-point link",
        build: || {
            let mut block = PortStateMachine::new(TIMES.0, TIMES.1);
            block.clock.connect();
            block.kind.connect();
            block.is_repeated.connect();
            block.reset_link.connect();
            block.go_offline.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "frame_receiver",
        summary: "frames of class 3 out of a line's words, and whether they are to be trusted",
        build: || {
            let mut block = FrameReceiver::default();
            block.clock.connect();
            block.kind.connect();
            block.received.connect();
            block.is_active.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "credit_counter",
        summary: "buffer-to-buffer credit of a transmitter",
        build: || {
            let mut block = CreditCounter::default();
            block.clock.connect();
            block.credit.connect();
            block.reset.connect();
            block.frame_sent.connect();
            block.ready_received.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "frame_transmitter",
        summary: "frames with CRC, R_RDY and fill words onto a line",
        build: || {
            let mut block = FrameTransmitter::default();
            block.clock.connect();
            block.frame.link_connect_dest();
            block.is_first_of_sequence.connect();
            block.is_last_of_sequence.connect();
            block.transmits.connect();
            block.fills_with_arb.connect();
            block.may_send.connect();
            block.owes_ready.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "end_of_frame_disparity",
        summary: "ends of frames in the form that running disparity asks for",
        build: || {
            let mut block = EndOfFrameDisparity::default();
            block.clock.connect();
            block.word.connect();
            block.is_ordered_set.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "link",
        summary: "one end of a point-to-point Fibre Channel link, from the line's bits to frames",
        build: || {
            let mut block = Link::new(TIMES.0, TIMES.1);
            block.line_clock.connect();
            block.clock.connect();
            block.received.connect();
            block.frame.link_connect_dest();
            block.is_first_of_sequence.connect();
            block.is_last_of_sequence.connect();
            block.credit.connect();
            block.buffer_freed.connect();
            block.fills_with_arb.connect();
            block.reset_link.connect();
            block.go_offline.connect();
            Ok(connected(block))
        },
    },
];
