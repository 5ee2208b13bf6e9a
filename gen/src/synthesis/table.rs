//! Many blocks' reports as one Markdown table.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::report::SynthesisReport;

/// A Markdown section with what all reports share, then a row for each block in the given order.
pub fn synthesis_table(reports: &[SynthesisReport]) -> String {
    let distinct = |of: &dyn Fn(&SynthesisReport) -> String| {
        let values: BTreeSet<String> = reports.iter().map(of).collect();
        values.into_iter().collect::<Vec<_>>().join("; ")
    };
    let mut text = String::new();
    let mut line = |content: &str| {
        text.push_str(content);
        text.push('\n');
    };
    line(&format!("Device: {}", distinct(&|r| r.part.clone())));
    line("");
    line(&format!("Tools: {}", distinct(&|r| r.tools.to_string())));
    line("");
    line("| block | LUT4 | FF | block RAM | Fmax MHz | seed | all seeds, MHz | context | worst path |");
    line("|---|---:|---:|---:|---:|---:|---|---|---|");
    for report in reports {
        line(&row(report));
    }
    text
}

fn row(report: &SynthesisReport) -> String {
    let fmax = |value: Option<f64>| value.map_or("-".to_owned(), |mhz| format!("{mhz:.1}"));
    let seeds: Vec<String> = report.seeds.iter().map(|s| fmax(s.fmax_mhz)).collect();
    let mut text = format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} |",
        report.top,
        report.lookup_tables.used,
        report.flip_flops.used,
        report.block_rams.used,
        fmax(report.fmax_mhz()),
        report.seed,
        seeds.join(" / "),
        if report.out_of_context { "out of context" } else { "with pins" },
    );
    match &report.worst_path {
        // Writing into a String cannot fail.
        Some(path) => {
            let _ = write!(text, " `{}` to `{}` |", path.from, path.to);
        }
        None => text.push_str(" - |"),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::report::{ClockLimit, SeedResult, Usage};
    use super::*;
    use crate::toolchain::ToolVersions;

    #[test]
    fn a_block_is_one_row_with_its_best_seed_and_all_seeds() {
        let used = |used| Usage { used, available: 100 };
        let report = SynthesisReport {
            top: "fifo".into(),
            board: "ecp5-large".into(),
            part: "LFE5UM5G-85F-8BG756".into(),
            out_of_context: true,
            port_bits: 400,
            lookup_tables: used(11),
            flip_flops: used(22),
            block_rams: used(3),
            clocks: vec![ClockLimit { clock: "clock".into(), achieved_mhz: 310.04, constraint_mhz: 300.0 }],
            worst_path: None,
            seed: 2,
            seeds: vec![SeedResult { seed: 1, fmax_mhz: Some(290.0) }, SeedResult { seed: 2, fmax_mhz: Some(310.04) }],
            tools: ToolVersions { yosys: "Yosys 0.70".into(), nextpnr: "nextpnr-0.11.1".into() },
        };
        let table = synthesis_table(&[report]);
        assert!(table.starts_with("Device: LFE5UM5G-85F-8BG756\n"));
        assert!(table.contains("Tools: Yosys 0.70, nextpnr-0.11.1\n"));
        let row = "| fifo | 11 | 22 | 3 | 310.0 | 2 | 290.0 / 310.0 | out of context | - |\n";
        assert!(table.ends_with(row), "{table}");
    }
}
