//! From a live circuit to a checked design.

use crate::check;
use crate::constant::Constant;
use crate::design::{
    Circuit, CircuitId, Design, EnumType, Instance, Memory, Net, NetId, NetKind, NetType, PortDirection, ReadPort,
    Register, WritePort,
};
use crate::error::{Error, Result};
use crate::inspect::{AtomNode, BlockNode, inspect, is_signed, type_width};
use crate::kernel::{self, Scope, Symbol};
use crate::naming::{self, Names};
use crate::primitive::{Primitive, recognise};
use hardpath_rtl::circuit::{CIRCUIT_INFO, NO_COLLISION};
use rust_hdl::core::ast::{Verilog, VerilogStatement};
use rust_hdl::core::atom::AtomKind;
use rust_hdl::core::block::Block;
use rust_hdl::core::type_descriptor::{TypeDescriptor, TypeKind};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Where a signal of the live circuit lies in memory, and its rust-hdl id: together they identify it as long as the circuit
/// is not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AtomAddress {
    /// Address of the `Signal`.
    pub address: usize,
    /// `Atom::id()`.
    pub id: usize,
}

/// A design, and how to find the live circuit's signals in it.
#[derive(Clone, Debug)]
pub struct Elaboration {
    /// The netlist.
    pub design: Design,
    /// Instance path from the top (indices into `Circuit::instances`) and net, of every signal of the live circuit.
    pub atoms: HashMap<AtomAddress, (Vec<usize>, NetId)>,
}

/// Elaborates a connected circuit (`connect_all` was called).
///
/// # Errors
/// The first construct that cannot become hardware faithfully, with the block's path and what to write instead.
pub fn elaborate(top: &dyn Block) -> Result<Elaboration> {
    let tree = inspect(top)?;
    let mut elaborator = Elaborator::default();
    let top = elaborator.block(&tree, "top")?;
    let mut atoms = HashMap::new();
    elaborator.locate(&tree, top, &mut vec![], &mut atoms);
    Ok(Elaboration { design: Design { circuits: elaborator.circuits, top }, atoms })
}

#[derive(Default)]
struct Elaborator {
    circuits: Vec<Circuit>,
    /// Per circuit: the net of each signal, by name within the block (`data`, `register$q`).
    signals: Vec<HashMap<String, NetId>>,
    known: HashMap<String, CircuitId>,
    names: Names,
}

