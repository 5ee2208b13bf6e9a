//! Values as Verilog expressions of exactly their width.

use super::layout::{Lines, literal, range};
use super::projection::nets_read;
use hardpath_netlist::{Circuit, Constant, Net, NetId, NetKind, NetType, Operation, ValueArena, ValueId};
use std::collections::{HashMap, HashSet};

/// Above this many operators the parts that an expression repeats get a name of their own.
const REPEATED_PARTS_LIMIT: usize = 200;

/// What an expression's outermost operator asks of its surroundings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Never in parentheses.
    Primary,
    /// An inversion, negation or complement of a primary.
    Prefix,
    /// An associative operator, that may continue in the same one.
    Chain(&'static str),
    /// In parentheses wherever another operator meets it.
    Compound,
}

pub(super) struct Term {
    pub text: String,
    form: Form,
}

impl Term {
    fn new(text: impl Into<String>, form: Form) -> Self {
        Self { text: text.into(), form }
    }

    pub(super) fn primary(text: impl Into<String>) -> Self {
        Self::new(text, Form::Primary)
    }

    fn after_prefix(self) -> String {
        if self.form == Form::Primary { self.text } else { format!("({})", self.text) }
    }

    fn beside(self, operator: &str) -> String {
        match self.form {
            Form::Primary | Form::Prefix => self.text,
            Form::Chain(own) if own == operator => self.text,
            _ => format!("({})", self.text),
        }
    }
}

/// A wire or variable that holds a part of an expression.
struct Helper {
    name: String,
    used: Vec<bool>,
}

/// Prints the values of one module and keeps what the printing asks for: names, helper wires, which bits are read.
pub(super) struct Expressions<'a> {
    pub circuit: &'a Circuit,
    /// The circuit's values and what rewriting for the print adds to them.
    pub values: ValueArena,
    /// Per net and bit: whether the text reads it.
    used: Vec<Vec<bool>>,
    names: HashSet<String>,
    /// Wires for parts that Verilog cannot write in place, in an order in which none reads a later one.
    helper_lines: Lines,
    helpers: Vec<Helper>,
    pub(super) helper_of: HashMap<ValueId, usize>,
    /// What names of helpers begin with.
    stem: String,
    /// Nets that the procedural block being printed assigns: their values change from statement to statement.
    volatile: HashSet<NetId>,
    /// Procedural statements that must stand before the statement being printed.
    pending: Vec<String>,
    /// Variables of the block being printed, that `pending` assigns.
    block_variables: Vec<(String, u32)>,
}

impl<'a> Expressions<'a> {
    pub fn new(circuit: &'a Circuit) -> Self {
        Self {
            circuit,
            values: circuit.values.clone(),
            used: circuit.nets.iter().map(|net| vec![false; net.width as usize]).collect(),
            names: circuit
                .nets
                .iter()
                .map(|net| net.name.clone())
                .chain(circuit.instances.iter().map(|instance| instance.name.clone()))
                .chain(circuit.memories.iter().map(|memory| memory.name.clone()))
                .chain([circuit.name.clone()])
                .collect(),
            helper_lines: Lines::default(),
            helpers: Vec::new(),
            helper_of: HashMap::new(),
            stem: String::new(),
            volatile: HashSet::new(),
            pending: Vec::new(),
            block_variables: Vec::new(),
        }
    }

