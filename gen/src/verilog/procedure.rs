//! Kernel statements as procedural statements.

use super::expression::{Expressions, part_select};
use super::layout::{Lines, literal};
use hardpath_netlist::{Constant, NetId, Statement, ValueId};

/// How a block assigns.
#[derive(Clone, Copy)]
pub(super) enum Style<'a> {
    /// Blocking, to the nets themselves.
    Combinational,
    /// Nonblocking: the nets are inputs of registers, of which this gives the outputs.
    Clocked(&'a dyn Fn(NetId) -> NetId),
}

impl Style<'_> {
    fn target(self, net: NetId) -> NetId {
        match self {
            Style::Combinational => net,
            Style::Clocked(output) => output(net),
        }
    }

    fn operator(self) -> &'static str {
        match self {
            Style::Combinational => "=",
            Style::Clocked(_) => "<=",
        }
    }
}

/// The statements of a block that starts with `header`, `always @*` for one.
pub(super) fn block(expressions: &mut Expressions, header: &str, statements: &[Statement], style: Style) -> Lines {
    let mut inner = Lines::default();
    print(expressions, statements, style, 2, &mut inner);
    let variables = expressions.take_block_variables();
    let mut lines = Lines::default();
    for (name, width) in &variables {
        lines.push(1, &format!("reg {}{name};", super::layout::range(*width)));
    }
    lines.push(1, &format!("{header} begin"));
    for (name, width) in &variables {
        // Set on every path, so that no latch keeps it.
        lines.push(2, &format!("{name} = {};", literal(&Constant::zero(*width))));
    }
    lines.append(inner);
    lines.push(1, "end");
    lines
}

fn print(expressions: &mut Expressions, statements: &[Statement], style: Style, depth: usize, lines: &mut Lines) {
    for statement in statements {
        match statement {
            Statement::Assign { net, value } => {
                let target = expressions.circuit.net(style.target(*net)).name.clone();
                assign(expressions, &target, *value, style, depth, lines);
            }
            Statement::AssignSlice { net, low, value } => {
                let net = expressions.circuit.net(style.target(*net));
                let width = expressions.values.width(*value);
                let target = if width == net.width { net.name.clone() } else { part_select(&net.name, *low, width) };
                assign(expressions, &target, *value, style, depth, lines);
            }
            Statement::If { condition, then, otherwise } => {
                branch(expressions, *condition, then, otherwise, style, depth, lines);
            }
            Statement::Match { subject, arms, default } => {
                let subject = expressions.expression(*subject);
                pending(expressions, depth, lines);
                lines.push(depth, &format!("case ({subject})"));
                for (pattern, statements) in arms {
                    let pattern = expressions.expression(*pattern);
                    arm(expressions, &pattern, statements, style, depth + 1, lines);
                }
                arm(expressions, "default", default, style, depth + 1, lines);
                lines.push(depth, "endcase");
            }
        }
    }
}

fn pending(expressions: &mut Expressions, depth: usize, lines: &mut Lines) {
    for line in expressions.take_pending() {
        lines.push(depth, &line);
    }
}

fn assign(expressions: &mut Expressions, target: &str, value: ValueId, style: Style, depth: usize, lines: &mut Lines) {
    let text = expressions.expression(value);
    pending(expressions, depth, lines);
    lines.push(depth, &format!("{target} {} {text};", style.operator()));
}

fn arm(
    expressions: &mut Expressions,
    pattern: &str,
    statements: &[Statement],
    style: Style,
    depth: usize,
    lines: &mut Lines,
) {
    if statements.is_empty() {
        lines.push(depth, &format!("{pattern}: ;"));
        return;
    }
    lines.push(depth, &format!("{pattern}: begin"));
    print(expressions, statements, style, depth + 1, lines);
    lines.push(depth, "end");
}

fn branch<'a>(
    expressions: &mut Expressions,
    condition: ValueId,
    mut then: &'a [Statement],
    mut otherwise: &'a [Statement],
    style: Style,
    depth: usize,
    lines: &mut Lines,
) {
    let mut keyword = "if";
    let mut condition = condition;
    loop {
        if then.is_empty() {
            condition = expressions.values.not(condition);
            (then, otherwise) = (otherwise, &[]);
        }
        let text = expressions.expression(condition);
        // Only before the first `if` can its condition be prepared; a later one is nested instead, see below.
        pending(expressions, depth, lines);
        lines.push(depth, &format!("{keyword} ({text}) begin"));
        print(expressions, then, style, depth + 1, lines);
        match otherwise {
            [] => break,
            [Statement::If { condition: next, then: next_then, otherwise: next_otherwise }]
                if !expressions.needs_preparation(*next) =>
            {
                keyword = "end else if";
                (condition, then, otherwise) = (*next, next_then, next_otherwise);
            }
            _ => {
                lines.push(depth, "end else begin");
                print(expressions, otherwise, style, depth + 1, lines);
                break;
            }
        }
    }
    lines.push(depth, "end");
}
