//! Runs a flash controller under random workloads with random faults and power cuts, and prints a Markdown section.
//!
//! Every case follows from its seed. A case is good if every page that was read had a content that it may have had, and no
//! page was lost whose stripe missed one member only. `cargo xtask report campaign` runs it and keeps what it prints.

use anyhow::{Context, Result, ensure};
use hardpath_sim::firmware::Rebuild;
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::controller::{
    ControllerOptions, ControllerRun, ControllerShape, FaultKind, FaultTarget, Injection, Summary, Upkeep,
};
use hardpath_sim::scenario::{Moment, Trace};
use hardpath_sim::workload::{PatternKind, WorkloadChoice};
use hardpath_testbenches::campaign::{number_argument, run_cases};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeMap;

/// Cases of each kind, unless told otherwise.
const CASES: u64 = 1_000;
/// Flash so many times as fast as real flash.
const HASTE: u32 = 25;

/// What happens in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Something fails.
    Faults,
    /// Power fails, and in every second case something else before.
    PowerCut,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Faults => "faults",
            Self::PowerCut => "power cuts",
        }
    }
}

/// What became of a kind of case.
#[derive(Clone, Debug, Default)]
struct Tally {
    cases: u64,
    faults: BTreeMap<&'static str, u64>,
    commands: u64,
    reconstructed: u64,
    moved: u64,
    erased: u64,
    retired: u64,
    refreshed: u64,
    swept: u64,
    longest_destage: f64,
    /// From the tables that were saved, and from headers.
    restored: [u64; 2],
    longest_restore: [f64; 2],
    cycles: u64,
}

fn options(kind: Kind, seed: u64) -> ControllerOptions {
    let mut random = StdRng::seed_from_u64(seed);
    let shape = ControllerShape {
        flash: FlashKind::Slc,
        dies: [1, 1, 1, 2][random.random_range(0..4)],
        blocks_per_plane: [4, 4, 4, 8][random.random_range(0..4)],
        pages_per_block: [2, 2, 4, 4, 4, 4, 4, 8][random.random_range(0..8)],
    };
    let pattern = [PatternKind::Mixed, PatternKind::MixedTrim, PatternKind::SeqWrite, PatternKind::GcSteady]
        [random.random_range(0..4)];
    let mut options = ControllerOptions {
        shape,
        workload: WorkloadChoice::Pattern(pattern),
        commands: random.random_range(60..300),
        queue_depth: random.random_range(4..=64),
        logical_pages: None,
        seed,
        inject: vec![],
        power_cut: None,
        rebuild: Rebuild::Tables,
        upkeep: Upkeep::default(),
        haste: HASTE,
        read_marks: false,
        read_stress: 1,
    };
    let most = options.device_pages();
    options.logical_pages = Some(random.random_range(most / 3..=most));
    let last = if pattern == PatternKind::GcSteady { 3_000_000 } else { 800_000 };
    if kind == Kind::Faults || random.random_bool(0.5) {
        options.inject.push(fault(&shape, &options, last, &mut random));
    }
    if kind == Kind::PowerCut {
        options.power_cut = Some(Moment(random.random_range(1_000..last)));
        options.rebuild = [Rebuild::Tables, Rebuild::Headers][random.random_range(0..2)];
    }
    if random.random_bool(0.5) {
        options.upkeep.sweep = Moment(100_000);
        options.upkeep.read_limit = random.random_range(64..1_000);
        options.read_stress = 10u64.pow(random.random_range(0..=6));
    }
    options
}

fn fault(shape: &ControllerShape, options: &ControllerOptions, last: u64, random: &mut StdRng) -> Injection {
    let kind = FaultKind::ALL[random.random_range(0..FaultKind::ALL.len())];
    let counts = [10, 2, shape.dies, 2, shape.blocks_per_plane, shape.pages_per_block];
    let target = if kind == FaultKind::Bits {
        FaultTarget::LogicalPage(random.random_range(0..options.device_pages()))
    } else {
        FaultTarget::Parts(counts[..kind.parts()].iter().map(|count| random.random_range(0..*count)).collect())
    };
    Injection { kind, target, at: Moment(random.random_range(0..last)) }
}

