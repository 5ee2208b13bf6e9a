//! What one function computes: live values, the tree of stores, and which values belong to which arm alone.
//!
//! A value may be sunk into an arm of a branch only if every path from it to a store leads through that arm: if the arm
//! dominates it. Dominators are computed over a graph whose nodes are the live values, the blocks and branches of the
//! store tree, and the two arms of every multiplexer.

use crate::engine::body::{Body, Output, Source};
use crate::engine::layout::words_of;
use crate::engine::order::{operands, readers_first, sink_values};
use crate::engine::sinks::{Block, Branch, Item, Sink, TreeBuilder};
use hardpath_netlist::{Operation, ValueId};
use std::collections::HashMap;

/// A call that settles outputs of a child before the first use of them.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub child: usize,
    pub group: usize,
}

const NONE: u32 = u32::MAX;

/// Cost below which a value is computed again in every arm that needs it instead of once before: it would have to be kept
/// meanwhile, with everything that it is computed from.
const CHEAP: u64 = 24;

/// Everything the emitter needs to know about one function.
#[derive(Debug)]
pub(super) struct Schedule {
    pub calls: Vec<Call>,
    /// Values used outside the tree: what was asked for, and the inputs of the calls.
    pub roots: Vec<ValueId>,
    pub tree: Block,
    /// Per value: position of the last step that needs it.
    last_use: Vec<u32>,
    /// Per multiplexer among the values: nodes of its arms.
    pub arms: HashMap<ValueId, (usize, usize)>,
    /// Live reads of each memory.
    pub memory_reads: HashMap<usize, Vec<ValueId>>,
    /// Per node: summed cost of everything it dominates, itself included.
    pub cost: Vec<u64>,
    /// Per value: cost of computing it from nothing but registers, inputs and memories.
    full_cost: Vec<u64>,
    parent: Vec<u32>,
    depth: Vec<u32>,
    first: Vec<u32>,
    last: Vec<u32>,
}

impl Schedule {
    /// Plans a function that computes `roots` (used in any case) and `sinks`. Calls into children are added as needed;
    /// `bodies` are those of the children.
    pub fn new(body: &Body, bodies: &[Option<Body>], roots: &[ValueId], sinks: Vec<Sink>) -> Self {
        let (live, calls, call_roots) = live_values(body, bodies, roots, &sinks);
        let roots: Vec<ValueId> = roots.iter().copied().chain(call_roots).collect();
        let sinks = readers_first(body, &live, sinks);
        let mut uses = vec![0u32; body.arena.len()];
        for (value, _, _) in body.arena.iter().filter(|(value, _, _)| live[value.0 as usize]) {
            operands(body, value).iter().for_each(|operand| uses[operand.0 as usize] += 1);
        }
        roots.iter().for_each(|root| uses[root.0 as usize] += 1);
        for sink in &sinks {
            sink_values(sink).iter().for_each(|value| uses[value.0 as usize] += 1);
        }
        let values = body.arena.len();
        let mut builder = TreeBuilder { body, uses: &mut uses, next_node: values, next_position: 1 };
        let tree = builder.block(sinks, 0);
        let nodes = builder.next_node;
        let mut schedule = Self {
            calls,
            roots: Vec::new(),
            tree: Block::default(),
            last_use: vec![0; values],
            arms: HashMap::new(),
            memory_reads: HashMap::new(),
            cost: vec![0; nodes],
            full_cost: full_costs(body, &live),
            parent: vec![NONE; nodes],
            depth: vec![0; nodes],
            first: vec![0; nodes],
            last: vec![0; nodes],
        };
        schedule.build(body, &roots, &tree);
        schedule.roots = roots;
        schedule.tree = tree;
        schedule
    }

    /// Whether everything that leads from the value to a store leads through the node.
    pub fn dominates(&self, node: usize, value: ValueId) -> bool {
        let value = value.0 as usize;
        self.parent[value] != NONE && self.first[node] <= self.first[value] && self.last[value] <= self.last[node]
    }

    /// Whether the value is cheap enough to be computed again wherever it is needed.
    pub fn is_cheap(&self, value: ValueId) -> bool {
        self.full_cost[value.0 as usize] < CHEAP
    }

