//! Every block of the catalogue as Verilog files.

use std::path::PathBuf;

use anyhow::{Context, Result};
use hardpath_gen::toolchain::workspace_root;
use hardpath_gen::verilog;
use hardpath_netlist::elaborate;
use hardpath_rtl::catalogue::CATALOGUE;

/// A block in Verilog.
pub struct EmittedBlock {
    /// Its name in the catalogue.
    pub name: &'static str,
    /// Its top module.
    pub top: String,
    /// Its Verilog files.
    pub files: Vec<PathBuf>,
}

/// Elaborates and emits every block of the catalogue, in its order, into `target/verilog/<block>/`.
pub fn emit_all() -> Result<Vec<EmittedBlock>> {
    let directory = workspace_root()?.join("target/verilog");
    CATALOGUE
        .iter()
        .map(|entry| {
            let about = || format!("block {}", entry.name);
            let block = entry.build().with_context(about)?;
            let design = elaborate(block.as_ref()).with_context(about)?.design;
            let files = verilog::write(&design, &directory.join(entry.name)).with_context(about)?;
            Ok(EmittedBlock { name: entry.name, top: design.top().name.clone(), files })
        })
        .collect()
}
