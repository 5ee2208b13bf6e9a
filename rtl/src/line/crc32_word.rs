//! CRC-32 of Fibre Channel, Ethernet and InfiniBand, four bytes a cycle.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::linear::FactoredLinearMap;
use crate::linear::crc32::{RESIDUE, after_zeros, before_zeros};
use crate::stream::StreamSink;

/// CRC-32 of messages of any number of bytes, to be sent behind them or to check what was received.
///
/// The CRC is the value that follows the message as one word: its lowest byte is sent first. `intact` says of a message that
/// included its CRC that none of its bits is wrong.
///
/// The register that feeds back holds the remainder with the next word already added, so that one matrix serves feedback and
/// input. A last word of fewer than four bytes is taken as if zeros followed, and the remainder then goes back by a byte a
/// cycle.
///
/// - Latency: `crc_valid` 4 cycles after the last word was taken, and one more for each unused byte; `checked` a cycle
///   later.
/// - Throughput: 1 word per cycle; each unused byte costs a cycle after the message.
/// - Back-pressure: none at the outputs: a CRC stands for one cycle. `sink.ready` comes from registers and is low only
///   behind a last word with unused bytes.
/// - Limits: at least one byte a message; bytes are unused only in a message's last word.
#[derive(LogicBlock)]
pub struct Crc32Word {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The messages; `last` marks the last word of each.
    pub sink: StreamSink<32>,
    /// How many bytes of the last word, the highest, do not belong to the message; meaningful with `sink.last`.
    pub unused_bytes: Signal<In, Bits<2>>,
    /// The CRC of a message stands at `crc`.
    pub crc_valid: Signal<Out, Bit>,
    /// The CRC; meaningful while `crc_valid` is high.
    pub crc: Signal<Out, Bits<32>>,
    /// The verdict about the message stands at `intact`.
    pub checked: Signal<Out, Bit>,
    /// The message ended in its own CRC; meaningful while `checked` is high.
    pub intact: Signal<Out, Bit>,

    /// The bits of a last word that belong to the message, by the number of unused bytes.
    used_bits: Vec<Constant<Bits<32>>>,
    /// The number of unused bytes of each element of `used_bits`.
    unused_number: Vec<Constant<Bits<2>>>,
    residue: Constant<Bits<32>>,

    /// Cycles for which the next message has to wait.
    pause: DFF<Bits<2>>,
    /// The next word begins a message.
    is_between: DFFWithInit<Bit>,
    word_valid: DFF<Bit>,
    /// The word, inverted if it begins a message: the remainder begins with ones.
    word: DFF<Bits<32>>,
    word_begins: DFF<Bit>,
    word_ends: DFF<Bit>,
    word_unused: DFF<Bits<2>>,
    /// Remainder so far plus the word that is to be divided.
    dividend: DFF<Bits<32>>,
    dividend_ends: DFF<Bit>,
    dividend_unused: DFF<Bits<2>>,
    /// `dividend` holds the remainder of a whole message.
    remainder_valid: DFF<Bit>,
    remainder_unused: DFF<Bits<2>>,
    step_by_word: FactoredLinearMap<32, 32>,
    /// The inverted remainder after the last word.
    value: DFF<Bits<32>>,
    /// Zeros still to be taken back.
    value_unused: DFF<Bits<2>>,
    step_back_by_byte: FactoredLinearMap<32, 32>,
    value_final: DFF<Bit>,
    verdict_valid: DFF<Bit>,
    verdict: DFF<Bit>,

    taken: Signal<Local, Bit>,
    unused: Signal<Local, Bits<2>>,
    used_word: Signal<Local, Bits<32>>,
    /// Cycles to pause if the word is a message's last.
    pause_after: Signal<Local, Bits<2>>,
}

