//! Ten bits of the 8b/10b code into one character.

use rust_hdl::prelude::*;

use super::code_8b10b::{
    alternate_at_minus, alternate_at_plus, control_with_alternate, disparity_of, five_of, four_of, is_alternate,
    is_k28, is_primary, six_of_k28, table, three_of,
};
use crate::circuit::circuit_info;

/// Ten bits of the 8b/10b code into a byte or a control character, every cycle, and what they say about running disparity.
///
/// What running disparity is before the character comes from outside, in time: after two cycles it is said whether it is
/// known behind the character, and in the fourth cycle what it was before.
///
/// - Latency: 4 cycles; 2 to `ends_positive` and `ends_negative`.
/// - Throughput: 1 character per cycle.
/// - Back-pressure: none; the character of every cycle is that of the code four cycles before.
/// - Limits: an error of more than one bit may give another character of the code; disparity may tell later, or not at all.
#[derive(LogicBlock)]
pub struct CharacterDecoder {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Ten bits, `abcdei fghj`, `a` in bit 0.
    pub code: Signal<In, Bits<10>>,
    /// Running disparity is positive behind the code of two cycles before, whatever it was.
    pub ends_positive: Signal<Out, Bit>,
    /// Running disparity is negative behind the code of two cycles before, whatever it was.
    pub ends_negative: Signal<Out, Bit>,
    /// Running disparity was positive before the code of three cycles before.
    pub is_positive: Signal<In, Bit>,
    /// The byte, `HGFEDCBA`; with `code_error` it is what the groups stand for that have a meaning.
    pub byte: Signal<Out, Bits<8>>,
    /// It is a control character; meaningful without `code_error`.
    pub is_control: Signal<Out, Bit>,
    /// The code holds no such character at either running disparity.
    pub code_error: Signal<Out, Bit>,
    /// The code holds this character only at the other running disparity.
    pub disparity_error: Signal<Out, Bit>,

    /// One bit of the five each, by six bits of the code, as all tables of this name.
    five_table: Vec<Constant<Bits<64>>>,
    six_is_illegal_table: Constant<Bits<64>>,
    six_needs_minus_table: Constant<Bits<64>>,
    six_needs_plus_table: Constant<Bits<64>>,
    six_ends_plus_table: Constant<Bits<64>>,
    six_ends_minus_table: Constant<Bits<64>>,
    k28_table: Constant<Bits<64>>,
    control_with_alternate_table: Constant<Bits<64>>,
    alternate_at_minus_table: Constant<Bits<64>>,
    alternate_at_plus_table: Constant<Bits<64>>,
    /// K28 at positive running disparity.
    k28_at_plus: Constant<Bits<6>>,
    /// One bit of the three each, by four bits of the code, as all tables of this name.
    three_table: Vec<Constant<Bits<16>>>,
    /// The same for those that follow K28 at positive running disparity.
    three_of_complement_table: Vec<Constant<Bits<16>>>,
    four_is_illegal_table: Constant<Bits<16>>,
    four_needs_minus_table: Constant<Bits<16>>,
    four_needs_plus_table: Constant<Bits<16>>,
    four_ends_plus_table: Constant<Bits<16>>,
    four_ends_minus_table: Constant<Bits<16>>,
    primary_at_minus: Constant<Bits<4>>,
    primary_at_plus: Constant<Bits<4>>,
    alternate_at_minus: Constant<Bits<4>>,
    alternate_at_plus: Constant<Bits<4>>,

    six: Signal<Local, Bits<6>>,
    four: Signal<Local, Bits<4>>,
    five_bits: Signal<Local, Bits<5>>,
    three_bits: Signal<Local, Bits<3>>,
    three_bits_of_complement: Signal<Local, Bits<3>>,

    five: DFF<Bits<5>>,
    six_is_illegal: DFF<Bit>,
    six_needs_minus: DFF<Bit>,
    six_needs_plus: DFF<Bit>,
    six_ends_plus: DFF<Bit>,
    six_ends_minus: DFF<Bit>,
    is_k28: DFF<Bit>,
    is_k28_at_plus: DFF<Bit>,
    takes_alternate_as_control: DFF<Bit>,
    takes_alternate_at_minus: DFF<Bit>,
    takes_alternate_at_plus: DFF<Bit>,
    three: DFF<Bits<3>>,
    three_of_complement: DFF<Bits<3>>,
    four_is_illegal: DFF<Bit>,
    four_needs_minus: DFF<Bit>,
    four_needs_plus: DFF<Bit>,
    four_ends_plus: DFF<Bit>,
    four_ends_minus: DFF<Bit>,
    is_primary_at_minus: DFF<Bit>,
    is_primary_at_plus: DFF<Bit>,
    is_alternate_at_minus: DFF<Bit>,
    is_alternate_at_plus: DFF<Bit>,

