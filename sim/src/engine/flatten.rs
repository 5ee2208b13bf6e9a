//! Builds the bodies: inlines instances, collects registers and memories, resolves what each of them takes next.

use crate::engine::body::{
    Body, Child, FlatMemory, FlatRegister, FlatWrite, Group, Output, Placement, RegisterOrigin, Scope, Slot, Source,
    is_input,
};
use crate::engine::bundle::{Packing, pack};
use crate::engine::error::{Error, Result};
use crate::engine::guards::take_apart;
use crate::engine::resolve::Resolver;
use crate::engine::vector::vectorize;
use hardpath_netlist::{CircuitId, Constant, Design, NetId, NetType, Operation, ValueArena, ValueId};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The bodies of a design, by circuit; `None` where a circuit is inlined everywhere.
pub(super) fn flatten(design: &Design, own: &[bool], packing: Packing) -> Result<Vec<Option<Body>>> {
    let mut bodies: Vec<Option<Body>> = (0..design.circuits.len()).map(|_| None).collect();
    for index in 0..design.circuits.len() {
        if own[index] {
            let mut knowledge = Knowledge { packing, ..Knowledge::default() };
            bodies[index] = loop {
                let mut body = build(design, own, &bodies, CircuitId(index as u32), &knowledge)?;
                let constants = constant_registers(&body);
                if !constants.is_empty() {
                    knowledge.constants.extend(constants);
                    continue;
                }
                let unworthy = vectorize(&mut body, packing == Packing::Always);
                if unworthy.is_empty() {
                    take_apart(&mut body);
                    break Some(body);
                }
                knowledge.unpacked.extend(unworthy);
            };
        }
    }
    Ok(bodies)
}

/// What building a body has shown; it is then built again.
#[derive(Default)]
struct Knowledge {
    packing: Packing,
    /// Registers that never leave their initial value.
    constants: HashSet<usize>,
    /// Bundles that are not worth packing.
    unpacked: HashSet<usize>,
}

/// Registers not known as such that never leave their initial value.
fn constant_registers(body: &Body) -> Vec<usize> {
    let stays = |register: &FlatRegister| {
        let next = body.arena.as_constant(register.next);
        let is_pack = matches!(register.origin, RegisterOrigin::Pack);
        !is_pack && !register.constant && next.is_some_and(|next| *next == register.initial)
    };
    (0..body.registers.len()).filter(|register| stays(&body.registers[*register])).collect()
}

