//! The tree of what one function stores: register and memory writes, grouped by the conditions that guard them.

use crate::engine::body::Body;
use hardpath_netlist::{Operation, ValueId};
use std::collections::{HashMap, HashSet};

/// Nesting from which on multiplexers are left as values: bounds the depth of the emitted branches.
const DEEPEST: usize = 60;

/// Something to be stored under the conditions that are left to be tested.
#[derive(Clone, Debug)]
pub(super) enum Sink {
    /// The register takes the value.
    Register { register: usize, value: ValueId },
    /// The memory word takes the data if all conditions hold.
    Write { memory: usize, conditions: Vec<ValueId>, address: ValueId, data: ValueId },
}

/// A step of a block.
#[derive(Debug)]
pub(super) enum Item {
    /// The register takes the value.
    Store { register: usize, value: ValueId, position: u32 },
    /// The memory word takes the data.
    Write { memory: usize, address: ValueId, data: ValueId, position: u32 },
    /// Stores that share a condition.
    Branch(Box<Branch>),
}

/// Stores that share a condition.
#[derive(Debug)]
pub(super) struct Branch {
    /// Node of the dominator tree.
    pub node: usize,
    pub condition: ValueId,
    pub then: Block,
    pub otherwise: Block,
    /// The same as plain stores of multiplexers.
    pub stores: Vec<(usize, ValueId)>,
    /// Contains memory writes, which cannot be expressed by multiplexers.
    pub forced: bool,
    /// Position of the last step in the arms.
    pub end: u32,
}

/// Steps in order.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Node of the dominator tree.
    pub node: usize,
    pub items: Vec<Item>,
}

/// Builds the tree. `uses` counts the users of every value, each sink included; multiplexers that dissolve into branches
/// lose theirs. Node numbers are given from `next_node` on.
pub(super) struct TreeBuilder<'a> {
    pub body: &'a Body,
    pub uses: &'a mut [u32],
    pub next_node: usize,
    /// Position of the next step: steps and branches are numbered in the order in which they are emitted.
    pub next_position: u32,
}

impl TreeBuilder<'_> {
    fn node(&mut self) -> usize {
        self.next_node += 1;
        self.next_node - 1
    }

    fn position(&mut self) -> u32 {
        self.next_position += 1;
        self.next_position - 1
    }

    /// The tree of a list of sinks; `depth` is the number of enclosing branches.
    pub fn block(&mut self, sinks: Vec<Sink>, depth: usize) -> Block {
        let node = self.node();
        let mut same: HashMap<ValueId, u32> = HashMap::new();
        for sink in &sinks {
            if let Sink::Register { value, .. } = sink {
                *same.entry(*value).or_default() += 1;
            }
        }
        let mut order: Vec<(Option<ValueId>, Vec<Sink>)> = Vec::new();
        let mut groups: HashMap<ValueId, usize> = HashMap::new();
        for sink in sinks {
            let condition = match &sink {
                Sink::Register { register, value } => {
                    if *value == self.body.registers[*register].leaf {
                        self.uses[value.0 as usize] -= 1;
                        continue;
                    }
                    match self.body.arena.operation(*value) {
                        Operation::Mux { condition, .. }
                            if depth < DEEPEST && self.uses[value.0 as usize] == same[value] =>
                        {
                            Some(*condition)
                        }
                        _ => None,
                    }
                }
                Sink::Write { conditions, .. } => conditions.first().copied(),
            };
            match condition {
                Some(condition) => {
                    let group = *groups.entry(condition).or_insert_with(|| {
                        order.push((Some(condition), Vec::new()));
                        order.len() - 1
                    });
                    order[group].1.push(sink);
                }
                None => order.push((None, vec![sink])),
            }
        }
        let mut items = Vec::new();
        for (condition, sinks) in order {
            match condition {
                None => items.extend(sinks.into_iter().map(|sink| match sink {
                    Sink::Register { register, value } => Item::Store { register, value, position: self.position() },
                    Sink::Write { memory, address, data, .. } => {
                        Item::Write { memory, address, data, position: self.position() }
                    }
                })),
                Some(condition) => items.push(Item::Branch(Box::new(self.branch(condition, sinks, depth)))),
            }
        }
        Block { node, items }
    }

    fn branch(&mut self, condition: ValueId, sinks: Vec<Sink>, depth: usize) -> Branch {
        let node = self.node();
        self.position();
        let mut then = Vec::new();
        let mut otherwise = Vec::new();
        let mut stores = Vec::new();
        let mut forced = false;
        let mut dissolved: HashSet<ValueId> = HashSet::new();
        for sink in sinks {
            match sink {
                Sink::Register { register, value } => {
                    stores.push((register, value));
                    if let Operation::Mux { then: taken, otherwise: other, .. } = *self.body.arena.operation(value) {
                        self.uses[value.0 as usize] -= 1;
                        if dissolved.insert(value) {
                            for operand in [condition, taken, other] {
                                self.uses[operand.0 as usize] -= 1;
                            }
                        }
                        self.uses[taken.0 as usize] += 1;
                        self.uses[other.0 as usize] += 1;
                        then.push(Sink::Register { register, value: taken });
                        otherwise.push(Sink::Register { register, value: other });
                    }
                }
                Sink::Write { memory, mut conditions, address, data } => {
                    forced = true;
                    conditions.remove(0);
                    then.push(Sink::Write { memory, conditions, address, data });
                }
            }
        }
        let then = self.block(then, depth + 1);
        let otherwise = self.block(otherwise, depth + 1);
        let end = self.next_position - 1;
        Branch { node, condition, then, otherwise, stores, forced, end }
    }
}

impl Branch {
    /// How many stores are left out, over all ways through the branch, because their registers keep their values.
    pub fn kept_stores(&self) -> u64 {
        let kept = |block: &Block| self.stores.len().saturating_sub(block.touched()) as u64;
        kept(&self.then) + kept(&self.otherwise) + self.then.kept_stores() + self.otherwise.kept_stores()
    }

    /// Calls back with every register and every memory that either arm stores to.
    pub fn stored(&self, register: &mut impl FnMut(usize), memory: &mut impl FnMut(usize)) {
        self.then.stored(register, memory);
        self.otherwise.stored(register, memory);
    }
}

impl Block {
    /// Number of registers that some way through the block stores to.
    fn touched(&self) -> usize {
        self.items
            .iter()
            .map(|item| match item {
                Item::Store { .. } => 1,
                Item::Write { .. } => 0,
                Item::Branch(branch) => branch.stores.len(),
            })
            .sum()
    }

    fn kept_stores(&self) -> u64 {
        self.items
            .iter()
            .map(|item| match item {
                Item::Branch(branch) => branch.kept_stores(),
                Item::Store { .. } | Item::Write { .. } => 0,
            })
            .sum()
    }

    fn stored(&self, on_register: &mut impl FnMut(usize), on_memory: &mut impl FnMut(usize)) {
        for item in &self.items {
            match item {
                Item::Store { register, .. } => on_register(*register),
                Item::Write { memory, .. } => on_memory(*memory),
                Item::Branch(branch) => branch.stored(on_register, on_memory),
            }
        }
    }
}
