//! Values of nets across inlined instances: memoised search from a net back to the body's sources.

use crate::engine::body::{Body, Output, Placement, Slot, Source};
use crate::engine::error::{Error, Result};
use hardpath_netlist::{Design, NetId, NetKind, Operation, PortDirection, ValueId};

/// Something of an inlined instance that has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Net(usize, NetId),
    Value(usize, ValueId),
}

/// What a net's value is made from.
enum Origin {
    Same(Key),
    Leaf(Source, u32),
    Constant(hardpath_netlist::Constant),
    Memory { memory: usize, address: Key, width: u32 },
    Child { child: usize, port: usize, inputs: Vec<Key>, width: u32 },
}

/// Resolves nets of one body. Bodies of children must be complete.
pub(super) struct Resolver<'a> {
    pub design: &'a Design,
    /// Per circuit, complete for all that this body instantiates.
    pub bodies: &'a [Option<Body>],
}

impl Resolver<'_> {
    /// The value of a net of an inlined instance.
    pub fn net(&self, body: &mut Body, scope: usize, net: NetId) -> Result<ValueId> {
        let goal = Key::Net(scope, net);
        let mut stack = vec![goal];
        while let Some(key) = stack.last().copied() {
            if let Slot::Done(_) = self.slot(body, key) {
                stack.pop();
                continue;
            }
            self.set_slot(body, key, Slot::Entered);
            let dependencies = self.dependencies(body, key)?;
            let before = stack.len();
            for dependency in dependencies {
                match self.slot(body, dependency) {
                    Slot::Done(_) => {}
                    Slot::Empty => stack.push(dependency),
                    Slot::Entered => return Err(self.loop_error(body, &stack, dependency)),
                }
            }
            if stack.len() == before {
                let value = self.build(body, key)?;
                self.set_slot(body, key, Slot::Done(value));
                stack.pop();
            }
        }
        Ok(self.done(body, goal))
    }

    fn slot(&self, body: &Body, key: Key) -> Slot {
        match key {
            Key::Net(scope, net) => body.scopes[scope].nets[net.0 as usize],
            Key::Value(scope, value) => body.scopes[scope].values[value.0 as usize],
        }
    }

    fn set_slot(&self, body: &mut Body, key: Key, slot: Slot) {
        match key {
            Key::Net(scope, net) => body.scopes[scope].nets[net.0 as usize] = slot,
            Key::Value(scope, value) => body.scopes[scope].values[value.0 as usize] = slot,
        }
    }

    /// Only called for keys whose resolution has ended.
    fn done(&self, body: &Body, key: Key) -> ValueId {
        match self.slot(body, key) {
            Slot::Done(value) => value,
            Slot::Empty | Slot::Entered => unreachable!("operands are resolved before their users"),
        }
    }

    fn loop_error(&self, body: &Body, stack: &[Key], repeated: Key) -> Error {
        let start = stack.iter().position(|key| *key == repeated).unwrap_or(0);
        let mut nets: Vec<String> = stack[start..]
            .iter()
            .filter(|key| self.slot(body, **key) == Slot::Entered)
            .filter_map(|key| match key {
                Key::Net(scope, net) => {
                    let name = &self.design.circuit(body.scopes[*scope].circuit).net(*net).name;
                    Some(format!("{}.{name}", body.scope_path(self.design, *scope)))
                }
                Key::Value(..) => None,
            })
            .collect();
        nets.extend(nets.first().cloned());
        Error::CombinationalLoop { nets }
    }

    fn origin(&self, body: &Body, scope: usize, net: NetId) -> Result<Origin> {
        let place = &body.scopes[scope];
        let circuit = self.design.circuit(place.circuit);
        let width = circuit.net(net).width;
        Ok(match &circuit.net(net).kind {
            NetKind::Constant(constant) => Origin::Constant(constant.clone()),
            NetKind::Port(PortDirection::Input) => match place.parent {
                Some((parent, instance)) => {
                    let port = port_index(circuit, net);
                    let outer = self.design.circuit(body.scopes[parent].circuit);
                    Origin::Same(Key::Net(parent, outer.instances[instance].connections[port]))
                }
                None => Origin::Leaf(Source::Input(port_index(circuit, net)), width),
            },
            NetKind::RegisterOutput(register) => Origin::Leaf(Source::Register(place.first_register + register), width),
            NetKind::Connection { instance, port, direction: PortDirection::Output } => {
                match place.instances[*instance] {
                    Placement::Inlined(inner) => {
                        let child = self.design.circuit(body.scopes[inner].circuit);
                        Origin::Same(Key::Net(inner, child.ports[*port]))
                    }
                    Placement::Child(child) => {
                        let connections = &circuit.instances[*instance].connections;
                        let inner = self.bodies[body.children[child].body].as_ref();
                        match inner.and_then(|inner| inner.outputs[*port].as_ref().map(|output| (inner, output))) {
                            Some((_, Output::Constant(constant))) => Origin::Constant(constant.clone()),
                            Some((_, Output::PassThrough(input))) => Origin::Same(Key::Net(scope, connections[*input])),
                            Some((_, Output::Register(_))) => {
                                Origin::Leaf(Source::ChildOutput { child, port: *port }, width)
                            }
                            Some((inner, Output::Logic { group })) => {
                                let inputs = inner.groups[*group].inputs.iter();
                                let inputs = inputs.map(|input| Key::Net(scope, connections[*input])).collect();
                                Origin::Child { child, port: *port, inputs, width }
                            }
                            None => {
                                return Err(self.netlist_error(
                                    body,
                                    scope,
                                    net,
                                    "is connected to no output of its child",
                                ));
                            }
                        }
                    }
                }
            }
            NetKind::MemoryOutput { memory, read } => {
                let flat = place.first_memory + memory;
                match body.memories[flat].read_registers[*read] {
                    Some(register) => Origin::Leaf(Source::Register(register), width),
                    None => {
                        let address = circuit.memories[*memory].reads[*read].address;
                        Origin::Memory { memory: flat, address: Key::Net(scope, address), width }
                    }
                }
            }
            NetKind::Port(PortDirection::Output)
            | NetKind::Local
            | NetKind::RegisterInput(_)
            | NetKind::MemoryInput(_)
            | NetKind::Connection { direction: PortDirection::Input, .. } => match circuit.driver(net) {
                Some(value) => Origin::Same(Key::Value(scope, value)),
                None => return Err(self.netlist_error(body, scope, net, "has no driver; drive it")),
            },
        })
    }

    fn netlist_error(&self, body: &Body, scope: usize, net: NetId, problem: &str) -> Error {
        let name = &self.design.circuit(body.scopes[scope].circuit).net(net).name;
        Error::Netlist { path: body.scope_path(self.design, scope), problem: format!("net `{name}` {problem}") }
    }

    fn dependencies(&self, body: &Body, key: Key) -> Result<Vec<Key>> {
        match key {
            Key::Value(scope, value) => {
                let arena = &self.design.circuit(body.scopes[scope].circuit).values;
                Ok(match arena.operation(value) {
                    Operation::Net(net) => vec![Key::Net(scope, *net)],
                    _ => arena.operands(value).into_iter().map(|operand| Key::Value(scope, operand)).collect(),
                })
            }
            Key::Net(scope, net) => Ok(match self.origin(body, scope, net)? {
                Origin::Same(key) => vec![key],
                Origin::Leaf(..) | Origin::Constant(_) => vec![],
                Origin::Memory { address, .. } => vec![address],
                Origin::Child { inputs, .. } => inputs,
            }),
        }
    }

    fn build(&self, body: &mut Body, key: Key) -> Result<ValueId> {
        match key {
            Key::Net(scope, net) => Ok(match self.origin(body, scope, net)? {
                Origin::Same(key) => self.done(body, key),
                Origin::Leaf(source, width) => body.leaf(source, width),
                Origin::Constant(constant) => body.arena.constant(constant),
                Origin::Memory { memory, address, width } => {
                    let address = self.done(body, address);
                    body.leaf(Source::MemoryRead { memory, address }, width)
                }
                Origin::Child { child, port, inputs, width } => {
                    let group = match &self.bodies[body.children[child].body] {
                        Some(inner) => match inner.outputs[port] {
                            Some(Output::Logic { group }) => inner.groups[group].inputs.clone(),
                            _ => vec![],
                        },
                        None => vec![],
                    };
                    for (input, key) in group.into_iter().zip(inputs) {
                        let value = self.done(body, key);
                        body.children[child].inputs[input] = Some(value);
                    }
                    body.leaf(Source::ChildOutput { child, port }, width)
                }
            }),
            Key::Value(scope, value) => Ok(self.rebuild(body, scope, value)),
        }
    }

    fn rebuild(&self, body: &mut Body, scope: usize, value: ValueId) -> ValueId {
        use Operation::*;
        let arena = &self.design.circuit(body.scopes[scope].circuit).values;
        let width = arena.width(value);
        let get = |body: &Body, operand: &ValueId| self.done(body, Key::Value(scope, *operand));
        macro_rules! one {
            ($method:ident, $a:expr) => {{
                let a = get(body, $a);
                body.arena.$method(a)
            }};
        }
        macro_rules! two {
            ($method:ident, $a:expr, $b:expr) => {{
                let (a, b) = (get(body, $a), get(body, $b));
                body.arena.$method(a, b)
            }};
        }
        match arena.operation(value) {
            Constant(constant) => body.arena.constant(constant.clone()),
            Net(net) => self.done(body, Key::Net(scope, *net)),
            Not(a) => one!(not, a),
            Negate(a) => one!(negate, a),
            ReduceAnd(a) => one!(reduce_and, a),
            ReduceOr(a) => one!(reduce_or, a),
            ReduceXor(a) => one!(reduce_xor, a),
            And(a, b) => two!(and, a, b),
            Or(a, b) => two!(or, a, b),
            Xor(a, b) => two!(xor, a, b),
            Add(a, b) => two!(add, a, b),
            Subtract(a, b) => two!(subtract, a, b),
            Multiply(a, b) => two!(multiply, a, b),
            ShiftLeft(a, b) => two!(shift_left, a, b),
            ShiftRight(a, b) => two!(shift_right, a, b),
            Equal(a, b) => two!(equal, a, b),
            LessThan(a, b) => two!(less_than, a, b),
            SignedLessThan(a, b) => two!(signed_less_than, a, b),
            Concat { high, low } => two!(concat, high, low),
            Mux { condition, then, otherwise } => {
                let (c, t, e) = (get(body, condition), get(body, then), get(body, otherwise));
                body.arena.mux(c, t, e)
            }
            Slice { value, low } => {
                let a = get(body, value);
                body.arena.slice(a, *low, width)
            }
            ZeroExtend(a) => {
                let a = get(body, a);
                body.arena.zero_extend(a, width)
            }
            SignExtend(a) => {
                let a = get(body, a);
                body.arena.sign_extend(a, width)
            }
        }
    }
}

/// Index of a port net in `Circuit::ports`; the design check has made sure that it is there.
fn port_index(circuit: &hardpath_netlist::Circuit, net: NetId) -> usize {
    circuit.ports.iter().position(|port| *port == net).unwrap_or(usize::MAX)
}
