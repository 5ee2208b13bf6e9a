//! Turns a schedule into one machine-code function: values, and the traffic with children.

use crate::engine::body::{Body, Output, Source};
use crate::engine::layout::{Layout, words_of};
use crate::engine::order::operands;
use crate::engine::schedule::Schedule;
use crate::engine::sleep::{begin_active, end_active, input_bits};
use crate::engine::words::Words;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value};
use cranelift_frontend::FunctionBuilder;
use hardpath_netlist::{Operation, ValueId};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Emits the values and stores of one function of one body.
pub(super) struct Emitter<'a, 'b> {
    pub builder: FunctionBuilder<'b>,
    pub body: &'a Body,
    pub bodies: &'a [Option<Body>],
    pub layout: &'a Layout,
    pub layouts: &'a [Option<Layout>],
    pub schedule: Schedule,
    /// Pointer to the body's state.
    pub state: Value,
    /// Which clocks rise, if the body has several.
    pub mask: Option<Value>,
    known: Vec<Option<Rc<[Value]>>>,
    scopes: Vec<Vec<ValueId>>,
    /// Loaded values whose place in the state has been overwritten since.
    kept: Vec<bool>,
    /// Inputs of children that are one value may hold different ones: a body that is looked into reads inputs which functions
    /// compiled before do not know of.
    pub takers_differ: bool,
    /// Arms that are open.
    pub(super) depth: usize,
}

impl<'a, 'b> Emitter<'a, 'b> {
    /// Starts with nothing computed.
    pub fn new(
        builder: FunctionBuilder<'b>,
        (body, bodies): (&'a Body, &'a [Option<Body>]),
        (layout, layouts): (&'a Layout, &'a [Option<Layout>]),
        schedule: Schedule,
        (state, mask): (Value, Option<Value>),
    ) -> Self {
        let values = body.arena.len();
        Self {
            builder,
            body,
            bodies,
            layout,
            layouts,
            schedule,
            state,
            mask,
            known: vec![None; values],
            scopes: vec![Vec::new()],
            kept: vec![false; values],
            takers_differ: false,
            depth: 0,
        }
    }

    fn words(&mut self) -> Words<'_, 'b> {
        Words { builder: &mut self.builder }
    }

    /// Whether the value is computed in this scope or an enclosing one.
    pub(super) fn is_known(&self, value: ValueId) -> bool {
        self.known[value.0 as usize].is_some()
    }

    /// Loads a value from the state at a word offset.
    fn load(&mut self, offset: usize, width: u32) -> Vec<Value> {
        (0..words_of(width))
            .map(|word| {
                let flags = MemFlagsData::trusted();
                self.builder.ins().load(I64, flags, self.state, (8 * (offset + word)) as i32)
            })
            .collect()
    }

    /// Stores a value to the state at a word offset.
    pub fn store(&mut self, offset: usize, words: &[Value]) {
        for (index, word) in words.iter().enumerate() {
            let flags = MemFlagsData::trusted();
            self.builder.ins().store(flags, *word, self.state, (8 * (offset + index)) as i32);
        }
    }

    /// The words of a value, computed now unless known.
    pub fn value(&mut self, goal: ValueId) -> Rc<[Value]> {
        let mut stack = vec![goal];
        while let Some(value) = stack.last().copied() {
            if self.is_known(value) {
                stack.pop();
                continue;
            }
            if let Some((condition, arms)) = self.worth_a_branch(value) {
                let condition = self.tested(condition);
                if self.is_known(condition) {
                    self.branch_value(value, arms);
                    stack.pop();
                } else {
                    stack.push(condition);
                }
                continue;
            }
            let before = stack.len();
            let mut operands = operands(self.body, value);
            if let Operation::Mux { condition, .. } = *self.body.arena.operation(value) {
                operands[0] = self.tested(condition);
            }
            stack.extend(operands.into_iter().filter(|operand| !self.is_known(*operand)));
            if stack.len() == before {
                let words = self.compute(value);
                self.define(value, words);
                stack.pop();
            }
        }
        match &self.known[goal.0 as usize] {
            Some(words) => Rc::clone(words),
            None => unreachable!("the goal is the last to leave the stack"),
        }
    }

