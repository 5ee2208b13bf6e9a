//! Turns a schedule into one machine-code function.

use crate::engine::body::{Body, Output, Source};
use crate::engine::layout::{Layout, words_of};
use crate::engine::order::operands;
use crate::engine::schedule::Schedule;
use crate::engine::sinks::{Block, Branch, Item};
use crate::engine::words::Words;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{BlockArg, InstBuilder, MemFlagsData, Value};
use cranelift_frontend::FunctionBuilder;
use hardpath_netlist::{Operation, ValueId};
use std::rc::Rc;

/// Cost from which on stores that share a condition are skipped by a branch instead of being selected. A mispredicted
/// branch costs about as much as twenty simple instructions, a predicted one nothing.
const BRANCH_COST: u64 = 10;

/// Cost of an arm from which on a multiplexer in the middle of logic becomes a branch.
const VALUE_BRANCH_COST: u64 = 40;

/// Nesting of branches for multiplexers among values.
const DEEPEST: usize = 60;

/// Emits the values and stores of one function of one body.
pub(super) struct Emitter<'a, 'b> {
    pub builder: FunctionBuilder<'b>,
    pub body: &'a Body,
    pub bodies: &'a [Option<Body>],
    pub layout: &'a Layout,
    pub layouts: &'a [Option<Layout>],
    pub schedule: Schedule,
    /// Pointer to the body's state.
    pub state: Value,
    /// Which clocks rise, if the body has several.
    pub mask: Option<Value>,
    known: Vec<Option<Rc<[Value]>>>,
    scopes: Vec<Vec<ValueId>>,
    counted: Vec<bool>,
    depth: usize,
}

impl<'a, 'b> Emitter<'a, 'b> {
    /// Starts with nothing computed.
    pub fn new(
        builder: FunctionBuilder<'b>,
        (body, bodies): (&'a Body, &'a [Option<Body>]),
        (layout, layouts): (&'a Layout, &'a [Option<Layout>]),
        schedule: Schedule,
        (state, mask): (Value, Option<Value>),
    ) -> Self {
        let values = body.arena.len();
        Self {
            builder,
            body,
            bodies,
            layout,
            layouts,
            schedule,
            state,
            mask,
            known: vec![None; values],
            scopes: vec![Vec::new()],
            counted: vec![false; values],
            depth: 0,
        }
    }

    fn words(&mut self) -> Words<'_, 'b> {
        Words { builder: &mut self.builder }
    }

    fn is_known(&self, value: ValueId) -> bool {
        self.known[value.0 as usize].is_some()
    }

    /// Loads a value from the state at a word offset.
    fn load(&mut self, offset: usize, width: u32) -> Vec<Value> {
        (0..words_of(width))
            .map(|word| {
                let flags = MemFlagsData::trusted();
                self.builder.ins().load(I64, flags, self.state, (8 * (offset + word)) as i32)
            })
            .collect()
    }

    /// Stores a value to the state at a word offset.
    pub fn store(&mut self, offset: usize, words: &[Value]) {
        for (index, word) in words.iter().enumerate() {
            let flags = MemFlagsData::trusted();
            self.builder.ins().store(flags, *word, self.state, (8 * (offset + index)) as i32);
        }
    }

    /// The words of a value, computed now unless known.
    pub fn value(&mut self, goal: ValueId) -> Rc<[Value]> {
        let mut stack = vec![goal];
        while let Some(value) = stack.last().copied() {
            if self.is_known(value) {
                stack.pop();
                continue;
            }
            if let Some((condition, arms)) = self.worth_a_branch(value) {
                if self.is_known(condition) {
                    self.branch_value(value, arms);
                    stack.pop();
                } else {
                    stack.push(condition);
                }
                continue;
            }
            let before = stack.len();
            stack.extend(operands(self.body, value).into_iter().filter(|operand| !self.is_known(*operand)));
            if stack.len() == before {
                let words = self.compute(value);
                self.define(value, words);
                stack.pop();
            }
        }
        match &self.known[goal.0 as usize] {
            Some(words) => Rc::clone(words),
            None => unreachable!("the goal is the last to leave the stack"),
        }
    }

