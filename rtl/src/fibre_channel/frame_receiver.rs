//! Frames from a line.

use rust_hdl::prelude::*;

use super::WordKind;
use crate::circuit::circuit_info;
use crate::line::Crc32Word;

/// How a frame ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum FrameVerdict {
    /// It is whole, and its CRC agrees.
    Good,
    /// It is whole, but its CRC does not agree.
    CrcError,
    /// A word of it was invalid.
    InvalidWord,
    /// Another ordered set than an end of frame came within it, or word synchronization was lost.
    Truncated,
    /// It has fewer than 7 words with its CRC, or more than 535.
    WrongLength,
    /// Its sender, or something between, marked it as not to be used.
    Aborted,
}

/// Takes frames of class 3 out of the words of a line and says of each whether it is to be trusted.
///
/// Between SOF and EOF come the words of a frame, of which the last, its CRC, is not given out. Words are given out as they
/// come, before it is known what they are worth; `ended` then tells, once for every SOF that was accepted. Several faults of
/// one frame are told as the first in this order: truncated, invalid word, wrong length, aborted, CRC.
///
/// - Latency: 7 cycles from a word's kind to `valid`, 6 from that of the EOF to `ended`.
/// - Throughput: 1 word per cycle; the next SOF may follow an EOF immediately.
/// - Back-pressure: none; whoever takes the words has room for 534 of them, and no frame gives out more.
/// - Limits: frames of other classes are passed over, and counted by `other_class`.
#[derive(LogicBlock)]
pub struct FrameReceiver {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// What the received word is.
    pub kind: Signal<In, WordKind>,
    /// The received word, the first byte in bits 7..=0.
    pub received: Signal<In, Bits<32>>,
    /// Frames are to be received: the port is active.
    pub is_active: Signal<In, Bit>,
    /// A word of a frame stands at `word`.
    pub valid: Signal<Out, Bit>,
    /// It is the first of its frame.
    pub first: Signal<Out, Bit>,
    /// The word.
    pub word: Signal<Out, Bits<32>>,
    /// The frame whose words were given out last, if any were, has ended; never with `valid`.
    pub ended: Signal<Out, Bit>,
    /// How; meaningful with `ended`.
    pub verdict: Signal<Out, FrameVerdict>,
    /// It began with SOFi3; meaningful with `ended`.
    pub is_first_of_sequence: Signal<Out, Bit>,
    /// It ended with EOFt; meaningful with `ended`.
    pub is_last_of_sequence: Signal<Out, Bit>,
    /// A frame of another class was begun.
    pub other_class: Signal<Out, Bit>,

    /// Words of the shortest and longest frame, with the CRC.
    shortest: Constant<Bits<10>>,
    longest: Constant<Bits<10>>,

    /// Words of a frame are awaited.
    within: DFF<Bit>,
    begun_as_first: DFF<Bit>,
    /// Words so far, 1,023 for more.
    length: DFF<Bits<10>>,
    has_invalid_word: DFF<Bit>,
    /// The word before, which is the CRC if the frame ends now.
    held: DFF<Bits<32>>,
    held_valid: DFF<Bit>,
    held_first: DFF<Bit>,
    is_end: Signal<Local, Bit>,
    is_start: Signal<Local, Bit>,
    is_fault: Signal<Local, Bit>,

    checksum: Crc32Word,
    /// What is given out, until the verdict of the CRC is there.
    word_valid: [DFF<Bit>; 5],
    word_first: [DFF<Bit>; 5],
    words: [DFF<Bits<32>>; 5],
    end: [DFF<Bit>; 5],
    /// The verdict without the CRC's.
    early: [DFF<FrameVerdict>; 5],
    end_first: [DFF<Bit>; 5],
    end_last: [DFF<Bit>; 5],
    given_verdict: DFF<FrameVerdict>,
    given_end: DFF<Bit>,
    given_first: DFF<Bit>,
    given_last: DFF<Bit>,
    given_valid: DFF<Bit>,
    given_begins: DFF<Bit>,
    given: DFF<Bits<32>>,
    other: DFF<Bit>,
}

impl Default for FrameReceiver {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            kind: Default::default(),
            received: Default::default(),
            is_active: Default::default(),
            valid: Default::default(),
            first: Default::default(),
            word: Default::default(),
            ended: Default::default(),
            verdict: Default::default(),
            is_first_of_sequence: Default::default(),
            is_last_of_sequence: Default::default(),
            other_class: Default::default(),
            // A header of 24 bytes, up to 2,112 of payload, and the CRC.
            shortest: Constant::new(7_u64.into()),
            longest: Constant::new(535_u64.into()),
            within: Default::default(),
            begun_as_first: Default::default(),
            length: Default::default(),
            has_invalid_word: Default::default(),
            held: Default::default(),
            held_valid: Default::default(),
            held_first: Default::default(),
            is_end: Default::default(),
            is_start: Default::default(),
            is_fault: Default::default(),
            checksum: Default::default(),
            word_valid: Default::default(),
            word_first: Default::default(),
            words: Default::default(),
            end: Default::default(),
            early: Default::default(),
            end_first: Default::default(),
            end_last: Default::default(),
            given_verdict: Default::default(),
            given_end: Default::default(),
            given_first: Default::default(),
            given_last: Default::default(),
            given_valid: Default::default(),
            given_begins: Default::default(),
            given: Default::default(),
            other: Default::default(),
        }
    }
}

