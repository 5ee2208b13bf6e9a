//! Random hierarchical designs.

use super::build::Builder;
use super::operations::random_value;
use hardpath_netlist::{
    Circuit, CircuitId, Constant, Design, NetId, NetKind, NetType, Operation, PortDirection, ValueId,
};
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::HashMap;

/// What the random designs look like.
#[derive(Clone, Copy)]
pub struct Shape {
    pub circuits: usize,
    pub instances: usize,
    pub registers: usize,
    pub operations: usize,
    pub clocks: usize,
    pub widest: u32,
    /// Whether the instances of a circuit are all of one kind, an array driven by a selector.
    pub arrays: bool,
}

struct Pool {
    values: Vec<ValueId>,
    /// Sources that change within the cycle with an input.
    mealy: HashMap<NetId, bool>,
}

impl Pool {
    fn of_width(&self, builder: &mut Builder, random: &mut StdRng, width: u32) -> ValueId {
        let fitting: Vec<ValueId> =
            self.values.iter().copied().filter(|value| builder.circuit.values.width(*value) == width).collect();
        if !fitting.is_empty() && random.random_bool(0.8) {
            return fitting[random.random_range(0..fitting.len())];
        }
        let any = self.values[random.random_range(0..self.values.len())];
        let arena = &mut builder.circuit.values;
        if arena.width(any) < width && random.random_bool(0.5) {
            return arena.sign_extend(any, width);
        }
        arena.resize(any, width)
    }
}

fn random_width(random: &mut StdRng, widest: u32) -> u32 {
    match random.random_range(0..6) {
        0 | 1 => 1,
        2 => random.random_range(1..=8.min(widest)),
        3 => random.random_range(1..=64.min(widest)),
        4 => 32.min(widest),
        _ => random.random_range(1..=widest),
    }
}

fn operation(builder: &mut Builder, pool: &Pool, random: &mut StdRng, widest: u32) -> ValueId {
    let width = random_width(random, widest);
    let a = pool.of_width(builder, random, width);
    let b = pool.of_width(builder, random, width);
    let c = pool.of_width(builder, random, 1);
    let amount = pool.of_width(builder, random, 6);
    let v = &mut builder.circuit.values;
    match random.random_range(0..22) {
        0 => v.not(a),
        1 => v.negate(a),
        2 => v.and(a, b),
        3 => v.or(a, b),
        4 => v.xor(a, b),
        5 => v.add(a, b),
        6 => v.subtract(a, b),
        7 => v.multiply(a, b),
        8 => v.shift_left(a, amount),
        9 => v.shift_right(a, amount),
        10 => v.equal(a, b),
        11 => v.less_than(a, b),
        12 => v.signed_less_than(a, b),
        13 => v.reduce_xor(a),
        14 if width < widest => v.concat(c, a),
        15 => {
            let low = random.random_range(0..width);
            v.slice(a, low, random.random_range(1..=width - low))
        }
        _ => v.mux(c, a, b),
    }
}

/// A chain of multiplexers over expensive arms, as a state machine's kernel gives.
fn guarded(builder: &mut Builder, pool: &Pool, random: &mut StdRng, hold: ValueId) -> ValueId {
    let width = builder.circuit.values.width(hold);
    let mut value = hold;
    for _ in 0..random.random_range(0..4) {
        let condition = pool.of_width(builder, random, 1);
        let mut arm = pool.of_width(builder, random, width);
        for _ in 0..random.random_range(0..6) {
            let other = pool.of_width(builder, random, width);
            arm = match random.random_range(0..3) {
                0 => builder.circuit.values.multiply(arm, other),
                1 => builder.circuit.values.add(arm, other),
                _ => builder.circuit.values.xor(arm, other),
            };
        }
        value = builder.circuit.values.mux(condition, arm, value);
    }
    value
}

fn depends_on_inputs(builder: &Builder, pool: &Pool, value: ValueId) -> bool {
    let mut seen = vec![false; builder.circuit.values.len()];
    let mut stack = vec![value];
    while let Some(value) = stack.pop() {
        if std::mem::replace(&mut seen[value.0 as usize], true) {
            continue;
        }
        match builder.circuit.values.operation(value) {
            Operation::Net(net) if pool.mealy.get(net).copied().unwrap_or(false) => return true,
            Operation::Net(_) => {}
            _ => stack.extend(builder.circuit.values.operands(value)),
        }
    }
    false
}

