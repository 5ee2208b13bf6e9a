//! Receive buffers of a port.

use rust_hdl::prelude::*;

use super::FrameVerdict;
use crate::circuit::{circuit_info, no_collision};
use crate::stream::{FetchSlots, StreamSource};

/// Words of the longest frame without its CRC.
pub const LONGEST_FRAME: usize = 534;

/// What the reading side is at.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum BufferReadState {
    /// No frame is given out.
    Idle,
    /// What is known of the next frame is read.
    Load,
    /// Words of a frame are given out.
    Words,
}

/// Keeps received frames until it is known what they are worth, drops the bad ones, and gives the good ones out in
/// order.
///
/// A buffer is free again, `freed`, when the frame in it was bad or its last word was taken; the other port may have
/// [`credit`](Self::credit) frames on the way. When the link is not active every frame is forgotten but the one that is
/// being given out (what a port may do at a link reset, as remembered of FC-FS), and nothing is owed for what was there
/// before.
///
/// - Latency: 6 cycles from `ended` to the frame's first word; 2 from its last word taken to `freed`.
/// - Throughput: a word a cycle within a frame and 3 cycles between frames; a frame on the line has 9 words around it.
/// - Back-pressure: frames stay until they are taken. A frame for which there is no room is dropped and counted as
///   `overrun`; nothing is owed for it, because its sender had no credit for it.
/// - Limits: 2^`A` words, `A` 11..=15; 32 frames.
#[derive(LogicBlock)]
pub struct FrameBuffer<const A: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Frames are to be received: the port is active.
    pub is_active: Signal<In, Bit>,
    /// A word of a frame stands at `word`.
    pub valid: Signal<In, Bit>,
    /// The word.
    pub word: Signal<In, Bits<32>>,
    /// The frame whose words came last has ended; never with `valid`.
    pub ended: Signal<In, Bit>,
    /// How; meaningful with `ended`.
    pub verdict: Signal<In, FrameVerdict>,
    /// It was the first of its sequence; meaningful with `ended`.
    pub received_first_of_sequence: Signal<In, Bit>,
    /// It was the last of its sequence; meaningful with `ended`.
    pub received_last_of_sequence: Signal<In, Bit>,

    /// Good frames, header and payload; `last` marks a frame's last word.
    pub frame: StreamSource<32>,
    /// Words of the frame, 6..=534; meaningful with its words.
    pub length: Signal<Out, Bits<10>>,
    /// The frame is the first of its sequence; meaningful with its words.
    pub is_first_of_sequence: Signal<Out, Bit>,
    /// The frame is the last of its sequence; meaningful with its words.
    pub is_last_of_sequence: Signal<Out, Bit>,
    /// A buffer is free again, and the other port is to be told.
    pub freed: Signal<Out, Bit>,
    /// A frame was dropped because it was bad.
    pub dropped: Signal<Out, Bit>,
    /// A frame was dropped because there was no room for it.
    pub overrun: Signal<Out, Bit>,

    /// Words beyond which none is stored; a few less than there are, because the count is late.
    fullest: Constant<Bits<16>>,
    most_frames: Constant<Bits<6>>,

    words: RAM<Bits<32>, A>,
    /// Length and place in the sequence of each good frame.
    descriptors: RAM<Bits<12>, 5>,

    /// Where the frame begins that is being received, or comes next.
    base: DFF<Bits<A>>,
    write_address: DFF<Bits<A>>,
    received_length: DFF<Bits<10>>,
    /// Good words that were not read yet.
    stored: DFF<Bits<16>>,
    is_full: DFF<Bit>,
    lacked_room: DFF<Bit>,
    write_frame: DFF<Bits<5>>,
    descriptor: Signal<Local, Bits<12>>,
    is_good: Signal<Local, Bit>,
    stores: Signal<Local, Bit>,
    keeps: Signal<Local, Bit>,

    state: DFF<BufferReadState>,
    read_frame: DFF<Bits<5>>,
    frames: DFF<Bits<6>>,
    read_address: DFF<Bits<A>>,
    /// Words of the frame that were not fetched yet.
    remaining: DFF<Bits<10>>,
    /// Of them one is left.
    is_last_word: DFF<Bit>,
    frame_length: DFF<Bits<10>>,
    frame_first: DFF<Bit>,
    frame_last: DFF<Bit>,
    /// How often the link was lost, modulo 4: nothing is owed for frames from before.
    losses: DFF<Bits<2>>,
    was_active: DFF<Bit>,
    frame_losses: DFF<Bits<2>>,
    fetched: DFF<Bit>,
    fetched_last: DFF<Bit>,
    fetched_about: DFF<Bits<14>>,
    /// Words, and what is known of their frame: its length, its place in the sequence, and since which loss of the link
    /// it is here.
    slots: FetchSlots<46>,
    about: Signal<Local, Bits<14>>,
    fetches: Signal<Local, Bit>,
    takes_frame: Signal<Local, Bit>,
    gives_back: Signal<Local, Bit>,
    wastes: Signal<Local, Bit>,

    /// Buffers that are free and not yet told so.
    owed: DFF<Bits<6>>,
    gave_back: DFF<Bit>,
    was_dropped: DFF<Bit>,
    was_overrun: DFF<Bit>,
    pays: Signal<Local, Bit>,
    owed_with_read: Signal<Local, Bits<6>>,
}

