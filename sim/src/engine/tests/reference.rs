//! Reference interpreter: evaluates every net recursively with big integers, instance by instance.

use hardpath_netlist::{CircuitId, Design, NetId, NetKind, Operation, PortDirection, ValueArena, ValueId};
use num_bigint::BigUint;
use num_traits::{One, ToPrimitive, Zero};
use std::collections::HashMap;

type Path = Vec<usize>;

/// State of a whole design.
pub struct Reference {
    pub design: Design,
    pub inputs: HashMap<NetId, BigUint>,
    registers: HashMap<(Path, usize), BigUint>,
    read_data: HashMap<(Path, usize, usize), BigUint>,
    memories: HashMap<(Path, usize, u64), BigUint>,
    instances: Vec<(Path, CircuitId)>,
    nets: HashMap<(Path, NetId), BigUint>,
    values: HashMap<(Path, ValueId), BigUint>,
}

pub fn mask(width: u32) -> BigUint {
    (BigUint::one() << width) - BigUint::one()
}

fn bit(value: bool) -> BigUint {
    BigUint::from(u32::from(value))
}

/// One operation on values of known widths.
pub fn evaluate(arena: &ValueArena, id: ValueId, get: &mut dyn FnMut(ValueId) -> BigUint) -> BigUint {
    use Operation::*;
    let width = arena.width(id);
    let modulus = BigUint::one() << width;
    let signed = |value: BigUint, width: u32| value ^ (BigUint::one() << (width - 1));
    match arena.operation(id) {
        Constant(constant) => constant.value().clone(),
        Net(_) => panic!("nets are looked up"),
        Not(a) => mask(width) - get(*a),
        Negate(a) => (&modulus - get(*a)) % &modulus,
        And(a, b) => get(*a) & get(*b),
        Or(a, b) => get(*a) | get(*b),
        Xor(a, b) => get(*a) ^ get(*b),
        Add(a, b) => (get(*a) + get(*b)) % &modulus,
        Subtract(a, b) => (get(*a) + &modulus - get(*b)) % &modulus,
        Multiply(a, b) => (get(*a) * get(*b)) % &modulus,
        ShiftLeft(a, b) => match get(*b).to_u64() {
            Some(amount) if amount < u64::from(width) => (get(*a) << amount) % &modulus,
            _ => BigUint::zero(),
        },
        ShiftRight(a, b) => match get(*b).to_u64() {
            Some(amount) if amount < u64::from(width) => get(*a) >> amount,
            _ => BigUint::zero(),
        },
        Equal(a, b) => bit(get(*a) == get(*b)),
        LessThan(a, b) => bit(get(*a) < get(*b)),
        SignedLessThan(a, b) => {
            let width = arena.width(*a);
            bit(signed(get(*a), width) < signed(get(*b), width))
        }
        ReduceAnd(a) => bit(get(*a) == mask(arena.width(*a))),
        ReduceOr(a) => bit(!get(*a).is_zero()),
        ReduceXor(a) => bit(get(*a).count_ones() % 2 == 1),
        Mux { condition, then, otherwise } => {
            if get(*condition).is_zero() {
                get(*otherwise)
            } else {
                get(*then)
            }
        }
        Slice { value, low } => (get(*value) >> *low) & mask(width),
        Concat { high, low } => (get(*high) << arena.width(*low)) | get(*low),
        ZeroExtend(a) => get(*a),
        SignExtend(a) => {
            let narrow = arena.width(*a);
            let value = get(*a);
            if value.bit(u64::from(narrow - 1)) { value | (mask(width - narrow) << narrow) } else { value }
        }
    }
}

impl Reference {
    pub fn new(design: &Design) -> Self {
        let mut instances = vec![(vec![], design.top)];
        let mut next = 0;
        while next < instances.len() {
            let (path, circuit) = instances[next].clone();
            for (index, instance) in design.circuit(circuit).instances.iter().enumerate() {
                let inner: Path = path.iter().copied().chain([index]).collect();
                instances.push((inner, instance.circuit));
            }
            next += 1;
        }
        let mut reference = Self {
            design: design.clone(),
            inputs: HashMap::new(),
            registers: HashMap::new(),
            read_data: HashMap::new(),
            memories: HashMap::new(),
            instances,
            nets: HashMap::new(),
            values: HashMap::new(),
        };
        for (path, circuit) in reference.instances.clone() {
            for (index, register) in design.circuit(circuit).registers.iter().enumerate() {
                reference.registers.insert((path.clone(), index), register.initial.value().clone());
            }
            for (index, memory) in design.circuit(circuit).memories.iter().enumerate() {
                for (address, word) in &memory.initial {
                    reference.memories.insert((path.clone(), index, *address), word.value().clone());
                }
            }
        }
        reference
    }

    pub fn instances(&self) -> &[(Path, CircuitId)] {
        &self.instances
    }

