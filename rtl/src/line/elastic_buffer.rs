//! Words from the clock of a line into another of nearly the same frequency.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::fibre_channel::ordered_set as set;

/// Words that come with the clock recovered from a line, given out with another clock; fill words make up for what the
/// two differ.
///
/// Words that may be left out or repeated are those out of synchronization, IDLE and ARB(x), which fill what is between
/// frames, and NOS, OLS, LR, LRR, LIP, LPE and LPB, which are sent over and over. The writing side leaves one out when it
/// counts 22 words or more in the buffer, the reading side repeats one when it counts fewer than eleven. Each sees the other as it
/// was five cycles before: about 16 words are there when both let the words pass.
///
/// - Latency: 14 to 20 cycles between words that may be left out or repeated.
/// - Throughput: 1 word per cycle.
/// - Back-pressure: none.
/// - Limits: between words that may be left out or repeated at most seven words more or fewer may come than go: a frame of 537
///   words passes at a difference of 1 %, where Fibre Channel allows 0.02 %. Beyond that `overflow` tells of a lost word, and
///   `underflow` marks a cycle without one, which counts as out of synchronization.
#[derive(LogicBlock)]
pub struct ElasticBuffer {
    /// Clock of the line, rising edge.
    pub line_clock: Signal<In, Clock>,
    /// Clock of what is behind the buffer, rising edge.
    pub clock: Signal<In, Clock>,
    /// A word of the line, every cycle of its clock, the first byte in bits 7..=0.
    pub received: Signal<In, Bits<32>>,
    /// It is an ordered set.
    pub received_is_ordered_set: Signal<In, Bit>,
    /// It is an invalid word.
    pub received_is_invalid: Signal<In, Bit>,
    /// The receiver is in word synchronization with it.
    pub received_is_synchronized: Signal<In, Bit>,
    /// A word found no room; by the clock of the line.
    pub overflow: Signal<Out, Bit>,
    /// A word, every cycle.
    pub word: Signal<Out, Bits<32>>,
    /// It is an ordered set.
    pub is_ordered_set: Signal<Out, Bit>,
    /// It is an invalid word.
    pub is_invalid: Signal<Out, Bit>,
    /// It is a word that came in word synchronization.
    pub is_synchronized: Signal<Out, Bit>,
    /// No word was there to be given out.
    pub underflow: Signal<Out, Bit>,

    /// Second bytes of those ordered sets of which words may be left out or repeated.
    second_byte: Vec<Constant<Bits<8>>>,
    /// The last two bytes of IDLE, whose second byte others have as well.
    idle: Constant<Bits<16>>,
    idle_second_byte: Constant<Bits<8>>,
    /// Words in the buffer from which the writing side leaves out.
    high: Constant<Bits<6>>,
    /// Words behind the one that is given out below which the reading side repeats.
    low: Constant<Bits<6>>,
    /// Words of which one is certainly left a cycle later.
    two: Constant<Bits<6>>,
    capacity: Constant<Bits<6>>,

    received_word: DFF<Bits<32>>,
    received_flags: DFF<Bits<3>>,
    /// The received word may be neither left out nor repeated.
    received_is_needed: DFF<Bit>,
    is_spare: Signal<Local, Bit>,

    words: RAM<Bits<36>, 5>,
    /// Words written, modulo twice the buffer's size.
    written: DFF<Bits<6>>,
    written_gray: DFF<Bits<6>>,
    next_written: Signal<Local, Bits<6>>,
    /// Words read, as the writing side sees it.
    read_seen_first: DFF<Bits<6>>,
    read_seen_gray: DFF<Bits<6>>,
    read_seen: DFF<Bits<6>>,
    /// Words in the buffer at most, as the writing side counts.
    written_level: DFF<Bits<6>>,
    writes: Signal<Local, Bit>,
    overflows: DFF<Bit>,