fn build(
    design: &Design,
    own: &[bool],
    bodies: &[Option<Body>],
    circuit: CircuitId,
    knowledge: &Knowledge,
) -> Result<Body> {
    let placeholder = ValueId(0);
    let mut body = Body {
        name: design.circuit(circuit).name.clone(),
        circuit,
        scopes: Vec::new(),
        registers: Vec::new(),
        memories: Vec::new(),
        children: Vec::new(),
        bundles: Vec::new(),
        clocks: Vec::new(),
        arena: ValueArena::default(),
        sources: Vec::new(),
        leaves: HashMap::new(),
        output_values: Vec::new(),
        outputs: Vec::new(),
        groups: Vec::new(),
        sequential: false,
    };
    let mut clocks = Vec::new();
    let mut write_clocks = Vec::new();
    let mut child_clocks = Vec::new();
    place(design, own, &mut body, circuit);
    for scope in 0..body.scopes.len() {
        let inlined = design.circuit(body.scopes[scope].circuit);
        for register in &inlined.registers {
            clocks.push(clock_port(design, &body, scope, register.clock)?);
            body.registers.push(FlatRegister {
                width: design.circuit(body.scopes[scope].circuit).net(register.output).width,
                initial: register.initial.clone(),
                clock: 0,
                origin: RegisterOrigin::FlipFlop { scope, input: register.input },
                next: placeholder,
                leaf: placeholder,
                packed: None,
                constant: false,
            });
        }
    }
    for memory in 0..body.memories.len() {
        let (scope, index) = (body.memories[memory].scope, body.memories[memory].index);
        let inlined = &design.circuit(body.scopes[scope].circuit).memories[index];
        write_clocks.push(match &inlined.write {
            Some(write) => Some(clock_port(design, &body, scope, write.clock)?),
            None => None,
        });
        for read in &inlined.reads {
            let register = match read.clock {
                Some(clock) => {
                    clocks.push(clock_port(design, &body, scope, clock)?);
                    body.registers.push(FlatRegister {
                        width: inlined.width,
                        initial: Constant::zero(inlined.width),
                        clock: 0,
                        origin: RegisterOrigin::Read { memory, scope, address: read.address },
                        next: placeholder,
                        leaf: placeholder,
                        packed: None,
                        constant: false,
                    });
                    Some(body.registers.len() - 1)
                }
                None => None,
            };
            body.memories[memory].read_registers.push(register);
        }
    }
    for child in &body.children {
        let inner = bodies[child.body].as_ref();
        let used = inner.map(|inner| inner.clocks.clone()).unwrap_or_default();
        let instance = &design.circuit(body.scopes[child.scope].circuit).instances[child.instance];
        let ports = used.iter().map(|port| clock_port_of_net(design, &body, child.scope, instance.connections[*port]));
        child_clocks.push(ports.collect::<Result<Vec<usize>>>()?);
    }

    let used: BTreeSet<usize> =
        clocks.iter().copied().chain(write_clocks.iter().flatten().copied()).chain(child_clocks.concat()).collect();
    body.clocks = used.into_iter().collect();
    let index_of = |body: &Body, port: usize| body.clocks.iter().position(|clock| *clock == port).unwrap_or(0);
    for (register, port) in clocks.iter().enumerate() {
        body.registers[register].clock = index_of(&body, *port);
    }
    for (child, ports) in child_clocks.iter().enumerate() {
        body.children[child].clocks = ports.iter().map(|port| index_of(&body, *port)).collect();
    }
    let child_is_sequential =
        body.children.iter().any(|child| bodies[child.body].as_ref().is_some_and(|inner| inner.sequential));
    body.sequential = !body.registers.is_empty() || write_clocks.iter().any(Option::is_some) || child_is_sequential;

    for register in &knowledge.constants {
        body.registers[*register].constant = true;
    }
    if knowledge.packing != Packing::Never {
        pack(design, &mut body, &knowledge.unpacked);
    }

    let resolver = Resolver { design, bodies };
    resolve_outputs(&resolver, &mut body)?;
    resolve_state(&resolver, &mut body, &write_clocks)?;
    for child in 0..body.children.len() {
        let inner = bodies[body.children[child].body].as_ref();
        for port in inner.map(Body::used_inputs).unwrap_or_default() {
            child_input(&resolver, &mut body, child, port)?;
        }
    }
    Ok(body)
}

/// The value of a child's input port.
pub(super) fn child_input(resolver: &Resolver, body: &mut Body, child: usize, port: usize) -> Result<ValueId> {
    if let Some(value) = body.children[child].inputs[port] {
        return Ok(value);
    }
    let Child { scope, instance, .. } = body.children[child];
    let net = resolver.design.circuit(body.scopes[scope].circuit).instances[instance].connections[port];
    let value = resolver.net(body, scope, net)?;
    body.children[child].inputs[port] = Some(value);
    Ok(value)
}

