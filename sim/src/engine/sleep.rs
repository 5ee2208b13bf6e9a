//! Sleeping instances: what stands still is not computed.
//!
//! An instance with a body of its own has an *activity word* in its state. Bit 0 tells that a tick may change something in
//! the instance, bit `1 + g` that the slots of output group `g` may not hold what state and inputs give. So:
//!
//! - An input that takes another value sets bit 0 and the bits of the groups that read it. The bits stay until the instance
//!   has ticked or the group is settled, whoever changed the input.
//! - A group is settled only if its bit is set, and then clears it.
//! - A tick is called only if bit 0 is set, and then sets all bits, unless it was *watched* and changed nothing: then it
//!   clears bit 0. With the same state and the same inputs, the next tick would change nothing either.
//!
//! A watched tick keeps a copy of the registers and compares. That costs about as much as a short tick, so that only every
//! [`WATCH_PERIOD`]-th tick of a busy instance is watched, and every first one of an instance that was woken.

use crate::engine::body::Body;
use crate::engine::compile::Plans;
use crate::engine::layout::Layout;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{BlockArg, InstBuilder, MemFlagsData, StackSlotData, StackSlotKind, Value};
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

/// Ticks of a busy instance from one watched to the next.
const WATCH_PERIOD: u64 = 32;

/// Values of a body from which on it sleeps: below, comparing inputs costs what is saved.
const LEAST_SIZE: usize = 200;

/// Regions of up to so many words are copied and compared without a loop.
const UNROLLED: usize = 4;

/// Activity bit of an output group. Groups beyond the word have none and are always settled.
pub(super) fn group_bit(group: usize) -> Option<u64> {
    (group < 63).then(|| 2 << group)
}

/// Activity bits that an input sets when it changes.
pub(super) fn input_bits(body: &Body, port: usize) -> u64 {
    let readers = body.groups.iter().enumerate().filter(|(_, group)| group.inputs.contains(&port));
    readers.filter_map(|(group, _)| group_bit(group)).fold(TICK, |bits, bit| bits | bit)
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

/// Everything that tells whether a tick of a body changed something, by word offset from the body's state.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Runs of registers: first word, number of words.
    registers: Vec<(usize, usize)>,
    /// Words that are set when a memory is written.
    written: Vec<usize>,
    /// Activity words of children that sleep by themselves.
    activities: Vec<usize>,
}

impl Watched {
    /// What to watch of a body and of everything below it that does not sleep by itself.
    pub fn of(plans: Plans, body: &Body, layout: &Layout) -> Self {
        let mut watched = Self::default();
        watched.add(plans, body, layout, 0);
        watched
    }

    fn add(&mut self, plans: Plans, body: &Body, layout: &Layout, start: usize) {
        if layout.register_words > 0 {
            self.registers.push((start, layout.register_words));
        }
        self.written.extend(layout.written.map(|offset| start + offset));
        for (child, offset) in body.children.iter().zip(&layout.children) {
            let (Some(inner), Some(inner_layout)) = (&plans.bodies[child.body], &plans.layouts[child.body]) else {
                continue;
            };
            if !inner.sequential {
                continue;
            }
            match inner_layout.activity {
                Some(activity) => self.activities.push(start + offset + activity),
                None => self.add(plans, inner, inner_layout, start + offset),
            }
        }
    }
}

/// Emits a tick of an instance that is awake: `tick` emits the call that does it.
pub(super) fn emit_step(
    builder: &mut FunctionBuilder,
    state: Value,
    layout: &Layout,
    watched: &Watched,
    tick: &mut dyn FnMut(&mut FunctionBuilder),
) {
    let Some(activity) = layout.activity else { return tick(builder) };
    let [plain, watch, changed, asleep, end] = std::array::from_fn(|_| builder.create_block());
    let left = load(builder, state, layout.countdown);
    builder.ins().brif(left, plain, &[], watch, &[]);

    builder.switch_to_block(plain);
    let one = builder.ins().iconst(I64, 1);
    let left = builder.ins().isub(left, one);
    store(builder, left, state, layout.countdown);
    tick(builder);
    set_all(builder, state, activity);
    builder.ins().jump(end, &[]);

    builder.switch_to_block(watch);
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
    let zero = builder.ins().iconst(I64, 0);
    watched.written.iter().for_each(|written| store(builder, zero, state, *written));
    tick(builder);
    let mut difference = zero;
    for written in &watched.written {
        let written = load(builder, state, *written);
        difference = builder.ins().bor(difference, written);
    }
    for inner in &watched.activities {
        let word = load(builder, state, *inner);
        let bit = builder.ins().iconst(I64, TICK as i64);
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
    builder.ins().brif(difference, changed, &[], asleep, &[]);

    builder.switch_to_block(changed);
    let period = builder.ins().iconst(I64, WATCH_PERIOD as i64 - 1);
    store(builder, period, state, layout.countdown);
    set_all(builder, state, activity);
    builder.ins().jump(end, &[]);

    builder.switch_to_block(asleep);
    let word = load(builder, state, activity);
    let others = builder.ins().iconst(I64, !TICK as i64);
    let word = builder.ins().band(word, others);
    store(builder, word, state, activity);
    builder.ins().jump(end, &[]);

    builder.switch_to_block(end);
}

/// Does something for every word of a run, given its distance in bytes, and hands a value from word to word.
fn each_word(
    builder: &mut FunctionBuilder,
    words: usize,
    first: Option<Value>,
    body: &mut dyn FnMut(&mut FunctionBuilder, Value, Option<Value>) -> Option<Value>,
) -> Option<Value> {
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

fn set_all(builder: &mut FunctionBuilder, state: Value, activity: usize) {
    let all = builder.ins().iconst(I64, -1);
    store(builder, all, state, activity);
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
