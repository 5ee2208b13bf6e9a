//! The simulator: a machine with named and typed access.

use crate::engine::access::PortRecord;
use crate::engine::body::Body;
use crate::engine::bundle::Packing;
use crate::engine::check::check;
use crate::engine::compile::Plans;
use crate::engine::error::{Error, Result};
use crate::engine::flatten::flatten;
use crate::engine::layout::{Layout, words_of};
use crate::engine::machine::Machine;
use crate::engine::partition::{Boundaries, bodies};
use crate::engine::port::RawPort;
use crate::engine::sleep::Sleep;
use hardpath_netlist::{AtomAddress, Circuit, Design, Elaboration, NetId};
use rust_hdl::core::prelude::Block;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT_IDENTITY: AtomicU64 = AtomicU64::new(1);

/// Choices that change speed, never results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which circuits get a compiled body of their own.
    pub boundaries: Boundaries,
    /// Which registers share a word.
    pub packing: Packing,
    /// Which instances sleep while nothing in them changes.
    pub sleep: Sleep,
}

/// A compiled design in simulation.
///
/// A cycle has two halves. Between edges, inputs are set and outputs read; reading settles the combinational logic first
/// if an input changed or a clock ticked since. [`Simulator::tick`] then is the rising edge: all registers and memories of
/// the clock take their next values at once, computed from the inputs as they stand.
///
/// All inputs are zero and all registers in their initial state after building.
pub struct Simulator {
    pub(super) design: Design,
    pub(super) bodies: Vec<Option<Body>>,
    pub(super) layouts: Vec<Option<Layout>>,
    pub(super) machine: Machine,
    pub(super) identity: u64,
    pub(super) settled: bool,
    pub(super) atoms: HashMap<AtomAddress, (Vec<usize>, NetId)>,
    pub(super) ports: Vec<PortRecord>,
    pub(super) known_ports: HashMap<(Vec<usize>, NetId), RawPort>,
    /// Activity word of the top, if it sleeps.
    pub(super) top_activity: Option<usize>,
    cycles: u64,
    /// Per clock input of the top, in order of declaration: its bit in the mask of the compiled code.
    clock_bits: Vec<u64>,
    clocks: Vec<NetId>,
}

impl Simulator {
    /// Elaborates and compiles a rust-hdl circuit whose `connect_all` was called. The circuit must not be moved as long as
    /// [`Simulator::port`] is called with its signals.
    pub fn build(uut: &dyn Block) -> Result<Self> {
        Self::build_with(uut, Options::default())
    }

    /// [`Simulator::build`] with options.
    pub fn build_with(uut: &dyn Block, options: Options) -> Result<Self> {
        let Elaboration { design, atoms } = hardpath_netlist::elaborate(uut)?;
        Self::new(design, atoms, options)
    }

    /// Compiles a netlist.
    pub fn from_design(design: Design) -> Result<Self> {
        Self::from_design_with(design, Options::default())
    }

    /// [`Simulator::from_design`] with options.
    pub fn from_design_with(design: Design, options: Options) -> Result<Self> {
        Self::new(design, HashMap::new(), options)
    }

    /// Compiles an elaborated circuit.
    pub fn from_elaboration(elaboration: Elaboration, options: Options) -> Result<Self> {
        Self::new(elaboration.design, elaboration.atoms, options)
    }

    fn new(design: Design, atoms: HashMap<AtomAddress, (Vec<usize>, NetId)>, options: Options) -> Result<Self> {
        check(&design)?;
        let own = bodies(&design, options.boundaries, options.sleep);
        let bodies = flatten(&design, &own, options.packing)?;
        let mut layouts: Vec<Option<Layout>> = vec![None; bodies.len()];
        for index in 0..bodies.len() {
            if let Some(body) = &bodies[index] {
                layouts[index] = Some(Layout::of(&design, body, &layouts, options.sleep)?);
            }
        }
        let top = design.top.0 as usize;
        let machine = Machine::new(&design, Plans { bodies: &bodies, layouts: &layouts }, top)?;
        let clocks: Vec<NetId> = design.top().clock_ports().collect();
        let clock_bits = clocks.iter().map(|clock| clock_bit(design.top(), bodies[top].as_ref(), *clock)).collect();
        let top_activity = layouts[top].as_ref().and_then(|layout| layout.activity);
        Ok(Self {
            top_activity,
            design,
            bodies,
            layouts,
            machine,
            identity: NEXT_IDENTITY.fetch_add(1, Ordering::Relaxed),
            settled: false,
            atoms,
            ports: Vec::new(),
            known_ports: HashMap::new(),
            cycles: 0,
            clock_bits,
            clocks,
        })
    }

    /// The netlist.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Clock edges so far: the sum of the counts passed to [`Simulator::tick`] and [`Simulator::tick_clocks`].
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    /// Clock inputs of the top circuit, in order of declaration. Domain `i` of [`Simulator::tick_clocks`] is the `i`-th.
    pub fn clocks(&self) -> &[NetId] {
        &self.clocks
    }

