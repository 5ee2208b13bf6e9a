//! Models side by side.

use super::drivers::{Driver, Layout};
use super::model::Model;
use super::trace::{Interface, Stimulus, Trace, hexadecimal};
use super::verilator::VerilatorModel;
use anyhow::{Context, Result, bail, ensure};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::path::PathBuf;

/// Probability that a clock of a circuit with several clocks rises in a cycle.
const CLOCK_SHARE: f64 = 0.6;

/// Runs a model against drivers for some cycles and returns what went in and came out. A single clock rises in every cycle;
/// several clocks rise at random, each by itself, which drivers of streams do not expect, unless they are `in_step`.
pub fn record(
    model: &mut dyn Model,
    interface: &Interface,
    drivers: &mut [Box<dyn Driver>],
    cycles: usize,
    in_step: bool,
    seed: u64,
) -> Result<(Stimulus, Trace)> {
    let mut driven = vec![false; interface.inputs.len()];
    for driver in drivers.iter_mut() {
        driver.connect(interface)?;
        for input in driver.inputs() {
            let name = &interface.inputs[input].name;
            ensure!(!std::mem::replace(&mut driven[input], true), "two drivers drive `{name}`");
        }
    }
    if let Some(index) = driven.iter().position(|driven| !driven) {
        bail!("no driver drives `{}`", interface.inputs[index].name);
    }
    let layout = Layout::new(interface);
    let clock_share = if interface.clocks.len() > 1 && !in_step { CLOCK_SHARE } else { 1.0 };
    let mut random = StdRng::seed_from_u64(seed);
    let mut stimulus = Stimulus::new(interface);
    let mut trace = Trace::new(interface.outputs.clone());
    let mut inputs = vec![0; layout.inputs.stride()];
    let mut outputs = vec![0; layout.outputs.stride()];
    for cycle in 0..cycles {
        for driver in drivers.iter_mut() {
            let seen = (cycle > 0).then_some(outputs.as_slice());
            driver.drive(&layout, &mut inputs, seen, &mut random);
        }
        let edges = (0..interface.clocks.len())
            .map(|clock| u64::from(random.random_bool(clock_share)) << clock)
            .fold(0, |mask, edge| mask | edge);
        stimulus.push(edges, &inputs);
        step(model, &stimulus, cycle, &mut outputs, &layout.outputs)
            .with_context(|| format!("{}, cycle {cycle}, seed {seed}", model.name()))?;
        trace.push(&outputs);
    }
    Ok((stimulus, trace))
}

/// The outputs of a model for a recorded stimulus.
pub fn replay(model: &mut dyn Model, interface: &Interface, stimulus: &Stimulus) -> Result<Trace> {
    let mut trace = Trace::new(interface.outputs.clone());
    let mut outputs = vec![0; trace.stride()];
    for cycle in 0..stimulus.len() {
        step(model, stimulus, cycle, &mut outputs, &trace)
            .with_context(|| format!("{}, cycle {cycle}", model.name()))?;
        trace.push(&outputs);
    }
    Ok(trace)
}

fn step(model: &mut dyn Model, stimulus: &Stimulus, cycle: usize, outputs: &mut [u64], layout: &Trace) -> Result<()> {
    for port in 0..stimulus.inputs.ports().len() {
        model.set(port, stimulus.inputs.value(cycle, port))?;
    }
    model.settle()?;
    for port in 0..layout.ports().len() {
        model.get(port, &mut outputs[layout.span(port)])?;
    }
    model.rise(stimulus.edges[cycle])
}

/// An error at the first difference of two traces: cycle, port, both values.
pub fn compare(first: (&str, &Trace), second: (&str, &Trace)) -> Result<()> {
    let ((first_name, first), (second_name, second)) = (first, second);
    ensure!(first.ports() == second.ports(), "traces of different ports");
    for cycle in 0..first.len().min(second.len()) {
        for (index, port) in first.ports().iter().enumerate() {
            let (a, b) = (first.value(cycle, index), second.value(cycle, index));
            if a != b {
                bail!(
                    "cycle {cycle}, output `{}`: {first_name} says {}, {second_name} says {}",
                    port.name,
                    hexadecimal(port, a),
                    hexadecimal(port, b)
                );
            }
        }
    }
    ensure!(first.len() == second.len(), "{first_name} has {} cycles, {second_name} {}", first.len(), second.len());
    Ok(())
}

/// What models that agree have done.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// What went in.
    pub stimulus: Stimulus,
    /// What came out.
    pub outputs: Trace,
    /// Name and number of the events each driver saw, such as words moved over a stream.
    pub events: Vec<(String, u64)>,
}

/// A comparison of several models of one circuit: the first meets the drivers, the others replay what was recorded.
pub struct Comparison {
    /// What is compared, for messages and the file's name.
    pub name: String,
    /// Ports of the circuit.
    pub interface: Interface,
    /// Everything that drives the inputs.
    pub drivers: Vec<Box<dyn Driver>>,
    /// Number of cycles.
    pub cycles: usize,
    /// Several clocks rise together in every cycle, instead of each at random.
    pub in_step: bool,
    /// Seed of all randomness.
    pub seed: u64,
    /// Where the stimulus is kept if the models differ.
    pub failures: PathBuf,
}

impl Comparison {
    /// Compares every output of all models in every cycle.
    ///
    /// # Errors
    ///
    /// At the first difference: cycle, port, both values, seed, and the path of the stimulus file.
    pub fn run(mut self, models: &mut [&mut dyn Model], verilated: &[(&str, &VerilatorModel)]) -> Result<Agreement> {
        let name = self.name.clone();
        let Some((first, others)) = models.split_first_mut() else { bail!("{name}: no model to compare") };
        ensure!(others.len() + verilated.len() > 0, "{name}: one model alone compares with nothing");
        let (stimulus, expected) =
            record(*first, &self.interface, &mut self.drivers, self.cycles, self.in_step, self.seed)
                .with_context(|| name.clone())?;
        let check = |other: &str, trace: &Trace| {
            compare((first.name(), &expected), (other, trace)).or_else(|difference| {
                let path = self.failures.join(format!("{name}-seed-{}.stimulus", self.seed));
                std::fs::create_dir_all(&self.failures)?;
                stimulus.write(&path)?;
                bail!("{name}: {difference}; seed {}, stimulus in {}", self.seed, path.display())
            })
        };
        for model in others {
            let trace = replay(*model, &self.interface, &stimulus).with_context(|| name.clone())?;
            check(model.name(), &trace)?;
        }
        for (verilated_name, model) in verilated {
            let trace = model.run(&stimulus).with_context(|| name.clone())?;
            check(verilated_name, &trace)?;
        }
        let events = self.drivers.iter().flat_map(|driver| driver.events()).collect();
        Ok(Agreement { stimulus, outputs: expected, events })
    }
}
