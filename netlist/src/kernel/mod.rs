//! Symbolic execution of one kernel: blocking assignments, branches merged by mux, loops unrolled, links as assignments.

mod expression;
mod names;

use crate::constant::Constant;
use crate::design::{EnumType, Net, NetId, NetKind, PortDirection, Statement};
use crate::error::{Error, Result};
use crate::value::{ValueArena, ValueId};
use expression::{Expectation, Expression};
use num_bigint::BigUint;
use num_traits::Zero;
use rust_hdl::core::ast::{
    VerilogBlockOrConditional, VerilogConditional, VerilogExpression, VerilogLink, VerilogLinkDetails, VerilogLoop,
    VerilogMatch, VerilogStatement,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a name of the kernel stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Symbol {
    Net(NetId),
    /// Clock input of a register or memory port: index into [`Outcome::clocks`].
    Clock(usize),
}

/// The circuit as far as the kernel sees it.
pub(crate) struct Scope<'a> {
    pub path: &'a str,
    pub nets: &'a [Net],
    pub symbols: &'a HashMap<String, Symbol>,
    pub enums: &'a [EnumType],
    /// Per enum, per variant: its constant net.
    pub variants: &'a [Vec<NetId>],
    pub clock_count: usize,
}

/// What a kernel computes.
pub(crate) struct Outcome {
    pub body: Vec<Statement>,
    pub values: ValueArena,
    pub drivers: Vec<Option<ValueId>>,
    pub groups: Vec<Vec<NetId>>,
    /// Per clock symbol: the net assigned to it.
    pub clocks: Vec<Option<NetId>>,
}

/// The bits of a net that are assigned at some point of the kernel; `missing` is the set of bits that are not.
#[derive(Clone, PartialEq)]
struct Assigned {
    value: ValueId,
    missing: BigUint,
}

type Environment = BTreeMap<NetId, Assigned>;

/// A read of a net that the kernel drives itself: which value it saw, and which net was assigned from it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Read {
    net: NetId,
    seen: ValueId,
    target: NetId,
}

struct Kernel<'a> {
    scope: &'a Scope<'a>,
    values: ValueArena,
    environment: Environment,
    loops: Vec<(String, i64)>,
    clocks: Vec<Option<NetId>>,
    /// Nets read by the conditions around the current statement, and by the statement's own expressions.
    open_reads: Vec<(NetId, ValueId)>,
    reads: BTreeSet<Read>,
    branch_depth: usize,
    reads_settled_input: bool,
}

/// Executes a kernel.
pub(crate) fn execute(scope: &Scope, kernel: &[VerilogStatement]) -> Result<Outcome> {
    let mut machine = Kernel {
        scope,
        values: ValueArena::default(),
        environment: Environment::new(),
        loops: vec![],
        clocks: vec![None; scope.clock_count],
        open_reads: vec![],
        reads: BTreeSet::new(),
        branch_depth: 0,
        reads_settled_input: false,
    };
    let body = machine.block(kernel)?;
    machine.finish(body)
}

