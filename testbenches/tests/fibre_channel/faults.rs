//! An interface card on bad lines; the campaign runs many more cases.

use hardpath_testbenches::fibre_channel::{run_case, run_case_at_changing_speeds, run_case_in_loops};

#[test]
fn a_card_on_bad_lines_gives_no_wrong_data_keeps_nothing_and_recovers() {
    for seed in 1..=4 {
        let tally = run_case(seed, 60).unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
        println!("seed {seed}: {tally:?}");
        assert!(tally.commands[0] > 100, "{tally:?}");
    }
}

#[test]
fn a_card_whose_lines_change_their_speed_gives_no_wrong_data_keeps_nothing_and_recovers() {
    // A host kept its login over a break of the link in seed 7.
    for (seed, faults) in [(1, 80), (2, 80), (7, 200)] {
        let tally = run_case_at_changing_speeds(seed, faults).unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
        println!("seed {seed}: {tally:?}");
        assert!(tally.commands[0] > 50 && tally.faults.contains_key("speed negotiated anew"), "{tally:?}");
    }
}

#[test]
fn a_card_in_bad_loops_gives_no_wrong_data_keeps_nothing_and_recovers() {
    for seed in [1, 3, 18] {
        let tally = run_case_in_loops(seed, 150).unwrap_or_else(|error| panic!("seed {seed}: {error:#}"));
        println!("seed {seed}: {tally:?}");
        assert!(tally.commands[0] > 50, "{tally:?}");
    }
}