    /// Back to the initial state: registers, memories, all inputs zero.
    pub fn reset(&mut self) {
        self.machine.reset(&self.design, &self.bodies, &self.layouts, self.design.top.0 as usize);
        self.settled = false;
        self.cycles = 0;
    }

    /// `count` rising edges of all clocks together, inputs standing still, without coming back in between.
    pub fn run(&mut self, count: u64) {
        self.machine.run(count, u64::MAX);
        self.settled = false;
        self.cycles += count;
    }

    /// One rising edge of all clocks.
    pub fn tick(&mut self) {
        self.run(1);
    }

    /// One rising edge of the clock domains whose bits are set, all at the same instant.
    pub fn tick_clocks(&mut self, domains: u64) -> Result<()> {
        let known = if self.clocks.len() >= 64 { u64::MAX } else { (1 << self.clocks.len()) - 1 };
        if domains & !known != 0 {
            let domain = (domains & !known).trailing_zeros() as usize;
            return Err(Error::UnknownClock { domain, domains: self.clocks.len() });
        }
        let mut mask = 0;
        for (domain, bit) in self.clock_bits.iter().enumerate().take(64) {
            if domains >> domain & 1 == 1 {
                mask |= bit;
            }
        }
        if mask != 0 {
            self.machine.run(1, mask);
            self.settled = false;
        }
        self.cycles += 1;
        Ok(())
    }

    /// Settles the outputs, if an input was set or a clock has ticked since they were.
    #[inline]
    pub fn settle(&mut self) {
        if !self.settled {
            self.machine.settle();
            self.settled = true;
        }
    }

    /// The circuit an instance path leads to.
    pub fn circuit_at(&self, instance: &[usize]) -> Result<&Circuit> {
        let mut circuit = self.design.top();
        for step in instance {
            let Some(inner) = circuit.instances.get(*step) else {
                return Err(Error::UnknownReference { instance: instance.to_vec(), net: 0 });
            };
            circuit = self.design.circuit(inner.circuit);
        }
        Ok(circuit)
    }

    /// Instance names and the net's name, joined by dots.
    pub fn path_name(&self, instance: &[usize], net: NetId) -> Result<String> {
        let circuit = self.circuit_at(instance)?;
        if net.0 as usize >= circuit.nets.len() {
            return Err(Error::UnknownReference { instance: instance.to_vec(), net: net.0 });
        }
        let mut name = String::new();
        let mut outer = self.design.top();
        for step in instance {
            name.push_str(&outer.instances[*step].name);
            name.push('.');
            outer = self.design.circuit(outer.instances[*step].circuit);
        }
        Ok(name + &circuit.net(net).name)
    }

    /// The state of the body instance that an instance path leads to: body, scope within it, word offset. `None` if the
    /// path does not exist.
    pub(super) fn locate(&self, instance: &[usize]) -> Option<(usize, usize, usize)> {
        let mut body = self.design.top.0 as usize;
        let mut offset = 0;
        let mut rest = instance;
        loop {
            let plan = self.bodies[body].as_ref()?;
            let (scope, child, taken) = plan.descend(rest)?;
            let Some(child) = child else { return Some((body, scope, offset)) };
            offset += self.layouts[body].as_ref()?.children[child];
            body = plan.children[child].body;
            rest = &rest[taken..];
        }
    }

    /// A memory word: instance path, index into `Circuit::memories`, address.
    pub fn memory_word(&self, instance: &[usize], memory: usize, address: u64) -> Result<Vec<u64>> {
        let circuit = self.circuit_at(instance)?;
        let unknown = |known: String| Error::UnknownMemory { path: circuit.name.clone(), memory, address, known };
        let Some(shape) = circuit.memories.get(memory) else {
            return Err(unknown(format!("the circuit has {} memories", circuit.memories.len())));
        };
        let located = self.locate(instance).and_then(|(body, scope, offset)| {
            let flat = self.bodies[body].as_ref()?.scopes[scope].first_memory + memory;
            Some((self.layouts[body].as_ref()?.memories[flat], offset))
        });
        match located {
            Some((place, offset)) if address < place.depth => {
                let mut words = vec![0; words_of(shape.width)];
                place.read(&self.machine.state[offset..], address, &mut words);
                Ok(words)
            }
            Some((place, _)) => Err(unknown(format!("it has {} words", place.depth))),
            None => Err(unknown("it has no place in the state".to_string())),
        }
    }
}

/// The bit of a top clock in the mask of the compiled code; zero if it clocks nothing.
fn clock_bit(top: &Circuit, body: Option<&Body>, clock: NetId) -> u64 {
    let port = top.ports.iter().position(|port| *port == clock);
    let index = body.and_then(|body| body.clocks.iter().position(|used| Some(*used) == port));
    index.map_or(0, |index| 1 << index)
}

/// Simulators may move between threads.
const fn assert_send<T: Send>() {}
const _: () = assert_send::<Simulator>();