    fn define(&mut self, value: ValueId, words: Vec<Value>) {
        self.known[value.0 as usize] = Some(words.into());
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(value);
        }
        // Multiplexers that dissolved into branches are not planned: their uses are counted with the branches.
        let planned = self.schedule.is_planned(value);
        if planned && !std::mem::replace(&mut self.counted[value.0 as usize], true) {
            for operand in operands(self.body, value) {
                self.used(operand);
            }
        }
    }

    /// One user of a value has been emitted.
    pub fn used(&mut self, value: ValueId) {
        let remaining = &mut self.schedule.remaining[value.0 as usize];
        *remaining = remaining.saturating_sub(1);
    }

    /// Opens an arm: what is computed in it is forgotten at its end.
    fn open(&mut self) {
        self.scopes.push(Vec::new());
        self.depth += 1;
    }

    fn close(&mut self) {
        for value in self.scopes.pop().unwrap_or_default() {
            self.known[value.0 as usize] = None;
        }
        self.depth -= 1;
    }

    fn compute(&mut self, value: ValueId) -> Vec<Value> {
        use Operation::*;
        let arena = &self.body.arena;
        let width = arena.width(value);
        let get = |operand: &ValueId| match &self.known[operand.0 as usize] {
            Some(words) => Rc::clone(words),
            None => unreachable!("operands are computed before their users"),
        };
        match arena.operation(value) {
            Constant(constant) => {
                let words = constant.words();
                words.into_iter().map(|word| self.words().word(word)).collect()
            }
            Net(_) => self.compute_leaf(value, width),
            Not(a) => {
                let a = get(a);
                self.words().not(&a, width)
            }
            Negate(a) => {
                let a = get(a);
                self.words().negate(&a, width)
            }
            And(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().and(&a, &b)
            }
            Or(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().or(&a, &b)
            }
            Xor(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().xor(&a, &b)
            }
            Add(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().add(&a, &b, width)
            }
            Subtract(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().subtract(&a, &b, width)
            }
            Multiply(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().multiply(&a, &b, width)
            }
            ShiftLeft(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().shift_left(&a, &b, width)
            }
            ShiftRight(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().shift_right(&a, &b, width)
            }
            Equal(a, b) => {
                let (a, b) = (get(a), get(b));
                vec![self.words().equal(&a, &b)]
            }
            LessThan(a, b) => {
                let (a, b) = (get(a), get(b));
                vec![self.words().less_than(&a, &b)]
            }
            SignedLessThan(a, b) => {
                let operand_width = arena.width(*a);
                let (a, b) = (get(a), get(b));
                vec![self.words().signed_less_than(&a, &b, operand_width)]
            }
            ReduceAnd(a) => {
                let operand_width = arena.width(*a);
                let a = get(a);
                vec![self.words().reduce_and(&a, operand_width)]
            }
            ReduceOr(a) => {
                let a = get(a);
                vec![self.words().reduce_or(&a)]
            }
            ReduceXor(a) => {
                let a = get(a);
                vec![self.words().reduce_xor(&a)]
            }
            Mux { condition, then, otherwise } => {
                let (condition, then, otherwise) = (get(condition), get(then), get(otherwise));
                self.words().select(condition[0], &then, &otherwise)
            }
            Slice { value: a, low } => {
                let (a, low) = (get(a), *low);
                self.words().slice(&a, low, width)
            }
            Concat { high, low } => {
                let low_width = arena.width(*low);
                let (high, low) = (get(high), get(low));
                self.words().concat(&high, &low, low_width, width)
            }
            ZeroExtend(a) => {
                let a = get(a);
                self.words().zero_extend(&a, width)
            }
            SignExtend(a) => {
                let narrow = arena.width(*a);
                let a = get(a);
                self.words().sign_extend(&a, narrow, width)
            }
        }
    }

    fn compute_leaf(&mut self, value: ValueId, width: u32) -> Vec<Value> {
        match self.body.source(value) {
            Some(Source::Input(port)) => self.load(self.layout.ports[port], width),
            Some(Source::Register(register)) => self.load(self.layout.registers[register], width),
            Some(Source::ChildOutput { child, port }) => {
                let inner = self.layouts[self.body.children[child].body].as_ref();
                let offset = inner.map_or(0, |inner| inner.ports[port]);
                self.load(self.layout.children[child] + offset, width)
            }
            Some(Source::MemoryRead { memory, address }) => {
                let place = self.layout.memories[memory];
                let address = self.value(address);
                let pointer = self.memory_word(memory, address[0]);
                let flags = MemFlagsData::trusted();
                let base = (8 * place.offset) as i32;
                match place.bytes {
                    1 => vec![self.builder.ins().uload8(I64, flags, pointer, base)],
                    2 => vec![self.builder.ins().uload16(I64, flags, pointer, base)],
                    4 => vec![self.builder.ins().uload32(flags, pointer, base)],
                    _ => (0..words_of(width) as i32)
                        .map(|word| self.builder.ins().load(I64, flags, pointer, base + 8 * word))
                        .collect(),
                }
            }
            Some(Source::ClockRise(clock)) => match self.mask {
                Some(mask) => {
                    let amount = self.words().word(clock as u64);
                    let bit = self.builder.ins().ushr(mask, amount);
                    let one = self.words().word(1);
                    vec![self.builder.ins().band(bit, one)]
                }
                None => vec![self.words().word(1)],
            },
            None => unreachable!("a leaf has a source"),
        }
    }

    /// Pointer which, moved by the memory's offset, points to a memory word.
    fn memory_word(&mut self, memory: usize, address: Value) -> Value {
        let bytes = self.layout.memories[memory].bytes as u64;
        let size = self.words().word(bytes);
        let distance = match bytes {
            1 => address,
            _ if bytes.is_power_of_two() => {
                let shift = self.words().word(u64::from(bytes.trailing_zeros()));
                self.builder.ins().ishl(address, shift)
            }
            _ => self.builder.ins().imul(address, size),
        };
        self.builder.ins().iadd(self.state, distance)
    }

    /// Settles the child outputs that the schedule needs: inputs into the child's state, then the calls, in order. With
    /// `all`, the other inputs of these children follow, so that the children can tick or be looked into.
    pub fn settle_children(&mut self, call: &mut dyn FnMut(&mut Self, usize, usize), all: &[(usize, usize)]) {
        let mut stored = std::collections::HashSet::new();
        for step in self.schedule.calls.clone() {
            let bodies = self.bodies;
            if let Some(inner) = &bodies[self.body.children[step.child].body] {
                for port in &inner.groups[step.group].inputs {
                    if stored.insert((step.child, *port)) {
                        self.store_child_input(step.child, *port);
                    }
                }
            }
            call(self, step.child, step.group);
        }
        for (child, port) in all {
            if stored.insert((*child, *port)) {
                self.store_child_input(*child, *port);
            }
        }
    }

    fn store_child_input(&mut self, child: usize, port: usize) {
        let Some(value) = self.body.children[child].inputs[port] else { return };
        let words = self.value(value);
        let inner = self.layouts[self.body.children[child].body].as_ref();
        let offset = inner.map_or(0, |inner| inner.ports[port]);
        self.store(self.layout.children[child] + offset, &words);
    }

    /// Pointer to a child's state.
    pub fn child_state(&mut self, child: usize) -> Value {
        let distance = 8 * self.layout.children[child] as u64;
        let distance = self.words().word(distance);
        self.builder.ins().iadd(self.state, distance)
    }

    /// Emits all stores of the tree.
    pub fn stores(&mut self) {
        for root in self.schedule.roots.clone() {
            self.used(root);
        }
        let tree = std::mem::take(&mut self.schedule.tree);
        self.block(&tree);
    }

    fn block(&mut self, block: &Block) {
        for item in &block.items {
            match item {
                Item::Store { register, value } => {
                    let words = self.value(*value);
                    self.used(*value);
                    self.store_register(*register, &words);
                }
                Item::Write { memory, address, data } => self.write(*memory, *address, *data),
                Item::Branch(branch) => {
                    let arms = self.schedule.cost[branch.then.node] + self.schedule.cost[branch.otherwise.node];
                    if branch.forced || arms >= BRANCH_COST {
                        self.branch(branch);
                    } else {
                        self.select(branch);
                    }
                }
            }
        }
    }

    fn store_register(&mut self, register: usize, words: &[Value]) {
        self.keep_old(register);
        self.store(self.layout.registers[register], words);
    }

    /// Loads a register that is about to be overwritten if somebody still needs it.
    fn keep_old(&mut self, register: usize) {
        let leaf = self.body.registers[register].leaf;
        if self.schedule.remaining[leaf.0 as usize] > 0 && !self.is_known(leaf) {
            self.value(leaf);
        }
    }

    fn write(&mut self, memory: usize, address: ValueId, data: ValueId) {
        let place = self.layout.memories[memory];
        let address_words = self.value(address);
        let words = self.value(data);
        self.used(address);
        self.used(data);
        for read in self.schedule.memory_reads.get(&memory).cloned().unwrap_or_default() {
            if self.schedule.remaining[read.0 as usize] > 0 && !self.is_known(read) {
                self.value(read);
            }
        }
        let pointer = self.memory_word(memory, address_words[0]);
        let flags = MemFlagsData::trusted();
        let base = (8 * place.offset) as i32;
        match place.bytes {
            1 => {
                self.builder.ins().istore8(flags, words[0], pointer, base);
            }
            2 => {
                self.builder.ins().istore16(flags, words[0], pointer, base);
            }
            4 => {
                self.builder.ins().istore32(flags, words[0], pointer, base);
            }
            _ => {
                for (index, word) in words.iter().enumerate() {
                    self.builder.ins().store(flags, *word, pointer, base + 8 * index as i32);
                }
            }
        }
    }

    /// Stores of a shared condition as multiplexers.
    fn select(&mut self, branch: &Branch) {
        let values: Vec<(usize, Rc<[Value]>)> =
            branch.stores.iter().map(|(register, value)| (*register, self.value(*value))).collect();
        self.used(branch.condition);
        self.forget_uses(&branch.then);
        self.forget_uses(&branch.otherwise);
        for (register, words) in values {
            self.store_register(register, &words);
        }
    }

    /// Counts the uses of a block as emitted.
    fn forget_uses(&mut self, block: &Block) {
        for item in &block.items {
            match item {
                Item::Store { value, .. } => self.used(*value),
                Item::Write { address, data, .. } => {
                    self.used(*address);
                    self.used(*data);
                }
                Item::Branch(branch) => {
                    self.used(branch.condition);
                    self.forget_uses(&branch.then);
                    self.forget_uses(&branch.otherwise);
                }
            }
        }
    }

    /// Stores of a shared condition as a branch.
    fn branch(&mut self, branch: &Branch) {
        let condition = self.value(branch.condition);
        self.used(branch.condition);
        let (mut registers, mut memories) = (Vec::new(), Vec::new());
        branch.stored(&mut |register| registers.push(register), &mut |memory| memories.push(memory));
        for register in registers {
            let leaf = self.body.registers[register].leaf;
            if !self.schedule.dominates(branch.node, leaf) {
                self.keep_old(register);
            }
        }
        for memory in memories {
            for read in self.schedule.memory_reads.get(&memory).cloned().unwrap_or_default() {
                let needed = self.schedule.remaining[read.0 as usize] > 0 && !self.is_known(read);
                if needed && !self.schedule.dominates(branch.node, read) {
                    self.value(read);
                }
            }
        }
        self.hoist(branch.then.node, block_values(&branch.then));
        self.hoist(branch.otherwise.node, block_values(&branch.otherwise));

        let then = self.builder.create_block();
        let otherwise = self.builder.create_block();
        let end = self.builder.create_block();
        self.builder.ins().brif(condition[0], then, &[], otherwise, &[]);
        for (arm, block) in [(then, &branch.then), (otherwise, &branch.otherwise)] {
            self.builder.switch_to_block(arm);
            self.open();
            self.block(block);
            self.close();
            self.builder.ins().jump(end, &[]);
        }
        self.builder.switch_to_block(end);
    }

    /// Computes before a branch what its arm uses but does not own. Loads are left to the arm: they are as cheap as keeping
    /// the value.
    fn hoist(&mut self, arm: usize, values: Vec<ValueId>) {
        let mut seen = std::collections::HashSet::new();
        let mut stack = values;
        while let Some(value) = stack.pop() {
            if self.is_known(value) || !seen.insert(value) {
                continue;
            }
            let is_memory_read = matches!(self.body.source(value), Some(Source::MemoryRead { .. }));
            let is_leaf = self.body.source(value).is_some() && !is_memory_read;
            if is_leaf || self.body.arena.as_constant(value).is_some() {
                continue;
            }
            if self.schedule.dominates(arm, value) {
                stack.extend(operands(self.body, value));
            } else {
                self.value(value);
            }
        }
    }

    /// The condition and arms of a multiplexer with an arm that is worth skipping.
    fn worth_a_branch(&self, value: ValueId) -> Option<(ValueId, (usize, usize))> {
        let Operation::Mux { condition, .. } = *self.body.arena.operation(value) else { return None };
        let arms = *self.schedule.arms.get(&value)?;
        let cost = self.schedule.cost[arms.0].max(self.schedule.cost[arms.1]);
        (cost >= VALUE_BRANCH_COST && self.depth < DEEPEST).then_some((condition, arms))
    }

    fn branch_value(&mut self, value: ValueId, arms: (usize, usize)) {
        let Operation::Mux { condition, then, otherwise } = *self.body.arena.operation(value) else { return };
        let condition = self.value(condition);
        self.hoist(arms.0, vec![then]);
        self.hoist(arms.1, vec![otherwise]);
        let then_block = self.builder.create_block();
        let otherwise_block = self.builder.create_block();
        let end = self.builder.create_block();
        let results: Vec<Value> = (0..words_of(self.body.arena.width(value)))
            .map(|_| self.builder.append_block_param(end, I64))
            .collect();
        self.builder.ins().brif(condition[0], then_block, &[], otherwise_block, &[]);
        for (arm, result) in [(then_block, then), (otherwise_block, otherwise)] {
            self.builder.switch_to_block(arm);
            self.open();
            let words: Vec<BlockArg> = self.value(result).iter().map(|word| BlockArg::Value(*word)).collect();
            self.close();
            self.builder.ins().jump(end, &words);
        }
        self.builder.switch_to_block(end);
        self.define(value, results);
    }

    /// Stores outputs of the body that are computed, not shared with a register or input.
    pub fn store_outputs(&mut self, ports: &[usize]) {
        for port in ports {
            if let (Some(value), Some(Output::Logic { .. })) = (self.body.output_values[*port], &self.body.outputs[*port]) {
                let words = self.value(value);
                self.store(self.layout.ports[*port], &words);
            }
        }
    }
}

/// Values that a block uses anywhere.
fn block_values(block: &Block) -> Vec<ValueId> {
    let mut values = Vec::new();
    let mut stack = vec![block];
    while let Some(block) = stack.pop() {
        for item in &block.items {
            match item {
                Item::Store { value, .. } => values.push(*value),
                Item::Write { address, data, .. } => values.extend([*address, *data]),
                Item::Branch(branch) => {
                    values.push(branch.condition);
                    stack.extend([&branch.then, &branch.otherwise]);
                }
            }
        }
    }
    values
}
