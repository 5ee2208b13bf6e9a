//! A tracer joined to a simulator.

use super::selection::{Selection, Window};
use super::traced_design::TracedDesign;
use super::tracer::{Sink, Tracer};
use super::{FstSink, Result, VcdSink};
use crate::engine::{ObservationPlan, Simulator};
use std::path::PathBuf;

/// What to record of a simulation, and where.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The nets.
    pub selection: Selection,
    /// The cycles.
    pub window: Window,
    /// Period of each clock input of the top circuit in picoseconds, in the order of its ports, at least 2.
    pub periods_ps: Vec<u64>,
    /// Value change dump to write.
    pub vcd: Option<PathBuf>,
    /// Fast signal trace to write.
    pub fst: Option<PathBuf>,
}

/// Records a simulator's nets into files, one call a cycle.
///
/// ```text
/// let mut recorder = Recorder::new(&mut sim, &recording)?;
/// loop {
///     sim.set(...)?;                 // inputs of the cycle
///     recorder.cycle(&mut sim)?;     // values of the cycle, settled
///     sim.tick();
/// }
/// recorder.finish()?;
/// ```
///
/// With a [`Testbench`](crate::engine::Testbench), call [`Recorder::cycle`] from its `every_cycle` hook.
pub struct Recorder {
    design: TracedDesign,
    plan: ObservationPlan,
    tracer: Tracer,
}

impl Recorder {
    /// Compiles the observation of the selected nets and creates the files, replacing older ones.
    pub fn new(sim: &mut Simulator, recording: &Recording) -> Result<Self> {
        let design = TracedDesign::new(sim.design(), &recording.selection)?;
        let plan = sim.observation(design.observed())?;
        let design = design.arranged(&plan);
        let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
        if let Some(path) = &recording.vcd {
            sinks.push(Box::new(VcdSink::create(path, &design)?));
        }
        if let Some(path) = &recording.fst {
            sinks.push(Box::new(FstSink::create(path, &design)?));
        }
        let tracer = Tracer::new(&design, &recording.periods_ps, recording.window, sinks)?;
        Ok(Self { design, plan, tracer })
    }

    /// Records the present cycle, with its inputs as they are set, and moves on to the next one. Call it once before every
    /// clock edge.
    pub fn cycle(&mut self, sim: &mut Simulator) -> Result<()> {
        if self.tracer.is_recording() {
            sim.observe(&self.plan, self.tracer.buffer())?;
            self.tracer.record()?;
        }
        self.tracer.advance(1)
    }

    /// Records the present moment as [`Recorder::cycle`] does, and moves on by so many picoseconds to the rising edge of these
    /// clocks, which the top circuit counts from 0.
    pub fn edge(&mut self, sim: &mut Simulator, later_ps: u64, risen: &[usize]) -> Result<()> {
        if self.tracer.is_recording() {
            sim.observe(&self.plan, self.tracer.buffer())?;
            self.tracer.record()?;
        }
        self.tracer.advance_to(self.tracer.time_ps() + later_ps, risen)
    }

    /// Passes over cycles that were simulated without a call each; they are drawn as if nothing but the clock had changed.
    pub fn skip(&mut self, cycles: u64) -> Result<()> {
        self.tracer.advance(cycles)
    }

    /// Whether the present cycle is recorded.
    pub fn is_recording(&self) -> bool {
        self.tracer.is_recording()
    }

    /// What is recorded: for a [`SaveFile`](super::SaveFile).
    pub fn design(&self) -> &TracedDesign {
        &self.design
    }

    /// Writes the rest and closes the files; returns what was recorded.
    pub fn finish(mut self) -> Result<TracedDesign> {
        self.tracer.finish()?;
        Ok(self.design)
    }
}
