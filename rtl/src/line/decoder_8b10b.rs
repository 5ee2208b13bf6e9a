//! 8b/10b decoder of four characters a cycle.

use rust_hdl::prelude::*;

use super::CharacterDecoder;
use crate::circuit::circuit_info;

/// Forty bits of the 8b/10b code into four characters, every cycle.
///
/// Running disparity begins negative. Behind a group of code bits with more ones than zeros it is positive and behind one
/// with fewer negative, also after errors, as receivers count it; 111000 and 1100 leave it negative, 000111 and 0011 positive.
///
/// - Latency: 4 cycles.
/// - Throughput: 4 characters per cycle.
/// - Back-pressure: none; the word of every cycle is that of the code four cycles before.
/// - Limits: an error of more than one bit may give another character of the code; disparity may tell later, or not at all.
#[derive(Default, LogicBlock)]
pub struct Decoder8b10b {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Forty bits, the first on the line in bit 0.
    pub code: Signal<In, Bits<40>>,
    /// Four bytes, the first in bits 7..=0; with `code_error` a byte is what its groups stand for that have a meaning.
    pub word: Signal<Out, Bits<32>>,
    /// Which of the bytes are control characters, the first in bit 0; meaningful without `code_error`.
    pub control: Signal<Out, Bits<4>>,
    /// Which characters the code does not hold at either running disparity, the first in bit 0.
    pub code_error: Signal<Out, Bits<4>>,
    /// Which characters the code holds only at the other running disparity, the first in bit 0.
    pub disparity_error: Signal<Out, Bits<4>>,

    character: [CharacterDecoder; 4],
    /// The word's characters up to this one say what running disparity is behind them.
    is_known_behind: [DFF<Bit>; 4],
    is_positive_behind: [DFF<Bit>; 4],
    known: [Signal<Local, Bit>; 4],
    positive: [Signal<Local, Bit>; 4],
    /// Running disparity is positive before the word.
    is_positive: DFF<Bit>,
    controls: Signal<Local, Bits<4>>,
    code_errors: Signal<Local, Bits<4>>,
    disparity_errors: Signal<Local, Bits<4>>,
}

impl Logic for Decoder8b10b {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, is_positive);
        for i in 0..4 {
            self.character[i].clock.next = self.clock.val();
            self.is_known_behind[i].clock.next = self.clock.val();
            self.is_positive_behind[i].clock.next = self.clock.val();
            self.character[i].code.next = self.code.val().get_bits::<10>(10 * i);
            self.known[i].next = self.character[i].ends_positive.val() | self.character[i].ends_negative.val();
            self.positive[i].next = self.character[i].ends_positive.val();
        }
        // Characters that say nothing leave what was said before them.
        for i in 1..4 {
            if !self.known[i].val() {
                self.known[i].next = self.known[i - 1].val();
                self.positive[i].next = self.positive[i - 1].val();
            }
        }
        for i in 0..4 {
            self.is_known_behind[i].d.next = self.known[i].val();
            self.is_positive_behind[i].d.next = self.positive[i].val();
        }
        self.character[0].is_positive.next = self.is_positive.q.val();
        for i in 1..4 {
            self.character[i].is_positive.next = self.is_positive.q.val();
            if self.is_known_behind[i - 1].q.val() {
                self.character[i].is_positive.next = self.is_positive_behind[i - 1].q.val();
            }
        }
        if self.is_known_behind[3].q.val() {
            self.is_positive.d.next = self.is_positive_behind[3].q.val();
        }
        self.controls.next = bits::<4>(0);
        self.code_errors.next = bits::<4>(0);
        self.disparity_errors.next = bits::<4>(0);
        for i in 0..4 {
            self.controls.next = self.controls.val().replace_bit(i, self.character[i].is_control.val());
            self.code_errors.next = self.code_errors.val().replace_bit(i, self.character[i].code_error.val());
            self.disparity_errors.next =
                self.disparity_errors.val().replace_bit(i, self.character[i].disparity_error.val());
        }
        self.word.next = bit_cast::<32, 8>(self.character[0].byte.val())
            | (bit_cast::<32, 8>(self.character[1].byte.val()) << 8)
            | (bit_cast::<32, 8>(self.character[2].byte.val()) << 16)
            | (bit_cast::<32, 8>(self.character[3].byte.val()) << 24);
        self.control.next = self.controls.val();
        self.code_error.next = self.code_errors.val();
        self.disparity_error.next = self.disparity_errors.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
