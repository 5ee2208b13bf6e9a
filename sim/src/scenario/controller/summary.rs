//! The figures of a run.

use super::run::CLOCK_PICOSECONDS;
use crate::firmware::{FirmwareReport, LogEntry, Rebuild};
use crate::waveform::{SaveFile, TracedDesign};
use crate::workload::WrongPage;
use crate::workload::statistics::WorkloadReport;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Cycles that a waveform shows when it is opened.
const SHOWN_CYCLES: u64 = 2_000;

/// A finished run.
pub struct Summary {
    /// The host's figures.
    pub workload: WorkloadReport,
    /// The firmware's.
    pub firmware: FirmwareReport,
    /// Pages that the host wrote in the workload.
    pub written: u64,
    /// Pages moved meanwhile.
    pub moved: u64,
    /// Cycles of the host's reads that were made again from their stripes.
    pub degraded_reads: Vec<u64>,
    /// Reads of lost pages.
    pub lost_reads: u64,
    /// Pages that were wrong.
    pub wrong: Vec<WrongPage>,
    /// What happened.
    pub log: Vec<LogEntry>,
    /// Cycles simulated.
    pub cycles: u64,
    /// Time that took.
    pub wall: Duration,
    /// Cycle in which the workload began.
    pub begun: u64,
    /// Slots of the stripes that reached the page map meanwhile.
    pub mapped_slots: u64,
    /// Cycle in which power failed.
    pub power_cut: Option<u64>,
    /// When power came back, and when the tables were whole.
    pub restart: Option<(u64, u64)>,
    pub(super) traced: Option<TracedDesign>,
    pub(super) opening: u64,
}

/// The figures for a program to read.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Simulated time in microseconds, from the power-up.
    pub simulated_us: f64,
    /// The workload: rates and latencies by kind of command.
    pub workload: WorkloadReport,
    /// Pages written by the host and by the mover, over those written by the host.
    pub write_amplification: f64,
    /// Pages moved.
    pub moved_pages: u64,
    /// Slots of stripes in which there was no page when they were closed; those of the last two stripes are not counted.
    pub filled_slots: u64,
    /// Rows erased.
    pub erased_rows: u64,
    /// Difference of the erases of the most and the least worn row.
    pub wear_spread: u32,
    /// Rows written anew because they were read too often.
    pub refreshed_rows: u64,
    /// Records that the periodic sweep read.
    pub swept_records: u64,
    /// Those of them that were hardly readable or not at all.
    pub weak_records: u64,
    /// Bits that chip-level correction mended.
    pub corrected_bits: u32,
    /// Records in which it did.
    pub corrected_records: u32,
    /// Pages made again from their stripes.
    pub reconstructed_pages: u64,
    /// Reads that ended with a medium error.
    pub lost_reads: u64,
    /// Stripes opened, by members.
    pub stripe_widths: BTreeMap<u32, u64>,
    /// Dies given up.
    pub retired_dies: u64,
    /// Programs that failed.
    pub failed_programs: u64,
    /// Blocks whose erase failed.
    pub failed_erases: u64,
    /// Times of variable-stripe RAID.
    pub recovery: Recovery,
    /// From the loss of power to everything acknowledged on flash, in microseconds.
    pub destage_us: Option<f64>,
    /// From the return of power to tables that are whole, in microseconds.
    pub restore_us: Option<f64>,
    /// From what the tables were made again.
    pub restored_from: Option<Rebuild>,
    /// Pages that were not what they had to be.
    pub verify_errors: u64,
    /// Simulated clock cycles per second of real time.
    pub cycles_per_s: f64,
}

/// What it takes to live with a loss, in microseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Recovery {
    /// A page of the host, read from the rest of its stripe: mean.
    pub read_us: Option<f64>,
    /// The longest of them.
    pub longest_read_us: Option<f64>,
    /// Pages read so for the host.
    pub reads: u64,
    /// A stripe's valid pages into stripes without the lost member: mean.
    pub stripe_us: Option<f64>,
    /// The longest of them.
    pub longest_stripe_us: Option<f64>,
    /// Stripes restored.
    pub stripes: u64,
    /// A die with all its rows: each evacuation.
    pub evacuations_us: Vec<f64>,
}

fn microseconds(cycles: u64) -> f64 {
    (cycles * CLOCK_PICOSECONDS) as f64 / 1e6
}

