//! A matrix over the field of two elements, without registers.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// The sum, modulo 2, of those columns of a constant matrix whose bit of the input is set.
///
/// - Latency: none; combinational, about log4 of `I` levels of exclusive or of four.
/// - Throughput: 1 word per cycle.
/// - Back-pressure: none.
/// - Limits: `I` 1..=1024, `O` 1..=1024.
#[derive(LogicBlock)]
pub struct LinearMap<const I: usize, const O: usize> {
    /// The vector to map.
    pub vector: Signal<In, Bits<I>>,
    /// Matrix times vector.
    pub image: Signal<Out, Bits<O>>,

    /// What each bit of the input adds to the output.
    column: Vec<Constant<Bits<O>>>,
    sum_of_4: Vec<Signal<Local, Bits<O>>>,
    sum_of_16: Vec<Signal<Local, Bits<O>>>,
    sum_of_64: Vec<Signal<Local, Bits<O>>>,
    _parameters: Vec<(&'static str, u64)>,
}

impl<const I: usize, const O: usize> LinearMap<I, O> {
    /// The map with these columns, one for each bit of the input from bit 0 up. `parameters` say in words what the
    /// matrix does; they become part of the circuit's name.
    ///
    /// # Panics
    /// If there are not `I` columns.
    pub fn new(columns: &[Bits<O>], parameters: &[(&'static str, u64)]) -> Self {
        assert_eq!(columns.len(), I, "columns of a map of {I} bits");
        Self {
            vector: Default::default(),
            image: Default::default(),
            column: columns.iter().map(|column| Constant::new(*column)).collect(),
            sum_of_4: vec![Default::default(); I.div_ceil(4)],
            sum_of_16: vec![Default::default(); I.div_ceil(16)],
            sum_of_64: vec![Default::default(); I.div_ceil(64)],
            _parameters: parameters.to_vec(),
        }
    }
}

impl<const I: usize, const O: usize> Logic for LinearMap<I, O> {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..self.sum_of_4.len() {
            self.sum_of_4[i].next = bits::<O>(0);
        }
        for i in 0..self.sum_of_16.len() {
            self.sum_of_16[i].next = bits::<O>(0);
        }
        for i in 0..self.sum_of_64.len() {
            self.sum_of_64[i].next = bits::<O>(0);
        }
        self.image.next = bits::<O>(0);
        for i in 0..self.column.len() {
            if self.vector.val().get_bit(i) {
                self.sum_of_4[i / 4].next = self.sum_of_4[i / 4].val() ^ self.column[i].val();
            }
        }
        for i in 0..self.sum_of_4.len() {
            self.sum_of_16[i / 4].next = self.sum_of_16[i / 4].val() ^ self.sum_of_4[i].val();
        }
        for i in 0..self.sum_of_16.len() {
            self.sum_of_64[i / 4].next = self.sum_of_64[i / 4].val() ^ self.sum_of_16[i].val();
        }
        for i in 0..self.sum_of_64.len() {
            self.image.next = self.image.val() ^ self.sum_of_64[i].val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&self._parameters)
    }
}
