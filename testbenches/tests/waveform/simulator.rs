//! Waveforms of a compiled simulation show what the simulator says about every net.

use crate::reader::Recorded;
use hardpath_rtl::raid::StripeDataPath;
use hardpath_sim::engine::{Boundaries, Options, Simulator};
use hardpath_sim::waveform::{Recorder, Recording, Selection, View, Window};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rust_hdl::prelude::Block;
use std::collections::BTreeMap;
use tempfile::TempDir;

const PERIOD_PS: u64 = 4000;

fn data_path(boundaries: Boundaries) -> Simulator {
    let mut uut = StripeDataPath::<96, 5>::new(2, 8).expect("a legal geometry");
    uut.connect_inputs();
    uut.connect_all();
    Simulator::build_with(&uut, Options { boundaries, ..Options::default() }).expect("a compiled data path")
}

/// Random inputs, most of them lively.
fn drive(sim: &mut Simulator, random: &mut StdRng) {
    let names: Vec<(String, u32)> = {
        let top = sim.design().top();
        let inputs = top.ports.iter().map(|port| top.net(*port)).filter(|net| {
            use hardpath_netlist::{NetKind, NetType, PortDirection};
            net.kind == NetKind::Port(PortDirection::Input) && net.net_type != NetType::Clock
        });
        inputs.map(|net| (net.name.clone(), net.width)).collect()
    };
    for (name, width) in names {
        let port = sim.port_named(&name).expect("an input");
        let raw: Vec<u64> = (0..width.div_ceil(64)).map(|_| random.random()).collect();
        let value = if name == "read_strip_count" {
            vec![5]
        } else {
            hardpath_netlist::Constant::from_words(width, &raw).words()
        };
        sim.set_words(port, &value).expect("a value of the right width");
    }
}

#[test]
fn every_net_of_a_data_path_shows_what_the_simulator_says() {
    compare(Boundaries::None);
}

#[test]
fn every_net_is_right_where_each_circuit_lays_out_its_own_nets() {
    compare(Boundaries::All);
}

fn compare(boundaries: Boundaries) {
    let directory = TempDir::new().expect("a directory");
    let recording = Recording {
        selection: Selection::everything(),
        window: Window::new(5, 125).expect("a window"),
        periods_ps: vec![PERIOD_PS],
        vcd: Some(directory.path().join("run.vcd")),
        fst: Some(directory.path().join("run.fst")),
    };
    let mut sim = data_path(boundaries);
    let mut recorder = Recorder::new(&mut sim, &recording).expect("a recorder");
    let mut random = StdRng::seed_from_u64(3);
    let mut variables = Vec::new();
    let design = recorder.design().clone();
    design.top().for_each_variable(&mut |path, variable| {
        if !matches!(design.signals()[variable.signal].view, View::Clock(_)) {
            variables.push((path.join("."), path[1..].join(".")));
        }
    });
    assert!(variables.len() > 200, "{}", variables.len());
    let mut expected: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for _ in 0..130 {
        drive(&mut sim, &mut random);
        recorder.cycle(&mut sim).expect("recorded");
        for (name, path) in &variables {
            let value = sim.peek(path).expect("a net");
            let digits = (0..value.width()).rev().map(|bit| if value.get_bit(bit) { '1' } else { '0' });
            expected.entry(name).or_default().push(digits.collect());
        }
        sim.tick();
    }
    recorder.finish().expect("finished");
    for path in [recording.vcd, recording.fst].into_iter().flatten() {
        let recorded = Recorded::read(&path);
        for (name, values) in &expected {
            for cycle in 5..125 {
                let time = cycle * PERIOD_PS;
                let shown = recorded.at(name, time).expect("a value");
                assert_eq!(shown, values[cycle as usize], "{name} in cycle {cycle} of {}", path.display());
            }
        }
        let lively = expected.keys().filter(|name| recorded.change_times(name).len() > 10).count();
        assert!(lively > 50, "{lively} nets change often: the stimulus reaches the circuit");
    }
}
