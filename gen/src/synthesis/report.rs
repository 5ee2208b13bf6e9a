//! What place and route measured, parsed from the files the tools wrote.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::board::{Board, Family};
use crate::toolchain::ToolVersions;

/// How much of one kind of resource a block takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Used by the block.
    pub used: u64,
    /// Present in the device.
    pub available: u64,
}

/// One clock's limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClockLimit {
    /// The clock net, named after its port.
    pub clock: String,
    /// Highest frequency in MHz at which every register-to-register path still settles.
    pub achieved_mhz: f64,
    /// The frequency in MHz it was constrained to.
    pub constraint_mhz: f64,
}

/// The path that limits a block.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorstPath {
    /// Cell the path starts at.
    pub from: String,
    /// Cell the path ends at.
    pub to: String,
    /// Delay in ns through cells, clock-to-output and setup included.
    pub logic_ns: f64,
    /// Delay in ns through wires.
    pub routing_ns: f64,
    /// How many cells with logic lie between its ends.
    pub logic_levels: usize,
}

/// The limit one placement seed led to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeedResult {
    /// The seed.
    pub seed: u32,
    /// Lowest limit in MHz over all clocks; none for a block without register-to-register paths.
    pub fmax_mhz: Option<f64>,
}

/// What a block takes and how fast it runs after place and route, for its best seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SynthesisReport {
    /// The top module.
    pub top: String,
    /// The board's name.
    pub board: String,
    /// Full part number.
    pub part: String,
    /// Without pins: paths from and to ports are not counted in the limits.
    pub out_of_context: bool,
    /// Bits over all ports.
    pub port_bits: u64,
    /// Four-input lookup tables, those of carry chains and lookup-table RAM included.
    pub lookup_tables: Usage,
    /// Flip-flops.
    pub flip_flops: Usage,
    /// Block RAMs (ECP5: 18 Kbit, iCE40: 4 Kbit).
    pub block_rams: Usage,
    /// Limits of every clock.
    pub clocks: Vec<ClockLimit>,
    /// The path behind the lowest limit.
    pub worst_path: Option<WorstPath>,
    /// The best seed, which every figure here is of.
    pub seed: u32,
    /// Every seed tried.
    pub seeds: Vec<SeedResult>,
    /// The tools that measured it.
    pub tools: ToolVersions,
}

impl SynthesisReport {
    /// Lowest limit in MHz over all clocks; none for a block without register-to-register paths.
    pub fn fmax_mhz(&self) -> Option<f64> {
        lowest(&self.clocks)
    }
}

impl fmt::Display for SynthesisReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let context = if self.out_of_context { "out of context, port paths not counted" } else { "with pins" };
        writeln!(formatter, "{} on {} ({})", self.top, self.board, self.part)?;
        writeln!(formatter, "  {context}; {} port bits", self.port_bits)?;
        for (what, usage) in
            [("LUT4", self.lookup_tables), ("flip-flops", self.flip_flops), ("block RAM", self.block_rams)]
        {
            writeln!(formatter, "  {what:<11} {:>6} of {}", usage.used, usage.available)?;
        }
        for clock in &self.clocks {
            writeln!(
                formatter,
                "  {:<11} {:>9.2} MHz at most (constraint {} MHz)",
                clock.clock, clock.achieved_mhz, clock.constraint_mhz
            )?;
        }
        if let Some(path) = &self.worst_path {
            writeln!(formatter, "  worst path  {path}")?;
        }
        let tried: Vec<String> = self.seeds.iter().map(SeedResult::to_string).collect();
        writeln!(formatter, "  seed        {} is the best of: {}", self.seed, tried.join(", "))?;
        write!(formatter, "  tools       {}", self.tools)
    }
}

impl fmt::Display for WorstPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} -> {}: {:.2} ns ({:.2} logic in {} levels, {:.2} routing)",
            self.from,
            self.to,
            self.logic_ns + self.routing_ns,
            self.logic_ns,
            self.logic_levels,
            self.routing_ns
        )
    }
}

impl fmt::Display for SeedResult {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fmax_mhz {
            Some(fmax) => write!(formatter, "{} ({fmax:.2} MHz)", self.seed),
            None => write!(formatter, "{} (no limit)", self.seed),
        }
    }
}

fn lowest(clocks: &[ClockLimit]) -> Option<f64> {
    clocks.iter().map(|clock| clock.achieved_mhz).min_by(f64::total_cmp)
}

/// The part of Yosys' `stat -json` that is used.
#[derive(Deserialize)]
pub(super) struct Statistics {
    design: DesignStatistics,
}

#[derive(Deserialize)]
struct DesignStatistics {
    num_port_bits: u64,
    num_cells_by_type: BTreeMap<String, u64>,
}

impl Statistics {
    pub(super) fn port_bits(&self) -> u64 {
        self.design.num_port_bits
    }

    /// How many cells have a type that starts with `prefix`.
    fn cells(&self, prefix: &str) -> u64 {
        self.design.num_cells_by_type.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(_, count)| count).sum()
    }
}

/// The part of nextpnr's `--report` that is used.
#[derive(Deserialize)]
pub(super) struct PlacementReport {
    critical_paths: Vec<CriticalPath>,
    fmax: BTreeMap<String, Frequency>,
    utilization: BTreeMap<String, Utilization>,
}

#[derive(Deserialize)]
struct Frequency {
    achieved: f64,
    constraint: f64,
}

#[derive(Deserialize)]
struct Utilization {
    used: u64,
    available: u64,
}

#[derive(Deserialize)]
struct CriticalPath {
    from: String,
    to: String,
    path: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    delay: f64,
    from: Pin,
    to: Pin,
    r#type: String,
}

