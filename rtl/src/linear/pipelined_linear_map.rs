//! A matrix over the field of two elements, in two steps.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// The sum, modulo 2, of those columns of a constant matrix whose bit of the input is set, with registers after the sums
/// of 16 columns and after the whole sum.
///
/// - Latency: 2 cycles; two levels of exclusive or of four before the first register, and one, two or three (`I` to 64,
///   256 and 1024) before the second.
/// - Throughput: 1 word per cycle.
/// - Back-pressure: none; the output of every cycle is that of the input two cycles before.
/// - Limits: `I` 1..=1024, `O` 1..=1024.
#[derive(LogicBlock)]
pub struct PipelinedLinearMap<const I: usize, const O: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The vector to map.
    pub vector: Signal<In, Bits<I>>,
    /// Matrix times the vector of two cycles before.
    pub image: Signal<Out, Bits<O>>,

    /// What each bit of the input adds to the output.
    column: Vec<Constant<Bits<O>>>,
    sum_of_4: Vec<Signal<Local, Bits<O>>>,
    sum_of_16: Vec<Signal<Local, Bits<O>>>,
    held_sum_of_16: Vec<DFF<Bits<O>>>,
    sum_of_64: Vec<Signal<Local, Bits<O>>>,
    sum_of_256: Vec<Signal<Local, Bits<O>>>,
    sum: Signal<Local, Bits<O>>,
    held_sum: DFF<Bits<O>>,
    _parameters: Vec<(&'static str, u64)>,
}

impl<const I: usize, const O: usize> PipelinedLinearMap<I, O> {
    /// The map with these columns, one for each bit of the input from bit 0 up. `parameters` say in words what the
    /// matrix does; they become part of the circuit's name.
    ///
    /// # Panics
    /// If there are not `I` columns.
    pub fn new(columns: &[Bits<O>], parameters: &[(&'static str, u64)]) -> Self {
        assert_eq!(columns.len(), I, "columns of a map of {I} bits");
        Self {
            clock: Default::default(),
            vector: Default::default(),
            image: Default::default(),
            column: columns.iter().map(|column| Constant::new(*column)).collect(),
            sum_of_4: vec![Default::default(); I.div_ceil(4)],
            sum_of_16: vec![Default::default(); I.div_ceil(16)],
            held_sum_of_16: vec![Default::default(); I.div_ceil(16)],
            sum_of_64: vec![Default::default(); I.div_ceil(64)],
            sum_of_256: vec![Default::default(); I.div_ceil(256)],
            sum: Default::default(),
            held_sum: Default::default(),
            _parameters: parameters.to_vec(),
        }
    }
}

impl<const I: usize, const O: usize> Logic for PipelinedLinearMap<I, O> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held_sum);
        for i in 0..self.sum_of_4.len() {
            self.sum_of_4[i].next = bits::<O>(0);
        }
        for i in 0..self.sum_of_16.len() {
            self.sum_of_16[i].next = bits::<O>(0);
        }
        for i in 0..self.sum_of_64.len() {
            self.sum_of_64[i].next = bits::<O>(0);
        }
        for i in 0..self.sum_of_256.len() {
            self.sum_of_256[i].next = bits::<O>(0);
        }
        self.sum.next = bits::<O>(0);
        for i in 0..self.column.len() {
            if self.vector.val().get_bit(i) {
                self.sum_of_4[i / 4].next = self.sum_of_4[i / 4].val() ^ self.column[i].val();
            }
        }
        for i in 0..self.sum_of_4.len() {
            self.sum_of_16[i / 4].next = self.sum_of_16[i / 4].val() ^ self.sum_of_4[i].val();
        }
        for i in 0..self.held_sum_of_16.len() {
            self.held_sum_of_16[i].clock.next = self.clock.val();
            self.held_sum_of_16[i].d.next = self.sum_of_16[i].val();
            self.sum_of_64[i / 4].next = self.sum_of_64[i / 4].val() ^ self.held_sum_of_16[i].q.val();
        }
        for i in 0..self.sum_of_64.len() {
            self.sum_of_256[i / 4].next = self.sum_of_256[i / 4].val() ^ self.sum_of_64[i].val();
        }
        for i in 0..self.sum_of_256.len() {
            self.sum.next = self.sum.val() ^ self.sum_of_256[i].val();
        }
        self.held_sum.d.next = self.sum.val();
        self.image.next = self.held_sum.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&self._parameters)
    }
}
