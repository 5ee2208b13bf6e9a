//! Tells ordered sets from each other, and sequences of them.

use rust_hdl::prelude::*;

use super::{WordKind, ordered_set as set};
use crate::circuit::circuit_info;

/// Says of every received word what it is, and of ordered sets whether the same came in the two words before: so often a
/// primitive sequence must come before a port acts on it.
///
/// Bytes are those of facts/ordered-sets.csv; CLS and LPB are in no source that was read (there marked as remembered).
///
/// - Latency: 2 cycles.
/// - Throughput: 1 word per cycle.
/// - Back-pressure: none.
/// - Limits: DHD, MRK, SYN and VC_RDY are `Other`.
#[derive(LogicBlock)]
pub struct OrderedSetDecoder {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A word of the line, the first byte in bits 7..=0.
    pub received: Signal<In, Bits<32>>,
    /// It is an ordered set.
    pub is_ordered_set: Signal<In, Bit>,
    /// It is an invalid word.
    pub is_invalid: Signal<In, Bit>,
    /// It came in word synchronization.
    pub is_synchronized: Signal<In, Bit>,
    /// What the word of two cycles before is.
    pub kind: Signal<Out, WordKind>,
    /// It is the third or a later one of the same ordered set in succession.
    pub is_repeated: Signal<Out, Bit>,
    /// The word.
    pub word: Signal<Out, Bits<32>>,

    /// Bytes 1 to 3 of ordered sets without addresses.
    fixed: Vec<Constant<Bits<24>>>,
    fixed_kind: Vec<Constant<WordKind>>,
    /// Byte 1 of ordered sets with addresses.
    addressed: Vec<Constant<Bits<8>>>,
    addressed_kind: Vec<Constant<WordKind>>,
    comma: Constant<Bits<8>>,

    /// The word is this one of `fixed`.
    is_fixed: Signal<Local, Bits<36>>,
    is_addressed: Signal<Local, Bits<8>>,
    fixed_found: DFF<Bits<36>>,
    addressed_found: DFF<Bits<8>>,
    held: DFF<Bits<32>>,
    held_is_ordered_set: DFF<Bit>,
    held_is_invalid: DFF<Bit>,
    held_is_synchronized: DFF<Bit>,
    /// The word is the same as the one before, by halves.
    low_is_same: DFF<Bit>,
    high_is_same: DFF<Bit>,

    decoded: DFF<WordKind>,
    decoded_word: DFF<Bits<32>>,
    /// Ordered sets of the same bytes in succession, three for more.
    same: DFF<Bits<2>>,
    repeated: DFF<Bit>,
}

/// Ordered sets of one kind without addresses.
const FIXED: [(&[u32], WordKind); 18] = [
    (&[set::IDLE], WordKind::Idle),
    (&[set::R_RDY], WordKind::RRdy),
    (&[set::BB_SC_S], WordKind::BbScS),
    (&[set::BB_SC_R], WordKind::BbScR),
    (&[set::CLS], WordKind::Cls),
    (&[set::NOS], WordKind::Nos),
    (&[set::OLS], WordKind::Ols),
    (&[set::LR], WordKind::Lr),
    (&[set::LRR], WordKind::Lrr),
    (&[set::SOF_I3], WordKind::SofI3),
    (&[set::SOF_N3], WordKind::SofN3),
    (&set::SOF_2, WordKind::Sof2),
    (&set::SOF_OTHER, WordKind::SofOther),
    (&[set::EOF_N], WordKind::EofN),
    (&[set::EOF_T], WordKind::EofT),
    (&[set::EOF_A], WordKind::EofA),
    (&set::EOF_INVALID, WordKind::EofNi),
    (&set::EOF_OTHER, WordKind::EofOther),
];

/// Byte 1 of ordered sets with addresses.
const ADDRESSED: [(u8, WordKind); 5] = [
    (set::ARB, WordKind::Arb),
    (set::OPN, WordKind::Opn),
    (set::LIP, WordKind::Lip),
    (set::LPE, WordKind::Lpe),
    (set::LPB, WordKind::Lpb),
];

/// Bytes 1 to 3 of every ordered set without addresses, the first in bits 7..=0, and its kind; ends of frames in both forms.
fn fixed_sets() -> Vec<(u64, WordKind)> {
    let forms = |kind: WordKind| match kind {
        WordKind::EofN | WordKind::EofT | WordKind::EofA | WordKind::EofNi | WordKind::EofOther => {
            vec![0, set::POSITIVE]
        }
        _ => vec![0],
    };
    let every_form = |&(sets, kind): &(&'static [u32], WordKind)| {
        let forms = forms(kind);
        sets.iter().flat_map(move |bytes| {
            forms.clone().into_iter().map(move |form| (u64::from((bytes | form).swap_bytes() >> 8), kind))
        })
    };
    FIXED.iter().flat_map(every_form).collect()
}

