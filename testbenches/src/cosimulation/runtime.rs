//! Verilator's run time, compiled once and kept.

use super::verilator::WaveformFormat;
use anyhow::{Context, Result, bail};
use hardpath_gen::toolchain::Toolchain;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Sources of the run time below `include/`.
const SOURCES: [&str; 3] = ["verilated.cpp", "verilated_threads.cpp", "verilated_vcd_c.cpp"];

/// What else it takes to write an FST file.
const FST_SOURCES: [&str; 1] = ["verilated_fst_c.cpp"];

/// Runs the C++ compiler on arguments.
pub(super) fn compile(toolchain: &Toolchain, directory: &Path, arguments: &[OsString]) -> Result<()> {
    let include = toolchain.verilator_root()?.join("include");
    let output = Command::new("c++")
        .current_dir(directory)
        .args(["-std=c++17", "-w", "-DVERILATOR=1", "-DVM_SC=0", "-DVM_COVERAGE=0"])
        .args([OsString::from("-isystem"), include.clone().into()])
        .args([OsString::from("-isystem"), include.join("vltstd").into()])
        .args(arguments)
        .output()
        .context("cannot run the C++ compiler `c++`: install one")?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let first: Vec<&str> = text.lines().take(20).collect();
        bail!("the C++ compiler failed in {}:\n{}", directory.display(), first.join("\n"));
    }
    Ok(())
}

/// Object files of the run time at an optimisation level such as `-O0`.
pub(super) fn objects(toolchain: &Toolchain, level: &str, waveform: Option<WaveformFormat>) -> Result<Vec<PathBuf>> {
    let directory = toolchain.directory().join("verilator-runtime").join(level.trim_start_matches('-'));
    fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
    let include = toolchain.verilator_root()?.join("include");
    let mut objects = Vec::new();
    let fst_sources = if waveform == Some(WaveformFormat::Fst) { &FST_SOURCES[..] } else { &[] };
    for source in SOURCES.iter().chain(fst_sources) {
        let object = directory.join(source).with_extension("o");
        let source = include.join(source);
        if !is_newer(&object, &source) {
            // Several test processes may build it at once: each makes its own and puts it into place in one step.
            let staging = tempfile::tempdir_in(&directory)?;
            let made = staging.path().join("made.o");
            compile(
                toolchain,
                &directory,
                &[level.into(), "-c".into(), source.into(), "-o".into(), made.clone().into()],
            )?;
            fs::rename(&made, &object).with_context(|| format!("cannot write {}", object.display()))?;
        }
        objects.push(object);
    }
    Ok(objects)
}

fn is_newer(object: &Path, source: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    matches!((time(object), time(source)), (Ok(object), Ok(source)) if object > source)
}