impl Kernel<'_> {
    fn net(&self, id: NetId) -> &Net {
        &self.scope.nets[id.0 as usize]
    }

    fn unsupported<T>(&self, construct: impl Into<String>, instead: impl Into<String>) -> Result<T> {
        Err(Error::Unsupported {
            path: self.scope.path.to_owned(),
            construct: construct.into(),
            instead: instead.into(),
        })
    }

    fn block(&mut self, statements: &[VerilogStatement]) -> Result<Vec<Statement>> {
        let mut typed = vec![];
        for statement in statements {
            self.statement(statement, &mut typed)?;
        }
        Ok(typed)
    }

    fn statement(&mut self, statement: &VerilogStatement, typed: &mut Vec<Statement>) -> Result<()> {
        let open = self.open_reads.len();
        match statement {
            VerilogStatement::Assignment(target, value) => self.assignment(target, value, typed)?,
            VerilogStatement::SliceAssignment { base, width, offset, replacement } => {
                self.slice_assignment(base, *width as u32, offset, replacement, typed)?;
            }
            VerilogStatement::If(conditional) => self.conditional(conditional, typed)?,
            VerilogStatement::Match(selection) => self.selection(selection, typed)?,
            VerilogStatement::Loop(repetition) => self.repetition(repetition, typed)?,
            VerilogStatement::Comment(_) => {}
            VerilogStatement::Link(links) => {
                for link in links {
                    self.link(link, typed)?;
                    self.open_reads.truncate(open);
                }
            }
            VerilogStatement::Macro(statements) => {
                for statement in statements {
                    self.statement(statement, typed)?;
                }
            }
        }
        self.open_reads.truncate(open);
        Ok(())
    }

    fn assignment(
        &mut self,
        target: &VerilogExpression,
        value: &VerilogExpression,
        typed: &mut Vec<Statement>,
    ) -> Result<()> {
        let name = self.target_name(target)?;
        match self.symbol(&name)? {
            Symbol::Clock(index) => {
                let value = self.expression(value, Expectation::of_width(1))?.sized(self, Expectation::of_width(1))?;
                self.connect_clock(index, &name, value.named)
            }
            Symbol::Net(net) => {
                let expectation = self.expectation_of(net);
                let value = self.expression(value, expectation)?.sized(self, expectation)?;
                let (width, needed) = (self.values.width(value.named), self.net(net).width);
                if width != needed {
                    return Err(Error::Width {
                        path: self.scope.path.to_owned(),
                        context: format!("assignment to `{}`", self.net(net).name),
                        left: needed,
                        right: width,
                    });
                }
                self.assign(net, value.resolved)?;
                typed.push(Statement::Assign { net, value: value.named });
                Ok(())
            }
        }
    }

    fn connect_clock(&mut self, index: usize, name: &str, value: ValueId) -> Result<()> {
        let gated = self.branch_depth > 0;
        match *self.values.operation(value) {
            crate::value::Operation::Net(net) if !gated && self.clocks[index].is_none_or(|old| old == net) => {
                self.clocks[index] = Some(net);
                Ok(())
            }
            _ => Err(Error::Clock { path: self.scope.path.to_owned(), net: name.replace('$', "_") }),
        }
    }

    fn expectation_of(&self, net: NetId) -> Expectation {
        let net = self.net(net);
        Expectation { width: Some(net.width), enumeration: expression::enumeration(net) }
    }

    /// Records that `net` now has this value.
    fn assign(&mut self, net: NetId, value: ValueId) -> Result<()> {
        self.check_drivable(net)?;
        for (read, seen) in &self.open_reads {
            self.reads.insert(Read { net: *read, seen: *seen, target: net });
        }
        self.environment.insert(net, Assigned { value, missing: BigUint::zero() });
        Ok(())
    }

    fn check_drivable(&self, net: NetId) -> Result<()> {
        let target = self.net(net);
        let owner = match target.kind {
            NetKind::Port(PortDirection::Input) => "the block around this one, and this kernel",
            NetKind::Connection { direction: PortDirection::Output, .. } => "the child block, and this kernel",
            NetKind::RegisterOutput(_) => "the register, and this kernel",
            NetKind::MemoryOutput { .. } => "the memory, and this kernel",
            NetKind::Constant(_) => "its constant value, and this kernel",
            _ => return Ok(()),
        };
        Err(Error::MultiplyDriven {
            path: self.scope.path.to_owned(),
            net: target.name.clone(),
            drivers: owner.to_owned(),
        })
    }

    fn slice_assignment(
        &mut self,
        base: &VerilogExpression,
        width: u32,
        offset: &VerilogExpression,
        replacement: &VerilogExpression,
        typed: &mut Vec<Statement>,
    ) -> Result<()> {
        let name = self.target_name(base)?;
        let Symbol::Net(net) = self.symbol(&name)? else {
            return self.unsupported(format!("field assignment to clock `{name}`"), "assign the whole clock");
        };
        let Some(low) = self.constant_index(offset)? else {
            return self.unsupported(
                format!("assignment to a computed bit position of `{name}`"),
                "use replace_bit on the whole value",
            );
        };
        let whole = self.net(net).width;
        if u64::from(low) + u64::from(width) > u64::from(whole) {
            return Err(Error::Width {
                path: self.scope.path.to_owned(),
                context: format!("field of `{}`", self.net(net).name),
                left: whole,
                right: low + width,
            });
        }
        let expectation = Expectation::of_width(width);
        let value = self.expression(replacement, expectation)?.sized(self, expectation)?;
        let given = self.values.width(value.named);
        if given != width {
            return Err(Error::Width {
                path: self.scope.path.to_owned(),
                context: format!("assignment to a field of `{}`", self.net(net).name),
                left: width,
                right: given,
            });
        }
        self.check_drivable(net)?;
        let all = Constant::ones(whole).value().clone();
        let before = match self.environment.get(&net) {
            Some(assigned) => assigned.clone(),
            None => Assigned { value: self.values.constant(Constant::zero(whole)), missing: all },
        };
        // The rest of the net keeps what it had: that is a read of its own intermediate value, in its own block.
        let mut merged = value.resolved;
        if low > 0 {
            let below = self.values.slice(before.value, 0, low);
            merged = self.values.concat(merged, below);
        }
        if low + width < whole {
            let above = self.values.slice(before.value, low + width, whole - low - width);
            merged = self.values.concat(above, merged);
        }
        self.assign(net, merged)?;
        let field = Constant::ones(width).value() << low;
        let missing = before.missing.clone() - (&before.missing & &field);
        self.environment.insert(net, Assigned { value: merged, missing });
        typed.push(Statement::AssignSlice { net, low, value: value.named });
        Ok(())
    }

    fn conditional(&mut self, conditional: &VerilogConditional, typed: &mut Vec<Statement>) -> Result<()> {
        let condition = self.condition(&conditional.test)?;
        let before = self.environment.clone();
        self.branch_depth += 1;
        let then = self.block(&conditional.then)?;
        let after_then = std::mem::replace(&mut self.environment, before);
        let mut otherwise = vec![];
        match &conditional.otherwise {
            VerilogBlockOrConditional::Block(block) => otherwise = self.block(block)?,
            VerilogBlockOrConditional::Conditional(statement) => self.statement(statement, &mut otherwise)?,
            VerilogBlockOrConditional::None => {}
        }
        self.branch_depth -= 1;
        let after_otherwise = std::mem::take(&mut self.environment);
        self.environment = self.merge(condition.resolved, after_then, after_otherwise);
        typed.push(Statement::If { condition: condition.named, then, otherwise });
        Ok(())
    }

    fn condition(&mut self, test: &VerilogExpression) -> Result<Expression> {
        let one_bit = Expectation::of_width(1);
        let condition = self.expression(test, one_bit)?.sized(self, one_bit)?;
        let width = self.values.width(condition.named);
        if width != 1 {
            return Err(Error::Width {
                path: self.scope.path.to_owned(),
                context: "condition".into(),
                left: 1,
                right: width,
            });
        }
        Ok(condition)
    }

    /// Both outcomes of a branch as one: muxes where they differ, missing where either is missing.
    fn merge(&mut self, condition: ValueId, then: Environment, otherwise: Environment) -> Environment {
        let mut merged = Environment::new();
        let nets: BTreeSet<NetId> = then.keys().chain(otherwise.keys()).copied().collect();
        for net in nets {
            let width = self.net(net).width;
            let mut absent = || Assigned {
                value: self.values.constant(Constant::zero(width)),
                missing: Constant::ones(width).value().clone(),
            };
            let taken = then.get(&net).cloned().unwrap_or_else(&mut absent);
            let passed = otherwise.get(&net).cloned().unwrap_or_else(&mut absent);
            let value = self.values.mux(condition, taken.value, passed.value);
            merged.insert(net, Assigned { value, missing: taken.missing | passed.missing });
        }
        merged
    }

    fn selection(&mut self, selection: &VerilogMatch, typed: &mut Vec<Statement>) -> Result<()> {
        let subject = self.expression(&selection.test, Expectation::none())?;
        let Some(subject) = subject.as_sized() else {
            return self.unsupported("match on a constant", "match on a signal");
        };
        let width = self.values.width(subject.named);
        let expectation = Expectation { width: Some(width), enumeration: subject.enumeration };
        let before = self.environment.clone();
        let mut arms = vec![];
        let mut outcomes = vec![];
        let mut default = None;
        self.branch_depth += 1;
        for case in &selection.cases {
            if default.is_some() {
                return self.unsupported("a match arm behind `_`", "make `_` the last arm");
            }
            let pattern = match case.condition.as_str() {
                "default" => None,
                text => Some(self.pattern(text, expectation)?),
            };
            if let Some(pattern) = &pattern
                && outcomes.iter().any(|(seen, _)| *seen == pattern.resolved)
            {
                return self.unsupported(
                    format!("match arm `{}` stands twice (a guard is not carried into hardware)", case.condition),
                    "write an `if` inside the arm instead of a guard",
                );
            }
            self.environment = before.clone();
            let block = self.block(&case.block)?;
            let outcome = std::mem::take(&mut self.environment);
            match pattern {
                Some(pattern) => {
                    arms.push((pattern.named, block));
                    outcomes.push((pattern.resolved, outcome));
                }
                None => default = Some((block, outcome)),
            }
        }
        self.branch_depth -= 1;
        // Rust accepted the match as exhaustive: without `_`, the last arm takes what is left.
        let (default_block, default_outcome) = match default {
            Some(default) => default,
            None => match (arms.pop(), outcomes.pop()) {
                (Some((_, block)), Some((_, outcome))) => (block, outcome),
                _ => return self.unsupported("a match without arms", "remove it"),
            },
        };
        self.environment = default_outcome;
        for (pattern, outcome) in outcomes.into_iter().rev() {
            let chosen = self.values.equal(subject.resolved, pattern);
            let rest = std::mem::take(&mut self.environment);
            self.environment = self.merge(chosen, outcome, rest);
        }
        typed.push(Statement::Match { subject: subject.named, arms, default: default_block });
        Ok(())
    }

    fn repetition(&mut self, repetition: &VerilogLoop, typed: &mut Vec<Statement>) -> Result<()> {
        let (from, to) = (repetition.from.as_usize(), repetition.to.as_usize());
        if self.scope.symbols.contains_key(&repetition.index) {
            return self.unsupported(
                format!("loop index `{}` has the name of a signal", repetition.index),
                "rename the loop index",
            );
        }
        for index in from..to {
            self.loops.push((repetition.index.clone(), index as i64));
            for statement in &repetition.block {
                self.statement(statement, typed)?;
            }
            self.loops.pop();
        }
        Ok(())
    }

    fn link(&mut self, link: &VerilogLink, typed: &mut Vec<Statement>) -> Result<()> {
        let (target, source) = match link {
            VerilogLink::Forward(details) => (end(&details.other_name, details), end(&details.owner_name, details)),
            VerilogLink::Backward(details) => (end(&details.owner_name, details), end(&details.other_name, details)),
            VerilogLink::Bidirectional(_) => {
                return self.unsupported("a bidirectional signal", "use separate In and Out signals");
            }
        };
        self.assignment(&VerilogExpression::Signal(target), &VerilogExpression::Signal(source), typed)
    }

    fn finish(mut self, body: Vec<Statement>) -> Result<Outcome> {
        let mut drivers = vec![None; self.scope.nets.len()];
        for (net, assigned) in &self.environment {
            if !assigned.missing.is_zero() {
                return Err(Error::Latch {
                    path: self.scope.path.to_owned(),
                    net: names::shown(&self.net(*net).name, self.net(*net)),
                });
            }
            drivers[net.0 as usize] = Some(assigned.value);
        }
        for (index, net) in self.scope.nets.iter().enumerate() {
            if net.kind.is_driven() && drivers[index].is_none() {
                return Err(Error::Undriven { path: self.scope.path.to_owned(), net: net.name.clone() });
            }
        }
        let groups = self.groups(&drivers);
        if self.reads_settled_input {
            self.substitute_settled_inputs(&mut drivers)?;
        }
        Ok(Outcome { body, values: self.values, drivers, groups, clocks: self.clocks })
    }

    /// Nets that must stay in one block: a net assigned from another net's value that is not its final one.
    fn groups(&self, drivers: &[Option<ValueId>]) -> Vec<Vec<NetId>> {
        let mut leader: BTreeMap<NetId, NetId> = BTreeMap::new();
        fn find(leader: &BTreeMap<NetId, NetId>, mut net: NetId) -> NetId {
            while let Some(next) = leader.get(&net).filter(|next| **next != net) {
                net = *next;
            }
            net
        }
        for read in &self.reads {
            if read.net != read.target && drivers[read.net.0 as usize] != Some(read.seen) {
                let (a, b) = (find(&leader, read.net), find(&leader, read.target));
                leader.insert(a.max(b), a.min(b));
                leader.entry(a.min(b)).or_insert(a.min(b));
            }
        }
        let mut groups: BTreeMap<NetId, Vec<NetId>> = BTreeMap::new();
        for net in leader.keys() {
            groups.entry(find(&leader, *net)).or_default().push(*net);
        }
        groups.into_values().filter(|group| group.len() > 1).collect()
    }

    /// A child's input that is read back has its settled value: replace such reads by the input's driver.
    fn substitute_settled_inputs(&mut self, drivers: &mut [Option<ValueId>]) -> Result<()> {
        let mut done: HashMap<ValueId, ValueId> = HashMap::new();
        let originals = drivers.to_vec();
        for driver in drivers.iter_mut().flatten() {
            *driver = self.substitute(*driver, &originals, &mut done, &mut vec![])?;
        }
        Ok(())
    }

    fn substitute(
        &mut self,
        value: ValueId,
        drivers: &[Option<ValueId>],
        done: &mut HashMap<ValueId, ValueId>,
        open: &mut Vec<NetId>,
    ) -> Result<ValueId> {
        if let Some(known) = done.get(&value) {
            return Ok(*known);
        }
        let width = self.values.width(value);
        let operation = self.values.operation(value).clone();
        let replaced = if let crate::value::Operation::Net(net) = operation {
            match drivers[net.0 as usize] {
                None => value,
                Some(driver) => {
                    if let Some(start) = open.iter().position(|seen| *seen == net) {
                        let mut nets: Vec<String> =
                            open[start..].iter().map(|net| self.net(*net).name.clone()).collect();
                        nets.push(nets[0].clone());
                        return Err(Error::CombinationalLoop { path: self.scope.path.to_owned(), nets });
                    }
                    open.push(net);
                    let replaced = self.substitute(driver, drivers, done, open)?;
                    open.pop();
                    replaced
                }
            }
        } else {
            for operand in self.values.operands(value) {
                self.substitute(operand, drivers, done, open)?;
            }
            self.values.apply(&operation, width, |operand| done[&operand])
        };
        done.insert(value, replaced);
        Ok(replaced)
    }
}

fn end(block: &str, details: &VerilogLinkDetails) -> String {
    let signal = details.my_name.trim_start_matches('.').replace('.', "$");
    if signal.is_empty() { block.to_owned() } else { format!("{block}${signal}") }
}
