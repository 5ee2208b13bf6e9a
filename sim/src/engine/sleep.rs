//! Sleeping instances: what stands still is not computed.
//!
//! An instance with a body of its own has an *activity word* in its state:
//!
//! - [`TICK`]: a tick may change something in the instance or below it.
//! - [`GLUE`]: the body's own logic has to be computed, for its inputs, its registers or the outputs of its children may have
//!   changed. Without it a tick goes straight to the children that are awake.
//! - A bit for each output group: its slots may not hold what state and inputs give. Such a group is settled before use.
//!
//! An input that takes another value sets `TICK`, `GLUE` and the bits of the groups that read it; they stay until the instance
//! has ticked or the group is settled, whoever changed the input. A tick of the whole body sets all bits, unless it was
//! *watched* and nothing was seen to change: registers and memories of the body itself, and the outputs of its children, which
//! are compared with a copy ([`BodyFunctions::probe`](crate::engine::compile::BodyFunctions)). Then the body's logic would give
//! the same again: `GLUE` is cleared, and with all children asleep `TICK` is, too. From then on only children that are awake
//! tick, until the outputs of one of them change.
//!
//! Watching costs about as much as a short tick, so that only every [`WATCH_PERIOD`]-th tick of a busy instance is watched, and
//! every first one of an instance that was woken.

use crate::engine::body::Body;
use crate::engine::compile::Plans;
use crate::engine::layout::Layout;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, MemFlagsData, StackSlotData, StackSlotKind, Value};
use cranelift_frontend::FunctionBuilder;

/// Whether instances with a body of their own sleep while nothing in them changes. Results are the same; speed is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sleep {
    /// Instances large enough for it to pay.
    #[default]
    Automatic,
    /// Every instance whose registers have a single clock.
    Always,
    /// None.
    Never,
}

/// Activity bit: a tick may change something.
pub(super) const TICK: u64 = 1;

/// Activity bit: the body's own logic may give something else than before.
pub(super) const GLUE: u64 = 2;

/// Ticks of a busy instance from one watched to the next.
const WATCH_PERIOD: u64 = 32;

/// Values of a body from which on it sleeps: below, comparing inputs costs what is saved.
const LEAST_SIZE: usize = 100;

/// Regions of up to so many words are copied and compared without a loop.
const UNROLLED: usize = 4;

/// Activity bit of an output group. Groups beyond the word have none and are always settled.
pub(super) fn group_bit(group: usize) -> Option<u64> {
    (group < 62).then(|| 4 << group)
}

/// Activity bits that an input sets when it changes.
pub(super) fn input_bits(body: &Body, port: usize) -> u64 {
    let readers = body.groups.iter().enumerate().filter(|(_, group)| group.inputs.contains(&port));
    readers.filter_map(|(group, _)| group_bit(group)).fold(TICK | GLUE, |bits, bit| bits | bit)
}

/// Whether instances of the body sleep.
pub(super) fn sleeps(body: &Body, policy: Sleep) -> bool {
    let least = match policy {
        Sleep::Automatic => LEAST_SIZE,
        Sleep::Always => 0,
        Sleep::Never => return false,
    };
    body.clocks.len() <= 1 && body.arena.len() >= least
}

/// Everything that tells whether a tick of a body changed something in the body itself, by word offset from its state.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Runs of registers: first word, number of words.
    registers: Vec<(usize, usize)>,
    /// Words that are set when a memory is written.
    written: Vec<usize>,
    /// Activity words of instances that sleep below children that do not.
    activities: Vec<usize>,
    /// Children that sleep: where their state starts, and their activity word.
    pub children: Vec<SleepingChild>,
}

/// A child that sleeps by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct SleepingChild {
    /// Number among the body's children.
    pub child: usize,
    /// Word offset of its state from the body's.
    pub start: usize,
    /// Word offset of its activity word from the body's state.
    pub activity: usize,
}

impl Watched {
    /// What to watch of a body, and of everything below it that does not sleep by itself.
    pub fn of(plans: Plans, body: &Body, layout: &Layout) -> Self {
        let mut watched = Self::default();
        watched.add(plans, body, layout, 0);
        watched
    }

    fn add(&mut self, plans: Plans, body: &Body, layout: &Layout, start: usize) {
        let outermost = start == 0;
        if layout.register_words > 0 {
            self.registers.push((start, layout.register_words));
        }
        self.written.extend(layout.written.map(|offset| start + offset));
        for (child, (instance, offset)) in body.children.iter().zip(&layout.children).enumerate() {
            let (Some(inner), Some(inner_layout)) = (&plans.bodies[instance.body], &plans.layouts[instance.body])
            else {
                continue;
            };
            if !inner.sequential {
                continue;
            }
            let start = start + offset;
            match inner_layout.activity.map(|activity| start + activity) {
                Some(activity) if outermost => self.children.push(SleepingChild { child, start, activity }),
                Some(activity) => self.activities.push(activity),
                None => self.add(plans, inner, inner_layout, start),
            }
        }
    }
}

