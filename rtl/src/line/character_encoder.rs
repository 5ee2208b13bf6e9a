//! One character into ten bits of the 8b/10b code.

use rust_hdl::prelude::*;

use super::code_8b10b::{
    alternate_at_minus, alternate_at_plus, four_changes, four_flips, four_of, six_changes, six_flips, six_of, table,
};
use crate::circuit::circuit_info;

/// A byte or a control character into ten bits of the 8b/10b code, every cycle.
///
/// Groups of six and four bits are looked up as at negative running disparity and inverted where it is positive. What it is
/// comes from outside, in time: whether it changes over the character stands at `changes` after two cycles, and in the
/// fourth cycle `is_positive` and what changed before the character are taken.
///
/// - Latency: 5 cycles; 2 to `changes` and `six_changes`.
/// - Throughput: 1 character per cycle.
/// - Back-pressure: none; the code of every cycle is that of the byte five cycles before.
/// - Limits: control characters are K28.0 to K28.7, K23.7, K27.7, K29.7 and K30.7; what another becomes is not defined.
#[derive(LogicBlock)]
pub struct CharacterEncoder {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The byte, `HGFEDCBA`.
    pub byte: Signal<In, Bits<8>>,
    /// It is a control character.
    pub is_control: Signal<In, Bit>,
    /// Running disparity changes over the character of two cycles before.
    pub changes: Signal<Out, Bit>,
    /// Running disparity changes over its first six bits.
    pub six_changes: Signal<Out, Bit>,
    /// Running disparity changed from the beginning of its word to the character of three cycles before.
    pub changed_before_six: Signal<In, Bit>,
    /// Running disparity changed from the beginning of its word to that character's last four bits.
    pub changed_before_four: Signal<In, Bit>,
    /// Running disparity is positive at the beginning of that word.
    pub is_positive: Signal<In, Bit>,
    /// Ten bits, `abcdei fghj`, `a` in bit 0.
    pub code: Signal<Out, Bits<10>>,

    /// One bit of the six each, by the five low bits of the byte.
    six_table: Vec<Constant<Bits<32>>>,
    six_flips_table: Constant<Bits<32>>,
    six_changes_table: Constant<Bits<32>>,
    /// The alternate form follows these five at one of the disparities.
    alternate_table: Constant<Bits<32>>,
    /// One bit of the four each, by the three high bits of the byte and, above them, whether it is a control character.
    four_table: Vec<Constant<Bits<16>>>,
    four_flips_table: Constant<Bits<16>>,
    four_changes_table: Constant<Bits<16>>,

    five: Signal<Local, Bits<5>>,
    three: Signal<Local, Bits<4>>,
    six_bits: Signal<Local, Bits<6>>,
    four_bits: Signal<Local, Bits<4>>,

    /// The six bits of a data character.
    data_six: DFF<Bits<6>>,
    data_six_flips: DFF<Bit>,
    data_six_changes: DFF<Bit>,
    is_k28: DFF<Bit>,
    looked_up_four: DFF<Bits<4>>,
    looked_up_four_flips: DFF<Bit>,
    looked_up_four_changes: DFF<Bit>,
    /// The three high bits are ones.
    is_seven: DFF<Bit>,
    has_alternate: DFF<Bit>,
    /// If it has an alternate form: it is at negative running disparity.
    has_it_at_minus: DFF<Bit>,

    six: DFF<Bits<6>>,
    six_flips: DFF<Bit>,
    six_change: DFF<Bit>,
    four: DFF<Bits<4>>,
    four_flips: DFF<Bit>,
    change: DFF<Bit>,
    alternate_at_minus: DFF<Bit>,
    alternate_at_plus: DFF<Bit>,

    placed_six: DFF<Bits<6>>,
    placed_six_flips: DFF<Bit>,
    placed_four: DFF<Bits<4>>,
    placed_four_flips: DFF<Bit>,
    placed_alternate_at_minus: DFF<Bit>,
    placed_alternate_at_plus: DFF<Bit>,

