//! Credit is never exceeded.

use hardpath_rtl::fibre_channel::CreditCounter;
use hardpath_testbenches::formal::{EmittedVerilog, credit_counter_checker};

use crate::support::{assert_finds, assert_proved, assert_reached};

fn circuit() -> EmittedVerilog {
    EmittedVerilog::of(CreditCounter::default()).unwrap()
}

#[test]
fn frames_out_never_exceed_the_credit_for_all_time() {
    assert_proved(&credit_counter_checker(), &circuit(), 2);
}

#[test]
fn all_credit_can_be_used() {
    assert_reached(&credit_counter_checker(), &circuit(), 10);
}

#[test]
fn bugs_planted_in_the_credit_counter_are_found() {
    for (original, planted) in [
        // One frame too many.
        ("next_count < credit", "next_count <= credit"),
        // What is allowed follows a cycle too late.
        ("next_count < credit", "count < credit"),
        // Below zero.
        ("        if (|count) begin", "        if (1'b1) begin"),
    ] {
        assert_finds(&credit_counter_checker(), circuit(), ["credit_counter", original, planted], 10);
    }
}
