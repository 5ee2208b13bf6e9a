//! Programs that measure, run in release; what they print becomes a report.

use crate::report;
use anyhow::{Context, Result, bail};
use hardpath_gen::toolchain::workspace_root;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Runs the benchmark and writes `reports/simulation-speed.md`.
pub fn run() -> Result<PathBuf> {
    let opening = report::opening("Simulation speed", "bench")?;
    report::write("simulation-speed.md", &format!("{opening}{}", printed("simulation_speed", &[])?))
}

/// Runs the campaign of faults and power cuts and writes `reports/flash-controller-campaign.md`.
pub fn campaign(cases: u64, seed: u64) -> Result<PathBuf> {
    let task = format!("report campaign --cases {cases} --seed {seed}");
    let opening = report::opening("Campaign of faults and power cuts", &task)?;
    let figures = printed("controller_campaign", &[&cases.to_string(), &seed.to_string()])?;
    report::write("flash-controller-campaign.md", &format!("{opening}{figures}"))
}

/// Runs the campaign of faults on the lines of an interface card and writes `reports/line-faults.md`.
pub fn line_faults(cases: u64, seed: u64) -> Result<PathBuf> {
    let task = format!("report line-faults --cases {cases} --seed {seed}");
    let opening = report::opening("Faults on the lines of an interface card", &task)?;
    let figures = printed("fibre_channel_campaign", &[&cases.to_string(), &seed.to_string()])?;
    report::write("line-faults.md", &format!("{opening}{figures}"))
}

/// What a program of the testbenches prints.
fn printed(program: &str, arguments: &[&str]) -> Result<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let output = Command::new(cargo)
        .args(["run", "--release", "--locked", "--package", "hardpath-testbenches", "--bin", program, "--"])
        .args(arguments)
        .current_dir(workspace_root()?)
        .stderr(Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    if !output.status.success() {
        bail!("{program} ended with {}", output.status);
    }
    let figures = String::from_utf8(output.stdout).context("the program printed something else than text")?;
    print!("{figures}");
    Ok(figures)
}
