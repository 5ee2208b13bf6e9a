//! The parity word equals the XOR of the strip words.

use hardpath_rtl::raid::XorParityEngine;
use hardpath_testbenches::formal::{Checker, EmittedVerilog, xor_parity_engine_checker};

use crate::support::{assert_holds, assert_reached, assert_refuted};

const WORD_BITS: usize = 4;
const DATA_LANES: usize = 2;

fn circuit() -> EmittedVerilog {
    EmittedVerilog::of(XorParityEngine::<WORD_BITS, 3>::new(DATA_LANES, 8).unwrap()).unwrap()
}

fn checker() -> Checker {
    xor_parity_engine_checker(WORD_BITS, DATA_LANES, 1)
}

#[test]
fn parity_equals_the_xor_of_the_strip_words_within_40_cycles() {
    assert_holds(&checker(), &circuit(), 40);
}

#[test]
fn parity_of_two_stripes_leaves_under_back_pressure() {
    assert_reached(&checker(), &circuit(), 60);
}

#[test]
fn bugs_planted_in_the_parity_engine_are_found() {
    for (original, planted) in [("^", "|")] {
        assert_refuted(&checker(), &circuit().with_bug("xor_parity_engine", original, planted).unwrap(), 40);
    }
}
