//! Random kernels: the emitted Verilog computes what the netlist's statements say, for every operation and width.
#![cfg(feature = "tool-tests")]

mod generate;
mod interpret;

use generate::random_design;
use hardpath_gen::toolchain::Toolchain;
use hardpath_testbenches::cosimulation::{
    BuildOptions, Comparison, Driver, Free, VerilatorModel, interface_of, lint, lint_with_icarus,
};
use interpret::Interpreter;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::path::Path;

/// Kernels of these seeds hold nothing senseless, such as a number compared with what is always zero, of which tools warn
/// rightly.
const SENSIBLE_SEEDS: u64 = 7;

#[test]
fn random_kernels_print_without_a_warning_and_agree_with_their_statements() {
    let toolchain = Toolchain::locate().unwrap();
    // More kernels, for a change to the emitter: HARDPATH_RANDOM_KERNELS=100.
    let count = std::env::var("HARDPATH_RANDOM_KERNELS").map_or(SENSIBLE_SEEDS, |count| count.parse().unwrap());
    for seed in 0..count {
        let design = random_design(&mut StdRng::seed_from_u64(seed));
        let directory = tempfile::tempdir().unwrap();
        let context = |error: anyhow::Error| -> anyhow::Error {
            let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("random-kernel-{seed}"));
            hardpath_gen::verilog::write(&design, &kept).unwrap();
            error.context(format!("kernel of seed {seed}, Verilog in {}", kept.display()))
        };
        let is_sensible = seed < SENSIBLE_SEEDS;
        if is_sensible {
            lint(&toolchain, &design, &directory.path().join("lint")).map_err(context).unwrap();
            lint_with_icarus(&toolchain, &design, &directory.path().join("icarus")).map_err(context).unwrap();
        }
        let options = BuildOptions { refuse_warnings: is_sensible, ..BuildOptions::default() };
        let model = VerilatorModel::build(&toolchain, &design, directory.path(), options);
        let model = model.map_err(context).unwrap();
        let interface = interface_of(design.top());
        let drivers = interface.inputs.iter().map(|port| Box::new(Free::new(&port.name, 0.7)) as Box<dyn Driver>);
        let comparison = Comparison {
            in_step: false,
            name: format!("random-kernel-{seed}"),
            drivers: drivers.collect(),
            interface,
            cycles: 2000,
            seed,
            failures: env!("CARGO_TARGET_TMPDIR").into(),
        };
        let mut interpreter = Interpreter::new(design.top());
        comparison.run(&mut [&mut interpreter], &[("Verilator", &model)]).map_err(context).unwrap();
    }
}
