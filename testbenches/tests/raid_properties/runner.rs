//! Trying a property on random cases; a failing case is shrunk, recorded as a waveform and printed.

use crate::case::Case;
use crate::data_path::{self, PlantedBug};
use crate::properties::Property;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::path::{Path, PathBuf};

/// Set to a number to try other cases.
const SEED_VARIABLE: &str = "HARDPATH_PROPERTY_SEED";
/// Set to a number to try more or fewer cases.
const CASES_VARIABLE: &str = "HARDPATH_PROPERTY_CASES";

const DEFAULT_SEED: u64 = 1;
const DEFAULT_CASES: u64 = 24;

fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text} (legal: a whole number)")),
        Err(_) => default,
    }
}

/// The shortest failing case found, and why it fails.
struct Counterexample<V> {
    case: V,
    reason: String,
}

fn search<S: Strategy>(
    cases: S,
    seed: u64,
    property: impl Fn(&S::Value) -> Result<(), String>,
) -> Option<Counterexample<S::Value>> {
    let config = Config {
        cases: number(CASES_VARIABLE, DEFAULT_CASES) as u32,
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, random);
    match runner.run(&cases, |case| property(&case).map_err(TestCaseError::fail)) {
        Ok(()) => None,
        Err(TestError::Fail(reason, case)) => Some(Counterexample { case, reason: reason.message().to_owned() }),
        Err(TestError::Abort(reason)) => panic!("the cases cannot be tried: {reason}"),
    }
}

fn check(case: &Case, bug: Option<PlantedBug>, property: Property, waveform: Option<&Path>) -> Result<(), String> {
    data_path::run(case, bug, waveform)
        .and_then(|outcome| property(case, &outcome))
        .map_err(|error| format!("{error:#}"))
}

/// The message of a failing property: seed, case, and the waveform of that very case.
fn describe(
    name: &str,
    bug: Option<PlantedBug>,
    property: Property,
    seed: u64,
    found: &Counterexample<Case>,
) -> String {
    let waveform = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.fst"));
    // Once more, to see it: the run fails again at the same place.
    let again = check(&found.case, bug, property, Some(&waveform)).err();
    format!(
        "{name} does not hold: {}\nseed: {SEED_VARIABLE}={seed}\nstimulus: {:?}\nwaveform: {}\nagain: {}",
        found.reason,
        found.case,
        waveform.display(),
        again.unwrap_or_else(|| "it did not fail a second time".to_owned()),
    )
}

/// Panics with the shrunk case if the property fails.
pub fn assert_holds(name: &str, cases: impl Strategy<Value = Case>, property: Property) {
    let seed = number(SEED_VARIABLE, DEFAULT_SEED);
    if let Some(found) = search(cases, seed, |case| check(case, None, property, None)) {
        panic!("{}", describe(name, None, property, seed, &found));
    }
}

/// Panics unless the property fails with the bug, and unless the failure is shown with all that is needed to look into it.
pub fn assert_finds(bug: PlantedBug, cases: impl Strategy<Value = Case>, property: Property) {
    let found = search(cases, DEFAULT_SEED, |case| check(case, Some(bug), property, None));
    let found = found.unwrap_or_else(|| panic!("{bug:?} was not found"));
    // The case is innocent: without the bug, the property holds for it.
    assert_eq!(check(&found.case, None, property, None), Ok(()), "{bug:?}: {:?}", found.case);
    let name = format!("planted_{bug:?}_{:x}", property as usize);
    let text = describe(&name, Some(bug), property, DEFAULT_SEED, &found);
    let waveform = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.fst"));
    let recorded = wellen::simple::read(&waveform).expect("a waveform of the failing case");
    assert!(recorded.time_table().len() > 10, "{text}");
    assert!(text.contains("stimulus: Case") && text.contains(&found.reason), "{text}");
    assert!(text.ends_with(&format!("again: {}", found.reason)), "the run repeats itself: {text}");
    std::fs::remove_file(&waveform).expect("the waveform goes");
}

/// Panics with the shrunk value if a property of something else than a data path fails.
pub fn assert_holds_for<S: Strategy>(name: &str, values: S, property: impl Fn(&S::Value) -> Result<(), String>) {
    let seed = number(SEED_VARIABLE, DEFAULT_SEED);
    if let Some(found) = search(values, seed, property) {
        panic!("{name} does not hold: {}\nseed: {SEED_VARIABLE}={seed}\nstimulus: {:?}", found.reason, found.case);
    }
}

/// Panics unless a property of something else than a data path fails.
pub fn assert_fails_for<S: Strategy>(bug: &str, values: S, property: impl Fn(&S::Value) -> Result<(), String>) {
    assert!(search(values, DEFAULT_SEED, property).is_some(), "{bug} was not found");
}
