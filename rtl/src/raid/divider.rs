//! Division of a stream of numbers by a small constant.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::config::GeometryError;

/// Stages of the pipeline; each makes two bits of the quotient.
pub(crate) const DIVIDER_STAGES: usize = 16;

/// Divides 32-bit numbers by a constant of 2..=16.
///
/// Long division in base four: each stage appends two bits of the dividend to the remainder so far and finds the digit of
/// the quotient. The quotient's digits enter the dividend register from below as the dividend leaves it above.
///
/// - Latency: 16 cycles.
/// - Throughput: 1 division per cycle.
/// - Back-pressure: none; a result appears in every cycle, 16 cycles after its dividend.
/// - Limits: divisor 2..=16.
#[derive(LogicBlock)]
pub struct Divider {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The number to divide.
    pub dividend: Signal<In, Bits<32>>,
    /// The quotient, rounded down, of the dividend 16 cycles before.
    pub quotient: Signal<Out, Bits<32>>,
    /// Its remainder, below the divisor.
    pub remainder: Signal<Out, Bits<4>>,

    divisor: Constant<Bits<6>>,
    divisor_twice: Constant<Bits<6>>,
    divisor_thrice: Constant<Bits<6>>,

    /// Upper part: dividend not yet used; lower part: digits of the quotient.
    digits: Vec<DFF<Bits<32>>>,
    remainders: Vec<DFF<Bits<4>>>,

    digits_before: Signal<Local, Bits<32>>,
    remainder_before: Signal<Local, Bits<4>>,
    /// What remained and two bits of the dividend; less than four times the divisor.
    partial: Signal<Local, Bits<6>>,
    digit: Signal<Local, Bits<2>>,
    rest: Signal<Local, Bits<6>>,
}

impl Divider {
    /// A divider by `divisor`.
    ///
    /// # Errors
    /// If the divisor is not 2..=16.
    pub fn new(divisor: usize) -> Result<Self, GeometryError> {
        if !(2..=16).contains(&divisor) {
            return Err(GeometryError::Divisor { value: divisor });
        }
        // Four times 16 less one fits six bits, and so do its multiples that are compared with.
        Ok(Self {
            clock: Default::default(),
            dividend: Default::default(),
            quotient: Default::default(),
            remainder: Default::default(),
            divisor: Constant::new(divisor.to_bits()),
            divisor_twice: Constant::new((2 * divisor).to_bits()),
            divisor_thrice: Constant::new((3 * divisor).to_bits()),
            digits: vec![Default::default(); DIVIDER_STAGES],
            remainders: vec![Default::default(); DIVIDER_STAGES],
            digits_before: Default::default(),
            remainder_before: Default::default(),
            partial: Default::default(),
            digit: Default::default(),
            rest: Default::default(),
        })
    }
}

impl Logic for Divider {
    #[hdl_gen]
    fn update(&mut self) {
        self.digits_before.next = self.dividend.val();
        self.remainder_before.next = bits::<4>(0);
        for i in 0..self.digits.len() {
            self.partial.next = (bit_cast::<6, 4>(self.remainder_before.val()) << 2)
                | bit_cast::<6, 2>(self.digits_before.val().get_bits::<2>(30));
            self.digit.next = bits::<2>(0);
            self.rest.next = self.partial.val();
            if self.partial.val() >= self.divisor_thrice.val() {
                self.digit.next = bits::<2>(3);
                self.rest.next = self.partial.val() - self.divisor_thrice.val();
            } else if self.partial.val() >= self.divisor_twice.val() {
                self.digit.next = bits::<2>(2);
                self.rest.next = self.partial.val() - self.divisor_twice.val();
            } else if self.partial.val() >= self.divisor.val() {
                self.digit.next = bits::<2>(1);
                self.rest.next = self.partial.val() - self.divisor.val();
            }
            self.digits[i].clock.next = self.clock.val();
            self.remainders[i].clock.next = self.clock.val();
            self.digits[i].d.next = (self.digits_before.val() << 2) | bit_cast::<32, 2>(self.digit.val());
            self.remainders[i].d.next = bit_cast::<4, 6>(self.rest.val());
            self.digits_before.next = self.digits[i].q.val();
            self.remainder_before.next = self.remainders[i].q.val();
        }
        self.quotient.next = self.digits_before.val();
        self.remainder.next = self.remainder_before.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("divisor", self.divisor.val().into())])
    }
}
