//! Testbenches: async tasks that await clock edges, on one deterministic single-threaded executor.
//!
//! Every cycle has three steps:
//!
//! 1. *Drive*: tasks set inputs. Code after `cycle().await` runs here, and so does the start of a task.
//! 2. *Sample*: all inputs are set and everything has settled. Tasks read. Code after `sample().await` runs here.
//! 3. The rising edge.
//!
//! What a task sets is seen by all logic in the same cycle, and what a task samples is the value after *all* tasks have
//! driven, whatever their order: a `ready` that depends on another task's `valid` within the cycle is read correctly. The
//! two phases are kept apart by errors: setting at a sampling point is refused, and so is reading, while tasks drive, a
//! port that an input may still change. Tasks run in the order in which they were spawned, in every phase.
//!
//! ```text
//! let mut testbench = Testbench::new(Simulator::build(&uut)?);
//! let (valid, ready) = (testbench.port(&uut.strip.valid)?, testbench.port(&uut.strip.ready)?);
//! let bench = testbench.bench();
//! testbench.spawn("producer", async move {
//!     for word in 0..100 {
//!         bench.set_u64(data, word)?;             // drive
//!         bench.set(valid, true)?;
//!         loop {
//!             bench.sample().await;               // all inputs are set, everything has settled
//!             let taken = bench.get(ready)?;
//!             bench.cycle().await;                // the edge; driving again
//!             if taken { break; }
//!         }
//!     }
//!     bench.set(valid, false)?;
//!     Ok(())
//! });
//! testbench.run(10_000)?;
//! ```
//!
//! If all tasks wait for a later cycle, the cycles in between run in compiled code without coming back.

use crate::engine::bench::{Bench, ClockSchedule, Moment, Shared, Spawned};
use crate::engine::error::{Error, Result};
use crate::engine::port::{Port, PortValue};
use crate::engine::simulator::Simulator;
use rust_hdl::core::prelude::{Direction, Signal, Synth};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use thiserror::Error as ThisError;

/// What a task returns.
pub type TaskResult = anyhow::Result<()>;

/// Called at every sampling point with the simulator and the time of the edge to come.
pub type CycleHook = Box<dyn FnMut(&mut Simulator, u64) -> anyhow::Result<()>>;

/// Why a run ended early.
#[derive(Debug, ThisError)]
pub enum TestbenchError {
    /// The time limit was reached.
    #[error("no end after time {limit}; still waiting: {}", waiting.join(", "))]
    Timeout {
        /// The limit.
        limit: u64,
        /// Tasks that have not finished.
        waiting: Vec<String>,
    },
    /// A task failed.
    #[error("task `{name}` at time {time}: {source:#}")]
    Task {
        /// Its name.
        name: String,
        /// Time of the last edge.
        time: u64,
        /// What it returned.
        source: anyhow::Error,
    },
    /// A task waits for something that no clock edge brings.
    #[error("task `{name}` waits for something else than a clock edge; await only what its bench offers")]
    ForeignWait {
        /// Its name.
        name: String,
    },
    /// The hook failed.
    #[error("at time {time}: {problem:#}")]
    Hook {
        /// Time of the edge to come.
        time: u64,
        /// What it returned.
        problem: anyhow::Error,
    },
    /// The engine refused something.
    #[error(transparent)]
    Engine(#[from] Error),
}

struct Task {
    spawned: Spawned,
    wake: Moment,
    finished: bool,
}

/// A simulator with tasks around it.
pub struct Testbench {
    shared: Rc<Shared>,
    tasks: Vec<Task>,
    hook: Option<CycleHook>,
}

impl Testbench {
    /// All clock inputs of the top rise together, once per unit of time, first at time 1.
    pub fn new(simulator: Simulator) -> Self {
        let domains = simulator.clocks().len().max(1);
        let clocks = (0..domains).map(|domain| ClockSchedule { domain, period: 1, first: 1 }).collect();
        Self::start(simulator, clocks)
    }

    /// Clocks with periods and first edges of their own. Edges at the same time are one instant. A clock input without a
    /// schedule stands still.
    pub fn with_clocks(simulator: Simulator, clocks: Vec<ClockSchedule>) -> Result<Self> {
        let domains = simulator.clocks().len();
        if clocks.is_empty() {
            return Err(Error::Schedule { problem: "no clock has a schedule; give at least one".to_string() });
        }
        for clock in &clocks {
            if clock.domain >= domains {
                return Err(Error::UnknownClock { domain: clock.domain, domains });
            }
            if clock.period == 0 || clock.first == 0 {
                let ClockSchedule { domain, period, first } = clock;
                let problem = format!("clock {domain}: period {period}, first edge at {first} (legal: at least 1)");
                return Err(Error::Schedule { problem });
            }
            if clocks.iter().filter(|other| other.domain == clock.domain).count() > 1 {
                return Err(Error::Schedule { problem: format!("clock {} has two schedules", clock.domain) });
            }
        }
        Ok(Self::start(simulator, clocks))
    }

    fn start(simulator: Simulator, clocks: Vec<ClockSchedule>) -> Self {
        let shared = Shared {
            simulator: RefCell::new(simulator),
            now: Cell::new(1),
            wake: Cell::new(None),
            clocks,
            spawned: RefCell::new(Vec::new()),
        };
        Self { shared: Rc::new(shared), tasks: Vec::new(), hook: None }
    }

    /// A handle for tasks.
    pub fn bench(&self) -> Bench {
        Bench { shared: Rc::clone(&self.shared), clock: 0 }
    }