impl Logic for FrameReceiver {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, checksum);
        dff_setup!(self, clock, within, begun_as_first, length, has_invalid_word, held, held_valid, held_first);
        dff_setup!(
            self,
            clock,
            given_verdict,
            given_end,
            given_first,
            given_last,
            given_valid,
            given_begins,
            given,
            other
        );
        for i in 0..5 {
            self.word_valid[i].clock.next = self.clock.val();
            self.word_first[i].clock.next = self.clock.val();
            self.words[i].clock.next = self.clock.val();
            self.end[i].clock.next = self.clock.val();
            self.early[i].clock.next = self.clock.val();
            self.end_first[i].clock.next = self.clock.val();
            self.end_last[i].clock.next = self.clock.val();
        }

        self.is_start.next =
            self.is_active.val() & ((self.kind.val() == WordKind::SofI3) | (self.kind.val() == WordKind::SofN3));
        self.is_end.next = (self.kind.val() == WordKind::EofN)
            | (self.kind.val() == WordKind::EofT)
            | (self.kind.val() == WordKind::EofA)
            | (self.kind.val() == WordKind::EofNi)
            | (self.kind.val() == WordKind::EofOther);
        self.is_fault.next = !self.is_active.val()
            | !(self.is_end.val() | (self.kind.val() == WordKind::Data) | (self.kind.val() == WordKind::Invalid));
        self.other.d.next =
            self.is_active.val() & ((self.kind.val() == WordKind::Sof2) | (self.kind.val() == WordKind::SofOther));

        self.word_valid[0].d.next = false;
        self.word_first[0].d.next = self.held_first.q.val();
        self.words[0].d.next = self.held.q.val();
        self.end[0].d.next = false;
        self.early[0].d.next = FrameVerdict::Good;
        self.end_first[0].d.next = self.begun_as_first.q.val();
        self.end_last[0].d.next = self.kind.val() == WordKind::EofT;
        self.checksum.sink.valid.next = false;
        self.checksum.sink.last.next = false;
        self.checksum.sink.data.next = self.held.q.val();
        self.checksum.unused_bytes.next = bits::<2>(0);

        if self.within.q.val() {
            if self.is_fault.val() | self.is_end.val() {
                // The word that is held is the CRC; nothing but a CRC comes of it.
                self.checksum.sink.valid.next = self.held_valid.q.val();
                self.checksum.sink.last.next = true;
                self.held_valid.d.next = false;
                self.within.d.next = false;
                self.end[0].d.next = true;
                if (self.kind.val() == WordKind::EofA)
                    | (self.kind.val() == WordKind::EofNi)
                    | (self.kind.val() == WordKind::EofOther)
                {
                    self.early[0].d.next = FrameVerdict::Aborted;
                }
                if (self.length.q.val() < self.shortest.val()) | (self.length.q.val() > self.longest.val()) {
                    self.early[0].d.next = FrameVerdict::WrongLength;
                }
                if self.has_invalid_word.q.val() {
                    self.early[0].d.next = FrameVerdict::InvalidWord;
                }
                if self.is_fault.val() {
                    self.early[0].d.next = FrameVerdict::Truncated;
                }
            } else {
                self.checksum.sink.valid.next = self.held_valid.q.val();
                self.word_valid[0].d.next = self.held_valid.q.val() & (self.length.q.val() < self.longest.val());
                self.held.d.next = self.received.val();
                self.held_valid.d.next = true;
                self.held_first.d.next = !self.held_valid.q.val();
                if !self.length.q.val().all() {
                    self.length.d.next = self.length.q.val() + 1;
                }
                if self.kind.val() == WordKind::Invalid {
                    self.has_invalid_word.d.next = true;
                }
            }
        }
        if self.is_start.val() {
            self.within.d.next = true;
            self.begun_as_first.d.next = self.kind.val() == WordKind::SofI3;
            self.length.d.next = bits::<10>(0);
            self.has_invalid_word.d.next = false;
            self.held_valid.d.next = false;
        }

        // Everything waits for the verdict of the CRC.
        for i in 1..5 {
            self.word_valid[i].d.next = self.word_valid[i - 1].q.val();
            self.word_first[i].d.next = self.word_first[i - 1].q.val();
            self.words[i].d.next = self.words[i - 1].q.val();
            self.end[i].d.next = self.end[i - 1].q.val();
            self.early[i].d.next = self.early[i - 1].q.val();
            self.end_first[i].d.next = self.end_first[i - 1].q.val();
            self.end_last[i].d.next = self.end_last[i - 1].q.val();
        }
        self.given_valid.d.next = self.word_valid[4].q.val();
        self.given_begins.d.next = self.word_first[4].q.val();
        self.given.d.next = self.words[4].q.val();
        self.given_end.d.next = self.end[4].q.val();
        self.given_verdict.d.next = self.early[4].q.val();
        if (self.early[4].q.val() == FrameVerdict::Good) & !self.checksum.intact.val() {
            self.given_verdict.d.next = FrameVerdict::CrcError;
        }
        self.given_first.d.next = self.end_first[4].q.val();
        self.given_last.d.next = self.end_last[4].q.val();

        self.valid.next = self.given_valid.q.val();
        self.first.next = self.given_begins.q.val();
        self.word.next = self.given.q.val();
        self.ended.next = self.given_end.q.val();
        self.verdict.next = self.given_verdict.q.val();
        self.is_first_of_sequence.next = self.given_first.q.val();
        self.is_last_of_sequence.next = self.given_last.q.val();
        self.other_class.next = self.other.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
