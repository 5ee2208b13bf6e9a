//! The race of the mover and the host: a page that the host has written meanwhile is neither moved nor loses its new place.
//!
//! Bounded proofs against a page map of free latency, which others change in any cycle.

use hardpath_rtl::flash_controller::mover::{MoveChecker, PlaceCommitter};
use hardpath_testbenches::formal::{EmittedVerilog, move_checker_checker, place_committer_checker};

use crate::support::{assert_finds, assert_holds, assert_reached};

const LOCATION_BITS: usize = 10;

/// The checkers use four numbers of moves.
fn prepared(circuit: EmittedVerilog) -> EmittedVerilog {
    let few = circuit.with_fewer_words("locations", 64, 4).unwrap();
    few.with_arbitrary_collisions("locations", 32).unwrap().with_memories_as_registers()
}

fn committer() -> EmittedVerilog {
    prepared(EmittedVerilog::of(PlaceCommitter::<8, LOCATION_BITS>::default()).unwrap())
}

fn checker() -> EmittedVerilog {
    prepared(EmittedVerilog::of(MoveChecker::<8, LOCATION_BITS>::default()).unwrap())
}

#[test]
fn a_moved_page_gets_its_place_only_if_the_map_shows_its_old_one_within_20_cycles() {
    assert_holds(&place_committer_checker(LOCATION_BITS), &committer(), 20);
}

#[test]
fn moves_are_applied_and_refused_and_pages_of_the_host_placed() {
    assert_reached(&place_committer_checker(LOCATION_BITS), &committer(), 20);
}

#[test]
fn a_page_is_current_only_if_the_map_shows_its_old_place_within_20_cycles() {
    assert_holds(&move_checker_checker(LOCATION_BITS), &checker(), 20);
}

#[test]
fn pages_are_found_current_and_overtaken() {
    assert_reached(&move_checker_checker(LOCATION_BITS), &checker(), 20);
}

#[test]
fn bugs_planted_in_the_committer_are_found() {
    for (original, planted) in [
        // A moved page gets its place whatever the map shows.
        ("        operations_kind = move_kind;", "        operations_kind = write_kind;"),
        // The map is asked for the new place instead of the old one.
        ("assign operations_expected = old_place[9:0];", "assign operations_expected = new_place;"),
        // The map is asked before the memory has given the old place.
        ("state <= COMMITTING_STATE_RECALLING;", "state <= COMMITTING_STATE_ASKING;"),
        // Firmware is told the opposite.
        ("        if (!applied) begin", "        if (applied) begin"),
    ] {
        assert_finds(&place_committer_checker(LOCATION_BITS), committer(), ["place_committer", original, planted], 16);
    }
}

#[test]
fn bugs_planted_in_the_checker_are_found() {
    for (original, planted) in [
        // A part of the place is not compared.
        ("equal <= found == expected;", "equal <= found[8:0] == expected[8:0];"),
        // The comparison comes before the map's answer.
        ("state <= CHECKING_STATE_COMPARING;", "state <= CHECKING_STATE_ANSWERING;"),
    ] {
        assert_finds(&move_checker_checker(LOCATION_BITS), checker(), ["move_checker", original, planted], 16);
    }
}