    /// The port of a signal of the circuit; see [`Simulator::port`].
    pub fn port<D: Direction, T: Synth + PortValue>(&mut self, signal: &Signal<D, T>) -> Result<Port<T>> {
        self.simulator(|simulator| simulator.port(signal))
    }

    /// Direct access between runs.
    pub fn simulator<R>(&mut self, action: impl FnOnce(&mut Simulator) -> Result<R>) -> Result<R> {
        match self.shared.simulator.try_borrow_mut() {
            Ok(mut simulator) => action(&mut simulator),
            Err(_) => Err(Error::Busy),
        }
    }

    /// Adds a task; it starts with the next [`Testbench::run`].
    pub fn spawn(&mut self, name: impl Into<String>, task: impl Future<Output = TaskResult> + 'static) {
        self.bench().spawn(name, task);
    }

    /// Adds a task that the run does not wait for, such as a monitor.
    pub fn spawn_background(&mut self, name: impl Into<String>, task: impl Future<Output = TaskResult> + 'static) {
        self.bench().spawn_background(name, task);
    }

    /// Calls back at the sampling point before every edge, after all tasks: for waveforms. No cycle is skipped any more.
    pub fn every_cycle(&mut self, hook: impl FnMut(&mut Simulator, u64) -> anyhow::Result<()> + 'static) {
        self.hook = Some(Box::new(hook));
    }

    /// Runs until every foreground task has finished, at most up to time `limit` (with one clock and the default schedule:
    /// the number of edges since the start). Returns the time of the last edge. Background tasks stay where they are.
    pub fn run(&mut self, limit: u64) -> std::result::Result<u64, TestbenchError> {
        loop {
            self.poll_tasks()?;
            let now = self.shared.now.get();
            let is_foreground = |task: &&Task| !task.finished && !task.spawned.background;
            if !self.tasks.iter().any(|task| is_foreground(&task)) {
                return Ok(self.bench().time());
            }
            let next = self.tasks.iter().filter(|task| !task.finished).map(|task| task.wake).min().unwrap_or(now);
            if next / 2 > limit {
                self.advance(limit.saturating_mul(2).saturating_add(1).max(now))?;
                let waiting = self.tasks.iter().filter(is_foreground).map(|task| task.spawned.name.clone()).collect();
                return Err(TestbenchError::Timeout { limit, waiting });
            }
            self.advance(next)?;
        }
    }

    /// Gives back the simulator, dropping all tasks. `None` while a handle is kept outside.
    pub fn into_simulator(self) -> Option<Simulator> {
        let Self { shared, tasks, .. } = self;
        drop(tasks);
        shared.spawned.borrow_mut().clear();
        Rc::into_inner(shared).map(|shared| shared.simulator.into_inner())
    }

    fn poll_tasks(&mut self) -> std::result::Result<(), TestbenchError> {
        let now = self.shared.now.get();
        let mut context = Context::from_waker(Waker::noop());
        let mut index = 0;
        loop {
            // Tasks spawned at a sampling point start after the edge that is about to come.
            let wake = now | 1;
            let spawned = self.shared.spawned.take().into_iter();
            self.tasks.extend(spawned.map(|spawned| Task { spawned, wake, finished: false }));
            let Some(task) = self.tasks.get_mut(index) else { break };
            index += 1;
            if task.finished || task.wake > now {
                continue;
            }
            self.shared.wake.set(None);
            match task.spawned.future.as_mut().poll(&mut context) {
                Poll::Ready(Ok(())) => task.finished = true,
                Poll::Ready(Err(source)) => {
                    task.finished = true;
                    let name = task.spawned.name.clone();
                    return Err(TestbenchError::Task { name, time: self.bench().time(), source });
                }
                Poll::Pending => match self.shared.wake.get() {
                    Some(wake) => task.wake = wake,
                    None => return Err(TestbenchError::ForeignWait { name: task.spawned.name.clone() }),
                },
            }
        }
        self.tasks.retain(|task| !task.finished);
        Ok(())
    }

    /// Lets all edges before a moment happen.
    fn advance(&mut self, next: Moment) -> std::result::Result<(), TestbenchError> {
        let Self { shared, hook, .. } = self;
        let mut simulator = shared.simulator.try_borrow_mut().map_err(|_| Error::Busy)?;
        let first = shared.clocks[0];
        let together = shared.clocks.len() == simulator.clocks().len().max(1)
            && shared.clocks.iter().all(|clock| (clock.period, clock.first) == (first.period, first.first));
        // An edge at time t lies between the moments 2t and 2t + 1.
        let mut time = shared.now.get().div_ceil(2);
        loop {
            let edge = shared.clocks.iter().map(|clock| clock.next_after(time.saturating_sub(1))).min().unwrap_or(time);
            if edge.saturating_mul(2) >= next {
                break;
            }
            if let Some(hook) = hook {
                simulator.settle();
                hook(&mut simulator, edge).map_err(|problem| TestbenchError::Hook { time: edge, problem })?;
            } else if together {
                let last = (next - 1) / 2;
                let count = (last - edge) / first.period + 1;
                simulator.run(count);
                break;
            }
            if together {
                simulator.run(1);
            } else {
                let rising = shared.clocks.iter().filter(|clock| clock.next_after(edge - 1) == edge);
                let domains = rising.fold(0, |mask, clock| mask | 1 << clock.domain);
                simulator.tick_clocks(domains)?;
            }
            time = edge + 1;
        }
        shared.now.set(next);
        Ok(())
    }
}
