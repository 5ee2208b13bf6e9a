//! Runs one question and says what the answer must be.

use hardpath_gen::formal::{Mode, Outcome};
use hardpath_gen::toolchain::Toolchain;
use hardpath_testbenches::formal::{Checker, EmittedVerilog};

fn decide(checker: &Checker, circuit: &EmittedVerilog, mode: Mode, depth: u32) -> Outcome {
    let toolchain = Toolchain::locate().unwrap();
    let mut directory = tempfile::Builder::new().prefix("hardpath-proof-").tempdir().unwrap();
    let outcome = checker.decide(&toolchain, circuit, mode, depth, directory.path()).unwrap();
    // A proof that disappoints leaves its files, the trace among them.
    directory.disable_cleanup(!outcome.is_pass());
    outcome
}

/// Every assertion holds for all time.
pub fn assert_proved(checker: &Checker, circuit: &EmittedVerilog, depth: u32) {
    assert_eq!(decide(checker, circuit, Mode::Prove, depth), Outcome::Pass);
}

/// Every assertion holds in the first `depth` cycles.
pub fn assert_holds(checker: &Checker, circuit: &EmittedVerilog, depth: u32) {
    assert_eq!(decide(checker, circuit, Mode::BoundedModelCheck, depth), Outcome::Pass);
}

/// Every cover statement is reached within `depth` cycles.
pub fn assert_reached(checker: &Checker, circuit: &EmittedVerilog, depth: u32) {
    assert_eq!(decide(checker, circuit, Mode::Cover, depth), Outcome::Pass);
}

/// `planted` in place of `original` in `module` leads to a counterexample within `depth` cycles, with its waveform.
pub fn assert_finds(checker: &Checker, circuit: EmittedVerilog, [module, original, planted]: [&str; 3], depth: u32) {
    let circuit = &circuit.with_bug(module, original, planted).unwrap();
    let toolchain = Toolchain::locate().unwrap();
    let directory = tempfile::tempdir().unwrap();
    match checker.decide(&toolchain, circuit, Mode::BoundedModelCheck, depth, directory.path()).unwrap() {
        Outcome::Fail { properties, trace } => {
            assert!(!properties.is_empty());
            let waveform = std::fs::read_to_string(trace.expect("a counterexample has a trace")).unwrap();
            assert!(waveform.contains("$enddefinitions"));
        }
        other => panic!("`{planted}` is not found: {other:?}"),
    }
}