    pub fn set(&mut self, net: NetId, value: BigUint) {
        self.inputs.insert(net, value);
        self.nets.clear();
        self.values.clear();
    }

    pub fn memory_word(&self, path: &[usize], memory: usize, address: u64) -> BigUint {
        self.memories.get(&(path.to_vec(), memory, address)).cloned().unwrap_or_default()
    }

    fn circuit_of(&self, path: &[usize]) -> CircuitId {
        path.iter().fold(self.design.top, |circuit, step| self.design.circuit(circuit).instances[*step].circuit)
    }

    pub fn net(&mut self, path: &[usize], net: NetId) -> BigUint {
        let key = (path.to_vec(), net);
        if let Some(known) = self.nets.get(&key) {
            return known.clone();
        }
        let circuit = self.design.circuit(self.circuit_of(path)).clone();
        let value = match &circuit.net(net).kind {
            NetKind::Constant(constant) => constant.value().clone(),
            NetKind::Port(PortDirection::Input) => match path.split_last() {
                None => self.inputs.get(&net).cloned().unwrap_or_default(),
                Some((last, parent)) => {
                    let port = circuit.ports.iter().position(|port| *port == net).unwrap();
                    let connection = self.design.circuit(self.circuit_of(parent)).instances[*last].connections[port];
                    self.net(parent, connection)
                }
            },
            NetKind::RegisterOutput(index) => self.registers[&(path.to_vec(), *index)].clone(),
            NetKind::Connection { instance, port, direction: PortDirection::Output } => {
                let inner: Path = path.iter().copied().chain([*instance]).collect();
                let port = self.design.circuit(self.circuit_of(&inner)).ports[*port];
                self.net(&inner, port)
            }
            NetKind::MemoryOutput { memory, read } => {
                let port = &circuit.memories[*memory].reads[*read];
                if port.clock.is_some() {
                    self.read_data.get(&(path.to_vec(), *memory, *read)).cloned().unwrap_or_default()
                } else {
                    let address = self.net(path, port.address).to_u64().unwrap();
                    self.memory_word(path, *memory, address)
                }
            }
            _ => self.value(path, circuit.driver(net).unwrap()),
        };
        self.nets.insert(key, value.clone());
        value
    }

    fn value(&mut self, path: &[usize], id: ValueId) -> BigUint {
        let key = (path.to_vec(), id);
        if let Some(known) = self.values.get(&key) {
            return known.clone();
        }
        let arena = self.design.circuit(self.circuit_of(path)).values.clone();
        let value = match arena.operation(id) {
            Operation::Net(net) => self.net(path, *net),
            _ => evaluate(&arena, id, &mut |operand| self.value(path, operand)),
        };
        self.values.insert(key, value.clone());
        value
    }

    /// The top's clock input that a clock net of an instance comes from.
    fn top_clock(&self, path: &[usize], net: NetId) -> NetId {
        let Some((last, parent)) = path.split_last() else { return net };
        let port = self.design.circuit(self.circuit_of(path)).ports.iter().position(|port| *port == net).unwrap();
        let outer = self.design.circuit(self.circuit_of(parent));
        let driver = outer.driver(outer.instances[*last].connections[port]).unwrap();
        match outer.values.operation(driver) {
            Operation::Net(clock) => self.top_clock(parent, *clock),
            other => panic!("a clock is driven by {other:?}"),
        }
    }

    /// Rising edge of some of the top's clocks.
    pub fn tick(&mut self, clocks: &[NetId]) {
        let mut registers = vec![];
        let mut read_data = vec![];
        let mut words = vec![];
        for (path, id) in self.instances.clone() {
            let circuit = self.design.circuit(id).clone();
            for (index, register) in circuit.registers.iter().enumerate() {
                if clocks.contains(&self.top_clock(&path, register.clock)) {
                    registers.push(((path.clone(), index), self.net(&path, register.input)));
                }
            }
            for (index, memory) in circuit.memories.iter().enumerate() {
                for (read, port) in memory.reads.iter().enumerate() {
                    if port.clock.is_some_and(|clock| clocks.contains(&self.top_clock(&path, clock))) {
                        let address = self.net(&path, port.address).to_u64().unwrap();
                        read_data.push(((path.clone(), index, read), self.memory_word(&path, index, address)));
                    }
                }
                if let Some(write) = &memory.write
                    && clocks.contains(&self.top_clock(&path, write.clock))
                    && !self.net(&path, write.enable).is_zero()
                {
                    let address = self.net(&path, write.address).to_u64().unwrap();
                    words.push(((path.clone(), index, address), self.net(&path, write.data)));
                }
            }
        }
        self.registers.extend(registers);
        self.read_data.extend(read_data);
        self.memories.extend(words);
        self.nets.clear();
        self.values.clear();
    }
}
