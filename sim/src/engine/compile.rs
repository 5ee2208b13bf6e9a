//! Compiles the functions of all bodies: output groups, ticks, the top's settle and run, observations.

use crate::engine::body::{Body, Output};
use crate::engine::emit::Emitter;
use crate::engine::error::{Error, Result};
use crate::engine::layout::{Layout, words_of};
use crate::engine::schedule::Schedule;
use crate::engine::sinks::Sink;
use crate::engine::sleep::{SleepingChild, StepCall, TICK, Watched, begin_active, emit_step, end_active, group_bit};
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{AbiParam, BlockArg, InstBuilder, MemFlagsData, Signature, Value};
use cranelift_codegen::settings::Configurable;
use cranelift_codegen::{Context, settings};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{ArenaMemoryProvider, JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, default_libcall_names};
use hardpath_netlist::ValueId;

/// Address space reserved for machine code; pages are taken as they are needed.
const CODE_SPACE: usize = 256 << 20;

/// Compiled functions of one body.
#[derive(Clone, Debug, Default)]
pub(super) struct BodyFunctions {
    /// Per output group: `fn(state)`.
    pub groups: Vec<FuncId>,
    /// `fn(state, mask)`, if anything in the body is clocked. If instances sleep, for one that is awake: gives zero if the
    /// outputs cannot have changed.
    pub tick: Option<FuncId>,
    /// `fn(state)`, if instances sleep: compares the outputs with their copies, renews these, and gives zero if all were equal.
    pub probe: Option<FuncId>,
}

/// What an observation computes in one body and below.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Observed {
    pub body: usize,
    /// Values and the words of the buffer they go to, counted from the body's part of it.
    pub values: Vec<(ValueId, usize)>,
    /// Child, the start of its part of the buffer, what is observed in it.
    pub children: Vec<(usize, usize, Observed)>,
}

/// Bodies and layouts by circuit.
#[derive(Clone, Copy)]
pub(super) struct Plans<'a> {
    pub bodies: &'a [Option<Body>],
    pub layouts: &'a [Option<Layout>],
}

/// The code generator with everything it has made so far.
pub(super) struct Compiler {
    module: JITModule,
    context: Context,
    builder_context: FunctionBuilderContext,
    functions: Vec<BodyFunctions>,
    count: usize,
}

fn code_error(body: &str, problem: impl std::fmt::Display) -> Error {
    Error::Code { body: body.to_string(), problem: problem.to_string() }
}

impl Compiler {
    /// A code generator for this machine.
    pub fn new() -> Result<Self> {
        let error = |problem: &dyn std::fmt::Display| code_error("all", problem);
        let mut flags = settings::builder();
        let wanted = [
            ("opt_level", "speed"),
            ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
            ("use_colocated_libcalls", "false"),
            ("is_pic", "false"),
            ("unwind_info", "false"),
        ];
        for (name, value) in wanted {
            flags.set(name, value).map_err(|problem| error(&problem))?;
        }
        let isa = cranelift_native::builder().map_err(|problem| error(&problem))?;
        let isa = isa.finish(settings::Flags::new(flags)).map_err(|problem| error(&problem))?;
        let mut builder = JITBuilder::with_isa(isa, default_libcall_names());
        let space = ArenaMemoryProvider::new_with_size(CODE_SPACE).map_err(|problem| error(&problem))?;
        builder.memory_provider(Box::new(space));
        let module = JITModule::new(builder);
        let context = module.make_context();
        Ok(Self { module, context, builder_context: FunctionBuilderContext::new(), functions: Vec::new(), count: 0 })
    }

    /// Releases all machine code.
    ///
    /// # Safety
    ///
    /// No function of this compiler may run any more.
    pub unsafe fn free(self) {
        // SAFETY: passed on to the caller.
        unsafe { self.module.free_memory() };
    }

    /// Makes what was defined callable and returns the addresses.
    pub fn finish(&mut self, functions: &[FuncId]) -> Result<Vec<*const u8>> {
        self.module.finalize_definitions().map_err(|problem| code_error("all", problem))?;
        Ok(functions.iter().map(|function| self.module.get_finalized_function(*function)).collect())
    }

    fn signature(&self, (parameters, results): (usize, usize)) -> Signature {
        let mut signature = self.module.make_signature();
        signature.params.extend((0..parameters).map(|_| AbiParam::new(I64)));
        signature.returns.extend((0..results).map(|_| AbiParam::new(I64)));
        signature
    }

