//! The skid buffer loses, duplicates and reorders nothing.

use hardpath_rtl::stream::SkidBuffer;
use hardpath_testbenches::formal::{EmittedVerilog, skid_buffer_checker};

use crate::support::{assert_finds, assert_proved, assert_reached};

fn circuit() -> EmittedVerilog {
    EmittedVerilog::of(SkidBuffer::<8>::default()).unwrap()
}

#[test]
fn skid_buffer_loses_duplicates_and_reorders_nothing_for_all_time() {
    let observed = circuit().observe(&[], "aside", 9, "{aside_last, aside}").unwrap();
    assert_proved(&skid_buffer_checker(8), &observed, 2);
}

#[test]
fn skid_buffer_fills_drains_and_fills_again() {
    assert_reached(&skid_buffer_checker(8), &circuit(), 10);
}

#[test]
fn bugs_planted_in_the_skid_buffer_are_found() {
    for (original, planted) in [
        // A word that comes while the buffer is held back is lost.
        ("aside_valid <= aside_valid | sink_valid;", "aside_valid <= aside_valid;"),
        // The word aside is overwritten.
        ("assign sink_ready = !aside_valid;", "assign sink_ready = 1'b1;"),
        // The word aside is delivered twice.
        ("            aside_valid <= 1'b0;", "            aside_valid <= aside_valid & !word_last;"),
        // The word aside is overtaken.
        ("                word <= aside;", "                word <= sink_data;"),
    ] {
        assert_finds(&skid_buffer_checker(8), circuit(), ["skid_buffer", original, planted], 10);
    }
}
