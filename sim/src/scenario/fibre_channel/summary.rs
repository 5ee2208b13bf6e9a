//! The figures of a run.

use super::card_machine::WORD_PICOSECONDS;
use super::options::Attach;
use crate::models::fibre_channel::{LineCounts, Speed, Violation};
use crate::waveform::{SaveFile, TracedDesign};
use crate::workload::statistics::{LatencyReport, Statistics};
use crate::workload::{Operation, WrongPage};
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

/// Cycles that a waveform shows when it is opened.
const SHOWN_CYCLES: u64 = 2_000;

/// A finished run.
pub struct Summary {
    /// How host and array were joined.
    pub attach: Attach,
    /// Speed of the first line at the end.
    pub speed: Speed,
    /// The host's figures.
    pub statistics: Statistics,
    /// What the hosts' ports counted.
    pub counts: Vec<LineCounts>,
    /// Commands that ended, of all phases.
    pub exchanges: u64,
    /// Reads of lost pages.
    pub lost_reads: u64,
    /// Pages that were wrong.
    pub wrong: Vec<WrongPage>,
    /// What was wrong with frames of the array.
    pub violations: Vec<Violation>,
    /// Cycles simulated.
    pub cycles: u64,
    /// Cycle in which the workload began.
    pub begun: u64,
    /// Time that took.
    pub wall: Duration,
    pub(super) traced: Option<TracedDesign>,
}

/// The figures for a program to read.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How host and array were joined.
    pub attach: Attach,
    /// Speed of the line in gigabits a second, nominal.
    pub link_speed_gbps: u32,
    /// Frames that the array received.
    pub frames_in: u64,
    /// Frames that the array sent.
    pub frames_out: u64,
    /// Frames with a wrong CRC.
    pub crc_errors: u64,
    /// Commands that ended, of all phases.
    pub exchanges: u64,
    /// Commands of the workload a second of simulated time.
    pub iops: f64,
    /// Megabytes (10^6) read a second.
    pub read_mb_per_s: f64,
    /// Megabytes (10^6) written a second.
    pub write_mb_per_s: f64,
    /// From a command to its end, of all commands of the workload, in microseconds.
    pub latency_us: Latency,
    /// Reads that ended with a medium error.
    pub lost_reads: u64,
    /// Pages that were not what they had to be, and frames that did not fit.
    pub verify_errors: u64,
    /// Simulated time of the whole run in microseconds.
    pub simulated_us: f64,
    /// Simulated clock cycles per second of real time.
    pub cycles_per_s: f64,
}

/// Latencies in microseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Latency {
    /// Half of the commands are at most this long.
    pub p50: f64,
    /// 99 in 100.
    pub p99: f64,
    /// Longest.
    pub max: f64,
}

impl From<LatencyReport> for Latency {
    fn from(report: LatencyReport) -> Self {
        Self { p50: report.p50, p99: report.p99, max: report.maximum }
    }
}

impl Summary {
    /// The figures for a program.
    pub fn report(&self) -> Report {
        let workload = self.statistics.report();
        let counted = |count: fn(&LineCounts) -> u64| self.counts.iter().map(count).sum();
        let of = |operation| workload.operations.iter().find(|row| row.operation == operation);
        let megabytes = |operation| of(operation).map_or(0.0, |row| row.megabytes_per_second);
        Report {
            attach: self.attach,
            link_speed_gbps: self.speed.gigabits(),
            frames_in: counted(|counts| counts.sent),
            frames_out: counted(|counts| counts.received + counts.wrong_crc + counts.broken),
            crc_errors: counted(|counts| counts.wrong_crc),
            exchanges: self.exchanges,
            iops: workload.operations.iter().map(|row| row.per_second).sum(),
            read_mb_per_s: megabytes(Operation::Read),
            write_mb_per_s: megabytes(Operation::Write),
            latency_us: self.statistics.latency().into(),
            lost_reads: self.lost_reads,
            verify_errors: (self.wrong.len() + self.violations.len()) as u64,
            simulated_us: (self.cycles * WORD_PICOSECONDS) as f64 / 1e6,
            cycles_per_s: self.cycles as f64 / self.wall.as_secs_f64().max(1e-9),
        }
    }

    /// The rates and latencies, and below them what else is to be known, as tables.
    pub fn table(&self) -> String {
        let report = self.report();
        let rows = [
            (
                "lines",
                format!("{} Gb/s, {} of 2 ports, {}", report.link_speed_gbps, self.counts.len(), self.attach.words()),
            ),
            ("simulated", format!("{:.3} ms", report.simulated_us / 1000.0)),
            ("frames to the array, from it", format!("{}, {}", report.frames_in, report.frames_out)),
            ("frames with a wrong CRC", report.crc_errors.to_string()),
            ("commands ended", report.exchanges.to_string()),
            ("reads lost", report.lost_reads.to_string()),
            ("pages or frames wrong", report.verify_errors.to_string()),
            ("simulation speed", format!("{:.0} cycles/s", report.cycles_per_s)),
        ];
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        for (name, value) in rows {
            table.add_row([name.to_owned(), value]);
        }
        if let Some(column) = table.column_mut(0) {
            column.set_cell_alignment(CellAlignment::Left);
        }
        format!("{}\n\n{}", self.statistics.report().table(), table)
    }

    /// The first thing that was wrong, in words.
    pub fn first_wrong(&self) -> Option<String> {
        let frame = self.violations.first().map(|violation| format!("{}: {:X?}", violation.what, violation.header));
        crate::workload::first_wrong(&self.wrong).or(frame)
    }

    /// Writes the GTKWave save file of a waveform at `dump` to `path`, opening where the workload begins.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_save_file(&self, dump: &Path, path: &Path) -> anyhow::Result<()> {
        if let Some(traced) = &self.traced {
            let interesting = self.begun * WORD_PICOSECONDS..(self.begun + SHOWN_CYCLES) * WORD_PICOSECONDS;
            SaveFile::new(traced, dump, interesting).write(path)?;
        }
        Ok(())
    }
}
