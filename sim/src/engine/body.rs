//! A body: one circuit with everything that is inlined into it, as values over the body's own sources.

use crate::engine::bundle::Bundle;
use hardpath_netlist::{CircuitId, Constant, Design, NetId, NetKind, PortDirection, ValueArena, ValueId};
use std::collections::HashMap;

/// A leaf of a body's values. `Operation::Net(NetId(k))` in [`Body::arena`] stands for `Body::sources[k]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Source {
    /// Input port of the body's circuit.
    Input(usize),
    /// A register, or the data register of a clocked memory read.
    Register(usize),
    /// A word of a memory.
    MemoryRead { memory: usize, address: ValueId },
    /// Output port of a child that has a body of its own.
    ChildOutput { child: usize, port: usize },
    /// One if the clock `Body::clocks[i]` rises in this tick.
    ClockRise(usize),
}

/// State of one resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Empty,
    Entered,
    Done(ValueId),
}

/// One inlined instance (scope 0: the body's circuit itself).
#[derive(Debug)]
pub(super) struct Scope {
    pub circuit: CircuitId,
    /// Scope and instance index of the parent within the body.
    pub parent: Option<(usize, usize)>,
    pub instances: Vec<Placement>,
    pub first_register: usize,
    /// Number of flip-flops, from `first_register` on.
    pub registers: usize,
    pub first_memory: usize,
    pub values: Vec<Slot>,
    pub nets: Vec<Slot>,
}

/// Where an instance went.
#[derive(Clone, Copy, Debug)]
pub(super) enum Placement {
    /// Inlined as this scope.
    Inlined(usize),
    /// Kept as this child.
    Child(usize),
}

/// A register of the flattened body.
#[derive(Debug)]
pub(super) struct FlatRegister {
    pub width: u32,
    pub initial: Constant,
    /// Index into [`Body::clocks`].
    pub clock: usize,
    pub origin: RegisterOrigin,
    /// Next value, clock included.
    pub next: ValueId,
    pub leaf: ValueId,
    /// The register that holds this one as one of its bits, and the bit.
    pub packed: Option<(usize, u32)>,
    /// The register never leaves its initial value.
    pub constant: bool,
}

/// What a flat register stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum RegisterOrigin {
    /// Data input of a flip-flop.
    FlipFlop { scope: usize, input: NetId },
    /// Data register of a clocked read port.
    Read { memory: usize, scope: usize, address: NetId },
    /// Registers of one bit of all instances of a bundle.
    Pack,
}

/// A memory of the flattened body.
#[derive(Debug)]
pub(super) struct FlatMemory {
    pub scope: usize,
    /// Index into the scope's `Circuit::memories`.
    pub index: usize,
    pub width: u32,
    pub address_bits: u32,
    pub write: Option<FlatWrite>,
    /// First data register; read ports without a clock have none, but keep their place.
    pub read_registers: Vec<Option<usize>>,
}

/// Write port of a flat memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct FlatWrite {
    /// One if the clock rises, in bodies of several clocks.
    pub rise: Option<ValueId>,
    pub enable: ValueId,
    pub address: ValueId,
    pub data: ValueId,
}

/// An instance with a body of its own.
#[derive(Debug)]
pub(super) struct Child {
    pub scope: usize,
    pub instance: usize,
    /// Circuit whose body it runs.
    pub body: usize,
    /// Per port of the child: the value of an input, once resolved.
    pub inputs: Vec<Option<ValueId>>,
    /// Per clock of the child's body: index into [`Body::clocks`] of this body.
    pub clocks: Vec<usize>,
}

/// How an output of a body is found by its parent.
#[derive(Clone, Debug)]
pub(super) enum Output {
    /// Computed by output group `group` into the port's slot.
    Logic { group: usize },
    /// The register's own slot.
    Register(usize),
    /// The input port's own slot.
    PassThrough(usize),
    /// Always this.
    Constant(Constant),
}

