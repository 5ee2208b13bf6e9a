//! The meaning of a circuit's statements, carried out one by one on big integers.

use hardpath_netlist::{Circuit, Constant, NetId, NetKind, NetType, Operation, PortDirection, Statement, ValueId};
use hardpath_testbenches::cosimulation::Model;
use num_bigint::BigUint;
use std::collections::HashMap;

/// A circuit without children whose statements stand in an order in which no source is missing.
pub struct Interpreter<'a> {
    circuit: &'a Circuit,
    nets: Vec<Constant>,
    memories: Vec<HashMap<u64, Constant>>,
    inputs: Vec<NetId>,
    outputs: Vec<NetId>,
}

impl<'a> Interpreter<'a> {
    pub fn new(circuit: &'a Circuit) -> Self {
        let mut nets: Vec<Constant> = circuit
            .nets
            .iter()
            .map(|net| match &net.kind {
                NetKind::Constant(value) => value.clone(),
                _ => Constant::zero(net.width),
            })
            .collect();
        for register in &circuit.registers {
            nets[register.output.0 as usize] = register.initial.clone();
        }
        let ports = |direction| {
            let is = move |id: &NetId| {
                let net = circuit.net(*id);
                net.kind == NetKind::Port(direction) && net.net_type != NetType::Clock
            };
            circuit.ports.iter().copied().filter(is).collect()
        };
        Self {
            circuit,
            nets,
            memories: circuit.memories.iter().map(|memory| memory.initial.clone().into_iter().collect()).collect(),
            inputs: ports(PortDirection::Input),
            outputs: ports(PortDirection::Output),
        }
    }

    fn net(&self, id: NetId) -> &Constant {
        &self.nets[id.0 as usize]
    }

    fn word(&self, memory: usize, address: u64) -> Constant {
        let zero = || Constant::zero(self.circuit.memories[memory].width);
        self.memories[memory].get(&address).cloned().unwrap_or_else(zero)
    }

    fn execute(&mut self, statements: &[Statement]) {
        for statement in statements {
            match statement {
                Statement::Assign { net, value } => self.nets[net.0 as usize] = self.value(*value),
                Statement::AssignSlice { net, low, value } => {
                    let bits = self.value(*value);
                    let old = self.net(*net);
                    let hole = Constant::ones(bits.width()).value() << *low;
                    let kept = old.value() - (old.value() & hole);
                    self.nets[net.0 as usize] = Constant::new(old.width(), kept | (bits.value() << *low));
                }
                Statement::If { condition, then, otherwise } => {
                    let taken = if self.value(*condition).is_zero() { otherwise } else { then };
                    self.execute(taken);
                }
                Statement::Match { subject, arms, default } => {
                    let subject = self.value(*subject);
                    let arm = arms.iter().find(|(pattern, _)| self.value(*pattern) == subject);
                    self.execute(arm.map_or(default, |(_, statements)| statements));
                }
            }
        }
    }

    fn value(&self, id: ValueId) -> Constant {
        let width = self.circuit.values.width(id);
        let one = BigUint::from(1u32);
        let modulus = || &one << width;
        let big = |id: ValueId| self.value(id).value().clone();
        let is_negative = |id: ValueId| self.value(id).get_bit(self.circuit.values.width(id) - 1);
        let shift = |amount: ValueId| self.value(amount).to_u64().filter(|amount| *amount < u64::from(width));
        let value: BigUint = match *self.circuit.values.operation(id) {
            Operation::Constant(ref constant) => constant.value().clone(),
            Operation::Net(net) => self.net(net).value().clone(),
            Operation::Not(a) => modulus() - &one - big(a),
            Operation::Negate(a) => modulus() - big(a),
            Operation::And(a, b) => big(a) & big(b),
            Operation::Or(a, b) => big(a) | big(b),
            Operation::Xor(a, b) => big(a) ^ big(b),
            Operation::Add(a, b) => big(a) + big(b),
            Operation::Subtract(a, b) => modulus() + big(a) - big(b),
            Operation::Multiply(a, b) => big(a) * big(b),
            Operation::ShiftLeft(a, amount) => shift(amount).map_or_else(BigUint::default, |amount| big(a) << amount),
            Operation::ShiftRight(a, amount) => shift(amount).map_or_else(BigUint::default, |amount| big(a) >> amount),
            Operation::Equal(a, b) => u32::from(big(a) == big(b)).into(),
            Operation::LessThan(a, b) => u32::from(big(a) < big(b)).into(),
            Operation::SignedLessThan(a, b) => {
                let less = match (is_negative(a), is_negative(b)) {
                    (true, false) => true,
                    (false, true) => false,
                    _ => big(a) < big(b),
                };
                u32::from(less).into()
            }
            Operation::ReduceAnd(a) => u32::from(self.value(a).is_ones()).into(),
            Operation::ReduceOr(a) => u32::from(!self.value(a).is_zero()).into(),
            Operation::ReduceXor(a) => big(a).count_ones() % 2u64 * &one,
            Operation::Mux { condition, then, otherwise } => {
                big(if self.value(condition).is_zero() { otherwise } else { then })
            }
            Operation::Slice { value, low } => big(value) >> low,
            Operation::Concat { high, low } => (big(high) << self.circuit.values.width(low)) | big(low),
            Operation::ZeroExtend(a) => big(a),
            Operation::SignExtend(a) => {
                let narrow = self.circuit.values.width(a);
                let upper = if is_negative(a) { modulus() - (&one << narrow) } else { BigUint::default() };
                upper + big(a)
            }
        };
        Constant::new(width, value)
    }
}

impl Model for Interpreter<'_> {
    fn name(&self) -> &str {
        "the statements"
    }

    fn set(&mut self, index: usize, value: &[u64]) -> anyhow::Result<()> {
        let id = self.inputs[index];
        self.nets[id.0 as usize] = Constant::from_words(self.circuit.net(id).width, value);
        Ok(())
    }

    fn settle(&mut self) -> anyhow::Result<()> {
        for (index, memory) in self.circuit.memories.iter().enumerate() {
            for read in memory.reads.iter().filter(|read| read.clock.is_none()) {
                // The address of such a read comes from the body: carry out the body, read, and carry it out again.
                self.execute(&self.circuit.body);
                let address = self.net(read.address).to_u64().unwrap();
                self.nets[read.data.0 as usize] = self.word(index, address);
            }
        }
        self.execute(&self.circuit.body);
        Ok(())
    }

    fn get(&mut self, index: usize, value: &mut [u64]) -> anyhow::Result<()> {
        value.copy_from_slice(&self.net(self.outputs[index]).words());
        Ok(())
    }

    fn rise(&mut self, edges: u64) -> anyhow::Result<()> {
        anyhow::ensure!(edges == 1, "the interpreter has one clock");
        let mut changes = Vec::new();
        for register in &self.circuit.registers {
            changes.push((register.output, self.net(register.input).clone()));
        }
        for (index, memory) in self.circuit.memories.iter().enumerate() {
            for read in memory.reads.iter().filter(|read| read.clock.is_some()) {
                changes.push((read.data, self.word(index, self.net(read.address).to_u64().unwrap())));
            }
        }
        for (index, memory) in self.circuit.memories.iter().enumerate() {
            if let Some(write) = &memory.write
                && !self.net(write.enable).is_zero()
            {
                let address = self.net(write.address).to_u64().unwrap();
                let data = self.net(write.data).clone();
                self.memories[index].insert(address, data);
            }
        }
        for (net, value) in changes {
            self.nets[net.0 as usize] = value;
        }
        Ok(())
    }
}
