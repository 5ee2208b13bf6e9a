//! Finds where the words begin in the bits of a line.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// Forty bits of a line every cycle, cut anywhere, into words of forty bits that begin with a comma where one came.
///
/// A comma is `0011111` or `1100000`; without errors it is found only at the beginning of the control characters K28.1, K28.5
/// and K28.7, and in Fibre Channel K28.5 begins a word. While `may_move` is high words begin where the last comma did, in a
/// cycle with several the first; while it is low they stay where they are, and a comma elsewhere is reported with the word.
///
/// - Latency: 8 cycles from the bits that hold a word's first to the word, of which up to 39 bits come a cycle later.
/// - Throughput: 40 bits per cycle.
/// - Back-pressure: none.
/// - Limits: words that were on their way when words began to begin elsewhere may be put together of two.
#[derive(LogicBlock)]
pub struct CommaAligner {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Forty bits, the first on the line in bit 0.
    pub received: Signal<In, Bits<40>>,
    /// Words may begin to begin where a comma is.
    pub may_move: Signal<In, Bit>,
    /// A word of forty bits, the first on the line in bit 0.
    pub code: Signal<Out, Bits<40>>,
    /// Among the forty received bits that hold the word's first one, a comma began that is not the word's first.
    pub comma_misplaced: Signal<Out, Bit>,

    comma: Constant<Bits<7>>,
    /// Numbers of places in a group of eight, and of groups.
    number: Vec<Constant<Bits<3>>>,

    /// The received bits, newest first.
    held: [DFF<Bits<40>>; 6],
    window: Signal<Local, Bits<46>>,
    commas: Signal<Local, Bits<40>>,
    /// Where commas begin in the second of the held words.
    comma_at: DFF<Bits<40>>,
    elsewhere: Signal<Local, Bits<40>>,
    is_group: Signal<Local, Bits<5>>,
    is_place: Signal<Local, Bits<8>>,
    group_of_8: [Signal<Local, Bits<8>>; 5],
    /// A comma begins in this group of eight places.
    in_group: [DFF<Bit>; 5],
    /// The first of them.
    place_in_group: [DFF<Bits<3>>; 5],
    elsewhere_in_group: [DFF<Bit>; 5],
    found: DFF<Bit>,
    found_place: DFF<Bits<3>>,
    found_group: DFF<Bits<3>>,
    found_elsewhere: DFF<Bit>,
    /// Where words begin: in which group of eight places.
    group: DFF<Bits<3>>,
    /// Where words begin: at which of eight places.
    place: DFF<Bits<3>>,
    elsewhere_held: DFF<Bit>,

    two_words: Signal<Local, Bits<88>>,
    /// The bits from the word's group on.
    from_group: DFF<Bits<48>>,
    from_group_place: DFF<Bits<3>>,
    from_group_elsewhere: DFF<Bit>,
    word: DFF<Bits<40>>,
    word_elsewhere: DFF<Bit>,
}

impl Default for CommaAligner {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            received: Default::default(),
            may_move: Default::default(),
            code: Default::default(),
            comma_misplaced: Default::default(),
            // Bit 0 is the first on the line.
            comma: Constant::new(0b111_1100_u64.into()),
            number: (0..8_usize).map(|number| Constant::new(number.to_bits())).collect(),
            held: Default::default(),
            window: Default::default(),
            commas: Default::default(),
            comma_at: Default::default(),
            elsewhere: Default::default(),
            is_group: Default::default(),
            is_place: Default::default(),
            group_of_8: Default::default(),
            in_group: Default::default(),
            place_in_group: Default::default(),
            elsewhere_in_group: Default::default(),
            found: Default::default(),
            found_place: Default::default(),
            found_group: Default::default(),
            found_elsewhere: Default::default(),
            group: Default::default(),
            place: Default::default(),
            elsewhere_held: Default::default(),
            two_words: Default::default(),
            from_group: Default::default(),
            from_group_place: Default::default(),
            from_group_elsewhere: Default::default(),
            word: Default::default(),
            word_elsewhere: Default::default(),
        }
    }
}

