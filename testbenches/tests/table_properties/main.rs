//! Properties of the lookup tables: whatever requesters ask and however the memory answers, the tables are those of the
//! golden model; and for each property a planted bug that it finds.

mod member_selection;
mod page_directory;

use page_directory::{Case, PlantedBug, cases, run};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// Set to a number to try other cases.
const SEED_VARIABLE: &str = "HARDPATH_PROPERTY_SEED";
/// Set to a number to try more or fewer cases.
const CASES_VARIABLE: &str = "HARDPATH_PROPERTY_CASES";

fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text} (legal: a whole number)")),
        Err(_) => default,
    }
}

/// The shortest failing case found, and why it fails.
fn search(cases: impl Strategy<Value = Case>, bug: Option<PlantedBug>) -> Option<String> {
    let config = Config {
        cases: number(CASES_VARIABLE, 48) as u32,
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Config::default()
    };
    let seed = number(SEED_VARIABLE, 1);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    match runner
        .run(&cases, |case| run(&case, bug).map(drop).map_err(|error| TestCaseError::fail(format!("{error:#}"))))
    {
        Ok(()) => None,
        Err(TestError::Fail(reason, case)) => Some(format!("{reason}\nseed: {SEED_VARIABLE}={seed}\ncase: {case:?}")),
        Err(TestError::Abort(reason)) => panic!("the cases cannot be tried: {reason}"),
    }
}

#[test]
fn answers_memory_and_counts_equal_the_golden_model_in_the_order_of_acceptance() {
    if let Some(found) = search(cases(), None) {
        panic!("{found}");
    }
}

#[test]
fn block_ram_keeps_up_with_an_operation_a_cycle_on_one_page() {
    let case = Case {
        pages: 1,
        eagerness: 1.0,
        latency: 2..=2,
        memory_ready: 1.0,
        operations: 500,
        count_share: 0.0,
        seed: 3,
    };
    let cycles = run(&case, None).unwrap();
    assert!(cycles <= 4 * 500 + 2, "2,000 operations of four requesters were taken in {cycles} cycles");
}

#[test]
fn planted_bugs_are_found() {
    for bug in
        [PlantedBug::WriteLost, PlantedBug::AnswersSwapped, PlantedBug::MoveWrites, PlantedBug::RequestersSwapped]
    {
        assert!(search(cases(), Some(bug)).is_some(), "{bug:?} was not found");
    }
}
