//! The walk over the design that collects what a selection names.

use super::aliases::{Aliases, InstancePath, Root, fields};
use super::{EnumTable, Role, Scope, ScopeKind, Selection, Signal, TracedDesign, Variable, View, nothing_selected};
use crate::engine::NetRef;
use crate::waveform::Result;
use hardpath_netlist::{Circuit, CircuitId, Design, Net, NetId, NetKind, NetType};
use std::collections::HashMap;

pub(super) fn build(design: &Design, selection: &Selection) -> Result<TracedDesign> {
    let selection = without_top_name(selection, &design.top().name);
    let mut builder = Builder {
        design,
        selection: &selection,
        used: vec![false; selection.patterns().len()],
        aliases: Aliases::new(design),
        words: HashMap::new(),
        signal_ids: HashMap::new(),
        signals: Vec::new(),
        enums: Vec::new(),
        observed: Vec::new(),
        observed_starts: Vec::new(),
        observed_words: 0,
        constants: Vec::new(),
    };
    let mut path = InstancePath { indices: Vec::new() };
    let whole = selection.scope_match("");
    if let Some(pattern) = whole {
        builder.used[pattern] = true;
    }
    let top = builder.scope(&design.top().name, design.top, "", &mut path, whole.is_some());
    if let Some(unused) = builder.used.iter().position(|used| !used) {
        return Err(nothing_selected(design, &selection.patterns()[unused]));
    }
    Ok(builder.finish(top))
}

/// Names copied from a waveform begin with the top circuit's name.
fn without_top_name(selection: &Selection, top: &str) -> Selection {
    Selection {
        patterns: selection
            .patterns()
            .iter()
            .map(|pattern| match pattern.strip_prefix(top) {
                Some("") => String::new(),
                Some(rest) if rest.starts_with('.') => rest[1..].to_owned(),
                _ => pattern.clone(),
            })
            .collect(),
    }
}

struct Builder<'a> {
    design: &'a Design,
    selection: &'a Selection,
    /// Per pattern: whether it selected something.
    used: Vec<bool>,
    aliases: Aliases<'a>,
    /// First word of each root's value. For constants: counted from the first constant word.
    words: HashMap<Root, usize>,
    signal_ids: HashMap<(Root, u32, u32, View), usize>,
    signals: Vec<Signal>,
    enums: Vec<EnumTable>,
    observed: Vec<NetRef>,
    observed_starts: Vec<usize>,
    observed_words: usize,
    constants: Vec<u64>,
}

