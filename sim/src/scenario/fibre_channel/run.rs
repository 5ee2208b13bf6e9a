//! A host at a port, from power-up to the last figure.

use super::capture::Capture;
use super::host::Host;
use super::machine::{Machine, PortSettings};
use super::options::{FibreChannelOptions, Speed};
use super::summary::Summary;
use crate::models::fibre_channel::LineTimes;
use crate::models::{BLOCK_BYTES, PageStorage, Pause};
use crate::scenario::{Progress, Trace};
use crate::workload::statistics::Statistics;
use crate::workload::{HostCommand, Operation, PAGE_BYTES};
use anyhow::{Result, bail, ensure};
use std::time::Instant;

/// R_T_TOV and the shortest OLS in words: much shorter than the 100 ms and 5 ms of the standard, so that links come up soon.
const TIMES: LineTimes = LineTimes { timeout: 2_000, offline: 500 };
/// Frames that the host can take, and bytes of payload in each.
const HOST_CREDIT: u16 = 16;
const HOST_PAYLOAD: u16 = 2112;
/// Cycles without the end of a command after which the run counts as stalled.
const STALLED_CYCLES: u64 = 2_000_000;
/// Cycles between two reports of progress.
const PROGRESS_CYCLES: u64 = 1 << 14;
/// Commands in flight while the device is filled.
const FILLING_DEPTH: u32 = 64;

/// A host at a port.
pub struct FibreChannelRun<'a> {
    options: &'a FibreChannelOptions,
    machine: Machine,
    host: Host,
    capture: Option<Capture>,
    last_end: u64,
    progress: &'a mut dyn FnMut(Progress),
}

impl<'a> FibreChannelRun<'a> {
    /// Powers a port and a host up.
    ///
    /// # Errors
    /// If the options are not legal or a file cannot be written.
    pub fn new(
        options: &'a FibreChannelOptions,
        trace: &Trace,
        capture: Option<Capture>,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Result<Self> {
        options.validate()?;
        let period_ps = options.speed.word_picoseconds();
        let latency = options.storage.0 * 1000 / period_ps;
        let settings = PortSettings {
            times: TIMES,
            fills_with_arb: options.speed == Speed::Eight,
            blocks: u64::from(options.pages) * (PAGE_BYTES / BLOCK_BYTES) as u64,
            period_ps,
            host_ppm: options.host_ppm,
            host: (HOST_CREDIT, HOST_PAYLOAD),
            seed: options.seed,
        };
        let storage = PageStorage::new((latency, latency), Pause::never(), options.seed);
        Ok(Self {
            options,
            machine: Machine::new(settings, storage, trace)?,
            host: Host::new(options.seed, period_ps),
            capture,
            last_end: 0,
            progress,
        })
    }

    /// Brings the link up, logs in, fills the device if the workload needs it, runs the workload, and tells the figures.
    ///
    /// # Errors
    /// If the workload cannot be read, a file cannot be written or nothing moves any more. What was recorded is complete up
    /// to there.
    pub fn run(mut self) -> Result<Summary> {
        let started = Instant::now();
        let ran = self.phases();
        let traced = self.machine.finish_recording()?;
        let captured = self.capture.take().map_or(Ok(()), Capture::finish);
        let (begun, statistics) = ran?;
        captured?;
        let violations = self.machine.hba.port.initiator().map_or(vec![], |port| port.violations().to_vec());
        Ok(Summary {
            attach: self.options.attach,
            speed: self.options.speed,
            statistics,
            counts: self.machine.hba.line.counts(),
            exchanges: self.host.ended,
            lost_reads: self.host.verifier.lost,
            wrong: self.host.verifier.wrong,
            violations,
            cycles: self.machine.cycle(),
            begun,
            wall: started.elapsed(),
            traced,
        })
    }

    fn phases(&mut self) -> Result<(u64, Statistics)> {
        let commands = self.options.host_commands()?;
        while !self.machine.hba.port.is_ready() {
            ensure!(!self.machine.hba.port.is_refused(), "the port refused a login in cycle {}", self.machine.cycle());
            self.step("logging in", 0)?;
        }
        if self.options.workload.needs_filled_device() {
            let fill = |page| HostCommand { at: None, operation: Operation::Write, page };
            let fill = (0..self.options.pages).map(fill).collect();
            self.run_commands("filling", fill, FILLING_DEPTH)?;
        }
        self.host.verifier.take_statistics();
        let begun = self.machine.cycle();
        self.run_commands("running", commands, self.options.queue_depth)?;
        Ok((begun, self.host.verifier.take_statistics()))
    }

    fn run_commands(&mut self, phase: &'static str, commands: Vec<HostCommand>, depth: u32) -> Result<()> {
        let begun = self.machine.cycle();
        self.last_end = begun;
        let total = commands.len() as u64;
        let mut commands = commands.into_iter().peekable();
        while commands.peek().is_some() || self.host.in_flight() > 0 {
            let now = (self.machine.cycle() - begun) * self.options.speed.word_picoseconds() / 1000;
            let Some(initiator) = self.machine.hba.port.initiator() else {
                bail!("{phase}, cycle {}: the host is no longer logged in", self.machine.cycle());
            };
            let cycle = begun + (now * 1000).div_ceil(self.options.speed.word_picoseconds());
            while self.host.in_flight() < depth as usize
                && let Some(command) = commands.next_if(|command| command.at.is_none_or(|at| at <= now))
            {
                self.host.issue(initiator, command, cycle);
            }
            let waits = self.host.in_flight() == 0;
            self.step(phase, total)?;
            if waits {
                self.last_end = self.machine.cycle();
            }
        }
        Ok(())
    }

    fn step(&mut self, phase: &'static str, total: u64) -> Result<()> {
        self.machine.step()?;
        let cycle = self.machine.cycle();
        if let Some(initiator) = self.machine.hba.port.initiator() {
            for outcome in initiator.take_outcomes() {
                self.last_end = cycle;
                self.host.complete(outcome, cycle);
            }
        }
        for (time, frame) in self.machine.take_seen() {
            if let Some(capture) = &mut self.capture {
                capture.write(time, &frame)?;
            }
        }
        if cycle - self.last_end > STALLED_CYCLES {
            bail!(
                "{phase}: nothing ended in {STALLED_CYCLES} cycles up to cycle {cycle}; {} commands in flight, {:?}",
                self.host.in_flight(),
                self.machine.hba.line.state(),
            );
        }
        if cycle.is_multiple_of(PROGRESS_CYCLES) {
            (self.progress)(Progress { phase, done: self.host.ended, total });
        }
        Ok(())
    }
}
