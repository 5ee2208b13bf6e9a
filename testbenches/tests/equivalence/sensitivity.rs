//! The comparison is able to fail: a bug planted in one model is found, named and kept for replay.

use hardpath_netlist::{Design, Operation, Statement, ValueId, elaborate};
use hardpath_rtl::stream::SkidBuffer;
use hardpath_testbenches::cosimulation::{
    Comparison, Driver, EngineModel, Interface, Stimulus, StreamDriver, StreamListener, interface_of, replay,
};
use rust_hdl::prelude::Block;
use std::path::Path;

fn design() -> (Design, Interface) {
    let mut block = SkidBuffer::<8>::default();
    block.connect_all();
    let design = elaborate(&block).unwrap().design;
    let interface = interface_of(design.top());
    (design, interface)
}

fn comparison(name: &str, interface: &Interface, failures: &Path) -> Comparison {
    let drivers: Vec<Box<dyn Driver>> =
        vec![Box::new(StreamDriver::new("sink", 0.8)), Box::new(StreamListener::new("source", 0.6))];
    Comparison {
        name: name.to_owned(),
        interface: interface.clone(),
        drivers,
        cycles: 1000,
        in_step: false,
        seed: 5,
        failures: failures.to_owned(),
    }
}

/// The design with one register that takes the inverse of its next value.
fn with_bug(design: &Design, register: &str) -> Design {
    let mut design = design.clone();
    let circuit = design.circuits.last_mut().unwrap();
    let net = circuit.find_net(&format!("{register}_next")).unwrap();
    let driver = circuit.driver(net).unwrap();
    let inverse = circuit.values.not(driver);
    circuit.drivers[net.0 as usize] = Some(inverse);
    fn invert(
        statements: &mut [Statement],
        net: hardpath_netlist::NetId,
        inverse_of: &mut dyn FnMut(ValueId) -> ValueId,
    ) {
        for statement in statements {
            match statement {
                Statement::Assign { net: target, value } if *target == net => *value = inverse_of(*value),
                Statement::If { then, otherwise, .. } => {
                    invert(then, net, inverse_of);
                    invert(otherwise, net, inverse_of);
                }
                _ => {}
            }
        }
    }
    let values = &mut circuit.values;
    invert(&mut circuit.body, net, &mut |value| match *values.operation(value) {
        Operation::Not(inner) => inner,
        _ => values.not(value),
    });
    design
}

#[test]
fn a_bug_in_a_model_is_found_and_its_stimulus_replays_it() {
    let (design, interface) = design();
    let directory = tempfile::tempdir().unwrap();
    let mut good = EngineModel::new(&design, &interface).unwrap();
    let mut bad = EngineModel::new(&with_bug(&design, "aside_last"), &interface).unwrap();
    let error = comparison("planted", &interface, directory.path()).run(&mut [&mut good, &mut bad], &[]).unwrap_err();
    let message = format!("{error:#}");
    for part in ["planted: cycle ", "output `source_last`", "1'h0", "1'h1", "seed 5"] {
        assert!(message.contains(part), "{message}");
    }
    let path = directory.path().join("planted-seed-5.stimulus");
    assert!(message.contains(path.to_str().unwrap()), "{message}");
    let stimulus = Stimulus::read(&path).unwrap();
    let mut good = EngineModel::new(&design, &interface).unwrap();
    let mut bad = EngineModel::new(&with_bug(&design, "aside_last"), &interface).unwrap();
    let good = replay(&mut good, &interface, &stimulus).unwrap();
    assert_ne!(good, replay(&mut bad, &interface, &stimulus).unwrap());
}

#[test]
fn inputs_without_driver_and_lone_models_are_refused() {
    let (design, interface) = design();
    let mut model = EngineModel::new(&design, &interface).unwrap();
    let mut other = EngineModel::new(&design, &interface).unwrap();
    let alone = comparison("alone", &interface, Path::new("")).run(&mut [&mut model], &[]).unwrap_err();
    assert!(alone.to_string().contains("compares with nothing"), "{alone}");
    let mut incomplete = comparison("incomplete", &interface, Path::new(""));
    incomplete.drivers.pop();
    let error = incomplete.run(&mut [&mut model, &mut other], &[]).unwrap_err();
    assert!(format!("{error:#}").contains("no driver drives `source_ready`"), "{error:#}");
}

#[cfg(feature = "tool-tests")]
mod with_tools {
    use super::*;
    use hardpath_gen::toolchain::Toolchain;
    use hardpath_gen::verilog;
    use hardpath_testbenches::cosimulation::{BuildOptions, VerilatorModel};
    use std::fs;

    #[test]
    fn a_bug_in_the_verilog_is_found() {
        let toolchain = Toolchain::locate().unwrap();
        let (design, interface) = design();
        let directory = tempfile::tempdir().unwrap();
        let files = verilog::write(&with_bug(&design, "aside"), &directory.path().join("verilog")).unwrap();
        let top = design.top().name.clone();
        let model = VerilatorModel::build_files(
            &toolchain,
            &files,
            &top,
            interface.clone(),
            directory.path(),
            BuildOptions::default(),
        );
        let mut engine = EngineModel::new(&design, &interface).unwrap();
        let comparison = comparison("verilog", &interface, directory.path());
        let error = comparison.run(&mut [&mut engine], &[("Verilator", &model.unwrap())]).unwrap_err();
        assert!(error.to_string().contains("output `source_data`: engine says"), "{error:#}");
    }

    #[test]
    fn a_warning_in_the_verilog_stops_the_build() {
        let toolchain = Toolchain::locate().unwrap();
        let (design, interface) = design();
        let directory = tempfile::tempdir().unwrap();
        let files = verilog::write(&design, &directory.path().join("verilog")).unwrap();
        let file = files.last().unwrap();
        let text = fs::read_to_string(file).unwrap().replace("endmodule", "    wire forgotten = clock;\nendmodule");
        fs::write(file, text).unwrap();
        let top = design.top().name.as_str();
        let options = BuildOptions::default();
        let build = |options| {
            VerilatorModel::build_files(&toolchain, &files, top, interface.clone(), directory.path(), options)
        };
        let error = format!("{:#}", build(options).unwrap_err());
        assert!(error.contains("forgotten"), "{error}");
        build(BuildOptions { refuse_warnings: false, ..options }).unwrap();
    }
}
