//! The netlist: distinct circuits, their nets, registers, memories, instances and kernels.

use crate::constant::Constant;
use crate::value::{ValueArena, ValueId};
use std::collections::BTreeMap;

/// Index of a circuit in [`Design::circuits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CircuitId(pub u32);

/// Index of a net in [`Circuit::nets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NetId(pub u32);

/// A whole elaborated design.
#[derive(Clone, Debug)]
pub struct Design {
    /// Distinct circuits; every circuit comes after the circuits it instantiates.
    pub circuits: Vec<Circuit>,
    /// The top circuit, always the last one.
    pub top: CircuitId,
}

impl Design {
    /// The circuit with this index.
    pub fn circuit(&self, id: CircuitId) -> &Circuit {
        &self.circuits[id.0 as usize]
    }

    /// The top circuit.
    pub fn top(&self) -> &Circuit {
        self.circuit(self.top)
    }

    /// How many instances of each circuit the whole design contains (the top counts as one).
    pub fn instance_counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.circuits.len()];
        counts[self.top.0 as usize] = 1;
        for index in (0..self.circuits.len()).rev() {
            for instance in &self.circuits[index].instances {
                counts[instance.circuit.0 as usize] += counts[index];
            }
        }
        counts
    }
}

/// One distinct circuit: a block type with one set of parameters. All its instances share it.
///
/// The kernel stands here twice. [`Circuit::body`] is what a person wrote, with types and widths: statements over named
/// nets. [`Circuit::drivers`] is what it computes: for each driven net one value over inputs, child outputs, register
/// outputs and memory read data, with every local substituted.
#[derive(Clone, Debug)]
pub struct Circuit {
    /// Unique name, a legal Verilog identifier: type and parameters, `xor_parity_engine_64_9`.
    pub name: String,
    /// Rust type as written, `XorParityEngine<64, 9>`; the instance's field name if the block does not tell its type.
    pub rust_type: String,
    /// The Rust doc comment of the block; may be empty.
    pub documentation: String,
    /// Every net. Names are unique in the circuit and legal Verilog identifiers.
    pub nets: Vec<Net>,
    /// Inputs and outputs in the order of declaration.
    pub ports: Vec<NetId>,
    /// Child circuits. Primitives (DFF, RAM, ROM) are no instances but [`Register`]s and [`Memory`]s.
    pub instances: Vec<Instance>,
    /// Flip-flops.
    pub registers: Vec<Register>,
    /// RAMs and ROMs.
    pub memories: Vec<Memory>,
    /// Enumerations that nets of this circuit use; their variants also exist as nets of kind [`NetKind::Constant`].
    pub enums: Vec<EnumType>,
    /// The kernel as typed statements, in order, loops unrolled and links turned into assignments.
    pub body: Vec<Statement>,
    /// Nets that must be printed in one procedural block in source order, because one reads an intermediate value of
    /// another. Nets that are in no group stand alone. Every group has at least two nets.
    pub groups: Vec<Vec<NetId>>,
    /// The values of [`Circuit::body`] (reading nets by name) and of [`Circuit::drivers`].
    pub values: ValueArena,
    /// Per net: the value that drives it, over sources only (see [`NetKind::is_source`]). `None` for sources and constants.
    pub drivers: Vec<Option<ValueId>>,
    /// Per port of [`Circuit::ports`]: for an output, the input ports it depends on within the same cycle (Mealy paths),
    /// as indices into `ports`, ascending; empty for inputs.
    pub output_dependencies: Vec<Vec<usize>>,
}

impl Circuit {
    /// The net with this index.
    pub fn net(&self, id: NetId) -> &Net {
        &self.nets[id.0 as usize]
    }

    /// The net with this name.
    pub fn find_net(&self, name: &str) -> Option<NetId> {
        self.nets.iter().position(|net| net.name == name).map(|index| NetId(index as u32))
    }

    /// The value that drives a net; `None` for sources.
    pub fn driver(&self, id: NetId) -> Option<ValueId> {
        self.drivers[id.0 as usize]
    }

    /// Input ports whose type is a clock.
    pub fn clock_ports(&self) -> impl Iterator<Item = NetId> + '_ {
        self.ports.iter().copied().filter(|id| {
            let net = self.net(*id);
            net.kind == NetKind::Port(PortDirection::Input) && net.net_type == NetType::Clock
        })
    }
}

/// A named value of a circuit.
#[derive(Clone, Debug)]
pub struct Net {
    /// Unique in the circuit, a legal Verilog identifier: the Rust field path joined by `_`.
    pub name: String,
    /// Width in bits, at least 1.
    pub width: u32,
    /// How waveforms and Verilog show it.
    pub net_type: NetType,
    /// What it is.
    pub kind: NetKind,
}

/// How a net's bits are to be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NetType {
    /// A clock.
    Clock,
    /// Unsigned bits (also plain booleans).
    Bits,
    /// Two's complement.
    Signed,
    /// An enumeration of [`Circuit::enums`], by index.
    Enum(usize),
    /// A struct: field name, lowest bit, width, in order of declaration.
    Struct(Vec<(String, u32, u32)>),
}

