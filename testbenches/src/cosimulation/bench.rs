//! A block in the engine, driven by names of ports.

use super::{EngineModel, Interface, Model, interface_of};
use hardpath_netlist::elaborate;
use rust_hdl::prelude::Block;

/// A compiled block.
pub struct Bench {
    model: EngineModel,
    interface: Interface,
    inputs: Vec<Vec<u64>>,
    recorded: Option<Vec<Vec<Vec<u64>>>>,
}

impl Bench {
    /// The block, compiled.
    ///
    /// # Panics
    /// If it does not elaborate or compile.
    pub fn new(mut block: impl Block) -> Self {
        block.connect_all();
        let design = elaborate(&block).expect("the block elaborates").design;
        let interface = interface_of(design.top());
        let inputs = interface.inputs.iter().map(|port| vec![0; port.words()]).collect();
        let model = EngineModel::new(&design, &interface).expect("the block compiles");
        Self { model, interface, inputs, recorded: None }
    }

    /// Keeps the inputs of every cycle from now on.
    pub fn record(&mut self) {
        self.recorded = Some(vec![]);
    }

    /// The inputs of every cycle that was recorded: names, and values as in [`Self::set_words`].
    pub fn recorded(&self) -> (Vec<String>, Vec<Vec<Vec<u64>>>) {
        let names = self.interface.inputs.iter().map(|port| port.name.clone()).collect();
        (names, self.recorded.clone().unwrap_or_default())
    }

    /// Sets an input of up to 64 bits.
    ///
    /// # Panics
    /// If there is no such input.
    pub fn set(&mut self, name: &str, value: u64) {
        self.set_words(name, &[value]);
    }

    /// Sets an input, its lowest 64 bits first.
    ///
    /// # Panics
    /// If there is no such input.
    pub fn set_words(&mut self, name: &str, value: &[u64]) {
        let port = self.interface.inputs.iter().position(|port| port.name == name);
        let port = port.expect(name);
        self.model.set(port, value).expect(name);
        self.inputs[port].clear();
        self.inputs[port].extend(value);
    }

    /// An output of up to 64 bits.
    ///
    /// # Panics
    /// If there is no such output.
    pub fn get(&mut self, name: &str) -> u64 {
        let [value] = self.get_words(name);
        value
    }

    /// An output of up to `N` x 64 bits, its lowest 64 bits first.
    ///
    /// # Panics
    /// If there is no such output.
    pub fn get_words<const N: usize>(&mut self, name: &str) -> [u64; N] {
        let port = self.interface.outputs.iter().position(|port| port.name == name);
        let mut value = [0; N];
        self.model.get(port.expect(name), &mut value).expect(name);
        value
    }

    /// Lets the logic settle after inputs were set.
    ///
    /// # Panics
    /// If it does not.
    pub fn settle(&mut self) {
        self.model.settle().expect("the block settles");
    }

    /// A rising edge of the block's clock.
    ///
    /// # Panics
    /// If the block has none.
    pub fn clock(&mut self) {
        if let Some(recorded) = &mut self.recorded {
            recorded.push(self.inputs.clone());
        }
        self.model.rise(1).expect("the clock rises");
    }

    /// A rising edge of these of the block's clocks, at one instant.
    ///
    /// # Panics
    /// If there is no such clock.
    pub fn clocks(&mut self, names: &[&str]) {
        if let Some(recorded) = &mut self.recorded {
            recorded.push(self.inputs.clone());
        }
        let edge = |name: &&str| self.interface.clocks.iter().position(|clock| clock == name).expect(name);
        let edges = names.iter().fold(0, |edges, name| edges | 1 << edge(name));
        self.model.rise(edges).expect("the clocks rise");
    }
}
