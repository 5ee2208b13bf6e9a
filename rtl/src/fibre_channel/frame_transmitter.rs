//! Frames, and what stands between them, onto a line.

use rust_hdl::prelude::*;

use super::{PortOutput, ordered_set as set};
use crate::circuit::circuit_info;
use crate::line::Crc32Word;
use crate::stream::StreamSink;

/// What the transmitter is at.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum TransmitterState {
    /// Between frames.
    Between,
    /// Words of a frame.
    Words,
    /// The CRC behind them.
    Crc,
    /// EOF.
    End,
    /// Words of a frame that was given up, until its last.
    Discarding,
}

/// Puts start of frame, CRC and end of frame around the words of frames, and fill words, R_RDY and primitive sequences between
/// them.
///
/// A frame is offered as its header and payload, in words, the last marked. It is begun when its first word waits, the link
/// is active, credit is there and six primitives were sent since the last, R_RDY among them. Two fill words stand before and
/// behind each R_RDY (as remembered of FC-FS). From then on a word is taken every cycle. If one is missing, or the link is no longer active, EOFa ends the frame, and the
/// rest of its words is taken and dropped. EOF is given out in its form for negative running disparity.
///
/// - Latency: 5 cycles from a word taken to the word sent.
/// - Throughput: a word a cycle within a frame; 9 words around the words of each frame.
/// - Back-pressure: none from the line; `frame.ready` waits for credit, the link and the gap.
/// - Limits: frames of 6 words at least.
#[derive(LogicBlock)]
pub struct FrameTransmitter {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Header and payload of frames, first byte in bits 7..=0; `last` marks a frame's last word.
    pub frame: StreamSink<32>,
    /// The frame is the first of its sequence: SOFi3, else SOFn3; meaningful with its first word.
    pub is_first_of_sequence: Signal<In, Bit>,
    /// The frame is the last of its sequence: EOFt, else EOFn; meaningful with its first word.
    pub is_last_of_sequence: Signal<In, Bit>,
    /// What the port sends.
    pub transmits: Signal<In, PortOutput>,
    /// Fill words are ARB(FF), as at 8 Gb/s, else IDLE.
    pub fills_with_arb: Signal<In, Bit>,
    /// Credit for a frame is there.
    pub may_send: Signal<In, Bit>,
    /// An R_RDY is to be sent.
    pub owes_ready: Signal<In, Bit>,
    /// It is sent.
    pub ready_sent: Signal<Out, Bit>,
    /// A frame is begun.
    pub frame_sent: Signal<Out, Bit>,
    /// A frame is ended by EOFa.
    pub frame_aborted: Signal<Out, Bit>,
    /// A word for the line, the first byte in bits 7..=0.
    pub word: Signal<Out, Bits<32>>,
    /// It is an ordered set.
    pub is_ordered_set: Signal<Out, Bit>,

    sof_i3: Constant<Bits<32>>,
    sof_n3: Constant<Bits<32>>,
    eof_t: Constant<Bits<32>>,
    eof_n: Constant<Bits<32>>,
    eof_a: Constant<Bits<32>>,
    idle: Constant<Bits<32>>,
    arb: Constant<Bits<32>>,
    r_rdy: Constant<Bits<32>>,
    nos: Constant<Bits<32>>,
    ols: Constant<Bits<32>>,
    lr: Constant<Bits<32>>,
    lrr: Constant<Bits<32>>,
    /// Primitives between frames.
    gap_length: Constant<Bits<3>>,
    /// Of those still to come, as many as an R_RDY needs: itself and two fill words.
    room_for_ready: Constant<Bits<3>>,

    state: DFF<TransmitterState>,
    /// Primitives still to be sent before the next frame.
    gap: DFF<Bits<3>>,
    /// Fill words sent since something else, two for more.
    fills: DFF<Bits<2>>,
    ends_sequence: DFF<Bit>,
    /// The word that waits is the first of a frame and all is there to begin it.
    begins: Signal<Local, Bit>,
    takes: Signal<Local, Bit>,
    is_frames: Signal<Local, Bit>,
    fill: Signal<Local, Bits<32>>,
    /// What is sent while there is no frame.
    between: Signal<Local, Bits<32>>,
    between_is_fill: Signal<Local, Bit>,
    /// The word that is decided upon.
    chosen: Signal<Local, Bits<32>>,
    chosen_is_ordered_set: Signal<Local, Bit>,
    chosen_is_crc: Signal<Local, Bit>,
    sends_ready: Signal<Local, Bit>,
    aborts: Signal<Local, Bit>,

