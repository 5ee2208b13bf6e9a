//! A controller under a workload, from the chips' reset to the last figure.

use super::fault_plan::{FaultKind, FaultTarget, Injection};
use super::host::Host;
use super::machine::Machine;
use super::options::ControllerOptions;
use super::power_up::{PoweredUp, bad_lanes, firmware, power_up};
use super::shape::LANES;
use super::summary::Summary;
use crate::firmware::{FirmwareReport, LogEntry, RowAddress, StripeLocation, TaskOptions};
use crate::models::nand::faults::Fault;
use crate::models::nand::geometry::PageAddress;
use crate::scenario::{Progress, Trace};
use crate::waveform::TracedDesign;
use crate::workload::statistics::WorkloadReport;
use crate::workload::{HostCommand, Operation};
use anyhow::{Context, Result, bail, ensure};
use hardpath_rtl::flash_controller::ecc::RecordCode;
use hardpath_rtl::flash_controller::tables::PageLocation;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

/// The controller's clock.
pub const CLOCK_PICOSECONDS: u64 = 7_500;
/// Cycles without the end of a command after which the run counts as stalled: 22 ms.
const STALLED_CYCLES: u64 = 3_000_000;
/// Cycles between two reports of progress.
const PROGRESS_CYCLES: u64 = 1 << 14;
/// Commands in flight while the device is filled.
const FILLING_DEPTH: u32 = 64;
/// Bits of one codeword that an injected fault of bits inverts; eight are corrected on SLC flash, forty on eMLC.
const INVERTED_BITS: u32 = 64;
/// Nanoseconds without power: a second.
const WITHOUT_POWER: u64 = 1_000_000_000;

/// A controller at work.
pub struct ControllerRun<'a> {
    pub(super) options: &'a ControllerOptions,
    pub(super) machine: Machine,
    host: Host,
    report: Rc<RefCell<FirmwareReport>>,
    log: Vec<LogEntry>,
    pub(super) task: TaskOptions,
    /// Lanes with a bad block, by row.
    bad: Vec<u16>,
    /// When the workload began.
    begun: u64,
    injections: Vec<Injection>,
    injected: Vec<u64>,
    restarted: Option<u64>,
    restored: Option<u64>,
    last_end: u64,
    progress: &'a mut dyn FnMut(Progress),
}

/// Pages written by the host and by the mover, and slots of the stripes that hold them, so far.
struct Counts {
    written: u64,
    moved: u64,
    mapped_slots: u64,
}

impl<'a> ControllerRun<'a> {
    /// Powers a controller with erased chips up.
    ///
    /// # Errors
    /// If the options are not legal or a file cannot be written.
    pub fn new(options: &'a ControllerOptions, trace: &Trace, progress: &'a mut dyn FnMut(Progress)) -> Result<Self> {
        let PoweredUp { machine, report, task, bad } = power_up(options, trace)?;
        Ok(Self {
            options,
            machine,
            host: Host::new(options.seed, CLOCK_PICOSECONDS),
            report,
            log: Vec::new(),
            task,
            bad,
            begun: 0,
            injections: options.inject.clone(),
            injected: Vec::new(),
            restarted: None,
            restored: None,
            last_end: 0,
            progress,
        })
    }

    /// The host.
    pub fn host(&mut self) -> &mut Host {
        &mut self.host
    }

    /// Rows with members whose blocks were bad when the chips were made, a bit a lane.
    pub fn factory_bad(&self) -> Vec<(RowAddress, u16)> {
        let rows = (0..self.task.layout.rows()).map(|index| self.task.layout.row(index));
        rows.map(|row| (row, bad_lanes((0..LANES as usize).map(|lane| self.machine.chips(lane)), row)))
            .filter(|(_, lanes)| *lanes != 0)
            .collect()
    }

    /// What firmware saw and did.
    pub fn firmware(&self) -> FirmwareReport {
        self.report.borrow().clone()
    }

    /// Runs the chips' reset, fills the device if the workload needs it, runs the workload, and tells the figures.
    ///
    /// # Errors
    /// If the workload cannot be read, a rule of the flash bus is broken or nothing moves any more. What was recorded is
    /// complete up to there.
    pub fn run(mut self) -> Result<Summary> {
        let started = Instant::now();
        let ran = self.phases();
        let traced = self.machine.finish_recording()?;
        let (before, workload) = ran?;
        Ok(self.summary(started, before, workload, traced))
    }

