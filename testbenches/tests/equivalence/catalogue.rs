//! Every block of the catalogue prints without a warning of any tool, the same text every time.

use hardpath_gen::verilog;
use hardpath_netlist::{Design, elaborate};
use hardpath_rtl::catalogue::{CATALOGUE, CatalogueEntry};

fn design(entry: &CatalogueEntry) -> Design {
    let block = entry.build().unwrap();
    elaborate(block.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", entry.name)).design
}

#[test]
fn the_same_block_gives_the_same_text() {
    for entry in CATALOGUE.iter() {
        assert_eq!(verilog::emit(&design(entry)), verilog::emit(&design(entry)), "{}", entry.name);
    }
}

#[test]
fn modules_come_after_those_they_instantiate_and_are_printed_once() {
    for entry in CATALOGUE.iter() {
        let design = design(entry);
        let files = verilog::emit(&design);
        for (index, circuit) in design.circuits.iter().enumerate() {
            assert_eq!(files.iter().filter(|file| file.module == circuit.name).count(), 1, "{}", circuit.name);
            assert!(circuit.instances.iter().all(|instance| (instance.circuit.0 as usize) < index));
        }
    }
}

#[cfg(feature = "tool-tests")]
#[test]
fn no_tool_warns() {
    use hardpath_gen::toolchain::Toolchain;
    use hardpath_testbenches::cosimulation::{lint, lint_with_icarus};
    use std::collections::HashSet;

    let toolchain = Toolchain::locate().unwrap();
    let designs: Vec<_> = CATALOGUE.iter().map(|entry| (entry, design(entry))).collect();
    // A block that stands in another one is printed the same there, and looked at there.
    let within: HashSet<&str> = designs
        .iter()
        .flat_map(|(_, design)| design.circuits.iter().filter(|circuit| circuit.name != design.top().name))
        .map(|circuit| circuit.name.as_str())
        .collect();
    for (entry, design) in &designs {
        if within.contains(design.top().name.as_str()) {
            continue;
        }
        let directory = tempfile::tempdir().unwrap();
        lint(&toolchain, design, directory.path()).unwrap_or_else(|error| panic!("{}: {error:#}", entry.name));
        lint_with_icarus(&toolchain, design, directory.path())
            .unwrap_or_else(|error| panic!("{}: {error:#}", entry.name));
    }
}