    /// Whether a step behind this position needs the value, or another that is computed from it.
    pub fn is_needed_after(&self, position: u32, value: ValueId) -> bool {
        self.last_use[value.0 as usize] > position
    }

    fn build(&mut self, body: &Body, roots: &[ValueId], tree: &Block) {
        let mut order = Vec::new();
        self.tree_node(tree, NONE, &mut order);
        for root in roots {
            self.used(*root, tree.node);
        }
        self.note_uses(tree);
        for value in (0..body.arena.len() as u32).rev().map(ValueId) {
            let node = value.0 as usize;
            if self.parent[node] == NONE {
                continue;
            }
            order.push(node);
            self.cost[node] = own_cost(body, value);
            for operand in operands(body, value) {
                self.needed(operand, self.last_use[node]);
            }
            if let Some(Source::MemoryRead { memory, .. }) = body.source(value) {
                self.memory_reads.entry(memory).or_default().push(value);
            }
            if let Operation::Mux { condition, then, otherwise } = *body.arena.operation(value) {
                let arms = (self.extra_node(node as u32), self.extra_node(node as u32));
                order.extend([arms.0, arms.1]);
                self.arms.insert(value, arms);
                self.used(condition, node);
                self.used(then, arms.0);
                self.used(otherwise, arms.1);
            } else {
                for operand in operands(body, value) {
                    self.used(operand, node);
                }
            }
        }
        let mut counts = vec![1u32; self.parent.len()];
        for node in order.iter().rev().copied().filter(|node| self.parent[*node] != NONE) {
            let parent = self.parent[node] as usize;
            self.cost[parent] += self.cost[node];
            counts[parent] += counts[node];
        }
        let mut next = vec![0u32; self.parent.len()];
        for node in order {
            self.first[node] = match self.parent[node] {
                NONE => 0,
                parent => {
                    let start = next[parent as usize];
                    next[parent as usize] += counts[node];
                    start
                }
            };
            next[node] = self.first[node] + 1;
            self.last[node] = self.first[node] + counts[node] - 1;
        }
    }

    fn extra_node(&mut self, parent: u32) -> usize {
        self.parent.push(parent);
        self.depth.push(self.depth[parent as usize] + 1);
        self.cost.push(0);
        self.first.push(0);
        self.last.push(0);
        self.parent.len() - 1
    }

    fn attach(&mut self, node: usize, parent: u32) {
        self.parent[node] = parent;
        self.depth[node] = if parent == NONE { 0 } else { self.depth[parent as usize] + 1 };
    }

    fn tree_node(&mut self, block: &Block, parent: u32, order: &mut Vec<usize>) {
        self.attach(block.node, parent);
        order.push(block.node);
        for item in &block.items {
            match item {
                Item::Store { value, .. } => {
                    self.cost[block.node] += 1;
                    self.used(*value, block.node);
                }
                Item::Write { address, data, .. } => {
                    self.cost[block.node] += 1;
                    self.used(*address, block.node);
                    self.used(*data, block.node);
                }
                Item::Branch(branch) => {
                    let Branch { node, condition, then, otherwise, .. } = &**branch;
                    self.used(*condition, block.node);
                    self.attach(*node, block.node as u32);
                    order.push(*node);
                    self.tree_node(then, *node as u32, order);
                    self.tree_node(otherwise, *node as u32, order);
                }
            }
        }
    }

    /// Notes the positions at which the steps of a block need their values.
    fn note_uses(&mut self, block: &Block) {
        for item in &block.items {
            match item {
                Item::Store { value, position, .. } => self.needed(*value, *position),
                Item::Write { address, data, position, .. } => {
                    self.needed(*address, *position);
                    self.needed(*data, *position);
                }
                Item::Branch(branch) => {
                    // As a selection, everything is needed at once; as branches, each at its place, which is not later.
                    self.needed(branch.condition, branch.end);
                    self.note_uses(&branch.then);
                    self.note_uses(&branch.otherwise);
                }
            }
        }
    }

