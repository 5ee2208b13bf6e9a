//! A matrix over the field of two elements, with sums that several bits of the result share.

use std::cmp::Reverse;

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;

/// Columns that are added before they are shared: what one lookup table takes.
const SHARED_TERMS: u32 = 4;

/// Fewest bits of the result for which a shared sum is made.
const FEWEST_SHARERS: usize = 2;

/// The sum, modulo 2, of those columns of a constant matrix whose bit of the input is set, in fewer lookup tables than a
/// [`LinearMap`](super::LinearMap) of a dense matrix.
///
/// Four bits of the input that many bits of the result need are added once for all of them; then the next four, among what
/// is left, until no two bits of the result have four in common.
///
/// - Latency: none; combinational, one exclusive or of four in front of the sum of what is left.
/// - Throughput: 1 word per cycle.
/// - Back-pressure: none.
/// - Limits: `I` 1..=64, `O` 1..=64.
#[derive(LogicBlock)]
pub struct FactoredLinearMap<const I: usize, const O: usize> {
    /// The vector to map.
    pub vector: Signal<In, Bits<I>>,
    /// Matrix times vector.
    pub image: Signal<Out, Bits<O>>,

    /// What each bit of the input adds to the output by itself.
    column: Vec<Constant<Bits<O>>>,
    /// The bits of the input that each shared sum adds.
    shared_terms: Vec<Constant<Bits<I>>>,
    /// What each shared sum adds to the output.
    shared_column: Vec<Constant<Bits<O>>>,
    shared_sum: Vec<Signal<Local, Bit>>,
    _parameters: Vec<(&'static str, u64)>,
}

impl<const I: usize, const O: usize> FactoredLinearMap<I, O> {
    /// The map with these columns, one for each bit of the input from bit 0 up. `parameters` say in words what the
    /// matrix does; they become part of the circuit's name.
    ///
    /// # Panics
    /// If `I` or `O` is not 1..=64.
    pub fn new(columns: &[u64; I], parameters: &[(&'static str, u64)]) -> Self {
        assert!((1..=64).contains(&I) && (1..=64).contains(&O), "map of {I} bits to {O}: legal are 1..=64");
        let mut rows: Vec<u64> = (0..O).map(|row| bits_where(columns, |column| column >> row & 1 == 1)).collect();
        let shared = take_shared_sums(&mut rows);
        Self {
            vector: Default::default(),
            image: Default::default(),
            column: (0..I).map(|bit| Constant::new(bits_where(&rows, |row| row >> bit & 1 == 1).into())).collect(),
            shared_terms: shared.iter().map(|(terms, _)| Constant::new((*terms).into())).collect(),
            shared_column: shared.iter().map(|(_, sharers)| Constant::new((*sharers).into())).collect(),
            shared_sum: vec![Default::default(); shared.len()],
            _parameters: parameters.to_vec(),
        }
    }
}

/// A word whose bits say which elements fulfil the condition.
fn bits_where(elements: &[u64], condition: impl Fn(u64) -> bool) -> u64 {
    elements.iter().enumerate().fold(0, |word, (index, element)| word | u64::from(condition(*element)) << index)
}

/// Takes sums out of the rows that several of them need: terms and rows of each.
fn take_shared_sums(rows: &mut [u64]) -> Vec<(u64, u64)> {
    let mut sums = vec![];
    loop {
        let mut best = (0, Reverse(0));
        for first in 0..rows.len() {
            for second in 0..first {
                for terms in subsets(rows[first] & rows[second], SHARED_TERMS) {
                    let sharers = rows.iter().filter(|row| *row & terms == terms).count();
                    best = best.max((sharers, Reverse(terms)));
                }
            }
        }
        let (sharers, Reverse(terms)) = best;
        if sharers < FEWEST_SHARERS {
            return sums;
        }
        sums.push((terms, bits_where(rows, |row| row & terms == terms)));
        rows.iter_mut().filter(|row| **row & terms == terms).for_each(|row| *row ^= terms);
    }
}

/// Every subset of `size` bits.
fn subsets(set: u64, size: u32) -> Vec<u64> {
    if size == 0 {
        return vec![0];
    }
    let mut found = vec![];
    let mut rest = set;
    while rest.count_ones() >= size {
        let lowest = rest & rest.wrapping_neg();
        rest ^= lowest;
        found.extend(subsets(rest, size - 1).into_iter().map(|others| others | lowest));
    }
    found
}

impl<const I: usize, const O: usize> Logic for FactoredLinearMap<I, O> {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..self.shared_sum.len() {
            self.shared_sum[i].next = (self.vector.val() & self.shared_terms[i].val()).xor();
        }
        self.image.next = bits::<O>(0);
        for i in 0..self.column.len() {
            if self.vector.val().get_bit(i) {
                self.image.next = self.image.val() ^ self.column[i].val();
            }
        }
        for i in 0..self.shared_sum.len() {
            if self.shared_sum[i].val() {
                self.image.next = self.image.val() ^ self.shared_column[i].val();
            }
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&self._parameters)
    }
}
