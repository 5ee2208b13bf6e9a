//! Frames without regular patterns.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::linear::FactoredLinearMap;

/// Bits of the shift register.
const LENGTH: usize = 16;
/// Bits of it, and of a word.
const STEP_BITS: usize = LENGTH + 32;

/// The shift register of a [`FrameScrambler`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScramblerParameters {
    /// Bits that are inverted by the one that leaves the highest place: the polynomial without its highest power.
    pub polynomial: u16,
    /// What it holds at the beginning of each frame.
    pub seed: u16,
}

impl ScramblerParameters {
    /// x^16 + x^5 + x^4 + x^3 + 1, from FFFFh on: those of other standards with this code. What the standard has for frames of
    /// 8 Gb/s stands in no source that was read (facts/fc.md, section 1).
    pub const ASSUMED: Self = Self { polynomial: 0x0039, seed: 0xFFFF };

    /// The bits of the next word, the first that is sent in bit 0, and the register behind it.
    fn step(self, mut register: u16) -> (u32, u16) {
        let mut word = 0;
        for bit in 0..32 {
            let leaves = register >> (LENGTH - 1);
            word |= u32::from(leaves) << bit;
            register = register << 1 ^ if leaves == 1 { self.polynomial } else { 0 };
        }
        (word, register)
    }
}

/// Adds the bits of a shift register to the words of frames, from header to CRC: the same for a transmitter and a receiver.
///
/// Each byte is taken with its lowest bit first. The register begins anew with each frame.
///
/// - Latency: none.
/// - Throughput: 1 word per cycle.
/// - Back-pressure: none.
/// - Limits: a register of 16 bits.
#[derive(LogicBlock)]
pub struct FrameScrambler {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Words of frames are changed; else they stay as they are.
    pub is_enabled: Signal<In, Bit>,
    /// A frame begins with this word.
    pub starts: Signal<In, Bit>,
    /// It belongs to a frame, and is neither its beginning nor its end.
    pub is_data: Signal<In, Bit>,
    /// The word, the first byte in bits 7..=0.
    pub word: Signal<In, Bits<32>>,
    /// What it becomes.
    pub scrambled: Signal<Out, Bits<32>>,

    /// What is added to the first word of a frame, and the register behind that.
    first_sum: Constant<Bits<32>>,
    second_register: Constant<Bits<LENGTH>>,
    step: FactoredLinearMap<LENGTH, STEP_BITS>,
    /// What is added to the next word, and the register behind that.
    sum: DFF<Bits<32>>,
    register: DFF<Bits<LENGTH>>,
}

impl FrameScrambler {
    /// A scrambler with this shift register.
    pub fn new(parameters: ScramblerParameters) -> Self {
        let (first_sum, second_register) = parameters.step(parameters.seed);
        let columns = std::array::from_fn(|bit| {
            let (word, register) = parameters.step(1 << bit);
            u64::from(word) << LENGTH | u64::from(register)
        });
        let named = [("polynomial", parameters.polynomial.into())];
        Self {
            clock: Default::default(),
            is_enabled: Default::default(),
            starts: Default::default(),
            is_data: Default::default(),
            word: Default::default(),
            scrambled: Default::default(),
            first_sum: Constant::new(u64::from(first_sum).into()),
            second_register: Constant::new(u64::from(second_register).into()),
            step: FactoredLinearMap::new(&columns, &named),
            sum: Default::default(),
            register: Default::default(),
        }
    }
}

impl Logic for FrameScrambler {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, sum, register);
        self.step.vector.next = self.register.q.val();
        if self.is_data.val() {
            self.sum.d.next = self.step.image.val().get_bits::<32>(16);
            self.register.d.next = self.step.image.val().get_bits::<16>(0);
        }
        if self.starts.val() {
            self.sum.d.next = self.first_sum.val();
            self.register.d.next = self.second_register.val();
        }
        self.scrambled.next = self.word.val();
        if self.is_enabled.val() & self.is_data.val() {
            self.scrambled.next = self.word.val() ^ self.sum.q.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[
            ("first_sum", self.first_sum.val().into()),
            ("second_register", self.second_register.val().into()),
        ])
    }
}
