//! Syndromes to the bits in error.

use rust_hdl::prelude::*;

use super::bch_chien_search::BchChienSearch;
use super::bch_key_equation::BchKeyEquation;
use super::code::BchCode;
use crate::circuit::circuit_info;

/// Finds the errors of codeword after codeword from its syndromes, a byte of the codeword a cycle.
///
/// While the key equation of one codeword is solved, the roots of the one before are searched.
///
/// - Latency: [`BchKeyEquation::latency`] from the cycle that offers syndromes to `ready`; `begins` one cycle
///   later at the earliest, the first `mask` 4 cycles after `begins`, `decided` 2 cycles after the last.
/// - Throughput: a codeword in as many cycles as it has bytes and 6, or as the key equation takes if these are more.
/// - Back-pressure: a search waits for `may_search`; the masks of one follow each other without a pause.
/// - Limits: `M`, `S` and `V` as in [`BchKeyEquation`] and [`BchChienSearch`], for bytes.
#[derive(LogicBlock)]
pub struct BchErrorFinder<const M: usize, const S: usize, const V: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Syndromes of a codeword with errors are offered; they stand until `ready`.
    pub valid: Signal<In, Bit>,
    /// The odd syndromes, lowest first; meaningful while `valid` is high.
    pub syndromes: Vec<Signal<In, Bits<M>>>,
    /// The syndromes are not needed any more.
    pub ready: Signal<Out, Bit>,
    /// What finds the errors has room for those of a codeword.
    pub may_search: Signal<In, Bit>,
    /// The search of the codeword of the last `ready` begins.
    pub begins: Signal<Out, Bit>,
    /// The places of a byte have been tried.
    pub mask_valid: Signal<Out, Bit>,
    /// The bits of the byte that are in error; zero while `mask_valid` is low.
    pub mask: Signal<Out, Bits<8>>,
    /// The outcome of the codeword.
    pub decided: Signal<Out, Bit>,
    /// Bits in error, all of them found; zero if the codeword is uncorrectable. Meaningful while `decided` is high.
    pub corrected: Signal<Out, Bits<7>>,
    /// The masks of this codeword are wrong; meaningful while `decided` is high.
    pub uncorrectable: Signal<Out, Bit>,

    key_equation: BchKeyEquation<M, S>,
    chien_search: BchChienSearch<M, 8, S, V>,

    solving: DFF<Bit>,
    /// A locator waits to be searched.
    located: DFF<Bit>,
    searching: DFF<Bit>,

    starts: Signal<Local, Bit>,
    searches: Signal<Local, Bit>,
}

impl<const M: usize, const S: usize, const V: usize> BchErrorFinder<M, S, V> {
    /// For codewords of `code`, with `lanes` lanes in the key equation.
    ///
    /// # Panics
    /// If the parameters are not as the type's documentation states.
    pub fn new(code: &BchCode, lanes: usize) -> Self {
        Self {
            clock: Default::default(),
            valid: Default::default(),
            syndromes: (0..code.strength()).map(|_| Default::default()).collect(),
            ready: Default::default(),
            may_search: Default::default(),
            begins: Default::default(),
            mask_valid: Default::default(),
            mask: Default::default(),
            decided: Default::default(),
            corrected: Default::default(),
            uncorrectable: Default::default(),
            key_equation: BchKeyEquation::new(code, 8, lanes),
            chien_search: BchChienSearch::new(code),
            solving: Default::default(),
            located: Default::default(),
            searching: Default::default(),
            starts: Default::default(),
            searches: Default::default(),
        }
    }
}

impl<const M: usize, const S: usize, const V: usize> Logic for BchErrorFinder<M, S, V> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, key_equation, chien_search);
        dff_setup!(self, clock, solving, located, searching);

        // The locator stands until the next start.
        self.starts.next = self.valid.val() & !(self.solving.q.val() | self.located.q.val());
        self.key_equation.start.next = self.starts.val();
        for i in 0..self.syndromes.len() {
            self.key_equation.syndromes[i].next = self.syndromes[i].val();
        }
        if self.starts.val() {
            self.solving.d.next = true;
        }
        self.ready.next = self.key_equation.solved.val();

        self.searches.next = (self.located.q.val() & self.may_search.val()) & !self.searching.q.val();
        self.begins.next = self.searches.val();
        self.chien_search.start.next = self.searches.val();
        self.chien_search.locator.next = self.key_equation.locator.val();
        self.chien_search.degree.next = self.key_equation.degree.val();
        self.chien_search.too_many.next = self.key_equation.too_many.val();
        if self.chien_search.decided.val() {
            self.searching.d.next = false;
        }
        if self.searches.val() {
            self.located.d.next = false;
            self.searching.d.next = true;
        }
        if self.key_equation.solved.val() {
            self.solving.d.next = false;
            self.located.d.next = true;
        }

        self.mask_valid.next = self.chien_search.mask_valid.val();
        self.mask.next = self.chien_search.mask.val();
        self.decided.next = self.chien_search.decided.val();
        self.corrected.next = self.chien_search.corrected.val();
        self.uncorrectable.next = self.chien_search.uncorrectable.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