    character: DFF<Bits<8>>,
    character_is_control: DFF<Bit>,
    has_illegal_group: DFF<Bit>,
    has_wrong_form: DFF<Bit>,
    /// The four bits belong to another running disparity than the six leave.
    has_conflict: DFF<Bit>,
    needs_minus: DFF<Bit>,
    needs_plus: DFF<Bit>,
    ends_plus: DFF<Bit>,
    ends_minus: DFF<Bit>,

    held_character: DFF<Bits<8>>,
    held_is_control: DFF<Bit>,
    held_is_illegal: DFF<Bit>,
    held_needs_minus: DFF<Bit>,
    held_needs_plus: DFF<Bit>,

    final_character: DFF<Bits<8>>,
    final_is_control: DFF<Bit>,
    final_code_error: DFF<Bit>,
    final_disparity_error: DFF<Bit>,
}

impl Default for CharacterDecoder {
    fn default() -> Self {
        const SIX: u32 = 6;
        const FOUR: u32 = 4;
        let five_is = |of: fn(usize) -> bool| table(move |six| !is_k28(six) && five_of(six).is_some_and(of));
        let fours = |of: fn(usize) -> bool, at_minus: bool| {
            let found = (0..16).find(|&four| of(four) && disparity_of(four, FOUR).at_minus == at_minus);
            Constant::new(found.unwrap_or_default().to_bits())
        };
        Self {
            clock: Default::default(),
            code: Default::default(),
            ends_positive: Default::default(),
            ends_negative: Default::default(),
            is_positive: Default::default(),
            byte: Default::default(),
            is_control: Default::default(),
            code_error: Default::default(),
            disparity_error: Default::default(),
            five_table: (0..5).map(|bit| table(|six| five_of(six).is_some_and(|five| five >> bit & 1 == 1))).collect(),
            six_is_illegal_table: table(|six| five_of(six).is_none()),
            six_needs_minus_table: table(|six| !disparity_of(six, SIX).at_plus),
            six_needs_plus_table: table(|six| !disparity_of(six, SIX).at_minus),
            six_ends_plus_table: table(|six| disparity_of(six, SIX).ends_plus),
            six_ends_minus_table: table(|six| disparity_of(six, SIX).ends_minus),
            k28_table: table(is_k28),
            control_with_alternate_table: five_is(control_with_alternate),
            alternate_at_minus_table: five_is(alternate_at_minus),
            alternate_at_plus_table: five_is(alternate_at_plus),
            k28_at_plus: Constant::new((0x3F ^ six_of_k28()).to_bits()),
            three_table: (0..3)
                .map(|bit| table(|four| three_of(four).is_some_and(|three| three >> bit & 1 == 1)))
                .collect(),
            three_of_complement_table: (0..3)
                .map(|bit| table(|four| three_of(0xF ^ four).is_some_and(|three| three >> bit & 1 == 1)))
                .collect(),
            four_is_illegal_table: table(|four| three_of(four).is_none()),
            four_needs_minus_table: table(|four| !disparity_of(four, FOUR).at_plus),
            four_needs_plus_table: table(|four| !disparity_of(four, FOUR).at_minus),
            four_ends_plus_table: table(|four| disparity_of(four, FOUR).ends_plus),
            four_ends_minus_table: table(|four| disparity_of(four, FOUR).ends_minus),
            primary_at_minus: Constant::new(four_of(7, false).to_bits()),
            primary_at_plus: fours(is_primary, false),
            alternate_at_minus: Constant::new(four_of(7, true).to_bits()),
            alternate_at_plus: fours(is_alternate, false),
            six: Default::default(),
            four: Default::default(),
            five_bits: Default::default(),
            three_bits: Default::default(),
            three_bits_of_complement: Default::default(),
            five: Default::default(),
            six_is_illegal: Default::default(),
            six_needs_minus: Default::default(),
            six_needs_plus: Default::default(),
            six_ends_plus: Default::default(),
            six_ends_minus: Default::default(),
            is_k28: Default::default(),
            is_k28_at_plus: Default::default(),
            takes_alternate_as_control: Default::default(),
            takes_alternate_at_minus: Default::default(),
            takes_alternate_at_plus: Default::default(),
            three: Default::default(),
            three_of_complement: Default::default(),
            four_is_illegal: Default::default(),
            four_needs_minus: Default::default(),
            four_needs_plus: Default::default(),
            four_ends_plus: Default::default(),
            four_ends_minus: Default::default(),
            is_primary_at_minus: Default::default(),
            is_primary_at_plus: Default::default(),
            is_alternate_at_minus: Default::default(),
            is_alternate_at_plus: Default::default(),
            character: Default::default(),
            character_is_control: Default::default(),
            has_illegal_group: Default::default(),
            has_wrong_form: Default::default(),
            has_conflict: Default::default(),
            needs_minus: Default::default(),
            needs_plus: Default::default(),
            ends_plus: Default::default(),
            ends_minus: Default::default(),
            held_character: Default::default(),
            held_is_control: Default::default(),
            held_is_illegal: Default::default(),
            held_needs_minus: Default::default(),
            held_needs_plus: Default::default(),
            final_character: Default::default(),
            final_is_control: Default::default(),
            final_code_error: Default::default(),
            final_disparity_error: Default::default(),
        }
    }
}

