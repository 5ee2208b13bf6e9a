//! The netlist Yosys makes of a design, as Verilog to simulate beside its source.

use std::path::{Path, PathBuf};

use super::error::SynthesisError;
use crate::toolchain::{Toolchain, ToolchainError, check_top, stage_sources};

/// Synthesizes `top` to two-input gates and flip-flops and returns the Verilog file with the result,
/// a single module of the same name and ports, in `directory`.
///
/// Memories stay memories, as they do in a device with block RAM: mapped to flip-flops, a few
/// kilobytes would make a netlist too large to simulate.
pub fn synthesized_netlist(
    toolchain: &Toolchain,
    files: &[PathBuf],
    top: &str,
    directory: &Path,
) -> Result<PathBuf, SynthesisError> {
    check_top(top)?;
    let names = stage_sources(files, directory)?;
    let file = format!("{top}_synthesized.v");
    let mut script = String::new();
    for name in &names {
        script.push_str(&format!("read_verilog {name}\n"));
    }
    script.push_str(&format!(
        "synth -flatten -top {top} -run begin:fine\n\
         opt -fast -full\n\
         techmap\n\
         opt -fast\n\
         abc -g AND,OR,XOR,MUX\n\
         opt -fast\n\
         clean\n\
         check -assert\n\
         write_verilog -noattr {file}\n"
    ));
    let path = directory.join("netlist.ys");
    std::fs::write(&path, script).map_err(ToolchainError::file("write", &path))?;
    let arguments = ["-q", "-l", "netlist.log", "-s", "netlist.ys"];
    toolchain.yosys().run(arguments, directory)?;
    Ok(directory.join(file))
}
