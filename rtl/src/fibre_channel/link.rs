//! One end of a point-to-point link: from the bits of a line to frames, and back.

use rust_hdl::prelude::*;

use super::{
    CreditCounter, EndOfFrameDisparity, FrameReceiver, FrameTransmitter, FrameVerdict, OrderedSetDecoder, PortState,
    PortStateMachine, WordKind,
};
use crate::circuit::circuit_info;
use crate::line::{CommaAligner, Decoder8b10b, ElasticBuffer, Encoder8b10b, WordSynchronizer};
use crate::stream::StreamSink;

/// Forty bits of a line each way every cycle, and the frames in them: coding, word synchronization, compensation of the
/// two clocks, port state, credit, CRC.
///
/// - Latency: about 38 cycles from the bits of a word to its frame's word, 13 from a frame's word to its bits.
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
    /// Resets an active link.
    pub reset_link: Signal<In, Bit>,
    /// Takes the link offline and up again.
    pub go_offline: Signal<In, Bit>,

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
    receiver: FrameReceiver,
    credits: CreditCounter,
    /// The port was not active in the cycle before.
    inactive: DFF<Bit>,
    /// R_RDY to be sent.
    owed: DFF<Bits<8>>,
    owes: DFF<Bit>,
    next_owed: Signal<Local, Bits<8>>,
    transmitter: FrameTransmitter,
    disparity: EndOfFrameDisparity,
    encoder: Encoder8b10b,
}

impl Link {
    /// A link whose R_T_TOV and shortest OLS are so many cycles.
    ///
    /// # Panics
    /// If a time is not 1..2^28 cycles.
    pub fn new(receiver_transmitter_timeout: u64, offline_time: u64) -> Self {
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
            reset_link: Default::default(),
            go_offline: Default::default(),
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
            port: PortStateMachine::new(receiver_transmitter_timeout, offline_time),
            receiver: Default::default(),
            credits: Default::default(),
            inactive: Default::default(),
            owed: Default::default(),
            owes: Default::default(),
            next_owed: Default::default(),
            transmitter: Default::default(),
            disparity: Default::default(),
            encoder: Default::default(),
        }
    }
}

impl Logic for Link {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, line_clock, aligner, decoder, synchronizer);
        clock!(self, clock, ordered_sets, port, receiver, credits, transmitter, disparity, encoder);
        self.buffer.line_clock.next = self.line_clock.val();
        self.buffer.clock.next = self.clock.val();
        dff_setup!(self, clock, owed, owes, inactive);
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
        self.buffer.received_is_synchronized.next = self.synchronizer.is_synchronized.val();

        // What is received.
        self.ordered_sets.received.next = self.buffer.word.val();
        self.ordered_sets.is_ordered_set.next = self.buffer.is_ordered_set.val();
        self.ordered_sets.is_invalid.next = self.buffer.is_invalid.val();
        self.ordered_sets.is_synchronized.next = self.buffer.is_synchronized.val();
        self.port.kind.next = self.ordered_sets.kind.val();
        self.port.is_repeated.next = self.ordered_sets.is_repeated.val();
        self.port.reset_link.next = self.reset_link.val();
        self.port.go_offline.next = self.go_offline.val();
        self.receiver.kind.next = self.ordered_sets.kind.val();
        self.receiver.received.next = self.ordered_sets.word.val();
        self.receiver.is_active.next = self.port.is_active.val();
        self.valid.next = self.receiver.valid.val();
        self.first.next = self.receiver.first.val();
        self.word.next = self.receiver.word.val();
        self.ended.next = self.receiver.ended.val();
        self.verdict.next = self.receiver.verdict.val();
        self.received_first_of_sequence.next = self.receiver.is_first_of_sequence.val();
        self.received_last_of_sequence.next = self.receiver.is_last_of_sequence.val();
        self.kind.next = self.ordered_sets.kind.val();
        self.state.next = self.port.state.val();

        // Credit, the other port's and one's own.
        self.credits.credit.next = self.credit.val();
        self.inactive.d.next = !self.port.is_active.val();
        self.credits.reset.next = self.inactive.q.val();
        self.credits.frame_sent.next = self.transmitter.frame_sent.val();
        self.credits.ready_received.next = self.port.is_active.val() & (self.ordered_sets.kind.val() == WordKind::RRdy);
        self.outstanding.next = self.credits.outstanding.val();
        self.next_owed.next = self.owed.q.val();
        if self.buffer_freed.val() & !self.transmitter.ready_sent.val() {
            self.next_owed.next = self.owed.q.val() + 1;
        }
        if !self.buffer_freed.val() & self.transmitter.ready_sent.val() {
            self.next_owed.next = self.owed.q.val() - 1;
        }
        if !self.port.is_active.val() {
            self.next_owed.next = bits::<8>(0);
        }
        self.owed.d.next = self.next_owed.val();
        self.owes.d.next = self.next_owed.val().any();

        // What is sent.
        StreamSink::<32>::link(&mut self.frame, &mut self.transmitter.frame);
        self.transmitter.is_first_of_sequence.next = self.is_first_of_sequence.val();
        self.transmitter.is_last_of_sequence.next = self.is_last_of_sequence.val();
        self.transmitter.transmits.next = self.port.transmits.val();
        self.transmitter.fills_with_arb.next = self.fills_with_arb.val();
        self.transmitter.may_send.next = self.credits.may_send.val();
        self.transmitter.owes_ready.next = self.owes.q.val();
        self.disparity.word.next = self.transmitter.word.val();
        self.disparity.is_ordered_set.next = self.transmitter.is_ordered_set.val();
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
