//! `cargo xtask bench`: simulators side by side, in release, in one run.

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
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let output = Command::new(cargo)
        .args(["run", "--release", "--locked", "--package", "hardpath-testbenches", "--bin", "simulation_speed"])
        .current_dir(workspace_root()?)
        .stderr(Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    if !output.status.success() {
        bail!("the benchmark ended with {}", output.status);
    }
    let figures = String::from_utf8(output.stdout).context("the benchmark printed something else than text")?;
    print!("{figures}");
    report::write("simulation-speed.md", &format!("{opening}{figures}"))
}
