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

    let toolchain = Toolchain::locate().unwrap();
    for entry in CATALOGUE.iter() {
        let directory = tempfile::tempdir().unwrap();
        let design = design(entry);
        lint(&toolchain, &design, directory.path()).unwrap_or_else(|error| panic!("{}: {error:#}", entry.name));
        lint_with_icarus(&toolchain, &design, directory.path())
            .unwrap_or_else(|error| panic!("{}: {error:#}", entry.name));
    }
}
