//! `cargo xtask test`: everything CI checks, in order.
//!
//! Every step is in the dev profile, so that two sets of dependencies are built: one that clippy and
//! rustdoc share (metadata only) and one for the tests.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use hardpath_gen::toolchain::workspace_root;

/// A cargo step: its heading, its arguments, its environment.
struct CargoStep {
    heading: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const CARGO_STEPS: [CargoStep; 4] = [
    CargoStep { heading: "format", arguments: &["fmt", "--all", "--check"], environment: &[] },
    CargoStep {
        heading: "lints",
        arguments: &["clippy", "--workspace", "--all-targets", "--all-features", "--locked", "--", "-D", "warnings"],
        environment: &[],
    },
    CargoStep {
        heading: "documentation",
        arguments: &["doc", "--workspace", "--all-features", "--no-deps", "--locked"],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    CargoStep {
        heading: "tests",
        arguments: &["test", "--workspace", "--all-features", "--no-fail-fast", "--locked"],
        environment: &[],
    },
];

/// How one step ended.
struct Outcome {
    heading: &'static str,
    duration: Duration,
    failure: Option<String>,
}

/// Runs every step, also after a failed one, and ends with a list; success only if all succeeded.
pub fn run() -> Result<ExitCode> {
    let root = workspace_root()?;
    let mut outcomes = vec![timed("toolchain", || crate::provision().map(drop))];
    for step in &CARGO_STEPS {
        outcomes.push(timed(step.heading, || run_cargo(step, &root)));
    }

    println!("\n== summary ==");
    for outcome in &outcomes {
        let verdict = match &outcome.failure {
            None => "ok",
            Some(_) => "FAILED",
        };
        let seconds = outcome.duration.as_secs_f64();
        println!("{:<14} {verdict:<7} {seconds:8.1} s", outcome.heading);
    }
    let failed: Vec<&str> =
        outcomes.iter().filter(|outcome| outcome.failure.is_some()).map(|outcome| outcome.heading).collect();
    if failed.is_empty() {
        Ok(ExitCode::SUCCESS)
    } else {
        eprintln!("failed: {}", failed.join(", "));
        Ok(ExitCode::FAILURE)
    }
}

fn timed(heading: &'static str, step: impl FnOnce() -> Result<()>) -> Outcome {
    println!("\n== {heading} ==");
    let start = Instant::now();
    let failure = step().err().map(|error| format!("{error:#}"));
    if let Some(message) = &failure {
        eprintln!("{heading}: {message}");
    }
    Outcome { heading, duration: start.elapsed(), failure }
}

/// Runs cargo, and ends as it did.
///
/// # Errors
/// If it cannot be started or fails.
#[cfg(not(feature = "reports"))]
pub fn cargo(arguments: &[&str]) -> Result<ExitCode> {
    run_to_success(cargo_command().args(arguments).current_dir(workspace_root()?))?;
    Ok(ExitCode::SUCCESS)
}

fn cargo_command() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

fn run_cargo(step: &CargoStep, root: &Path) -> Result<()> {
    println!("$ cargo {}", step.arguments.join(" "));
    let mut command = cargo_command();
    command.args(step.arguments).envs(step.environment.iter().copied()).current_dir(root);
    run_to_success(&mut command)
}

/// Runs a command whose output goes where this program's goes.
fn run_to_success(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_owned();
    let status = command.status().with_context(|| format!("{} could not be started", program.display()))?;
    if !status.success() {
        bail!("{} ended with {status}", program.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_is_recorded_with_its_reason() {
        let outcome = timed("broken", || bail!("planted"));
        assert_eq!(outcome.failure.as_deref(), Some("planted"));
        assert!(timed("sound", || Ok(())).failure.is_none());
    }

    #[test]
    fn a_command_that_fails_or_cannot_start_is_an_error() {
        run_to_success(Command::new("/bin/sh").args(["-c", "exit 0"])).unwrap();
        let failed = run_to_success(Command::new("/bin/sh").args(["-c", "exit 3"])).unwrap_err();
        assert!(failed.to_string().contains("exit status: 3"), "{failed}");
        let missing = run_to_success(&mut Command::new("/nonexistent/cargo")).unwrap_err();
        assert!(missing.to_string().contains("/nonexistent/cargo could not be started"), "{missing}");
    }
}
