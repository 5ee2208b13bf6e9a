//! Word synchronization is neither acquired nor lost too early.

use hardpath_rtl::line::WordSynchronizer;
use hardpath_testbenches::formal::{EmittedVerilog, word_synchronizer_checker};

use crate::support::{assert_finds, assert_proved, assert_reached};

fn circuit() -> EmittedVerilog {
    EmittedVerilog::of(WordSynchronizer::default()).unwrap()
}

#[test]
fn synchronization_takes_three_commas_and_four_invalid_words_for_all_time() {
    let observed = circuit().observe(&[], "counts", 4, "{invalid_words, commas}").unwrap();
    assert_proved(&word_synchronizer_checker(), &observed, 2);
}

#[test]
fn synchronization_is_lost_and_found_again() {
    assert_reached(&word_synchronizer_checker(), &circuit(), 15);
}

#[test]
fn bugs_planted_in_the_word_synchronizer_are_found() {
    for (original, planted) in [
        // Two commas are taken for enough.
        ("commas_to_acquire = 2'd2", "commas_to_acquire = 2'd1"),
        // Three invalid words are taken for enough.
        ("invalid_words_to_lose = 2'd3", "invalid_words_to_lose = 2'd2"),
        // Commas before an invalid word count.
        (
            "        end else if (invalid) begin\n            commas <= 2'd0;",
            "        end else if (invalid) begin\n            commas <= commas;",
        ),
        // A control character within a word is no fault.
        (" | (|control[3:1])", ""),
    ] {
        assert_finds(&word_synchronizer_checker(), circuit(), ["word_synchronizer", original, planted], 12);
    }
}