/// Lays out scopes and children, memories per scope, register numbers per scope.
fn place(design: &Design, own: &[bool], body: &mut Body, circuit: CircuitId) {
    let mut pending = vec![(circuit, None)];
    let mut registers = 0;
    let mut next = 0;
    while next < pending.len() {
        let (circuit, parent) = pending[next];
        let inlined = design.circuit(circuit);
        let first_memory = body.memories.len();
        for (index, memory) in inlined.memories.iter().enumerate() {
            body.memories.push(FlatMemory {
                scope: next,
                index,
                width: memory.width,
                address_bits: memory.address_bits,
                write: None,
                read_registers: Vec::new(),
            });
        }
        let mut instances = Vec::new();
        for (index, instance) in inlined.instances.iter().enumerate() {
            let child = instance.circuit.0 as usize;
            if own[child] {
                instances.push(Placement::Child(body.children.len()));
                body.children.push(Child {
                    scope: next,
                    instance: index,
                    body: child,
                    inputs: vec![None; design.circuits[child].ports.len()],
                    clocks: Vec::new(),
                });
            } else {
                instances.push(Placement::Inlined(pending.len()));
                pending.push((instance.circuit, Some((next, index))));
            }
        }
        body.scopes.push(Scope {
            circuit,
            parent,
            instances,
            first_register: registers,
            registers: inlined.registers.len(),
            first_memory,
            values: vec![Slot::Empty; inlined.values.len()],
            nets: vec![Slot::Empty; inlined.nets.len()],
        });
        registers += inlined.registers.len();
        next += 1;
    }
}

/// The body's clock port that a scope's clock input comes from.
fn clock_port(design: &Design, body: &Body, mut scope: usize, mut clock: NetId) -> Result<usize> {
    loop {
        let circuit = design.circuit(body.scopes[scope].circuit);
        let net = circuit.net(clock);
        let is_clock = is_input(&net.kind) && net.net_type == NetType::Clock;
        let port = circuit.ports.iter().position(|port| *port == clock).filter(|_| is_clock);
        let Some(port) = port else {
            return Err(Error::Netlist {
                path: body.scope_path(design, scope),
                problem: format!("clock `{}` is no clock input; pass one ungated clock straight through", net.name),
            });
        };
        let Some((parent, instance)) = body.scopes[scope].parent else {
            return Ok(port);
        };
        let outer = design.circuit(body.scopes[parent].circuit);
        clock = driver_net(design, body, parent, outer.instances[instance].connections[port])?;
        scope = parent;
    }
}

fn clock_port_of_net(design: &Design, body: &Body, scope: usize, connection: NetId) -> Result<usize> {
    let clock = driver_net(design, body, scope, connection)?;
    clock_port(design, body, scope, clock)
}

/// The net that a clock connection is a plain copy of.
fn driver_net(design: &Design, body: &Body, scope: usize, mut net: NetId) -> Result<NetId> {
    let circuit = design.circuit(body.scopes[scope].circuit);
    for _ in 0..=circuit.nets.len() {
        if circuit.net(net).kind.is_source() {
            return Ok(net);
        }
        match circuit.driver(net).map(|value| circuit.values.operation(value)) {
            Some(Operation::Net(from)) => net = *from,
            _ => break,
        }
    }
    Err(Error::Netlist {
        path: body.scope_path(design, scope),
        problem: format!("clock `{}` is computed; pass one ungated clock straight through", circuit.net(net).name),
    })
}

fn resolve_outputs(resolver: &Resolver, body: &mut Body) -> Result<()> {
    let circuit = resolver.design.circuit(body.circuit);
    for port in circuit.ports.iter() {
        let value = if is_input(&circuit.net(*port).kind) { None } else { Some(resolver.net(body, 0, *port)?) };
        body.output_values.push(value);
    }
    let depends = Dependencies::of(resolver, body);
    let mut groups: Vec<Group> = Vec::new();
    for (port, value) in body.output_values.clone().into_iter().enumerate() {
        let output = value.map(|value| match (body.arena.as_constant(value), body.source(value)) {
            (Some(constant), _) => Output::Constant(constant.clone()),
            (None, Some(Source::Register(register))) => Output::Register(register),
            (None, Some(Source::Input(input))) => Output::PassThrough(input),
            _ => {
                let inputs = depends.ports(value);
                let group = groups.iter().position(|group| group.inputs == inputs).unwrap_or_else(|| {
                    groups.push(Group { inputs, outputs: Vec::new() });
                    groups.len() - 1
                });
                groups[group].outputs.push(port);
                Output::Logic { group }
            }
        });
        body.outputs.push(output);
    }
    body.groups = groups;
    Ok(())
}