impl Default for OrderedSetDecoder {
    fn default() -> Self {
        let fixed = fixed_sets();
        Self {
            clock: Default::default(),
            received: Default::default(),
            is_ordered_set: Default::default(),
            is_invalid: Default::default(),
            is_synchronized: Default::default(),
            kind: Default::default(),
            is_repeated: Default::default(),
            word: Default::default(),
            fixed: fixed.iter().map(|(bytes, _)| Constant::new((*bytes).into())).collect(),
            fixed_kind: fixed.iter().map(|(_, kind)| Constant::new(*kind)).collect(),
            addressed: ADDRESSED.iter().map(|(byte, _)| Constant::new(u64::from(*byte).into())).collect(),
            addressed_kind: ADDRESSED.iter().map(|(_, kind)| Constant::new(*kind)).collect(),
            comma: Constant::new(0xBC_u64.into()),
            is_fixed: Default::default(),
            is_addressed: Default::default(),
            fixed_found: Default::default(),
            addressed_found: Default::default(),
            held: Default::default(),
            held_is_ordered_set: Default::default(),
            held_is_invalid: Default::default(),
            held_is_synchronized: Default::default(),
            low_is_same: Default::default(),
            high_is_same: Default::default(),
            decoded: Default::default(),
            decoded_word: Default::default(),
            same: Default::default(),
            repeated: Default::default(),
        }
    }
}

impl Logic for OrderedSetDecoder {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, fixed_found, addressed_found, held, held_is_ordered_set, held_is_invalid);
        dff_setup!(self, clock, held_is_synchronized, low_is_same, high_is_same, decoded, decoded_word, same, repeated);

        self.is_fixed.next = bits::<36>(0);
        for i in 0..self.fixed.len() {
            self.is_fixed.next =
                self.is_fixed.val().replace_bit(i, self.received.val().get_bits::<24>(8) == self.fixed[i].val());
        }
        self.is_addressed.next = bits::<8>(0);
        for i in 0..5 {
            self.is_addressed.next =
                self.is_addressed.val().replace_bit(i, self.received.val().get_bits::<8>(8) == self.addressed[i].val());
        }
        self.fixed_found.d.next = self.is_fixed.val();
        self.addressed_found.d.next = self.is_addressed.val();
        self.held.d.next = self.received.val();
        // What does not begin with K28.5 is no ordered set of Fibre Channel.
        self.held_is_ordered_set.d.next = self.is_ordered_set.val();
        self.held_is_invalid.d.next = self.is_invalid.val()
            | (self.is_ordered_set.val() & (self.received.val().get_bits::<8>(0) != self.comma.val()));
        self.held_is_synchronized.d.next = self.is_synchronized.val();
        self.low_is_same.d.next = self.received.val().get_bits::<16>(0) == self.held.q.val().get_bits::<16>(0);
        self.high_is_same.d.next = self.received.val().get_bits::<16>(16) == self.held.q.val().get_bits::<16>(16);

        self.decoded.d.next = WordKind::Other;
        for i in 0..5 {
            if self.addressed_found.q.val().get_bit(i) {
                self.decoded.d.next = self.addressed_kind[i].val();
            }
        }
        for i in 0..self.fixed.len() {
            if self.fixed_found.q.val().get_bit(i) {
                self.decoded.d.next = self.fixed_kind[i].val();
            }
        }
        if !self.held_is_ordered_set.q.val() {
            self.decoded.d.next = WordKind::Data;
        }
        if self.held_is_invalid.q.val() {
            self.decoded.d.next = WordKind::Invalid;
        }
        if !self.held_is_synchronized.q.val() {
            self.decoded.d.next = WordKind::Unsynchronized;
        }
        self.decoded_word.d.next = self.held.q.val();

        self.repeated.d.next = false;
        if !self.held_is_synchronized.q.val() | self.held_is_invalid.q.val() | !self.held_is_ordered_set.q.val() {
            self.same.d.next = bits::<2>(0);
        } else if !(self.low_is_same.q.val() & self.high_is_same.q.val()) | !self.same.q.val().any() {
            self.same.d.next = bits::<2>(1);
        } else {
            self.same.d.next = bits::<2>(2);
            self.repeated.d.next = self.same.q.val().get_bit(1);
        }

        self.kind.next = self.decoded.q.val();
        self.is_repeated.next = self.repeated.q.val();
        self.word.next = self.decoded_word.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
