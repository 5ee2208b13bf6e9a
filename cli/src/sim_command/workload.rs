//! What a host asks for, whatever it is attached to.

/// Commands of a built-in pattern, unless told otherwise.
const COMMANDS: u64 = 5_000;
/// Commands in flight, unless told otherwise.
const QUEUE_DEPTH: u32 = 64;

/// A workload.
#[derive(clap::Args)]
#[command(next_help_heading = "Scenarios controller and fc")]
pub struct WorkloadArguments {
    /// `seq-write`, `rand-read`, `mixed`, `mixed-trim`, `gc-steady`, or a log of fio, version 2 or 3 [default: mixed]
    #[arg(long, value_name = "PATTERN|FILE")]
    workload: Option<String>,
    /// Commands of a built-in pattern [default: 5000]
    #[arg(long)]
    commands: Option<u64>,
    /// Most commands in flight, 1..=128 [default: 64]
    #[arg(long)]
    queue_depth: Option<u32>,
    /// Logical pages of 4 KB [default: controller: all that the chips allow, 4096 at most for patterns that do not collect
    /// garbage; fc: 1024]
    #[arg(long)]
    pub logical_pages: Option<u32>,
    /// Seed of contents, patterns and chips [default: 1]
    #[arg(long)]
    seed: Option<u64>,
}

impl WorkloadArguments {
    /// The first option that was given.
    pub fn first_given(&self) -> Option<&'static str> {
        let given = [
            ("--workload", self.workload.is_some()),
            ("--commands", self.commands.is_some()),
            ("--queue-depth", self.queue_depth.is_some()),
            ("--logical-pages", self.logical_pages.is_some()),
            ("--seed", self.seed.is_some()),
        ];
        given.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }

    /// The name of a pattern, or the path of a log.
    pub fn name(&self) -> &str {
        self.workload.as_deref().unwrap_or("mixed")
    }

    /// Commands of a built-in pattern.
    pub fn commands(&self) -> u64 {
        self.commands.unwrap_or(COMMANDS)
    }

    /// Most commands in flight.
    pub fn queue_depth(&self) -> u32 {
        self.queue_depth.unwrap_or(QUEUE_DEPTH)
    }

    /// Seed of all that is random.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or(1)
    }
}