    pub(super) fn net(&self, id: NetId) -> &'a Net {
        self.circuit.net(id)
    }

    /// A name that nothing else in the module has.
    pub fn fresh_name(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name
    }

    /// The wires that hold parts of expressions.
    pub fn take_helpers(&mut self) -> Lines {
        std::mem::take(&mut self.helper_lines)
    }

    /// Runs of bits, as Verilog text, that nothing in the text reads: of the nets that `is_declared`, and of helpers.
    pub fn unused(&self, is_declared: impl Fn(NetId, &Net) -> bool) -> Vec<String> {
        let mut parts = Vec::new();
        for (index, net) in self.circuit.nets.iter().enumerate() {
            if is_declared(NetId(index as u32), net) {
                unused_bits(&net.name, &self.used[index], &mut parts);
            }
        }
        for helper in &self.helpers {
            unused_bits(&helper.name, &helper.used, &mut parts);
        }
        parts
    }

    /// Whether the text reads a bit of a net.
    pub fn is_used(&self, net: NetId, bit: u32) -> bool {
        self.used[net.0 as usize][bit as usize]
    }

    /// Notes that the text reads a whole net.
    pub fn mark(&mut self, net: NetId) {
        self.mark_bits(net, 0, self.net(net).width);
    }

    pub(super) fn mark_bits(&mut self, net: NetId, low: u32, width: u32) {
        self.used[net.0 as usize][low as usize..(low + width) as usize].fill(true);
    }

    /// Starts a block or an assignment that drives `target`; a procedural one also gives the nets it assigns.
    pub fn begin(&mut self, target: NetId, volatile: HashSet<NetId>) {
        self.stem = self.net(target).name.clone();
        self.volatile = volatile;
        self.block_variables.clear();
    }

    /// Statements that must precede the one whose expressions were just printed.
    pub fn take_pending(&mut self) -> Vec<String> {
        std::mem::take(&mut self.pending)
    }

    /// Variables that the block just printed needs.
    pub fn take_block_variables(&mut self) -> Vec<(String, u32)> {
        std::mem::take(&mut self.block_variables)
    }

    /// A value as the whole right side of an assignment.
    pub fn expression(&mut self, value: ValueId) -> String {
        self.name_repeated_parts(value);
        self.term(value).text
    }

    /// The name that stands for a net: a clock that is passed on stands for the clock it is.
    pub fn read(&mut self, id: NetId) -> String {
        let net = self.net(id);
        if net.net_type == NetType::Clock
            && let Some(driver) = self.circuit.driver(id)
            && let Operation::Net(source) = *self.values.operation(driver)
        {
            return self.read(source);
        }
        self.mark(id);
        net.name.clone()
    }

    /// A constant as a literal, or as the name it has in its enumeration.
    pub fn constant_of_type(&mut self, constant: &Constant, net_type: &NetType) -> String {
        if matches!(net_type, NetType::Enum(_)) {
            let named = self.circuit.nets.iter().position(|net| {
                net.net_type == *net_type && matches!(&net.kind, NetKind::Constant(value) if value == constant)
            });
            if let Some(index) = named {
                return self.read(NetId(index as u32));
            }
        }
        literal(constant)
    }

    /// Gives names to what a large expression computes more than once, so that its text stays as small as its graph.
    fn name_repeated_parts(&mut self, root: ValueId) {
        let mut readers: HashMap<ValueId, usize> = HashMap::new();
        let mut stack = vec![root];
        while let Some(value) = stack.pop() {
            for operand in self.values.operands(value) {
                let count = readers.entry(operand).or_default();
                *count += 1;
                if *count == 1 {
                    stack.push(operand);
                }
            }
        }
        let mut graph: Vec<ValueId> = readers.keys().copied().collect();
        graph.sort_unstable();
        let mut size: HashMap<ValueId, usize> = HashMap::new();
        let size_of = |values: &ValueArena, size: &HashMap<ValueId, usize>, value: ValueId| {
            values.operands(value).iter().fold(1usize, |sum, operand| sum.saturating_add(size[operand]))
        };
        for value in &graph {
            let own = size_of(&self.values, &size, *value);
            size.insert(*value, own);
        }
        if size_of(&self.values, &size, root) <= REPEATED_PARTS_LIMIT {
            return;
        }
        for value in graph {
            if readers[&value] > 1 && size[&value] > 2 && !self.is_volatile(value) {
                self.helper(value);
            }
        }
    }

    /// Whether printing a value may take statements before it.
    pub fn needs_preparation(&self, value: ValueId) -> bool {
        self.is_volatile(value)
    }

    fn is_volatile(&self, value: ValueId) -> bool {
        !self.volatile.is_empty() && nets_read(&self.values, value).iter().any(|net| self.volatile.contains(net))
    }

    /// A wire, or within a block a variable, that holds a value.
    pub(super) fn helper(&mut self, value: ValueId) -> usize {
        if let Some(index) = self.helper_of.get(&value) {
            return *index;
        }
        let text = self.term(value).text;
        let width = self.values.width(value);
        let name = self.fresh_name(&format!("{}_term", self.stem));
        if self.is_volatile(value) {
            self.pending.push(format!("{name} = {text};"));
            self.block_variables.push((name.clone(), width));
        } else {
            self.helper_lines.push(1, &format!("wire {}{name} = {text};", range(width)));
            self.helper_of.insert(value, self.helpers.len());
        }
        self.helpers.push(Helper { name, used: vec![false; width as usize] });
        self.helpers.len() - 1
    }

    pub(super) fn read_helper(&mut self, index: usize, low: u32, width: u32) -> Term {
        let helper = &mut self.helpers[index];
        helper.used[low as usize..(low + width) as usize].fill(true);
        let is_whole = helper.used.len() == width as usize;
        Term::primary(if is_whole { helper.name.clone() } else { part_select(&helper.name, low, width) })
    }

    pub(super) fn term(&mut self, value: ValueId) -> Term {
        let width = self.values.width(value);
        if let Some(index) = self.helper_of.get(&value) {
            return self.read_helper(*index, 0, width);
        }
        match self.values.operation(value).clone() {
            Operation::Constant(constant) => Term::primary(literal(&constant)),
            Operation::Net(net) => Term::primary(self.read(net)),
            Operation::Not(a) => self.complement(a),
            Operation::Negate(a) => Term::new(format!("-{}", self.term(a).after_prefix()), Form::Compound),
            Operation::And(a, b) => self.chain("&", a, b),
            Operation::Or(a, b) => self.chain("|", a, b),
            Operation::Xor(a, b) => self.chain("^", a, b),
            Operation::Add(a, b) => self.chain("+", a, b),
            Operation::Subtract(a, b) => self.binary("-", a, b),
            Operation::Multiply(a, b) => self.chain("*", a, b),
            Operation::ShiftLeft(a, amount) => self.shift("<<", a, amount),
            Operation::ShiftRight(a, amount) => self.shift(">>", a, amount),
            Operation::Equal(a, b) => self.binary("==", a, b),
            Operation::LessThan(a, b) => self.less_than("<", a, b),
            Operation::SignedLessThan(a, b) => self.signed_comparison("<", a, b),
            Operation::ReduceAnd(a) => self.reduction("&", a),
            Operation::ReduceOr(a) => self.reduction("|", a),
            Operation::ReduceXor(a) => self.reduction("^", a),
            Operation::Mux { condition, then, otherwise } => {
                let condition = self.term(condition).beside("?");
                let then = self.term(then).beside("?");
                let nested = matches!(self.values.operation(otherwise), Operation::Mux { .. });
                let otherwise = self.term(otherwise);
                let otherwise = if nested { otherwise.text } else { otherwise.beside("?") };
                Term::new(format!("{condition} ? {then} : {otherwise}"), Form::Compound)
            }
            Operation::Slice { value, low } => self.slice(value, low, width),
            Operation::Concat { .. } | Operation::ZeroExtend(_) => {
                let mut parts = Vec::new();
                self.concatenation(value, &mut parts);
                Term::primary(format!("{{{}}}", parts.join(", ")))
            }
            Operation::SignExtend(a) => self.sign_extension(a, width),
        }
    }

    fn complement(&mut self, a: ValueId) -> Term {
        match self.values.operation(a).clone() {
            Operation::Equal(x, y) => self.binary("!=", x, y),
            Operation::LessThan(x, y) => self.less_than(">=", x, y),
            Operation::SignedLessThan(x, y) => self.signed_comparison(">=", x, y),
            _ => {
                let operator = if self.values.width(a) == 1 { "!" } else { "~" };
                Term::new(format!("{operator}{}", self.term(a).after_prefix()), Form::Prefix)
            }
        }
    }

    fn chain(&mut self, operator: &'static str, a: ValueId, b: ValueId) -> Term {
        let (a, b) = (self.term(a).beside(operator), self.term(b).beside(operator));
        Term::new(format!("{a} {operator} {b}"), Form::Chain(operator))
    }

    fn binary(&mut self, operator: &str, a: ValueId, b: ValueId) -> Term {
        let (a, b) = (self.term(a).beside(operator), self.term(b).beside(operator));
        Term::new(format!("{a} {operator} {b}"), Form::Compound)
    }

    /// An unsigned comparison; one that no value can pass or fail is a constant, as tools warn of it.
    fn less_than(&mut self, operator: &str, a: ValueId, b: ValueId) -> Term {
        let nothing_is_less = self.known(a).is_some_and(|a| a.is_ones()) || self.known(b).is_some_and(|b| b.is_zero());
        if nothing_is_less {
            return Term::primary(if operator == "<" { "1'b0" } else { "1'b1" });
        }
        if self.values.width(a) == 1 {
            let not_a = self.values.not(a);
            let less = self.values.and(not_a, b);
            let value = if operator == "<" { less } else { self.values.not(less) };
            return self.term(value);
        }
        self.binary(operator, a, b)
    }

    /// The constant that a value is, by itself or by the net it reads.
    fn known(&self, value: ValueId) -> Option<&Constant> {
        match self.values.operation(value) {
            Operation::Constant(constant) => Some(constant),
            Operation::Net(net) => match &self.net(*net).kind {
                NetKind::Constant(constant) => Some(constant),
                _ => self.circuit.driver(*net).and_then(|driver| self.circuit.values.as_constant(driver)),
            },
            _ => None,
        }
    }

    fn signed_comparison(&mut self, operator: &str, a: ValueId, b: ValueId) -> Term {
        let (a, b) = (self.term(a).text, self.term(b).text);
        Term::new(format!("$signed({a}) {operator} $signed({b})"), Form::Compound)
    }

    fn reduction(&mut self, operator: &str, a: ValueId) -> Term {
        if let Operation::ZeroExtend(inner) = *self.values.operation(a) {
            return match operator {
                "&" => Term::primary("1'b0"),
                _ if self.values.width(inner) == 1 => self.term(inner),
                _ => self.reduction(operator, inner),
            };
        }
        Term::new(format!("{operator}{}", self.term(a).after_prefix()), Form::Compound)
    }

    fn shift(&mut self, operator: &str, a: ValueId, amount: ValueId) -> Term {
        let bits = self.values.width(amount);
        if bits > 32 {
            // Tools take amounts of up to 32 bits; larger amounts leave nothing anyway.
            let width = self.values.width(a);
            let upper = self.values.slice(amount, 32, bits - 32);
            let beyond = self.values.reduce_or(upper);
            let lower = self.values.slice(amount, 0, 32);
            let zero = self.values.constant(Constant::zero(width));
            let shifted =
                if operator == "<<" { self.values.shift_left(a, lower) } else { self.values.shift_right(a, lower) };
            let guarded = self.values.mux(beyond, zero, shifted);
            return self.term(guarded);
        }
        self.binary(operator, a, amount)
    }

    fn concatenation(&mut self, value: ValueId, parts: &mut Vec<String>) {
        if !self.helper_of.contains_key(&value) {
            match *self.values.operation(value) {
                Operation::Concat { high, low } => {
                    self.concatenation(high, parts);
                    return self.concatenation(low, parts);
                }
                Operation::ZeroExtend(a) => {
                    parts.push(literal(&Constant::zero(self.values.width(value) - self.values.width(a))));
                    return self.concatenation(a, parts);
                }
                _ => {}
            }
        }
        parts.push(self.term(value).text);
    }

    fn sign_extension(&mut self, a: ValueId, width: u32) -> Term {
        let narrow = self.values.width(a);
        let copies = width - narrow;
        if narrow == 1 {
            let bit = self.term(a).text;
            return Term::primary(format!("{{{width}{{{bit}}}}}"));
        }
        let top = self.values.slice(a, narrow - 1, 1);
        let top = self.term(top).text;
        let whole = self.term(a).text;
        let sign = if copies == 1 { top } else { format!("{{{copies}{{{top}}}}}") };
        Term::primary(format!("{{{sign}, {whole}}}"))
    }
}

fn unused_bits(name: &str, used: &[bool], parts: &mut Vec<String>) {
    let mut low = 0;
    for run in used.chunk_by(|a, b| a == b) {
        if !run[0] {
            let is_whole = run.len() == used.len();
            parts.push(if is_whole { name.to_owned() } else { part_select(name, low, run.len() as u32) });
        }
        low += run.len() as u32;
    }
}

/// Bits of a named vector.
pub(super) fn part_select(name: &str, low: u32, width: u32) -> String {
    if width == 1 { format!("{name}[{low}]") } else { format!("{name}[{}:{low}]", low + width - 1) }
}
