//! One value for the same bit of every instance of a bundle: bit `i` is that of instance `i`.
//!
//! What the packed registers take next is built from such vectors throughout, as far as the instances' logic is alike;
//! where it is not, bits are put together one by one. Everything else that the body stores then takes its bits from the
//! vectors instead of computing them again, and registers of several bits get one more guard, a bit of a vector that says
//! which instances' registers change at all, so that the others cost no more than testing their bit.

use crate::engine::body::{Body, FlatRegister, RegisterOrigin, Source};
use crate::engine::bundle::Bundle;
use hardpath_netlist::{Constant, Operation, ValueId};
use num_bigint::BigUint;
use std::collections::{HashMap, HashSet};

/// Depth of logic beyond which bits are put together one by one: bounds the recursion.
const DEEPEST: usize = 100;

/// Bits put together one by one that cost as much as one operation less on single bits saves.
const GATHER_COST: usize = 2;

/// Fewest terms of a sum that is looked at as a vector.
const FEWEST_TERMS: usize = 4;

/// Gives packed registers their next values, and lets all that a tick stores use the vectors. Returns the bundles that were
/// not worth packing, unless packing is `forced`; the body is then of no use.
pub(super) fn vectorize(body: &mut Body, forced: bool) -> HashSet<usize> {
    let bundles = std::mem::take(&mut body.bundles);
    if bundles.iter().all(|bundle| bundle.packs.is_empty()) {
        body.bundles = bundles;
        return HashSet::new();
    }
    let mut vectors =
        Vectors { body, memo: HashMap::new(), elements: HashMap::new(), made: Vec::new(), gathered: 0, saved: 0 };
    let mut unworthy = HashSet::new();
    vectors.sums();
    for (index, bundle) in bundles.iter().enumerate().filter(|(_, bundle)| !bundle.packs.is_empty()) {
        (vectors.gathered, vectors.saved) = (0, 0);
        for pack in &bundle.packs {
            let nexts: Vec<ValueId> = pack.members.iter().map(|member| vectors.body.registers[*member].next).collect();
            vectors.body.registers[pack.register].next = vectors.vector(&nexts, 0);
        }
        if !forced && vectors.saved <= GATHER_COST * vectors.gathered {
            unworthy.insert(index);
        }
    }
    if unworthy.is_empty() {
        bundles.iter().filter(|bundle| !bundle.packs.is_empty()).for_each(|bundle| vectors.guard(bundle));
        vectors.rewrite();
    }
    body.bundles = bundles;
    unworthy
}

struct Vectors<'a> {
    body: &'a mut Body,
    /// Vectors by their bits.
    memo: HashMap<Vec<ValueId>, ValueId>,
    /// Bits that need not be computed: vector and place.
    elements: HashMap<ValueId, (ValueId, u32)>,
    /// What was entered into `memo` and `elements`, in order.
    made: Vec<(Option<Vec<ValueId>>, Option<ValueId>)>,
    /// Bits put together one by one.
    gathered: usize,
    /// Operations on single bits that vectors make unnecessary.
    saved: usize,
}

