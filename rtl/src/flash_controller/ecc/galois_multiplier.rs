//! Product of two variable field elements.

use rust_hdl::prelude::*;

use super::code::{BchCode, element};
use crate::circuit::circuit_info;

/// Multiplies elements of GF(2^`M`).
///
/// - Latency: 1 cycle; the product leaves through one level of exclusive or behind the register.
/// - Throughput: 1 product per cycle.
/// - Back-pressure: none; the product of every cycle is that of the factors one cycle before.
/// - Limits: `M` is the degree of the code's field.
#[derive(LogicBlock)]
pub struct GaloisMultiplier<const M: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A factor, coefficient of x^`i` in bit `i`.
    pub multiplicand: Signal<In, Bits<M>>,
    /// The other factor.
    pub multiplier: Signal<In, Bits<M>>,
    /// The product of the factors of the cycle before.
    pub product: Signal<Out, Bits<M>>,

    /// The field's polynomial without its highest term.
    reduction: Constant<Bits<M>>,
    /// Place of the highest bit.
    top: Constant<Bits<8>>,
    /// One for each bit of the multiplier.
    bit: Vec<Constant<Bit>>,

    /// The multiplicand times x to the number of the multiplier's bit.
    multiple: Signal<Local, Bits<M>>,
    next_multiple: Signal<Local, Bits<M>>,
    sum_of_4: Vec<Signal<Local, Bits<M>>>,
    held_sum_of_4: Vec<DFF<Bits<M>>>,
    sum: Signal<Local, Bits<M>>,
}

impl<const M: usize> GaloisMultiplier<M> {
    /// A multiplier in the field of `code`.
    ///
    /// # Panics
    /// If `M` is not the degree of the field.
    pub fn new(code: &BchCode) -> Self {
        assert_eq!(M, code.field_bits(), "bits of the code's field");
        Self {
            clock: Default::default(),
            multiplicand: Default::default(),
            multiplier: Default::default(),
            product: Default::default(),
            reduction: Constant::new(element(code.alpha(M as i64))),
            top: Constant::new((M - 1).to_bits()),
            bit: vec![Constant::new(true); M],
            multiple: Default::default(),
            next_multiple: Default::default(),
            sum_of_4: vec![Default::default(); M.div_ceil(4)],
            held_sum_of_4: vec![Default::default(); M.div_ceil(4)],
            sum: Default::default(),
        }
    }
}

impl<const M: usize> Logic for GaloisMultiplier<M> {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..self.sum_of_4.len() {
            self.sum_of_4[i].next = bits::<M>(0);
        }
        self.multiple.next = self.multiplicand.val();
        for i in 0..self.bit.len() {
            if self.multiplier.val().get_bit(i) {
                self.sum_of_4[i / 4].next = self.sum_of_4[i / 4].val() ^ self.multiple.val();
            }
            self.next_multiple.next = self.multiple.val() << 1;
            if self.multiple.val().get_bit(self.top.val().index()) {
                self.next_multiple.next = (self.multiple.val() << 1) ^ self.reduction.val();
            }
            self.multiple.next = self.next_multiple.val();
        }
        self.sum.next = bits::<M>(0);
        for i in 0..self.held_sum_of_4.len() {
            self.held_sum_of_4[i].clock.next = self.clock.val();
            self.held_sum_of_4[i].d.next = self.sum_of_4[i].val();
            self.sum.next = self.sum.val() ^ self.held_sum_of_4[i].q.val();
        }
        self.product.next = self.sum.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("reduction", self.reduction.val().into())])
    }
}