    fn needed(&mut self, value: ValueId, position: u32) {
        let last = &mut self.last_use[value.0 as usize];
        *last = (*last).max(position);
    }

    /// Notes a use of a value by a node all of whose own users are known.
    fn used(&mut self, value: ValueId, user: usize) {
        let index = value.0 as usize;
        let parent = match self.parent[index] {
            NONE => user as u32,
            known => self.common(known, user as u32),
        };
        self.attach(index, parent);
    }

    fn common(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            if self.depth[a as usize] < self.depth[b as usize] {
                std::mem::swap(&mut a, &mut b);
            }
            a = self.parent[a as usize];
        }
        a
    }
}

/// Live values, the calls that live child outputs need in order, and the values those calls need.
fn live_values(
    body: &Body,
    bodies: &[Option<Body>],
    roots: &[ValueId],
    sinks: &[Sink],
) -> (Vec<bool>, Vec<Call>, Vec<ValueId>) {
    let mut live = vec![false; body.arena.len()];
    for value in roots.iter().copied().chain(sinks.iter().flat_map(sink_values)) {
        live[value.0 as usize] = true;
    }
    let mut first_use: HashMap<(usize, usize), u32> = HashMap::new();
    let mut needed = Vec::new();
    for value in (0..body.arena.len() as u32).rev().map(ValueId) {
        if !live[value.0 as usize] {
            continue;
        }
        for operand in operands(body, value) {
            live[operand.0 as usize] = true;
        }
        let Some(Source::ChildOutput { child, port }) = body.source(value) else { continue };
        let Some(inner) = &bodies[body.children[child].body] else { continue };
        let Some(Output::Logic { group }) = inner.outputs[port] else { continue };
        first_use.insert((child, group), value.0);
        for input in inner.groups[group].inputs.iter().filter_map(|input| body.children[child].inputs[*input]) {
            live[input.0 as usize] = true;
            needed.push(input);
        }
    }
    // Inputs of a call are resolved before the outputs it yields, so ids order the calls.
    let mut calls: Vec<((usize, usize), u32)> = first_use.into_iter().collect();
    calls.sort_unstable_by_key(|(call, first)| (*first, *call));
    needed.sort_unstable();
    needed.dedup();
    (live, calls.into_iter().map(|((child, group), _)| Call { child, group }).collect(), needed)
}

/// Per live value: its cost with that of all that it is computed from, what is used twice counted twice.
fn full_costs(body: &Body, live: &[bool]) -> Vec<u64> {
    let mut costs = vec![0u64; body.arena.len()];
    for (value, _, _) in body.arena.iter().filter(|(value, _, _)| live[value.0 as usize]) {
        let inner = operands(body, value).into_iter().map(|operand| costs[operand.0 as usize]);
        costs[value.0 as usize] = inner.fold(own_cost(body, value), u64::saturating_add);
    }
    costs
}

/// Rough number of machine instructions of a value, its operands apart.
fn own_cost(body: &Body, value: ValueId) -> u64 {
    use Operation::*;
    let words = words_of(body.arena.width(value)) as u64;
    let operand_words = |operand: &ValueId| words_of(body.arena.width(*operand)) as u64;
    match body.arena.operation(value) {
        Constant(_) => 0,
        Net(_) => match body.source(value) {
            Some(Source::MemoryRead { .. }) => 3 * words,
            _ => words,
        },
        Not(_) | And(..) | Or(..) | Xor(..) | ZeroExtend(_) => words,
        Negate(_) | Add(..) | Subtract(..) => 4 * words - 2,
        Multiply(..) => 4 * words * words,
        ShiftLeft(..) | ShiftRight(..) => 4 * words * (u64::from(words > 1) * words.ilog2() as u64 + 1),
        Equal(a, _) | LessThan(a, _) | SignedLessThan(a, _) | ReduceAnd(a) | ReduceOr(a) => 2 * operand_words(a),
        ReduceXor(a) => operand_words(a) + 2,
        Mux { .. } => 2 * words,
        Slice { .. } | SignExtend(_) => 2 * words,
        Concat { .. } => 2 * words,
    }
}
