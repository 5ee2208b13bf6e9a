//! Error locator polynomial to the bits in error.

use rust_hdl::prelude::*;

use super::code::{BchCode, element};
use crate::circuit::circuit_info;
use crate::linear::{LinearMap, PipelinedLinearMap};

/// Finds the roots of the error locator by trying all places of a codeword, a word of places a cycle, in the order in
/// which its words arrive (Chien's search).
///
/// Each coefficient stands in a register and is multiplied, in every cycle, by the power of the field's generating
/// element that moves on by a word; the values at all places of the word are one linear map of all coefficients.
///
/// - Latency: 4 cycles from `start` to the first `mask`; 2 more from the last `mask` to `decided`.
/// - Throughput: a codeword in as many cycles as it has words; `start` may come in the cycle of the last step of the
///   search before.
/// - Back-pressure: none.
/// - Limits: `M` is the degree of the code's field, `B` 8 or 16, `S` a multiple of `M` for at least `t` + 1
///   coefficients, `V` is `B * M`. `start` must not come earlier than said under throughput.
#[derive(LogicBlock)]
pub struct BchChienSearch<const M: usize, const B: usize, const S: usize, const V: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Take the locator and search.
    pub start: Signal<In, Bit>,
    /// Coefficients, the lowest in the lowest bits, scaled so that the argument one stands for the lowest bit of the
    /// codeword's first word.
    pub locator: Signal<In, Bits<S>>,
    /// Number of roots the locator must have.
    pub degree: Signal<In, Bits<7>>,
    /// The locator is none: whatever is found, the word is uncorrectable.
    pub too_many: Signal<In, Bit>,
    /// The places of a word have been tried.
    pub mask_valid: Signal<Out, Bit>,
    /// The bits of the word that are in error; zero while `mask_valid` is low.
    pub mask: Signal<Out, Bits<B>>,
    /// The outcome of a codeword is new in this cycle.
    pub decided: Signal<Out, Bit>,
    /// Bits in error, all of them found; zero if the word is uncorrectable.
    pub corrected: Signal<Out, Bits<7>>,
    /// Not as many roots as the degree: the masks of this codeword are wrong.
    pub uncorrectable: Signal<Out, Bit>,

    /// Number of the word before a codeword's last.
    word_before_last: Constant<Bits<12>>,
    /// Place of each coefficient in the locator.
    place: Vec<Constant<Bits<16>>>,
    /// Place of each value in the map's image.
    value_place: Vec<Constant<Bits<16>>>,

    coefficient: Vec<DFF<Bits<M>>>,
    advance: Vec<LinearMap<M, M>>,
    evaluate: PipelinedLinearMap<S, V>,
    searching: DFF<Bit>,
    word_number: DFF<Bits<12>>,
    word_is_last: DFF<Bit>,
    // What is known of the word under evaluation, one and two cycles behind the coefficients.
    summing: DFF<Bit>,
    summing_last: DFF<Bit>,
    testing: DFF<Bit>,
    testing_last: DFF<Bit>,
    found: DFF<Bit>,
    found_last: DFF<Bit>,
    found_mask: DFF<Bits<B>>,
    counted: DFF<Bit>,
    counted_last: DFF<Bit>,
    count: DFF<Bits<5>>,
    total: DFF<Bits<12>>,
    has_decided: DFF<Bit>,
    expected: DFF<Bits<7>>,
    is_hopeless: DFF<Bit>,
    expected_of_last: DFF<Bits<7>>,
    last_is_hopeless: DFF<Bit>,

    state: Signal<Local, Bits<M>>,
    states: Signal<Local, Bits<S>>,
    is_root: Signal<Local, Bit>,
    mask_now: Signal<Local, Bits<B>>,
    roots: Signal<Local, Bits<5>>,
    root: Signal<Local, Bits<1>>,
    base: Signal<Local, Bits<12>>,
    mismatch: Signal<Local, Bit>,
}

impl<const M: usize, const B: usize, const S: usize, const V: usize> BchChienSearch<M, B, S, V> {
    /// A search of the codewords of `code`.
    ///
    /// # Panics
    /// If the parameters are not as the type's documentation states.
    pub fn new(code: &BchCode) -> Self {
        assert!(B == 8 || B == 16, "words of {B} bits: legal are 8 and 16");
        assert_eq!(M, code.field_bits(), "bits of the code's field");
        assert_eq!(V, B * M, "bits of the values at the places of a word");
        assert!(S.is_multiple_of(M), "{S} bits of coefficients: legal are multiples of {M}");
        let coefficients = S / M;
        assert!(coefficients > code.strength(), "{coefficients} coefficients: legal are more than {}", code.strength());
        // Bit `b` of a word is `b` places higher: its argument is the inverse of the generating element to the `b`.
        let values: Vec<Bits<V>> = (0..S)
            .map(|bit| {
                let (number, bit) = ((bit / M) as i64, (bit % M) as i64);
                (0..B).fold(Bits::default(), |image, place| {
                    let value: Bits<M> = element(code.alpha(bit - number * place as i64));
                    (0..M).fold(image, |image: Bits<V>, bit| image.replace_bit(place * M + bit, value.get_bit(bit)))
                })
            })
            .collect();
        Self {
            clock: Default::default(),
            start: Default::default(),
            locator: Default::default(),
            degree: Default::default(),
            too_many: Default::default(),
            mask_valid: Default::default(),
            mask: Default::default(),
            decided: Default::default(),
            corrected: Default::default(),
            uncorrectable: Default::default(),
            word_before_last: Constant::new((code.words(B) - 2).to_bits()),
            place: (0..coefficients).map(|number| Constant::new((number * M).to_bits())).collect(),
            value_place: (0..B).map(|place| Constant::new((place * M).to_bits())).collect(),
            coefficient: (0..coefficients).map(|_| Default::default()).collect(),
            advance: (0..coefficients)
                .map(|number| {
                    let exponent = (number * B) as i64;
                    LinearMap::new(&code.multiplication(exponent), &[("times_alpha_to", exponent as u64)])
                })
                .collect(),
            evaluate: PipelinedLinearMap::new(&values, &[("places", B as u64)]),
            searching: Default::default(),
            word_number: Default::default(),
            word_is_last: Default::default(),
            summing: Default::default(),
            summing_last: Default::default(),
            testing: Default::default(),
            testing_last: Default::default(),
            found: Default::default(),
            found_last: Default::default(),
            found_mask: Default::default(),
            counted: Default::default(),
            counted_last: Default::default(),
            count: Default::default(),
            total: Default::default(),
            has_decided: Default::default(),
            expected: Default::default(),
            is_hopeless: Default::default(),
            expected_of_last: Default::default(),
            last_is_hopeless: Default::default(),
            state: Default::default(),
            states: Default::default(),
            is_root: Default::default(),
            mask_now: Default::default(),
            roots: Default::default(),
            root: Default::default(),
            base: Default::default(),
            mismatch: Default::default(),
        }
    }
}