impl Builder<'_> {
    /// The scope of one instance; empty if nothing in it is selected. `whole`: an enclosing scope is selected.
    fn scope(&mut self, name: &str, id: CircuitId, prefix: &str, path: &mut InstancePath, whole: bool) -> Scope {
        let circuit = self.design.circuit(id);
        let mut scope = Scope {
            name: name.to_owned(),
            component: circuit.name.clone(),
            kind: ScopeKind::Instance,
            variables: Vec::new(),
            scopes: Vec::new(),
        };
        for (index, net) in circuit.nets.iter().enumerate() {
            if self.is_selected(net, &format!("{prefix}{}", net.name), whole) {
                self.declare(&mut scope, circuit, NetId(index as u32), path);
            }
        }
        for (index, instance) in circuit.instances.iter().enumerate() {
            let inner_path = format!("{prefix}{}", instance.name);
            let matched = self.selection.scope_match(&inner_path);
            if let Some(pattern) = matched {
                self.used[pattern] = true;
            }
            path.indices.push(index);
            let inner_prefix = format!("{inner_path}.");
            let inner = self.scope(&instance.name, instance.circuit, &inner_prefix, path, whole || matched.is_some());
            path.indices.pop();
            if !inner.variables.is_empty() || !inner.scopes.is_empty() {
                scope.scopes.push(inner);
            }
        }
        scope
    }

    fn is_selected(&mut self, net: &Net, path: &str, whole: bool) -> bool {
        if matches!(net.kind, NetKind::Constant(_)) {
            return false;
        }
        let mut named = false;
        for pattern in self.selection.net_matches(path) {
            self.used[pattern] = true;
            named = true;
        }
        named || (whole && !matches!(net.kind, NetKind::RegisterInput(_)))
    }

    fn declare(&mut self, scope: &mut Scope, circuit: &Circuit, id: NetId, path: &InstancePath) {
        let net = circuit.net(id);
        let role = role_of(net);
        let root = self.aliases.root(path, id);
        if let (Some(fields), false) = (fields(&net.net_type), matches!(root, Root::Clock(_))) {
            let variables = fields
                .iter()
                .map(|(name, low, width)| Variable {
                    name: name.clone(),
                    signal: self.signal(&root, net.width, *low, *width, View::Bits),
                    signed: false,
                    role,
                })
                .collect();
            scope.scopes.push(Scope {
                name: net.name.clone(),
                component: String::new(),
                kind: ScopeKind::Struct,
                variables,
                scopes: Vec::new(),
            });
            return;
        }
        let view = match (&root, &net.net_type) {
            (Root::Clock(clock), _) => View::Clock(*clock),
            (_, NetType::Enum(index)) => View::Enum(self.enum_table(&circuit.enums[*index])),
            _ => View::Bits,
        };
        scope.variables.push(Variable {
            name: net.name.clone(),
            signal: self.signal(&root, net.width, 0, net.width, view),
            signed: net.net_type == NetType::Signed,
            role,
        });
    }

    fn enum_table(&mut self, source: &hardpath_netlist::EnumType) -> usize {
        let table = EnumTable::from(source);
        if let Some(index) = self.enums.iter().position(|known| *known == table) {
            return index;
        }
        self.enums.push(table);
        self.enums.len() - 1
    }

    /// The signal of these bits of a root; a new one if they are met for the first time.
    fn signal(&mut self, root: &Root, root_width: u32, low: u32, width: u32, view: View) -> usize {
        let key = (root.clone(), low, width, view);
        if let Some(known) = self.signal_ids.get(&key) {
            return *known;
        }
        let start = self.word_of(root, root_width);
        self.signals.push(Signal { word: start + (low / 64) as usize, low: low % 64, width, view });
        self.signal_ids.insert(key, self.signals.len() - 1);
        self.signals.len() - 1
    }

    fn word_of(&mut self, root: &Root, width: u32) -> usize {
        if let Some(known) = self.words.get(root) {
            return *known;
        }
        let start = match root {
            Root::Net(path, net) => {
                let start = self.observed_words;
                self.observed_starts.push(start);
                self.observed.push(NetRef { instance: path.indices.clone(), net: *net });
                self.observed_words += width.div_ceil(64) as usize;
                start
            }
            Root::Constant(constant) => {
                let start = self.constants.len();
                self.constants.extend(constant.words());
                start
            }
            Root::Clock(_) => 0,
        };
        self.words.insert(root.clone(), start);
        start
    }

    fn finish(mut self, top: Scope) -> TracedDesign {
        for ((root, ..), id) in &self.signal_ids {
            if matches!(root, Root::Constant(_)) {
                self.signals[*id].word += self.observed_words;
            }
        }
        TracedDesign {
            top,
            signals: self.signals,
            enums: self.enums,
            observed: self.observed,
            observed_starts: self.observed_starts,
            observed_words: self.observed_words,
            constant_words: self.constants,
            clocks: self.design.top().clock_ports().count(),
        }
    }
}

fn role_of(net: &Net) -> Role {
    match net.kind {
        NetKind::Port(direction) => Role::Port(direction),
        NetKind::Connection { .. } => Role::Connection,
        NetKind::RegisterOutput(_) => Role::Register,
        _ => Role::Internal,
    }
}
