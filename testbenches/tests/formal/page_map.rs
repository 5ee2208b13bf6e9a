//! The order of operations on the page map is that of their acceptance: a Move never undoes a newer Write.
//!
//! Bounded proofs, for a map of two pages with two changes under way: for all operations, entries, handshakes and latencies
//! of the memory within the depth, which lets several operations on one page meet in every stage.

use hardpath_rtl::flash_controller::tables::PageMap;
use hardpath_testbenches::formal::{EmittedVerilog, page_map_checker};

use crate::support::{assert_finds, assert_holds, assert_reached};

const LOCATION_BITS: usize = 2;

fn circuit() -> EmittedVerilog {
    EmittedVerilog::of(PageMap::<1, LOCATION_BITS>::new(2).unwrap()).unwrap().with_memories_as_registers()
}

#[test]
fn operations_take_effect_in_the_order_of_acceptance_within_10_cycles() {
    assert_holds(&page_map_checker(LOCATION_BITS), &circuit(), 10);
}

#[test]
fn a_move_is_refused_because_of_a_write_that_has_not_reached_the_memory() {
    assert_reached(&page_map_checker(LOCATION_BITS), &circuit(), 12);
}

#[test]
fn bugs_planted_in_the_page_map_are_found() {
    for (original, planted) in [
        // A Move sets the entry whatever it finds.
        ("deciding_changes & (!deciding_conditional | (deciding_entry == deciding_expected));", "deciding_changes;"),
        // The change just decided is not seen by the next operation.
        ("            deciding_entry <= decided_entry;", "            deciding_entry <= selecting_entry;"),
        // The memory's word is believed although a newer change is on its way there.
        ("            deciding_entry <= newest_entry;", "            deciding_entry <= selecting_entry;"),
        // The answer to one operation is taken for that to another.
        ("asked_pages_read_address = answer_slot;", "asked_pages_read_address = ask_slot;"),
    ] {
        assert_finds(&page_map_checker(LOCATION_BITS), circuit(), ["page_map", original, planted], 10);
    }
}
