//! Gives ends of frames the form that their running disparity asks for.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::line::code_8b10b::{four_changes, six_changes, table};

/// Follows the running disparity that an encoder will have, and changes the second byte of an ordered set that is sent at positive
/// running disparity, which only an end of frame is: D21.4 to D21.5, D10.4 to D10.5. Behind it running disparity is negative, as
/// all else between frames needs it.
///
/// - Latency: 3 cycles.
/// - Throughput: 1 word per cycle.
/// - Back-pressure: none.
/// - Limits: of control characters only K28.5, as the first byte of an ordered set.
#[derive(LogicBlock)]
pub struct EndOfFrameDisparity {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A word for the line, the first byte in bits 7..=0; ends of frames in their form for negative running disparity.
    pub word: Signal<In, Bits<32>>,
    /// It is an ordered set.
    pub is_ordered_set: Signal<In, Bit>,
    /// The word of three cycles before.
    pub formed: Signal<Out, Bits<32>>,
    /// It is an ordered set.
    pub formed_is_ordered_set: Signal<Out, Bit>,

    /// Whether running disparity changes over the six bits for these five.
    six_changes: Constant<Bits<32>>,
    /// Whether running disparity changes over the four bits for these three.
    four_changes: Constant<Bits<8>>,
    held: DFF<Bits<32>>,
    held_is_ordered_set: DFF<Bit>,
    /// Running disparity changes over these of the held bytes.
    held_changes: DFF<Bits<4>>,
    waiting: DFF<Bits<32>>,
    waiting_is_ordered_set: DFF<Bit>,
    waiting_changes: DFF<Bit>,
    /// Running disparity before the waiting word.
    is_positive: DFF<Bit>,
    final_word: DFF<Bits<32>>,
    final_is_ordered_set: DFF<Bit>,
    changes: Signal<Local, Bits<4>>,
}

impl Default for EndOfFrameDisparity {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            word: Default::default(),
            is_ordered_set: Default::default(),
            formed: Default::default(),
            formed_is_ordered_set: Default::default(),
            six_changes: table(six_changes),
            four_changes: table(four_changes),
            held: Default::default(),
            held_is_ordered_set: Default::default(),
            held_changes: Default::default(),
            waiting: Default::default(),
            waiting_is_ordered_set: Default::default(),
            waiting_changes: Default::default(),
            is_positive: Default::default(),
            final_word: Default::default(),
            final_is_ordered_set: Default::default(),
            changes: Default::default(),
        }
    }
}

impl Logic for EndOfFrameDisparity {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held, held_is_ordered_set, held_changes, waiting, waiting_is_ordered_set);
        dff_setup!(self, clock, waiting_changes, is_positive, final_word, final_is_ordered_set);

        self.changes.next = bits::<4>(0);
        for i in 0..4 {
            self.changes.next = self.changes.val().replace_bit(
                i,
                self.six_changes.val().get_bit(self.word.val().get_bits::<5>(8 * i).index())
                    ^ self.four_changes.val().get_bit(self.word.val().get_bits::<3>(8 * i + 5).index()),
            );
        }
        // K28.5 changes it, D28.5 does not.
        if self.is_ordered_set.val() {
            self.changes.next = self.changes.val().replace_bit(0, true);
        }
        self.held.d.next = self.word.val();
        self.held_is_ordered_set.d.next = self.is_ordered_set.val();
        self.held_changes.d.next = self.changes.val();

        self.waiting.d.next = self.held.q.val();
        self.waiting_is_ordered_set.d.next = self.held_is_ordered_set.q.val();
        self.waiting_changes.d.next = self.held_changes.q.val().xor();

        self.is_positive.d.next = self.is_positive.q.val() ^ self.waiting_changes.q.val();
        self.final_word.d.next = self.waiting.q.val();
        self.final_is_ordered_set.d.next = self.waiting_is_ordered_set.q.val();
        if self.waiting_is_ordered_set.q.val() & self.is_positive.q.val() {
            self.final_word.d.next = self.waiting.q.val().replace_bit(13, true);
            self.is_positive.d.next = false;
        }
        self.formed.next = self.final_word.q.val();
        self.formed_is_ordered_set.next = self.final_is_ordered_set.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
