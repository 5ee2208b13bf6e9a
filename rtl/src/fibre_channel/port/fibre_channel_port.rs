//! A Fibre Channel port of the array: from the bits of a line to pages of storage.

use rust_hdl::prelude::*;

use super::{FrameArbiter, FrameOutbox, PortMailbox, ProcessorPages};
use crate::circuit::circuit_info;
use crate::fibre_channel::arbitrated_loop::{LoopInitializer, LoopState};
use crate::fibre_channel::target::{
    FcpTarget, InspectionSource, LoginEntrySource, SlotSink, SlotSource, StoragePageSource,
};
use crate::fibre_channel::{
    FrameBuffer, FrameVerdict, LineSpeed, Link, LinkTimes, PortState, SpeedNegotiator, WordKind,
};
use crate::flash_controller::mailbox::MailboxSink;
use crate::stream::StreamSource;

/// One end of a point-to-point link, or a port in a loop, with a SCSI target behind it: reads and writes by hardware
/// alone, everything else by the processor at the mailbox.
///
/// ```text
///            +------+ frames +-------------+      +-----------+ pages
/// line ----->|      |---+--->| FrameBuffer |----->| FcpTarget |<-------> storage
///            |      |   v    +-------------+      +-----------+
///            | Link |<--- LoopInitializer                 |
/// line <-----|      |<--- FrameArbiter <--- data, XFER_RDY, RSP |  other frames
///            +------+           ^                               v
///                               |     +-------------+     FrameBuffer
///                          FrameOutbox<--| PortMailbox |<--------+
///                                     +-------------+
///                                            ^ processor
/// ```
///
/// - Latency: about 85 cycles from the first bits of a READ to its first page's command, 40 from a page read to the
///   bits of its first frame.
/// - Throughput: a word a cycle each way, but for the 9 words around each frame.
/// - Back-pressure: the line's is credit, of which the other port has 14 frames; storage's `page_ready` holds reads and
///   writes back, and they the frames; a frame for which the processor has no room is lost.
/// - Limits: those of [`Link`] and [`FcpTarget`].
#[derive(LogicBlock)]
pub struct FibreChannelPort {
    /// Clock of the received line, rising edge.
    pub line_clock: Signal<In, Clock>,
    /// Clock of everything else, rising edge: that of the words that are sent.
    pub clock: Signal<In, Clock>,
    /// Forty bits of the line, by its clock, the first in bit 0; words may begin anywhere.
    pub received: Signal<In, Bits<40>>,
    /// Forty bits to send, the first in bit 0.
    pub sent: Signal<Out, Bits<40>>,
    /// The processor's port; registers as in [`PORT_REGISTERS`](super::PORT_REGISTERS).
    pub mailbox: MailboxSink,
    /// State of the link.
    pub state: Signal<Out, PortState>,
    /// What the last received word was.
    pub kind: Signal<Out, WordKind>,
    /// Speed at which the line is to be sent, and with it that of `clock`.
    pub transmit_speed: Signal<Out, LineSpeed>,
    /// Speed at which the line is to be received, and with it that of `line_clock`.
    pub receive_speed: Signal<Out, LineSpeed>,

    /// Pages that storage is asked for.
    pub page: StoragePageSource,
    /// The slots of the pages.
    pub slots: SlotSink,

    negotiator: SpeedNegotiator,
    link: Link,
    buffer: FrameBuffer<13>,
    initializer: LoopInitializer,
    target: FcpTarget,
    pages: ProcessorPages,
    arbiter: FrameArbiter,
    inbox: FrameBuffer<11>,
    outbox: FrameOutbox,
    registers: PortMailbox,
    /// Frames are to be received.
    active: Signal<Local, Bit>,
    /// The loop is being initialized.
    initializes: Signal<Local, Bit>,
}

impl FibreChannelPort {
    /// A port with these times.
    ///
    /// # Panics
    /// If a time is not 1..2^28 words.
    pub fn new(times: LinkTimes) -> Self {
        Self {
            line_clock: Default::default(),
            clock: Default::default(),
            page: Default::default(),
            slots: Default::default(),
            received: Default::default(),
            sent: Default::default(),
            mailbox: Default::default(),
            state: Default::default(),
            kind: Default::default(),
            transmit_speed: Default::default(),
            receive_speed: Default::default(),
            negotiator: SpeedNegotiator::new(times),
            link: Link::new(times),
            buffer: Default::default(),
            initializer: Default::default(),
            target: Default::default(),
            pages: Default::default(),
            arbiter: Default::default(),
            inbox: Default::default(),
            outbox: Default::default(),
            registers: Default::default(),
            active: Default::default(),
            initializes: Default::default(),
        }
    }
}