/// Moore outputs of a finished circuit, by port.
type Moore = Vec<bool>;

fn circuit(random: &mut StdRng, shape: Shape, index: usize, done: &[(Circuit, Moore)]) -> (Circuit, Moore) {
    let mut builder = Builder::new(&format!("circuit_{index}"));
    let b = &mut builder;
    let clocks: Vec<NetId> = (0..shape.clocks).map(|clock| b.clock(&format!("clock_{clock}"))).collect();
    let mut pool = Pool { values: vec![], mealy: HashMap::new() };
    for input in 0..random.random_range(1..5) {
        let value = b.input(&format!("input_{input}"), random_width(random, shape.widest));
        pool.mealy.insert(b.circuit.ports[b.circuit.ports.len() - 1], true);
        pool.values.push(value);
    }
    let constant = Constant::new(8, random.random::<u32>());
    pool.values.push(b.circuit.values.constant(constant));
    let mut registers = vec![];
    for register in 0..shape.registers {
        let width = random_width(random, shape.widest);
        let initial = Constant::new(width, random_value(random, width));
        let clock = clocks[random.random_range(0..clocks.len())];
        let (value, next) = b.register(&format!("register_{register}"), clock, initial);
        pool.values.push(value);
        registers.push((value, next));
    }
    let memories = random.random_range(0..3);
    let mut memory_inputs = vec![];
    for memory in 0..memories {
        let width = random_width(random, shape.widest);
        let address_bits = random.random_range(1..4);
        let mut initial = std::collections::BTreeMap::new();
        for address in 0..1u64 << address_bits {
            if random.random_bool(0.7) {
                initial.insert(address, Constant::new(width, random_value(random, width)));
            }
        }
        let clock = clocks[random.random_range(0..clocks.len())];
        let write = random.random_bool(0.8).then(|| clocks[random.random_range(0..clocks.len())]);
        let clocked = random.random_bool(0.7);
        let (data, address, write) =
            b.memory(&format!("memory_{memory}"), (width, address_bits), initial, clocked.then_some(clock), write);
        if clocked {
            pool.values.push(data);
            memory_inputs.push(address);
        } else {
            let from = pool.of_width(b, random, address_bits);
            b.drive(address, from);
            let mealy = depends_on_inputs(b, &pool, from);
            if let Operation::Net(net) = b.circuit.values.operation(data) {
                pool.mealy.insert(*net, mealy);
            }
            pool.values.push(data);
        }
        if let Some((enable, address, data)) = write {
            memory_inputs.extend([enable, address, data]);
        }
    }
    let mut later = vec![];
    if index > 0 {
        let only = random.random_range(0..index);
        let count = if shape.arrays { shape.instances } else { random.random_range(1..=shape.instances) };
        for instance in 0..count {
            let child = if shape.arrays { only } else { random.random_range(0..index) };
            let (circuit, moore) = &done[child];
            let placed = b.instance(&format!("child_{instance}"), CircuitId(child as u32), circuit);
            for (port, net) in placed.connections.iter().enumerate() {
                if b.circuit.net(*net).net_type == NetType::Clock {
                    let clock = clocks[random.random_range(0..clocks.len())];
                    let value = b.value(clock);
                    b.drive(*net, value);
                } else if moore[port] {
                    let value = b.value(*net);
                    pool.values.push(value);
                }
            }
            later.push((placed, child));
        }
    }
    for _ in 0..shape.operations / 2 {
        let value = operation(b, &pool, random, shape.widest);
        pool.values.push(value);
    }
    let selector = pool.of_width(b, random, 3);
    let shared = pool.of_width(b, random, 1);
    let regular: Vec<u32> = (0..64).map(|_| random.random_range(0..4)).collect();
    let mut sum = None;
    for (instance, (placed, child)) in later.into_iter().enumerate() {
        let (circuit, moore) = &done[child];
        let mut mealy = false;
        let number = b.circuit.values.constant(Constant::new(3, instance as u32 % 8));
        let selected = b.circuit.values.equal(selector, number);
        for (port, net) in placed.connections.iter().enumerate() {
            let inner = circuit.net(circuit.ports[port]);
            if inner.kind == NetKind::Port(PortDirection::Input) && inner.net_type != NetType::Clock {
                let value = match regular[port] {
                    0 if shape.arrays && inner.width == 1 => shared,
                    1 if shape.arrays && inner.width == 1 => b.circuit.values.and(selected, shared),
                    2 if shape.arrays && inner.width == 1 => selected,
                    _ => pool.of_width(b, random, inner.width),
                };
                mealy |= depends_on_inputs(b, &pool, value);
                b.drive(*net, value);
            }
        }
        let flag = placed.connections.iter().enumerate().find(|(port, net)| {
            moore[*port] && b.circuit.net(**net).width == 1 && b.circuit.net(**net).net_type != NetType::Clock
        });
        if let Some((_, net)) = flag {
            let flag = b.value(*net);
            let term = b.circuit.values.and(selected, flag);
            sum = Some(match sum {
                Some(sum) => b.circuit.values.or(sum, term),
                None => term,
            });
        }
        for (port, net) in placed.connections.iter().enumerate() {
            let inner = circuit.net(circuit.ports[port]);
            if inner.kind == NetKind::Port(PortDirection::Output) && !moore[port] {
                pool.mealy.insert(*net, mealy);
                let value = b.value(*net);
                pool.values.push(value);
            }
        }
        for _ in 0..3 {
            let value = operation(b, &pool, random, shape.widest);
            pool.values.push(value);
        }
    }
    pool.values.extend(sum.filter(|_| shape.arrays));
    for local in 0..shape.operations / 2 {
        let value = operation(b, &pool, random, shape.widest);
        b.local(&format!("local_{local}"), value);
        pool.values.push(value);
    }
    for (value, next) in registers {
        let from = guarded(b, &pool, random, value);
        b.drive(next, from);
    }
    for net in memory_inputs {
        let width = b.circuit.net(net).width;
        let value = pool.of_width(b, random, width);
        b.drive(net, value);
    }
    let mut moore = vec![false; b.circuit.ports.len()];
    for output in 0..random.random_range(2..6) {
        let value = pool.values[random.random_range(0..pool.values.len())];
        b.output(&format!("output_{output}"), value);
        let depends = depends_on_inputs(b, &pool, value);
        moore.push(!depends);
    }
    (builder.finish(), moore)
}