impl<const M: usize, const B: usize, const S: usize, const V: usize> Logic for BchChienSearch<M, B, S, V> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, evaluate);
        dff_setup!(self, clock, searching, word_number, word_is_last, summing, summing_last, testing, testing_last);
        dff_setup!(self, clock, found, found_last, found_mask, counted, counted_last, count, total, has_decided);
        dff_setup!(self, clock, expected, is_hopeless, expected_of_last, last_is_hopeless);

        if self.searching.q.val() {
            self.word_number.d.next = self.word_number.q.val() + 1;
            self.word_is_last.d.next = self.word_number.q.val() == self.word_before_last.val();
            if self.word_is_last.q.val() {
                self.searching.d.next = false;
            }
        }
        if self.start.val() {
            self.searching.d.next = true;
            self.word_number.d.next = bits::<12>(0);
            self.word_is_last.d.next = false;
            self.expected.d.next = self.degree.val();
            self.is_hopeless.d.next = self.too_many.val();
        }

        self.states.next = bits::<S>(0);
        for i in 0..self.coefficient.len() {
            self.coefficient[i].clock.next = self.clock.val();
            self.advance[i].vector.next = self.coefficient[i].q.val();
            self.coefficient[i].d.next = self.coefficient[i].q.val();
            if self.searching.q.val() {
                self.coefficient[i].d.next = self.advance[i].image.val();
            }
            if self.start.val() {
                self.coefficient[i].d.next = self.locator.val().get_bits::<M>(self.place[i].val().index());
            }
            self.state.next = self.coefficient[i].q.val();
            self.states.next = self.states.val() | (bit_cast::<S, M>(self.state.val()) << self.place[i].val());
        }
        self.evaluate.vector.next = self.states.val();
        self.summing.d.next = self.searching.q.val();
        self.summing_last.d.next = self.searching.q.val() & self.word_is_last.q.val();
        self.testing.d.next = self.summing.q.val();
        self.testing_last.d.next = self.summing_last.q.val();

        self.mask_now.next = bits::<B>(0);
        for i in 0..self.value_place.len() {
            self.is_root.next = self.testing.q.val()
                & !self.evaluate.image.val().get_bits::<M>(self.value_place[i].val().index()).any();
            self.mask_now.next = self.mask_now.val().replace_bit(i, self.is_root.val());
        }
        self.found_mask.d.next = self.mask_now.val();
        self.found.d.next = self.testing.q.val();
        self.found_last.d.next = self.testing_last.q.val();
        self.mask.next = self.found_mask.q.val();
        self.mask_valid.next = self.found.q.val();

        self.roots.next = bits::<5>(0);
        for i in 0..self.value_place.len() {
            self.root.next = self.found_mask.q.val().get_bits::<1>(i);
            self.roots.next = self.roots.val() + bit_cast::<5, 1>(self.root.val());
        }
        self.count.d.next = self.roots.val();
        self.counted.d.next = self.found.q.val();
        self.counted_last.d.next = self.found_last.q.val();

        // The next codeword's locator may come now, before this one's roots are counted.
        if self.searching.q.val() & self.word_is_last.q.val() {
            self.expected_of_last.d.next = self.expected.q.val();
            self.last_is_hopeless.d.next = self.is_hopeless.q.val();
        }
        self.base.next = self.total.q.val();
        if self.has_decided.q.val() {
            self.base.next = bits::<12>(0);
        }
        self.total.d.next = self.base.val();
        if self.counted.q.val() {
            self.total.d.next = self.base.val() + bit_cast::<12, 5>(self.count.q.val());
        }
        self.has_decided.d.next = self.counted_last.q.val();
        self.decided.next = self.has_decided.q.val();
        self.mismatch.next =
            self.last_is_hopeless.q.val() | (self.total.q.val() != bit_cast::<12, 7>(self.expected_of_last.q.val()));
        self.uncorrectable.next = self.mismatch.val();
        self.corrected.next = self.expected_of_last.q.val();
        if self.mismatch.val() {
            self.corrected.next = bits::<7>(0);
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("words", u64::from(self.word_before_last.val()) + 2)])
    }
}
