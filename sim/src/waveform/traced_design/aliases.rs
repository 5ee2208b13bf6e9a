//! Finding the one net that a net always equals.

use hardpath_netlist::{
    Circuit, CircuitId, Constant, Design, NetId, NetKind, NetType, Operation, PortDirection, ValueId,
};
use std::collections::HashMap;

/// The instances from the top down to one, as the walk over the design meets them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct InstancePath {
    /// Indices into each circuit's instances; empty for the top.
    pub indices: Vec<usize>,
}

/// Where a net's value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Root {
    /// A net whose value must be observed.
    Net(InstancePath, NetId),
    /// The clock input of the top of this index.
    Clock(usize),
    /// A value that never changes.
    Constant(Constant),
}

/// Follows ports, connections and plain assignments to their root.
pub(super) struct Aliases<'a> {
    design: &'a Design,
    /// Per circuit: the first net that a value drives.
    drivers: HashMap<CircuitId, HashMap<ValueId, NetId>>,
}

impl<'a> Aliases<'a> {
    pub fn new(design: &'a Design) -> Self {
        Self { design, drivers: HashMap::new() }
    }

    /// The root of a net. A checked netlist has no combinational loop, so the way ends.
    pub fn root(&mut self, path: &InstancePath, net: NetId) -> Root {
        let mut circuits = self.circuits_along(path);
        let mut path = path.clone();
        let mut net = net;
        loop {
            let circuit_id = circuits[circuits.len() - 1];
            let circuit = self.design.circuit(circuit_id);
            match circuit.net(net).kind {
                NetKind::Port(PortDirection::Input) => {
                    let port = port_index(circuit, net);
                    let Some(instance) = path.indices.pop() else {
                        return self.top_input(net);
                    };
                    circuits.pop();
                    let parent = self.design.circuit(circuits[circuits.len() - 1]);
                    net = parent.instances[instance].connections[port];
                }
                NetKind::Connection { instance, port, direction: PortDirection::Output } => {
                    path.indices.push(instance);
                    circuits.push(circuit.instances[instance].circuit);
                    net = self.design.circuit(circuits[circuits.len() - 1]).ports[port];
                }
                NetKind::Constant(ref constant) => return Root::Constant(constant.clone()),
                _ => match circuit.driver(net) {
                    None => return Root::Net(path, net),
                    Some(value) => match circuit.values.operation(value) {
                        Operation::Constant(constant) => return Root::Constant(constant.clone()),
                        Operation::Net(source) => net = *source,
                        _ => return Root::Net(path, self.first_driven(circuit_id, value)),
                    },
                },
            }
        }
    }

    fn top_input(&self, net: NetId) -> Root {
        let top = self.design.top();
        match top.clock_ports().position(|clock| clock == net) {
            Some(clock) => Root::Clock(clock),
            None => Root::Net(InstancePath { indices: Vec::new() }, net),
        }
    }

    fn circuits_along(&self, path: &InstancePath) -> Vec<CircuitId> {
        let mut circuits = vec![self.design.top];
        for &index in &path.indices {
            let parent = self.design.circuit(circuits[circuits.len() - 1]);
            circuits.push(parent.instances[index].circuit);
        }
        circuits
    }

    /// Nets of a circuit that are driven by the same value are the same signal; the first of them stands for all.
    fn first_driven(&mut self, id: CircuitId, value: ValueId) -> NetId {
        let circuit = self.design.circuit(id);
        let nets = self.drivers.entry(id).or_insert_with(|| {
            let mut nets = HashMap::new();
            for (index, driver) in circuit.drivers.iter().enumerate() {
                if let Some(driver) = driver {
                    nets.entry(*driver).or_insert(NetId(index as u32));
                }
            }
            nets
        });
        nets[&value]
    }
}

fn port_index(circuit: &Circuit, net: NetId) -> usize {
    circuit.ports.iter().position(|port| *port == net).expect("a net of kind port is listed among the ports")
}

/// The fields of a struct-typed net, if it is one.
pub(super) fn fields(net_type: &NetType) -> Option<&[(String, u32, u32)]> {
    match net_type {
        NetType::Struct(fields) => Some(fields),
        _ => None,
    }
}