    /// All phases; what was counted before the last one, and the host's figures of it.
    fn phases(&mut self) -> Result<(Counts, WorkloadReport)> {
        let commands = self.options.host_commands()?;
        while self.report.borrow().booted.is_none() {
            self.step("booting", 0)?;
        }
        if self.options.workload.needs_filled_device() {
            let pages = self.options.device_pages();
            let fill = (0..pages).map(|page| HostCommand { at: None, operation: Operation::Write, page });
            self.run_commands("filling", fill, FILLING_DEPTH, u64::from(pages))?;
        }
        self.host.verifier.take_statistics();
        let before = self.counts();
        self.begun = self.machine.cycle();
        self.run_commands("running", commands, self.options.queue_depth, self.options.commands)?;
        let workload = self.host.verifier.take_statistics().report();
        while self.report.borrow().evacuating && self.machine.cycle() - self.last_end < STALLED_CYCLES {
            self.step("settling", 0)?;
        }
        Ok((before, workload))
    }

    fn counts(&self) -> Counts {
        let firmware = self.report.borrow();
        Counts { written: self.host.verifier.written, moved: firmware.moved, mapped_slots: firmware.mapped_slots }
    }

    fn summary(
        mut self,
        started: Instant,
        before: Counts,
        workload: WorkloadReport,
        traced: Option<TracedDesign>,
    ) -> Summary {
        let firmware = self.report.borrow().clone();
        let cycles = self.machine.cycle();
        let opening = self.injected.first().copied().unwrap_or(self.begun);
        let counts = self.counts();
        let reconstructed = firmware.degraded_reads.iter().filter(|read| !read.lost);
        let degraded_reads = reconstructed.filter_map(|read| self.host.read_cycles(read.tag, read.cycle)).collect();
        Summary {
            workload,
            firmware,
            written: counts.written - before.written,
            moved: counts.moved - before.moved,
            mapped_slots: counts.mapped_slots - before.mapped_slots,
            degraded_reads,
            lost_reads: self.host.verifier.lost,
            wrong: std::mem::take(&mut self.host.verifier.wrong),
            log: self.log,
            cycles,
            wall: started.elapsed(),
            begun: self.begun,
            power_cut: self
                .options
                .power_cut
                .map(|moment| self.begun + moment.0.saturating_mul(1000) / CLOCK_PICOSECONDS),
            restart: self.restarted.zip(self.restored),
            traced,
            opening,
        }
    }