#[derive(Deserialize)]
struct Pin {
    cell: String,
}

impl PlacementReport {
    pub(super) fn clocks(&self) -> Vec<ClockLimit> {
        self.fmax
            .iter()
            .map(|(net, frequency)| ClockLimit {
                clock: clock_name(net).to_owned(),
                achieved_mhz: frequency.achieved,
                constraint_mhz: frequency.constraint,
            })
            .collect()
    }

    pub(super) fn fmax_mhz(&self) -> Option<f64> {
        lowest(&self.clocks())
    }

    /// The path behind the lowest limit; without a clock, the longest one.
    pub(super) fn worst_path(&self) -> Option<WorstPath> {
        let slowest =
            self.fmax.iter().min_by(|(_, a), (_, b)| a.achieved.total_cmp(&b.achieved)).map(|(net, _)| net.as_str());
        let is_of = |edge: &str, net: &str| edge.split_once(' ').is_some_and(|(_, n)| n == net);
        self.critical_paths
            .iter()
            .filter(|path| slowest.is_none_or(|net| is_of(&path.from, net) && is_of(&path.to, net)))
            .max_by(|a, b| a.delay().total_cmp(&b.delay()))
            .and_then(CriticalPath::summary)
    }

    fn usage(&self, resource: &str) -> Usage {
        self.utilization
            .get(resource)
            .map(|entry| Usage { used: entry.used, available: entry.available })
            .unwrap_or_default()
    }

    /// Lookup tables, flip-flops and block RAMs. A logic cell of iCE40 holds a lookup table and a
    /// flip-flop, and nextpnr counts only cells, so Yosys says how many of each there are.
    pub(super) fn resources(&self, board: &Board, statistics: &Statistics) -> [Usage; 3] {
        match board.family {
            Family::Ecp5 => ["TRELLIS_COMB", "TRELLIS_FF", "DP16KD"].map(|name| self.usage(name)),
            Family::Ice40 => {
                let available = self.usage("ICESTORM_LC").available;
                let cells = |prefix| Usage { used: statistics.cells(prefix), available };
                [cells("SB_LUT4"), cells("SB_DFF"), self.usage("ICESTORM_RAM")]
            }
        }
    }
}

impl CriticalPath {
    fn delay(&self) -> f64 {
        self.path.iter().map(|segment| segment.delay).sum()
    }

    fn summary(&self) -> Option<WorstPath> {
        let (first, last) = (self.path.first()?, self.path.last()?);
        let routing_ns =
            self.path.iter().filter(|segment| segment.r#type == "routing").map(|segment| segment.delay).sum();
        Some(WorstPath {
            from: first.from.cell.clone(),
            to: last.to.cell.clone(),
            logic_ns: self.delay() - routing_ns,
            routing_ns,
            logic_levels: self.path.iter().filter(|s| s.r#type == "logic").count(),
        })
    }
}

/// The clock's port, out of the name nextpnr gives a net behind its buffers.
fn clock_name(net: &str) -> &str {
    let name = net.strip_prefix("$glbnet$").unwrap_or(net);
    let name = name.strip_suffix("_$glb_clk").unwrap_or(name);
    ["$TRELLIS_IO_IN", "$SB_IO_IN"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACEMENT: &str = r#"{
        "fmax": {
            "$glbnet$clock$TRELLIS_IO_IN": {"achieved": 250.0, "constraint": 12},
            "slow_clock": {"achieved": 100.0, "constraint": 12}
        },
        "utilization": {"TRELLIS_COMB": {"available": 83640, "used": 7}},
        "critical_paths": [
            {"from": "posedge $glbnet$clock$TRELLIS_IO_IN",
             "to": "posedge $glbnet$clock$TRELLIS_IO_IN", "path": []},
            {"from": "posedge slow_clock", "to": "posedge slow_clock", "path": [
                {"type": "clk-to-q", "delay": 0.5, "from": {"cell": "a"}, "to": {"cell": "a"}},
                {"type": "routing", "delay": 6.0, "from": {"cell": "a"}, "to": {"cell": "b"}},
                {"type": "logic", "delay": 0.25, "from": {"cell": "b"}, "to": {"cell": "b"}},
                {"type": "routing", "delay": 3.0, "from": {"cell": "b"}, "to": {"cell": "c"}},
                {"type": "setup", "delay": 0.25, "from": {"cell": "c"}, "to": {"cell": "c"}}]},
            {"from": "<async>", "to": "posedge slow_clock", "path": [
                {"type": "routing", "delay": 99.0, "from": {"cell": "x"}, "to": {"cell": "y"}}]}
        ]}"#;

    #[test]
    fn the_lowest_clock_limits_and_its_own_path_is_the_worst() {
        let report: PlacementReport = serde_json::from_str(PLACEMENT).unwrap();
        assert_eq!(report.fmax_mhz(), Some(100.0));
        assert_eq!(report.clocks()[0].clock, "clock");
        let path = report.worst_path().unwrap();
        assert_eq!((path.from.as_str(), path.to.as_str()), ("a", "c"));
        assert_eq!((path.logic_ns, path.routing_ns), (1.0, 9.0));
        assert_eq!(path.logic_levels, 1);
    }

    #[test]
    fn clock_nets_are_named_after_their_ports() {
        assert_eq!(clock_name("$glbnet$clock$TRELLIS_IO_IN"), "clock");
        assert_eq!(clock_name("clock$SB_IO_IN_$glb_clk"), "clock");
        assert_eq!(clock_name("clock"), "clock");
    }
}
