//! One block through all models.

use hardpath_netlist::elaborate;
use hardpath_testbenches::cosimulation::{Comparison, Driver, EngineModel, Interface, LiveModel, interface_of};
use rust_hdl::prelude::Block;

/// A comparison to be made.
pub struct Lockstep<'a> {
    /// Unique name, also of a kept stimulus file.
    pub name: String,
    /// Cycles to compare.
    pub cycles: usize,
    /// Several clocks rise together in every cycle, instead of each at random.
    pub in_step: bool,
    /// Also compare the netlist that Yosys synthesizes, where tools may run.
    #[cfg_attr(not(feature = "tool-tests"), allow(dead_code, reason = "only tools look at it"))]
    pub synthesized: bool,
    /// Everything that drives the block.
    pub drivers: &'a dyn Fn(&Interface) -> Vec<Box<dyn Driver>>,
}

/// Compares a block in the engine, in `simulate()` and, where tools may run, in Verilator, and returns how many events each
/// driver saw. `inputs` names the block's input signals, `drivers` drives them.
pub fn lockstep<T: Block>(
    name: &str,
    block: T,
    inputs: impl Fn(LiveModel<T>) -> LiveModel<T>,
    drivers: impl Fn(&Interface) -> Vec<Box<dyn Driver>>,
    cycles: usize,
) -> Vec<(String, u64)> {
    Lockstep { name: name.to_owned(), cycles, in_step: false, synthesized: false, drivers: &drivers }.run(block, inputs)
}

impl Lockstep<'_> {
    /// Compares; see [`lockstep`].
    pub fn run<T: Block>(self, mut block: T, inputs: impl Fn(LiveModel<T>) -> LiveModel<T>) -> Vec<(String, u64)> {
        let name = &self.name;
        block.connect_all();
        let design = elaborate(&block).unwrap_or_else(|error| panic!("{name}: {error}")).design;
        let interface = interface_of(design.top());
        let mut live = inputs(LiveModel::new(block, &interface));
        let mut engine = EngineModel::new(&design, &interface).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        let seed = name.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let comparison = Comparison {
            name: name.clone(),
            drivers: (self.drivers)(&interface),
            interface,
            cycles: self.cycles,
            in_step: self.in_step,
            seed,
            failures: env!("CARGO_TARGET_TMPDIR").into(),
        };
        #[cfg(feature = "tool-tests")]
        let directory = tempfile::tempdir().unwrap();
        #[cfg(feature = "tool-tests")]
        let built = tools::build(&design, self.synthesized, directory.path())
            .unwrap_or_else(|error| panic!("{name}: {error:#}"));
        #[cfg(feature = "tool-tests")]
        let verilated: Vec<_> = built.iter().map(|(name, model)| (*name, model)).collect();
        #[cfg(not(feature = "tool-tests"))]
        let verilated = Vec::new();
        let compared = comparison.run(&mut [&mut engine, &mut live], &verilated);
        compared.unwrap_or_else(|error| panic!("{error:#}")).events
    }
}

#[cfg(feature = "tool-tests")]
mod tools {
    use hardpath_gen::synthesis::synthesized_netlist;
    use hardpath_gen::toolchain::Toolchain;
    use hardpath_gen::verilog;
    use hardpath_netlist::Design;
    use hardpath_testbenches::cosimulation::{BuildOptions, VerilatorModel, interface_of};
    use std::fs;
    use std::path::Path;

    pub fn build(
        design: &Design,
        synthesized: bool,
        directory: &Path,
    ) -> anyhow::Result<Vec<(&'static str, VerilatorModel)>> {
        let toolchain = Toolchain::locate()?;
        let options = BuildOptions::default();
        let mut models =
            vec![("Verilator", VerilatorModel::build(&toolchain, design, &directory.join("source"), options)?)];
        if synthesized {
            let files = verilog::write(design, &directory.join("verilog"))?;
            let directory = directory.join("synthesized");
            fs::create_dir_all(&directory)?;
            let top = design.top();
            let netlist = synthesized_netlist(&toolchain, &files, &top.name, &directory)?;
            let options = BuildOptions { refuse_warnings: false, ..options };
            let model =
                VerilatorModel::build_files(&toolchain, &[netlist], &top.name, interface_of(top), &directory, options)?;
            models.push(("the synthesized netlist", model));
        }
        Ok(models)
    }
}

/// Names the input signals of the receiving end of a stream, of a field or of an element of a field.
macro_rules! stream_sink {
    ($model:expr, $name:expr, $field:ident $([$index:expr])?) => {{
        let name = $name;
        $model
            .input(&format!("{name}_valid"), move |block| &mut block.$field$([$index])?.valid)
            .input(&format!("{name}_data"), move |block| &mut block.$field$([$index])?.data)
            .input(&format!("{name}_last"), move |block| &mut block.$field$([$index])?.last)
    }};
}

/// Names the input signal of the sending end of a stream.
macro_rules! stream_source {
    ($model:expr, $name:expr, $field:ident $([$index:expr])?) => {{
        let name = $name;
        $model.input(&format!("{name}_ready"), move |block| &mut block.$field$([$index])?.ready)
    }};
}

pub(crate) use {stream_sink, stream_source};

/// Number of events of the driver of this name.
pub fn events_of(events: &[(String, u64)], name: &str) -> u64 {
    events.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no driver `{name}`")).1
}