    /// Runs commands until the last one has ended or power fails.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_commands(
        &mut self,
        phase: &'static str,
        mut commands: impl Iterator<Item = HostCommand>,
        depth: u32,
        total: u64,
    ) -> Result<()> {
        let mut next = commands.next();
        self.last_end = self.machine.cycle();
        let mut done = 0;
        while next.is_some() || self.host.in_flight() > 0 {
            let now = (self.machine.cycle() - self.begun) * CLOCK_PICOSECONDS / 1000;
            if phase == "running" && self.power_fails(now) {
                self.power_down()?;
                self.power_up()?;
                return self.read_back();
            }
            while self.host.in_flight() < depth as usize
                && let Some(command) = next.take_if(|command| command.at.is_none_or(|at| at <= now))
            {
                self.host.issue(&mut self.machine, command);
                next = commands.next();
            }
            if phase == "running" {
                self.inject(now)?;
            }
            let waits = self.host.in_flight() == 0;
            done += self.step(phase, total)?;
            if waits {
                self.last_end = self.machine.cycle();
            }
            if self.machine.cycle().is_multiple_of(PROGRESS_CYCLES) {
                (self.progress)(Progress { phase, done, total });
            }
        }
        Ok(())
    }

    /// One cycle; how many commands ended in it.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn step(&mut self, phase: &'static str, total: u64) -> Result<u64> {
        self.machine.step().with_context(|| format!("{phase}, cycle {}", self.machine.cycle()))?;
        let mut ended = 0;
        for completion in self.machine.take_completions() {
            self.last_end = self.machine.cycle();
            self.host.complete(completion);
            ended += 1;
        }
        self.log.extend(self.machine.firmware().take_log());
        if self.machine.cycle() - self.last_end > STALLED_CYCLES {
            bail!(
                "{phase}: nothing ended in {STALLED_CYCLES} cycles up to cycle {}; {} commands in flight, {total} in all; \
                 firmware: {}",
                self.machine.cycle(),
                self.host.in_flight(),
                self.report.borrow().waiting
            );
        }
        Ok(ended)
    }

    fn power_fails(&self, now: u64) -> bool {
        self.options.power_cut.is_some_and(|moment| moment.0 <= now)
    }

    /// Mains power fails; the battery lasts until everything acknowledged, and the tables, are on flash.
    ///
    /// # Errors
    /// As [`run`](Self::run), and if a stripe or a page on flash is not right.
    pub fn power_down(&mut self) -> Result<()> {
        self.machine.firmware().fail_power();
        while !self.machine.firmware().has_ended() {
            self.step("saving", 0)?;
        }
        ensure!(self.report.borrow().destaged.is_some(), "firmware ended before everything was on flash");
        if self.injected.is_empty() {
            let stripes = self.ensure_whole()?;
            self.note(format!("{stripes} stripes on flash add up to zero"));
        }
        Ok(())
    }

    /// Power comes back after a second, and the tables are made again from flash.
    ///
    /// # Errors
    /// As [`run`](Self::run), and if the tables are not those that were lost.
    pub fn power_up(&mut self) -> Result<()> {
        self.host.forget_flights();
        let lost = self.tables();
        self.report.borrow_mut().booted = None;
        let task = TaskOptions { restore: Some(self.options.rebuild), ..self.task };
        self.machine.cycle_power(WITHOUT_POWER, firmware(task, &self.report, &self.bad))?;
        self.restarted = Some(self.machine.cycle());
        while self.report.borrow().booted.is_none() {
            self.last_end = self.machine.cycle();
            self.step("restoring", 0)?;
        }
        self.restored = Some(self.machine.cycle());
        let pages = self.ensure_restored(&lost)?;
        self.note(format!("{pages} pages lie where they lay before the power cut"));
        Ok(())
    }

    /// Reads every page that was ever written.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn read_back(&mut self) -> Result<()> {
        let pages = self.host.verifier.touched_pages();
        let total = pages.len() as u64;
        let reads = pages.into_iter().map(|page| HostCommand { at: None, operation: Operation::Read, page });
        self.run_commands("verifying", reads, FILLING_DEPTH, total)
    }

    /// Injects what is due.
    fn inject(&mut self, now: u64) -> Result<()> {
        while let Some(index) = self.injections.iter().position(|injection| injection.at.0 <= now) {
            let injection = self.injections.swap_remove(index);
            self.inject_now(&injection)?;
        }
        Ok(())
    }

    /// Lets something fail, now.
    ///
    /// # Errors
    /// If the controller has no such place.
    pub fn inject_now(&mut self, injection: &Injection) -> Result<()> {
        let Some(parts) = self.parts(injection) else {
            self.note(format!("{injection}: the page has no place, nothing to damage"));
            return Ok(());
        };
        let geometry = self.options.shape.chip();
        let part = |index: usize| parts.get(index).copied().unwrap_or(0);
        let (lane, chip, lun, plane) = (part(0), part(1), part(2), part(3));
        let block = geometry.block_in_plane(lun, plane, part(4));
        let page = PageAddress { block, page: part(5) };
        let fault = match injection.kind {
            FaultKind::Bits => Fault::Bits { page, bits: inverted_bits(self.task.code) },
            FaultKind::PageProgram => Fault::Program(page),
            FaultKind::BlockErase => Fault::Erase(block),
            FaultKind::Block => Fault::Block(block),
            FaultKind::Plane => Fault::Plane { lun, plane },
            FaultKind::Die => Fault::Die { lun },
            FaultKind::Chip => Fault::Chip,
        };
        self.machine.lane(lane as usize).inject(chip as u8, fault)?;
        self.injected.push(self.machine.cycle());
        self.note(format!("{injection} is injected"));
        Ok(())
    }

    fn note(&mut self, text: String) {
        self.log.push(LogEntry { cycle: self.machine.cycle(), text });
    }

    /// Lane, chip and so on of a fault; none if its logical page has no place.
    fn parts(&self, injection: &Injection) -> Option<Vec<u32>> {
        if let Some(parts) = injection.parts(&self.options.shape) {
            return Some(parts);
        }
        match injection.target {
            FaultTarget::LogicalPage(page) => self.place_of(page),
            FaultTarget::Number(_) | FaultTarget::Parts(_) => None,
        }
    }

    /// Lane, chip, die, plane, block and page in which a logical page lies; none if it is not on flash.
    pub fn place_of(&self, page: u32) -> Option<Vec<u32>> {
        let word = self.machine.tables()[0].word(u64::from(page));
        let location = PageLocation::from_word(word, self.task.location_bits)?;
        let StripeLocation { row, plane, page } = self.task.stripe_of(location.group.into(), location.stripe);
        Some(vec![u32::from(location.lane), row.group, row.die, plane, row.block, page])
    }
}

/// Bits of the first codeword of both halves of a page.
fn inverted_bits(code: RecordCode) -> Vec<u32> {
    let record_bits = code.encoded_bytes() as u32 * 8;
    (0..2).flat_map(|half| (0..INVERTED_BITS).map(move |bit| half * record_bits + bit * 61)).collect()
}
