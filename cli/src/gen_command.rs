//! `hardpath gen`.

use crate::artifact::Artifact;
use crate::failure::MarkWrongUse;
use crate::output;
use anyhow::{Context, Result, anyhow, ensure};
use hardpath_gen::verilog;
use hardpath_netlist::Design;
use hardpath_rtl::catalogue::{self, CATALOGUE, CatalogueEntry};
use std::io::Write;
use std::path::PathBuf;

/// What to generate, and where to.
#[derive(clap::Args)]
pub struct Arguments {
    /// Block to generate, one of `hardpath list`
    #[arg(long)]
    top: String,
    /// Directory for the Verilog, the file list and the constraints; made if it is missing
    #[arg(long)]
    out: PathBuf,
    /// Clock frequency that the constraints ask for
    #[arg(long, default_value_t = 100.0)]
    clock_mhz: f64,
}

/// The catalogue's entry of this name.
pub fn find(name: &str) -> Result<&'static CatalogueEntry> {
    let names = || CATALOGUE.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ");
    catalogue::find(name).ok_or_else(|| anyhow!("unknown top {name:?} (legal: {})", names())).wrong_use()
}

/// Elaborates a block of the catalogue.
pub fn design(entry: &CatalogueEntry) -> Result<Design> {
    let block = entry.build().with_context(|| format!("block {}", entry.name))?;
    let elaboration = hardpath_netlist::elaborate(block.as_ref()).with_context(|| format!("block {}", entry.name))?;
    Ok(elaboration.design)
}

/// Writes a block's Verilog and constraints.
pub fn run(arguments: &Arguments) -> Result<()> {
    let entry = find(&arguments.top)?;
    ensure_clock(arguments.clock_mhz).wrong_use()?;
    let design = design(entry)?;
    let constraints = verilog::constraints::out_of_context(design.top(), arguments.clock_mhz)
        .map_err(|reason| anyhow!("constraints of {}: {reason}", entry.name))?;
    let top = &design.top().name;
    let mut files = verilog::write(&design, &arguments.out)?;
    files.push(arguments.out.join(verilog::FILE_LIST));
    for (extension, text) in [("sdc", constraints.sdc), ("lpf", constraints.lpf)] {
        let path = arguments.out.join(format!("{top}.{extension}"));
        let artifact = Artifact::create(&path)?;
        artifact.file()?.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
        artifact.finish()?;
        files.push(path);
    }
    let mut rows = vec![("top module", top.clone())];
    rows.extend(files.iter().map(|file| ("file", file.display().to_string())));
    Ok(output::print(&output::facts(&rows))?)
}

fn ensure_clock(clock_mhz: f64) -> Result<()> {
    ensure!(
        clock_mhz.is_finite() && (0.001..=10_000.0).contains(&clock_mhz),
        "clock of {clock_mhz} MHz (legal: 0.001..=10000)"
    );
    Ok(())
}
