//! A block in the engine, driven by names of ports.

use hardpath_netlist::elaborate;
use hardpath_testbenches::cosimulation::{EngineModel, Interface, Model, interface_of};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::index::sample;
use rust_hdl::prelude::Block;

/// A compiled block.
pub struct Bench {
    model: EngineModel,
    interface: Interface,
}

impl Bench {
    pub fn new(mut block: impl Block) -> Self {
        block.connect_all();
        let design = elaborate(&block).expect("the block elaborates").design;
        let interface = interface_of(design.top());
        Self { model: EngineModel::new(&design, &interface).expect("the block compiles"), interface }
    }

    pub fn set(&mut self, name: &str, value: u64) {
        let port = self.interface.inputs.iter().position(|port| port.name == name);
        self.model.set(port.expect(name), &[value]).expect(name);
    }

    /// An output of up to 64 bits.
    pub fn get(&mut self, name: &str) -> u64 {
        let port = self.interface.outputs.iter().position(|port| port.name == name);
        let mut value = [0];
        self.model.get(port.expect(name), &mut value).expect(name);
        value[0]
    }

    pub fn settle(&mut self) {
        self.model.settle().expect("the block settles");
    }

    pub fn clock(&mut self) {
        self.model.rise(1).expect("the clock rises");
    }
}

pub fn random(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// `count` different places below `length`.
pub fn places(random: &mut StdRng, length: usize, count: usize) -> Vec<usize> {
    sample(random, length, count).into_vec()
}
