//! The first-in first-out buffer loses, duplicates and reorders nothing.

use hardpath_rtl::stream::SynchronousFifo;
use hardpath_testbenches::formal::{Checker, EmittedVerilog, Schedule, synchronous_fifo_checker};

use crate::support::{assert_finds, assert_proved, assert_reached};

const WORD_BITS: usize = 4;
const ADDRESS_BITS: usize = 3;
const ALMOST_FULL_THRESHOLD: u16 = 6;

fn circuit() -> EmittedVerilog {
    EmittedVerilog::of(SynchronousFifo::<WORD_BITS, ADDRESS_BITS>::new(ALMOST_FULL_THRESHOLD)).unwrap()
}

fn checker(sink: Schedule, source: Schedule) -> Checker {
    synchronous_fifo_checker(WORD_BITS, ADDRESS_BITS, ALMOST_FULL_THRESHOLD, sink, source)
}

/// The inner states that induction needs, as outputs.
fn observed(circuit: EmittedVerilog) -> EmittedVerilog {
    let mut observed = circuit
        .observe_memory("words", "memory_word", WORD_BITS, ADDRESS_BITS)
        .and_then(|circuit| circuit.observe_memory("lasts", "memory_last", 1, ADDRESS_BITS))
        .unwrap();
    for (instances, name, bits, expression) in [
        (&[][..], "write_address", ADDRESS_BITS, "write_address"),
        (&[], "read_address", ADDRESS_BITS, "read_address"),
        (&[], "stored", ADDRESS_BITS, "stored"),
        (&[], "full", 1, "full"),
        (&[], "not_empty", 1, "not_empty"),
        (&[], "fetched", 1, "fetched"),
        (&[], "fetched_word", WORD_BITS + 1, "{lasts_read_data, words_read_data}"),
        (&["slots"], "fill_slot", 2, "fill_slot"),
        (&["slots"], "oldest_slot", 2, "oldest_slot"),
        (&["slots"], "filled", 3, "slots_filled"),
        (&["slots"], "claimed", 3, "slots_claimed"),
        (
            &["slots"],
            "slots",
            4 * (WORD_BITS + 1),
            "{slot_lasts_3, slots_3, slot_lasts_2, slots_2, slot_lasts_1, slots_1, slot_lasts_0, slots_0}",
        ),
    ] {
        observed = observed.observe(instances, name, bits, expression).unwrap();
    }
    observed
}

#[test]
fn fifo_loses_duplicates_and_reorders_nothing_for_all_time() {
    assert_proved(&checker(Schedule::FREE, Schedule::FREE), &observed(circuit()), 4);
}

/// The circuit promises that no read of its memories that meets a write is used: the proof holds whatever such a read gives.
#[test]
fn fifo_uses_no_word_that_was_read_while_it_was_written() {
    let collisions = circuit()
        .with_arbitrary_collisions("words", WORD_BITS)
        .and_then(|circuit| circuit.with_arbitrary_collisions("lasts", 1))
        .unwrap();
    assert_proved(&checker(Schedule::FREE, Schedule::FREE), &observed(collisions), 4);
}

#[test]
fn a_memory_whose_every_write_spoils_the_read_is_found() {
    let collisions = circuit().with_arbitrary_collisions("words", WORD_BITS).unwrap();
    let same_address = "(words_write_enable & (words_write_address == words_read_address))";
    let any_address = ["synchronous_fifo", same_address, "words_write_enable"];
    assert_finds(&checker(Schedule::ALWAYS, Schedule::ALWAYS), collisions, any_address, 12);
}

#[test]
fn fifo_fills_drains_and_fills_again() {
    let half_a_period_each = checker(Schedule::at(0x0000_ffff), Schedule::at(0xffff_0000));
    assert_reached(&half_a_period_each, &circuit(), 60);
}

#[test]
fn bugs_planted_in_the_fifo_are_found() {
    let filled_then_drained = (Schedule::ALWAYS, Schedule::at(0xffff_0000));
    let single_words = (Schedule::at(0x0000_0011), Schedule::ALWAYS);
    let words_then_pause = (Schedule::at(0x0000_0fff), Schedule::at(0xffff_0000));
    for (module, original, planted, (sink, source)) in [
        // The memory's oldest word is overwritten when it is full.
        ("synchronous_fifo", "full <= &stored;", "full <= 1'b0;", filled_then_drained),
        // A word is fetched although no slot is certain for it.
        ("fetch_slots", "assign may_fetch = !slots_claimed[2];", "assign may_fetch = 1'b1;", filled_then_drained),
        // A word is fetched that is not there.
        ("synchronous_fifo", "taken | full | (stored != 3'd1);", "1'b1;", single_words),
        // The slots are emptied out of order.
        (
            "fetch_slots",
            "oldest_slot <= oldest_slot + 2'd1;",
            "oldest_slot <= oldest_slot + 2'd3;",
            filled_then_drained,
        ),
        // A word stays inside.
        ("synchronous_fifo", "not_empty <= taken | full | (|stored);", "not_empty <= taken | full;", words_then_pause),
    ] {
        assert_finds(&checker(sink, source), circuit(), [module, original, planted], 40);
    }
}
