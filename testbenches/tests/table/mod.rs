//! Random and exhaustive comparison of one small block: `simulate()`, the engine and, with the toolchain, Verilator.

use hardpath_netlist::elaborate;
use hardpath_testbenches::cosimulation::{
    Comparison, Driver, EngineModel, Free, Interface, LiveModel, Model, Port, interface_of,
};
use rust_hdl::prelude::Block;

const CYCLES: usize = 5_000;
const SEED: u64 = 20_260;

/// Runs the comparison; the first difference is the error.
fn run<T: Block>(
    name: &str,
    make: impl Fn() -> T,
    connect: impl Fn(LiveModel<T>) -> LiveModel<T>,
    driver: impl Fn(&Port) -> Box<dyn Driver>,
) -> anyhow::Result<()> {
    let block = || {
        let mut block = make();
        block.connect_all();
        block
    };
    let design = elaborate(&block())?.design;
    let interface: Interface = interface_of(design.top());
    let mut live = connect(LiveModel::new(block(), &interface));
    let mut engine = EngineModel::new(&design, &interface)?;
    let comparison = Comparison {
        in_step: false,
        name: name.to_owned(),
        interface: interface.clone(),
        drivers: interface.inputs.iter().map(driver).collect(),
        cycles: CYCLES,
        seed: SEED,
        failures: std::env::temp_dir().join("hardpath-failures"),
    };
    let mut models: [&mut dyn Model; 2] = [&mut live, &mut engine];
    with_verilator(name, &design, |verilated| comparison.run(&mut models, verilated).map(|_| ()))
}

#[cfg(not(feature = "tool-tests"))]
fn with_verilator(
    _name: &str,
    _design: &hardpath_netlist::Design,
    compare: impl FnOnce(&[(&str, &hardpath_testbenches::cosimulation::VerilatorModel)]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    compare(&[])
}

#[cfg(feature = "tool-tests")]
fn with_verilator(
    _name: &str,
    design: &hardpath_netlist::Design,
    compare: impl FnOnce(&[(&str, &hardpath_testbenches::cosimulation::VerilatorModel)]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    use hardpath_testbenches::cosimulation::{BuildOptions, VerilatorModel, lint};
    let toolchain = hardpath_gen::toolchain::Toolchain::locate()?;
    let directory = tempfile::tempdir()?;
    lint(&toolchain, design, directory.path())?;
    let model = VerilatorModel::build(&toolchain, design, directory.path(), BuildOptions::default())?;
    compare(&[("Verilator", &model)])
}

/// A driver of random values.
fn random(port: &Port) -> Box<dyn Driver> {
    Box::new(Free::new(port.name.clone(), 0.8))
}

/// Asserts that all models agree on random inputs.
pub fn agree<T: Block>(name: &str, make: impl Fn() -> T, connect: impl Fn(LiveModel<T>) -> LiveModel<T>) {
    agree_on(name, make, connect, random);
}

/// Asserts that all models agree on what the drivers give.
pub fn agree_on<T: Block>(
    name: &str,
    make: impl Fn() -> T,
    connect: impl Fn(LiveModel<T>) -> LiveModel<T>,
    driver: impl Fn(&Port) -> Box<dyn Driver>,
) {
    if let Err(difference) = run(name, make, connect, driver) {
        panic!("{difference:#}");
    }
}

/// The difference that the comparison must find.
pub fn disagreement<T: Block>(
    name: &str,
    make: impl Fn() -> T,
    connect: impl Fn(LiveModel<T>) -> LiveModel<T>,
) -> String {
    let difference = run(name, make, connect, random).expect_err("the models must disagree");
    format!("{difference:#}")
}
