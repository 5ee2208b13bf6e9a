//! The parity word equals the XOR of the strip words.
//!
//! Bounded proofs: for all data, at each address of each stripe that the depth lets pass, under the handshakes of each
//! scenario. Handshakes that are free in every cycle are beyond the solver, and so is the unbounded proof, for which
//! nothing states which inner states the engine can reach.

use hardpath_rtl::raid::XorParityEngine;
use hardpath_testbenches::formal::{Checker, EmittedVerilog, ParityScenario, Schedule, xor_parity_engine_checker};

use crate::support::{assert_finds, assert_holds, assert_reached};

const WORD_BITS: usize = 4;
const DATA_LANES: usize = 2;

/// Words move in every cycle.
const UNHINDERED: ParityScenario = ParityScenario {
    sink: Schedule::ALWAYS,
    data: Schedule::ALWAYS,
    parity: Schedule::ALWAYS,
    last_word: None,
    covered_stripe: 1,
    held: [false; 3],
};

/// All sides pause without any regularity.
const IRREGULAR: ParityScenario = ParityScenario {
    sink: Schedule::at(0xfff7_ffdf),
    data: Schedule::at(0xfefd_f7fe),
    parity: Schedule::at(0x33ff_0f0f),
    held: [true; 3],
    ..UNHINDERED
};

/// Parity leaves so late that the third stripe has to wait for the first one's.
const PARITY_LATE: ParityScenario =
    ParityScenario { parity: Schedule::at(0x0000_07f8), held: [true, false, true], ..UNHINDERED };

/// The data ends in the first strip, and again data follows.
const ENDED_EARLY: ParityScenario = ParityScenario { last_word: Some(4), held: [true, true, true], ..IRREGULAR };

/// The first words of each parity are taken whenever the solver likes.
const PARITY_FREE_AT_FIRST: ParityScenario =
    ParityScenario { parity: Schedule::ALWAYS.or_free_at(0x1f80_0000), covered_stripe: 0, ..UNHINDERED };

fn circuit() -> EmittedVerilog {
    EmittedVerilog::of(XorParityEngine::<WORD_BITS, 3>::new(DATA_LANES, 8).unwrap())
        .unwrap()
        .with_memories_as_registers()
}

fn checker(scenario: &ParityScenario) -> Checker {
    xor_parity_engine_checker(WORD_BITS, DATA_LANES, scenario)
}

/// The scenario leads to where parity of its covered stripe leaves within `depth` cycles, and all properties hold so far.
fn assert_reached_and_holds(scenario: &ParityScenario, depth: u32) {
    assert_reached(&checker(scenario), &circuit(), depth);
    assert_holds(&checker(scenario), &circuit(), depth);
}

#[test]
fn parity_equals_the_xor_of_the_strip_words_within_50_cycles_without_back_pressure() {
    assert_reached_and_holds(&UNHINDERED, 50);
}

#[test]
fn parity_equals_the_xor_of_the_strip_words_within_64_cycles_under_irregular_back_pressure() {
    assert_reached_and_holds(&IRREGULAR, 64);
}

#[test]
fn parity_equals_the_xor_of_the_strip_words_within_76_cycles_while_it_leaves_late() {
    assert_reached_and_holds(&PARITY_LATE, 76);
}

#[test]
fn parity_equals_the_xor_of_the_strip_words_within_64_cycles_when_data_ends_early() {
    assert_reached_and_holds(&ENDED_EARLY, 64);
}

#[test]
fn parity_equals_the_xor_of_the_strip_words_within_36_cycles_whenever_its_first_words_are_taken() {
    assert_reached_and_holds(&PARITY_FREE_AT_FIRST, 36);
}

#[test]
fn bugs_planted_in_the_parity_engine_are_found() {
    for (original, planted, scenario, depth) in [
        // The sum is another function.
        ("writing_sum <= adding_data ^ low_word;", "writing_sum <= adding_data | low_word;", &UNHINDERED, 34),
        // Parity is read out of the other bank.
        ("parity_stage_fetched_word = high_word;", "parity_stage_fetched_word = low_word;", &UNHINDERED, 50),
        // A third stripe overwrites parity that has not left.
        ("bank_ready <= !this_bank_finished | word_behind;", "bank_ready <= 1'b1;", &PARITY_LATE, 76),
        // What follows in the input fills the stripe instead of zero.
        ("            accepted_word = 4'd0;", "            accepted_word = input_stage_source_data;", &ENDED_EARLY, 40),
    ] {
        assert_finds(&checker(scenario), circuit(), ["xor_parity_engine", original, planted], depth);
    }
}