impl<const A: usize> FrameBuffer<A> {
    /// Frames that the other port may have on the way: as many of the longest as there is room for beside one that is
    /// being given out, 31 at most.
    pub const fn credit() -> usize {
        let frames = (1 << A) / LONGEST_FRAME - 1;
        if frames < 31 { frames } else { 31 }
    }
}

impl<const A: usize> Default for FrameBuffer<A> {
    /// An empty buffer.
    ///
    /// # Panics
    /// If `A` is not 11..=15.
    fn default() -> Self {
        assert!((11..=15).contains(&A), "2^{A} words: the address width must be 11..=15 bits");
        Self {
            clock: Default::default(),
            is_active: Default::default(),
            valid: Default::default(),
            word: Default::default(),
            ended: Default::default(),
            verdict: Default::default(),
            received_first_of_sequence: Default::default(),
            received_last_of_sequence: Default::default(),
            frame: Default::default(),
            length: Default::default(),
            is_first_of_sequence: Default::default(),
            is_last_of_sequence: Default::default(),
            freed: Default::default(),
            dropped: Default::default(),
            overrun: Default::default(),
            fullest: Constant::new(((1_u64 << A) - 4).into()),
            most_frames: Constant::new(32_u64.into()),
            words: Default::default(),
            descriptors: Default::default(),
            base: Default::default(),
            write_address: Default::default(),
            received_length: Default::default(),
            stored: Default::default(),
            is_full: Default::default(),
            lacked_room: Default::default(),
            write_frame: Default::default(),
            descriptor: Default::default(),
            is_good: Default::default(),
            stores: Default::default(),
            keeps: Default::default(),
            state: Default::default(),
            read_frame: Default::default(),
            frames: Default::default(),
            read_address: Default::default(),
            remaining: Default::default(),
            is_last_word: Default::default(),
            frame_length: Default::default(),
            frame_first: Default::default(),
            frame_last: Default::default(),
            losses: Default::default(),
            was_active: Default::default(),
            frame_losses: Default::default(),
            fetched: Default::default(),
            fetched_last: Default::default(),
            fetched_about: Default::default(),
            slots: Default::default(),
            about: Default::default(),
            fetches: Default::default(),
            takes_frame: Default::default(),
            gives_back: Default::default(),
            wastes: Default::default(),
            owed: Default::default(),
            gave_back: Default::default(),
            was_dropped: Default::default(),
            was_overrun: Default::default(),
            pays: Default::default(),
            owed_with_read: Default::default(),
        }
    }
}