/// A child of the block under construction.
enum Child<'a> {
    Primitive(&'a BlockNode, Primitive),
    Circuit(&'a BlockNode, CircuitId),
}

impl Elaborator {
    /// The circuit of a block: a known one if kernel, signals and children are the same.
    fn block(&mut self, node: &BlockNode, path: &str) -> Result<CircuitId> {
        let statements = match &node.kernel {
            Verilog::Combinatorial(statements) => statements.as_slice(),
            Verilog::Empty => &[],
            Verilog::Custom(_) | Verilog::Blackbox(_) | Verilog::Wrapper(_) => {
                return Err(Error::Unsupported {
                    path: path.to_owned(),
                    construct: "hand-written Verilog".into(),
                    instead: "write an #[hdl_gen] kernel".into(),
                });
            }
        };
        let mut key = String::new();
        let mut children = vec![];
        for child in &node.children {
            let child_path = format!("{path}.{}", child.name.replace('$', "_"));
            match recognise(child, &child_path)? {
                Some(primitive) => {
                    let _ = write!(key, "{}={primitive:?};", child.name);
                    children.push(Child::Primitive(child, primitive));
                }
                None => {
                    let circuit = self.block(child, &child_path)?;
                    let _ = write!(key, "{}=#{};", child.name, circuit.0);
                    children.push(Child::Circuit(child, circuit));
                }
            }
        }
        for atom in &node.atoms {
            let AtomNode { name, kind, width, descriptor, constant, .. } = atom;
            let _ = write!(key, "{name}:{kind:?}:{width}:{descriptor:?}:{constant:?};");
        }
        let _ = write!(key, "{:?};{statements:?}", node.timing);
        if let Some(circuit) = self.known.get(&key) {
            return Ok(*circuit);
        }
        let (circuit, signals) = self.build(node, path, statements, children)?;
        let id = CircuitId(self.circuits.len() as u32);
        self.circuits.push(circuit);
        self.signals.push(signals);
        self.known.insert(key, id);
        Ok(id)
    }

    fn build(
        &mut self,
        node: &BlockNode,
        path: &str,
        statements: &[VerilogStatement],
        children: Vec<Child>,
    ) -> Result<(Circuit, HashMap<String, NetId>)> {
        let mut builder = Builder { path, ..Builder::default() };
        builder.own_signals(node)?;
        for child in &children {
            match child {
                Child::Primitive(child, primitive) => builder.primitive(child, primitive, node)?,
                Child::Circuit(child, circuit) => builder.instance(child, *circuit, &self.circuits[circuit.0 as usize]),
            }
        }
        builder.enum_constants();
        let scope = Scope {
            path,
            nets: &builder.nets,
            symbols: &builder.symbols,
            enums: &builder.enums,
            variants: &builder.variants,
            clock_count: builder.clock_sinks.len(),
        };
        let outcome = kernel::execute(&scope, statements)?;
        builder.connect_clocks(&outcome.clocks)?;

        let info = node.timing.iter().find(|info| info.name == CIRCUIT_INFO);
        let rust_type = info.map_or_else(|| node.name.clone(), |info| naming::short_type(&info.clock));
        let parameters = info.map_or(&[][..], |info| &info.inputs);
        let wanted = match info {
            Some(_) => naming::circuit_name(&rust_type, parameters),
            None => node.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '$').to_owned(),
        };
        let mut circuit = Circuit {
            name: self.names.unique(&wanted),
            rust_type,
            documentation: info.and_then(|info| info.outputs.first()).cloned().unwrap_or_default(),
            nets: builder.nets,
            ports: builder.ports,
            instances: builder.instances,
            registers: builder.registers,
            memories: builder.memories,
            enums: builder.enums,
            body: outcome.body,
            groups: outcome.groups,
            values: outcome.values,
            drivers: outcome.drivers,
            output_dependencies: vec![],
        };
        check::clocks(&circuit, &self.circuits, path)?;
        circuit.output_dependencies = check::output_dependencies(&circuit, &self.circuits, path)?;
        let signals = builder.symbols.into_iter().filter_map(|(name, symbol)| match symbol {
            Symbol::Net(net) => Some((name, net)),
            Symbol::Clock(_) => None,
        });
        Ok((circuit, signals.collect()))
    }

    /// Notes where each signal of the live circuit ended up.
    fn locate(
        &self,
        node: &BlockNode,
        circuit: CircuitId,
        path: &mut Vec<usize>,
        atoms: &mut HashMap<AtomAddress, (Vec<usize>, NetId)>,
    ) {
        let signals = &self.signals[circuit.0 as usize];
        for atom in &node.atoms {
            if let Some(net) = signals.get(&atom.name) {
                atoms.insert(atom.address, (path.clone(), *net));
            }
        }
        let mut instance = 0;
        for child in &node.children {
            if recognise(child, "").is_ok_and(|primitive| primitive.is_some()) {
                for atom in &child.atoms {
                    if let Some(net) = signals.get(&format!("{}${}", child.name, atom.name)) {
                        atoms.insert(atom.address, (path.clone(), *net));
                    }
                }
            } else {
                let child_circuit = self.circuits[circuit.0 as usize].instances[instance].circuit;
                path.push(instance);
                self.locate(child, child_circuit, path, atoms);
                path.pop();
                instance += 1;
            }
        }
    }
}

/// Which clock input a clock symbol stands for.
enum ClockSink {
    Register(usize),
    MemoryRead(usize),
    MemoryWrite(usize),
}

#[derive(Default)]
struct Builder<'a> {
    path: &'a str,
    names: Names,
    nets: Vec<Net>,
    ports: Vec<NetId>,
    symbols: HashMap<String, Symbol>,
    instances: Vec<Instance>,
    registers: Vec<Register>,
    memories: Vec<Memory>,
    enums: Vec<EnumType>,
    variants: Vec<Vec<NetId>>,
    clock_sinks: Vec<(String, ClockSink)>,
}