    /// Defines a function of so many 64-bit parameters and results; `emit` gets the builder at the entry block.
    fn define(
        &mut self,
        name: &str,
        shape: (usize, usize),
        emit: impl FnOnce(&mut JITModule, FunctionBuilder, &[Value]),
    ) -> Result<FuncId> {
        let error = |problem: &dyn std::fmt::Display| code_error(name, problem);
        self.count += 1;
        let symbol = format!("{name}.{}", self.count);
        let signature = self.signature(shape);
        let function = self.module.declare_function(&symbol, Linkage::Local, &signature);
        let function = function.map_err(|problem| error(&problem))?;
        self.context.func.signature = signature;
        let mut builder = FunctionBuilder::new(&mut self.context.func, &mut self.builder_context);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        let parameters = builder.block_params(entry).to_vec();
        emit(&mut self.module, builder, &parameters);
        let defined = self.module.define_function(function, &mut self.context);
        self.module.clear_context(&mut self.context);
        defined.map_err(|problem| code_error(name, format!("{problem:?}")))?;
        Ok(function)
    }

    /// Compiles the functions of every body but the top, children first.
    pub fn bodies(&mut self, plans: Plans, top: usize) -> Result<()> {
        self.functions = vec![BodyFunctions::default(); plans.bodies.len()];
        for index in 0..plans.bodies.len() {
            let Some(body) = plans.bodies[index].as_ref().filter(|_| index != top) else { continue };
            for group in 0..body.groups.len() {
                let function = self.outputs(plans, index, &body.groups[group].outputs, false)?;
                self.functions[index].groups.push(function);
            }
            if body.sequential {
                self.functions[index].probe = self.probe(plans, index)?;
                self.functions[index].tick = Some(self.tick(plans, index)?);
            }
        }
        Ok(())
    }

    /// `fn(state)`: settles all outputs of the top.
    pub fn settle(&mut self, plans: Plans, top: usize) -> Result<FuncId> {
        let Some((body, _)) = plan(plans, top) else { return Err(code_error("?", "no body")) };
        let outputs: Vec<usize> = (0..body.outputs.len()).collect();
        self.outputs(plans, top, &outputs, true)
    }

    /// `fn(state)`: settles some outputs of a body; with `unless_settled`, only if they may have changed.
    fn outputs(&mut self, plans: Plans, index: usize, ports: &[usize], unless_settled: bool) -> Result<FuncId> {
        let Some((body, layout)) = plan(plans, index) else { return Err(code_error("?", "no body")) };
        let computed: Vec<usize> =
            ports.iter().copied().filter(|port| matches!(body.outputs[*port], Some(Output::Logic { .. }))).collect();
        let roots: Vec<ValueId> = computed.iter().filter_map(|port| body.output_values[*port]).collect();
        let schedule = Schedule::new(body, plans.bodies, &roots, Vec::new());
        let functions = self.functions.clone();
        self.define(&body.name, (1, 0), |module, mut builder, parameters| {
            // The top's outputs have the bit of a first group.
            let bit = group_bit(0).filter(|_| unless_settled);
            let next = layout
                .activity
                .zip(bit)
                .map(|(activity, bit)| begin_active(&mut builder, (parameters[0], activity), bit, bit));
            let mut emitter =
                Emitter::new(builder, (body, plans.bodies), (layout, plans.layouts), schedule, (parameters[0], None));
            emitter.settle_children(
                &mut |emitter, child, group| call_group(module, &functions, emitter, child, group),
                &[],
            );
            emitter.store_outputs(&computed);
            if let Some(next) = next {
                end_active(&mut emitter.builder, next);
            }
            finish(module, emitter.builder, &[]);
        })
    }

