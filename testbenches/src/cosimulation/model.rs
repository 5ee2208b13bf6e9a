//! What a model of a circuit must offer to be compared.

use super::trace::{Interface, Port};
use anyhow::Result;
use hardpath_netlist::{Circuit, NetKind, NetType, PortDirection};

/// A circuit that is simulated in this process, stepped cycle by cycle.
pub trait Model {
    /// What it is, for messages: "engine", "simulate()".
    fn name(&self) -> &str;

    /// Sets input `index` of the interface while every clock is low.
    fn set(&mut self, index: usize, value: &[u64]) -> Result<()>;

    /// Lets the logic settle.
    fn settle(&mut self) -> Result<()>;

    /// The settled value of output `index` of the interface.
    fn get(&mut self, index: usize, value: &mut [u64]) -> Result<()>;

    /// Raises the clocks of a mask, lets the logic settle, and lowers them.
    fn rise(&mut self, edges: u64) -> Result<()>;
}

/// The interface of a netlist's circuit.
pub fn interface_of(circuit: &Circuit) -> Interface {
    let mut interface = Interface { clocks: Vec::new(), inputs: Vec::new(), outputs: Vec::new() };
    for id in &circuit.ports {
        let net = circuit.net(*id);
        let port = Port::new(net.name.clone(), net.width);
        match (&net.kind, &net.net_type) {
            (NetKind::Port(PortDirection::Input), NetType::Clock) => interface.clocks.push(port.name),
            (NetKind::Port(PortDirection::Input), _) => interface.inputs.push(port),
            _ => interface.outputs.push(port),
        }
    }
    interface
}