impl Builder<'_> {
    fn add_net(&mut self, wanted: &str, width: u32, net_type: NetType, kind: NetKind) -> NetId {
        let id = NetId(self.nets.len() as u32);
        self.nets.push(Net { name: self.names.unique(wanted), width, net_type, kind });
        id
    }

    fn net_type(&mut self, descriptor: &TypeDescriptor, width: u32) -> NetType {
        match &descriptor.kind {
            TypeKind::Signed(_) => NetType::Signed,
            TypeKind::Bits(_) if descriptor.name == "clock" => NetType::Clock,
            TypeKind::Bits(_) => NetType::Bits,
            TypeKind::Enum(variants) => NetType::Enum(self.enumeration(&descriptor.name, variants, width)),
            TypeKind::Composite(fields) => {
                let mut low = 0;
                let mut layout = vec![];
                for field in fields {
                    let width = type_width(&field.kind);
                    if let TypeKind::Enum(variants) = &field.kind.kind {
                        self.enumeration(&field.kind.name, variants, width);
                    }
                    layout.push((field.fieldname.clone(), low, width));
                    low += width;
                }
                NetType::Struct(layout)
            }
        }
    }

    fn enumeration(&mut self, name: &str, variants: &[String], width: u32) -> usize {
        let variants = variants.iter().map(|full| full.rsplit("::").next().unwrap_or(full).to_owned()).collect();
        let wanted = EnumType { name: name.to_owned(), variants, width };
        self.enums.iter().position(|known| *known == wanted).unwrap_or_else(|| {
            self.enums.push(wanted);
            self.enums.len() - 1
        })
    }

    fn own_signals(&mut self, node: &BlockNode) -> Result<()> {
        for atom in &node.atoms {
            let kind = match atom.kind {
                AtomKind::InputParameter => NetKind::Port(PortDirection::Input),
                AtomKind::OutputParameter => NetKind::Port(PortDirection::Output),
                AtomKind::LocalSignal => NetKind::Local,
                AtomKind::Constant => match &atom.constant {
                    Some(constant) => NetKind::Constant(constant.clone()),
                    None => {
                        return self.unsupported_atom(atom, "a value without a literal", "use Bits, Signed or bool");
                    }
                },
                _ => return self.unsupported_atom(atom, "a bidirectional signal", "use separate In and Out signals"),
            };
            let net_type = self.net_type(&atom.descriptor, atom.width);
            let is_port = matches!(kind, NetKind::Port(_));
            let net = self.add_net(&atom.name, atom.width, net_type, kind);
            if is_port {
                self.ports.push(net);
            }
            self.symbols.insert(atom.name.clone(), Symbol::Net(net));
        }
        Ok(())
    }

    fn unsupported_atom<T>(&self, atom: &AtomNode, what: &str, instead: &str) -> Result<T> {
        Err(Error::Unsupported {
            path: self.path.to_owned(),
            construct: format!("`{}` is {what}", atom.name.replace('$', ".")),
            instead: instead.to_owned(),
        })
    }

    fn primitive(&mut self, child: &BlockNode, primitive: &Primitive, parent: &BlockNode) -> Result<()> {
        let (memory_type, initial) = match primitive {
            Primitive::Register { initial } => {
                self.register(child, initial);
                return Ok(());
            }
            Primitive::Ram { initial } => ("read_data", initial),
            Primitive::ClockedRom { initial } | Primitive::Rom { initial } => ("data", initial),
        };
        let is_ram = matches!(primitive, Primitive::Ram { .. });
        let index = self.memories.len();
        let Some(data) = child.atom(memory_type) else { return Ok(()) };
        let word_type = self.net_type(&data.descriptor, data.width);
        let placeholder = NetId(0);
        let address_port = if is_ram { "read_address" } else { "address" };
        let output = NetKind::MemoryOutput { memory: index, read: 0 };
        let read_address = self.memory_net(child, address_port, NetKind::MemoryInput(index));
        let read_data = self.memory_net(child, memory_type, output);
        let mut memory = Memory {
            name: naming::identifier(&child.name),
            width: data.width,
            word_type,
            address_bits: child.atom(address_port).map_or(1, |atom| atom.width),
            initial: initial.clone(),
            write: None,
            reads: vec![ReadPort { clock: None, address: read_address, data: read_data }],
            no_collision: parent
                .timing
                .iter()
                .any(|info| info.name == NO_COLLISION && info.inputs.contains(&child.name)),
        };
        match primitive {
            Primitive::Ram { .. } => {
                memory.reads[0].clock = Some(placeholder);
                memory.write = Some(WritePort {
                    clock: placeholder,
                    address: self.memory_net(child, "write_address", NetKind::MemoryInput(index)),
                    data: self.memory_net(child, "write_data", NetKind::MemoryInput(index)),
                    enable: self.memory_net(child, "write_enable", NetKind::MemoryInput(index)),
                });
                self.clock_sink(child, "read_clock", ClockSink::MemoryRead(index));
                self.clock_sink(child, "write_clock", ClockSink::MemoryWrite(index));
            }
            Primitive::ClockedRom { .. } => {
                memory.reads[0].clock = Some(placeholder);
                self.clock_sink(child, "clock", ClockSink::MemoryRead(index));
            }
            _ => {}
        }
        self.memories.push(memory);
        Ok(())
    }

    fn memory_net(&mut self, child: &BlockNode, port: &str, kind: NetKind) -> NetId {
        let symbol = format!("{}${port}", child.name);
        let (width, net_type) = match child.atom(port) {
            Some(atom) => (atom.width, self.net_type(&atom.descriptor, atom.width)),
            None => (1, NetType::Bits),
        };
        let net = self.add_net(&symbol, width, net_type, kind);
        self.symbols.insert(symbol, Symbol::Net(net));
        net
    }

    fn clock_sink(&mut self, child: &BlockNode, port: &str, sink: ClockSink) {
        let symbol = format!("{}${port}", child.name);
        self.symbols.insert(symbol.clone(), Symbol::Clock(self.clock_sinks.len()));
        self.clock_sinks.push((symbol, sink));
    }

    fn register(&mut self, child: &BlockNode, initial: &Constant) {
        let index = self.registers.len();
        let Some(data) = child.atom("d") else { return };
        let net_type = self.net_type(&data.descriptor, data.width);
        let output = self.add_net(&child.name, data.width, net_type.clone(), NetKind::RegisterOutput(index));
        let next = format!("{}_next", child.name);
        let input = self.add_net(&next, data.width, net_type, NetKind::RegisterInput(index));
        self.symbols.insert(format!("{}$q", child.name), Symbol::Net(output));
        self.symbols.insert(format!("{}$d", child.name), Symbol::Net(input));
        self.clock_sink(child, "clock", ClockSink::Register(index));
        self.registers.push(Register { output, input, clock: NetId(0), initial: initial.clone() });
    }

    fn instance(&mut self, child: &BlockNode, id: CircuitId, circuit: &Circuit) {
        let instance = self.instances.len();
        let ports =
            child.atoms.iter().filter(|atom| matches!(atom.kind, AtomKind::InputParameter | AtomKind::OutputParameter));
        let mut connections = vec![];
        for (port, atom) in ports.enumerate() {
            let direction = match circuit.net(circuit.ports[port]).kind {
                NetKind::Port(direction) => direction,
                _ => PortDirection::Input,
            };
            let symbol = format!("{}${}", child.name, atom.name);
            let net_type = self.net_type(&atom.descriptor, atom.width);
            debug_assert_eq!(net_type == NetType::Signed, is_signed(&atom.descriptor));
            let net = self.add_net(&symbol, atom.width, net_type, NetKind::Connection { instance, port, direction });
            self.symbols.insert(symbol, Symbol::Net(net));
            connections.push(net);
        }
        self.instances.push(Instance { name: self.names.unique(&child.name), circuit: id, connections });
    }

    fn enum_constants(&mut self) {
        for index in 0..self.enums.len() {
            let enumeration = self.enums[index].clone();
            let prefix = naming::snake_case(&enumeration.name).to_uppercase();
            let mut nets = vec![];
            for (position, variant) in enumeration.variants.iter().enumerate() {
                let name = format!("{prefix}_{}", naming::snake_case(variant).to_uppercase());
                let value = Constant::new(enumeration.width, position as u64);
                nets.push(self.add_net(&name, enumeration.width, NetType::Enum(index), NetKind::Constant(value)));
            }
            self.variants.push(nets);
        }
    }

    /// Gives every register and memory port the clock input that the kernel assigned to it.
    fn connect_clocks(&mut self, clocks: &[Option<NetId>]) -> Result<()> {
        for ((symbol, sink), clock) in self.clock_sinks.iter().zip(clocks) {
            let shown = symbol.replace('$', ".");
            let Some(clock) = *clock else {
                return Err(Error::Undriven { path: self.path.to_owned(), net: shown });
            };
            let net = &self.nets[clock.0 as usize];
            if net.kind != NetKind::Port(PortDirection::Input) || net.net_type != NetType::Clock {
                return Err(Error::Clock { path: self.path.to_owned(), net: shown });
            }
            match sink {
                ClockSink::Register(index) => self.registers[*index].clock = clock,
                ClockSink::MemoryRead(index) => self.memories[*index].reads[0].clock = Some(clock),
                ClockSink::MemoryWrite(index) => {
                    if let Some(write) = &mut self.memories[*index].write {
                        write.clock = clock;
                    }
                }
            }
        }
        Ok(())
    }
}
