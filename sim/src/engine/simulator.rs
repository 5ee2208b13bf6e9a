//! The simulator: a machine with named and typed access.

use crate::engine::body::{Body, Output};
use crate::engine::check::check;
use crate::engine::compile::Plans;
use crate::engine::error::{Error, Result};
use crate::engine::flatten::flatten;
use crate::engine::layout::{Layout, words_of};
use crate::engine::machine::Machine;
use crate::engine::partition::{Boundaries, bodies};
use crate::engine::port::{Port, PortValue, RawPort};
use hardpath_netlist::{AtomAddress, Circuit, Design, Elaboration, NetId, NetKind, PortDirection};
use rust_hdl::core::prelude::{Atom, Block, Signal, Synth};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT_IDENTITY: AtomicU64 = AtomicU64::new(1);

/// Widest value of a typed port, in words of 64 bits.
const PORT_WORDS: usize = 64;

/// Choices that change speed, never results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which circuits get a compiled body of their own.
    pub boundaries: Boundaries,
}

/// Where a port's value is found.
#[derive(Clone, Copy, Debug)]
enum Access {
    /// An input of the top: word offset.
    Input(usize),
    /// Always right in the state: a register, an input below the top has none of these. Word offset.
    State(usize),
    /// In the state once settled. Word offset.
    Settled(usize),
    /// Computed by an observation.
    Observed(usize),
}