/// Input ports that each value of a body depends on within a cycle, as one bit set per value.
struct Dependencies {
    stride: usize,
    bits: Vec<u64>,
}

impl Dependencies {
    fn of(resolver: &Resolver, body: &Body) -> Self {
        let stride = resolver.design.circuit(body.circuit).ports.len().div_ceil(64).max(1);
        let mut bits = vec![0u64; stride * body.arena.len()];
        for (value, operation, _) in body.arena.iter() {
            let target = value.0 as usize * stride;
            let operands = match operation {
                Operation::Net(_) => match body.source(value) {
                    Some(Source::Input(port)) => {
                        bits[target + port / 64] |= 1 << (port % 64);
                        vec![]
                    }
                    Some(Source::MemoryRead { address, .. }) => vec![address],
                    Some(Source::ChildOutput { child, port }) => {
                        let child = &body.children[child];
                        let inner = resolver.bodies[child.body].as_ref();
                        match inner.map(|inner| (inner, &inner.outputs[port])) {
                            Some((inner, Some(Output::Logic { group }))) => {
                                inner.groups[*group].inputs.iter().filter_map(|input| child.inputs[*input]).collect()
                            }
                            _ => vec![],
                        }
                    }
                    Some(Source::Register(_) | Source::ClockRise(_)) | None => vec![],
                },
                _ => body.arena.operands(value),
            };
            for operand in operands {
                for word in 0..stride {
                    bits[target + word] |= bits[operand.0 as usize * stride + word];
                }
            }
        }
        Self { stride, bits }
    }

    fn ports(&self, value: ValueId) -> Vec<usize> {
        let words = &self.bits[value.0 as usize * self.stride..][..self.stride];
        (0..self.stride * 64).filter(|port| words[port / 64] >> (port % 64) & 1 == 1).collect()
    }
}

fn resolve_state(resolver: &Resolver, body: &mut Body, write_clocks: &[Option<usize>]) -> Result<()> {
    for register in 0..body.registers.len() {
        let FlatRegister { width, clock, origin, .. } = body.registers[register];
        let leaf = body.leaf(Source::Register(register), width);
        body.registers[register].leaf = leaf;
        let next = match origin {
            RegisterOrigin::Pack => continue,
            RegisterOrigin::FlipFlop { scope, input } => resolver.net(body, scope, input)?,
            RegisterOrigin::Read { memory, scope, address } => {
                let address = resolver.net(body, scope, address)?;
                body.leaf(Source::MemoryRead { memory, address }, width)
            }
        };
        let next = if body.several_clocks() {
            let rise = body.leaf(Source::ClockRise(clock), 1);
            body.arena.mux(rise, next, leaf)
        } else {
            next
        };
        body.registers[register].next = next;
    }
    for (memory, port) in write_clocks.iter().enumerate() {
        let Some(port) = *port else { continue };
        let (scope, index) = (body.memories[memory].scope, body.memories[memory].index);
        let Some(write) = &resolver.design.circuit(body.scopes[scope].circuit).memories[index].write else { continue };
        let enable = resolver.net(body, scope, write.enable)?;
        let address = resolver.net(body, scope, write.address)?;
        let data = resolver.net(body, scope, write.data)?;
        let clock = body.clocks.iter().position(|clock| *clock == port).unwrap_or(0);
        let rise = body.several_clocks().then(|| body.leaf(Source::ClockRise(clock), 1));
        body.memories[memory].write = Some(FlatWrite { rise, enable, address, data });
    }
    Ok(())
}
