//! A port at its line.

use std::collections::VecDeque;

use super::frame_assembler::{Assembly, FrameAssembler};
use super::line_frame::LineFrame;
use super::link_state::LinkState;
use super::primitives::Primitive;
use super::scrambler::Scrambler;
use super::speed::Speed;
use super::word_receiver::{LineWord, WordReceiver};
use super::word_sender::WordSender;
use crate::models::fibre_channel::frame::Frame;

/// Words between two frames.
const GAP: u32 = 6;

/// Times of a port, in words of 8 Gb/s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTimes {
    /// R_T_TOV: after so long without word synchronization, or in one state of a link reset, the link has failed.
    pub timeout: u64,
    /// OLS is sent so long at least.
    pub offline: u64,
    /// t_rxcycl: while speeds are negotiated, one is listened to for so long.
    pub receive_cycle: u64,
    /// t_txcycl: and one is sent for so long.
    pub transmit_cycle: u64,
    /// t_stbl: a speed is settled when synchronization has held for so long, and given up when it is lost for so long.
    pub stable: u64,
}

/// What a port counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// Frames sent.
    pub sent: u64,
    /// Good frames received.
    pub received: u64,
    /// Frames received with a wrong CRC.
    pub wrong_crc: u64,
    /// Frames that broke off, were too long or short, or were marked as invalid.
    pub broken: u64,
    /// Words that no transmitter sends.
    pub invalid_words: u64,
    /// Times that the link became active.
    pub activations: u64,
}

/// A frame that passed, for who looks on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// This port sent it.
    pub is_sent: bool,
    /// The frame.
    pub frame: LineFrame,
}

/// One end of a point-to-point link.
#[derive(Clone, Debug)]
pub struct LinePort {
    times: LineTimes,
    speed: Speed,
    /// Frames of 8 Gb/s are scrambled: what comes, and what goes.
    scramblers: Option<[Scrambler; 2]>,
    receiver: WordReceiver,
    state: LinkState,
    /// Time since the state was entered.
    in_state: u64,
    /// Time without synchronization.
    without: u64,
    /// The primitive sequence that comes, and how often it came.
    repeated: Option<(Primitive, u8)>,
    incoming: FrameAssembler,
    frames: Vec<Frame>,
    outgoing: VecDeque<LineFrame>,
    /// Words of the frame that is being sent.
    sending: VecDeque<LineWord>,
    gap: u32,
    sender: WordSender,
    /// Frames that the other port can take, and those not answered by R_RDY.
    credit: u16,
    outstanding: u16,
    owed: u32,
    counts: LineCounts,
    seen: Vec<Seen>,
}

impl LinePort {
    /// A port at 8 Gb/s that begins offline.
    pub fn new(times: LineTimes) -> Self {
        Self {
            times,
            speed: Speed::Eight,
            scramblers: None,
            receiver: WordReceiver::default(),
            state: LinkState::default(),
            in_state: 0,
            without: 0,
            repeated: None,
            incoming: FrameAssembler::default(),
            frames: vec![],
            outgoing: VecDeque::new(),
            sending: VecDeque::new(),
            gap: 0,
            sender: WordSender::default(),
            credit: 1,
            outstanding: 0,
            owed: 0,
            counts: LineCounts::default(),
            seen: vec![],
        }
    }

    /// State of the link.
    pub fn state(&self) -> LinkState {
        self.state
    }

    /// What was counted.
    pub fn counts(&self) -> LineCounts {
        self.counts
    }

