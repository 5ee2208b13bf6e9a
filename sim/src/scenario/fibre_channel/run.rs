//! Hosts at a card, from power-up to the last figure.

use super::capture::Capture;
use super::card_machine::{CardMachine, WORD_PICOSECONDS};
use super::host::Host;
use super::options::FibreChannelOptions;
use super::summary::Summary;
use crate::firmware::port::PortTimes;
use crate::models::PageDevice;
use crate::models::fibre_channel::{HostPort, Neighbour};
use crate::scenario::{Progress, Trace};
use crate::workload::statistics::Statistics;
use crate::workload::{HostCommand, Operation};
use anyhow::{Result, bail, ensure};
use std::time::Instant;

/// Some 50 ms at 8 Gb/s until the processor looks whether exchanges are still open, and 25 us for logins.
const PORT_TIMES: PortTimes = PortTimes { exchange_timeout: 10_000_000, login_wait: 5_000, loop_wait: 400_000 };
/// Cycles without the end of a command after which the run counts as stalled.
const STALLED_CYCLES: u64 = 2_000_000;
/// Cycles between two reports of progress.
const PROGRESS_CYCLES: u64 = 1 << 14;
/// Commands in flight while the device is filled.
const FILLING_DEPTH: u32 = 64;

/// Hosts at a card.
pub struct FibreChannelRun<'a> {
    options: &'a FibreChannelOptions,
    machine: CardMachine<Box<dyn PageDevice>, Box<dyn Neighbour>>,
    host: Host,
    next_host: usize,
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
        let card = &options.card;
        let settings = card.settings(PORT_TIMES);
        Ok(Self {
            options,
            machine: CardMachine::new(settings, card.neighbours(&settings), card.device()?, trace)?,
            host: Host::new(card.seed, WORD_PICOSECONDS),
            next_host: 0,
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
        let of_host = |(_, host): (usize, &mut HostPort)| Some(host.initiator()?.violations().to_vec());
        let violations = self.machine.hosts_mut().filter_map(of_host).flatten().collect();
        let counts = self.machine.attached.iter().map(|attached| attached.end.counts()).collect();
        Ok(Summary {
            attach: self.options.card.attach,
            speed: self.machine.transmit_speed(0)?,
            statistics,
            counts,
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
        while !self.machine.is_ready() {
            for (port, host) in self.machine.hosts() {
                ensure!(!host.is_refused(), "port {port} refused a login in cycle {}", self.machine.cycle());
            }
            self.step("logging in", 0)?;
        }
        if self.options.workload.needs_filled_device() {
            let fill = |page| HostCommand { at: None, operation: Operation::Write, page };
            let fill = (0..self.options.card.pages).map(fill).collect();
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
            let cycle = self.machine.cycle();
            let now = (cycle - begun) * WORD_PICOSECONDS / 1000;
            while self.host.in_flight() < depth as usize
                && let Some(command) = commands.next_if(|command| command.at.is_none_or(|at| at <= now))
            {
                let number = self.next_host;
                self.next_host = (number + 1) % self.options.card.hosts as usize;
                let Some(initiator) = self.machine.hosts_mut().nth(number).and_then(|(_, host)| host.initiator())
                else {
                    bail!("{phase}, cycle {cycle}: host {number} is no longer logged in");
                };
                self.host.issue(number, initiator, command, cycle);
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
        for (number, (_, host)) in self.machine.hosts_mut().enumerate() {
            for outcome in host.initiator().map_or(vec![], |initiator| initiator.take_outcomes()) {
                self.last_end = cycle;
                self.host.complete(number, outcome, cycle);
            }
        }
        for (time, frame) in self.machine.take_seen() {
            if let Some(capture) = &mut self.capture {
                capture.write(time, &frame)?;
            }
        }
        if cycle - self.last_end > STALLED_CYCLES {
            bail!(
                "{phase}: nothing ended in {STALLED_CYCLES} cycles up to cycle {cycle}; {} commands in flight, links {:?}",
                self.host.in_flight(),
                self.machine.attached.iter().map(|attached| attached.end.state()).collect::<Vec<_>>(),
            );
        }
        if cycle.is_multiple_of(PROGRESS_CYCLES) {
            (self.progress)(Progress { phase, done: self.host.ended, total });
        }
        Ok(())
    }
}