/// A circuit that counts without end and shows it now and then: when its count is a certain one, and to an input.
fn timer(random: &mut StdRng, shape: Shape) -> (Circuit, Moore) {
    let mut builder = Builder::new("timer");
    let b = &mut builder;
    let clocks: Vec<NetId> = (0..shape.clocks).map(|clock| b.clock(&format!("clock_{clock}"))).collect();
    let asked = b.input("asked", 1);
    let width = random.random_range(3..7);
    let (count, next) = b.register("count", clocks[0], Constant::new(width, random_value(random, width)));
    let one = b.circuit.values.constant(Constant::new(width, 1_u32));
    let more = b.circuit.values.add(count, one);
    b.drive(next, more);
    let certain = b.circuit.values.constant(Constant::new(width, random_value(random, width)));
    let over = b.circuit.values.equal(count, certain);
    let (seen, seen_next) = b.register("seen", clocks[0], Constant::new(8, 0_u32));
    let step = b.circuit.values.resize(over, 8);
    let sum = b.circuit.values.add(seen, step);
    b.drive(seen_next, sum);
    let answer = b.circuit.values.and(asked, over);
    b.output("over", over);
    b.output("seen", seen);
    b.output("answer", answer);
    let mut moore = vec![false; shape.clocks + 1];
    moore.extend([true, true, false]);
    (builder.finish(), moore)
}

/// A random design.
pub fn random_design(random: &mut StdRng, shape: Shape) -> Design {
    grown(random, shape, vec![])
}

/// A random design with timers in it.
pub fn random_design_with_timers(random: &mut StdRng, shape: Shape) -> Design {
    let timer = timer(random, shape);
    grown(random, shape, vec![timer])
}

fn grown(random: &mut StdRng, shape: Shape, mut done: Vec<(Circuit, Moore)>) -> Design {
    for _ in 0..shape.circuits {
        let made = circuit(random, shape, done.len(), &done);
        done.push(made);
    }
    let top = CircuitId(done.len() as u32 - 1);
    Design { circuits: done.into_iter().map(|(circuit, _)| circuit).collect(), top }
}
