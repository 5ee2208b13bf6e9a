//! `hardpath list`.

use crate::output;
use anyhow::Result;
use hardpath_rtl::catalogue::CATALOGUE;

/// Prints every block of the catalogue, a line each.
pub fn run() -> Result<()> {
    let width = CATALOGUE.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let text: String = CATALOGUE.iter().map(|entry| format!("{:width$}  {}\n", entry.name, entry.summary)).collect();
    Ok(output::print(&text)?)
}