impl Summary {
    /// The figures for a program.
    pub fn report(&self) -> Report {
        let firmware = &self.firmware;
        let restored = &firmware.stripes_restored;
        let mean = |times: &[u64]| times.iter().sum::<u64>().checked_div(times.len() as u64).map(microseconds);
        let longest = |times: &[u64]| times.iter().max().copied().map(microseconds);
        Report {
            simulated_us: microseconds(self.cycles),
            workload: self.workload.clone(),
            write_amplification: (self.written + self.moved) as f64 / self.written.max(1) as f64,
            moved_pages: self.moved,
            filled_slots: self.mapped_slots.saturating_sub(self.written + self.moved),
            erased_rows: firmware.erased_rows,
            wear_spread: firmware.wear_spread,
            refreshed_rows: firmware.refreshed_rows,
            swept_records: firmware.checked_records,
            weak_records: firmware.weak_records,
            corrected_bits: firmware.corrected_bits,
            corrected_records: firmware.corrected_records,
            reconstructed_pages: firmware.degraded_reads.iter().filter(|read| !read.lost).count() as u64,
            lost_reads: self.lost_reads,
            stripe_widths: firmware.widths.clone(),
            retired_dies: firmware.retired.len() as u64,
            failed_programs: firmware.failed_programs,
            failed_erases: firmware.failed_erases,
            recovery: Recovery {
                read_us: mean(&self.degraded_reads),
                longest_read_us: longest(&self.degraded_reads),
                reads: self.degraded_reads.len() as u64,
                stripe_us: mean(restored),
                longest_stripe_us: longest(restored),
                stripes: restored.len() as u64,
                evacuations_us: firmware.evacuations.iter().map(|(begin, end)| microseconds(end - begin)).collect(),
            },
            destage_us: self.power_cut.zip(firmware.destaged).map(|(cut, saved)| microseconds(saved - cut)),
            restored_from: firmware.restored.last().copied(),
            restore_us: self.restart.map(|(from, to)| microseconds(to - from)),
            verify_errors: self.wrong.len() as u64,
            cycles_per_s: self.cycles as f64 / self.wall.as_secs_f64().max(1e-9),
        }
    }

    /// The rates and latencies, and below them what else is to be known, as tables.
    pub fn table(&self) -> String {
        let report = self.report();
        let widths: Vec<String> =
            report.stripe_widths.iter().map(|(width, stripes)| format!("{}+1: {stripes}", width - 1)).collect();
        let time = |time: f64| format!("{time:.1} us");
        let mut rows = vec![
            ("simulated", format!("{:.3} ms", report.simulated_us / 1000.0)),
            ("write amplification", format!("{:.3}", report.write_amplification)),
            ("pages moved", report.moved_pages.to_string()),
            ("slots filled up", report.filled_slots.to_string()),
            ("rows erased", report.erased_rows.to_string()),
            ("wear spread", format!("{} erases", report.wear_spread)),
            ("rows refreshed, read often", report.refreshed_rows.to_string()),
            ("records swept", format!("{}, {} of them weak", report.swept_records, report.weak_records)),
            ("bits corrected", format!("{} in {} records", report.corrected_bits, report.corrected_records)),
            ("pages reconstructed", report.reconstructed_pages.to_string()),
            ("reads lost", report.lost_reads.to_string()),
            ("stripe widths", widths.join(", ")),
            ("dies retired", report.retired_dies.to_string()),
            ("failed programs, erases", format!("{}, {}", report.failed_programs, report.failed_erases)),
        ];
        let recovery = &report.recovery;
        for (name, mean, longest, count) in [
            ("degraded read", recovery.read_us, recovery.longest_read_us, recovery.reads),
            ("stripe restored", recovery.stripe_us, recovery.longest_stripe_us, recovery.stripes),
        ] {
            if let (Some(mean), Some(longest)) = (mean, longest) {
                rows.push((name, format!("{} on average, {} at most, {count} of them", time(mean), time(longest))));
            }
        }
        rows.extend(report.recovery.evacuations_us.iter().map(|us| ("evacuation", time(*us))));
        rows.extend(report.destage_us.map(|us| ("saved after power loss", time(us))));
        if let (Some(us), Some(way)) = (report.restore_us, report.restored_from) {
            let way = match way {
                Rebuild::Tables => "from those that were saved",
                Rebuild::Headers => "from stripe headers",
            };
            rows.push(("tables made again", format!("{} {way}", time(us))));
        }
        rows.push(("pages wrong", report.verify_errors.to_string()));
        rows.push(("simulation speed", format!("{:.0} cycles/s", report.cycles_per_s)));
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        for (name, value) in rows {
            table.add_row([name.to_owned(), value]);
        }
        if let Some(column) = table.column_mut(0) {
            column.set_cell_alignment(CellAlignment::Left);
        }
        format!("{}\n\n{}", self.workload.table(), table)
    }

    /// What happened, with times.
    pub fn events(&self) -> impl Iterator<Item = String> {
        self.log.iter().map(|entry| format!("{:>12.3} us  {}", microseconds(entry.cycle), entry.text))
    }

    /// Writes the GTKWave save file of a waveform at `dump` to `path`, opening on the first fault injected, else where the
    /// workload begins.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_save_file(&self, dump: &Path, path: &Path) -> anyhow::Result<()> {
        if let Some(traced) = &self.traced {
            let interesting = self.opening * CLOCK_PICOSECONDS..(self.opening + SHOWN_CYCLES) * CLOCK_PICOSECONDS;
            SaveFile::new(traced, dump, interesting).write(path)?;
        }
        Ok(())
    }
}
