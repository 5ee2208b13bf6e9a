//! What came of a proof, read from what SymbiYosys wrote.

use std::path::{Path, PathBuf};

/// A property that was decided against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Where it stands: file, line and columns.
    pub location: String,
    /// The clock cycle, counted from 0, in which it fails, where SymbiYosys names one.
    pub cycle: Option<u32>,
}

/// The answer to a [`ProofTask`](super::ProofTask).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every assertion holds, or every cover statement is reached.
    Pass,
    /// An assertion fails, or a cover statement is out of reach.
    Fail {
        /// The failed assertions or unreached cover statements.
        properties: Vec<Property>,
        /// A waveform (VCD) that leads to the failure; an unreachable cover statement has none.
        trace: Option<PathBuf>,
    },
    /// Undecided: induction of this depth does not close, or the time was up. No state that can be
    /// reached is known to fail.
    Unknown {
        /// Why.
        reason: String,
        /// Where induction fails: a waveform (VCD) that starts in a state which may be unreachable.
        trace: Option<PathBuf>,
    },
}

impl Outcome {
    /// Whether the answer is [`Outcome::Pass`].
    pub fn is_pass(&self) -> bool {
        *self == Self::Pass
    }
}

/// The outcome of `status`, SymbiYosys' status file, and `log`, what it printed in `directory`.
/// None: a tool failed. An error: a status that is not known, with the status.
pub(super) fn read(status: &str, log: &str, directory: &Path) -> Option<Result<Outcome, String>> {
    Some(Ok(match status.split_whitespace().next() {
        Some("PASS") => Outcome::Pass,
        Some("FAIL") => Outcome::Fail { properties: properties(log), trace: trace(log, directory) },
        Some("UNKNOWN") => Outcome::Unknown {
            reason: "induction of this depth does not close".to_owned(),
            trace: trace(log, directory),
        },
        Some("TIMEOUT") => Outcome::Unknown { reason: "the time was up".to_owned(), trace: None },
        Some("ERROR") | None => return None,
        Some(other) => return Some(Err(other.to_owned())),
    }))
}

/// Lines of the summary, without their prefix.
fn summary(log: &str) -> impl Iterator<Item = &str> {
    log.lines().filter_map(|line| line.split_once("summary: ")).map(|(_, content)| content.trim())
}

/// Failed assertions, each once (a basis and an induction step may both fail on one), and unreached
/// cover statements, which are listed below a line of their own.
fn properties(log: &str) -> Vec<Property> {
    let mut found: Vec<Property> = Vec::new();
    let mut below_unreached = false;
    for line in summary(log) {
        if line.starts_with("unreached cover statements") {
            below_unreached = true;
            continue;
        }
        let Some((property, place)) = line.split_once(" at ") else {
            below_unreached = false;
            continue;
        };
        if !(below_unreached || property.starts_with("failed assertion")) {
            continue;
        }
        let (location, step) = place.split_once(" step ").unwrap_or((place, ""));
        let cycle = step.parse().ok();
        match found.iter_mut().find(|known| known.location == location) {
            Some(known) => known.cycle = known.cycle.or(cycle),
            None => found.push(Property { location: location.to_owned(), cycle }),
        }
    }
    found
}

/// The waveform that starts at reset, else the one that starts in an assumed state.
fn trace(log: &str, directory: &Path) -> Option<PathBuf> {
    let path_after =
        |prefix: &str| summary(log).find_map(|line| line.strip_prefix(prefix)).map(|path| directory.join(path));
    path_after("counterexample trace: ")
        .or_else(|| path_after("counterexample trace [basecase]: "))
        .or_else(|| path_after("counterexample trace [induction]: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
SBY  1:29:31 [proof] summary: engine_0 (smtbmc z3) returned FAIL
SBY  1:29:31 [proof] summary: counterexample trace: proof/engine_0/trace.vcd
SBY  1:29:31 [proof] summary:   failed assertion c._witness_.check at c.sv:5.13-5.32 step 5
SBY  1:29:31 [proof] DONE (FAIL, rc=2)
";

    #[test]
    fn a_failure_carries_its_property_its_cycle_and_its_trace() {
        let outcome = read("FAIL 2 0\n", LOG, Path::new("/w")).unwrap().unwrap();
        let property = Property { location: "c.sv:5.13-5.32".to_owned(), cycle: Some(5) };
        let expected = Outcome::Fail { properties: vec![property], trace: Some("/w/proof/engine_0/trace.vcd".into()) };
        assert_eq!(outcome, expected);
    }

    #[test]
    fn the_trace_from_reset_comes_before_that_of_induction() {
        let log = "\
SBY  1:29:31 [proof] summary: counterexample trace [induction]: proof/engine_0/trace_induct.vcd
SBY  1:29:31 [proof] summary:   failed assertion c.check at c.sv:5.13-5.32
SBY  1:29:31 [proof] summary: counterexample trace [basecase]: proof/engine_0/trace.vcd
SBY  1:29:31 [proof] summary:   failed assertion c.check at c.sv:5.13-5.32 step 5
";
        assert_eq!(trace(log, Path::new("/w")), Some("/w/proof/engine_0/trace.vcd".into()));
        assert_eq!(properties(log).len(), 1);
        assert_eq!(properties(log)[0].cycle, Some(5));
    }

    #[test]
    fn unreached_cover_statements_are_listed() {
        let log = "\
SBY  1:39:47 [proof] summary: engine_0 did not produce any traces
SBY  1:39:47 [proof] summary: unreached cover statements:
SBY  1:39:47 [proof] summary:   c._witness_.check_cover_c_sv_4_6 at c.sv:4.11-4.30
SBY  1:39:47 [proof] summary:   c._witness_.check_cover_c_sv_5_9 at c.sv:5.11-5.27
";
        let locations: Vec<String> = properties(log).into_iter().map(|p| p.location).collect();
        assert_eq!(locations, ["c.sv:4.11-4.30", "c.sv:5.11-5.27"]);
    }

    #[test]
    fn only_the_status_pass_passes() {
        let outcome = |status| read(status, LOG, Path::new("/w"));
        assert!(outcome("PASS 0 0").unwrap().unwrap().is_pass());
        for status in ["FAIL 2 0", "UNKNOWN 4 0", "TIMEOUT 8 0"] {
            assert!(!outcome(status).unwrap().unwrap().is_pass(), "{status}");
        }
        assert_eq!(outcome("ERROR 16 0"), None);
        assert_eq!(outcome(""), None);
        assert_eq!(outcome("PASSED"), Some(Err("PASSED".to_owned())));
    }
}