#[derive(Clone, Debug)]
struct PortRecord {
    name: String,
    width: u32,
    access: Access,
    combinational: bool,
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
    atoms: HashMap<AtomAddress, (Vec<usize>, NetId)>,
    ports: Vec<PortRecord>,
    pub(super) peeked: HashMap<(Vec<usize>, NetId), RawPort>,
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
        let own = bodies(&design, options.boundaries);
        let bodies = flatten(&design, &own)?;
        let mut layouts: Vec<Option<Layout>> = vec![None; bodies.len()];
        for index in 0..bodies.len() {
            if let Some(body) = &bodies[index] {
                layouts[index] = Some(Layout::of(&design, body, &layouts)?);
            }
        }
        let top = design.top.0 as usize;
        let machine = Machine::new(&design, Plans { bodies: &bodies, layouts: &layouts }, top)?;
        let clocks: Vec<NetId> = design.top().clock_ports().collect();
        let clock_bits = clocks.iter().map(|clock| clock_bit(design.top(), bodies[top].as_ref(), *clock)).collect();
        Ok(Self {
            design,
            bodies,
            layouts,
            machine,
            identity: NEXT_IDENTITY.fetch_add(1, Ordering::Relaxed),
            settled: false,
            atoms,
            ports: Vec::new(),
            peeked: HashMap::new(),
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

    /// The port of a signal of the circuit the simulator was built from. Inputs of the top can be set; any other signal can
    /// be read, inner ones too.
    pub fn port<D, T>(&mut self, signal: &Signal<D, T>) -> Result<Port<T>>
    where
        D: rust_hdl::core::prelude::Direction,
        T: Synth + PortValue,
    {
        let address = AtomAddress { address: std::ptr::from_ref(signal) as usize, id: signal.id() };
        let Some((instance, net)) = self.atoms.get(&address).cloned() else {
            return Err(Error::ForeignSignal { address: address.address, bits: signal.bits() });
        };
        let port = self.reference_port(&instance, net)?;
        self.check_width(port, <T as PortValue>::BITS)?;
        Ok(Port { simulator: port.simulator, index: port.index, value: PhantomData })
    }

    /// The port of the top circuit with this name.
    pub fn port_named(&mut self, name: &str) -> Result<RawPort> {
        let top = self.design.top();
        let found = top.ports.iter().copied().find(|port| top.net(*port).name == name);
        let Some(net) = found else {
            let names: Vec<&str> = top.ports.iter().map(|port| top.net(*port).name.as_str()).collect();
            return Err(Error::UnknownNet { name: name.to_string(), known: format!("ports are {}", names.join(", ")) });
        };
        self.reference_port(&[], net)
    }

    /// A typed port by name.
    pub fn typed_port_named<T: PortValue>(&mut self, name: &str) -> Result<Port<T>> {
        let port = self.port_named(name)?;
        self.check_width(port, T::BITS)?;
        Ok(Port { simulator: port.simulator, index: port.index, value: PhantomData })
    }

    fn check_width(&self, port: RawPort, actual: u32) -> Result<()> {
        let record = &self.ports[port.index as usize];
        if record.width != actual {
            return Err(Error::Width { name: record.name.clone(), expected: record.width, actual });
        }
        Ok(())
    }

    /// A port for any net: instance indices from the top, net of that instance's circuit.
    pub fn reference_port(&mut self, instance: &[usize], net: NetId) -> Result<RawPort> {
        let name = self.path_name(instance, net)?;
        let width = self.circuit_at(instance)?.net(net).width;
        let (access, combinational) = match self.place(instance, net) {
            Some(place) => place,
            None => {
                let plan = self.observation(&[crate::engine::NetRef { instance: instance.to_vec(), net }])?;
                (Access::Observed(plan.function), true)
            }
        };
        let index = self.ports.len() as u32;
        self.ports.push(PortRecord { name, width, access, combinational });
        Ok(Port { simulator: self.identity, index, value: PhantomData })
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

    /// Where a net's value stands in the state, if it does.
    fn place(&self, instance: &[usize], net: NetId) -> Option<(Access, bool)> {
        let (index, scope, offset) = self.locate(instance)?;
        let (body, layout) = (self.bodies[index].as_ref()?, self.layouts[index].as_ref()?);
        let circuit = self.design.circuit(body.scopes[scope].circuit);
        match circuit.net(net).kind {
            NetKind::RegisterOutput(register) => {
                let register = body.scopes[scope].first_register + register;
                Some((Access::State(offset + layout.registers[register]), false))
            }
            NetKind::MemoryOutput { memory, read } => {
                let register = body.memories[body.scopes[scope].first_memory + memory].read_registers[read]?;
                Some((Access::State(offset + layout.registers[register]), false))
            }
            NetKind::Port(direction) if instance.is_empty() => {
                let port = circuit.ports.iter().position(|port| *port == net)?;
                let place = layout.ports[port];
                Some(match (direction, &body.outputs[port]) {
                    (PortDirection::Input, _) => (Access::Input(place), true),
                    (_, Some(Output::Logic { group })) => {
                        (Access::Settled(place), !body.groups[*group].inputs.is_empty())
                    }
                    (_, Some(Output::PassThrough(_))) => (Access::State(place), true),
                    _ => (Access::State(place), false),
                })
            }
            _ => None,
        }
    }

    #[inline]
    fn record<T>(&self, port: Port<T>) -> Result<&PortRecord> {
        if port.simulator != self.identity {
            return Err(Error::OtherSimulator { what: "port" });
        }
        Ok(&self.ports[port.index as usize])
    }

    /// The port's path.
    pub fn port_name<T>(&self, port: Port<T>) -> Result<&str> {
        Ok(&self.record(port)?.name)
    }

    /// The port's width in bits.
    pub fn port_width<T>(&self, port: Port<T>) -> Result<u32> {
        Ok(self.record(port)?.width)
    }

    /// Whether the port's value may change with an input of the top within the same cycle.
    pub fn is_combinational<T>(&self, port: Port<T>) -> Result<bool> {
        Ok(self.record(port)?.combinational)
    }

    #[inline]
    fn input<T>(&self, port: Port<T>) -> Result<(usize, u32)> {
        let record = self.record(port)?;
        match record.access {
            Access::Input(offset) => Ok((offset, record.width)),
            _ => Err(Error::NotAnInput { name: record.name.clone() }),
        }
    }

    /// Sets an input of the top.
    #[inline]
    pub fn set<T: PortValue>(&mut self, port: Port<T>, value: T) -> Result<()> {
        let (offset, width) = self.input(port)?;
        let count = words_of(width);
        value.to_words(&mut self.machine.state[offset..offset + count]);
        self.settled = false;
        Ok(())
    }

    /// Sets an input of the top from 64-bit words, least significant first. Bits above the width must be zero.
    pub fn set_words<T>(&mut self, port: Port<T>, words: &[u64]) -> Result<()> {
        let (offset, width) = self.input(port)?;
        let count = words_of(width);
        if words.len() != count {
            return Err(Error::Buffer { expected: count, actual: words.len() });
        }
        if width % 64 != 0 && words[count - 1] >> (width % 64) != 0 {
            let value = words.iter().rev().map(|word| format!("{word:016x}")).collect();
            return Err(Error::Value { name: self.record(port)?.name.clone(), width, value });
        }
        self.machine.state[offset..offset + count].copy_from_slice(words);
        self.settled = false;
        Ok(())
    }

    /// Sets an input of the top of any width to a value of at most 64 bits.
    #[inline]
    pub fn set_u64<T>(&mut self, port: Port<T>, value: u64) -> Result<()> {
        let (offset, width) = self.input(port)?;
        if width < 64 && value >> width != 0 {
            return Err(Error::Value { name: self.record(port)?.name.clone(), width, value: format!("{value:x}") });
        }
        let count = words_of(width);
        self.machine.state[offset] = value;
        self.machine.state[offset + 1..offset + count].fill(0);
        self.settled = false;
        Ok(())
    }

    /// Reads a port, after settling.
    #[inline]
    pub fn get<T: PortValue>(&mut self, port: Port<T>) -> Result<T> {
        let mut words = [0; PORT_WORDS];
        let count = words_of(T::BITS);
        if count > PORT_WORDS {
            let mut words = vec![0; count];
            self.get_words(port, &mut words)?;
            return Ok(T::from_words(&words));
        }
        self.get_words(port, &mut words[..count])?;
        Ok(T::from_words(&words[..count]))
    }

    /// Reads a port into exactly as many 64-bit words as it takes, least significant first.
    #[inline]
    pub fn get_words<T>(&mut self, port: Port<T>, words: &mut [u64]) -> Result<()> {
        let record = self.record(port)?;
        let (access, count) = (record.access, words_of(record.width));
        if words.len() != count {
            return Err(Error::Buffer { expected: count, actual: words.len() });
        }
        let offset = match access {
            Access::Input(offset) | Access::State(offset) => offset,
            Access::Settled(offset) => {
                self.settle();
                offset
            }
            Access::Observed(function) => {
                self.machine.observe(function, words);
                return Ok(());
            }
        };
        words.copy_from_slice(&self.machine.state[offset..offset + count]);
        Ok(())
    }

    /// The low 64 bits of a port.
    #[inline]
    pub fn get_u64<T>(&mut self, port: Port<T>) -> Result<u64> {
        let record = self.record(port)?;
        match record.access {
            Access::Input(offset) | Access::State(offset) => Ok(self.machine.state[offset]),
            Access::Settled(offset) => {
                self.settle();
                Ok(self.machine.state[offset])
            }
            Access::Observed(function) => {
                let mut words = vec![0; words_of(record.width)];
                self.machine.observe(function, &mut words);
                Ok(words[0])
            }
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
