//! The part of a kernel that drives given nets.

use hardpath_netlist::{NetId, Operation, Statement, ValueArena, ValueId};
use std::collections::{BTreeSet, HashSet};

/// The statements that assign one of `targets`, inside the `if` and `match` that hold them.
pub(super) fn project(statements: &[Statement], targets: &BTreeSet<NetId>) -> Vec<Statement> {
    let mut kept = Vec::new();
    for statement in statements {
        match statement {
            Statement::Assign { net, .. } | Statement::AssignSlice { net, .. } => {
                if targets.contains(net) {
                    kept.push(statement.clone());
                }
            }
            Statement::If { condition, then, otherwise } => {
                let (then, otherwise) = (project(then, targets), project(otherwise, targets));
                if !then.is_empty() || !otherwise.is_empty() {
                    kept.push(Statement::If { condition: *condition, then, otherwise });
                }
            }
            Statement::Match { subject, arms, default } => {
                let default = project(default, targets);
                let mut arms: Vec<_> =
                    arms.iter().map(|(pattern, statements)| (*pattern, project(statements, targets))).collect();
                if default.is_empty() {
                    arms.retain(|(_, statements)| !statements.is_empty());
                }
                if !default.is_empty() || !arms.is_empty() {
                    kept.push(Statement::Match { subject: *subject, arms, default });
                }
            }
        }
    }
    kept
}

/// Removes what a later unconditional assignment of the whole net overwrites.
pub(super) fn drop_overwritten(statements: &mut Vec<Statement>, target: NetId, values: &ValueArena) {
    let last = statements.iter().rposition(|statement| match statement {
        Statement::Assign { net, value } => *net == target && !nets_read(values, *value).contains(&target),
        _ => false,
    });
    if let Some(last) = last {
        statements.drain(..last);
    }
}

/// The nets that a value reads.
pub(super) fn nets_read(values: &ValueArena, value: ValueId) -> HashSet<NetId> {
    let mut nets = HashSet::new();
    collect(values, value, &mut HashSet::new(), &mut nets);
    nets
}

/// The nets that statements read, conditions included.
pub(super) fn nets_read_by(values: &ValueArena, statements: &[Statement]) -> HashSet<NetId> {
    fn walk(values: &ValueArena, statements: &[Statement], seen: &mut HashSet<ValueId>, nets: &mut HashSet<NetId>) {
        for statement in statements {
            match statement {
                Statement::Assign { value, .. } | Statement::AssignSlice { value, .. } => {
                    collect(values, *value, seen, nets);
                }
                Statement::If { condition, then, otherwise } => {
                    collect(values, *condition, seen, nets);
                    walk(values, then, seen, nets);
                    walk(values, otherwise, seen, nets);
                }
                Statement::Match { subject, arms, default } => {
                    collect(values, *subject, seen, nets);
                    for (pattern, statements) in arms {
                        collect(values, *pattern, seen, nets);
                        walk(values, statements, seen, nets);
                    }
                    walk(values, default, seen, nets);
                }
            }
        }
    }
    let mut nets = HashSet::new();
    walk(values, statements, &mut HashSet::new(), &mut nets);
    nets
}

fn collect(values: &ValueArena, value: ValueId, seen: &mut HashSet<ValueId>, nets: &mut HashSet<NetId>) {
    let mut stack = vec![value];
    while let Some(value) = stack.pop() {
        if !seen.insert(value) {
            continue;
        }
        if let Operation::Net(net) = values.operation(value) {
            nets.insert(*net);
        }
        stack.extend(values.operands(value));
    }
}
