//! Blocks of a Fibre Channel port.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connected};
use crate::fibre_channel::port::{FibreChannelPort, FrameArbiter, FrameOutbox, PortMailbox};
use crate::fibre_channel::target::{
    CommandDecoder, ExchangeEngine, FcpTarget, FrameBuilder, FrameSorter, LoginTable, NumberList,
};
use crate::fibre_channel::{
    CreditCounter, EndOfFrameDisparity, FrameBuffer, FrameReceiver, FrameTransmitter, Link, OrderedSetDecoder,
    PortStateMachine,
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
    CatalogueEntry {
        name: "frame_buffer",
        summary: "receive buffers of a Fibre Channel port for 14 frames of the longest",
        build: || {
            let mut block = FrameBuffer::<13>::default();
            block.clock.connect();
            block.is_active.connect();
            block.valid.connect();
            block.word.connect();
            block.ended.connect();
            block.verdict.connect();
            block.received_first_of_sequence.connect();
            block.received_last_of_sequence.connect();
            block.frame.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "login_table",
        summary: "addresses of the ports that are logged in",
        build: || {
            let mut block = LoginTable::default();
            block.clock.connect();
            block.write.connect();
            block.written.connect();
            block.new_address.connect();
            block.new_payload.connect();
            block.new_is_fast.connect();
            block.new_is_valid.connect();
            block.looked_up.connect();
            block.asked.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "command_decoder",
        summary: "what a host asks for in an FCP_CMND, and whether hardware can do it",
        build: || {
            let mut block = CommandDecoder::default();
            block.clock.connect();
            block.valid.connect();
            block.word.connect();
            block.capacity.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "frame_sorter",
        summary: "received frames as commands, data, and what is the processor's",
        build: || {
            let mut block = FrameSorter::default();
            block.clock.connect();
            block.frame.link_connect_dest();
            block.length.connect();
            block.is_first_of_sequence.connect();
            block.is_last_of_sequence.connect();
            block.own_address.connect();
            block.capacity.connect();
            block.login_write.connect();
            block.login_number.connect();
            block.login_address.connect();
            block.login_payload.connect();
            block.login_is_fast.connect();
            block.login_is_valid.connect();
            block.asked_login.connect();
            block.command_ready.connect();
            block.command_refused.connect();
            block.data_answered.connect();
            block.data_accepted.connect();
            block.data_slot.connect();
            block.data_next_slot.connect();
            block.data_address.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "number_list",
        summary: "numbers that wait for their turn, or to be used",
        build: || {
            let mut block = NumberList::<7>::empty();
            block.clock.connect();
            block.put.connect();
            block.put_number.connect();
            block.take.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "exchange_engine",
        summary: "128 exchanges of reads and writes, page by page",
        build: || {
            let mut block = ExchangeEngine::default();
            block.clock.connect();
            block.command_valid.connect();
            block.command_login.connect();
            block.command_originator.connect();
            block.command_is_write.connect();
            block.command_block.connect();
            block.command_blocks.connect();
            block.command_is_under.connect();
            block.command_is_over.connect();
            block.command_residual.connect();
            block.page_ready.connect();
            block.done_valid.connect();
            block.done_is_write.connect();
            block.done_slot.connect();
            block.done_failed.connect();
            block.data_valid.connect();
            block.data_responder.connect();
            block.data_originator.connect();
            block.data_login.connect();
            block.data_offset.connect();
            block.data_words.connect();
            block.data_ends.connect();
            block.data_moved.connect();
            block.job_ready.connect();
            block.sent_valid.connect();
            block.sent_slot.connect();
            block.sent_count.connect();
            block.inspect.connect();
            block.inspect_exchange.connect();
            block.inspect_closes.connect();
            block.failure_ready.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "frame_builder",
        summary: "frames of data, XFER_RDY and RSP",
        build: || {
            let mut block = FrameBuilder::default();
            block.clock.connect();
            block.job_valid.connect();
            block.job_kind.connect();
            block.job_login.connect();
            block.job_originator.connect();
            block.job_responder.connect();
            block.job_sequence.connect();
            block.job_count.connect();
            block.job_offset.connect();
            block.job_words.connect();
            block.job_slot.connect();
            block.job_address.connect();
            block.job_is_last.connect();
            block.job_is_under.connect();
            block.job_is_over.connect();
            block.job_residual.connect();
            block.own_address.connect();
            block.asked_address.connect();
            block.asked_payload.connect();
            block.read_word.connect();
            block.frame.link_connect_dest();
            block.sent_ready.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "fcp_target",
        summary: "a SCSI target over Fibre Channel, from good frames to pages of storage",
        build: || {
            let mut block = FcpTarget::default();
            block.clock.connect();
            block.frame_in.link_connect_dest();
            block.length.connect();
            block.first_in.connect();
            block.last_in.connect();
            block.own_address.connect();
            block.capacity.connect();
            block.login_write.connect();
            block.login_number.connect();
            block.login_address.connect();
            block.login_payload.connect();
            block.login_is_fast.connect();
            block.login_is_valid.connect();
            block.frame_out.link_connect_dest();
            block.page_ready.connect();
            block.fill.connect();
            block.fill_address.connect();
            block.fill_word.connect();
            block.fetch_address.connect();
            block.done.connect();
            block.done_is_write.connect();
            block.done_slot.connect();
            block.done_failed.connect();
            block.inspect.connect();
            block.inspect_exchange.connect();
            block.inspect_closes.connect();
            block.failure_ready.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "frame_outbox",
        summary: "a frame of the processor's, on its way out",
        build: || {
            let mut block = FrameOutbox::default();
            block.clock.connect();
            block.write.connect();
            block.write_word.connect();
            block.start.connect();
            block.clear.connect();
            block.frame.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "frame_arbiter",
        summary: "two senders of frames at one line",
        build: || {
            let mut block = FrameArbiter::default();
            block.clock.connect();
            block.target.link_connect_dest();
            block.target_is_first.connect();
            block.target_is_last.connect();
            block.processor.link_connect_dest();
            block.processor_is_first.connect();
            block.processor_is_last.connect();
            block.frame.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "port_mailbox",
        summary: "registers by which the processor of a Fibre Channel port reaches it",
        build: || {
            let mut block = PortMailbox::default();
            block.clock.connect();
            block.mailbox.link_connect_dest();
            block.received.link_connect_dest();
            block.state.connect();
            block.outstanding.connect();
            block.received_length.connect();
            block.received_is_first.connect();
            block.received_is_last.connect();
            block.send_busy.connect();
            block.inspected.connect();
            block.inspected_is_open.connect();
            block.inspected_is_write.connect();
            block.inspected_failed.connect();
            block.inspected_reason.connect();
            block.inspected_login.connect();
            block.inspected_originator.connect();
            block.failure_valid.connect();
            block.failure_exchange.connect();
            block.dropped.connect();
            block.data_dropped.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "fibre_channel_port",
        summary: "a Fibre Channel port of the array, from the bits of a line to pages of storage",
        build: || {
            let mut block = FibreChannelPort::new(TIMES.0, TIMES.1);
            block.line_clock.connect();
            block.clock.connect();
            block.received.connect();
            block.mailbox.link_connect_dest();
            block.page_ready.connect();
            block.fill.connect();
            block.fill_address.connect();
            block.fill_word.connect();
            block.fetch_address.connect();
            block.done.connect();
            block.done_is_write.connect();
            block.done_slot.connect();
            block.done_failed.connect();
            Ok(connected(block))
        },
    },
];
