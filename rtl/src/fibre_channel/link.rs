//! One end of a line: from its bits to frames, and back, in a point-to-point link or a loop.

use rust_hdl::prelude::*;

use super::arbitrated_loop::{AlternateCredit, LoopPortStateMachine, LoopState};
use super::{
    CreditCounter, EndOfFrameDisparity, FrameBuffer, FrameReceiver, FrameTransmitter, FrameVerdict, LineSpeed,
    LinkTimes, OrderedSetDecoder, PortOutput, PortState, PortStateMachine, WordKind, ordered_set,
};
use crate::circuit::circuit_info;
use crate::line::{
    CommaAligner, Decoder8b10b, ElasticBuffer, Encoder8b10b, FrameScrambler, ScramblerParameters, WordSynchronizer,
};
use crate::stream::StreamSink;

/// Forty bits of a line each way every cycle, and the frames in them: coding, word synchronization, compensation of the
/// two clocks, port state, credit, CRC. In a loop, what comes for others goes on to the next port.
///
/// - Latency: about 38 cycles from the bits of a word to its frame's word, 14 from a frame's word to its bits; about 40 from
///   the bits of a word that is repeated in a loop to those that go on.
/// - Throughput: a word a cycle each way; 9 words around the words of each frame.
/// - Back-pressure: `frame.ready` waits for the other port's credit; what is received must be taken.
/// - Limits: frames of class 3, up to 534 words. Credit is the sender's to keep to: R_RDY is owed for each
///   `buffer_freed`.
#[derive(LogicBlock)]
pub struct Link {
    /// Clock of the received line, rising edge.
    pub line_clock: Signal<In, Clock>,
    /// Clock of everything else, rising edge.
    pub clock: Signal<In, Clock>,
    /// Forty bits of the line, by its clock, the first in bit 0; words may begin anywhere.
    pub received: Signal<In, Bits<40>>,
    /// Forty bits to send, the first in bit 0.
    pub sent: Signal<Out, Bits<40>>,

    /// Header and payload of frames to send; `last` marks a frame's last word.
    pub frame: StreamSink<32>,
    /// The frame to send is the first of its sequence; meaningful with its first word.
    pub is_first_of_sequence: Signal<In, Bit>,
    /// The frame to send is the last of its sequence; meaningful with its first word.
    pub is_last_of_sequence: Signal<In, Bit>,
    /// Frames that the other port can take, as it said at login; 1 before.
    pub credit: Signal<In, Bits<8>>,
    /// A receive buffer is free again, and R_RDY is to say so.
    pub buffer_freed: Signal<In, Bit>,
    /// Fill words are ARB(FF), as at 8 Gb/s, else IDLE.
    pub fills_with_arb: Signal<In, Bit>,
    /// Frames are scrambled, both ways.
    pub scrambles: Signal<In, Bit>,
    /// Resets an active link.
    pub reset_link: Signal<In, Bit>,
    /// Takes the link offline and up again.
    pub go_offline: Signal<In, Bit>,
    /// Speed of the line.
    pub speed: Signal<In, LineSpeed>,
    /// It is not settled: the link stays offline, a loop is not initialized.
    pub is_negotiating: Signal<In, Bit>,
    /// The receiver is in word synchronization; by the clock of the line.
    pub is_synchronized: Signal<Out, Bit>,
    /// A received frame found no room in the receive buffers.
    pub buffer_overrun: Signal<In, Bit>,

    /// The port is in a loop.
    pub is_loop: Signal<In, Bit>,
    /// Its loop address.
    pub loop_address: Signal<In, Bits<8>>,
    /// It has one.
    pub has_loop_address: Signal<In, Bit>,
    /// It opens others half duplex.
    pub is_half_duplex: Signal<In, Bit>,
    /// Initializes the loop.
    pub initialize: Signal<In, Bit>,
    /// In OPEN-INIT: ARB(F0) goes out as fill word.
    pub sends_arb: Signal<In, Bit>,
    /// In OPEN-INIT: the port, as master, ends the initialization.
    pub closes: Signal<In, Bit>,
    /// Frames of the initialization, each a sequence of its own; `last` marks a frame's last word.
    pub loop_frame: StreamSink<32>,
    /// State of the port in a loop.
    pub loop_state: Signal<Out, LoopState>,
    /// OPEN-INIT begins, or begins anew.
    pub restarts: Signal<Out, Bit>,
    /// ARB(F0) came.
    pub sees_arb: Signal<Out, Bit>,
    /// The third or a later LIP of a succession came.
    pub sees_lip: Signal<Out, Bit>,