    /// Words that were fetched from the memory, modulo twice the buffer's size.
    read: DFF<Bits<6>>,
    /// Where the word at the memory's output stands.
    head_address: DFF<Bits<5>>,
    read_gray: DFF<Bits<6>>,
    next_read: Signal<Local, Bits<6>>,
    /// Words written, as the reading side sees it.
    written_seen_first: DFF<Bits<6>>,
    written_seen_gray: DFF<Bits<6>>,
    written_seen: DFF<Bits<6>>,
    /// Words behind the one at the memory's output at least, as the reading side counts.
    level: DFF<Bits<6>>,
    /// There is one of them, and so many that the head need not be repeated, both as of the cycle before.
    has_next: DFF<Bit>,
    has_enough: DFF<Bit>,
    head_is_spare: Signal<Local, Bit>,
    /// The memory's output is a word.
    has_word: DFF<Bit>,
    given: DFF<Bits<36>>,
    was_given: DFF<Bit>,
}

impl Default for ElasticBuffer {
    fn default() -> Self {
        Self {
            line_clock: Default::default(),
            clock: Default::default(),
            received: Default::default(),
            received_is_ordered_set: Default::default(),
            received_is_invalid: Default::default(),
            received_is_synchronized: Default::default(),
            overflow: Default::default(),
            word: Default::default(),
            is_ordered_set: Default::default(),
            is_invalid: Default::default(),
            is_synchronized: Default::default(),
            underflow: Default::default(),
            second_byte: [set::ARB, set::LIP, set::LPE, set::LPB]
                .iter()
                .chain(&set::PRIMITIVE_SEQUENCES)
                .map(|byte| Constant::new(u64::from(*byte).into()))
                .collect(),
            idle: Constant::new(u64::from((set::IDLE as u16).swap_bytes()).into()),
            idle_second_byte: Constant::new(u64::from(set::second_byte(set::IDLE)).into()),
            high: Constant::new(22_u64.into()),
            low: Constant::new(11_u64.into()),
            two: Constant::new(2_u64.into()),
            // The place behind the oldest word counted is the reading side's, which may have to read it again, and the
            // level lags by a word.
            capacity: Constant::new(30_u64.into()),
            received_word: Default::default(),
            received_flags: Default::default(),
            received_is_needed: Default::default(),
            is_spare: Default::default(),
            words: Default::default(),
            written: Default::default(),
            written_gray: Default::default(),
            next_written: Default::default(),
            read_seen_first: Default::default(),
            read_seen_gray: Default::default(),
            read_seen: Default::default(),
            written_level: Default::default(),
            writes: Default::default(),
            overflows: Default::default(),
            read: Default::default(),
            head_address: Default::default(),
            read_gray: Default::default(),
            next_read: Default::default(),
            written_seen_first: Default::default(),
            written_seen_gray: Default::default(),
            written_seen: Default::default(),
            level: Default::default(),
            has_next: Default::default(),
            has_enough: Default::default(),
            head_is_spare: Default::default(),
            has_word: Default::default(),
            given: Default::default(),
            was_given: Default::default(),
        }
    }
}

