//! What drives inputs from outside, cycle by cycle, seeing the outputs of the cycle before.

use super::trace::{Interface, Port, Trace};
use anyhow::{Context, Result};
use rand::Rng;
use rand::rngs::StdRng;

/// Drives one or more inputs.
pub trait Driver {
    /// Finds its ports; called once, before the first cycle.
    fn connect(&mut self, interface: &Interface) -> Result<()>;

    /// Indices of the inputs it drives, known once connected.
    fn inputs(&self) -> Vec<usize>;

    /// Writes the inputs of the next cycle. `inputs` holds those of the cycle before (zeros at first), `outputs` the outputs
    /// sampled in the cycle before, `None` at first. Both are laid out as in `layout`.
    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, random: &mut StdRng);

    /// Names and numbers of the events it saw, such as words moved over a stream.
    fn events(&self) -> Vec<(String, u64)> {
        Vec::new()
    }
}

/// Where the words of each port lie.
pub struct Layout {
    /// Inputs.
    pub inputs: Trace,
    /// Outputs.
    pub outputs: Trace,
}

impl Layout {
    pub(super) fn new(interface: &Interface) -> Self {
        Self { inputs: Trace::new(interface.inputs.clone()), outputs: Trace::new(interface.outputs.clone()) }
    }

    fn output(&self, port: usize, words: &[u64]) -> u64 {
        words[self.outputs.span(port).start]
    }

    fn set(&self, port: usize, words: &mut [u64], value: &[u64]) {
        let target = &mut words[self.inputs.span(port)];
        target.copy_from_slice(&value[..target.len()]);
        self.inputs.ports()[port].cut(target);
    }
}

fn find(ports: &[Port], name: &str, what: &str) -> Result<usize> {
    let known = || ports.iter().map(|port| port.name.as_str()).collect::<Vec<_>>().join(", ");
    ports
        .iter()
        .position(|port| port.name == name)
        .with_context(|| format!("no {what} `{name}` (there are: {})", known()))
}

/// Random words with many zeros, ones and small numbers among them.
fn random_value(random: &mut StdRng, words: usize) -> Vec<u64> {
    match random.random_range(0..8) {
        0 => vec![0; words],
        1 => vec![u64::MAX; words],
        2 => {
            let mut value = vec![0; words];
            value[0] = random.random_range(0..16);
            value
        }
        _ => (0..words).map(|_| random.random()).collect(),
    }
}

/// An input that takes a new random value in every cycle with a probability, and else keeps its value.
pub struct Free {
    name: String,
    change: f64,
    port: usize,
}

impl Free {
    /// The input `name`, changing with probability `change` (0 to 1) a cycle.
    pub fn new(name: impl Into<String>, change: f64) -> Self {
        Self { name: name.into(), change: change.clamp(0.0, 1.0), port: 0 }
    }
}

impl Driver for Free {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        self.port = find(&interface.inputs, &self.name, "input")?;
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        vec![self.port]
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], _outputs: Option<&[u64]>, random: &mut StdRng) {
        if random.random_bool(self.change) {
            let value = random_value(random, layout.inputs.ports()[self.port].words());
            layout.set(self.port, inputs, &value);
        }
    }
}

type NextValue = Box<dyn FnMut(u64, &mut StdRng) -> Vec<u64>>;

/// An input whose value a function of the cycle's number gives.
pub struct Sequence {
    name: String,
    next: NextValue,
    cycle: u64,
    port: usize,
}

impl Sequence {
    /// The input `name` and its value, as words, in each cycle.
    pub fn new(name: impl Into<String>, next: impl FnMut(u64, &mut StdRng) -> Vec<u64> + 'static) -> Self {
        Self { name: name.into(), next: Box::new(next), cycle: 0, port: 0 }
    }

    /// The input `name` with one value for ever.
    pub fn constant(name: impl Into<String>, value: u64) -> Self {
        Self::new(name, move |_, _| vec![value])
    }
}

impl Driver for Sequence {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        self.port = find(&interface.inputs, &self.name, "input")?;
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        vec![self.port]
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], _outputs: Option<&[u64]>, random: &mut StdRng) {
        let mut value = (self.next)(self.cycle, random);
        self.cycle += 1;
        value.resize(layout.inputs.ports()[self.port].words().max(value.len()), 0);
        layout.set(self.port, inputs, &value);
    }
}

type NextWord = Box<dyn FnMut(u64, &mut StdRng) -> (Vec<u64>, bool)>;

/// The sender of a stream: offers words and keeps each until it is taken.
pub struct StreamDriver {
    name: String,
    offer: f64,
    next: NextWord,
    words: u64,
    ports: [usize; 3],
    ready: usize,
}