    final_six: DFF<Bits<6>>,
    final_four: DFF<Bits<4>>,
    inverts_six: DFF<Bit>,
    inverts_four: DFF<Bit>,
    is_alternate: DFF<Bit>,

    formed_four: Signal<Local, Bits<4>>,
    coded_six: DFF<Bits<6>>,
    coded_four: DFF<Bits<4>>,
}

impl Default for CharacterEncoder {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            byte: Default::default(),
            is_control: Default::default(),
            changes: Default::default(),
            six_changes: Default::default(),
            changed_before_six: Default::default(),
            changed_before_four: Default::default(),
            is_positive: Default::default(),
            code: Default::default(),
            six_table: (0..6).map(|bit| table(|five| six_of(five) >> bit & 1 == 1)).collect(),
            six_flips_table: table(six_flips),
            six_changes_table: table(six_changes),
            alternate_table: table(|five| alternate_at_minus(five) || alternate_at_plus(five)),
            four_table: (0..4).map(|bit| table(|three| four_of(three % 8, three >= 8) >> bit & 1 == 1)).collect(),
            four_flips_table: table(|three| four_flips(three % 8, three >= 8)),
            four_changes_table: table(|three| four_changes(three % 8)),
            five: Default::default(),
            three: Default::default(),
            six_bits: Default::default(),
            four_bits: Default::default(),
            data_six: Default::default(),
            data_six_flips: Default::default(),
            data_six_changes: Default::default(),
            is_k28: Default::default(),
            looked_up_four: Default::default(),
            looked_up_four_flips: Default::default(),
            looked_up_four_changes: Default::default(),
            is_seven: Default::default(),
            has_alternate: Default::default(),
            has_it_at_minus: Default::default(),
            six: Default::default(),
            six_flips: Default::default(),
            six_change: Default::default(),
            four: Default::default(),
            four_flips: Default::default(),
            change: Default::default(),
            alternate_at_minus: Default::default(),
            alternate_at_plus: Default::default(),
            placed_six: Default::default(),
            placed_six_flips: Default::default(),
            placed_four: Default::default(),
            placed_four_flips: Default::default(),
            placed_alternate_at_minus: Default::default(),
            placed_alternate_at_plus: Default::default(),
            final_six: Default::default(),
            final_four: Default::default(),
            inverts_six: Default::default(),
            inverts_four: Default::default(),
            is_alternate: Default::default(),
            formed_four: Default::default(),
            coded_six: Default::default(),
            coded_four: Default::default(),
        }
    }
}