impl Logic for FibreChannelPort {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, negotiator, buffer, initializer, target, pages, arbiter, inbox, outbox, registers);
        // The link.
        self.link.line_clock.next = self.line_clock.val();
        self.link.clock.next = self.clock.val();
        self.link.received.next = self.received.val();
        self.sent.next = self.link.sent.val();
        self.state.next = self.link.state.val();
        self.kind.next = self.link.kind.val();
        self.link.credit.next = self.registers.credit.val();
        self.link.fills_with_arb.next =
            self.registers.fills_with_arb.val() & (self.negotiator.transmit_speed.val() == LineSpeed::Eight);
        self.link.scrambles.next =
            self.registers.scrambles.val() & (self.negotiator.transmit_speed.val() == LineSpeed::Eight);
        self.link.reset_link.next = self.registers.reset_link.val();
        self.link.go_offline.next = self.registers.go_offline.val();
        self.link.buffer_freed.next = self.buffer.freed.val();
        self.link.buffer_overrun.next = self.buffer.overrun.val();
        self.active.next = self.link.state.val() == PortState::Active;

        // Its speed.
        self.negotiator.negotiates.next = self.registers.negotiates.val();
        self.negotiator.fastest.next = self.registers.fastest_speed.val();
        self.negotiator.restart.next = self.registers.renegotiate.val();
        self.negotiator.is_synchronized.next = self.link.is_synchronized.val();
        self.link.speed.next = self.negotiator.transmit_speed.val();
        self.link.is_negotiating.next = self.negotiator.is_negotiating.val();
        self.registers.transmit_speed.next = self.negotiator.transmit_speed.val();
        self.registers.receive_speed.next = self.negotiator.receive_speed.val();
        self.registers.is_negotiating.next = self.negotiator.is_negotiating.val();
        self.transmit_speed.next = self.negotiator.transmit_speed.val();
        self.receive_speed.next = self.negotiator.receive_speed.val();

        // Its place in a loop.
        self.initializes.next = self.registers.is_loop.val() & (self.link.loop_state.val() == LoopState::OpenInit);
        self.link.is_loop.next = self.registers.is_loop.val();
        self.link.is_half_duplex.next = self.registers.is_half_duplex.val();
        self.link.initialize.next = self.registers.initialize.val();
        self.link.loop_address.next = self.initializer.own.val();
        self.link.has_loop_address.next = self.initializer.has_address.val();
        self.link.sends_arb.next = self.initializer.sends_arb.val();
        self.link.closes.next = self.initializer.closes.val();
        StreamSource::<32>::join(&mut self.initializer.frame_out, &mut self.link.loop_frame);
        self.initializer.is_active.next = self.initializes.val();
        self.initializer.valid.next = self.link.valid.val();
        self.initializer.first.next = self.link.first.val();
        self.initializer.word.next = self.link.word.val();
        self.initializer.ended.next = self.link.ended.val();
        self.initializer.verdict.next = self.link.verdict.val();
        self.initializer.restarts.next = self.link.restarts.val();
        self.initializer.sees_arb.next = self.link.sees_arb.val();
        self.initializer.name.next = self.registers.port_name.val();
        self.initializer.hard_address.next = self.registers.hard_address.val();
        self.initializer.has_hard_address.next = self.registers.has_hard_address.val();
        self.registers.loop_state.next = self.link.loop_state.val();
        self.registers.loop_address.next = self.initializer.own.val();
        self.registers.has_loop_address.next = self.initializer.has_address.val();
        self.registers.is_loop_master.next = self.initializer.is_master.val();
        self.registers.sees_lip.next = self.link.sees_lip.val();

        // Received frames: the good ones to the target, and what is not its business to the processor.
        self.buffer.is_active.next = self.active.val();
        self.buffer.valid.next = self.link.valid.val();
        self.buffer.word.next = self.link.word.val();
        self.buffer.ended.next = self.link.ended.val();
        self.buffer.verdict.next = self.link.verdict.val();
        self.buffer.received_first_of_sequence.next = self.link.received_first_of_sequence.val();
        self.buffer.received_last_of_sequence.next = self.link.received_last_of_sequence.val();
        StreamSource::<32>::join(&mut self.buffer.frame, &mut self.target.frame_in);
        self.target.length.next = self.buffer.length.val();
        self.target.first_in.next = self.buffer.is_first_of_sequence.val();
        self.target.last_in.next = self.buffer.is_last_of_sequence.val();
        self.inbox.is_active.next = true;
        self.inbox.valid.next = self.target.processor_valid.val();
        self.inbox.word.next = self.target.processor_word.val();
        self.inbox.ended.next = self.target.processor_ended.val();
        self.inbox.verdict.next = FrameVerdict::Aborted;
        if self.target.processor_keeps.val() {
            self.inbox.verdict.next = FrameVerdict::Good;
        }
        self.inbox.received_first_of_sequence.next = self.target.processor_first.val();
        self.inbox.received_last_of_sequence.next = self.target.processor_last.val();
        StreamSource::<32>::join(&mut self.inbox.frame, &mut self.registers.received);
        self.registers.received_length.next = self.inbox.length.val();
        self.registers.received_is_first.next = self.inbox.is_first_of_sequence.val();
        self.registers.received_is_last.next = self.inbox.is_last_of_sequence.val();

        // Frames to send.
        StreamSource::<32>::join(&mut self.target.frame_out, &mut self.arbiter.target);
        self.arbiter.target_is_first.next = self.target.first_out.val();
        self.arbiter.target_is_last.next = self.target.last_out.val();
        StreamSource::<32>::join(&mut self.outbox.frame, &mut self.arbiter.processor);
        self.arbiter.processor_is_first.next = self.registers.send_first.val();
        self.arbiter.processor_is_last.next = self.registers.send_last.val();
        StreamSource::<32>::join(&mut self.arbiter.frame, &mut self.link.frame);
        self.link.is_first_of_sequence.next = self.arbiter.is_first_of_sequence.val();
        self.link.is_last_of_sequence.next = self.arbiter.is_last_of_sequence.val();
        self.outbox.write.next = self.registers.send_write.val();
        self.outbox.write_word.next = self.registers.send_word.val();
        self.outbox.start.next = self.registers.send_start.val();
        self.outbox.clear.next = self.registers.send_clear.val();
        self.registers.send_busy.next = self.outbox.is_busy.val();

        // The processor.
        MailboxSink::link(&mut self.mailbox, &mut self.registers.mailbox);
        LoginEntrySource::join(&mut self.registers.entry, &mut self.target.entry);
        InspectionSource::join(&mut self.registers.inspection, &mut self.target.inspection);
        self.registers.state.next = self.link.state.val();
        self.registers.outstanding.next = self.link.outstanding.val();
        self.registers.dropped.next = self.buffer.dropped.val();
        self.registers.data_dropped.next = self.target.data_dropped.val();
        self.target.own_address.next = self.registers.own_address.val();
        self.target.capacity.next = self.registers.capacity.val();

        // Storage.
        StoragePageSource::join(&mut self.target.page, &mut self.pages.asked);
        SlotSource::join(&mut self.pages.slots, &mut self.target.slots);
        StoragePageSource::link(&mut self.page, &mut self.pages.page);
        SlotSink::link(&mut self.slots, &mut self.pages.all_slots);
        self.pages.start.next = self.registers.page_start.val();
        self.pages.operation.next = self.registers.page_operation.val();
        self.pages.number.next = self.registers.page_number.val();
        self.pages.first.next = self.registers.page_first.val();
        self.pages.last.next = self.registers.page_last.val();
        self.pages.place.next = self.registers.page_place.val();
        self.pages.store.next = self.registers.page_store.val();
        self.pages.store_word.next = self.registers.send_word.val();
        self.registers.page_word.next = self.pages.word.val();
        self.registers.page_is_busy.next = self.pages.is_busy.val();
        self.registers.page_failed.next = self.pages.failed.val();
        self.registers.page_mismatched.next = self.pages.mismatched.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