impl Logic for ElasticBuffer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, line_clock, received_word, received_flags, received_is_needed, written, written_gray);
        dff_setup!(self, line_clock, read_seen_first, read_seen_gray, read_seen, written_level, overflows);
        dff_setup!(self, clock, read, head_address, read_gray, written_seen_first, written_seen_gray, written_seen);
        dff_setup!(self, clock, level, has_next, has_enough, has_word, given, was_given);
        self.words.write_clock.next = self.line_clock.val();
        self.words.read_clock.next = self.clock.val();

        // The line's side: leaves out.
        self.is_spare.next = (self.received.val().get_bits::<8>(8) == self.idle_second_byte.val())
            & (self.received.val().get_bits::<16>(16) == self.idle.val());
        for i in 0..7 {
            if self.received.val().get_bits::<8>(8) == self.second_byte[i].val() {
                self.is_spare.next = true;
            }
        }
        self.received_word.d.next = self.received.val();
        self.received_flags.d.next = bits::<3>(0)
            .replace_bit(0, self.received_is_ordered_set.val())
            .replace_bit(1, self.received_is_invalid.val())
            .replace_bit(2, self.received_is_synchronized.val());
        self.received_is_needed.d.next =
            self.received_is_synchronized.val() & !(self.received_is_ordered_set.val() & self.is_spare.val());

        self.read_seen_first.d.next = self.read_gray.q.val();
        self.read_seen_gray.d.next = self.read_seen_first.q.val();
        self.read_seen.d.next = self.read_seen_gray.q.val()
            ^ (self.read_seen_gray.q.val() >> 1)
            ^ (self.read_seen_gray.q.val() >> 2)
            ^ (self.read_seen_gray.q.val() >> 3)
            ^ (self.read_seen_gray.q.val() >> 4)
            ^ (self.read_seen_gray.q.val() >> 5);
        self.written_level.d.next = self.written.q.val() - self.read_seen.q.val();
        self.writes.next = self.written_level.q.val() < self.capacity.val();
        if !self.received_is_needed.q.val() & (self.written_level.q.val() >= self.high.val()) {
            self.writes.next = false;
        }
        self.overflows.d.next = self.received_is_needed.q.val() & (self.written_level.q.val() >= self.capacity.val());
        self.overflow.next = self.overflows.q.val();
        self.next_written.next = self.written.q.val();
        if self.writes.val() {
            self.next_written.next = self.written.q.val() + 1;
        }
        self.written.d.next = self.next_written.val();
        self.written_gray.d.next = self.written.q.val() ^ (self.written.q.val() >> 1);
        self.words.write_address.next = self.written.q.val().get_bits::<5>(0);
        self.words.write_data.next = bit_cast::<36, 32>(self.received_word.q.val())
            | (bit_cast::<36, 3>(self.received_flags.q.val()) << 32)
            | (bits::<36>(0).replace_bit(35, self.received_is_needed.q.val()));
        self.words.write_enable.next = self.writes.val();

        // The other side: repeats.
        self.written_seen_first.d.next = self.written_gray.q.val();
        self.written_seen_gray.d.next = self.written_seen_first.q.val();
        self.written_seen.d.next = self.written_seen_gray.q.val()
            ^ (self.written_seen_gray.q.val() >> 1)
            ^ (self.written_seen_gray.q.val() >> 2)
            ^ (self.written_seen_gray.q.val() >> 3)
            ^ (self.written_seen_gray.q.val() >> 4)
            ^ (self.written_seen_gray.q.val() >> 5);
        self.head_is_spare.next = self.has_word.q.val() & !self.words.read_data.val().get_bit(35);
        self.next_read.next = self.read.q.val();
        self.words.read_address.next = self.head_address.q.val();
        self.has_word.d.next = self.head_is_spare.val();
        self.has_next.d.next = self.level.q.val() >= self.two.val();
        self.has_enough.d.next = self.level.q.val() >= self.low.val();
        if self.has_next.q.val() & (!self.head_is_spare.val() | self.has_enough.q.val()) {
            self.next_read.next = self.read.q.val() + 1;
            self.words.read_address.next = self.read.q.val().get_bits::<5>(0);
            self.head_address.d.next = self.read.q.val().get_bits::<5>(0);
            self.has_word.d.next = true;
        }
        self.read.d.next = self.next_read.val();
        self.level.d.next = self.written_seen.q.val() - self.next_read.val();
        self.read_gray.d.next = self.read.q.val() ^ (self.read.q.val() >> 1);

        self.given.d.next = self.words.read_data.val();
        self.was_given.d.next = self.has_word.q.val();
        self.word.next = self.given.q.val().get_bits::<32>(0);
        self.is_ordered_set.next = self.was_given.q.val() & self.given.q.val().get_bit(32);
        self.is_invalid.next = self.was_given.q.val() & self.given.q.val().get_bit(33);
        self.is_synchronized.next = self.was_given.q.val() & self.given.q.val().get_bit(34);
        self.underflow.next = !self.was_given.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // Words are read once they are seen to be written, and written once they are seen to be read for the last time.
        info.push(no_collision(&["words"]));
        info
    }
}