impl Logic for CommaAligner {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, comma_at, found, found_place, found_group, found_elsewhere, group, place);
        dff_setup!(self, clock, elsewhere_held, from_group, from_group_place, from_group_elsewhere);
        dff_setup!(self, clock, word, word_elsewhere);
        for i in 0..6 {
            self.held[i].clock.next = self.clock.val();
        }
        self.held[0].d.next = self.received.val();
        for i in 1..6 {
            self.held[i].d.next = self.held[i - 1].q.val();
        }

        self.window.next =
            bit_cast::<46, 40>(self.held[1].q.val()) | (bit_cast::<46, 6>(self.held[0].q.val().get_bits::<6>(0)) << 40);
        self.commas.next = bits::<40>(0);
        for i in 0..40 {
            self.commas.next = self.commas.val().replace_bit(
                i,
                (self.window.val().get_bits::<7>(i) == self.comma.val())
                    | (self.window.val().get_bits::<7>(i) == !self.comma.val()),
            );
        }
        self.comma_at.d.next = self.commas.val();

        self.is_group.next = bits::<5>(0);
        for i in 0..5 {
            self.is_group.next = self.is_group.val().replace_bit(i, self.group.q.val() == self.number[i].val());
        }
        self.is_place.next = bits::<8>(0);
        for i in 0..8 {
            self.is_place.next = self.is_place.val().replace_bit(i, self.place.q.val() == self.number[i].val());
        }
        self.elsewhere.next = bits::<40>(0);
        for i in 0..5 {
            for j in 0..8 {
                self.elsewhere.next = self.elsewhere.val().replace_bit(
                    8 * i + j,
                    self.comma_at.q.val().get_bit(8 * i + j)
                        & !(self.is_group.val().get_bit(i) & self.is_place.val().get_bit(j)),
                );
            }
        }
        for i in 0..5 {
            self.in_group[i].clock.next = self.clock.val();
            self.place_in_group[i].clock.next = self.clock.val();
            self.elsewhere_in_group[i].clock.next = self.clock.val();
            self.group_of_8[i].next = self.comma_at.q.val().get_bits::<8>(8 * i);
            self.in_group[i].d.next = self.group_of_8[i].val().any();
            self.elsewhere_in_group[i].d.next = self.elsewhere.val().get_bits::<8>(8 * i).any();
            self.place_in_group[i].d.next = self.number[7].val();
            for j in 1..8 {
                if self.group_of_8[i].val().get_bit(7 - j) {
                    self.place_in_group[i].d.next = self.number[7 - j].val();
                }
            }
        }

        self.found.d.next = false;
        self.found_elsewhere.d.next = false;
        for i in 0..5 {
            if self.in_group[4 - i].q.val() {
                self.found.d.next = true;
                self.found_group.d.next = self.number[4 - i].val();
                self.found_place.d.next = self.place_in_group[4 - i].q.val();
            }
            if self.elsewhere_in_group[i].q.val() {
                self.found_elsewhere.d.next = true;
            }
        }
        if self.found.q.val() & self.may_move.val() {
            self.group.d.next = self.found_group.q.val();
            self.place.d.next = self.found_place.q.val();
        }
        self.elsewhere_held.d.next = self.found_elsewhere.q.val() & !self.may_move.val();

        // The word's first bit lies in the older of two.
        self.two_words.next =
            bit_cast::<88, 40>(self.held[5].q.val()) | (bit_cast::<88, 40>(self.held[4].q.val()) << 40);
        self.from_group.d.next = self.two_words.val().get_bits::<48>(0);
        for i in 1..5 {
            if self.group.q.val() == self.number[i].val() {
                self.from_group.d.next = self.two_words.val().get_bits::<48>(8 * i);
            }
        }
        self.from_group_place.d.next = self.place.q.val();
        self.from_group_elsewhere.d.next = self.elsewhere_held.q.val();
        self.word.d.next = self.from_group.q.val().get_bits::<40>(0);
        for i in 1..8 {
            if self.from_group_place.q.val() == self.number[i].val() {
                self.word.d.next = self.from_group.q.val().get_bits::<40>(i);
            }
        }
        self.word_elsewhere.d.next = self.from_group_elsewhere.q.val();
        self.code.next = self.word.q.val();
        self.comma_misplaced.next = self.word_elsewhere.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
