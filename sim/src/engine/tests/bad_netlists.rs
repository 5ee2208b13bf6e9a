//! Netlists that break their contract are refused with what is wrong.

use super::build::{Builder, single};
use crate::engine::{Boundaries, Error, Options, Simulator};
use hardpath_netlist::{CircuitId, Constant, Design, NetKind, NetType};
use std::collections::BTreeMap;

fn refusal(design: Design) -> String {
    match Simulator::from_design(design) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("the design must be refused"),
    }
}

#[test]
fn a_combinational_loop_is_reported_with_its_nets() {
    let mut b = Builder::new("ring");
    let input = b.input("input", 4);
    let first = b.net("first", 4, NetType::Bits, NetKind::Local);
    let second = b.net("second", 4, NetType::Bits, NetKind::Local);
    let (x, y) = (b.value(first), b.value(second));
    let sum = b.circuit.values.add(y, input);
    b.drive(first, sum);
    b.drive(second, x);
    b.output("output", x);
    let message = refusal(single(b));
    assert!(message.contains("combinational loop") && message.contains("ring.first -> ring.second"), "{message}");
}

#[test]
fn a_loop_through_a_child_is_found_in_every_policy() {
    let mut b = Builder::new("inner");
    let input = b.input("input", 4);
    let inverse = b.circuit.values.not(input);
    b.output("output", inverse);
    let inner = b.finish();
    let mut b = Builder::new("outer");
    let placed = b.instance("child", CircuitId(0), &inner);
    let value = b.value(placed.connections[1]);
    b.drive(placed.connections[0], value);
    b.output("output", value);
    let design = Design { circuits: vec![inner, b.finish()], top: CircuitId(1) };
    for boundaries in [Boundaries::All, Boundaries::None] {
        let result = Simulator::from_design_with(design.clone(), Options { boundaries, ..Options::default() });
        assert!(matches!(result.err(), Some(Error::CombinationalLoop { .. })));
    }
}

#[test]
fn missing_drivers_wrong_widths_and_orders_are_refused() {
    let mut b = Builder::new("bare");
    let local = b.net("local", 4, NetType::Bits, NetKind::Local);
    let value = b.value(local);
    b.output("output", value);
    assert!(refusal(single(b)).contains("`local` has no driver"));

    let mut b = Builder::new("narrow");
    let input = b.input("input", 4);
    let output = b.output("output", input);
    b.circuit.nets[output.0 as usize].width = 5;
    assert!(refusal(single(b)).contains("`output` is 5 bits wide"));

    let mut b = Builder::new("unclocked");
    let input = b.input("input", 1);
    let local = b.local("gated_clock", input);
    let (_, next) = b.register("register", local, Constant::zero(1));
    b.drive(next, input);
    assert!(refusal(single(b)).contains("clock `gated_clock` is no clock input"));

    let mut b = Builder::new("itself");
    let circuit = Builder::new("itself").finish();
    b.instance("child", CircuitId(0), &circuit);
    assert!(refusal(single(b)).contains("does not come before its parent"));

    let top = Design { circuits: vec![], top: CircuitId(0) };
    assert!(refusal(top).contains("top circuit 0 of 0"));
}

#[test]
fn a_memory_beyond_all_bounds_is_refused_with_the_bound() {
    for address_bits in [30, 39, 64, 100] {
        let mut b = Builder::new("huge");
        let clock = b.clock("clock");
        let (data, address, _) = b.memory("memory", (64, address_bits), BTreeMap::new(), Some(clock), None);
        let zero = b.circuit.values.constant(Constant::zero(address_bits));
        b.drive(address, zero);
        b.output("output", data);
        assert!(refusal(single(b)).contains("the design's state takes"), "{address_bits}");
    }
}
