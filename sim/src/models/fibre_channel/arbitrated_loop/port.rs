//! A host's port in a loop.

use std::collections::VecDeque;

use super::initialization::{Initialization, Step};
use crate::models::fibre_channel::frame::Frame;
use crate::models::fibre_channel::line::{Assembly, FrameAssembler, LineCounts, LineFrame, LineFrameError, LineWord};

const IDLE: [u8; 4] = [0xBC, 0x95, 0xB5, 0xB5];
const R_RDY: [u8; 4] = [0xBC, 0x95, 0x4A, 0x4A];
const CLS: [u8; 4] = [0xBC, 0x85, 0xB5, 0xB5];
const LIP: [u8; 4] = [0xBC, 0x15, 0xF7, 0xF7];
/// Second bytes of ordered sets with addresses.
const ARB: u8 = 0x94;
const OPN: u8 = 0x91;
const LIP_BYTE: u8 = 0x15;
/// Fairness, and the master's.
const F0: u8 = 0xF0;
/// LIP that are sent at least: at power-up for long enough that the next port is in synchronization, to tell others fewer.
const FIRST_LIPS: u32 = 2_000;
const LIPS: u32 = 24;
/// Words in which a word has gone round any loop.
const ROUND: u64 = 600;
/// Words between two frames.
const GAP: u32 = 6;
/// Words without anything to send after which a circuit is closed.
const HOLD: u64 = 60;
/// Words after which a circuit is closed for others.
const TENANCY: u64 = 2_500;

/// State, named as in FC-AL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopPortState {
    /// Sends LIP until it comes.
    Initializing,
    /// Frames of the initialization go round.
    OpenInit,
    /// Repeats.
    Monitoring,
    /// Wants the loop.
    Arbitrating,
    /// Has it.
    Open,
    /// Was opened.
    Opened,
    /// Has sent CLS.
    TransmittedClose,
    /// Has received CLS.
    ReceivedClose,
}

use LoopPortState::{Arbitrating, Initializing, Monitoring, Open, OpenInit, Opened, ReceivedClose, TransmittedClose};

/// A port between the word that comes from the port before it and the word that goes to the port behind it.
#[derive(Clone, Debug)]
pub struct LoopPort {
    state: LoopPortState,
    initialization: Initialization,
    is_half_duplex: bool,
    /// Frames that the port can take.
    buffers: u32,
    timeout: u64,
    /// Words in this state, and words without a frame.
    in_state: u64,
    still: u64,
    lips_to_send: u32,
    lips_seen: u32,
    lip_came: bool,
    /// Those that come have counted.
    has_told: bool,
    has_access: bool,
    fill: [u8; 4],
    /// The other end of the circuit, if it may be sent frames.
    partner: Option<u8>,
    opened: u8,
    /// It holds the loop: ARB of others goes no further.
    is_opener: bool,
    nobody_waits: bool,
    /// It has closed the loop before its ARB(F0), or ARB of another port, came back.
    awaits_arb: bool,
    others_wait: bool,
    is_alone: bool,
    quiet: u64,
    credit: u32,
    owed: u32,
    since_ready: u32,
    gap: u32,
    incoming: FrameAssembler,
    sending: VecDeque<LineWord>,
    outgoing: VecDeque<Frame>,
    frames: Vec<Frame>,
    unreachable: Vec<u8>,
    counts: LineCounts,
    /// Times that it won the loop, and words of the longest wait for it.
    won: u64,
    longest_wait: u64,
    waiting: u64,
    violations: Vec<String>,
}

impl LoopPort {
    /// A port with this name that can take so many frames, and the address that it would like. A loop in which nothing moves for
    /// `timeout` words is initialized anew.
    pub fn new(name: u64, hard: Option<u8>, buffers: u32, timeout: u64) -> Self {
        Self {
            state: Initializing,
            initialization: Initialization::new(name, hard),
            is_half_duplex: false,
            buffers,
            timeout,
            in_state: 0,
            still: 0,
            lips_to_send: FIRST_LIPS,
            lips_seen: 0,
            lip_came: false,
            has_told: false,
            has_access: true,
            fill: IDLE,
            partner: None,
            opened: 0,
            is_opener: false,
            nobody_waits: false,
            awaits_arb: false,
            others_wait: false,
            is_alone: false,
            quiet: 0,
            credit: 0,
            owed: 0,
            since_ready: 0,
            gap: 0,
            incoming: FrameAssembler::default(),
            sending: VecDeque::new(),
            outgoing: VecDeque::new(),
            frames: vec![],
            unreachable: vec![],
            counts: LineCounts::default(),
            won: 0,
            longest_wait: 0,
            waiting: 0,
            violations: vec![],
        }
    }