    /// `fn(state, mask)`: one tick of a body and everything below, from settled inputs.
    fn tick(&mut self, plans: Plans, index: usize) -> Result<FuncId> {
        let Some((body, layout)) = plan(plans, index) else { return Err(code_error("?", "no body")) };
        let functions = self.functions.clone();
        let schedule = tick_schedule(plans, body);
        let sleeps = layout.activity.is_some();
        let whole = self.define(&body.name, (if sleeps { 3 } else { 2 }, 0), |module, builder, parameters| {
            let clocks = (parameters[0], Some(parameters[1]));
            let mut emitter = Emitter::new(builder, (body, plans.bodies), (layout, plans.layouts), schedule, clocks);
            emit_tick(module, &functions, plans, &mut emitter, parameters.get(2).copied());
            finish(module, emitter.builder, &[]);
        })?;
        let Some(activity) = layout.activity else { return Ok(whole) };
        let watched = Watched::of(plans, body, layout);
        self.define(&body.name, (2, 1), |module, mut builder, parameters| {
            let (state, mask) = (parameters[0], parameters[1]);
            let mut make = |builder: &mut FunctionBuilder, step: StepCall| {
                let child = |number: usize| {
                    let child: SleepingChild = watched.children[number];
                    (&functions[body.children[child.child].body], child.start)
                };
                let (function, start, last) = match step {
                    StepCall::Tick { watched } => (Some(whole), 0, Some(i64::from(watched))),
                    StepCall::Step(number) => (child(number).0.tick, child(number).1, None),
                    StepCall::Probe(number) => (child(number).0.probe, child(number).1, None),
                };
                let Some(function) = function else { return builder.ins().iconst(I64, 0) };
                let distance = builder.ins().iconst(I64, 8 * start as i64);
                let state = builder.ins().iadd(state, distance);
                let last = last.map(|last| builder.ins().iconst(I64, last));
                let arguments: Vec<Value> = match step {
                    StepCall::Probe(_) => vec![state],
                    _ => [state, mask].into_iter().chain(last).collect(),
                };
                call(module, builder, function, &arguments)
            };
            let changed = emit_step(&mut builder, state, (layout, activity), &watched, &mut make);
            finish(module, builder, &[changed]);
        })
    }

    /// `fn(state)`: whether outputs of an instance that sleeps differ from their copies.
    fn probe(&mut self, plans: Plans, index: usize) -> Result<Option<FuncId>> {
        let Some((body, layout)) = plan(plans, index) else { return Err(code_error("?", "no body")) };
        let Some(activity) = layout.activity else { return Ok(None) };
        let groups = self.functions[index].groups.clone();
        let function = self.define(&body.name, (1, 1), |module, mut builder, parameters| {
            let state = parameters[0];
            for (group, function) in groups.iter().enumerate() {
                let bit = group_bit(group);
                let next = bit.map(|bit| begin_active(&mut builder, (state, activity), bit, bit));
                call(module, &mut builder, *function, &[state]);
                if let Some(next) = next {
                    end_active(&mut builder, next);
                }
            }
            let mut difference = builder.ins().iconst(I64, 0);
            for (port, copy) in &layout.copies {
                let value = body.output_values[*port];
                let words = value.map_or(0, |value| words_of(body.arena.width(value)));
                for word in 0..words {
                    let (now, copy) = (8 * (layout.ports[*port] + word), 8 * (copy + word));
                    let now = builder.ins().load(I64, MemFlagsData::trusted(), state, now as i32);
                    let before = builder.ins().load(I64, MemFlagsData::trusted(), state, copy as i32);
                    builder.ins().store(MemFlagsData::trusted(), now, state, copy as i32);
                    let other = builder.ins().bxor(now, before);
                    difference = builder.ins().bor(difference, other);
                }
            }
            finish(module, builder, &[difference]);
        })?;
        Ok(Some(function))
    }

    /// `fn(state, count, mask)`: that many ticks of the top, inputs standing still.
    pub fn run(&mut self, plans: Plans, top: usize) -> Result<FuncId> {
        let Some((body, layout)) = plan(plans, top) else { return Err(code_error("?", "no body")) };
        let functions = self.functions.clone();
        let step = match layout.activity.filter(|_| body.sequential) {
            Some(activity) => Some((activity, self.tick(plans, top)?)),
            None => None,
        };
        self.define(&body.name, (3, 0), |module, mut builder, parameters| {
            let (state, count, mask) = (parameters[0], parameters[1], parameters[2]);
            let cycle = builder.create_block();
            let end = builder.create_block();
            let left = builder.append_block_param(cycle, I64);
            builder.ins().brif(count, cycle, &[BlockArg::Value(count)], end, &[]);
            builder.switch_to_block(cycle);
            let mut builder = match step {
                Some((activity, step)) => {
                    // Nothing changes any more once the top sleeps.
                    let awake = builder.create_block();
                    let word = builder.ins().load(I64, MemFlagsData::trusted(), state, (8 * activity) as i32);
                    let bit = builder.ins().iconst(I64, TICK as i64);
                    let bit = builder.ins().band(word, bit);
                    builder.ins().brif(bit, awake, &[], end, &[]);
                    builder.switch_to_block(awake);
                    call(module, &mut builder, step, &[state, mask]);
                    builder
                }
                None => {
                    let bodies = (body, plans.bodies);
                    let layouts = (layout, plans.layouts);
                    let schedule = tick_schedule(plans, body);
                    let mut emitter = Emitter::new(builder, bodies, layouts, schedule, (state, Some(mask)));
                    emit_tick(module, &functions, plans, &mut emitter, None);
                    emitter.builder
                }
            };
            let one = builder.ins().iconst(I64, 1);
            let left = builder.ins().isub(left, one);
            builder.ins().brif(left, cycle, &[BlockArg::Value(left)], end, &[]);
            builder.switch_to_block(end);
            finish(module, builder, &[]);
        })
    }