    checksum: Crc32Word,
    crc_word: DFF<Bits<32>>,
    chosen_word: [DFF<Bits<32>>; 4],
    chosen_ordered_set: [DFF<Bit>; 4],
    chosen_crc: [DFF<Bit>; 4],
    final_word: DFF<Bits<32>>,
    final_is_ordered_set: DFF<Bit>,
}

impl Default for FrameTransmitter {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            frame: Default::default(),
            is_first_of_sequence: Default::default(),
            is_last_of_sequence: Default::default(),
            transmits: Default::default(),
            fills_with_arb: Default::default(),
            may_send: Default::default(),
            owes_ready: Default::default(),
            ready_sent: Default::default(),
            frame_sent: Default::default(),
            frame_aborted: Default::default(),
            word: Default::default(),
            is_ordered_set: Default::default(),
            sof_i3: Constant::new(set::word(set::SOF_I3)),
            sof_n3: Constant::new(set::word(set::SOF_N3)),
            eof_t: Constant::new(set::word(set::EOF_T)),
            eof_n: Constant::new(set::word(set::EOF_N)),
            eof_a: Constant::new(set::word(set::EOF_A)),
            idle: Constant::new(set::word(set::IDLE)),
            arb: Constant::new(set::word(set::ARB_FF)),
            r_rdy: Constant::new(set::word(set::R_RDY)),
            nos: Constant::new(set::word(set::NOS)),
            ols: Constant::new(set::word(set::OLS)),
            lr: Constant::new(set::word(set::LR)),
            lrr: Constant::new(set::word(set::LRR)),
            gap_length: Constant::new(6_u64.into()),
            room_for_ready: Constant::new(3_u64.into()),
            state: Default::default(),
            gap: Default::default(),
            fills: Default::default(),
            ends_sequence: Default::default(),
            begins: Default::default(),
            takes: Default::default(),
            is_frames: Default::default(),
            fill: Default::default(),
            between: Default::default(),
            between_is_fill: Default::default(),
            chosen: Default::default(),
            chosen_is_ordered_set: Default::default(),
            chosen_is_crc: Default::default(),
            sends_ready: Default::default(),
            aborts: Default::default(),
            checksum: Default::default(),
            crc_word: Default::default(),
            chosen_word: Default::default(),
            chosen_ordered_set: Default::default(),
            chosen_crc: Default::default(),
            final_word: Default::default(),
            final_is_ordered_set: Default::default(),
        }
    }
}