/// Calls that a step makes. Numbers are those of [`Watched::children`].
#[derive(Clone, Copy, Debug)]
pub(super) enum StepCall {
    /// Ticks the whole body; with `watched`, the copies of the children's outputs are renewed before the clock's edge.
    Tick { watched: bool },
    /// Steps a child; gives zero if its outputs cannot have changed.
    Step(usize),
    /// Compares a child's outputs with the copies, and renews them; gives zero if they are equal.
    Probe(usize),
}

/// Emits a tick of an instance that is awake. Gives zero if outputs that depend on its state cannot have changed.
pub(super) fn emit_step(
    builder: &mut FunctionBuilder,
    state: Value,
    (layout, activity): (&Layout, usize),
    watched: &Watched,
    call: &mut dyn FnMut(&mut FunctionBuilder, StepCall) -> Value,
) -> Value {
    let [whole, light, plain, watch, changed, quiet, end] = std::array::from_fn(|_| builder.create_block());
    let result = builder.append_block_param(end, I64);
    let word = load(builder, state, activity);
    let glue = constant(builder, GLUE);
    let glue = builder.ins().band(word, glue);
    builder.ins().brif(glue, whole, &[], light, &[]);

    builder.switch_to_block(whole);
    let left = load(builder, state, layout.countdown);
    builder.ins().brif(left, plain, &[], watch, &[]);

    builder.switch_to_block(plain);
    let one = constant(builder, 1);
    let left = builder.ins().isub(left, one);
    store(builder, left, state, layout.countdown);
    call(builder, StepCall::Tick { watched: false });
    set_all(builder, state, activity, end);

    builder.switch_to_block(watch);
    let difference = emit_watched(builder, state, watched, call);
    builder.ins().brif(difference, changed, &[], quiet, &[]);

    builder.switch_to_block(changed);
    let period = constant(builder, WATCH_PERIOD - 1);
    store(builder, period, state, layout.countdown);
    set_all(builder, state, activity, end);

    builder.switch_to_block(quiet);
    rest(builder, state, activity, watched);
    let maybe = constant(builder, u64::MAX);
    builder.ins().jump(end, &[BlockArg::Value(maybe)]);

    builder.switch_to_block(light);
    let mut difference = constant(builder, 0);
    for (number, child) in watched.children.iter().enumerate() {
        let [awake, ask, next] = std::array::from_fn(|_| builder.create_block());
        let found = builder.append_block_param(next, I64);
        let word = load(builder, state, child.activity);
        let bit = constant(builder, TICK);
        let bit = builder.ins().band(word, bit);
        builder.ins().brif(bit, awake, &[], next, &[BlockArg::Value(difference)]);
        builder.switch_to_block(awake);
        let maybe = call(builder, StepCall::Step(number));
        builder.ins().brif(maybe, ask, &[], next, &[BlockArg::Value(difference)]);
        builder.switch_to_block(ask);
        let other = call(builder, StepCall::Probe(number));
        let both = builder.ins().bor(difference, other);
        builder.ins().jump(next, &[BlockArg::Value(both)]);
        builder.switch_to_block(next);
        difference = found;
    }
    let [woken, still] = std::array::from_fn(|_| builder.create_block());
    builder.ins().brif(difference, woken, &[], still, &[]);
    builder.switch_to_block(woken);
    set_all(builder, state, activity, end);
    builder.switch_to_block(still);
    rest(builder, state, activity, watched);
    let zero = constant(builder, 0);
    builder.ins().jump(end, &[BlockArg::Value(zero)]);

    builder.switch_to_block(end);
    result
}

/// Emits a watched tick; what it gives is zero if the body itself and its children's outputs have not changed.
fn emit_watched(
    builder: &mut FunctionBuilder,
    state: Value,
    watched: &Watched,
    call: &mut dyn FnMut(&mut FunctionBuilder, StepCall) -> Value,
) -> Value {
    let size = watched.registers.iter().map(|(_, words)| 8 * *words as u32).sum();
    let slot = builder.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, 3));
    let copy = builder.ins().stack_addr(I64, slot, 0);
    let mut kept = 0;
    for (start, words) in &watched.registers {
        let (from, to) = (pointer(builder, state, *start), pointer(builder, copy, kept));
        each_word(builder, *words, None, &mut |builder, distance, difference| {
            let (from, to) = (builder.ins().iadd(from, distance), builder.ins().iadd(to, distance));
            let word = load(builder, from, 0);
            store(builder, word, to, 0);
            difference
        });
        kept += words;
    }
    let zero = constant(builder, 0);
    watched.written.iter().for_each(|written| store(builder, zero, state, *written));
    call(builder, StepCall::Tick { watched: true });
    let mut difference = zero;
    for written in &watched.written {
        let written = load(builder, state, *written);
        difference = builder.ins().bor(difference, written);
    }
    for inner in &watched.activities {
        let word = load(builder, state, *inner);
        let bit = constant(builder, TICK);
        let bit = builder.ins().band(word, bit);
        difference = builder.ins().bor(difference, bit);
    }
    let mut kept = 0;
    for (start, words) in &watched.registers {
        let (now, before) = (pointer(builder, state, *start), pointer(builder, copy, kept));
        let found = each_word(builder, *words, Some(difference), &mut |builder, distance, difference| {
            let (now, before) = (builder.ins().iadd(now, distance), builder.ins().iadd(before, distance));
            let (now, before) = (load(builder, now, 0), load(builder, before, 0));
            let other = builder.ins().bxor(now, before);
            difference.map(|difference| builder.ins().bor(difference, other))
        });
        difference = found.unwrap_or(difference);
        kept += words;
    }
    for number in 0..watched.children.len() {
        let other = call(builder, StepCall::Probe(number));
        difference = builder.ins().bor(difference, other);
    }
    difference
}

