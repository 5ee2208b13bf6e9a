//! First-in first-out buffer between two clocks.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::stream::{FetchSlots, StreamSink, StreamSource};

/// First-in first-out buffer of 2^`A` words of `W` bits, written by one clock and read by another; the clocks need not know
/// each other. Each side sees how far the other is as a Gray code, through two registers.
///
/// - Latency: 2 cycles of its own clock and 6 of the clock behind it, and what lies between two edges.
/// - Throughput: 1 word per cycle of the slower clock.
/// - Back-pressure: words stay until the receiver takes them; `sink.ready` falls when four places are left at most. All
///   outputs come from registers, so neither side's handshake reaches the other combinationally.
/// - Limits: `W` 1..=1024, `A` 4..=15; 2^`A` - 4 words fit for certain, and five in the output registers.
#[derive(LogicBlock)]
pub struct AsynchronousFifo<const W: usize, const A: usize> {
    /// Clock of what comes in, rising edge.
    pub clock: Signal<In, Clock>,
    /// Clock of what goes out, rising edge.
    pub source_clock: Signal<In, Clock>,
    /// Words in.
    pub sink: StreamSink<W>,
    /// The same words, in the same order.
    pub source: StreamSource<W>,

    /// Words from which no more are taken.
    limit: Constant<Bits<A>>,

    words: RAM<Bits<W>, A>,
    lasts: RAM<Bit, A>,
    /// Words written, modulo the buffer's size.
    written: DFF<Bits<A>>,
    written_gray: DFF<Bits<A>>,
    /// Words read, as the writing side sees it.
    read_seen_first: DFF<Bits<A>>,
    read_seen_gray: DFF<Bits<A>>,
    read_seen: DFF<Bits<A>>,
    level: DFF<Bits<A>>,
    has_room: DFF<Bit>,
    taken: Signal<Local, Bit>,
    read_by_2: Signal<Local, Bits<A>>,
    read_by_4: Signal<Local, Bits<A>>,
    read_by_8: Signal<Local, Bits<A>>,

    /// Words fetched, modulo the buffer's size.
    read: DFF<Bits<A>>,
    read_gray: DFF<Bits<A>>,
    /// Words written, as the reading side sees it.
    written_seen_first: DFF<Bits<A>>,
    written_seen_gray: DFF<Bits<A>>,
    written_seen: DFF<Bits<A>>,
    fetched: DFF<Bit>,
    slots: FetchSlots<W>,
    fetches: Signal<Local, Bit>,
    written_by_2: Signal<Local, Bits<A>>,
    written_by_4: Signal<Local, Bits<A>>,
    written_by_8: Signal<Local, Bits<A>>,
}

impl<const W: usize, const A: usize> Default for AsynchronousFifo<W, A> {
    /// An empty buffer.
    ///
    /// # Panics
    /// If `A` is not 4..=15.
    fn default() -> Self {
        assert!((4..=15).contains(&A), "2^{A} words: the address width must be 4..=15 bits");
        Self {
            clock: Default::default(),
            source_clock: Default::default(),
            sink: Default::default(),
            source: Default::default(),
            // Three words may come while the level is counted, and a full buffer is not to look like an empty one.
            limit: Constant::new(((1_u64 << A) - 4).into()),
            words: Default::default(),
            lasts: Default::default(),
            written: Default::default(),
            written_gray: Default::default(),
            read_seen_first: Default::default(),
            read_seen_gray: Default::default(),
            read_seen: Default::default(),
            level: Default::default(),
            has_room: Default::default(),
            taken: Default::default(),
            read_by_2: Default::default(),
            read_by_4: Default::default(),
            read_by_8: Default::default(),
            read: Default::default(),
            read_gray: Default::default(),
            written_seen_first: Default::default(),
            written_seen_gray: Default::default(),
            written_seen: Default::default(),
            fetched: Default::default(),
            slots: Default::default(),
            fetches: Default::default(),
            written_by_2: Default::default(),
            written_by_4: Default::default(),
            written_by_8: Default::default(),
        }
    }
}

impl<const W: usize, const A: usize> Logic for AsynchronousFifo<W, A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, written, written_gray, read_seen_first, read_seen_gray, read_seen, level, has_room);
        dff_setup!(self, source_clock, read, read_gray, written_seen_first, written_seen_gray, written_seen, fetched);
        self.slots.clock.next = self.source_clock.val();
        self.words.write_clock.next = self.clock.val();
        self.words.read_clock.next = self.source_clock.val();
        self.lasts.write_clock.next = self.clock.val();
        self.lasts.read_clock.next = self.source_clock.val();

        // The writing side.
        self.sink.ready.next = self.has_room.q.val();
        self.taken.next = self.sink.valid.val() & self.has_room.q.val();
        self.words.write_address.next = self.written.q.val();
        self.words.write_data.next = self.sink.data.val();
        self.words.write_enable.next = self.taken.val();
        self.lasts.write_address.next = self.written.q.val();
        self.lasts.write_data.next = self.sink.last.val();
        self.lasts.write_enable.next = self.taken.val();
        if self.taken.val() {
            self.written.d.next = self.written.q.val() + 1;
        }
        self.written_gray.d.next = self.written.q.val() ^ (self.written.q.val() >> 1);
        self.read_seen_first.d.next = self.read_gray.q.val();
        self.read_seen_gray.d.next = self.read_seen_first.q.val();
        self.read_by_2.next = self.read_seen_gray.q.val() ^ (self.read_seen_gray.q.val() >> 1);
        self.read_by_4.next = self.read_by_2.val() ^ (self.read_by_2.val() >> 2);
        self.read_by_8.next = self.read_by_4.val() ^ (self.read_by_4.val() >> 4);
        self.read_seen.d.next = self.read_by_8.val() ^ (self.read_by_8.val() >> 8);
        self.level.d.next = self.written.q.val() - self.read_seen.q.val();
        self.has_room.d.next = self.level.q.val() < self.limit.val();

        // The reading side. What is read was written some cycles before.
        self.written_seen_first.d.next = self.written_gray.q.val();
        self.written_seen_gray.d.next = self.written_seen_first.q.val();
        self.written_by_2.next = self.written_seen_gray.q.val() ^ (self.written_seen_gray.q.val() >> 1);
        self.written_by_4.next = self.written_by_2.val() ^ (self.written_by_2.val() >> 2);
        self.written_by_8.next = self.written_by_4.val() ^ (self.written_by_4.val() >> 4);
        self.written_seen.d.next = self.written_by_8.val() ^ (self.written_by_8.val() >> 8);
        self.words.read_address.next = self.read.q.val();
        self.lasts.read_address.next = self.read.q.val();
        self.fetches.next = (self.read.q.val() != self.written_seen.q.val()) & self.slots.may_fetch.val();
        if self.fetches.val() {
            self.read.d.next = self.read.q.val() + 1;
        }
        self.read_gray.d.next = self.read.q.val() ^ (self.read.q.val() >> 1);
        self.fetched.d.next = self.fetches.val();
        self.slots.begins.next = self.fetches.val();
        self.slots.fetched.next = self.fetched.q.val();
        self.slots.fetched_word.next = self.words.read_data.val();
        self.slots.fetched_last.next = self.lasts.read_data.val();
        StreamSource::<W>::link(&mut self.source, &mut self.slots.source);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A place is read when its word was written at least a cycle before, and written again when it was read.
        info.push(no_collision(&["words", "lasts"]));
        info
    }
}
