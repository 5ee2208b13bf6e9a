//! Linters whose every warning is an error.

use anyhow::{Result, bail};
use hardpath_gen::toolchain::Toolchain;
use hardpath_gen::verilog;
use hardpath_netlist::Design;
use std::ffi::OsString;
use std::path::Path;

/// Checks the emitted Verilog of a design with Verilator `-Wall` and with Yosys, working in `directory`. Any warning is an
/// error that holds the tool's text.
pub fn lint(toolchain: &Toolchain, design: &Design, directory: &Path) -> Result<()> {
    verilog::write(design, directory)?;
    let top = design.top().name.as_str();
    let output = toolchain.verilator()?.output(
        ["--lint-only", "-Wall", "--no-timing", "--quiet", "--top-module", top, "-f", verilog::FILE_LIST],
        directory,
    )?;
    refuse_warnings("Verilator", &output.text())?;
    if !output.status.success() {
        bail!("Verilator refuses {top}:\n{}", output.text());
    }
    let files: Vec<String> = verilog::emit(design).into_iter().map(|file| file.file_name).collect();
    let script =
        format!("read_verilog {}; hierarchy -check -top {top}; proc; opt_clean; check -assert", files.join(" "));
    let output = toolchain.yosys().run(["-q", "-p", &script], directory)?;
    refuse_warnings("Yosys", &output.text())
}

/// Checks the emitted Verilog with Icarus `-Wall`, if the machine has it. Returns whether it has.
pub fn lint_with_icarus(toolchain: &Toolchain, design: &Design, directory: &Path) -> Result<bool> {
    let Some(icarus) = toolchain.iverilog() else { return Ok(false) };
    verilog::write(design, directory)?;
    let mut arguments: Vec<OsString> =
        ["-g2005", "-Wall", "-Wno-timescale", "-t", "null", "-s", &design.top().name].map(OsString::from).to_vec();
    arguments.extend(["-c", verilog::FILE_LIST].map(OsString::from));
    let output = icarus.run(&arguments, directory)?;
    refuse_warnings("Icarus", &output.text())?;
    Ok(true)
}

/// An error if a tool's text holds a warning.
pub(super) fn refuse_warnings(tool: &str, text: &str) -> Result<()> {
    if text.to_lowercase().contains("warning") {
        bail!("{tool} warns:\n{text}");
    }
    Ok(())
}