    /// Opens others half duplex.
    pub fn set_half_duplex(&mut self, is_half_duplex: bool) {
        self.is_half_duplex = is_half_duplex;
    }

    /// State of the port.
    pub fn state(&self) -> LoopPortState {
        self.state
    }

    /// Its address, once the loop is initialized.
    pub fn address(&self) -> Option<u8> {
        self.initialization.address().filter(|_| self.is_participating())
    }

    /// The port was master of the initialization.
    pub fn is_master(&self) -> bool {
        self.initialization.is_master()
    }

    /// What was counted.
    pub fn counts(&self) -> LineCounts {
        self.counts
    }

    /// Times that it won the loop, and the words that it waited for it at most.
    pub fn wins(&self) -> (u64, u64) {
        (self.won, self.longest_wait)
    }

    /// Words that break the rules of a circuit.
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// Initializes the loop.
    pub fn initialize(&mut self) {
        self.enter(Initializing);
        self.lips_to_send = LIPS;
    }

    /// One R_RDY that is owed is never sent; `false` if none is.
    pub fn lose_ready(&mut self) -> bool {
        let owes = self.owed > 0;
        self.owed = self.owed.saturating_sub(1);
        owes
    }

    /// Sends a frame when its turn comes.
    pub fn send(&mut self, frame: Frame) {
        self.outgoing.push_back(frame);
    }

    /// Frames wait.
    pub fn is_sending(&self) -> bool {
        !self.outgoing.is_empty() || !self.sending.is_empty()
    }

    /// Good frames that came since this was asked last.
    pub fn take_frames(&mut self) -> Vec<Frame> {
        std::mem::take(&mut self.frames)
    }

