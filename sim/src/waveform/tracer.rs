//! Cycle after cycle: which values are recorded when, and how clocks toggle.

use super::selection::Window;
use super::traced_design::{TracedDesign, View};
use super::word_signals::WordSignals;
use super::{Error, Result};

/// A waveform file that is being written.
pub trait Sink {
    /// What follows happens at this time; times grow strictly.
    fn time(&mut self, time_ps: u64) -> Result<()>;

    /// These signals (indices into [`TracedDesign::signals`], none of them a clock) have the values in `words`.
    fn changes(&mut self, changed: &[u32], words: &[u64]) -> Result<()>;

    /// This signal, a clock, has this level.
    fn clock(&mut self, signal: u32, level: bool) -> Result<()>;

    /// Everything that was given lies in the file when this returns; nothing follows.
    fn finish(&mut self) -> Result<()>;
}

/// Records the selected nets cycle by cycle into its sinks.
///
/// ```text
/// loop {
///     if tracer.is_recording() {
///         sim.observe(&plan, tracer.buffer())?;
///         tracer.record()?;
///     }
///     sim.tick(1)?;
///     tracer.advance(1)?;
/// }
/// tracer.finish()?;
/// ```
///
/// A cycle costs one comparison per 64-bit word of observed nets and the writing of what has changed; outside of the
/// window nothing. A tracer that is dropped finishes its files as well as it can.
pub struct Tracer {
    sinks: Vec<Box<dyn Sink>>,
    window: Window,
    observed_words: usize,
    compared_words: usize,
    current: Vec<u64>,
    previous: Vec<u64>,
    words: WordSignals,
    /// Every signal that is not a clock.
    all: Vec<u32>,
    clocks: Vec<Clock>,
    cycle: u64,
    now_ps: u64,
    /// Time last given to the sinks.
    written_ps: Option<u64>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// No cycle was recorded yet.
    Waiting,
    Recording,
    Finished,
}

struct Clock {
    period_ps: u64,
    signals: Vec<u32>,
    level: bool,
    fall_ps: Option<u64>,
}

impl Tracer {
    /// Records `design` into `sinks` during `window`. `periods_ps`: the period of each clock input of the top circuit, in
    /// the order of its ports, at least 2 ps.
    pub fn new(design: &TracedDesign, periods_ps: &[u64], window: Window, sinks: Vec<Box<dyn Sink>>) -> Result<Self> {
        if periods_ps.len() != design.clocks() {
            return Err(Error::ClockCount { given: periods_ps.len(), expected: design.clocks() });
        }
        if let Some(&period_ps) = periods_ps.iter().find(|period| **period < 2) {
            return Err(Error::ClockPeriod { period_ps });
        }
        let mut clocks: Vec<Clock> = periods_ps
            .iter()
            .map(|&period_ps| Clock { period_ps, signals: Vec::new(), level: false, fall_ps: None })
            .collect();
        let words = design.observed_words();
        let mut all = Vec::new();
        for (index, signal) in design.signals().iter().enumerate() {
            match signal.view {
                View::Clock(clock) => clocks[clock].signals.push(index as u32),
                _ => all.push(index as u32),
            }
        }
        let mut buffer = vec![0; words];
        buffer.extend_from_slice(design.constant_words());
        let compared_words = WordSignals::compared_words(design);
        buffer.resize(buffer.len().max(compared_words), 0);
        Ok(Self {
            sinks,
            window,
            observed_words: words,
            compared_words,
            current: buffer.clone(),
            previous: buffer,
            words: WordSignals::new(design),
            all,
            clocks,
            cycle: 0,
            now_ps: 0,
            written_ps: None,
            state: State::Waiting,
        })
    }

    /// Whether the current cycle lies in the window, so that its values are wanted.
    pub fn is_recording(&self) -> bool {
        self.state != State::Finished && self.window.contains(self.cycle)
    }

    /// The current cycle: how many times time has advanced.
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// The current time in picoseconds.
    pub fn time_ps(&self) -> u64 {
        self.now_ps
    }

    /// Where the values of the current cycle belong: the observed nets one after the other, as
    /// [`TracedDesign::observed`] lists them. It holds an older cycle until it is filled.
    pub fn buffer(&mut self) -> &mut [u64] {
        &mut self.current[..self.observed_words]
    }