fn run(kind: Kind, seed: u64) -> Result<(ControllerOptions, Summary)> {
    let options = options(kind, seed);
    let summary = ControllerRun::new(&options, &Trace::none(), &mut |_| {})?.run()?;
    ensure!(summary.wrong.is_empty(), "pages were wrong: {:?}\n{}", summary.wrong, log(&summary));
    ensure!(summary.lost_reads == 0, "{} reads lost\n{}", summary.lost_reads, log(&summary));
    let restored = summary.report().restored_from;
    ensure!(
        summary.restart.is_none() || restored == Some(options.rebuild),
        "tables made again from {restored:?}\n{}",
        log(&summary)
    );
    Ok((options, summary))
}

fn log(summary: &Summary) -> String {
    summary.events().collect::<Vec<_>>().join("\n")
}

impl Tally {
    fn add(&mut self, options: &ControllerOptions, summary: &Summary) {
        let report = summary.report();
        self.cases += 1;
        for injection in &options.inject {
            *self.faults.entry(FaultKind::NAMES[injection.kind as usize]).or_default() += 1;
        }
        self.commands += report.workload.operations.iter().map(|operation| operation.commands).sum::<u64>();
        self.reconstructed += report.reconstructed_pages;
        self.moved += report.moved_pages;
        self.erased += report.erased_rows;
        self.retired += report.retired_dies;
        self.refreshed += report.refreshed_rows;
        self.swept += report.swept_records;
        self.longest_destage = self.longest_destage.max(report.destage_us.unwrap_or(0.0));
        if let Some(time) = report.restore_us {
            let way = usize::from(report.restored_from != Some(Rebuild::Tables));
            self.restored[way] += 1;
            self.longest_restore[way] = self.longest_restore[way].max(time);
        }
        self.cycles += summary.cycles;
    }

    fn print(&self, title: &str, first_seed: u64) {
        let faults: Vec<String> = self.faults.iter().map(|(name, count)| format!("{count} {name}")).collect();
        println!("## {title}\n");
        println!("| figure | value |\n|---|---:|");
        println!("| cases, seeds from {first_seed} | {} |", self.cases);
        println!("| faults | {} |", faults.join(", "));
        println!("| commands | {} |", self.commands);
        println!("| pages reconstructed | {} |", self.reconstructed);
        println!("| pages moved, rows erased | {}, {} |", self.moved, self.erased);
        println!("| dies retired | {} |", self.retired);
        println!("| rows refreshed after many reads, records swept | {}, {} |", self.refreshed, self.swept);
        if self.longest_destage > 0.0 {
            println!("| longest saving after power loss | {:.1} us |", self.longest_destage);
            for (way, name) in ["from those that were saved", "from stripe headers"].into_iter().enumerate() {
                let (cases, longest) = (self.restored[way], self.longest_restore[way]);
                println!("| tables made again {name}: cases, longest | {cases}, {longest:.1} us |");
            }
        }
        println!("| cycles simulated | {} |\n", self.cycles);
    }
}

fn campaign(kind: Kind, first_seed: u64, cases: u64) -> Result<Tally> {
    let case = |seed| run(kind, seed).with_context(|| format!("{:?}", options(kind, seed)));
    run_cases(kind.name(), first_seed, cases, case, |tally: &mut Tally, (options, summary)| {
        tally.add(&options, &summary)
    })
}

fn main() -> Result<()> {
    let (cases, seed) = (number_argument(1, CASES)?, number_argument(2, 1)?);
    println!(
        "A flash controller of ten lanes with its firmware, SLC flash {HASTE} times as fast as real flash, one or two dies a \
         chip, under random patterns; in half of the cases firmware sweeps, and refreshes blocks after few reads. Every page \
         read is checked. When power fails, every stripe on flash has to add up to zero if no fault was injected; afterwards \
         the page map, made again from the tables that were saved or in half of the cases from headers alone, has to be \
         the one that was lost, and every page that was ever written or trimmed is read. A wrong page, stripe or \
         place or a lost read ends the campaign with an error: there was none.\n"
    );
    let faults = campaign(Kind::Faults, seed, cases)?;
    faults.print("One fault", seed);
    let cuts = campaign(Kind::PowerCut, seed, cases)?;
    cuts.print("A power cut", seed);
    Ok(())
}
