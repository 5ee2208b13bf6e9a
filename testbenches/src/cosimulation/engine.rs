//! The compiled engine as a model.

use super::model::Model;
use super::trace::Interface;
use anyhow::Result;
use hardpath_netlist::Design;
use hardpath_sim::engine::{RawPort, Simulator};

/// The engine, driven through its untyped ports.
pub struct EngineModel {
    simulator: Simulator,
    inputs: Vec<RawPort>,
    outputs: Vec<RawPort>,
}

impl EngineModel {
    /// Compiles a design.
    pub fn new(design: &Design, interface: &Interface) -> Result<Self> {
        let mut simulator = Simulator::from_design(design.clone())?;
        let mut ports = |ports: &[super::Port]| -> Result<Vec<RawPort>> {
            ports.iter().map(|port| Ok(simulator.port_named(&port.name)?)).collect()
        };
        let (inputs, outputs) = (ports(&interface.inputs)?, ports(&interface.outputs)?);
        Ok(Self { simulator, inputs, outputs })
    }
}

impl Model for EngineModel {
    fn name(&self) -> &str {
        "engine"
    }

    fn set(&mut self, index: usize, value: &[u64]) -> Result<()> {
        Ok(self.simulator.set_words(self.inputs[index], value)?)
    }

    fn settle(&mut self) -> Result<()> {
        self.simulator.settle();
        Ok(())
    }

    fn get(&mut self, index: usize, value: &mut [u64]) -> Result<()> {
        Ok(self.simulator.get_words(self.outputs[index], value)?)
    }

    fn rise(&mut self, edges: u64) -> Result<()> {
        Ok(self.simulator.tick_clocks(edges)?)
    }
}