    /// Takes the buffer as the settled values of the current cycle and writes what differs from the cycle before; the
    /// first time, everything. Outside of the window it does nothing.
    pub fn record(&mut self) -> Result<()> {
        if !self.is_recording() {
            return Ok(());
        }
        if self.state == State::Waiting {
            self.state = State::Recording;
            self.write_time(self.now_ps)?;
            for sink in &mut self.sinks {
                sink.changes(&self.all, &self.current)?;
            }
            for clock in 0..self.clocks.len() {
                self.write_clock(clock)?;
            }
        } else {
            let words = self.compared_words;
            let changed = self.words.changed(&self.current[..words], &self.previous[..words]);
            if !changed.is_empty() {
                if self.written_ps != Some(self.now_ps) {
                    self.written_ps = Some(self.now_ps);
                    self.sinks.iter_mut().try_for_each(|sink| sink.time(self.now_ps))?;
                }
                for sink in &mut self.sinks {
                    sink.changes(changed, &self.current)?;
                }
            }
        }
        std::mem::swap(&mut self.current, &mut self.previous);
        Ok(())
    }

    /// Every clock ticks this many times; the period of the first clock is the step. With no clock a step is 1 ps.
    ///
    /// For a single clock domain, or domains in step. Cycles that pass without [`Tracer::record`] keep their values.
    pub fn advance(&mut self, cycles: u64) -> Result<()> {
        let step = self.clocks.first().map_or(1, |clock| clock.period_ps);
        let before_window = self.window.from().saturating_sub(self.cycle).min(cycles);
        if before_window > 0 {
            self.skip(before_window, step);
        }
        for done in before_window..cycles {
            if self.state == State::Finished {
                self.skip(cycles - done, step);
                break;
            }
            self.tick(self.now_ps + step, |_| true)?;
        }
        Ok(())
    }

    /// Time moves to `time_ps`, where the clocks named by `risen` have their rising edge. A cycle of the window passes
    /// with every call.
    pub fn advance_to(&mut self, time_ps: u64, risen: &[usize]) -> Result<()> {
        if time_ps <= self.now_ps {
            return Err(Error::TimeOrder { from_ps: self.now_ps, to_ps: time_ps });
        }
        self.tick(time_ps, |clock| risen.contains(&clock))
    }

    /// Writes the rest and closes the files. Further calls record nothing.
    pub fn finish(&mut self) -> Result<()> {
        if self.state == State::Finished {
            return Ok(());
        }
        if self.state == State::Recording && self.written_ps < Some(self.now_ps) {
            self.write_time(self.now_ps)?;
        }
        self.state = State::Finished;
        self.sinks.iter_mut().try_for_each(|sink| sink.finish())
    }

    /// Cycles of which nothing is drawn.
    fn skip(&mut self, cycles: u64, step: u64) {
        self.cycle += cycles;
        self.now_ps += cycles * step;
        for clock in &mut self.clocks {
            clock.level = true;
            clock.fall_ps = Some(self.now_ps + clock.period_ps / 2);
        }
    }

    fn tick(&mut self, time_ps: u64, rises: impl Fn(usize) -> bool) -> Result<()> {
        while let Some((fall_ps, clock)) = self.next_fall().filter(|(fall_ps, _)| *fall_ps <= time_ps) {
            self.clocks[clock].fall_ps = None;
            self.clocks[clock].level = false;
            self.draw_clock(clock, fall_ps)?;
        }
        self.now_ps = time_ps;
        self.cycle += 1;
        if self.state == State::Recording && !self.window.contains(self.cycle) {
            return self.finish();
        }
        for clock in 0..self.clocks.len() {
            if rises(clock) {
                self.clocks[clock].fall_ps = Some(time_ps + self.clocks[clock].period_ps / 2);
                self.clocks[clock].level = true;
                self.draw_clock(clock, time_ps)?;
            }
        }
        Ok(())
    }

    fn next_fall(&self) -> Option<(u64, usize)> {
        self.clocks.iter().enumerate().filter_map(|(index, clock)| Some((clock.fall_ps?, index))).min()
    }

    fn draw_clock(&mut self, clock: usize, time_ps: u64) -> Result<()> {
        if self.state != State::Recording || self.clocks[clock].signals.is_empty() {
            return Ok(());
        }
        self.write_time(time_ps)?;
        self.write_clock(clock)
    }

    fn write_clock(&mut self, clock: usize) -> Result<()> {
        let Clock { signals, level, .. } = &self.clocks[clock];
        for sink in &mut self.sinks {
            for signal in signals {
                sink.clock(*signal, *level)?;
            }
        }
        Ok(())
    }

    fn write_time(&mut self, time_ps: u64) -> Result<()> {
        if self.written_ps == Some(time_ps) {
            return Ok(());
        }
        self.written_ps = Some(time_ps);
        self.sinks.iter_mut().try_for_each(|sink| sink.time(time_ps))
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        // Nobody is left to tell; what can be saved of a failing run's waveform is.
        let _ = self.finish();
    }
}