/// Outputs that depend on the same inputs within a cycle: one compiled function.
#[derive(Debug)]
pub(super) struct Group {
    pub inputs: Vec<usize>,
    pub outputs: Vec<usize>,
}

/// One circuit with everything inlined into it.
#[derive(Debug)]
pub(super) struct Body {
    pub name: String,
    pub circuit: CircuitId,
    pub scopes: Vec<Scope>,
    pub registers: Vec<FlatRegister>,
    pub memories: Vec<FlatMemory>,
    pub children: Vec<Child>,
    pub bundles: Vec<Bundle>,
    /// Input ports that clock something in here, ascending.
    pub clocks: Vec<usize>,
    pub arena: ValueArena,
    pub sources: Vec<Source>,
    pub leaves: HashMap<Source, ValueId>,
    /// Per port: an output's value.
    pub output_values: Vec<Option<ValueId>>,
    /// Per port: an output's place; `None` for inputs.
    pub outputs: Vec<Option<Output>>,
    pub groups: Vec<Group>,
    /// Whether a tick changes anything in here or in a child.
    pub sequential: bool,
}

impl Body {
    /// The leaf of a source, made on first use.
    pub fn leaf(&mut self, source: Source, width: u32) -> ValueId {
        if let Source::Register(register) = source
            && self.registers[register].constant
        {
            return self.arena.constant(self.registers[register].initial.clone());
        }
        if let Source::Register(register) = source
            && let Some((pack, bit)) = self.registers[register].packed
        {
            let pack = self.leaf(Source::Register(pack), self.registers[pack].width);
            return self.arena.slice(pack, bit, 1);
        }
        if let Some(leaf) = self.leaves.get(&source) {
            return *leaf;
        }
        let net = NetId(self.sources.len() as u32);
        self.sources.push(source);
        let leaf = self.arena.net(net, width);
        self.leaves.insert(source, leaf);
        leaf
    }

    /// The source a value is the leaf of.
    pub fn source(&self, value: ValueId) -> Option<Source> {
        match self.arena.operation(value) {
            hardpath_netlist::Operation::Net(net) => Some(self.sources[net.0 as usize]),
            _ => None,
        }
    }

    /// Whether the value is a register that holds a flag of every instance of a bundle.
    pub fn is_pack(&self, value: ValueId) -> bool {
        match self.source(value) {
            Some(Source::Register(register)) => matches!(self.registers[register].origin, RegisterOrigin::Pack),
            _ => false,
        }
    }

    /// Whether several clocks tick separately in here.
    pub fn several_clocks(&self) -> bool {
        self.clocks.len() > 1
    }

    /// Input ports of a child that its code may read.
    pub fn used_inputs(&self) -> Vec<usize> {
        let mut ports: Vec<usize> = self
            .sources
            .iter()
            .filter_map(|source| match source {
                Source::Input(port) => Some(*port),
                _ => None,
            })
            .collect();
        ports.sort_unstable();
        ports
    }

    /// Instance path of a scope below the body, names joined by dots.
    pub fn scope_path(&self, design: &Design, mut scope: usize) -> String {
        let mut names = Vec::new();
        while let Some((parent, instance)) = self.scopes[scope].parent {
            names.push(design.circuit(self.scopes[parent].circuit).instances[instance].name.as_str());
            scope = parent;
        }
        names.push(&self.name);
        names.reverse();
        names.join(".")
    }

    /// The scope or child that an instance path starting at this body leads to, and how many of its steps were taken.
    pub fn descend(&self, path: &[usize]) -> Option<(usize, Option<usize>, usize)> {
        let mut scope = 0;
        for (depth, instance) in path.iter().enumerate() {
            match *self.scopes[scope].instances.get(*instance)? {
                Placement::Inlined(inner) => scope = inner,
                Placement::Child(child) => return Some((scope, Some(child), depth + 1)),
            }
        }
        Some((scope, None, path.len()))
    }
}

/// Whether the net is an input port.
pub(super) fn is_input(kind: &NetKind) -> bool {
    matches!(kind, NetKind::Port(PortDirection::Input))
}