    /// `fn(state, buffer)`: evaluates values of a body and of bodies below into a buffer.
    pub fn observation(&mut self, plans: Plans, observed: &Observed) -> Result<FuncId> {
        let mut made: Vec<(Observed, FuncId)> = Vec::new();
        self.observe_body(plans, observed, &mut made)
    }

    fn observe_body(
        &mut self,
        plans: Plans,
        observed: &Observed,
        made: &mut Vec<(Observed, FuncId)>,
    ) -> Result<FuncId> {
        if let Some((_, function)) = made.iter().find(|(known, _)| known == observed) {
            return Ok(*function);
        }
        let mut inner = Vec::new();
        for (child, start, below) in &observed.children {
            inner.push((*child, *start, self.observe_body(plans, below, made)?));
        }
        let Some((body, layout)) = plan(plans, observed.body) else { return Err(code_error("?", "no body")) };
        let mut roots: Vec<ValueId> = observed.values.iter().map(|(value, _)| *value).collect();
        let inputs = child_inputs(plans, body, observed.children.iter().map(|(child, ..)| *child));
        roots.extend(inputs.iter().filter_map(|(child, port)| body.children[*child].inputs[*port]));
        let schedule = Schedule::new(body, plans.bodies, &roots, Vec::new());
        let functions = self.functions.clone();
        let function = self.define(&body.name, (2, 0), |module, builder, parameters| {
            let (state, buffer) = (parameters[0], parameters[1]);
            let mut emitter =
                Emitter::new(builder, (body, plans.bodies), (layout, plans.layouts), schedule, (state, None));
            emitter.takers_differ = true;
            emitter.settle_children(
                &mut |emitter, child, group| call_group(module, &functions, emitter, child, group),
                &inputs,
            );
            for (value, start) in &observed.values {
                let words = emitter.value(*value);
                for (index, word) in words.iter().enumerate() {
                    let offset = (8 * (start + index)) as i32;
                    emitter.builder.ins().store(MemFlagsData::trusted(), *word, buffer, offset);
                }
            }
            for (child, start, function) in &inner {
                let child_state = emitter.child_state(*child);
                let offset = emitter.builder.ins().iconst(I64, 8 * *start as i64);
                let part = emitter.builder.ins().iadd(buffer, offset);
                call(module, &mut emitter.builder, *function, &[child_state, part]);
            }
            finish(module, emitter.builder, &[]);
        })?;
        made.push((observed.clone(), function));
        Ok(function)
    }
}

fn plan<'a>(plans: Plans<'a>, index: usize) -> Option<(&'a Body, &'a Layout)> {
    Some((plans.bodies.get(index)?.as_ref()?, plans.layouts.get(index)?.as_ref()?))
}

fn finish(module: &JITModule, mut builder: FunctionBuilder, results: &[Value]) {
    builder.ins().return_(results);
    builder.seal_all_blocks();
    builder.finalize(module.target_config());
}

/// Calls a function; its result, or zero if it has none.
fn call(module: &mut JITModule, builder: &mut FunctionBuilder, function: FuncId, arguments: &[Value]) -> Value {
    let reference = module.declare_func_in_func(function, builder.func);
    let made = builder.ins().call(reference, arguments);
    match builder.inst_results(made) {
        [result, ..] => *result,
        [] => builder.ins().iconst(I64, 0),
    }
}

fn call_group(module: &mut JITModule, functions: &[BodyFunctions], emitter: &mut Emitter, child: usize, group: usize) {
    let function = functions[emitter.body.children[child].body].groups[group];
    let bit = group_bit(group);
    emitter.if_active(child, bit, bit.unwrap_or(0), &mut |emitter| {
        let state = emitter.child_state(child);
        call(module, &mut emitter.builder, function, &[state]);
    });
}

/// Input ports that the code of these children reads.
fn child_inputs(plans: Plans, body: &Body, children: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut inputs = Vec::new();
    for child in children {
        if let Some(inner) = &plans.bodies[body.children[child].body] {
            inputs.extend(inner.used_inputs().into_iter().map(|port| (child, port)));
        }
    }
    inputs
}