impl Logic for CharacterDecoder {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, five, six_is_illegal, six_needs_minus, six_needs_plus, six_ends_plus, six_ends_minus);
        dff_setup!(self, clock, is_k28, is_k28_at_plus, takes_alternate_as_control);
        dff_setup!(self, clock, takes_alternate_at_minus, takes_alternate_at_plus, three, three_of_complement);
        dff_setup!(self, clock, four_is_illegal, four_needs_minus, four_needs_plus, four_ends_plus, four_ends_minus);
        dff_setup!(self, clock, is_primary_at_minus, is_primary_at_plus, is_alternate_at_minus, is_alternate_at_plus);
        dff_setup!(self, clock, character, character_is_control, has_illegal_group, has_wrong_form, has_conflict);
        dff_setup!(self, clock, needs_minus, needs_plus, ends_plus, ends_minus);
        dff_setup!(self, clock, held_character, held_is_control, held_is_illegal, held_needs_minus, held_needs_plus);
        dff_setup!(self, clock, final_character, final_is_control, final_code_error, final_disparity_error);

        self.six.next = self.code.val().get_bits::<6>(0);
        self.four.next = self.code.val().get_bits::<4>(6);
        self.five_bits.next = bits::<5>(0);
        for j in 0..5 {
            if self.five_table[j].val().get_bit(self.six.val().index()) {
                self.five_bits.next = self.five_bits.val().replace_bit(j, true);
            }
        }
        self.three_bits.next = bits::<3>(0);
        self.three_bits_of_complement.next = bits::<3>(0);
        for j in 0..3 {
            if self.three_table[j].val().get_bit(self.four.val().index()) {
                self.three_bits.next = self.three_bits.val().replace_bit(j, true);
            }
            if self.three_of_complement_table[j].val().get_bit(self.four.val().index()) {
                self.three_bits_of_complement.next = self.three_bits_of_complement.val().replace_bit(j, true);
            }
        }
        self.five.d.next = self.five_bits.val();
        self.six_is_illegal.d.next = self.six_is_illegal_table.val().get_bit(self.six.val().index());
        self.six_needs_minus.d.next = self.six_needs_minus_table.val().get_bit(self.six.val().index());
        self.six_needs_plus.d.next = self.six_needs_plus_table.val().get_bit(self.six.val().index());
        self.six_ends_plus.d.next = self.six_ends_plus_table.val().get_bit(self.six.val().index());
        self.six_ends_minus.d.next = self.six_ends_minus_table.val().get_bit(self.six.val().index());
        self.is_k28.d.next = self.k28_table.val().get_bit(self.six.val().index());
        self.is_k28_at_plus.d.next = self.six.val() == self.k28_at_plus.val();
        self.takes_alternate_as_control.d.next =
            self.control_with_alternate_table.val().get_bit(self.six.val().index());
        self.takes_alternate_at_minus.d.next = self.alternate_at_minus_table.val().get_bit(self.six.val().index());
        self.takes_alternate_at_plus.d.next = self.alternate_at_plus_table.val().get_bit(self.six.val().index());
        self.three.d.next = self.three_bits.val();
        self.three_of_complement.d.next = self.three_bits_of_complement.val();
        self.four_is_illegal.d.next = self.four_is_illegal_table.val().get_bit(self.four.val().index());
        self.four_needs_minus.d.next = self.four_needs_minus_table.val().get_bit(self.four.val().index());
        self.four_needs_plus.d.next = self.four_needs_plus_table.val().get_bit(self.four.val().index());
        self.four_ends_plus.d.next = self.four_ends_plus_table.val().get_bit(self.four.val().index());
        self.four_ends_minus.d.next = self.four_ends_minus_table.val().get_bit(self.four.val().index());
        self.is_primary_at_minus.d.next = self.four.val() == self.primary_at_minus.val();
        self.is_primary_at_plus.d.next = self.four.val() == self.primary_at_plus.val();
        self.is_alternate_at_minus.d.next = self.four.val() == self.alternate_at_minus.val();
        self.is_alternate_at_plus.d.next = self.four.val() == self.alternate_at_plus.val();

        // The two groups together.
        self.character.d.next = bit_cast::<8, 5>(self.five.q.val()) | (bit_cast::<8, 3>(self.three.q.val()) << 5);
        if self.is_k28_at_plus.q.val() {
            self.character.d.next =
                bit_cast::<8, 5>(self.five.q.val()) | (bit_cast::<8, 3>(self.three_of_complement.q.val()) << 5);
        }
        self.character_is_control.d.next = self.is_k28.q.val()
            | (self.takes_alternate_as_control.q.val()
                & (self.is_alternate_at_minus.q.val() | self.is_alternate_at_plus.q.val()));
        self.has_illegal_group.d.next = self.six_is_illegal.q.val() | self.four_is_illegal.q.val();
        self.has_wrong_form.d.next = (self.is_primary_at_minus.q.val()
            & (self.is_k28.q.val() | self.takes_alternate_at_minus.q.val()))
            | (self.is_primary_at_plus.q.val() & (self.is_k28.q.val() | self.takes_alternate_at_plus.q.val()))
            | (self.is_alternate_at_minus.q.val()
                & !(self.is_k28.q.val()
                    | self.takes_alternate_as_control.q.val()
                    | self.takes_alternate_at_minus.q.val()))
            | (self.is_alternate_at_plus.q.val()
                & !(self.is_k28.q.val()
                    | self.takes_alternate_as_control.q.val()
                    | self.takes_alternate_at_plus.q.val()));
        self.has_conflict.d.next = (self.six_ends_plus.q.val() & self.four_needs_minus.q.val())
            | (self.six_ends_minus.q.val() & self.four_needs_plus.q.val());
        self.needs_minus.d.next =
            self.six_needs_minus.q.val() | (!self.six_needs_plus.q.val() & self.four_needs_minus.q.val());
        self.needs_plus.d.next =
            self.six_needs_plus.q.val() | (!self.six_needs_minus.q.val() & self.four_needs_plus.q.val());
        self.ends_plus.d.next =
            self.four_ends_plus.q.val() | (!self.four_ends_minus.q.val() & self.six_ends_plus.q.val());
        self.ends_minus.d.next =
            self.four_ends_minus.q.val() | (!self.four_ends_plus.q.val() & self.six_ends_minus.q.val());
        self.ends_positive.next = self.ends_plus.q.val();
        self.ends_negative.next = self.ends_minus.q.val();

        // Meanwhile what was before is put together outside.
        self.held_character.d.next = self.character.q.val();
        self.held_is_control.d.next = self.character_is_control.q.val();
        self.held_is_illegal.d.next =
            self.has_illegal_group.q.val() | self.has_wrong_form.q.val() | self.has_conflict.q.val();
        self.held_needs_minus.d.next = self.needs_minus.q.val();
        self.held_needs_plus.d.next = self.needs_plus.q.val();

        self.final_character.d.next = self.held_character.q.val();
        self.final_is_control.d.next = self.held_is_control.q.val();
        self.final_code_error.d.next = self.held_is_illegal.q.val();
        self.final_disparity_error.d.next = !self.held_is_illegal.q.val()
            & ((self.held_needs_minus.q.val() & self.is_positive.val())
                | (self.held_needs_plus.q.val() & !self.is_positive.val()));
        self.byte.next = self.final_character.q.val();
        self.is_control.next = self.final_is_control.q.val();
        self.code_error.next = self.final_code_error.q.val();
        self.disparity_error.next = self.final_disparity_error.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