impl StreamDriver {
    /// The stream `name`: inputs `<name>_valid`, `_data`, `_last`, output `_ready`. A new word is offered with probability
    /// `offer` in each cycle in which none waits; every word is random, and one in eight is the last of its unit.
    pub fn new(name: impl Into<String>, offer: f64) -> Self {
        Self::with_words(name, offer, |_, random| {
            ((0..16).map(|_| random.random()).collect(), random.random_range(0..8) == 0)
        })
    }

    /// Like [`StreamDriver::new`], with units of a fixed number of words.
    pub fn with_units(name: impl Into<String>, offer: f64, words: u64) -> Self {
        Self::with_words(name, offer, move |index, random| {
            ((0..16).map(|_| random.random()).collect(), index % words == words - 1)
        })
    }

    /// Like [`StreamDriver::new`], with a function that gives data and `last` of the word with a number.
    pub fn with_words(
        name: impl Into<String>,
        offer: f64,
        next: impl FnMut(u64, &mut StdRng) -> (Vec<u64>, bool) + 'static,
    ) -> Self {
        let (name, next) = (name.into(), Box::new(next));
        Self { name, offer: offer.clamp(0.0, 1.0), next, words: 0, ports: [0; 3], ready: 0 }
    }
}

impl Driver for StreamDriver {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        for (port, field) in self.ports.iter_mut().zip(["valid", "data", "last"]) {
            *port = find(&interface.inputs, &format!("{}_{field}", self.name), "input")?;
        }
        self.ready = find(&interface.outputs, &format!("{}_ready", self.name), "output")?;
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        self.ports.to_vec()
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, random: &mut StdRng) {
        let [valid, data, last] = self.ports;
        let offered = inputs[layout.inputs.span(valid).start] == 1;
        let taken = offered && outputs.is_some_and(|outputs| layout.output(self.ready, outputs) == 1);
        if offered && !taken {
            return;
        }
        self.words += u64::from(taken);
        if random.random_bool(self.offer) {
            let (mut word, is_last) = (self.next)(self.words, random);
            word.resize(layout.inputs.ports()[data].words().max(word.len()), 0);
            layout.set(valid, inputs, &[1]);
            layout.set(data, inputs, &word);
            layout.set(last, inputs, &[u64::from(is_last)]);
        } else {
            // What a stream carries between words means nothing: it is random, so that nobody relies on it.
            let word: Vec<u64> = (0..layout.inputs.ports()[data].words()).map(|_| random.random()).collect();
            layout.set(valid, inputs, &[0]);
            layout.set(data, inputs, &word);
            layout.set(last, inputs, &[random.random_range(0..2)]);
        }
    }

    fn events(&self) -> Vec<(String, u64)> {
        vec![(self.name.clone(), self.words)]
    }
}

/// The receiver of a stream: is ready in phases of random length, now always, now never, now at random.
pub struct StreamListener {
    name: String,
    ready_share: f64,
    phase: f64,
    left: u32,
    words: u64,
    ready: usize,
    valid: usize,
}

impl StreamListener {
    /// The stream `name`: input `<name>_ready`, output `<name>_valid`. `ready_share` (0 to 1) is how often it is ready in
    /// phases of random readiness, about half of the time; the others are phases of full readiness and of none.
    pub fn new(name: impl Into<String>, ready_share: f64) -> Self {
        let ready_share = ready_share.clamp(0.0, 1.0);
        Self { name: name.into(), ready_share, phase: 1.0, left: 0, words: 0, ready: 0, valid: 0 }
    }
}

impl Driver for StreamListener {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        self.ready = find(&interface.inputs, &format!("{}_ready", self.name), "input")?;
        self.valid = find(&interface.outputs, &format!("{}_valid", self.name), "output")?;
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        vec![self.ready]
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, random: &mut StdRng) {
        let was_ready = inputs[layout.inputs.span(self.ready).start] == 1;
        self.words += u64::from(was_ready && outputs.is_some_and(|outputs| layout.output(self.valid, outputs) == 1));
        if self.left == 0 {
            self.left = random.random_range(1..40);
            self.phase = match random.random_range(0..8) {
                0 if self.ready_share < 1.0 => 0.0,
                1..=3 => 1.0,
                _ => self.ready_share,
            };
        }
        self.left -= 1;
        layout.set(self.ready, inputs, &[u64::from(random.random_bool(self.phase))]);
    }

    fn events(&self) -> Vec<(String, u64)> {
        vec![(self.name.clone(), self.words)]
    }
}
