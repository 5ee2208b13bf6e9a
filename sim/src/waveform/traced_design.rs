//! The selected part of a design: scopes, variables, and the distinct signals behind them.

use super::selection::Selection;
use super::{Error, Result};
use crate::engine::{NetRef, ObservationPlan};
use hardpath_netlist::{EnumType, PortDirection};

mod aliases;
mod build;

/// What a tracer records and a sink declares. Made once from a netlist and a selection.
#[derive(Clone, Debug)]
pub struct TracedDesign {
    top: Scope,
    signals: Vec<Signal>,
    enums: Vec<EnumTable>,
    observed: Vec<NetRef>,
    /// First word of each observed net, ascending until a plan arranges them.
    observed_starts: Vec<usize>,
    observed_words: usize,
    constant_words: Vec<u64>,
    clocks: usize,
}

/// An instance, or a net of struct type.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Instance or net name; the circuit's name for the top.
    pub name: String,
    /// Name of the circuit; empty for a struct.
    pub component: String,
    /// What it is.
    pub kind: ScopeKind,
    /// Its nets, in the order of the netlist.
    pub variables: Vec<Variable>,
    /// Structs and child instances that hold something selected.
    pub scopes: Vec<Scope>,
}

/// What a scope stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// A circuit instance.
    Instance,
    /// A net of struct type; its variables are the fields.
    Struct,
}

/// A named net, or a field of one.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Net name or field name.
    pub name: String,
    /// Index into [`TracedDesign::signals`]. Nets that always carry the same value share a signal.
    pub signal: usize,
    /// Whether the value is a two's complement number.
    pub signed: bool,
    /// What the net is in its circuit.
    pub role: Role,
}

/// What a traced net is in its circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A port of the circuit.
    Port(PortDirection),
    /// The parent's side of a child's port.
    Connection,
    /// The output of a register.
    Register,
    /// Anything else.
    Internal,
}

/// Bits that are drawn together: one identifier of a waveform file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Signal {
    /// First word of the value in the tracer's buffer; meaningless for clocks.
    pub word: usize,
    /// Lowest bit in that word and those that follow it.
    pub low: u32,
    /// Width in bits.
    pub width: u32,
    /// How it is shown.
    pub view: View,
}

/// How a signal is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// As bits.
    Bits,
    /// As the names of [`TracedDesign::enums`] at this index.
    Enum(usize),
    /// As the clock of the top circuit's clock input of this index.
    Clock(usize),
}

/// Names of the states of an enumeration; a state's value is its index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumTable {
    /// Rust name.
    pub name: String,
    /// Width in bits.
    pub width: u32,
    /// State names.
    pub variants: Vec<String>,
}

impl From<&EnumType> for EnumTable {
    fn from(source: &EnumType) -> Self {
        Self { name: source.name.clone(), width: source.width, variants: source.variants.clone() }
    }
}

impl TracedDesign {
    /// The nets of a design that a selection names; an error names a pattern that selects nothing.
    pub fn new(design: &hardpath_netlist::Design, selection: &Selection) -> Result<Self> {
        build::build(design, selection)
    }

    /// The top scope.
    pub fn top(&self) -> &Scope {
        &self.top
    }

    /// The distinct signals.
    pub fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// The enumerations that signals are shown by.
    pub fn enums(&self) -> &[EnumTable] {
        &self.enums
    }

    /// The same design with the words of a sample where this plan, made for [`TracedDesign::observed`], puts them. Sinks and
    /// tracer must be made from it: the engine lays nets out in an order of its own.
    ///
    /// # Panics
    /// When the plan was made for other nets, or the design is arranged already.
    pub fn arranged(mut self, plan: &ObservationPlan) -> Self {
        assert_eq!(plan.len(), self.observed.len(), "a plan for other nets");
        assert!(self.observed_starts.is_sorted(), "arranged already");
        let observed = self.observed_words;
        for signal in self.signals.iter_mut().filter(|signal| !matches!(signal.view, View::Clock(_))) {
            if signal.word >= observed {
                signal.word = signal.word - observed + plan.words();
                continue;
            }
            let net = self.observed_starts.partition_point(|start| *start <= signal.word) - 1;
            signal.word = signal.word - self.observed_starts[net] + plan.range(net).start;
        }
        self.observed_starts = (0..plan.len()).map(|net| plan.range(net).start).collect();
        self.observed_words = plan.words();
        self
    }

    /// The nets whose values the engine must supply. Constants and clocks are not among them. Unless the design is
    /// [arranged](TracedDesign::arranged) otherwise, their words follow one another in this order, `ceil(width / 64)` for
    /// each, least significant first.
    pub fn observed(&self) -> &[NetRef] {
        &self.observed
    }

    /// Words of 64 bits that the observed nets take.
    pub fn observed_words(&self) -> usize {
        self.observed_words
    }

    /// Words that never change; they lie behind the observed ones in the tracer's buffer.
    pub(super) fn constant_words(&self) -> &[u64] {
        &self.constant_words
    }

    /// Number of clock inputs of the top circuit.
    pub fn clocks(&self) -> usize {
        self.clocks
    }
}

impl Scope {
    /// Every variable below, with the names from the top to it.
    pub fn for_each_variable<'a>(&'a self, visit: &mut impl FnMut(&[&'a str], &'a Variable)) {
        fn walk<'a>(scope: &'a Scope, path: &mut Vec<&'a str>, visit: &mut impl FnMut(&[&'a str], &'a Variable)) {
            path.push(&scope.name);
            for variable in &scope.variables {
                path.push(&variable.name);
                visit(path, variable);
                path.pop();
            }
            for inner in &scope.scopes {
                walk(inner, path, visit);
            }
            path.pop();
        }
        walk(self, &mut Vec::new(), visit);
    }
}

/// The error for a pattern that nothing answers to.
fn nothing_selected(design: &hardpath_netlist::Design, pattern: &str) -> Error {
    let top = design.top();
    let blocks: Vec<&str> = top.instances.iter().map(|instance| instance.name.as_str()).collect();
    Error::NothingSelected {
        pattern: pattern.to_owned(),
        top: top.name.clone(),
        blocks: if blocks.is_empty() { "none".to_owned() } else { blocks.join(", ") },
    }
}
