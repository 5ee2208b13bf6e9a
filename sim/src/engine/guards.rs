//! Conditions under which registers change, taken apart so that registers share them.
//!
//! A register that changes if `a & b` and another that changes if `a & c` both stand still without `a`: with `a` tested
//! first, and by itself, one branch leaves out both and the computation of `b` and `c`.

use crate::engine::body::Body;
use hardpath_netlist::{Operation, ValueId};
use std::collections::HashMap;

/// Rewrites what registers take next, every conjunction of conditions into nested ones, the most common outermost.
pub(super) fn take_apart(body: &mut Body) {
    let mut common = HashMap::new();
    for register in body.registers.iter().filter(|register| register.packed.is_none()) {
        count(body, register.next, register.leaf, &mut common);
    }
    let mut apart = Apart { body, common, done: HashMap::new() };
    for register in 0..apart.body.registers.len() {
        if apart.body.registers[register].packed.is_none() {
            let (next, leaf) = (apart.body.registers[register].next, apart.body.registers[register].leaf);
            apart.body.registers[register].next = apart.next(next, leaf);
        }
    }
}

/// The terms of a conjunction (`And`) or disjunction.
fn terms(body: &Body, condition: ValueId, conjunction: bool) -> Vec<ValueId> {
    let mut terms = Vec::new();
    let mut stack = vec![condition];
    while let Some(value) = stack.pop() {
        match *body.arena.operation(value) {
            Operation::And(a, b) if conjunction => stack.extend([b, a]),
            Operation::Or(a, b) if !conjunction => stack.extend([b, a]),
            _ => terms.push(value),
        }
    }
    terms
}

/// Counts the registers that each condition alone keeps as they are. Multiplexers nest: a register counts each once.
fn count(body: &Body, next: ValueId, leaf: ValueId, common: &mut HashMap<ValueId, u32>) {
    let mut stack = vec![next];
    while let Some(value) = stack.pop() {
        let Operation::Mux { condition, then, otherwise } = *body.arena.operation(value) else { continue };
        if otherwise == leaf || then == leaf {
            for term in terms(body, condition, otherwise == leaf) {
                *common.entry(term).or_default() += 1;
            }
        }
        stack.extend([then, otherwise]);
    }
}

struct Apart<'a> {
    body: &'a mut Body,
    /// How many registers have the term in a condition.
    common: HashMap<ValueId, u32>,
    done: HashMap<(ValueId, ValueId), ValueId>,
}

impl Apart<'_> {
    fn next(&mut self, next: ValueId, leaf: ValueId) -> ValueId {
        let Operation::Mux { condition, then, otherwise } = *self.body.arena.operation(next) else { return next };
        if let Some(done) = self.done.get(&(next, leaf)) {
            return *done;
        }
        let (then, otherwise) = (self.next(then, leaf), self.next(otherwise, leaf));
        let apart = if otherwise == leaf || then == leaf {
            let mut terms = terms(self.body, condition, otherwise == leaf);
            terms.sort_by_key(|term| (self.common.get(term).copied().unwrap_or_default(), std::cmp::Reverse(*term)));
            terms.into_iter().fold(if otherwise == leaf { then } else { otherwise }, |inner, term| {
                if otherwise == leaf {
                    self.body.arena.mux(term, inner, leaf)
                } else {
                    self.body.arena.mux(term, leaf, inner)
                }
            })
        } else {
            self.body.arena.mux(condition, then, otherwise)
        };
        self.done.insert((next, leaf), apart);
        apart
    }
}