/// What a net is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NetKind {
    /// A port of the circuit. Inputs are sources, outputs are driven.
    Port(PortDirection),
    /// A `Signal<Local, _>`: driven by the kernel.
    Local,
    /// A named constant: a `Constant<T>` field or an enum variant. Appears in the body only; folded in drivers.
    Constant(Constant),
    /// Output of register `registers[i]`: a source. The field's own name.
    RegisterOutput(usize),
    /// Data input of register `registers[i]`: driven. Named `<register>_next`.
    RegisterInput(usize),
    /// Connection to port `port` (index into the child's ports) of `instances[instance]`. To a child's input: driven; to a
    /// child's output: a source. Named `<instance>_<port>`.
    Connection {
        /// Index into [`Circuit::instances`].
        instance: usize,
        /// Index into the child circuit's [`Circuit::ports`].
        port: usize,
        /// Direction as the child sees it.
        direction: PortDirection,
    },
    /// An input of memory `memories[memory]` (an address, write data or a write enable): driven.
    MemoryInput(usize),
    /// Read data of `memories[memory].reads[read]`: a source.
    MemoryOutput {
        /// Index into [`Circuit::memories`].
        memory: usize,
        /// Index into [`Memory::reads`].
        read: usize,
    },
}

impl NetKind {
    /// Whether values come from it without a driver in this circuit's kernel.
    pub fn is_source(&self) -> bool {
        matches!(
            self,
            NetKind::Port(PortDirection::Input)
                | NetKind::RegisterOutput(_)
                | NetKind::Connection { direction: PortDirection::Output, .. }
                | NetKind::MemoryOutput { .. }
        )
    }

    /// Whether the kernel must drive it.
    pub fn is_driven(&self) -> bool {
        !self.is_source() && !matches!(self, NetKind::Constant(_))
    }
}

/// Direction of a port, as its circuit sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PortDirection {
    /// Driven from outside.
    Input,
    /// Driven by the circuit.
    Output,
}

/// A child circuit inside a circuit.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Field name, array elements as `lane_3`.
    pub name: String,
    /// Which circuit.
    pub circuit: CircuitId,
    /// Per port of the child, in the order of its `ports`: the net of the parent.
    pub connections: Vec<Connection>,
}

/// What a child's port is connected to: always a [`NetKind::Connection`] net of the parent.
pub type Connection = NetId;

/// A flip-flop: `output` takes `input`'s value at the rising edge of `clock`.
#[derive(Clone, Debug)]
pub struct Register {
    /// Net of kind [`NetKind::RegisterOutput`].
    pub output: NetId,
    /// Net of kind [`NetKind::RegisterInput`].
    pub input: NetId,
    /// A clock input port of the same circuit.
    pub clock: NetId,
    /// Value before the first edge.
    pub initial: Constant,
}

/// A RAM or ROM of `2^address_bits` words.
///
/// A clocked read takes the word as it was before the edge: a write to the same address at the same edge is seen by the next read.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Field name.
    pub name: String,
    /// Word width in bits.
    pub width: u32,
    /// How a word is to be read.
    pub word_type: NetType,
    /// Address width in bits; the depth is `2^address_bits`.
    pub address_bits: u32,
    /// Words that differ from zero before the first edge.
    pub initial: BTreeMap<u64, Constant>,
    /// The write port of a RAM; `None` for a ROM.
    pub write: Option<WritePort>,
    /// Read ports (rust-hdl primitives have exactly one).
    pub reads: Vec<ReadPort>,
    /// The block promises that a read and a write never meet at one address in one cycle.
    pub no_collision: bool,
}

/// Write port of a RAM: at the rising edge, if `enable`, `address` takes `data`.
#[derive(Clone, Debug)]
pub struct WritePort {
    /// A clock input port of the same circuit.
    pub clock: NetId,
    /// Address, [`NetKind::MemoryInput`].
    pub address: NetId,
    /// Data, [`NetKind::MemoryInput`].
    pub data: NetId,
    /// One bit, [`NetKind::MemoryInput`].
    pub enable: NetId,
}

/// Read port of a memory.
#[derive(Clone, Debug)]
pub struct ReadPort {
    /// A clock input port of the same circuit; `None` reads combinationally (ROM).
    pub clock: Option<NetId>,
    /// Address, [`NetKind::MemoryInput`].
    pub address: NetId,
    /// Data, [`NetKind::MemoryOutput`]. A clocked read port's data is zero before the first edge.
    pub data: NetId,
}

/// An enumeration (`#[derive(LogicState)]`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnumType {
    /// Rust name, `State`.
    pub name: String,
    /// Variant names in order; a variant's value is its index.
    pub variants: Vec<String>,
    /// Width in bits.
    pub width: u32,
}

/// A statement of a kernel. Values read nets by name ([`crate::Operation::Net`]).
#[derive(Clone, Debug)]
pub enum Statement {
    /// `net = value`.
    Assign {
        /// Target.
        net: NetId,
        /// As wide as the net.
        value: ValueId,
    },
    /// `net[low +: width of value] = value`.
    AssignSlice {
        /// Target.
        net: NetId,
        /// Lowest bit.
        low: u32,
        /// The bits.
        value: ValueId,
    },
    /// `if condition { then } else { otherwise }`.
    If {
        /// One bit.
        condition: ValueId,
        /// Taken when the condition is 1.
        then: Vec<Statement>,
        /// Taken when it is 0; may be empty.
        otherwise: Vec<Statement>,
    },
    /// `match subject { arms, _ => default }`. An exhaustive match has its last arm as the default.
    Match {
        /// What is compared.
        subject: ValueId,
        /// Pattern (a constant or a net of kind constant, as wide as the subject) and statements. Patterns are distinct.
        arms: Vec<(ValueId, Vec<Statement>)>,
        /// Taken when no pattern fits; may be empty.
        default: Vec<Statement>,
    },
}
