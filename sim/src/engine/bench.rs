//! What a testbench task holds: access to the ports, and the points in time it can wait for.

use crate::engine::error::{Error, Result};
use crate::engine::observe::ObservationPlan;
use crate::engine::port::{Port, PortValue};
use crate::engine::simulator::Simulator;
use crate::engine::testbench::TaskResult;
use hardpath_netlist::Constant;
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

/// When each edge of a clock comes, in units of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSchedule {
    /// Clock input of the top, by its place in [`Simulator::clocks`].
    pub domain: usize,
    /// Time between rising edges, at least 1.
    pub period: u64,
    /// Time of the first rising edge, at least 1.
    pub first: u64,
}

impl ClockSchedule {
    /// The first edge later than `time`.
    pub(super) fn next_after(&self, time: u64) -> u64 {
        if time < self.first {
            return self.first;
        }
        let passed = (time - self.first) / self.period;
        self.first.saturating_add((passed + 1).saturating_mul(self.period))
    }
}

/// A point in time: twice the time of an edge for the sampling point before it, one more for the driving phase after it.
pub(super) type Moment = u64;

/// Task and executor share this.
pub(super) struct Shared {
    pub simulator: RefCell<Simulator>,
    pub now: Cell<Moment>,
    /// Earliest moment the task being polled waits for.
    pub wake: Cell<Option<Moment>>,
    pub clocks: Vec<ClockSchedule>,
    pub spawned: RefCell<Vec<Spawned>>,
}

/// A task that has not been polled yet.
pub(super) struct Spawned {
    pub name: String,
    pub background: bool,
    pub future: Pin<Box<dyn Future<Output = TaskResult>>>,
}

impl Shared {
    fn is_sampling(&self) -> bool {
        self.now.get().is_multiple_of(2)
    }

    fn wait(self: &Rc<Self>, target: Moment) -> impl Future<Output = ()> + use<> {
        let shared = Rc::clone(self);
        poll_fn(move |_| {
            if shared.now.get() >= target {
                return Poll::Ready(());
            }
            let earliest = shared.wake.get().map_or(target, |known| known.min(target));
            shared.wake.set(Some(earliest));
            Poll::Pending
        })
    }
}

/// A task's handle to the simulation; cheap to clone.
///
/// Methods without a clock in their name mean the first clock input of the top.
#[derive(Clone)]
pub struct Bench {
    pub(super) shared: Rc<Shared>,
    pub(super) clock: usize,
}

impl Bench {
    fn with<R>(&self, action: impl FnOnce(&mut Simulator) -> Result<R>) -> Result<R> {
        match self.shared.simulator.try_borrow_mut() {
            Ok(mut simulator) => action(&mut simulator),
            Err(_) => Err(Error::Busy),
        }
    }

    /// The same handle, its waits counted in another clock: place in the schedules given to
    /// [`Testbench::with_clocks`](crate::engine::Testbench::with_clocks).
    pub fn clock(&self, clock: usize) -> Result<Bench> {
        let clocks = self.shared.clocks.len();
        if clock >= clocks {
            return Err(Error::UnknownClock { domain: clock, domains: clocks });
        }
        Ok(Bench { shared: Rc::clone(&self.shared), clock })
    }

    /// Time of the last edge of any clock: with one clock and the default schedule, the number of edges so far.
    pub fn time(&self) -> u64 {
        self.shared.now.get() / 2 - u64::from(self.shared.is_sampling())
    }

    fn schedule(&self) -> ClockSchedule {
        self.shared.clocks[self.clock]
    }

    /// The next edge; at a sampling point of this clock, the one that is about to come.
    fn next_edge(&self) -> u64 {
        let now = self.shared.now.get();
        let passed = if self.shared.is_sampling() { (now / 2).saturating_sub(1) } else { now / 2 };
        self.schedule().next_after(passed)
    }

    /// Waits until after the next rising edge: into the driving phase of the next cycle.
    pub fn cycle(&self) -> impl Future<Output = ()> + use<> {
        self.cycles(1)
    }

    /// Waits for `count` rising edges. Returns at once for a count of zero.
    pub fn cycles(&self, count: u64) -> impl Future<Output = ()> + use<> {
        let target = match count {
            0 => 0,
            _ => {
                let more = (count - 1).saturating_mul(self.schedule().period);
                self.next_edge().saturating_add(more).saturating_mul(2).saturating_add(1)
            }
        };
        self.shared.wait(target)
    }

    /// Waits for the sampling point of this cycle, at which all tasks have driven their inputs and everything has settled.
    /// Called at a sampling point, waits for the next cycle's.
    pub fn sample(&self) -> impl Future<Output = ()> + use<> {
        let edge = self.schedule().next_after(self.shared.now.get() / 2);
        self.shared.wait(edge.saturating_mul(2))
    }

    /// Waits for the first sampling point at which the condition holds.
    pub async fn until(&self, mut condition: impl FnMut(&Bench) -> Result<bool>) -> Result<()> {
        loop {
            self.sample().await;
            if condition(self)? {
                return Ok(());
            }
        }
    }

