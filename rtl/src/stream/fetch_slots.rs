//! Where words land that a memory delivers some cycles after they were asked for.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::stream::StreamSource;

/// Slots for fetched words: enough for a fetch every cycle when a word arrives two cycles after its fetch began.
const SLOTS: usize = 4;

/// Turns words fetched from a memory, which come when they come, into a stream that waits for its receiver.
///
/// Whoever fetches says so when a fetch begins, and begins one only while `may_fetch` is high; then there is a slot for
/// every word, whatever the receiver does.
///
/// - Latency: 2 cycles from the arrival of a word to its offer.
/// - Throughput: 1 word per cycle, if a fetched word arrives one or two cycles after its fetch began.
/// - Back-pressure: words stay until the receiver takes them, and `may_fetch` falls. All outputs come from registers, and
///   a fetched word goes straight into one, because the way from block RAM is long.
/// - Limits: `W` 1..=1024; five words (four slots and the output register). A word fetched against the rule is lost.
#[derive(LogicBlock)]
pub struct FetchSlots<const W: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A fetch may begin in this cycle.
    pub may_fetch: Signal<Out, Bit>,
    /// A fetch begins: one word will arrive in a later cycle.
    pub begins: Signal<In, Bit>,
    /// A fetched word arrives.
    pub fetched: Signal<In, Bit>,
    /// The word; meaningful while `fetched` is high.
    pub fetched_word: Signal<In, Bits<W>>,
    /// The word's end mark; meaningful while `fetched` is high.
    pub fetched_last: Signal<In, Bit>,
    /// The words in the order of their arrival.
    pub source: StreamSource<W>,

    /// The number of each slot.
    slot_number: Vec<Constant<Bits<2>>>,

    slots: Vec<DFF<Bits<W>>>,
    slot_lasts: Vec<DFF<Bit>>,
    /// The slot that takes the next fetched word.
    fill_slot: DFF<Bits<2>>,
    /// The slot that holds the oldest word.
    oldest_slot: DFF<Bits<2>>,
    slots_filled: DFF<Bits<3>>,
    /// Slots that hold a word or wait for one under way, 0..=4.
    slots_claimed: DFF<Bits<3>>,
    word_valid: DFF<Bit>,
    word: DFF<Bits<W>>,
    word_last: DFF<Bit>,

    word_moves: Signal<Local, Bit>,
    slot_empties: Signal<Local, Bit>,
    oldest_word: Signal<Local, Bits<W>>,
    oldest_last: Signal<Local, Bit>,
}

impl<const W: usize> Default for FetchSlots<W> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            may_fetch: Default::default(),
            begins: Default::default(),
            fetched: Default::default(),
            fetched_word: Default::default(),
            fetched_last: Default::default(),
            source: Default::default(),
            slot_number: (0..SLOTS).map(|slot| Constant::new(slot.to_bits())).collect(),
            slots: vec![Default::default(); SLOTS],
            slot_lasts: vec![Default::default(); SLOTS],
            fill_slot: Default::default(),
            oldest_slot: Default::default(),
            slots_filled: Default::default(),
            slots_claimed: Default::default(),
            word_valid: Default::default(),
            word: Default::default(),
            word_last: Default::default(),
            word_moves: Default::default(),
            slot_empties: Default::default(),
            oldest_word: Default::default(),
            oldest_last: Default::default(),
        }
    }
}

impl<const W: usize> Logic for FetchSlots<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, fill_slot, oldest_slot, slots_filled, slots_claimed);
        dff_setup!(self, clock, word_valid, word, word_last);

        self.word_moves.next = self.source.ready.val() | !self.word_valid.q.val();
        self.slot_empties.next = self.word_moves.val() & self.slots_filled.q.val().any();
        self.oldest_word.next = bits::<W>(0);
        self.oldest_last.next = false;
        for i in 0..self.slots.len() {
            self.slots[i].clock.next = self.clock.val();
            self.slot_lasts[i].clock.next = self.clock.val();
            self.slots[i].d.next = self.slots[i].q.val();
            self.slot_lasts[i].d.next = self.slot_lasts[i].q.val();
            if self.fetched.val() & (self.fill_slot.q.val() == self.slot_number[i].val()) {
                self.slots[i].d.next = self.fetched_word.val();
                self.slot_lasts[i].d.next = self.fetched_last.val();
            }
            if self.oldest_slot.q.val() == self.slot_number[i].val() {
                self.oldest_word.next = self.slots[i].q.val();
                self.oldest_last.next = self.slot_lasts[i].q.val();
            }
        }
        if self.fetched.val() {
            self.fill_slot.d.next = self.fill_slot.q.val() + 1;
        }
        if self.slot_empties.val() {
            self.oldest_slot.d.next = self.oldest_slot.q.val() + 1;
        }
        if self.fetched.val() & !self.slot_empties.val() {
            self.slots_filled.d.next = self.slots_filled.q.val() + 1;
        }
        if self.slot_empties.val() & !self.fetched.val() {
            self.slots_filled.d.next = self.slots_filled.q.val() - 1;
        }
        if self.begins.val() & !self.slot_empties.val() {
            self.slots_claimed.d.next = self.slots_claimed.q.val() + 1;
        }
        if self.slot_empties.val() & !self.begins.val() {
            self.slots_claimed.d.next = self.slots_claimed.q.val() - 1;
        }
        if self.word_moves.val() {
            self.word_valid.d.next = self.slots_filled.q.val().any();
            self.word.d.next = self.oldest_word.val();
            self.word_last.d.next = self.oldest_last.val();
        }

        self.may_fetch.next = !self.slots_claimed.q.val().get_bit(2);
        self.source.valid.next = self.word_valid.q.val();
        self.source.data.next = self.word.q.val();
        self.source.last.next = self.word_last.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
