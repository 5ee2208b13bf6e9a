//! First-in first-out buffer in block RAM.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::stream::{FetchSlots, StreamSink, StreamSource};

/// First-in first-out buffer of 2^`A` words of `W` bits in block RAM; the oldest word stands at the output by itself.
///
/// - Latency: 4 cycles from the cycle that takes a word into an empty buffer to the cycle that offers it.
/// - Throughput: 1 word per cycle, in and out at the same time.
/// - Back-pressure: words stay until the receiver takes them; `sink.ready` falls when the block RAM is full. All
///   outputs come from registers, so neither side's handshake reaches the other combinationally.
/// - Limits: `W` 1..=1024, `A` 2..=15. Five words more than 2^`A` fit, in the output registers; `level` does not count
///   them.
#[derive(LogicBlock)]
pub struct SynchronousFifo<const W: usize, const A: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Words in.
    pub sink: StreamSink<W>,
    /// The same words, in the same order.
    pub source: StreamSource<W>,
    /// Words in the block RAM, 0..=2^`A`.
    pub level: Signal<Out, Bits<16>>,
    /// `level` was at or above the threshold in the cycle before.
    pub almost_full: Signal<Out, Bit>,

    /// Level from which `almost_full` is raised.
    threshold: Constant<Bits<16>>,
    /// Words the block RAM holds, 2^`A`.
    capacity: Constant<Bits<16>>,

    words: RAM<Bits<W>, A>,
    lasts: RAM<Bit, A>,
    write_address: DFF<Bits<A>>,
    read_address: DFF<Bits<A>>,
    /// Words in the block RAM, modulo its size.
    stored: DFF<Bits<A>>,
    full: DFF<Bit>,
    not_empty: DFF<Bit>,
    /// The block RAM's output shows a word that was fetched in the cycle before.
    fetched: DFF<Bit>,
    level_reached: DFF<Bit>,
    slots: FetchSlots<W>,

    taken: Signal<Local, Bit>,
    fetches: Signal<Local, Bit>,
    level_now: Signal<Local, Bits<16>>,
}

impl<const W: usize, const A: usize> SynchronousFifo<W, A> {
    /// An empty buffer that raises `almost_full` at `almost_full_threshold` words.
    ///
    /// # Panics
    /// If `A` is not 2..=15 or the threshold is above 2^`A`.
    pub fn new(almost_full_threshold: u16) -> Self {
        assert!((2..=15).contains(&A), "2^{A} words: the address width must be 2..=15 bits");
        let capacity = 1_u64 << A;
        assert!(
            u64::from(almost_full_threshold) <= capacity,
            "almost-full threshold {almost_full_threshold}: at most {capacity} words are stored"
        );
        Self {
            clock: Default::default(),
            sink: Default::default(),
            source: Default::default(),
            level: Default::default(),
            almost_full: Default::default(),
            threshold: Constant::new(u64::from(almost_full_threshold).into()),
            capacity: Constant::new(capacity.into()),
            words: Default::default(),
            lasts: Default::default(),
            write_address: Default::default(),
            read_address: Default::default(),
            stored: Default::default(),
            full: Default::default(),
            not_empty: Default::default(),
            fetched: Default::default(),
            level_reached: Default::default(),
            slots: Default::default(),
            taken: Default::default(),
            fetches: Default::default(),
            level_now: Default::default(),
        }
    }
}

impl<const W: usize, const A: usize> Logic for SynchronousFifo<W, A> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, slots);
        dff_setup!(self, clock, write_address, read_address, stored, full, not_empty, fetched, level_reached);
        self.words.read_clock.next = self.clock.val();
        self.words.write_clock.next = self.clock.val();
        self.lasts.read_clock.next = self.clock.val();
        self.lasts.write_clock.next = self.clock.val();

        self.sink.ready.next = !self.full.q.val();
        self.taken.next = self.sink.valid.val() & !self.full.q.val();
        self.words.write_address.next = self.write_address.q.val();
        self.words.write_data.next = self.sink.data.val();
        self.words.write_enable.next = self.taken.val();
        self.lasts.write_address.next = self.write_address.q.val();
        self.lasts.write_data.next = self.sink.last.val();
        self.lasts.write_enable.next = self.taken.val();
        if self.taken.val() {
            self.write_address.d.next = self.write_address.q.val() + 1;
        }

        // The address comes straight from a register, because the way to block RAM is long.
        self.words.read_address.next = self.read_address.q.val();
        self.lasts.read_address.next = self.read_address.q.val();
        self.fetches.next = self.not_empty.q.val() & self.slots.may_fetch.val();
        self.slots.begins.next = self.fetches.val();
        self.fetched.d.next = self.fetches.val();
        if self.fetches.val() {
            self.read_address.d.next = self.read_address.q.val() + 1;
        }

        self.not_empty.d.next = self.taken.val() | self.full.q.val() | self.stored.q.val().any();
        if self.fetches.val() {
            self.not_empty.d.next = self.taken.val() | self.full.q.val() | (self.stored.q.val() != 1);
        }
        if self.taken.val() & !self.fetches.val() {
            self.stored.d.next = self.stored.q.val() + 1;
            self.full.d.next = self.stored.q.val().all();
        }
        if self.fetches.val() & !self.taken.val() {
            self.stored.d.next = self.stored.q.val() - 1;
            self.full.d.next = false;
        }

        self.slots.fetched.next = self.fetched.q.val();
        self.slots.fetched_word.next = self.words.read_data.val();
        self.slots.fetched_last.next = self.lasts.read_data.val();
        StreamSource::<W>::link(&mut self.source, &mut self.slots.source);

        self.level_now.next = bit_cast::<16, A>(self.stored.q.val());
        if self.full.q.val() {
            self.level_now.next = self.capacity.val();
        }
        self.level.next = self.level_now.val();
        self.level_reached.d.next = self.level_now.val() >= self.threshold.val();
        self.almost_full.next = self.level_reached.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[("almost_full_threshold", self.threshold.val().into())]);
        // The read address equals the write address in a cycle with a write only while nothing is stored; then nothing is
        // fetched, and what was read is not used.
        info.push(no_collision(&["words", "lasts"]));
        info
    }
}