    /// Sets an input, seen by all logic in this very cycle. An error at a sampling point, where other tasks may have read
    /// already.
    pub fn set<T: PortValue>(&self, port: Port<T>, value: T) -> Result<()> {
        self.drive(port, |simulator| simulator.set(port, value))
    }

    /// [`Bench::set`] for values of at most 64 bits.
    pub fn set_u64<T>(&self, port: Port<T>, value: u64) -> Result<()> {
        self.drive(port, |simulator| simulator.set_u64(port, value))
    }

    /// [`Bench::set`] from 64-bit words, least significant first.
    pub fn set_words<T>(&self, port: Port<T>, words: &[u64]) -> Result<()> {
        self.drive(port, |simulator| simulator.set_words(port, words))
    }

    fn drive<T>(&self, port: Port<T>, action: impl FnOnce(&mut Simulator) -> Result<()>) -> Result<()> {
        self.with(|simulator| {
            if self.shared.is_sampling() {
                return Err(Error::SetWhileSampling { name: simulator.port_name(port)?.to_string() });
            }
            action(simulator)
        })
    }

    /// Reads a port. While tasks drive, only ports that no input can change within the cycle may be read.
    pub fn get<T: PortValue>(&self, port: Port<T>) -> Result<T> {
        self.look(port, |simulator| simulator.get(port))
    }

    /// [`Bench::get`] for the low 64 bits.
    pub fn get_u64<T>(&self, port: Port<T>) -> Result<u64> {
        self.look(port, |simulator| simulator.get_u64(port))
    }

    /// [`Bench::get`] into 64-bit words, least significant first.
    pub fn get_words<T>(&self, port: Port<T>, words: &mut [u64]) -> Result<()> {
        self.look(port, |simulator| simulator.get_words(port, words))
    }

    fn look<T, R>(&self, port: Port<T>, action: impl FnOnce(&mut Simulator) -> Result<R>) -> Result<R> {
        self.with(|simulator| {
            if !self.shared.is_sampling() && simulator.is_combinational(port)? {
                return Err(Error::ReadWhileDriving { name: simulator.port_name(port)?.to_string() });
            }
            action(simulator)
        })
    }

    /// Any net by path, at a sampling point.
    pub fn peek(&self, path: &str) -> Result<Constant> {
        self.with(|simulator| {
            if !self.shared.is_sampling() {
                return Err(Error::ReadWhileDriving { name: path.to_string() });
            }
            simulator.peek(path)
        })
    }

    /// A selection of nets, at a sampling point.
    pub fn observe(&self, plan: &ObservationPlan, buffer: &mut [u64]) -> Result<()> {
        self.with(|simulator| {
            if !self.shared.is_sampling() {
                return Err(Error::ReadWhileDriving { name: "observation".to_string() });
            }
            simulator.observe(plan, buffer)
        })
    }

    /// A memory word as it was left by the last edge.
    pub fn memory_word(&self, instance: &[usize], memory: usize, address: u64) -> Result<Vec<u64>> {
        self.with(|simulator| simulator.memory_word(instance, memory, address))
    }

    /// Offers what the data inputs hold: sets `valid` until an edge at which `ready` was set, then clears it. Takes at
    /// least one cycle; returns in the driving phase after that edge.
    pub async fn offer(&self, valid: Port<bool>, ready: Port<bool>) -> Result<()> {
        self.set(valid, true)?;
        loop {
            self.sample().await;
            let taken = self.get(ready)?;
            self.cycle().await;
            if taken {
                return self.set(valid, false);
            }
        }
    }

    /// Accepts one word: sets `ready` until an edge at which `valid` was set, then clears it; the word is what `data` held
    /// before that edge. Takes at least one cycle; returns in the driving phase after that edge.
    pub async fn accept<T: PortValue>(&self, valid: Port<bool>, ready: Port<bool>, data: Port<T>) -> Result<T> {
        self.set(ready, true)?;
        loop {
            self.sample().await;
            let word = if self.get(valid)? { Some(self.get(data)?) } else { None };
            self.cycle().await;
            if let Some(word) = word {
                self.set(ready, false)?;
                return Ok(word);
            }
        }
    }

    /// Starts a task. Spawned while driving, it starts in the same phase after all others; at a sampling point, with the
    /// driving phase after the next edge.
    pub fn spawn(&self, name: impl Into<String>, task: impl Future<Output = TaskResult> + 'static) {
        self.add(name.into(), false, task);
    }

    /// Starts a task that the run does not wait for.
    pub fn spawn_background(&self, name: impl Into<String>, task: impl Future<Output = TaskResult> + 'static) {
        self.add(name.into(), true, task);
    }

    fn add(&self, name: String, background: bool, task: impl Future<Output = TaskResult> + 'static) {
        self.shared.spawned.borrow_mut().push(Spawned { name, background, future: Box::pin(task) });
    }
}