    /// A word of a received frame stands at `word`.
    pub valid: Signal<Out, Bit>,
    /// It is the first of its frame.
    pub first: Signal<Out, Bit>,
    /// The word.
    pub word: Signal<Out, Bits<32>>,
    /// The frame whose words were given out last has ended.
    pub ended: Signal<Out, Bit>,
    /// How; meaningful with `ended`.
    pub verdict: Signal<Out, FrameVerdict>,
    /// It was the first of its sequence; meaningful with `ended`.
    pub received_first_of_sequence: Signal<Out, Bit>,
    /// It was the last of its sequence; meaningful with `ended`.
    pub received_last_of_sequence: Signal<Out, Bit>,
    /// What the last word was.
    pub kind: Signal<Out, WordKind>,
    /// State of the port.
    pub state: Signal<Out, PortState>,
    /// Frames that were sent and not answered by R_RDY.
    pub outstanding: Signal<Out, Bits<8>>,

    aligner: CommaAligner,
    decoder: Decoder8b10b,
    /// Whether a comma was misplaced, until the word is decoded.
    misplaced: [DFF<Bit>; 4],
    synchronizer: WordSynchronizer,
    buffer: ElasticBuffer,
    ordered_sets: OrderedSetDecoder,
    port: PortStateMachine,
    descrambler: FrameScrambler,
    receiver: FrameReceiver,
    credits: CreditCounter,
    /// The port was not active in the cycle before.
    inactive: DFF<Bit>,
    /// R_RDY to be sent.
    owed: DFF<Bits<8>>,
    owes: DFF<Bit>,
    next_owed: Signal<Local, Bits<8>>,
    transmitter: FrameTransmitter,
    scrambler: FrameScrambler,
    /// Second byte of all starts of frames.
    start_of_frame: Constant<Bits<8>>,
    loop_port: LoopPortStateMachine,
    loop_credit: AlternateCredit,
    /// Receive buffers that hold a frame.
    occupied: DFF<Bits<8>>,
    buffers: Constant<Bits<8>>,
    /// The transmitter is to be given the first word of a frame.
    at_head: DFFWithInit<Bit>,
    was_of_loop: DFF<Bit>,
    frame_begun: DFF<Bit>,
    ready_came: DFF<Bit>,
    is_of_loop: Signal<Local, Bit>,
    is_open_init: Signal<Local, Bit>,
    loop_is_ready: Signal<Local, Bit>,
    disparity: EndOfFrameDisparity,
    encoder: Encoder8b10b,
}

impl Link {
    /// A link with these times.
    ///
    /// # Panics
    /// If a time is not 1..2^28 words.
    pub fn new(times: LinkTimes) -> Self {
        // LP_TOV is 2 s where R_T_TOV is 100 ms, as remembered; the counter ends at 1.2 s of 8 Gb/s.
        let loop_timeout = (20 * times.timeout).min((1 << 28) - 1);
        Self {
            line_clock: Default::default(),
            clock: Default::default(),
            received: Default::default(),
            sent: Default::default(),
            frame: Default::default(),
            is_first_of_sequence: Default::default(),
            is_last_of_sequence: Default::default(),
            credit: Default::default(),
            buffer_freed: Default::default(),
            fills_with_arb: Default::default(),
            scrambles: Default::default(),
            reset_link: Default::default(),
            go_offline: Default::default(),
            speed: Default::default(),
            is_negotiating: Default::default(),
            is_synchronized: Default::default(),
            buffer_overrun: Default::default(),
            is_loop: Default::default(),
            loop_address: Default::default(),
            has_loop_address: Default::default(),
            is_half_duplex: Default::default(),
            initialize: Default::default(),
            sends_arb: Default::default(),
            closes: Default::default(),
            loop_frame: Default::default(),
            loop_state: Default::default(),
            restarts: Default::default(),
            sees_arb: Default::default(),
            sees_lip: Default::default(),
            valid: Default::default(),
            first: Default::default(),
            word: Default::default(),
            ended: Default::default(),
            verdict: Default::default(),
            received_first_of_sequence: Default::default(),
            received_last_of_sequence: Default::default(),
            kind: Default::default(),
            state: Default::default(),
            outstanding: Default::default(),
            aligner: Default::default(),
            decoder: Default::default(),
            misplaced: Default::default(),
            synchronizer: Default::default(),
            buffer: Default::default(),
            ordered_sets: Default::default(),
            port: PortStateMachine::new(times),
            descrambler: FrameScrambler::new(ScramblerParameters::ASSUMED),
            receiver: Default::default(),
            credits: Default::default(),
            inactive: Default::default(),
            owed: Default::default(),
            owes: Default::default(),
            next_owed: Default::default(),
            transmitter: Default::default(),
            scrambler: FrameScrambler::new(ScramblerParameters::ASSUMED),
            start_of_frame: Constant::new(u64::from(ordered_set::second_byte(ordered_set::SOF_I3)).into()),
            loop_port: LoopPortStateMachine::new(loop_timeout),
            loop_credit: Default::default(),
            occupied: Default::default(),
            buffers: Constant::new((FrameBuffer::<13>::credit() as u64).into()),
            at_head: DFFWithInit::new(true),
            was_of_loop: Default::default(),
            frame_begun: Default::default(),
            ready_came: Default::default(),
            is_of_loop: Default::default(),
            is_open_init: Default::default(),
            loop_is_ready: Default::default(),
            disparity: Default::default(),
            encoder: Default::default(),
        }
    }
}

