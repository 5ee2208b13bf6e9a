//! Ports of a simulator: finding, setting and reading them.

use crate::engine::body::Output;
use crate::engine::error::{Error, Result};
use crate::engine::layout::words_of;
use crate::engine::observe::NetRef;
use crate::engine::port::{Port, PortValue, RawPort};
use crate::engine::simulator::Simulator;
use hardpath_netlist::{AtomAddress, NetId, NetKind, PortDirection};
use rust_hdl::core::prelude::{Atom, Direction, Signal, Synth};
use std::marker::PhantomData;

/// Widest value of a typed port, in words of 64 bits.
const PORT_WORDS: usize = 64;

/// Where a port's value is found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Access {
    /// An input of the top: word offset.
    Input(usize),
    /// Always right in the state, such as a register. Word offset.
    State(usize),
    /// In the state once settled. Word offset.
    Settled(usize),
    /// Computed by an observation.
    Observed(usize),
}

/// What a port handle stands for.
#[derive(Clone, Debug)]
pub(super) struct PortRecord {
    name: String,
    width: u32,
    access: Access,
    combinational: bool,
}

impl Simulator {
    /// The port of a signal of the circuit the simulator was built from. Inputs of the top can be set; any other signal can
    /// be read, inner ones too.
    pub fn port<D, T>(&mut self, signal: &Signal<D, T>) -> Result<Port<T>>
    where
        D: Direction,
        T: Synth + PortValue,
    {
        let address = AtomAddress { address: std::ptr::from_ref(signal) as usize, id: signal.id() };
        let Some((instance, net)) = self.atoms.get(&address).cloned() else {
            return Err(Error::ForeignSignal { address: address.address, bits: signal.bits() });
        };
        let port = self.reference_port(&instance, net)?;
        self.check_width(port, T::WIDTH)?;
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
        self.check_width(port, T::WIDTH)?;
        Ok(Port { simulator: port.simulator, index: port.index, value: PhantomData })
    }

    fn check_width(&self, port: RawPort, actual: u32) -> Result<()> {
        let record = &self.ports[port.index as usize];
        if record.width != actual {
            return Err(Error::Width { name: record.name.clone(), expected: record.width, actual });
        }
        Ok(())
    }

    /// A port for any net: instance indices from the top, net of that instance's circuit. What is no register and no port of
    /// the top is compiled on first use; for many nets use [`Simulator::observation`].
    pub fn reference_port(&mut self, instance: &[usize], net: NetId) -> Result<RawPort> {
        if let Some(known) = self.known_ports.get(&(instance.to_vec(), net)) {
            return Ok(*known);
        }
        let name = self.path_name(instance, net)?;
        let width = self.circuit_at(instance)?.net(net).width;
        let (access, combinational) = match self.place(instance, net) {
            Some(place) => place,
            None => {
                let plan = self.observation(&[NetRef { instance: instance.to_vec(), net }])?;
                (Access::Observed(plan.function), true)
            }
        };
        let port = Port { simulator: self.identity, index: self.ports.len() as u32, value: PhantomData };
        self.ports.push(PortRecord { name, width, access, combinational });
        self.known_ports.insert((instance.to_vec(), net), port);
        Ok(port)
    }

    /// Where a net's value stands in the state, if it does.
    fn place(&self, instance: &[usize], net: NetId) -> Option<(Access, bool)> {
        let (index, scope, offset) = self.locate(instance)?;
        let (body, layout) = (self.bodies[index].as_ref()?, self.layouts[index].as_ref()?);
        let circuit = self.design.circuit(body.scopes[scope].circuit);
        match circuit.net(net).kind {
            NetKind::RegisterOutput(register) => {
                let register = body.scopes[scope].first_register + register;
                if body.registers[register].packed.is_some() {
                    return None;
                }
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
        let mut words = [0; PORT_WORDS];
        if count > PORT_WORDS {
            let mut words = vec![0; count];
            value.to_words(&mut words);
            self.set_state(offset, &words);
            return Ok(());
        }
        value.to_words(&mut words[..count]);
        self.set_state(offset, &words[..count]);
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
        self.set_state(offset, words);
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
        self.set_state(offset, &[value]);
        if self.machine.state[offset + 1..offset + count].iter().any(|word| *word != 0) {
            self.set_state(offset + 1, &vec![0; count - 1]);
        }
        Ok(())
    }

    /// Sets words of an input of the top, and wakes the top if they change.
    #[inline]
    fn set_state(&mut self, offset: usize, words: &[u64]) {
        let state = &mut self.machine.state[offset..offset + words.len()];
        if state != words {
            state.copy_from_slice(words);
            self.settled = false;
            if let Some(activity) = self.top_activity {
                self.machine.state[activity] = u64::MAX;
            }
        }
    }

    /// Reads a port, after settling.
    #[inline]
    pub fn get<T: PortValue>(&mut self, port: Port<T>) -> Result<T> {
        let mut words = [0; PORT_WORDS];
        let count = words_of(T::WIDTH);
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
}
