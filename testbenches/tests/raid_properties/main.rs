//! Properties of the striped array's circuits, over any geometry, data, back-pressure and failed lane, and for each property
//! a planted bug that it finds.

mod case;
mod data_path;
mod layout;
mod properties;
mod runner;

use case::{Case, cases};
use data_path::PlantedBug;
use properties::{lanes_equal_golden, parity_rotates, reads_back, stripes_sum_to_zero};
use runner::{assert_finds, assert_holds};

#[test]
fn read_back_equals_what_was_written() {
    assert_holds("read_back_equals_what_was_written", cases(), reads_back);
}

#[test]
fn lane_images_equal_the_golden_model() {
    assert_holds("lane_images_equal_the_golden_model", cases(), lanes_equal_golden);
}

#[test]
fn the_sum_over_all_lanes_of_a_stripe_is_zero() {
    assert_holds("the_sum_over_all_lanes_of_a_stripe_is_zero", cases(), stripes_sum_to_zero);
}

#[test]
fn parity_moves_one_lane_down_from_stripe_to_stripe() {
    assert_holds("parity_moves_one_lane_down_from_stripe_to_stripe", cases(), parity_rotates);
}

#[test]
fn a_flipped_bit_on_a_lane_is_found_by_reading_by_golden_images_and_by_the_sum() {
    assert_finds(PlantedBug::FlippedBit, cases(), reads_back);
    assert_finds(PlantedBug::FlippedBit, cases(), lanes_equal_golden);
    assert_finds(PlantedBug::FlippedBit, cases(), stripes_sum_to_zero);
}

#[test]
fn lanes_in_reverse_order_are_found_by_golden_images_and_by_the_rotation() {
    assert_finds(PlantedBug::LanesReversed, cases(), lanes_equal_golden);
    assert_finds(PlantedBug::LanesReversed, cases(), parity_rotates);
}

#[test]
fn a_reader_that_is_told_of_the_wrong_lane_is_found_by_reading() {
    let degraded =
        proptest::strategy::Strategy::prop_filter(cases(), "a lane fails", |case: &Case| case.failure.is_some());
    assert_finds(PlantedBug::WrongLaneTold, degraded, reads_back);
}

#[test]
fn a_parity_strip_left_unwritten_is_found_by_the_sum_and_by_golden_images() {
    assert_finds(PlantedBug::ParityErased, cases(), stripes_sum_to_zero);
    assert_finds(PlantedBug::ParityErased, cases(), lanes_equal_golden);
}
