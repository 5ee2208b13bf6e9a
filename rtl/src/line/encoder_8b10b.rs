//! 8b/10b encoder of four characters a cycle.

use rust_hdl::prelude::*;

use super::CharacterEncoder;
use crate::circuit::circuit_info;

/// Four characters of eight bits into forty bits of the 8b/10b code, every cycle.
///
/// Running disparity begins negative. It is one register with one exclusive or: whether it changes before each group of a
/// word is known before the word's turn comes.
///
/// - Latency: 5 cycles.
/// - Throughput: 4 characters per cycle.
/// - Back-pressure: none; the code of every cycle is that of the word five cycles before.
/// - Limits: control characters are K28.0 to K28.7, K23.7, K27.7, K29.7 and K30.7; what another becomes is not defined.
#[derive(Default, LogicBlock)]
pub struct Encoder8b10b {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Four bytes, the first in bits 7..=0.
    pub word: Signal<In, Bits<32>>,
    /// Which of the bytes are control characters, the first in bit 0.
    pub control: Signal<In, Bits<4>>,
    /// Forty bits, the first on the line in bit 0.
    pub code: Signal<Out, Bits<40>>,

    character: [CharacterEncoder; 4],
    /// Running disparity changes from the word's first bit to the character.
    changed_before_six: [DFF<Bit>; 4],
    /// Running disparity changes from the word's first bit to the character's last four.
    changed_before_four: [DFF<Bit>; 4],
    word_changes: DFF<Bit>,
    /// Running disparity is positive before the word.
    is_positive: DFF<Bit>,
}

impl Logic for Encoder8b10b {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, word_changes, is_positive);
        for i in 0..4 {
            self.character[i].clock.next = self.clock.val();
            self.changed_before_six[i].clock.next = self.clock.val();
            self.changed_before_four[i].clock.next = self.clock.val();
            self.character[i].byte.next = self.word.val().get_bits::<8>(8 * i);
            self.character[i].is_control.next = self.control.val().get_bit(i);
        }
        self.changed_before_six[0].d.next = false;
        self.changed_before_six[1].d.next = self.character[0].changes.val();
        self.changed_before_six[2].d.next = self.character[0].changes.val() ^ self.character[1].changes.val();
        self.changed_before_six[3].d.next =
            self.character[0].changes.val() ^ self.character[1].changes.val() ^ self.character[2].changes.val();
        self.changed_before_four[0].d.next = self.character[0].six_changes.val();
        self.changed_before_four[1].d.next = self.character[0].changes.val() ^ self.character[1].six_changes.val();
        self.changed_before_four[2].d.next =
            self.character[0].changes.val() ^ self.character[1].changes.val() ^ self.character[2].six_changes.val();
        self.changed_before_four[3].d.next = self.character[0].changes.val()
            ^ self.character[1].changes.val()
            ^ self.character[2].changes.val()
            ^ self.character[3].six_changes.val();
        self.word_changes.d.next = self.character[0].changes.val()
            ^ self.character[1].changes.val()
            ^ self.character[2].changes.val()
            ^ self.character[3].changes.val();
        self.is_positive.d.next = self.is_positive.q.val() ^ self.word_changes.q.val();
        for i in 0..4 {
            self.character[i].changed_before_six.next = self.changed_before_six[i].q.val();
            self.character[i].changed_before_four.next = self.changed_before_four[i].q.val();
            self.character[i].is_positive.next = self.is_positive.q.val();
        }
        self.code.next = bit_cast::<40, 10>(self.character[0].code.val())
            | (bit_cast::<40, 10>(self.character[1].code.val()) << 10)
            | (bit_cast::<40, 10>(self.character[2].code.val()) << 20)
            | (bit_cast::<40, 10>(self.character[3].code.val()) << 30);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