impl Logic for FrameTransmitter {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, checksum);
        dff_setup!(self, clock, state, gap, fills, ends_sequence, crc_word, final_word, final_is_ordered_set);
        for i in 0..4 {
            self.chosen_word[i].clock.next = self.clock.val();
            self.chosen_ordered_set[i].clock.next = self.clock.val();
            self.chosen_crc[i].clock.next = self.clock.val();
        }

        self.is_frames.next = self.transmits.val() == PortOutput::Frames;
        self.fill.next = self.idle.val();
        if self.fills_with_arb.val() {
            self.fill.next = self.arb.val();
        }

        // Between frames: fill words, R_RDY and primitive sequences.
        self.begins.next = (self.state.q.val() == TransmitterState::Between)
            & self.is_frames.val()
            & self.frame.valid.val()
            & self.may_send.val()
            & !self.gap.q.val().any()
            & self.fills.q.val().get_bit(1);
        self.sends_ready.next = ((self.state.q.val() == TransmitterState::Between)
            | (self.state.q.val() == TransmitterState::Discarding))
            & self.is_frames.val()
            & self.owes_ready.val()
            & self.fills.q.val().get_bit(1)
            & (!self.gap.q.val().any() | (self.gap.q.val() >= self.room_for_ready.val()))
            & !self.begins.val();
        self.between.next = self.fill.val();
        self.between_is_fill.next = true;
        match self.transmits.val() {
            PortOutput::Ols => {
                self.between.next = self.ols.val();
                self.between_is_fill.next = false;
            }
            PortOutput::Nos => {
                self.between.next = self.nos.val();
                self.between_is_fill.next = false;
            }
            PortOutput::Lr => {
                self.between.next = self.lr.val();
                self.between_is_fill.next = false;
            }
            PortOutput::Lrr => {
                self.between.next = self.lrr.val();
                self.between_is_fill.next = false;
            }
            _ => {}
        }
        if self.sends_ready.val() {
            self.between.next = self.r_rdy.val();
            self.between_is_fill.next = false;
        }

        self.frame.ready.next = false;
        self.takes.next = false;
        self.aborts.next = false;
        self.chosen.next = self.between.val();
        self.chosen_is_ordered_set.next = true;
        self.chosen_is_crc.next = false;
        if self.gap.q.val().any() {
            self.gap.d.next = self.gap.q.val() - 1;
        }
        if self.between_is_fill.val() {
            if !self.fills.q.val().get_bit(1) {
                self.fills.d.next = self.fills.q.val() + 1;
            }
        } else {
            self.fills.d.next = bits::<2>(0);
        }
        match self.state.q.val() {
            TransmitterState::Between => {
                if self.begins.val() {
                    self.chosen.next = self.sof_n3.val();
                    if self.is_first_of_sequence.val() {
                        self.chosen.next = self.sof_i3.val();
                    }
                    self.ends_sequence.d.next = self.is_last_of_sequence.val();
                    self.state.d.next = TransmitterState::Words;
                }
            }
            TransmitterState::Words => {
                self.frame.ready.next = self.is_frames.val();
                self.takes.next = self.frame.valid.val() & self.is_frames.val();
                self.chosen.next = self.frame.data.val();
                self.chosen_is_ordered_set.next = false;
                if !(self.frame.valid.val() & self.is_frames.val()) {
                    self.aborts.next = true;
                    self.chosen.next = self.eof_a.val();
                    self.chosen_is_ordered_set.next = true;
                    self.gap.d.next = self.gap_length.val();
                    self.fills.d.next = bits::<2>(0);
                    self.state.d.next = TransmitterState::Discarding;
                } else if self.frame.last.val() {
                    self.state.d.next = TransmitterState::Crc;
                }
            }
            TransmitterState::Crc => {
                self.chosen_is_ordered_set.next = false;
                self.chosen_is_crc.next = true;
                self.state.d.next = TransmitterState::End;
            }
            TransmitterState::End => {
                self.chosen.next = self.eof_n.val();
                if self.ends_sequence.q.val() {
                    self.chosen.next = self.eof_t.val();
                }
                self.gap.d.next = self.gap_length.val();
                self.fills.d.next = bits::<2>(0);
                self.state.d.next = TransmitterState::Between;
            }
            TransmitterState::Discarding => {
                self.frame.ready.next = true;
                if self.frame.valid.val() & self.frame.last.val() {
                    self.state.d.next = TransmitterState::Between;
                }
            }
            _ => {
                self.state.d.next = TransmitterState::Between;
            }
        }
        if !self.is_frames.val() {
            self.gap.d.next = self.gap_length.val();
        }
        self.ready_sent.next = self.sends_ready.val();
        self.frame_sent.next = self.begins.val();
        self.frame_aborted.next = self.aborts.val();

        // A frame that is given up ends its CRC as well.
        self.checksum.sink.valid.next = self.takes.val() | self.aborts.val();
        self.checksum.sink.data.next = self.frame.data.val();
        self.checksum.sink.last.next = self.frame.last.val() | self.aborts.val();
        self.checksum.unused_bytes.next = bits::<2>(0);
        if self.checksum.crc_valid.val() {
            self.crc_word.d.next = self.checksum.crc.val();
        }

        // Words wait until the CRC of the last is known.
        self.chosen_word[0].d.next = self.chosen.val();
        self.chosen_ordered_set[0].d.next = self.chosen_is_ordered_set.val();
        self.chosen_crc[0].d.next = self.chosen_is_crc.val();
        for i in 1..4 {
            self.chosen_word[i].d.next = self.chosen_word[i - 1].q.val();
            self.chosen_ordered_set[i].d.next = self.chosen_ordered_set[i - 1].q.val();
            self.chosen_crc[i].d.next = self.chosen_crc[i - 1].q.val();
        }
        self.final_word.d.next = self.chosen_word[3].q.val();
        if self.chosen_crc[3].q.val() {
            self.final_word.d.next = self.crc_word.q.val();
        }
        self.final_is_ordered_set.d.next = self.chosen_ordered_set[3].q.val();
        self.word.next = self.final_word.q.val();
        self.is_ordered_set.next = self.final_is_ordered_set.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
