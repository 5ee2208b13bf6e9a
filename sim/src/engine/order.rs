//! The order in which a function stores its registers: readers first.
//!
//! A register may be overwritten once every value that reads it has been computed. Storing the readers of a register
//! before the register itself lets most next values be stored as soon as they are known, so that few of them are alive
//! at a time. Around a ring of registers one old value has to be kept; the emitter does that by loading it early.

use crate::engine::body::{Body, Source};
use crate::engine::sinks::Sink;
use hardpath_netlist::{Operation, ValueId};
use std::collections::HashMap;

/// Operands of a value within its body, addresses of memory reads included.
pub(super) fn operands(body: &Body, value: ValueId) -> Vec<ValueId> {
    match body.arena.operation(value) {
        Operation::Net(_) => match body.source(value) {
            Some(Source::MemoryRead { address, .. }) => vec![address],
            _ => vec![],
        },
        _ => body.arena.operands(value),
    }
}

/// Values a sink uses, in order.
pub(super) fn sink_values(sink: &Sink) -> Vec<ValueId> {
    match sink {
        Sink::Register { value, .. } => vec![*value],
        Sink::Write { conditions, address, data, .. } => conditions.iter().copied().chain([*address, *data]).collect(),
    }
}

enum Step {
    Sink(usize),
    Value(ValueId),
    Emit(usize),
}

/// Sorts sinks so that, rings apart, whatever reads a register or memory comes before the sink that overwrites it.
pub(super) fn readers_first(body: &Body, live: &[bool], sinks: Vec<Sink>) -> Vec<Sink> {
    let mut users: Vec<Vec<ValueId>> = vec![Vec::new(); body.arena.len()];
    let mut memory_reads: HashMap<usize, Vec<ValueId>> = HashMap::new();
    for (value, _, _) in body.arena.iter().filter(|(value, _, _)| live[value.0 as usize]) {
        for operand in operands(body, value) {
            users[operand.0 as usize].push(value);
        }
        if let Some(Source::MemoryRead { memory, .. }) = body.source(value) {
            memory_reads.entry(memory).or_default().push(value);
        }
    }
    let mut sinks_of: HashMap<ValueId, Vec<usize>> = HashMap::new();
    for (index, sink) in sinks.iter().enumerate() {
        for value in sink_values(sink) {
            sinks_of.entry(value).or_default().push(index);
        }
    }
    let mut entered = vec![false; sinks.len()];
    let mut seen = vec![false; body.arena.len()];
    let mut order = Vec::with_capacity(sinks.len());
    let mut stack: Vec<Step> = (0..sinks.len()).rev().map(Step::Sink).collect();
    while let Some(step) = stack.pop() {
        match step {
            Step::Sink(sink) if !entered[sink] => {
                entered[sink] = true;
                stack.push(Step::Emit(sink));
                match &sinks[sink] {
                    Sink::Register { register, .. } => stack.push(Step::Value(body.registers[*register].leaf)),
                    Sink::Write { memory, .. } => {
                        stack.extend(memory_reads.get(memory).into_iter().flatten().copied().map(Step::Value));
                    }
                }
            }
            Step::Value(value) if !seen[value.0 as usize] => {
                seen[value.0 as usize] = true;
                stack.extend(users[value.0 as usize].iter().copied().map(Step::Value));
                stack.extend(sinks_of.get(&value).into_iter().flatten().copied().map(Step::Sink));
            }
            Step::Sink(_) | Step::Value(_) => {}
            Step::Emit(sink) => order.push(sink),
        }
    }
    let mut sinks: Vec<Option<Sink>> = sinks.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| sinks[index].take()).collect()
}
