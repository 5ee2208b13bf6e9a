//! Emits the tree of stores: registers and memories, by branches or selections; and branches among values.

use crate::engine::body::Source;
use crate::engine::emit::Emitter;
use crate::engine::layout::words_of;
use crate::engine::order::operands;
use crate::engine::sinks::{Block, Branch, Item};
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{BlockArg, InstBuilder, MemFlagsData, Value};
use hardpath_netlist::{Operation, ValueId};
use std::collections::HashSet;
use std::rc::Rc;

/// Cost from which on stores that share a condition are skipped by a branch instead of being selected. A mispredicted
/// branch costs about as much as twenty simple instructions, a predicted one nothing.
const BRANCH_COST: u64 = 10;

/// Cost of a store that an arm leaves out because its register keeps its value: load, selection and store.
const STORE_COST: u64 = 4;

/// Cost of an arm from which on a multiplexer in the middle of logic becomes a branch.
const VALUE_BRANCH_COST: u64 = 40;

/// The same where the condition is the flag of one of many equal instances: most of them stand still for long, so that the
/// processor knows the way.
const FLAG_BRANCH_COST: u64 = 2;

/// Nesting of branches for multiplexers among values.
const DEEPEST: usize = 60;

impl Emitter<'_, '_> {
    /// The value that [`Emitter::test`] needs: one bit of a word is tested where it stands.
    pub(super) fn tested(&self, condition: ValueId) -> ValueId {
        match *self.body.arena.operation(condition) {
            Operation::Slice { value, .. } if !self.is_known(condition) => value,
            _ => condition,
        }
    }

    /// A word that is not zero if the condition holds.
    pub(super) fn test(&mut self, condition: ValueId) -> Value {
        match *self.body.arena.operation(condition) {
            Operation::Slice { value, low } if !self.is_known(condition) => {
                let words = self.value(value);
                let mask = self.builder.ins().iconst(I64, 1 << (low % 64));
                self.builder.ins().band(words[low as usize / 64], mask)
            }
            _ => self.value(condition)[0],
        }
    }

    /// Emits all stores of the tree.
    pub fn stores(&mut self) {
        let tree = std::mem::take(&mut self.schedule.tree);
        self.block(&tree);
    }

    fn block(&mut self, block: &Block) {
        for item in &block.items {
            match item {
                Item::Store { register, value, position } => {
                    let words = self.value(*value);
                    self.store_register(*register, &words, *position);
                }
                Item::Write { memory, address, data, position } => self.write(*memory, *address, *data, *position),
                Item::Branch(branch) => {
                    let arms = self.schedule.cost[branch.then.node] + self.schedule.cost[branch.otherwise.node];
                    let kept = STORE_COST * branch.kept_stores();
                    if branch.forced || arms + kept >= BRANCH_COST {
                        self.branch(branch);
                    } else {
                        self.select(branch);
                    }
                }
            }
            self.forget_loads();
        }
    }

    fn store_register(&mut self, register: usize, words: &[Value], position: u32) {
        self.keep_old(register, position);
        self.store(self.layout.registers[register], words);
    }

    /// Loads a register that is about to be overwritten if a step behind this position needs it.
    fn keep_old(&mut self, register: usize, position: u32) {
        let leaf = self.body.registers[register].leaf;
        if self.schedule.is_needed_after(position, leaf) {
            self.value(leaf);
            self.keep(leaf);
        }
    }

    /// Reads what is about to be overwritten in a memory if a step behind this position needs it.
    fn keep_reads(&mut self, memory: usize, position: u32) {
        for read in self.schedule.memory_reads.get(&memory).cloned().unwrap_or_default() {
            if self.schedule.is_needed_after(position, read) {
                self.value(read);
            }
        }
    }

    fn write(&mut self, memory: usize, address: ValueId, data: ValueId, position: u32) {
        let place = self.layout.memories[memory];
        let address_words = self.value(address);
        let words = self.value(data);
        self.keep_reads(memory, position);
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
        if let Some(written) = self.layout.written {
            let one = self.builder.ins().iconst(I64, 1);
            self.store(written, &[one]);
        }
    }

    /// Stores of a shared condition as multiplexers.
    fn select(&mut self, branch: &Branch) {
        let values: Vec<(usize, Rc<[Value]>)> =
            branch.stores.iter().map(|(register, value)| (*register, self.value(*value))).collect();
        for (register, words) in values {
            self.store_register(register, &words, branch.end);
        }
    }

    /// Stores of a shared condition as a branch.
    fn branch(&mut self, branch: &Branch) {
        let condition = self.test(branch.condition);
        let (mut registers, mut memories) = (Vec::new(), Vec::new());
        branch.stored(&mut |register| registers.push(register), &mut |memory| memories.push(memory));
        registers.into_iter().for_each(|register| self.keep_old(register, branch.end));
        memories.into_iter().for_each(|memory| self.keep_reads(memory, branch.end));
        self.hoist(branch.then.node, block_values(&branch.then));
        self.hoist(branch.otherwise.node, block_values(&branch.otherwise));

        let then = self.builder.create_block();
        let otherwise = self.builder.create_block();
        let end = self.builder.create_block();
        self.builder.ins().brif(condition, then, &[], otherwise, &[]);
        for (arm, block) in [(then, &branch.then), (otherwise, &branch.otherwise)] {
            self.builder.switch_to_block(arm);
            self.open();
            self.block(block);
            self.close();
            self.builder.ins().jump(end, &[]);
        }
        self.builder.switch_to_block(end);
    }

    /// Computes before a branch what its arm uses but does not own. Loads and what is cheap are left to the arm: they cost as
    /// little there as keeping the value.
    fn hoist(&mut self, arm: usize, values: Vec<ValueId>) {
        let mut seen = HashSet::new();
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
            if self.schedule.dominates(arm, value) || self.schedule.is_cheap(value) {
                stack.extend(operands(self.body, value));
            } else {
                self.value(value);
            }
        }
    }

    /// The condition and arms of a multiplexer with an arm that is worth skipping.
    pub(super) fn worth_a_branch(&self, value: ValueId) -> Option<(ValueId, (usize, usize))> {
        let Operation::Mux { condition, .. } = *self.body.arena.operation(value) else { return None };
        let arms = *self.schedule.arms.get(&value)?;
        let cost = self.schedule.cost[arms.0].max(self.schedule.cost[arms.1]);
        let least = match *self.body.arena.operation(condition) {
            Operation::Slice { value: flags, .. } if self.body.is_pack(flags) => FLAG_BRANCH_COST,
            _ => VALUE_BRANCH_COST,
        };
        (cost >= least && self.depth < DEEPEST).then_some((condition, arms))
    }

    /// A multiplexer as a branch; its condition is computed.
    pub(super) fn branch_value(&mut self, value: ValueId, arms: (usize, usize)) {
        let Operation::Mux { condition, then, otherwise } = *self.body.arena.operation(value) else { return };
        let condition = self.test(condition);
        self.hoist(arms.0, vec![then]);
        self.hoist(arms.1, vec![otherwise]);
        let then_block = self.builder.create_block();
        let otherwise_block = self.builder.create_block();
        let end = self.builder.create_block();
        let results: Vec<Value> =
            (0..words_of(self.body.arena.width(value))).map(|_| self.builder.append_block_param(end, I64)).collect();
        self.builder.ins().brif(condition, then_block, &[], otherwise_block, &[]);
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