impl Vectors<'_> {
    /// The vector of these bits.
    fn vector(&mut self, bits: &[ValueId], depth: usize) -> ValueId {
        if let Some(known) = self.memo.get(bits) {
            return *known;
        }
        let vector = match self.alike(bits, depth) {
            Some(vector) => vector,
            None => self.gather(bits),
        };
        self.memo.insert(bits.to_vec(), vector);
        self.made.push((Some(bits.to_vec()), None));
        vector
    }

    /// The vector of these bits if no bits need to be put together one by one for it.
    fn regular(&mut self, bits: &[ValueId]) -> Option<ValueId> {
        let (gathered, saved, made) = (self.gathered, self.saved, self.made.len());
        let vector = self.alike(bits, 0);
        if vector.is_some() && self.gathered == gathered {
            return vector;
        }
        (self.gathered, self.saved) = (gathered, saved);
        for (bits, element) in self.made.drain(made..) {
            bits.and_then(|bits| self.memo.remove(&bits));
            element.and_then(|element| self.elements.remove(&element));
        }
        None
    }

    fn gather(&mut self, bits: &[ValueId]) -> ValueId {
        self.gathered += bits.len();
        let mut vector = bits[0];
        for bit in &bits[1..] {
            vector = self.body.arena.concat(*bit, vector);
        }
        vector
    }

    /// The vector of bits that are computed alike.
    fn alike(&mut self, bits: &[ValueId], depth: usize) -> Option<ValueId> {
        use Operation::*;
        let width = bits.len() as u32;
        let arena = &mut self.body.arena;
        if bits.iter().all(|bit| *bit == bits[0]) {
            let bit = self.rewritten(bits[0], &mut HashMap::new());
            return Some(self.body.arena.sign_extend(bit, width));
        }
        if bits.iter().all(|bit| arena.as_constant(*bit).is_some()) {
            let mut value = BigUint::ZERO;
            for (index, bit) in bits.iter().enumerate() {
                value.set_bit(index as u64, arena.as_constant(*bit).is_some_and(|bit| !bit.is_zero()));
            }
            return Some(arena.constant(hardpath_netlist::Constant::new(width, value)));
        }
        if let Slice { value, low } = *arena.operation(bits[0]) {
            let is_next =
                |(index, bit): (usize, &ValueId)| *arena.operation(*bit) == Slice { value, low: low + index as u32 };
            return bits.iter().enumerate().all(is_next).then(|| arena.slice(value, low, width));
        }
        if depth > DEEPEST {
            return None;
        }
        let operations: Vec<Operation> = bits.iter().map(|bit| arena.operation(*bit).clone()).collect();
        let kind = std::mem::discriminant(&operations[0]);
        if operations.iter().any(|operation| std::mem::discriminant(operation) != kind) {
            return None;
        }
        let vector = match &operations[0] {
            Equal(..) => self.decoded(bits)?,
            Not(_) | And(..) | Or(..) | Xor(..) | Mux { .. } => {
                let operands: Vec<Vec<ValueId>> = bits.iter().map(|bit| self.body.arena.operands(*bit)).collect();
                let count = operands[0].len();
                let operand = |place: usize| operands.iter().map(|of_bit| of_bit[place]).collect::<Vec<_>>();
                if let Mux { condition, .. } = operations[0]
                    && operand(0).iter().all(|other| *other == condition)
                {
                    let (then, otherwise) = (self.vector(&operand(1), depth + 1), self.vector(&operand(2), depth + 1));
                    let condition = self.rewritten(condition, &mut HashMap::new());
                    self.body.arena.mux(condition, then, otherwise)
                } else {
                    let inner: Vec<ValueId> = (0..count).map(|place| self.vector(&operand(place), depth + 1)).collect();
                    let arena = &mut self.body.arena;
                    match operations[0] {
                        Not(_) => arena.not(inner[0]),
                        And(..) => arena.and(inner[0], inner[1]),
                        Or(..) => arena.or(inner[0], inner[1]),
                        Xor(..) => arena.xor(inner[0], inner[1]),
                        _ => {
                            let taken = arena.and(inner[0], inner[1]);
                            let inverse = arena.not(inner[0]);
                            let other = arena.and(inverse, inner[2]);
                            arena.or(taken, other)
                        }
                    }
                }
            }
            _ => return None,
        };
        self.saved += bits.len() - 1;
        for (index, bit) in
            bits.iter().enumerate().filter(|(_, bit)| !self.elements.contains_key(bit)).collect::<Vec<_>>()
        {
            self.elements.insert(*bit, (vector, index as u32));
            self.made.push((None, Some(*bit)));
        }
        Some(vector)
    }

    /// The vector of comparisons of one value with consecutive constants.
    fn decoded(&mut self, bits: &[ValueId]) -> Option<ValueId> {
        let arena = &mut self.body.arena;
        let mut compared = None;
        let mut first = BigUint::ZERO;
        for (index, bit) in bits.iter().enumerate() {
            let Operation::Equal(value, constant) = *arena.operation(*bit) else { return None };
            let constant = arena.as_constant(constant)?.value().clone();
            if index == 0 {
                (compared, first) = (Some(value), constant);
            } else if compared != Some(value) || constant != &first + index {
                return None;
            }
        }
        let value = self.rewritten(compared?, &mut HashMap::new());
        let arena = &mut self.body.arena;
        // Below the first constant, the distance wraps to a number beyond all bits: constants up to the last one fit.
        let first = arena.constant(Constant::new(arena.width(value), first));
        let distance = arena.subtract(value, first);
        let one = arena.constant(Constant::new(bits.len() as u32, BigUint::from(1u32)));
        Some(arena.shift_left(one, distance))
    }

    /// Puts a guard before the next values of the bundle's registers of several bits.
    fn guard(&mut self, bundle: &Bundle) {
        let mut guarded: Vec<(Vec<usize>, ValueId)> = Vec::new();
        for place in 0..self.body.scopes[bundle.scopes[0]].registers {
            let members: Vec<usize> =
                bundle.scopes.iter().map(|scope| self.body.scopes[*scope].first_register + place).collect();
            if self.body.registers[members[0]].packed.is_some() {
                continue;
            }
            let changes: Vec<ValueId> = members.iter().map(|member| self.changes_of(*member)).collect();
            if changes.iter().any(|change| self.body.arena.as_constant(*change).is_some()) {
                continue;
            }
            if let Some(vector) = self.regular(&changes) {
                guarded.push((members, vector));
            }
        }
        // An instance all of whose registers stand still takes one test.
        let any = guarded.iter().map(|(_, vector)| *vector).reduce(|any, vector| self.body.arena.or(any, vector));
        for (members, vector) in guarded {
            for (index, member) in members.into_iter().enumerate() {
                for vector in [Some(vector), any].into_iter().flatten() {
                    let FlatRegister { next, leaf, .. } = self.body.registers[member];
                    let change = self.body.arena.slice(vector, index as u32, 1);
                    self.body.registers[member].next = self.body.arena.mux(change, next, leaf);
                }
            }
        }
    }

    fn changes_of(&mut self, register: usize) -> ValueId {
        self.changes(self.body.registers[register].next, self.body.registers[register].leaf)
    }

    /// Whether something else than the register's own value is next.
    fn changes(&mut self, next: ValueId, leaf: ValueId) -> ValueId {
        match *self.body.arena.operation(next) {
            _ if next == leaf => self.body.arena.constant(Constant::bit(false)),
            Operation::Mux { condition, then, otherwise } => {
                let then = self.changes(then, leaf);
                let otherwise = self.changes(otherwise, leaf);
                self.body.arena.mux(condition, then, otherwise)
            }
            _ => self.body.arena.constant(Constant::bit(true)),
        }
    }

    /// Disjunctions over the bits of a vector become one test of the vector.
    fn sums(&mut self) {
        let count = self.body.arena.len() as u32;
        let mut inner = vec![false; count as usize];
        let disjunctions: Vec<ValueId> = (0..count)
            .map(ValueId)
            .filter(|value| matches!(self.body.arena.operation(*value), Operation::Or(..)))
            .filter(|value| self.body.arena.width(*value) == 1)
            .collect();
        let mut chains = Vec::new();
        for value in disjunctions.into_iter().rev() {
            if inner[value.0 as usize] {
                continue;
            }
            let mut terms = Vec::new();
            let mut chain = value;
            while let Operation::Or(rest, term) = *self.body.arena.operation(chain) {
                terms.push(term);
                inner[rest.0 as usize] = true;
                chain = rest;
            }
            terms.push(chain);
            terms.reverse();
            if terms.len() >= FEWEST_TERMS {
                chains.push((value, terms));
            }
        }
        for (value, terms) in chains.into_iter().rev() {
            if let Some(vector) = self.regular(&terms) {
                let any = self.body.arena.reduce_or(vector);
                self.elements.insert(value, (any, 0));
            }
        }
    }

    /// Lets everything that registers and memories take use the vectors.
    fn rewrite(&mut self) {
        let mut new: HashMap<ValueId, ValueId> = HashMap::new();
        for register in 0..self.body.registers.len() {
            let is_pack = matches!(self.body.registers[register].origin, RegisterOrigin::Pack);
            if self.body.registers[register].packed.is_none() && !is_pack {
                self.body.registers[register].next = self.rewritten(self.body.registers[register].next, &mut new);
            }
        }
        for memory in 0..self.body.memories.len() {
            if let Some(mut write) = self.body.memories[memory].write {
                for value in [&mut write.enable, &mut write.address, &mut write.data] {
                    *value = self.rewritten(*value, &mut new);
                }
                self.body.memories[memory].write = Some(write);
            }
        }
    }

    fn rewritten(&mut self, goal: ValueId, new: &mut HashMap<ValueId, ValueId>) -> ValueId {
        let mut stack = vec![goal];
        while let Some(value) = stack.last().copied() {
            if new.contains_key(&value) {
                stack.pop();
                continue;
            }
            if let Some((vector, bit)) = self.elements.get(&value).copied() {
                let bit = self.body.arena.slice(vector, bit, 1);
                new.insert(value, bit);
                continue;
            }
            let operands = crate::engine::order::operands(self.body, value);
            let before = stack.len();
            stack.extend(operands.into_iter().filter(|operand| !new.contains_key(operand)));
            if stack.len() > before {
                continue;
            }
            let width = self.body.arena.width(value);
            let rewritten = match self.body.source(value) {
                Some(Source::MemoryRead { memory, address }) => {
                    self.body.leaf(Source::MemoryRead { memory, address: new[&address] }, width)
                }
                Some(_) => value,
                None => {
                    let operation = self.body.arena.operation(value).clone();
                    self.body.arena.apply(&operation, width, |operand| new[&operand])
                }
            };
            new.insert(value, rewritten);
        }
        new[&goal]
    }
}