/// Children with something to tick.
fn clocked_children(plans: Plans, body: &Body) -> Vec<usize> {
    let is_clocked =
        |child: &usize| plans.bodies[body.children[*child].body].as_ref().is_some_and(|inner| inner.sequential);
    (0..body.children.len()).filter(is_clocked).collect()
}

fn tick_schedule(plans: Plans, body: &Body) -> Schedule {
    let inputs = child_inputs(plans, body, clocked_children(plans, body).into_iter());
    let roots: Vec<ValueId> = inputs.iter().filter_map(|(child, port)| body.children[*child].inputs[*port]).collect();
    let mut sinks: Vec<Sink> = body
        .registers
        .iter()
        .enumerate()
        .filter(|(_, register)| register.packed.is_none() && register.next != register.leaf)
        .map(|(register, flat)| Sink::Register { register, value: flat.next })
        .collect();
    for (memory, flat) in body.memories.iter().enumerate() {
        let Some(write) = flat.write else { continue };
        let constant = body.arena.as_constant(write.enable);
        if constant.is_some_and(|enable| enable.is_zero()) {
            continue;
        }
        let rise = write.rise;
        let conditions = rise.into_iter().chain(constant.is_none().then_some(write.enable)).collect();
        sinks.push(Sink::Write { memory, conditions, address: write.address, data: write.data });
    }
    Schedule::new(body, plans.bodies, &roots, sinks)
}

/// One tick: settles the children, stores the body's registers and memories, ticks the children.
/// With `watch` not zero, the copies of the outputs of children that sleep are renewed before anything ticks.
fn emit_tick(
    module: &mut JITModule,
    functions: &[BodyFunctions],
    plans: Plans,
    emitter: &mut Emitter,
    watch: Option<Value>,
) {
    let clocked = clocked_children(plans, emitter.body);
    let inputs = child_inputs(plans, emitter.body, clocked.iter().copied());
    emitter.settle_children(&mut |emitter, child, group| call_group(module, functions, emitter, child, group), &inputs);
    let sleeping: Vec<(usize, FuncId)> = clocked
        .iter()
        .filter_map(|child| Some((*child, functions[emitter.body.children[*child].body].probe?)))
        .collect();
    if let Some(watch) = watch.filter(|_| !sleeping.is_empty()) {
        let [renew, next] = std::array::from_fn(|_| emitter.builder.create_block());
        emitter.builder.ins().brif(watch, renew, &[], next, &[]);
        emitter.builder.switch_to_block(renew);
        for (child, probe) in sleeping {
            let state = emitter.child_state(child);
            call(module, &mut emitter.builder, probe, &[state]);
        }
        emitter.builder.ins().jump(next, &[]);
        emitter.builder.switch_to_block(next);
    }
    emitter.stores();
    for child in clocked {
        let Some(function) = functions[emitter.body.children[child].body].tick else { continue };
        emitter.if_active(child, Some(TICK), 0, &mut |emitter| {
            let state = emitter.child_state(child);
            match child_mask(emitter, child) {
                None => {
                    let all = emitter.builder.ins().iconst(I64, -1);
                    call(module, &mut emitter.builder, function, &[state, all]);
                }
                Some(mask) => {
                    let rises = emitter.builder.create_block();
                    let next = emitter.builder.create_block();
                    emitter.builder.ins().brif(mask, rises, &[], next, &[]);
                    emitter.builder.switch_to_block(rises);
                    call(module, &mut emitter.builder, function, &[state, mask]);
                    emitter.builder.ins().jump(next, &[]);
                    emitter.builder.switch_to_block(next);
                }
            }
        });
    }
}

/// Which of a child's clocks rise; `None` if the body has a single clock, which then does.
fn child_mask(emitter: &mut Emitter, child: usize) -> Option<Value> {
    let mask = emitter.mask.filter(|_| emitter.body.several_clocks())?;
    let clocks = emitter.body.children[child].clocks.clone();
    let mut total: Option<Value> = None;
    for (inner, outer) in clocks.into_iter().enumerate() {
        let builder = &mut emitter.builder;
        let amount = builder.ins().iconst(I64, outer as i64);
        let bit = builder.ins().ushr(mask, amount);
        let one = builder.ins().iconst(I64, 1);
        let bit = builder.ins().band(bit, one);
        let place = builder.ins().iconst(I64, inner as i64);
        let bit = builder.ins().ishl(bit, place);
        total = Some(match total {
            Some(other) => builder.ins().bor(other, bit),
            None => bit,
        });
    }
    total
}
