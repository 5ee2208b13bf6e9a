//! Blocks of a Fibre Channel port.

use rust_hdl::prelude::*;

use super::{CatalogueEntry, connected};
use crate::fibre_channel::arbitrated_loop::{AlternateCredit, LoopInitializer, LoopPortStateMachine};
use crate::fibre_channel::port::{FibreChannelPort, FrameArbiter, FrameOutbox, PortMailbox, ProcessorPages};
use crate::fibre_channel::target::{
    CommandDecoder, ExchangeEngine, FcpTarget, FrameBuilder, FrameSorter, LoginTable, NumberList, SlotTable,
};
use crate::fibre_channel::{
    CreditCounter, EndOfFrameDisparity, FrameBuffer, FrameReceiver, FrameTransmitter, Link, LinkTimes,
    OrderedSetDecoder, PortStateMachine, SpeedNegotiator,
};

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
        name: "speed_negotiator",
        summary: "the fastest speed that both ports of a line have",
        build: || {
            let mut block = SpeedNegotiator::new(LinkTimes::STANDARD);
            block.clock.connect();
            block.negotiates.connect();
            block.fastest.connect();
            block.restart.connect();
            block.is_synchronized.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "port_state_machine",
        summary: "offline, link reset, active and link failure of a point-to-point link",
        build: || {
            let mut block = PortStateMachine::new(LinkTimes::STANDARD);
            block.clock.connect();
            block.kind.connect();
            block.is_repeated.connect();
            block.reset_link.connect();
            block.go_offline.connect();
            block.speed.connect();
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
        name: "loop_port_state_machine",
        summary: "arbitration, circuits and fairness of a port in an arbitrated loop",
        build: || {
            let mut block = LoopPortStateMachine::new(LinkTimes::STANDARD.timeout);
            block.clock.connect();
            block.is_enabled.connect();
            block.kind.connect();
            block.received.connect();
            block.is_repeated.connect();
            block.transmitted.connect();
            block.transmitted_is_ordered_set.connect();
            block.frame_sent.connect();
            block.wants.connect();
            block.destination.connect();
            block.own.connect();
            block.has_address.connect();
            block.is_half_duplex.connect();
            block.initialize.connect();
            block.speed.connect();
            block.sends_arb.connect();
            block.closes.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "alternate_credit",
        summary: "buffer-to-buffer credit of a transmitter in a loop",
        build: || {
            let mut block = AlternateCredit::default();
            block.clock.connect();
            block.reset.connect();
            block.frame_sent.connect();
            block.ready_received.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "link",
        summary: "one end of a Fibre Channel line, from its bits to frames",
        build: || {
            let mut block = Link::new(LinkTimes::STANDARD);
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
            block.scrambles.connect();
            block.speed.connect();
            block.is_negotiating.connect();
            block.buffer_overrun.connect();
            block.is_loop.connect();
            block.loop_address.connect();
            block.has_loop_address.connect();
            block.is_half_duplex.connect();
            block.initialize.connect();
            block.sends_arb.connect();
            block.closes.connect();
            block.loop_frame.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "loop_initializer",
        summary: "master and addresses of an arbitrated loop",
        build: || {
            let mut block = LoopInitializer::default();
            block.clock.connect();
            block.is_active.connect();
            block.restarts.connect();
            block.sees_arb.connect();
            block.name.connect();
            block.hard_address.connect();
            block.has_hard_address.connect();
            block.valid.connect();
            block.first.connect();
            block.word.connect();
            block.ended.connect();
            block.verdict.connect();
            block.frame_out.link_connect_dest();
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
            block.entry.link_connect_dest();
            block.looked_up.connect();
            block.lookup.link_connect_dest();
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
            block.entry.link_connect_dest();
            block.lookup.link_connect_dest();
            block.command.link_connect_dest();
            block.data.link_connect_dest();
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
        name: "slot_table",
        summary: "which slot holds which page of which exchange",
        build: || {
            let mut block = SlotTable::default();
            block.clock.connect();
            block.exchange.connect();
            block.place.connect();
            block.slot.connect();
            block.write.connect();
            block.write_place.connect();
            block.write_slot.connect();
            block.write_first.connect();
            block.write_last.connect();
            block.write_page.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "exchange_engine",
        summary: "128 exchanges of reads and writes, page by page",
        build: || {
            let mut block = ExchangeEngine::default();
            block.clock.connect();
            block.command.link_connect_dest();
            block.page.link_connect_dest();
            block.done_valid.connect();
            block.done_is_write.connect();
            block.done_slot.connect();
            block.done_failed.connect();
            block.data.link_connect_dest();
            block.job.link_connect_dest();
            block.inspection.link_connect_dest();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "frame_builder",
        summary: "frames of data, XFER_RDY and RSP",
        build: || {
            let mut block = FrameBuilder::default();
            block.clock.connect();
            block.job.link_connect_dest();
            block.own_address.connect();
            block.lookup.link_connect_dest();
            block.read_word.connect();
            block.frame.link_connect_dest();
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
            block.entry.link_connect_dest();
            block.frame_out.link_connect_dest();
            block.page.link_connect_dest();
            block.slots.link_connect_dest();
            block.inspection.link_connect_dest();
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
        name: "processor_pages",
        summary: "pages of a port's processor between those of its hosts",
        build: || {
            let mut block = ProcessorPages::default();
            block.clock.connect();
            block.asked.link_connect_dest();
            block.slots.link_connect_dest();
            block.page.link_connect_dest();
            block.all_slots.link_connect_dest();
            block.start.connect();
            block.operation.connect();
            block.number.connect();
            block.first.connect();
            block.last.connect();
            block.place.connect();
            block.store.connect();
            block.store_word.connect();
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
            block.entry.link_connect_dest();
            block.received_length.connect();
            block.received_is_first.connect();
            block.received_is_last.connect();
            block.send_busy.connect();
            block.inspection.link_connect_dest();
            block.dropped.connect();
            block.data_dropped.connect();
            block.loop_state.connect();
            block.loop_address.connect();
            block.has_loop_address.connect();
            block.is_loop_master.connect();
            block.sees_lip.connect();
            block.transmit_speed.connect();
            block.receive_speed.connect();
            block.is_negotiating.connect();
            block.page_word.connect();
            block.page_is_busy.connect();
            block.page_failed.connect();
            block.page_mismatched.connect();
            Ok(connected(block))
        },
    },
    CatalogueEntry {
        name: "fibre_channel_port",
        summary: "a Fibre Channel port of the array, from the bits of a line to pages of storage",
        build: || {
            let mut block = FibreChannelPort::new(LinkTimes::STANDARD);
            block.line_clock.connect();
            block.clock.connect();
            block.received.connect();
            block.mailbox.link_connect_dest();
            block.page.link_connect_dest();
            block.slots.link_connect_dest();
            Ok(connected(block))
        },
    },
];
