//! Build script of the circuits.
//!
//! It refuses kernels that rust-hdl would translate into something other than what they simulate, and collects the doc
//! comment of every struct, so that emitted Verilog carries the text a reader finds in the Rust source.

mod documentation;
mod kernel_lint;
mod source_tree;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=build");
    match collect(Path::new("src")) {
        Ok(table) => write_table(&table),
        Err(faults) => {
            for fault in faults {
                println!("cargo::error={fault}");
            }
            ExitCode::FAILURE
        }
    }
}

/// The generated Rust table of documentation, or every fault found in the sources.
fn collect(root: &Path) -> Result<String, Vec<String>> {
    let mut faults = Vec::new();
    let mut entries = Vec::new();
    for path in source_tree::rust_files(root).map_err(|error| vec![error.to_string()])? {
        let source = match fs::read_to_string(&path) {
            Ok(source) => source,
            Err(error) => {
                faults.push(format!("{}: {error}", path.display()));
                continue;
            }
        };
        for fault in kernel_lint::lint_kernels(&source) {
            faults.push(format!("{}:{fault}", path.display()));
        }
        let module = source_tree::module_path(root, &path);
        entries.extend(documentation::documented_structs(&source, &module));
    }
    if faults.is_empty() { Ok(documentation::rust_table(&mut entries)) } else { Err(faults) }
}

fn write_table(table: &str) -> ExitCode {
    let Some(folder) = env::var_os("OUT_DIR") else {
        println!("cargo::error=OUT_DIR is not set; this program is run by cargo");
        return ExitCode::FAILURE;
    };
    let path = PathBuf::from(folder).join("documentation.rs");
    if let Err(error) = fs::write(&path, table) {
        println!("cargo::error={}: {error}", path.display());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