impl Default for Crc32Word {
    fn default() -> Self {
        let map = |steps: fn(u32, usize) -> u32, bits: usize, name| {
            FactoredLinearMap::new(&std::array::from_fn(|bit| u64::from(steps(1 << bit, bits))), &[(name, bits as u64)])
        };
        Self {
            clock: Default::default(),
            sink: Default::default(),
            unused_bytes: Default::default(),
            crc_valid: Default::default(),
            crc: Default::default(),
            checked: Default::default(),
            intact: Default::default(),
            used_bits: (0..4).map(|unused| Constant::new(u64::from(u32::MAX >> (8 * unused)).into())).collect(),
            unused_number: (0..4_usize).map(|unused| Constant::new(unused.to_bits())).collect(),
            residue: Constant::new(u64::from(!RESIDUE).into()),
            pause: Default::default(),
            is_between: DFFWithInit::new(true),
            word_valid: Default::default(),
            word: Default::default(),
            word_begins: Default::default(),
            word_ends: Default::default(),
            word_unused: Default::default(),
            dividend: Default::default(),
            dividend_ends: Default::default(),
            dividend_unused: Default::default(),
            remainder_valid: Default::default(),
            remainder_unused: Default::default(),
            step_by_word: map(after_zeros, 32, "crc32_steps"),
            value: Default::default(),
            value_unused: Default::default(),
            step_back_by_byte: map(before_zeros, 8, "crc32_steps_back"),
            value_final: Default::default(),
            verdict_valid: Default::default(),
            verdict: Default::default(),
            taken: Default::default(),
            unused: Default::default(),
            used_word: Default::default(),
            pause_after: Default::default(),
        }
    }
}

impl Logic for Crc32Word {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, pause, is_between, word_valid, word, word_begins, word_ends, word_unused);
        dff_setup!(self, clock, dividend, dividend_ends, dividend_unused, value, value_unused, value_final);
        dff_setup!(self, clock, remainder_valid, remainder_unused, verdict_valid, verdict);

        self.sink.ready.next = !self.pause.q.val().any();
        self.taken.next = self.sink.valid.val() & !self.pause.q.val().any();
        self.unused.next = bits::<2>(0);
        if self.sink.last.val() {
            self.unused.next = self.unused_bytes.val();
        }
        self.used_word.next = self.sink.data.val();
        for i in 1..4 {
            if self.unused.val() == self.unused_number[i].val() {
                self.used_word.next = self.sink.data.val() & self.used_bits[i].val();
            }
        }
        self.pause_after.next = self.unused.val();
        if !self.unused.val().any() {
            self.pause_after.next = bits::<2>(1);
        }
        if self.pause.q.val().any() {
            self.pause.d.next = self.pause.q.val() - 1;
        }
        self.word_valid.d.next = self.taken.val();
        // Between words there are zeros, which the last step of a message adds.
        self.word.d.next = bits::<32>(0);
        self.word_begins.d.next = self.taken.val() & self.is_between.q.val();
        self.word_ends.d.next = self.sink.last.val();
        self.word_unused.d.next = self.unused.val();
        if self.taken.val() {
            self.word.d.next = self.used_word.val();
            if self.is_between.q.val() {
                self.word.d.next = !self.used_word.val();
            }
            if self.sink.last.val() {
                self.pause.d.next = self.pause_after.val();
            }
            self.is_between.d.next = self.sink.last.val();
        }

        self.step_by_word.vector.next = self.dividend.q.val();
        if self.word_valid.q.val() | self.dividend_ends.q.val() {
            self.dividend.d.next = self.word.q.val();
            if !self.word_begins.q.val() {
                self.dividend.d.next = self.word.q.val() ^ self.step_by_word.image.val();
            }
        }
        self.dividend_ends.d.next = self.word_valid.q.val() & self.word_ends.q.val();
        self.dividend_unused.d.next = self.word_unused.q.val();

        self.remainder_valid.d.next = self.dividend_ends.q.val();
        self.remainder_unused.d.next = self.dividend_unused.q.val();

        self.step_back_by_byte.vector.next = !self.value.q.val();
        self.value_final.d.next = self.value_unused.q.val() == bits::<2>(1);
        if self.remainder_valid.q.val() {
            self.value.d.next = !self.dividend.q.val();
            self.value_unused.d.next = self.remainder_unused.q.val();
            self.value_final.d.next = !self.remainder_unused.q.val().any();
        } else if self.value_unused.q.val().any() {
            self.value.d.next = !self.step_back_by_byte.image.val();
            self.value_unused.d.next = self.value_unused.q.val() - 1;
        }
        self.crc_valid.next = self.value_final.q.val();
        self.crc.next = self.value.q.val();
        self.verdict_valid.d.next = self.value_final.q.val();
        self.verdict.d.next = self.value.q.val() == self.residue.val();
        self.checked.next = self.verdict_valid.q.val();
        self.intact.next = self.verdict.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
