//! Checks across instances: clocks pass straight through, and no value depends on itself within a cycle.

use crate::design::{Circuit, NetId, NetKind, NetType, PortDirection};
use crate::error::{Error, Result};
use crate::value::{Operation, ValueId};
use std::collections::{BTreeSet, HashMap};

/// Every child's clock input is driven by a clock input of this circuit, without logic in between.
pub(crate) fn clocks(circuit: &Circuit, circuits: &[Circuit], path: &str) -> Result<()> {
    for instance in &circuit.instances {
        for clock in circuits[instance.circuit.0 as usize].clock_ports() {
            let child = &circuits[instance.circuit.0 as usize];
            let port = child.ports.iter().position(|port| *port == clock).unwrap_or_default();
            let connection = instance.connections[port];
            let passed = circuit.driver(connection).is_some_and(|driver| match circuit.values.operation(driver) {
                Operation::Net(net) => {
                    let net = circuit.net(*net);
                    net.kind == NetKind::Port(PortDirection::Input) && net.net_type == NetType::Clock
                }
                _ => false,
            });
            if !passed {
                return Err(Error::Clock { path: path.to_owned(), net: circuit.net(connection).name.clone() });
            }
        }
    }
    Ok(())
}

/// Per port, the input ports that an output depends on within the cycle.
pub(crate) fn output_dependencies(circuit: &Circuit, circuits: &[Circuit], path: &str) -> Result<Vec<Vec<usize>>> {
    let mut walk = Walk { circuit, circuits, path, supports: HashMap::new(), inputs: HashMap::new(), open: vec![] };
    let mut dependencies = vec![];
    for port in &circuit.ports {
        let inputs = if circuit.net(*port).kind.is_driven() { walk.inputs_of(*port)? } else { BTreeSet::new() };
        dependencies.push(inputs.into_iter().collect());
    }
    // Loops that reach no output are loops all the same.
    for (index, net) in circuit.nets.iter().enumerate() {
        if net.kind.is_driven() {
            walk.inputs_of(NetId(index as u32))?;
        }
    }
    Ok(dependencies)
}

struct Walk<'a> {
    circuit: &'a Circuit,
    circuits: &'a [Circuit],
    path: &'a str,
    /// Per driver: the source nets it reads.
    supports: HashMap<ValueId, Vec<NetId>>,
    /// Per net: the input ports it depends on, as port indices.
    inputs: HashMap<NetId, BTreeSet<usize>>,
    open: Vec<NetId>,
}

impl Walk<'_> {
    fn inputs_of(&mut self, net: NetId) -> Result<BTreeSet<usize>> {
        if let Some(known) = self.inputs.get(&net) {
            return Ok(known.clone());
        }
        if let Some(start) = self.open.iter().position(|open| *open == net) {
            let mut nets: Vec<String> =
                self.open[start..].iter().map(|net| self.circuit.net(*net).name.clone()).collect();
            nets.push(nets[0].clone());
            return Err(Error::CombinationalLoop { path: self.path.to_owned(), nets });
        }
        self.open.push(net);
        let mut inputs = BTreeSet::new();
        for source in self.reads(net) {
            inputs.extend(self.inputs_of(source)?);
        }
        if self.circuit.net(net).kind == NetKind::Port(PortDirection::Input)
            && let Some(port) = self.circuit.ports.iter().position(|port| *port == net)
        {
            inputs.insert(port);
        }
        self.open.pop();
        self.inputs.insert(net, inputs.clone());
        Ok(inputs)
    }

    /// The nets that a net's value is computed from within the cycle.
    fn reads(&mut self, net: NetId) -> Vec<NetId> {
        if let Some(driver) = self.circuit.driver(net) {
            return self.support(driver);
        }
        match self.circuit.net(net).kind {
            NetKind::Connection { instance, port, direction: PortDirection::Output } => {
                let instance = &self.circuit.instances[instance];
                let child = &self.circuits[instance.circuit.0 as usize];
                child.output_dependencies[port].iter().map(|input| instance.connections[*input]).collect()
            }
            NetKind::MemoryOutput { memory, read } => {
                let read = &self.circuit.memories[memory].reads[read];
                if read.clock.is_none() { vec![read.address] } else { vec![] }
            }
            _ => vec![],
        }
    }

    fn support(&mut self, value: ValueId) -> Vec<NetId> {
        if let Some(known) = self.supports.get(&value) {
            return known.clone();
        }
        let mut nets = BTreeSet::new();
        let mut seen = BTreeSet::from([value]);
        let mut pending = vec![value];
        while let Some(value) = pending.pop() {
            if let Operation::Net(net) = self.circuit.values.operation(value) {
                nets.insert(*net);
            }
            for operand in self.circuit.values.operands(value) {
                if seen.insert(operand) {
                    pending.push(operand);
                }
            }
        }
        let nets: Vec<NetId> = nets.into_iter().collect();
        self.supports.insert(value, nets.clone());
        nets
    }
}
