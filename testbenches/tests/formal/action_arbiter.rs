//! A lane's bus never plays two actions at once.

use hardpath_rtl::flash_controller::lane::ActionArbiter;
use hardpath_testbenches::formal::{EmittedVerilog, action_arbiter_checker};

use crate::support::{assert_finds, assert_proved, assert_reached};

fn circuit() -> EmittedVerilog {
    EmittedVerilog::of(ActionArbiter::default()).unwrap()
}

#[test]
fn arbiter_takes_one_candidate_at_a_time_and_starts_it_for_all_time() {
    assert_proved(&action_arbiter_checker(), &circuit(), 3);
}

#[test]
fn arbiter_starts_every_kind_of_action() {
    assert_reached(&action_arbiter_checker(), &circuit(), 10);
}

#[test]
fn bugs_planted_in_the_arbiter_are_found() {
    for (original, planted) in [
        // An action begins beside the one that has just begun.
        ("assign may_start = idle & !starting;", "assign may_start = idle;"),
        // A poll begins beside a command.
        ("may_start & poll_valid & !issue_valid &", "may_start & poll_valid &"),
        // A transfer begins without room.
        (
            "assign transfers = may_start & finished_valid & read_room;",
            "assign transfers = may_start & finished_valid;",
        ),
    ] {
        assert_finds(&action_arbiter_checker(), circuit(), ["action_arbiter", original, planted], 6);
    }
}