    /// The line has this speed: fill words are ARB(FF) at 8 Gb/s, else IDLE.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
    }

    /// Frames of 8 Gb/s are scrambled from now on.
    pub fn scramble(&mut self) {
        self.scramblers = Some(Default::default());
    }

    /// Frames that the other port can take, as it said at login.
    pub fn set_credit(&mut self, credit: u16) {
        self.credit = credit;
    }

    /// Frames that were sent and not answered by R_RDY.
    pub fn outstanding(&self) -> u16 {
        self.outstanding
    }

    /// One R_RDY that is owed is never sent; `false` if none is.
    pub fn lose_ready(&mut self) -> bool {
        let owes = self.owed > 0;
        self.owed = self.owed.saturating_sub(1);
        owes
    }

    /// Resets an active link.
    pub fn reset_link(&mut self) {
        if self.state == LinkState::Active {
            self.enter(LinkState::LrTransmit);
        }
    }

    /// Takes the link offline and up again.
    pub fn go_offline(&mut self) {
        self.enter(LinkState::OlsTransmit);
    }

    /// Frames wait to be sent, or are being sent.
    pub fn is_sending(&self) -> bool {
        !self.outgoing.is_empty() || !self.sending.is_empty()
    }

    /// Frames that wait to be sent.
    pub fn waiting(&self) -> usize {
        self.outgoing.len()
    }

    /// Sends a frame when its turn comes.
    pub fn send(&mut self, frame: LineFrame) {
        self.outgoing.push_back(frame);
    }

    /// Good frames that came since this was asked last.
    pub fn take_frames(&mut self) -> Vec<Frame> {
        std::mem::take(&mut self.frames)
    }

    /// Frames that passed since this was asked last.
    pub fn take_seen(&mut self) -> Vec<Seen> {
        std::mem::take(&mut self.seen)
    }

    fn enter(&mut self, state: LinkState) {
        if state != self.state && state == LinkState::Active {
            self.counts.activations += 1;
        }
        if state != LinkState::Active {
            self.incoming.forget();
            (self.outstanding, self.owed) = (0, 0);
            self.sending.clear();
            self.outgoing.clear();
        }
        (self.state, self.in_state) = (state, 0);
    }

    /// Forty bits of the line, the first in bit 0, by the other port's clock.
    pub fn receive(&mut self, bits: u64) {
        let mut word = self.receiver.receive(bits);
        if let Some([coming, _]) = self.scramblers.as_mut().filter(|_| self.speed == Speed::Eight) {
            word = coming.pass(word);
        }
        self.without = if word == LineWord::Lost { self.without + u64::from(self.speed.divisor()) } else { 0 };
        self.counts.invalid_words += u64::from(word == LineWord::Invalid);
        match self.incoming.take(word) {
            Assembly::Nothing => {}
            Assembly::Whole(frame) => {
                // Its buffer is free again.
                self.owed += 1;
                self.receive_frame(frame);
            }
            // Out of synchronization nobody counts buffers.
            Assembly::Broken if word == LineWord::Lost => {}
            Assembly::Broken => {
                self.counts.broken += 1;
                self.owed += 1;
            }
        }
        if self.state != LinkState::Active {
            self.incoming.forget();
        }
        match word {
            LineWord::Set(bytes) => self.receive_set(bytes),
            _ => self.repeated = None,
        }
    }

    fn receive_set(&mut self, bytes: [u8; 4]) {
        let Some(primitive) = Primitive::of(bytes) else {
            self.repeated = None;
            return;
        };
        let times = match self.repeated {
            Some((before, times)) if before == primitive => times.saturating_add(1),
            _ => 1,
        };
        self.repeated = Some((primitive, times));
        if primitive == Primitive::RRdy && self.state == LinkState::Active {
            self.outstanding = self.outstanding.saturating_sub(1);
        }
        // Fill words count at once, but not between frames.
        let counts = times >= 3 && primitive != Primitive::RRdy;
        let is_offline = self.state == LinkState::OlsTransmit && self.in_state < self.times.offline;
        if counts && !is_offline {
            let next = self.state.on(primitive);
            if next != self.state {
                self.enter(next);
            }
        }
    }

    fn receive_frame(&mut self, frame: LineFrame) {
        match frame.check() {
            Ok(good) => {
                self.counts.received += 1;
                self.frames.push(good);
            }
            Err(super::LineFrameError::Crc { .. }) => self.counts.wrong_crc += 1,
            Err(_) => self.counts.broken += 1,
        }
        self.seen.push(Seen { is_sent: false, frame });
    }

    /// The next forty bits to send, the first in bit 0, by the own clock.
    pub fn transmit(&mut self) -> u64 {
        self.in_state += u64::from(self.speed.divisor());
        let is_stuck = self.state.is_transient() && self.in_state > self.times.timeout;
        let is_deaf = self.without > self.times.timeout && self.state != LinkState::OlsTransmit;
        if (is_stuck || is_deaf) && self.state != LinkState::NosTransmit {
            self.enter(LinkState::NosTransmit);
        }
        if self.state == LinkState::OlsTransmit && self.in_state > self.times.offline + self.times.timeout {
            self.enter(LinkState::OlsWait);
        }
        let mut word = match self.state.sends() {
            Some(primitive) => {
                self.gap = 0;
                LineWord::Set(primitive.bytes())
            }
            None => self.next_word(),
        };
        if let Some([_, going]) = self.scramblers.as_mut().filter(|_| self.speed == Speed::Eight) {
            word = going.pass(word);
        }
        self.sender.send(word)
    }

    fn next_word(&mut self) -> LineWord {
        if let Some(word) = self.sending.pop_front() {
            return word;
        }
        if self.gap >= GAP
            && self.outstanding < self.credit
            && let Some(frame) = self.outgoing.pop_front()
        {
            (self.gap, self.outstanding) = (0, self.outstanding + 1);
            self.counts.sent += 1;
            let mut words = frame.words();
            let start = words.pop_front().unwrap_or(LineWord::Set(frame.start));
            self.sending = words;
            self.seen.push(Seen { is_sent: true, frame });
            return start;
        }
        self.gap = self.gap.saturating_add(1);
        // Two fill words around each R_RDY.
        if self.owed > 0 && self.gap.is_multiple_of(3) {
            self.owed -= 1;
            return LineWord::Set(Primitive::RRdy.bytes());
        }
        LineWord::Set(if self.speed == Speed::Eight { Primitive::ArbFf } else { Primitive::Idle }.bytes())
    }
}
