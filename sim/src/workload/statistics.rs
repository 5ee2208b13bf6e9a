//! Latencies, rates and bandwidths of a run.

use super::host_command::Operation;
use comfy_table::{CellAlignment, Table, presets};
use hdrhistogram::Histogram;
use serde::Serialize;

/// Decimal digits to which a latency is kept.
const SIGNIFICANT_DIGITS: u8 = 3;

/// Longest latency told apart in nanoseconds; longer ones count as this.
const LONGEST: u64 = 1_000_000_000_000;

/// Collects the completions of a run.
#[derive(Clone, Debug)]
pub struct Statistics {
    latencies: [Histogram<u64>; 4],
    first: Option<u64>,
    last: u64,
}

/// The figures of one kind of command.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperationReport {
    /// What the commands did.
    pub operation: Operation,
    /// Commands completed.
    pub commands: u64,
    /// Commands a second of simulated time.
    pub per_second: f64,
    /// Megabytes (10^6) a second of simulated time.
    pub megabytes_per_second: f64,
    /// From issue to completion.
    pub latency: LatencyReport,
}

/// Latencies in microseconds, exact to three decimal digits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LatencyReport {
    /// Shortest.
    pub minimum: f64,
    /// Mean.
    pub mean: f64,
    /// Half of the commands are at most this long.
    pub p50: f64,
    /// 90 in 100.
    pub p90: f64,
    /// 99 in 100.
    pub p99: f64,
    /// 999 in 1,000.
    pub p99_9: f64,
    /// Longest.
    pub maximum: f64,
}

/// The figures of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorkloadReport {
    /// Simulated time from the first issue to the last completion in microseconds.
    pub microseconds: f64,
    /// The kinds of commands that occurred.
    pub operations: Vec<OperationReport>,
}

impl Default for Statistics {
    fn default() -> Self {
        Self::new()
    }
}

impl Statistics {
    /// No command completed yet.
    pub fn new() -> Self {
        // Legal bounds and digits (0..=5): what else could fail does not occur.
        let empty = || Histogram::new_with_bounds(1, LONGEST, SIGNIFICANT_DIGITS).expect("legal bounds and digits");
        Self { latencies: std::array::from_fn(|_| empty()), first: None, last: 0 }
    }

    /// A command completed; times in nanoseconds.
    pub fn complete(&mut self, operation: Operation, issued: u64, completed: u64) {
        self.latencies[operation as usize].saturating_record(completed.saturating_sub(issued));
        self.first = Some(self.first.map_or(issued, |first| first.min(issued)));
        self.last = self.last.max(completed);
    }

    /// Latencies of all commands, of whatever kind.
    pub fn latency(&self) -> LatencyReport {
        let [mut all, others @ ..] = self.latencies.clone();
        for other in &others {
            // Of the same bounds.
            all.add(other).expect("histograms of the same bounds");
        }
        LatencyReport::of(&all)
    }

    /// The figures up to now.
    pub fn report(&self) -> WorkloadReport {
        let nanoseconds = self.last.saturating_sub(self.first.unwrap_or(self.last));
        // Commands that take no time at all have a rate, too.
        let seconds = nanoseconds.max(1) as f64 * 1e-9;
        let kinds = Operation::ALL.into_iter().zip(&self.latencies).filter(|(_, latencies)| !latencies.is_empty());
        let operations = kinds.map(|(operation, latencies)| {
            let per_second = latencies.len() as f64 / seconds;
            OperationReport {
                operation,
                commands: latencies.len(),
                per_second,
                megabytes_per_second: per_second * operation.bytes() as f64 * 1e-6,
                latency: LatencyReport::of(latencies),
            }
        });
        WorkloadReport { microseconds: nanoseconds as f64 * 1e-3, operations: operations.collect() }
    }
}

impl LatencyReport {
    fn of(latencies: &Histogram<u64>) -> Self {
        let microseconds = |nanoseconds: u64| nanoseconds as f64 * 1e-3;
        let part = |part| microseconds(latencies.value_at_quantile(part));
        Self {
            minimum: microseconds(latencies.min()),
            mean: latencies.mean() * 1e-3,
            p50: part(0.5),
            p90: part(0.9),
            p99: part(0.99),
            p99_9: part(0.999),
            maximum: microseconds(latencies.max()),
        }
    }
}

impl WorkloadReport {
    /// A table, a row for each kind of command.
    pub fn table(&self) -> String {
        let mut table = Table::new();
        table.load_preset(presets::UTF8_BORDERS_ONLY);
        table.set_header([
            "command", "count", "IOPS", "MB/s", "min us", "mean", "50 %", "90 %", "99 %", "99.9 %", "max us",
        ]);
        for row in &self.operations {
            let latency = &row.latency;
            let times =
                [latency.minimum, latency.mean, latency.p50, latency.p90, latency.p99, latency.p99_9, latency.maximum];
            let mut cells = vec![
                row.operation.name().to_owned(),
                row.commands.to_string(),
                format!("{:.0}", row.per_second),
                format!("{:.1}", row.megabytes_per_second),
            ];
            cells.extend(times.map(|time| format!("{time:.2}")));
            table.add_row(cells);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        format!("{table}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rates_count_from_the_first_issue_to_the_last_completion() {
        let mut statistics = Statistics::new();
        statistics.complete(Operation::Read, 1_000, 51_000);
        statistics.complete(Operation::Read, 2_000, 101_000);
        statistics.complete(Operation::Flush, 2_000, 3_000);
        let report = statistics.report();
        assert_eq!(report.microseconds, 100.0);
        assert_eq!(report.operations.len(), 2);
        let reads = &report.operations[0];
        assert_eq!((reads.operation, reads.commands), (Operation::Read, 2));
        assert!((reads.per_second - 20_000.0).abs() < 1e-6);
        assert!((reads.megabytes_per_second - 81.92).abs() < 1e-6);
        assert!(report.table().lines().any(|line| line.contains("read") && line.contains("20000")));
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["operations"][1]["operation"], "flush");
    }

    #[test]
    fn an_empty_run_has_no_rows() {
        assert_eq!(Statistics::new().report().operations, []);
    }

    proptest! {
        #[test]
        fn percentiles_are_those_of_the_sorted_latencies(mut latencies in prop::collection::vec(1u64..100_000_000, 1..300)) {
            let mut statistics = Statistics::new();
            for latency in &latencies {
                statistics.complete(Operation::Write, 5, 5 + latency);
            }
            latencies.sort_unstable();
            let latency = &statistics.report().operations[0].latency;
            for (part, figure) in [(0.5, latency.p50), (0.9, latency.p90), (0.99, latency.p99), (1.0, latency.maximum)] {
                let rank = ((part * latencies.len() as f64).ceil() as usize).max(1);
                let exact = latencies[rank - 1] as f64 * 1e-3;
                prop_assert!((figure - exact).abs() <= exact * 1.1e-3 + 1e-9, "{part}: {figure} for {exact}");
            }
        }
    }
}