impl Logic for CharacterEncoder {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, data_six, data_six_flips, data_six_changes, is_k28, is_seven);
        dff_setup!(self, clock, looked_up_four, looked_up_four_flips, looked_up_four_changes);
        dff_setup!(self, clock, has_alternate, has_it_at_minus);
        dff_setup!(self, clock, six, six_flips, six_change, four, four_flips, change);
        dff_setup!(self, clock, alternate_at_minus, alternate_at_plus);
        dff_setup!(self, clock, placed_six, placed_six_flips, placed_four, placed_four_flips);
        dff_setup!(self, clock, placed_alternate_at_minus, placed_alternate_at_plus);
        dff_setup!(self, clock, final_six, final_four, inverts_six, inverts_four, is_alternate);
        dff_setup!(self, clock, coded_six, coded_four);

        self.five.next = self.byte.val().get_bits::<5>(0);
        self.three.next = bit_cast::<4, 3>(self.byte.val().get_bits::<3>(5));
        if self.is_control.val() {
            self.three.next = bit_cast::<4, 3>(self.byte.val().get_bits::<3>(5)) | 8;
        }
        self.six_bits.next = bits::<6>(0);
        for j in 0..6 {
            if self.six_table[j].val().get_bit(self.five.val().index()) {
                self.six_bits.next = self.six_bits.val().replace_bit(j, true);
            }
        }
        self.four_bits.next = bits::<4>(0);
        for j in 0..4 {
            if self.four_table[j].val().get_bit(self.three.val().index()) {
                self.four_bits.next = self.four_bits.val().replace_bit(j, true);
            }
        }
        self.data_six.d.next = self.six_bits.val();
        self.data_six_flips.d.next = self.six_flips_table.val().get_bit(self.five.val().index());
        self.data_six_changes.d.next = self.six_changes_table.val().get_bit(self.five.val().index());
        // Of the five bits of all control characters only K28's begin with two zeros.
        self.is_k28.d.next = self.is_control.val() & !self.byte.val().get_bits::<2>(0).any();
        self.looked_up_four.d.next = self.four_bits.val();
        self.looked_up_four_flips.d.next = self.four_flips_table.val().get_bit(self.three.val().index());
        self.looked_up_four_changes.d.next = self.four_changes_table.val().get_bit(self.three.val().index());
        self.is_seven.d.next = self.byte.val().get_bits::<3>(5).all();
        self.has_alternate.d.next = self.alternate_table.val().get_bit(self.five.val().index());
        self.has_it_at_minus.d.next = self.byte.val().get_bit(4);

        // K28's six bits are those of D28 with the last set.
        self.six.d.next = self.data_six.q.val();
        if self.is_k28.q.val() {
            self.six.d.next = self.data_six.q.val().replace_bit(5, true);
        }
        self.six_flips.d.next = self.data_six_flips.q.val() | self.is_k28.q.val();
        self.six_change.d.next = self.data_six_changes.q.val() | self.is_k28.q.val();
        self.four.d.next = self.looked_up_four.q.val();
        self.four_flips.d.next = self.looked_up_four_flips.q.val();
        self.change.d.next =
            (self.data_six_changes.q.val() | self.is_k28.q.val()) ^ self.looked_up_four_changes.q.val();
        self.alternate_at_minus.d.next =
            self.is_seven.q.val() & self.has_alternate.q.val() & self.has_it_at_minus.q.val();
        self.alternate_at_plus.d.next =
            self.is_seven.q.val() & self.has_alternate.q.val() & !self.has_it_at_minus.q.val();
        self.changes.next = self.change.q.val();
        self.six_changes.next = self.six_change.q.val();

        // Meanwhile what changed before is put together outside.
        self.placed_six.d.next = self.six.q.val();
        self.placed_six_flips.d.next = self.six_flips.q.val();
        self.placed_four.d.next = self.four.q.val();
        self.placed_four_flips.d.next = self.four_flips.q.val();
        self.placed_alternate_at_minus.d.next = self.alternate_at_minus.q.val();
        self.placed_alternate_at_plus.d.next = self.alternate_at_plus.q.val();

        self.final_six.d.next = self.placed_six.q.val();
        self.final_four.d.next = self.placed_four.q.val();
        self.inverts_six.d.next =
            self.placed_six_flips.q.val() & (self.is_positive.val() ^ self.changed_before_six.val());
        self.inverts_four.d.next =
            self.placed_four_flips.q.val() & (self.is_positive.val() ^ self.changed_before_four.val());
        self.is_alternate.d.next = self.placed_alternate_at_minus.q.val();
        if self.is_positive.val() ^ self.changed_before_six.val() {
            self.is_alternate.d.next = self.placed_alternate_at_plus.q.val();
        }

        self.coded_six.d.next = self.final_six.q.val();
        if self.inverts_six.q.val() {
            self.coded_six.d.next = !self.final_six.q.val();
        }
        // The alternate form of three ones is 0111 for 1110.
        self.formed_four.next = self.final_four.q.val();
        if self.is_alternate.q.val() {
            self.formed_four.next = self.final_four.q.val().replace_bit(0, false).replace_bit(3, true);
        }
        self.coded_four.d.next = self.formed_four.val();
        if self.inverts_four.q.val() {
            self.coded_four.d.next = !self.formed_four.val();
        }
        self.code.next = bit_cast::<10, 6>(self.coded_six.q.val()) | (bit_cast::<10, 4>(self.coded_four.q.val()) << 6);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
