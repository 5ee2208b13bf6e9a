//! Proofs run for real on a decade counter.

use std::fs;
use std::path::PathBuf;

use super::*;

const DECADE_COUNTER: &str = "
module decade_counter (input wire clock, input wire enable, output reg [3:0] count);
  initial count = 0;
  always @(posedge clock) if (enable) count <= (count == 9) ? 4'd0 : count + 4'd1;
endmodule
";

fn ask(property: &str, mode: Mode, depth: u32) -> (tempfile::TempDir, Result<Outcome, FormalError>) {
    let directory = tempfile::tempdir().unwrap();
    let checker = format!(
        "module decade_counter_checker (input wire clock, input wire enable);\n\
         wire [3:0] count;\n\
         decade_counter counter (.clock(clock), .enable(enable), .count(count));\n\
         {property}\nendmodule\n"
    );
    let sources = directory.path().join("sources");
    fs::create_dir(&sources).unwrap();
    let files: [PathBuf; 2] = ["decade_counter.v", "checker.sv"].map(|name| sources.join(name));
    fs::write(&files[0], DECADE_COUNTER).unwrap();
    fs::write(&files[1], checker).unwrap();
    let task = ProofTask { files: &files, top: "decade_counter_checker", mode, depth, timeout_seconds: None };
    let toolchain = Toolchain::locate().unwrap();
    let outcome = prove(&toolchain, &task, &directory.path().join("work"));
    (directory, outcome)
}

#[test]
fn an_invariant_is_proved_for_all_time() {
    let (_kept, outcome) = ask("always @* assert (count <= 9);", Mode::Prove, 2);
    assert_eq!(outcome.unwrap(), Outcome::Pass);
}

#[test]
fn a_false_property_fails_in_its_cycle_with_a_trace() {
    for mode in [Mode::BoundedModelCheck, Mode::Prove] {
        let (_kept, outcome) = ask("always @* assert (count != 5);", mode, 12);
        match outcome.unwrap() {
            Outcome::Fail { properties, trace } => {
                assert_eq!(properties.len(), 1, "{properties:?}");
                assert!(properties[0].location.contains("checker.sv"));
                assert_eq!(properties[0].cycle, Some(5));
                let waveform = fs::read_to_string(trace.unwrap()).unwrap();
                assert!(waveform.contains("$enddefinitions"));
            }
            other => panic!("{mode:?}: {other:?}"),
        }
    }
}

#[test]
fn a_failure_beyond_the_depth_is_not_found_by_bounded_checking() {
    let property = "always @* assert (count != 9);";
    let (_kept, shallow) = ask(property, Mode::BoundedModelCheck, 8);
    assert!(shallow.unwrap().is_pass());
    let (_kept, deep) = ask(property, Mode::BoundedModelCheck, 12);
    assert!(!deep.unwrap().is_pass());
}

#[test]
fn a_true_property_that_is_not_inductive_is_unknown() {
    let (_kept, outcome) = ask("always @* assert (count != 13);", Mode::Prove, 1);
    match outcome.unwrap() {
        Outcome::Unknown { trace, .. } => assert!(trace.unwrap().is_file()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn cover_tells_reachable_from_unreachable() {
    let (_kept, reached) = ask("always @* cover (count == 9);", Mode::Cover, 12);
    assert_eq!(reached.unwrap(), Outcome::Pass);
    let (_kept, missed) = ask("always @* cover (count == 11);", Mode::Cover, 12);
    match missed.unwrap() {
        Outcome::Fail { properties, .. } => assert_eq!(properties.len(), 1, "{properties:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_checker_without_a_property_is_refused() {
    for mode in [Mode::BoundedModelCheck, Mode::Prove, Mode::Cover] {
        let (_kept, outcome) = ask("", mode, 2);
        let message = outcome.unwrap_err().to_string();
        assert!(message.contains("nothing to decide"), "{message}");
    }
}

#[test]
fn wrong_verilog_shows_the_tool_s_last_lines() {
    let (_kept, outcome) = ask("always @* assert (", Mode::Prove, 2);
    let message = outcome.unwrap_err().to_string();
    assert!(message.contains("SymbiYosys failed"), "{message}");
    assert!(message.contains("syntax error"), "{message}");
}