    /// Notes a computed value in the innermost scope.
    pub(super) fn define(&mut self, value: ValueId, words: Vec<Value>) {
        self.known[value.0 as usize] = Some(words.into());
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(value);
        }
    }

    /// Keeps a loaded value beyond the step at hand, because its place in the state is about to be overwritten.
    pub(super) fn keep(&mut self, value: ValueId) {
        self.kept[value.0 as usize] = true;
    }

    /// Forgets what was loaded for the step that ends here: loading it again costs no more than keeping it in a machine
    /// register, or on the stack where these are short.
    pub(super) fn forget_loads(&mut self) {
        let Some(scope) = self.scopes.last_mut() else { return };
        let (body, known, kept) = (self.body, &mut self.known, &self.kept);
        scope.retain(|value| {
            let index = value.0 as usize;
            let is_load = matches!(
                body.source(*value),
                Some(Source::Register(_) | Source::Input(_) | Source::ChildOutput { .. })
            );
            let forget = is_load && !kept[index];
            if forget {
                known[index] = None;
            }
            !forget
        });
    }

    /// Opens an arm: what is computed in it is forgotten at its end.
    pub(super) fn open(&mut self) {
        self.scopes.push(Vec::new());
        self.depth += 1;
    }

    /// Closes the innermost arm.
    pub(super) fn close(&mut self) {
        for value in self.scopes.pop().unwrap_or_default() {
            self.known[value.0 as usize] = None;
        }
        self.depth -= 1;
    }

    fn compute(&mut self, value: ValueId) -> Vec<Value> {
        use Operation::*;
        let arena = &self.body.arena;
        let width = arena.width(value);
        let get = |operand: &ValueId| match &self.known[operand.0 as usize] {
            Some(words) => Rc::clone(words),
            None => unreachable!("operands are computed before their users"),
        };
        match arena.operation(value) {
            Constant(constant) => {
                let words = constant.words();
                words.into_iter().map(|word| self.words().word(word)).collect()
            }
            Net(_) => self.compute_leaf(value, width),
            Not(a) => {
                let a = get(a);
                self.words().not(&a, width)
            }
            Negate(a) => {
                let a = get(a);
                self.words().negate(&a, width)
            }
            And(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().and(&a, &b)
            }
            Or(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().or(&a, &b)
            }
            Xor(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().xor(&a, &b)
            }
            Add(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().add(&a, &b, width)
            }
            Subtract(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().subtract(&a, &b, width)
            }
            Multiply(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().multiply(&a, &b, width)
            }
            ShiftLeft(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().shift_left(&a, &b, width)
            }
            ShiftRight(a, b) => {
                let (a, b) = (get(a), get(b));
                self.words().shift_right(&a, &b, width)
            }
            Equal(a, b) => {
                let (a, b) = (get(a), get(b));
                vec![self.words().equal(&a, &b)]
            }
            LessThan(a, b) => {
                let (a, b) = (get(a), get(b));
                vec![self.words().less_than(&a, &b)]
            }
            SignedLessThan(a, b) => {
                let operand_width = arena.width(*a);
                let (a, b) = (get(a), get(b));
                vec![self.words().signed_less_than(&a, &b, operand_width)]
            }
            ReduceAnd(a) => {
                let operand_width = arena.width(*a);
                let a = get(a);
                vec![self.words().reduce_and(&a, operand_width)]
            }
            ReduceOr(a) => {
                let a = get(a);
                vec![self.words().reduce_or(&a)]
            }
            ReduceXor(a) => {
                let a = get(a);
                vec![self.words().reduce_xor(&a)]
            }
            Mux { condition, then, otherwise } => {
                let (then, otherwise) = (get(then), get(otherwise));
                let condition = self.test(*condition);
                self.words().select(condition, &then, &otherwise)
            }
            Slice { value: a, low } => {
                let (a, low) = (get(a), *low);
                self.words().slice(&a, low, width)
            }
            Concat { high, low } => {
                let low_width = arena.width(*low);
                let (high, low) = (get(high), get(low));
                self.words().concat(&high, &low, low_width, width)
            }
            ZeroExtend(a) => {
                let a = get(a);
                self.words().zero_extend(&a, width)
            }
            SignExtend(a) => {
                let narrow = arena.width(*a);
                let a = get(a);
                self.words().sign_extend(&a, narrow, width)
            }
        }
    }

    fn compute_leaf(&mut self, value: ValueId, width: u32) -> Vec<Value> {
        match self.body.source(value) {
            Some(Source::Input(port)) => self.load(self.layout.ports[port], width),
            Some(Source::Register(register)) => self.load(self.layout.registers[register], width),
            Some(Source::ChildOutput { child, port }) => {
                let inner = self.layouts[self.body.children[child].body].as_ref();
                let offset = inner.map_or(0, |inner| inner.ports[port]);
                self.load(self.layout.children[child] + offset, width)
            }
            Some(Source::MemoryRead { memory, address }) => {
                let place = self.layout.memories[memory];
                let address = self.value(address);
                let pointer = self.memory_word(memory, address[0]);
                let flags = MemFlagsData::trusted();
                let base = (8 * place.offset) as i32;
                match place.bytes {
                    1 => vec![self.builder.ins().uload8(I64, flags, pointer, base)],
                    2 => vec![self.builder.ins().uload16(I64, flags, pointer, base)],
                    4 => vec![self.builder.ins().uload32(flags, pointer, base)],
                    _ => (0..words_of(width) as i32)
                        .map(|word| self.builder.ins().load(I64, flags, pointer, base + 8 * word))
                        .collect(),
                }
            }
            Some(Source::ClockRise(clock)) => match self.mask {
                Some(mask) => {
                    let amount = self.words().word(clock as u64);
                    let bit = self.builder.ins().ushr(mask, amount);
                    let one = self.words().word(1);
                    vec![self.builder.ins().band(bit, one)]
                }
                None => vec![self.words().word(1)],
            },
            None => unreachable!("a leaf has a source"),
        }
    }

    /// Pointer which, moved by the memory's offset, points to a memory word.
    pub(super) fn memory_word(&mut self, memory: usize, address: Value) -> Value {
        let bytes = self.layout.memories[memory].bytes as u64;
        let size = self.words().word(bytes);
        let distance = match bytes {
            1 => address,
            _ if bytes.is_power_of_two() => {
                let shift = self.words().word(u64::from(bytes.trailing_zeros()));
                self.builder.ins().ishl(address, shift)
            }
            _ => self.builder.ins().imul(address, size),
        };
        self.builder.ins().iadd(self.state, distance)
    }

    /// Settles the child outputs that the schedule needs: inputs into the child's state, then the calls, in order. With
    /// `all`, the other inputs of these children follow, so that the children can tick or be looked into.
    ///
    /// Inputs of several children that are the same value are stored together, and only if it is another than before: then
    /// all of them hold the same, and one comparison does for all.
    pub fn settle_children(&mut self, call: &mut dyn FnMut(&mut Self, usize, usize), all: &[(usize, usize)]) {
        let mut inputs = self.child_inputs();
        for step in self.schedule.calls.clone() {
            let bodies = self.bodies;
            if let Some(inner) = &bodies[self.body.children[step.child].body] {
                for port in &inner.groups[step.group].inputs {
                    self.store_child_input(step.child, *port, &mut inputs);
                }
            }
            call(self, step.child, step.group);
        }
        for (child, port) in all {
            self.store_child_input(*child, *port, &mut inputs);
        }
    }

    /// By value, the inputs of children that take it.
    fn child_inputs(&self) -> HashMap<ValueId, Vec<(usize, usize)>> {
        let mut inputs: HashMap<ValueId, Vec<(usize, usize)>> = HashMap::new();
        for (number, child) in self.body.children.iter().enumerate() {
            let used = self.bodies[child.body].as_ref().map(Body::used_inputs).unwrap_or_default();
            for port in used {
                if let Some(value) = child.inputs[port] {
                    inputs.entry(value).or_default().push((number, port));
                }
            }
        }
        inputs
    }

    /// Stores an input of a child, and all others that are the same value, unless that was done before.
    fn store_child_input(&mut self, child: usize, port: usize, inputs: &mut HashMap<ValueId, Vec<(usize, usize)>>) {
        let Some(value) = self.body.children[child].inputs[port] else { return };
        let Some(takers) = inputs.remove(&value) else { return };
        let words = self.value(value);
        let mut places = Vec::new();
        let mut woken: BTreeMap<usize, u64> = BTreeMap::new();
        for (child, port) in takers {
            let index = self.body.children[child].body;
            let (Some(inner), Some(layout)) = (&self.bodies[index], &self.layouts[index]) else { continue };
            places.push(self.layout.children[child] + layout.ports[port]);
            if let Some(activity) = self.child_activity(child) {
                *woken.entry(activity).or_default() |= input_bits(inner, port);
            }
        }
        if woken.is_empty() || places.is_empty() {
            places.into_iter().for_each(|place| self.store(place, &words));
            return;
        }
        let mut difference = None;
        let compared = if self.takers_differ { places.len() } else { 1 };
        for place in &places[..compared] {
            for (word, new) in words.iter().enumerate() {
                let old = self.load(place + word, 64)[0];
                let other = self.builder.ins().bxor(old, *new);
                difference = Some(difference.map_or(other, |difference| self.builder.ins().bor(difference, other)));
            }
        }
        let Some(difference) = difference else { return };
        let (changed, next) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(difference, changed, &[], next, &[]);
        self.builder.switch_to_block(changed);
        places.into_iter().for_each(|place| self.store(place, &words));
        for (activity, bits) in woken {
            let word = self.load(activity, 64)[0];
            let bits = self.words().word(bits);
            let word = self.builder.ins().bor(word, bits);
            self.store(activity, &[word]);
        }
        self.builder.ins().jump(next, &[]);
        self.builder.switch_to_block(next);
    }

    /// Word offset of a child's activity word, if the child sleeps.
    pub fn child_activity(&self, child: usize) -> Option<usize> {
        let layout = self.layouts[self.body.children[child].body].as_ref()?;
        layout.activity.map(|activity| self.layout.children[child] + activity)
    }

    /// Emits `then` for the case that one of these bits of a child's activity word is set, and clears the bits of `clear`
    /// before. A child that does not sleep is always active.
    pub fn if_active(&mut self, child: usize, bits: Option<u64>, clear: u64, then: &mut dyn FnMut(&mut Self)) {
        let (Some(activity), Some(bits)) = (self.child_activity(child), bits) else { return then(self) };
        let next = begin_active(&mut self.builder, (self.state, activity), bits, clear);
        then(self);
        end_active(&mut self.builder, next);
    }

    /// Pointer to a child's state.
    pub fn child_state(&mut self, child: usize) -> Value {
        let distance = 8 * self.layout.children[child] as u64;
        let distance = self.words().word(distance);
        self.builder.ins().iadd(self.state, distance)
    }

    /// Stores outputs of the body that are computed, not shared with a register or input.
    pub fn store_outputs(&mut self, ports: &[usize]) {
        for port in ports {
            if let (Some(value), Some(Output::Logic { .. })) =
                (self.body.output_values[*port], &self.body.outputs[*port])
            {
                let words = self.value(value);
                self.store(self.layout.ports[*port], &words);
            }
        }
    }
}
