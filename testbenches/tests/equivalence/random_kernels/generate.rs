//! Random circuits: every operation, widths from 1 to 140, registers, memories, branches, slices, intermediate values.

use hardpath_netlist::{
    Circuit, CircuitId, Constant, Design, EnumType, Memory, Net, NetId, NetKind, NetType, PortDirection, ReadPort,
    Register, Statement, ValueArena, ValueId, WritePort,
};
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::BTreeMap;

const WIDTHS: [u32; 12] = [1, 1, 2, 3, 4, 7, 8, 16, 33, 64, 65, 140];

/// A design of one circuit.
pub fn random_design(random: &mut StdRng) -> Design {
    let mut generator = Generator { random, nets: Vec::new(), values: ValueArena::default(), readable: Vec::new() };
    let circuit = generator.circuit();
    Design { circuits: vec![circuit], top: CircuitId(0) }
}

struct Generator<'a> {
    random: &'a mut StdRng,
    nets: Vec<Net>,
    values: ValueArena,
    /// Nets that a value may read now.
    readable: Vec<NetId>,
}

impl Generator<'_> {
    fn net(&mut self, name: String, width: u32, net_type: NetType, kind: NetKind) -> NetId {
        self.nets.push(Net { name, width, net_type, kind });
        NetId(self.nets.len() as u32 - 1)
    }

    fn bits(&mut self, name: String, width: u32, kind: NetKind) -> NetId {
        self.net(name, width, NetType::Bits, kind)
    }

    fn width(&mut self) -> u32 {
        WIDTHS[self.random.random_range(0..WIDTHS.len())]
    }

    fn circuit(&mut self) -> Circuit {
        let mut ports = vec![self.net("clock".into(), 1, NetType::Clock, NetKind::Port(PortDirection::Input))];
        let clock = ports[0];
        for index in 0..self.random.random_range(3..8) {
            let width = self.width();
            let port = self.bits(format!("input_{index}"), width, NetKind::Port(PortDirection::Input));
            ports.push(port);
            self.readable.push(port);
        }
        let state = NetType::Enum(0);
        let variants = ["Idle", "Busy", "Done"];
        let constants: Vec<NetId> = (0..3u32)
            .map(|index| {
                let name = format!("STATE_{}", variants[index as usize].to_uppercase());
                self.net(name, 2, state.clone(), NetKind::Constant(Constant::new(2, index)))
            })
            .collect();
        let mut registers = Vec::new();
        for index in 0..self.random.random_range(2..6) {
            let is_state = index == 0;
            let width = if is_state { 2 } else { self.width() };
            let net_type = if is_state { state.clone() } else { NetType::Bits };
            let name = if is_state { "state".to_owned() } else { format!("register_{index}") };
            let output = self.net(name.clone(), width, net_type.clone(), NetKind::RegisterOutput(index));
            let input = self.net(format!("{name}_next"), width, net_type, NetKind::RegisterInput(index));
            let initial = if is_state { Constant::new(2, 1u32) } else { self.constant(width) };
            registers.push(Register { output, input, clock, initial });
            self.readable.push(output);
        }
        let memory = self.memory(clock);
        self.readable.push(memory.reads[0].data);
        let rom = self.rom();

        let mut body = Vec::new();
        let mut groups = Vec::new();
        // The ROM's data depends on its address within the cycle: address first, from sources alone.
        self.drive(rom.reads[0].address, &mut body);
        self.readable.push(rom.reads[0].data);
        for index in 0..self.random.random_range(3..8) {
            let width = self.width();
            let local = self.bits(format!("local_{index}"), width, NetKind::Local);
            self.drive(local, &mut body);
            self.readable.push(local);
        }
        groups.push(self.group(&mut body));
        let write = memory.write.clone().unwrap();
        for net in [write.enable, write.address, write.data, memory.reads[0].address] {
            self.drive(net, &mut body);
        }
        self.state_machine(&registers[0], &constants, &mut body);
        for register in &registers[1..] {
            let held = self.values.net(register.output, self.nets[register.output.0 as usize].width);
            body.push(Statement::Assign { net: register.input, value: held });
            self.branches(register.input, false, 2, &mut body);
        }
        for index in 0..self.random.random_range(2..6) {
            let width = self.width();
            let port = self.bits(format!("output_{index}"), width, NetKind::Port(PortDirection::Output));
            ports.push(port);
            self.drive(port, &mut body);
        }
        let drivers = vec![None; self.nets.len()];
        Circuit {
            name: "random_kernel".into(),
            rust_type: "RandomKernel".into(),
            documentation: "A kernel without sense.".into(),
            nets: std::mem::take(&mut self.nets),
            output_dependencies: vec![Vec::new(); ports.len()],
            ports,
            instances: Vec::new(),
            registers,
            memories: vec![memory, rom],
            enums: vec![EnumType { name: "State".into(), variants: variants.map(String::from).to_vec(), width: 2 }],
            body,
            groups,
            values: std::mem::take(&mut self.values),
            drivers,
        }
    }

    fn memory(&mut self, clock: NetId) -> Memory {
        let (width, address_bits) = (self.width(), self.random.random_range(1..6));
        let input = NetKind::MemoryInput(0);
        let write = WritePort {
            clock,
            address: self.bits("buffer_write_address".into(), address_bits, input.clone()),
            data: self.bits("buffer_write_data".into(), width, input.clone()),
            enable: self.bits("buffer_write_enable".into(), 1, input.clone()),
        };
        let address = self.bits("buffer_read_address".into(), address_bits, input);
        let data = self.bits("buffer_read_data".into(), width, NetKind::MemoryOutput { memory: 0, read: 0 });
        Memory {
            name: "buffer".into(),
            width,
            word_type: NetType::Bits,
            address_bits,
            initial: self.words(width, address_bits, 3),
            write: Some(write),
            reads: vec![ReadPort { clock: Some(clock), address, data }],
            no_collision: false,
        }
    }

    fn rom(&mut self) -> Memory {
        let (width, address_bits) = (self.width(), 3);
        let address = self.bits("words_address".into(), address_bits, NetKind::MemoryInput(1));
        let data = self.bits("words_data".into(), width, NetKind::MemoryOutput { memory: 1, read: 0 });
        Memory {
            name: "words".into(),
            width,
            word_type: NetType::Bits,
            address_bits,
            initial: self.words(width, address_bits, 8),
            write: None,
            reads: vec![ReadPort { clock: None, address, data }],
            no_collision: false,
        }
    }

    fn words(&mut self, width: u32, address_bits: u32, count: u64) -> BTreeMap<u64, Constant> {
        (0..count.min(1 << address_bits)).map(|address| (address, self.constant(width))).collect()
    }

    /// Two nets of which each reads what the other holds half-way.
    fn group(&mut self, body: &mut Vec<Statement>) -> Vec<NetId> {
        let widths = [self.width(), self.width()];
        let pair: Vec<NetId> =
            (0..2).map(|index| self.bits(format!("shared_{index}"), widths[index as usize], NetKind::Local)).collect();
        for net in &pair {
            let value = self.value(self.nets[net.0 as usize].width, 2);
            body.push(Statement::Assign { net: *net, value });
        }
        self.readable.extend(&pair);
        for net in [pair[0], pair[1], pair[0]] {
            self.branches(net, true, 1, body);
        }
        pair
    }

    /// A default that reads a net, then branches.
    fn drive(&mut self, net: NetId, body: &mut Vec<Statement>) {
        let width = self.nets[net.0 as usize].width;
        let (value, source) = (self.value(width, 3), self.source(width));
        let value = self.values.xor(value, source);
        body.push(Statement::Assign { net, value });
        if self.random.random_bool(0.6) {
            // What a block has assigned it may read again.
            let own = self.random.random_bool(0.3);
            if own {
                self.readable.push(net);
            }
            self.branches(net, own, 2, body);
            if own {
                self.readable.pop();
            }
        }
    }

    fn branches(&mut self, net: NetId, own: bool, depth: u32, body: &mut Vec<Statement>) {
        for _ in 0..self.random.random_range(1..3) {
            let statement = self.statement(net, own, depth);
            body.push(statement);
        }
    }

    fn block(&mut self, net: NetId, own: bool, depth: u32) -> Vec<Statement> {
        let mut body = Vec::new();
        if self.random.random_bool(0.8) {
            self.branches(net, own, depth, &mut body);
        }
        body
    }

    fn statement(&mut self, net: NetId, own: bool, depth: u32) -> Statement {
        let width = self.nets[net.0 as usize].width;
        match self.random.random_range(0..if depth == 0 { 2 } else { 4 }) {
            0 => {
                let mut value = self.value(width, 3);
                if own && self.random.random_bool(0.5) {
                    let held = self.values.net(net, width);
                    value = self.values.add(held, value);
                }
                Statement::Assign { net, value }
            }
            1 => {
                let low = self.random.random_range(0..width);
                let part = self.random.random_range(1..=width - low);
                Statement::AssignSlice { net, low, value: self.value(part, 2) }
            }
            2 => Statement::If {
                condition: self.value(1, 2),
                then: self.block(net, own, depth - 1),
                otherwise: self.block(net, own, depth - 1),
            },
            _ => {
                let subject_width = self.random.random_range(1..5);
                let arms = self.random.random_range(1..=(1u32 << subject_width).min(5));
                Statement::Match {
                    subject: self.value(subject_width, 2),
                    arms: (0..arms)
                        .map(|pattern| {
                            let pattern = self.values.constant(Constant::new(subject_width, pattern));
                            (pattern, self.block(net, own, depth - 1))
                        })
                        .collect(),
                    default: self.block(net, own, depth - 1),
                }
            }
        }
    }

    fn state_machine(&mut self, register: &Register, constants: &[NetId], body: &mut Vec<Statement>) {
        let held = self.values.net(register.output, 2);
        body.push(Statement::Assign { net: register.input, value: held });
        let names: Vec<ValueId> = constants.iter().map(|id| self.values.net(*id, 2)).collect();
        let arms = (0..2)
            .map(|index| {
                let then = vec![Statement::Assign { net: register.input, value: names[index + 1] }];
                (names[index], vec![Statement::If { condition: self.value(1, 2), then, otherwise: vec![] }])
            })
            .collect();
        let default = vec![Statement::Assign { net: register.input, value: names[0] }];
        body.push(Statement::Match { subject: held, arms, default });
    }

    fn constant(&mut self, width: u32) -> Constant {
        let words: Vec<u64> = (0..3).map(|_| self.random.random()).collect();
        match self.random.random_range(0..5) {
            0 => Constant::zero(width),
            1 => Constant::ones(width),
            2 => Constant::new(width, self.random.random_range(0..4u32)),
            _ => Constant::from_words(width, &words),
        }
    }

    fn leaf(&mut self, width: u32) -> ValueId {
        if self.random.random_bool(0.15) {
            let constant = self.constant(width);
            return self.values.constant(constant);
        }
        self.source(width)
    }

    /// A net, cut or extended.
    fn source(&mut self, width: u32) -> ValueId {
        let net = self.readable[self.random.random_range(0..self.readable.len())];
        let whole = self.nets[net.0 as usize].width;
        let value = self.values.net(net, whole);
        if whole > width {
            let low = self.random.random_range(0..=whole - width);
            self.values.slice(value, low, width)
        } else if self.random.random_bool(0.3) {
            self.values.sign_extend(value, width)
        } else {
            self.values.zero_extend(value, width)
        }
    }

    fn value(&mut self, width: u32, depth: u32) -> ValueId {
        if depth == 0 {
            return self.leaf(width);
        }
        let depth = depth - 1;
        if width == 1 && self.random.random_bool(0.5) {
            let operands = self.width();
            let a = self.value(operands, depth);
            match self.random.random_range(0..6) {
                0 => return self.values.reduce_and(a),
                1 => return self.values.reduce_or(a),
                2 => return self.values.reduce_xor(a),
                choice => {
                    let b = self.value(operands, depth);
                    return match choice {
                        3 => self.values.equal(a, b),
                        4 => self.values.less_than(a, b),
                        _ => self.values.signed_less_than(a, b),
                    };
                }
            }
        }
        match self.random.random_range(0..16) {
            0 => self.leaf(width),
            1 => {
                let a = self.value(width, depth);
                self.values.not(a)
            }
            2 => {
                let a = self.value(width, depth);
                self.values.negate(a)
            }
            choice @ 3..=8 => {
                let (a, b) = (self.value(width, depth), self.value(width, depth));
                match choice {
                    3 => self.values.and(a, b),
                    4 => self.values.or(a, b),
                    5 => self.values.xor(a, b),
                    6 => self.values.add(a, b),
                    7 => self.values.subtract(a, b),
                    _ => self.values.multiply(a, b),
                }
            }
            choice @ 9..=10 => {
                let amount_width = self.random.random_range(1..9);
                let amount_width = if self.random.random_bool(0.1) { 40 } else { amount_width };
                let (a, amount) = (self.value(width, depth), self.value(amount_width, depth));
                if choice == 9 { self.values.shift_left(a, amount) } else { self.values.shift_right(a, amount) }
            }
            11 => {
                let condition = self.value(1, depth);
                let (then, otherwise) = (self.value(width, depth), self.value(width, depth));
                self.values.mux(condition, then, otherwise)
            }
            12 | 13 => {
                let extra = self.random.random_range(1..20);
                let low = self.random.random_range(0..=extra);
                let a = self.value(width + extra, depth);
                self.values.slice(a, low, width)
            }
            14 if width > 1 => {
                let split = self.random.random_range(1..width);
                let (high, low) = (self.value(width - split, depth), self.value(split, depth));
                self.values.concat(high, low)
            }
            14 => {
                // One bit of a vector, as `get_bit` of an index.
                let (a, amount) = (self.value(8, 0), self.value(3, depth));
                let shifted = self.values.shift_right(a, amount);
                self.values.slice(shifted, 0, 1)
            }
            _ => {
                let narrow = self.random.random_range(1..=width);
                let a = self.value(narrow, depth);
                if self.random.random_bool(0.5) {
                    self.values.sign_extend(a, width)
                } else {
                    self.values.zero_extend(a, width)
                }
            }
        }
    }
}