/// The body's own logic rests; the instance sleeps if all its children do.
fn rest(builder: &mut FunctionBuilder, state: Value, activity: usize, watched: &Watched) {
    let mut awake = constant(builder, 0);
    for child in &watched.children {
        let word = load(builder, state, child.activity);
        awake = builder.ins().bor(awake, word);
    }
    let bit = constant(builder, TICK);
    let awake = builder.ins().band(awake, bit);
    let groups = constant(builder, !(TICK | GLUE));
    let word = load(builder, state, activity);
    let word = builder.ins().band(word, groups);
    let word = builder.ins().bor(word, awake);
    store(builder, word, state, activity);
}

/// What is done with one word of a run: gets its distance in bytes and the value handed on so far.
type OnWord<'a> = &'a mut dyn FnMut(&mut FunctionBuilder, Value, Option<Value>) -> Option<Value>;

/// Does something for every word of a run, given its distance in bytes, and hands a value from word to word.
fn each_word(builder: &mut FunctionBuilder, words: usize, first: Option<Value>, body: OnWord) -> Option<Value> {
    if words <= UNROLLED {
        return (0..words).fold(first, |value, word| {
            let distance = builder.ins().iconst(I64, 8 * word as i64);
            body(builder, distance, value)
        });
    }
    let (each, end) = (builder.create_block(), builder.create_block());
    let distance = builder.append_block_param(each, I64);
    let value = first.map(|_| builder.append_block_param(each, I64));
    let result = first.map(|_| builder.append_block_param(end, I64));
    let zero = builder.ins().iconst(I64, 0);
    let arguments: Vec<BlockArg> = [zero].into_iter().chain(first).map(BlockArg::Value).collect();
    builder.ins().jump(each, &arguments);
    builder.switch_to_block(each);
    let value = body(builder, distance, value);
    let step = builder.ins().iconst(I64, 8);
    let next = builder.ins().iadd(distance, step);
    let limit = builder.ins().iconst(I64, 8 * words as i64);
    let more = builder.ins().icmp(IntCC::UnsignedLessThan, next, limit);
    let again: Vec<BlockArg> = [next].into_iter().chain(value).map(BlockArg::Value).collect();
    let done: Vec<BlockArg> = value.into_iter().map(BlockArg::Value).collect();
    builder.ins().brif(more, each, &again, end, &done);
    builder.switch_to_block(end);
    result
}

/// Begins what is emitted for the case that one of these bits of an activity word is set, and clears the bits of `clear`
/// before. The block that is returned is where both cases meet: [`end_active`].
pub(super) fn begin_active(
    builder: &mut FunctionBuilder,
    (state, activity): (Value, usize),
    bits: u64,
    clear: u64,
) -> Block {
    let [active, next] = std::array::from_fn(|_| builder.create_block());
    let word = load(builder, state, activity);
    let wanted = constant(builder, bits);
    let found = builder.ins().band(word, wanted);
    builder.ins().brif(found, active, &[], next, &[]);
    builder.switch_to_block(active);
    if clear != 0 {
        let others = constant(builder, !clear);
        let word = builder.ins().band(word, others);
        store(builder, word, state, activity);
    }
    next
}

/// Ends what [`begin_active`] began.
pub(super) fn end_active(builder: &mut FunctionBuilder, next: Block) {
    builder.ins().jump(next, &[]);
    builder.switch_to_block(next);
}

/// Everything may have changed.
fn set_all(builder: &mut FunctionBuilder, state: Value, activity: usize, end: Block) {
    let all = constant(builder, u64::MAX);
    store(builder, all, state, activity);
    builder.ins().jump(end, &[BlockArg::Value(all)]);
}

fn constant(builder: &mut FunctionBuilder, value: u64) -> Value {
    builder.ins().iconst(I64, value as i64)
}

fn pointer(builder: &mut FunctionBuilder, base: Value, word: usize) -> Value {
    let distance = builder.ins().iconst(I64, 8 * word as i64);
    builder.ins().iadd(base, distance)
}

fn load(builder: &mut FunctionBuilder, base: Value, word: usize) -> Value {
    builder.ins().load(I64, MemFlagsData::trusted(), base, (8 * word) as i32)
}

fn store(builder: &mut FunctionBuilder, value: Value, base: Value, word: usize) {
    builder.ins().store(MemFlagsData::trusted(), value, base, (8 * word) as i32);
}