impl<const A: usize> Logic for FrameBuffer<A> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, slots);
        dff_setup!(self, clock, base, write_address, received_length, stored, is_full, lacked_room, write_frame);
        dff_setup!(
            self,
            clock,
            state,
            read_frame,
            frames,
            read_address,
            remaining,
            frame_length,
            frame_first,
            frame_last
        );
        dff_setup!(
            self,
            clock,
            losses,
            was_active,
            frame_losses,
            fetched_about,
            fetched,
            fetched_last,
            owed,
            was_dropped,
            was_overrun,
            gave_back,
            is_last_word
        );
        self.words.read_clock.next = self.clock.val();
        self.words.write_clock.next = self.clock.val();
        self.descriptors.read_clock.next = self.clock.val();
        self.descriptors.write_clock.next = self.clock.val();

        // Words are stored behind the good ones; a bad frame's are written over.
        self.is_full.d.next =
            (self.stored.q.val() + bit_cast::<16, 10>(self.received_length.q.val())) >= self.fullest.val();
        self.stores.next = self.valid.val() & !self.is_full.q.val();
        self.words.write_address.next = self.write_address.q.val();
        self.words.write_data.next = self.word.val();
        self.words.write_enable.next = self.stores.val();
        if self.stores.val() {
            self.write_address.d.next = self.write_address.q.val() + 1;
            self.received_length.d.next = self.received_length.q.val() + 1;
        }
        if self.valid.val() & self.is_full.q.val() {
            self.lacked_room.d.next = true;
        }
        self.is_good.next = self.ended.val() & (self.verdict.val() == FrameVerdict::Good);
        self.keeps.next = self.is_good.val()
            & !self.lacked_room.q.val()
            & (self.frames.q.val() < self.most_frames.val())
            & self.is_active.val();
        self.wastes.next = self.ended.val() & !self.is_good.val();
        self.was_dropped.d.next = self.wastes.val();
        self.was_overrun.d.next = self.is_good.val() & !self.keeps.val() & self.is_active.val();
        self.descriptors.write_address.next = self.write_frame.q.val();
        self.descriptor.next = bit_cast::<12, 10>(self.received_length.q.val());
        self.descriptor.next = self.descriptor.val().replace_bit(10, self.received_first_of_sequence.val());
        self.descriptor.next = self.descriptor.val().replace_bit(11, self.received_last_of_sequence.val());
        self.descriptors.write_data.next = self.descriptor.val();
        self.descriptors.write_enable.next = self.keeps.val();
        if self.ended.val() {
            self.write_address.d.next = self.base.q.val();
            self.received_length.d.next = bits::<10>(0);
            self.lacked_room.d.next = false;
        }
        if self.keeps.val() {
            self.base.d.next = self.write_address.q.val();
            self.write_address.d.next = self.write_address.q.val();
            self.write_frame.d.next = self.write_frame.q.val() + 1;
        }

        // Good frames are read, one after the other.
        self.descriptors.read_address.next = self.read_frame.q.val();
        self.words.read_address.next = self.read_address.q.val();
        self.fetches.next = (self.state.q.val() == BufferReadState::Words) & self.slots.may_fetch.val();
        self.slots.begins.next = self.fetches.val();
        self.fetched.d.next = self.fetches.val();
        self.fetched_last.d.next = self.is_last_word.q.val();
        self.slots.fetched.next = self.fetched.q.val();
        self.about.next =
            bit_cast::<14, 10>(self.frame_length.q.val()) | (bit_cast::<14, 2>(self.frame_losses.q.val()) << 12);
        self.about.next = self.about.val().replace_bit(10, self.frame_first.q.val());
        self.about.next = self.about.val().replace_bit(11, self.frame_last.q.val());
        self.fetched_about.d.next = self.about.val();
        self.slots.fetched_word.next =
            bit_cast::<46, 32>(self.words.read_data.val()) | (bit_cast::<46, 14>(self.fetched_about.q.val()) << 32);
        self.slots.fetched_last.next = self.fetched_last.q.val();
        if self.fetches.val() {
            self.read_address.d.next = self.read_address.q.val() + 1;
            self.remaining.d.next = self.remaining.q.val() - 1;
            self.is_last_word.d.next = self.remaining.q.val() == 2;
        }
        self.takes_frame.next = false;
        self.gives_back.next = self.slots.source.valid.val()
            & self.slots.source.last.val()
            & self.frame.ready.val()
            & (self.slots.source.data.val().get_bits::<2>(44) == self.losses.q.val());
        self.was_active.d.next = self.is_active.val();
        if self.was_active.q.val() & !self.is_active.val() {
            self.losses.d.next = self.losses.q.val() + 1;
        }
        match self.state.q.val() {
            BufferReadState::Idle => {
                if self.frames.q.val().any() & self.is_active.val() {
                    self.state.d.next = BufferReadState::Load;
                }
            }
            BufferReadState::Load => {
                self.state.d.next = BufferReadState::Idle;
                if self.is_active.val() {
                    self.takes_frame.next = true;
                    self.frame_length.d.next = self.descriptors.read_data.val().get_bits::<10>(0);
                    self.remaining.d.next = self.descriptors.read_data.val().get_bits::<10>(0);
                    self.frame_first.d.next = self.descriptors.read_data.val().get_bit(10);
                    self.frame_last.d.next = self.descriptors.read_data.val().get_bit(11);
                    self.frame_losses.d.next = self.losses.q.val();
                    self.read_frame.d.next = self.read_frame.q.val() + 1;
                    // No good frame is without words.
                    self.is_last_word.d.next = self.descriptors.read_data.val().get_bits::<10>(0) == 1;
                    if self.descriptors.read_data.val().get_bits::<10>(0).any() {
                        self.state.d.next = BufferReadState::Words;
                    }
                }
            }
            BufferReadState::Words => {
                if self.fetches.val() & self.is_last_word.q.val() {
                    self.state.d.next = BufferReadState::Idle;
                }
            }
            _ => {
                self.state.d.next = BufferReadState::Idle;
            }
        }
        if self.keeps.val() & !self.takes_frame.val() {
            self.frames.d.next = self.frames.q.val() + 1;
        }
        if self.takes_frame.val() & !self.keeps.val() {
            self.frames.d.next = self.frames.q.val() - 1;
        }
        // A word that is fetched is counted a cycle later.
        if self.keeps.val() & !self.fetched.q.val() {
            self.stored.d.next = self.stored.q.val() + bit_cast::<16, 10>(self.received_length.q.val());
        }
        if self.keeps.val() & self.fetched.q.val() {
            self.stored.d.next = (self.stored.q.val() + bit_cast::<16, 10>(self.received_length.q.val())) - 1;
        }
        if self.fetched.q.val() & !self.keeps.val() {
            self.stored.d.next = self.stored.q.val() - 1;
        }

        // Without a link, all that is not being given out is forgotten.
        if !self.is_active.val() {
            self.frames.d.next = bits::<6>(0);
            self.read_frame.d.next = self.write_frame.q.val();
            self.base.d.next = self.read_address.q.val() + bit_cast::<A, 10>(self.remaining.q.val());
            self.write_address.d.next = self.read_address.q.val() + bit_cast::<A, 10>(self.remaining.q.val());
            self.stored.d.next = bit_cast::<16, 10>(self.remaining.q.val());
            self.received_length.d.next = bits::<10>(0);
        }

        // R_RDY is owed for every buffer that is free again.
        self.gave_back.d.next = self.gives_back.val();
        self.pays.next = self.owed.q.val().any() & self.is_active.val();
        self.owed_with_read.next = self.owed.q.val();
        if self.gave_back.q.val() & !self.pays.val() {
            self.owed_with_read.next = self.owed.q.val() + 1;
        }
        if self.pays.val() & !self.gave_back.q.val() {
            self.owed_with_read.next = self.owed.q.val() - 1;
        }
        self.owed.d.next = self.owed_with_read.val();
        if self.wastes.val() {
            self.owed.d.next = self.owed_with_read.val() + 1;
        }
        if !self.is_active.val() {
            self.owed.d.next = bits::<6>(0);
        }

        self.slots.source.ready.next = self.frame.ready.val();
        self.frame.valid.next = self.slots.source.valid.val();
        self.frame.data.next = self.slots.source.data.val().get_bits::<32>(0);
        self.frame.last.next = self.slots.source.last.val();
        self.length.next = self.slots.source.data.val().get_bits::<10>(32);
        self.is_first_of_sequence.next = self.slots.source.data.val().get_bit(42);
        self.is_last_of_sequence.next = self.slots.source.data.val().get_bit(43);
        self.freed.next = self.pays.val();
        self.dropped.next = self.was_dropped.q.val();
        self.overrun.next = self.was_overrun.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A word or descriptor is read only after it was counted, which is after it was written.
        info.push(no_collision(&["words", "descriptors"]));
        info
    }
}
