//! What the catalogue does not hold: two clocks that rise at random, signed numbers, enumerations, wide words, a ROM.

use crate::blocks::lockstep;
use hardpath_testbenches::cosimulation::{Driver, Free};
use rust_hdl::prelude::*;
use std::collections::BTreeMap;

#[derive(Copy, Clone, PartialEq, Debug, LogicState)]
enum Phase {
    Waiting,
    Rising,
    Falling,
}

/// A memory written by one clock and read by another, and a state machine over signed numbers.
#[derive(LogicBlock)]
struct TwoClocks {
    fast: Signal<In, Clock>,
    slow: Signal<In, Clock>,
    address: Signal<In, Bits<4>>,
    word: Signal<In, Bits<100>>,
    offset: Signal<In, Signed<9>>,
    read_word: Signal<Out, Bits<100>>,
    phase: Signal<Out, Phase>,
    sum: Signal<Out, Signed<9>>,
    is_negative: Signal<Out, Bit>,
    digit: Signal<Out, Bits<7>>,
    selected: Signal<Out, Bit>,
    words: RAM<Bits<100>, 4>,
    digits: ROM<Bits<7>, 4>,
    state: DFF<Phase>,
    total: DFF<Signed<9>>,
    count: DFFWithInit<Bits<7>>,
    captured: DFF<Signed<9>>,
    zero: Constant<Signed<9>>,
    mixed: Signal<Local, Bits<100>>,
}

impl Default for TwoClocks {
    fn default() -> Self {
        let digits: BTreeMap<Bits<4>, Bits<7>> =
            (0..16u64).map(|index| (index.into(), (index * 37 % 128).into())).collect();
        Self {
            fast: Default::default(),
            slow: Default::default(),
            address: Default::default(),
            word: Default::default(),
            offset: Default::default(),
            read_word: Default::default(),
            phase: Default::default(),
            sum: Default::default(),
            is_negative: Default::default(),
            digit: Default::default(),
            selected: Default::default(),
            words: RAM::new((0..16u64).map(|index| (index.into(), (index * index).into())).collect()),
            digits: ROM::new(digits),
            state: Default::default(),
            total: Default::default(),
            count: DFFWithInit::new(93.into()),
            captured: Default::default(),
            zero: Constant::new(0.into()),
            mixed: Default::default(),
        }
    }
}

impl Logic for TwoClocks {
    #[hdl_gen]
    fn update(&mut self) {
        self.words.write_clock.next = self.fast.val();
        self.words.read_clock.next = self.slow.val();
        dff_setup!(self, fast, state, total, count);
        self.count.d.next = self.count.q.val() + 1;
        dff_setup!(self, slow, captured);
        self.mixed.next = (self.word.val() << 3) ^ (self.word.val() >> 50);
        self.words.write_address.next = self.address.val();
        self.words.write_data.next = self.mixed.val();
        self.words.write_enable.next = self.word.val().get_bit(0);
        self.words.read_address.next = self.address.val() + 1;
        self.read_word.next = self.words.read_data.val();
        self.digits.address.next = self.address.val();
        self.digit.next = self.digits.data.val() ^ self.count.q.val();
        self.selected.next = self.mixed.val().any();
        self.captured.d.next = self.total.q.val();
        self.sum.next = self.captured.q.val();
        self.is_negative.next = self.captured.q.val() < self.zero.val();
        self.phase.next = self.state.q.val();
        match self.state.q.val() {
            Phase::Waiting => {
                if self.offset.val() > self.zero.val() {
                    self.state.d.next = Phase::Rising;
                } else {
                    self.state.d.next = Phase::Falling;
                }
            }
            Phase::Rising => {
                self.total.d.next = self.total.q.val() + self.offset.val();
                if self.word.val().get_bit(1) {
                    self.state.d.next = Phase::Waiting;
                }
            }
            Phase::Falling => {
                self.total.d.next = self.total.q.val() - self.offset.val();
                self.state.d.next = Phase::Waiting;
            }
            _ => {
                self.state.d.next = Phase::Waiting;
            }
        }
    }
}

#[test]
fn two_clocks_signed_numbers_enumerations_and_memories() {
    lockstep(
        "two-clocks",
        TwoClocks::default(),
        |model| {
            model
                .clock("fast", |block| &mut block.fast)
                .clock("slow", |block| &mut block.slow)
                .input("address", |block| &mut block.address)
                .input("word", |block| &mut block.word)
                .input("offset", |block| &mut block.offset)
        },
        |_| ["address", "word", "offset"].map(|name| Box::new(Free::new(name, 0.7)) as Box<dyn Driver>).into(),
        4000,
    );
}