impl Logic for Link {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, line_clock, aligner, decoder, synchronizer);
        clock!(
            self,
            clock,
            ordered_sets,
            port,
            receiver,
            credits,
            transmitter,
            loop_port,
            loop_credit,
            scrambler,
            descrambler,
            disparity,
            encoder
        );
        self.buffer.line_clock.next = self.line_clock.val();
        self.buffer.clock.next = self.clock.val();
        dff_setup!(self, clock, owed, owes, inactive, occupied, at_head, was_of_loop, frame_begun, ready_came);
        for i in 0..4 {
            self.misplaced[i].clock.next = self.line_clock.val();
        }

        // By the clock of the line.
        self.aligner.received.next = self.received.val();
        self.aligner.may_move.next = !self.synchronizer.is_synchronized.val();
        self.decoder.code.next = self.aligner.code.val();
        self.misplaced[0].d.next = self.aligner.comma_misplaced.val();
        for i in 1..4 {
            self.misplaced[i].d.next = self.misplaced[i - 1].q.val();
        }
        self.synchronizer.word.next = self.decoder.word.val();
        self.synchronizer.control.next = self.decoder.control.val();
        self.synchronizer.code_error.next = self.decoder.code_error.val();
        self.synchronizer.disparity_error.next = self.decoder.disparity_error.val();
        self.synchronizer.comma_misplaced.next = self.misplaced[3].q.val();
        self.buffer.received.next = self.synchronizer.received.val();
        self.buffer.received_is_ordered_set.next = self.synchronizer.is_ordered_set.val();
        self.buffer.received_is_invalid.next = self.synchronizer.is_invalid.val();
        self.is_synchronized.next = self.synchronizer.is_synchronized.val();
        self.buffer.received_is_synchronized.next = self.synchronizer.is_synchronized.val();

        // What is received.
        self.ordered_sets.received.next = self.buffer.word.val();
        self.ordered_sets.is_ordered_set.next = self.buffer.is_ordered_set.val();
        self.ordered_sets.is_invalid.next = self.buffer.is_invalid.val();
        self.ordered_sets.is_synchronized.next = self.buffer.is_synchronized.val();
        self.port.kind.next = self.ordered_sets.kind.val();
        self.port.is_repeated.next = self.ordered_sets.is_repeated.val();
        self.port.reset_link.next = self.reset_link.val();
        self.port.go_offline.next = self.go_offline.val() | self.is_negotiating.val();
        self.port.speed.next = self.speed.val();
        self.receiver.kind.next = self.ordered_sets.kind.val();
        self.descrambler.is_enabled.next = self.scrambles.val();
        self.descrambler.starts.next = (self.ordered_sets.kind.val() == WordKind::SofI3)
            | (self.ordered_sets.kind.val() == WordKind::SofN3)
            | (self.ordered_sets.kind.val() == WordKind::Sof2)
            | (self.ordered_sets.kind.val() == WordKind::SofOther);
        self.descrambler.is_data.next = self.ordered_sets.kind.val() == WordKind::Data;
        self.descrambler.word.next = self.ordered_sets.word.val();
        self.receiver.received.next = self.descrambler.scrambled.val();
        self.receiver.is_active.next = self.port.is_active.val();
        if self.is_loop.val() {
            self.receiver.is_active.next = self.loop_port.receives.val();
        }
        self.valid.next = self.receiver.valid.val();
        self.first.next = self.receiver.first.val();
        self.word.next = self.receiver.word.val();
        self.ended.next = self.receiver.ended.val();
        self.verdict.next = self.receiver.verdict.val();
        self.received_first_of_sequence.next = self.receiver.is_first_of_sequence.val();
        self.received_last_of_sequence.next = self.receiver.is_last_of_sequence.val();
        self.kind.next = self.ordered_sets.kind.val();
        // To what is above, a loop is active between initializations.
        self.is_open_init.next = self.loop_port.state.val() == LoopState::OpenInit;
        self.loop_is_ready.next = (self.loop_port.state.val() != LoopState::Initializing) & !self.is_open_init.val();
        self.state.next = self.port.state.val();
        if self.is_loop.val() {
            self.state.next = PortState::OlsTransmit;
            if self.loop_is_ready.val() & self.has_loop_address.val() {
                self.state.next = PortState::Active;
            }
        }

        // The loop.
        self.loop_port.is_enabled.next = self.is_loop.val();
        self.loop_port.kind.next = self.ordered_sets.kind.val();
        self.loop_port.received.next = self.ordered_sets.word.val();
        self.loop_port.is_repeated.next = self.ordered_sets.is_repeated.val();
        self.scrambler.is_enabled.next = self.scrambles.val();
        self.scrambler.starts.next = self.transmitter.is_ordered_set.val()
            & (self.transmitter.word.val().get_bits::<8>(8) == self.start_of_frame.val());
        self.scrambler.is_data.next = !self.transmitter.is_ordered_set.val();
        self.scrambler.word.next = self.transmitter.word.val();
        self.loop_port.transmitted.next = self.scrambler.scrambled.val();
        self.loop_port.transmitted_is_ordered_set.next = self.transmitter.is_ordered_set.val();
        self.loop_port.frame_sent.next = self.transmitter.frame_sent.val();
        self.loop_port.wants.next = self.frame.valid.val() & self.at_head.q.val();
        self.loop_port.destination.next = self.frame.data.val().get_bits::<8>(24);
        self.loop_port.own.next = self.loop_address.val();
        self.loop_port.has_address.next = self.has_loop_address.val();
        self.loop_port.is_half_duplex.next = self.is_half_duplex.val();
        self.loop_port.initialize.next = self.initialize.val() | self.is_negotiating.val();
        self.loop_port.speed.next = self.speed.val();
        self.loop_port.sends_arb.next = self.sends_arb.val();
        self.loop_port.closes.next = self.closes.val();
        self.loop_state.next = self.loop_port.state.val();
        self.restarts.next = self.loop_port.restarts.val();
        self.sees_arb.next = self.loop_port.sees_arb.val();
        self.sees_lip.next = self.ordered_sets.is_repeated.val() & (self.ordered_sets.kind.val() == WordKind::Lip);
        self.loop_credit.reset.next = self.loop_port.circuit_begins.val();
        // The next frame is some words away: its credit is counted a cycle later.
        self.frame_begun.d.next = self.transmitter.frame_sent.val();
        self.loop_credit.frame_sent.next = self.frame_begun.q.val();
        self.loop_credit.ready_received.next =
            self.loop_port.receives.val() & (self.ordered_sets.kind.val() == WordKind::RRdy);

        // Credit, the other port's and one's own.
        self.credits.credit.next = self.credit.val();
        self.inactive.d.next = !self.port.is_active.val();
        self.credits.reset.next = self.inactive.q.val();
        self.credits.frame_sent.next = self.frame_begun.q.val();
        self.ready_came.d.next = self.port.is_active.val() & (self.ordered_sets.kind.val() == WordKind::RRdy);
        self.credits.ready_received.next = self.ready_came.q.val();
        self.outstanding.next = self.credits.outstanding.val();
        self.next_owed.next = self.owed.q.val();
        if self.buffer_freed.val() & !self.transmitter.ready_sent.val() {
            self.next_owed.next = self.owed.q.val() + 1;
        }
        if !self.buffer_freed.val() & self.transmitter.ready_sent.val() {
            self.next_owed.next = self.owed.q.val() - 1;
        }
        if !self.port.is_active.val() & !self.is_loop.val() {
            self.next_owed.next = bits::<8>(0);
        }
        // In a circuit, R_RDY is owed for every free buffer at its begin.
        if (self.receiver.ended.val() & !(self.buffer_freed.val() | self.buffer_overrun.val()))
            & !self.occupied.q.val().all()
        {
            self.occupied.d.next = self.occupied.q.val() + 1;
        }
        if (self.buffer_freed.val() | self.buffer_overrun.val())
            & !self.receiver.ended.val()
            & self.occupied.q.val().any()
        {
            self.occupied.d.next = self.occupied.q.val() - 1;
        }
        if !self.is_loop.val() | !self.loop_is_ready.val() {
            self.occupied.d.next = bits::<8>(0);
        }
        if self.is_loop.val() {
            if !self.loop_port.transmits.val() {
                self.next_owed.next = bits::<8>(0);
            }
            if self.loop_port.circuit_begins.val() {
                self.next_owed.next = bits::<8>(0);
                if self.occupied.q.val() < self.buffers.val() {
                    self.next_owed.next = self.buffers.val() - self.occupied.q.val();
                }
            }
        }
        self.owed.d.next = self.next_owed.val();
        self.owes.d.next = self.next_owed.val().any();

        // What is sent.
        self.is_of_loop.next = self.was_of_loop.q.val();
        if self.at_head.q.val() {
            self.is_of_loop.next = self.is_loop.val() & self.is_open_init.val();
        }
        self.was_of_loop.d.next = self.is_of_loop.val();
        self.frame.ready.next = self.transmitter.frame.ready.val() & !self.is_of_loop.val();
        self.loop_frame.ready.next = self.transmitter.frame.ready.val() & self.is_of_loop.val();
        self.transmitter.frame.valid.next = self.frame.valid.val();
        self.transmitter.frame.data.next = self.frame.data.val();
        self.transmitter.frame.last.next = self.frame.last.val();
        self.transmitter.is_first_of_sequence.next = self.is_first_of_sequence.val();
        self.transmitter.is_last_of_sequence.next = self.is_last_of_sequence.val();
        if self.is_of_loop.val() {
            self.transmitter.frame.valid.next = self.loop_frame.valid.val();
            self.transmitter.frame.data.next = self.loop_frame.data.val();
            self.transmitter.frame.last.next = self.loop_frame.last.val();
            self.transmitter.is_first_of_sequence.next = true;
            self.transmitter.is_last_of_sequence.next = true;
        }
        if self.transmitter.frame.ready.val() & self.frame.valid.val() & !self.is_of_loop.val() {
            self.at_head.d.next = self.frame.last.val();
        }
        if self.transmitter.frame.ready.val() & self.loop_frame.valid.val() & self.is_of_loop.val() {
            self.at_head.d.next = self.loop_frame.last.val();
        }
        self.transmitter.transmits.next = self.port.transmits.val();
        self.transmitter.may_send.next = self.credits.may_send.val();
        if self.is_loop.val() {
            self.transmitter.transmits.next = PortOutput::Fill;
            if self.loop_port.transmits.val() {
                self.transmitter.transmits.next = PortOutput::Frames;
            }
            self.transmitter.may_send.next = self.loop_port.may_begin.val()
                & (self.loop_credit.may_send.val() | self.loop_port.needs_no_credit.val());
        }
        self.transmitter.fills_with_arb.next = self.fills_with_arb.val() & !self.is_loop.val();
        self.transmitter.owes_ready.next = self.owes.q.val();
        self.disparity.word.next = self.loop_port.word.val();
        self.disparity.is_ordered_set.next = self.loop_port.is_ordered_set.val();
        self.encoder.word.next = self.disparity.formed.val();
        self.encoder.control.next = bits::<4>(0);
        if self.disparity.formed_is_ordered_set.val() {
            self.encoder.control.next = bits::<4>(1);
        }
        self.sent.next = self.encoder.code.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