    /// Addresses that nobody has, of frames that were to be sent to them.
    pub fn take_unreachable(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.unreachable)
    }

    fn is_participating(&self) -> bool {
        !matches!(self.state, Initializing | OpenInit)
    }

    fn enter(&mut self, state: LoopPortState) {
        if !matches!(state, Open | Opened | OpenInit | TransmittedClose | ReceivedClose) {
            self.incoming.forget();
        }
        if state == Monitoring && std::mem::take(&mut self.is_opener) && !self.nobody_waits {
            self.awaits_arb = true;
        }
        (self.state, self.in_state, self.still) = (state, 0, 0);
    }

    fn begin_initialization(&mut self, lips: u32) {
        self.enter(OpenInit);
        self.lip_came = false;
        self.lips_to_send = lips;
        self.sending.clear();
        self.outgoing.clear();
        self.incoming.forget();
        self.has_access = true;
        self.initialization.restart();
    }

    fn begin_circuit(&mut self, state: LoopPortState, partner: Option<u8>, opened: u8) {
        self.enter(state);
        (self.partner, self.opened) = (partner, opened);
        (self.credit, self.owed, self.quiet, self.gap) = (0, self.buffers, 0, 0);
        (self.is_opener, self.nobody_waits, self.is_alone, self.awaits_arb) = (state == Open, false, false, false);
    }

    /// A word comes, and a word goes.
    pub fn pass(&mut self, word: LineWord) -> LineWord {
        self.in_state += 1;
        let is_quiet = !matches!(word, LineWord::Data(_)) && (self.state != Monitoring || !self.outgoing.is_empty());
        self.still = if is_quiet { self.still + 1 } else { 0 };
        let set = if let LineWord::Set(bytes) = word { Some(bytes) } else { None };
        self.lips_seen = if set.is_some_and(|set| set[1] == LIP_BYTE) { self.lips_seen + 1 } else { 0 };
        if self.state == Initializing {
            self.lips_to_send = self.lips_to_send.saturating_sub(1);
            self.lip_came |= self.lips_seen >= 3;
            self.has_told = self.lips_seen >= 3;
            if self.lip_came && self.lips_to_send == 0 {
                self.begin_initialization(0);
            }
            return LineWord::Set(LIP);
        }
        // A succession of LIP counts once, and during an initialization not before it has had time to go round.
        self.has_told &= self.lips_seen > 0;
        let has_gone_round = self.state != OpenInit || self.in_state > ROUND;
        if self.lips_seen >= 3 && !self.has_told && has_gone_round {
            self.begin_initialization(LIPS);
            self.has_told = true;
        }
        let is_stuck = self.still > self.timeout;
        if is_stuck {
            self.initialize();
        }
        let own = self.address();
        let mut repeated = word;
        if let Some(set) = set {
            self.see(set, own, &mut repeated);
        } else if !matches!(word, LineWord::Data(_)) {
            repeated = LineWord::Set(self.fill);
        }
        if matches!(self.state, Open | Opened | OpenInit | TransmittedClose | ReceivedClose) {
            self.receive(word);
            return self.talk(own);
        }
        self.arbitrate(own);
        repeated
    }

    /// What an ordered set means.
    fn see(&mut self, set: [u8; 4], own: Option<u8>, repeated: &mut LineWord) {
        let is_arb = set[1] == ARB && set[2] == set[3];
        let is_own_arb = is_arb && Some(set[2]) == own;
        if set == IDLE || is_arb {
            let is_own_f0 = self.awaits_arb && is_arb && set[2] == F0;
            self.awaits_arb &= is_own_f0;
            self.fill = if is_own_arb || is_own_f0 { IDLE } else { set };
            *repeated = LineWord::Set(self.fill);
        }
        if set == IDLE {
            (self.has_access, self.others_wait) = (true, false);
        } else if is_arb {
            self.others_wait = set[2] != F0 && !is_own_arb;
        }
        match self.state {
            OpenInit if is_arb && set[2] == F0 => self.initialization.see_arb(),
            Open | TransmittedClose if is_arb && set[2] == F0 => self.nobody_waits = true,
            Open if set[1] == OPN && set[2] == self.opened => self.is_alone = true,
            Arbitrating | Monitoring if set[1] == OPN && Some(set[2]) == own => {
                let partner = (set[3] != set[2]).then_some(set[3]);
                self.begin_circuit(Opened, partner, 0);
            }
            Arbitrating if is_own_arb => {
                let to = self.outgoing.front().map_or(0, |frame| frame.header.destination as u8);
                let from = if self.is_half_duplex { to } else { own.unwrap_or(to) };
                (self.won, self.has_access) = (self.won + 1, false);
                self.longest_wait = self.longest_wait.max(self.waiting);
                self.waiting = 0;
                self.begin_circuit(Open, Some(to), to);
                // OPN is what a circuit sends first.
                self.sending = VecDeque::from([LineWord::Set([0xBC, OPN, to, from])]);
            }
            Arbitrating => {
                let is_lower = set == IDLE || (is_arb && own.is_some_and(|own| set[2] > own));
                if let (true, Some(own)) = (is_lower, own) {
                    *repeated = LineWord::Set([0xBC, ARB, own, own]);
                }
            }
            _ => {}
        }
    }

    /// The fill word of a port that does not have the loop: its own ARB, if a frame waits for another circuit.
    fn fill_or_own(&self, own: Option<u8>) -> [u8; 4] {
        let next = self.outgoing.front().map(|frame| frame.header.destination as u8);
        let waits = next.is_some() && next != self.partner && self.has_access;
        let is_lower = |own: u8| self.fill == IDLE || self.fill[2] > own;
        match own {
            Some(own) if waits && is_lower(own) => [0xBC, ARB, own, own],
            _ => self.fill,
        }
    }

    /// Whether to want the loop.
    fn arbitrate(&mut self, own: Option<u8>) {
        let wants = !self.outgoing.is_empty() && own.is_some();
        self.waiting = if wants { self.waiting + 1 } else { 0 };
        match self.state {
            Monitoring if wants && self.has_access => self.enter(Arbitrating),
            Arbitrating if !wants => self.enter(Monitoring),
            _ => {}
        }
    }

    /// What comes in a circuit.
    fn receive(&mut self, word: LineWord) {
        self.counts.invalid_words += u64::from(matches!(word, LineWord::Invalid | LineWord::Lost));
        match self.incoming.take(word) {
            Assembly::Nothing => {}
            Assembly::Whole(frame) => {
                self.owed += 1;
                self.receive_frame(&frame);
            }
            Assembly::Broken => {
                self.owed += 1;
                self.counts.broken += 1;
            }
        }
        if let LineWord::Set(set) = word {
            self.receive_set(set);
        }
    }

    fn receive_frame(&mut self, frame: &LineFrame) {
        match frame.check() {
            Ok(frame) if self.state == OpenInit => {
                self.counts.received += 1;
                let step = self.initialization.on_frame(&frame);
                self.take_step(step);
            }
            Ok(frame) => {
                self.counts.received += 1;
                if self.state == Open && self.is_half_duplex {
                    self.violations.push(format!("a frame in a half-duplex circuit: {:X?}", frame.header));
                }
                self.frames.push(frame);
            }
            Err(LineFrameError::Crc { .. }) => self.counts.wrong_crc += 1,
            Err(_) => self.counts.broken += 1,
        }
    }

    fn receive_set(&mut self, set: [u8; 4]) {
        match set {
            R_RDY => self.credit += 1,
            CLS => match self.state {
                OpenInit => {
                    // What is left of the last frame are fill words.
                    self.sending = VecDeque::from([LineWord::Set(CLS)]);
                    self.counts.activations += 1;
                    self.enter(Monitoring);
                }
                TransmittedClose => {
                    self.enter(Monitoring);
                    self.arbitrate(self.address());
                }
                Open | Opened => self.enter(ReceivedClose),
                _ => {}
            },
            _ => {}
        }
    }

    fn take_step(&mut self, step: Step) {
        match step {
            Step::Nothing => {}
            Step::Send(frame) => self.load(&frame),
            Step::Close => {
                self.counts.activations += 1;
                self.sending = VecDeque::from([LineWord::Set(CLS)]);
                (self.is_opener, self.nobody_waits) = (true, true);
                self.enter(TransmittedClose);
            }
        }
    }

    /// The words of a frame are the next to be sent.
    fn load(&mut self, frame: &Frame) {
        self.sending.extend(LineFrame::from(frame).words());
        self.sending.extend([LineWord::Set(IDLE); GAP as usize]);
        self.counts.sent += 1;
    }

    /// The next word of a circuit.
    fn talk(&mut self, own: Option<u8>) -> LineWord {
        if self.lips_to_send > 0 {
            self.lips_to_send -= 1;
            return LineWord::Set(LIP);
        }
        if self.state == OpenInit && self.sending.is_empty() {
            let step = self.initialization.on_word();
            self.take_step(step);
        }
        let fill = LineWord::Set(match self.state {
            OpenInit if self.initialization.sends_arb() => [0xBC, ARB, F0, F0],
            OpenInit => IDLE,
            _ if self.is_opener && !self.nobody_waits => [0xBC, ARB, F0, F0],
            _ if self.is_opener => IDLE,
            _ => self.fill_or_own(own),
        });
        self.quiet += 1;
        self.gap = self.gap.saturating_add(1);
        if let Some(word) = self.sending.pop_front() {
            if word == LineWord::Set(IDLE) {
                return fill;
            }
            self.quiet = 0;
            return word;
        }
        self.since_ready += 1;
        if self.owed > 0 && self.since_ready >= 3 && matches!(self.state, Open | Opened) {
            (self.owed, self.since_ready) = (self.owed - 1, 0);
            return LineWord::Set(R_RDY);
        }
        let next = self.outgoing.front().map(|frame| frame.header.destination as u8);
        match self.state {
            Open if self.is_alone => {
                let dropped = self.outgoing.pop_front();
                self.unreachable.extend(dropped.map(|frame| frame.header.destination as u8));
                self.enter(TransmittedClose);
                return LineWord::Set(CLS);
            }
            Open | Opened if next.is_some() && next == self.partner && self.credit > 0 && self.since_ready >= 2 => {
                self.credit -= 1;
                if let Some(frame) = self.outgoing.pop_front() {
                    self.load(&frame);
                }
                return self.sending.pop_front().unwrap_or(fill);
            }
            Open => {
                let is_done = self.quiet > HOLD && (next.is_none() || next != self.partner);
                let is_long = self.in_state > TENANCY && (self.others_wait || self.quiet > TENANCY);
                if is_done || is_long {
                    self.enter(TransmittedClose);
                    return LineWord::Set(CLS);
                }
            }
            ReceivedClose => {
                self.enter(Monitoring);
                self.arbitrate(own);
                return LineWord::Set(CLS);
            }
            _ => {}
        }
        fill
    }
}
