//! Project automation: `cargo xtask tools`, `cargo xtask test`, `cargo xtask bench`, `cargo xtask report`.

mod bench;
#[cfg(feature = "reports")]
mod blocks;
mod checks;
mod report;
#[cfg(feature = "reports")]
mod synthesis;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use hardpath_gen::toolchain::Toolchain;

/// Project automation.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install the pinned open toolchain into target/tools (or HARDPATH_TOOLS)
    Tools,
    /// Run everything CI checks: tools, format, lints, documentation, tests
    Test,
    /// Compare simulators: reports/simulation-speed.md
    Bench,
    /// Measure, and write a report into reports/
    Report {
        #[command(subcommand)]
        subject: Subject,
    },
}

#[derive(Subcommand)]
enum Subject {
    /// Every block's size and speed after place and route: reports/synthesis.md
    Synthesis {
        /// Only blocks whose name begins so, into a report of that name: reports/synthesis-NAME.md
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
    },
    /// Random faults and power cuts on a flash controller: reports/flash-controller-campaign.md
    Campaign {
        /// Cases with a fault, and as many with a power cut
        #[arg(long, default_value_t = 1000)]
        cases: u64,
        /// Seed of the first case
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Faults on the lines of an interface card: reports/line-faults.md
    LineFaults {
        /// Cases, of 200 faults each
        #[arg(long, default_value_t = 60)]
        cases: u64,
        /// Seed of the first case
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Tools => {
            let toolchain = provision()?;
            println!("the toolchain is in {}", toolchain.directory().display());
            Ok(ExitCode::SUCCESS)
        }
        Task::Test => checks::run(),
        Task::Bench => {
            provision()?;
            println!("wrote {}", bench::run()?.display());
            Ok(ExitCode::SUCCESS)
        }
        Task::Report { subject: Subject::Campaign { cases, seed } } => {
            println!("wrote {}", bench::campaign(cases, seed)?.display());
            Ok(ExitCode::SUCCESS)
        }
        Task::Report { subject: Subject::LineFaults { cases, seed } } => {
            println!("wrote {}", bench::line_faults(cases, seed)?.display());
            Ok(ExitCode::SUCCESS)
        }
        #[cfg(feature = "reports")]
        Task::Report { subject: Subject::Synthesis { only } } => {
            let toolchain = provision()?;
            let path = synthesis::report(&toolchain, &blocks::emit_all()?, only.as_deref())?;
            println!("wrote {}", path.display());
            Ok(ExitCode::SUCCESS)
        }
        #[cfg(not(feature = "reports"))]
        Task::Report { subject: Subject::Synthesis { only } } => {
            let mut arguments =
                vec!["run", "--quiet", "--package", "xtask", "--features", "reports", "--", "report", "synthesis"];
            if let Some(only) = &only {
                arguments.extend(["--only", only]);
            }
            checks::cargo(&arguments)
        }
    }
}

/// Installs the toolchain, saying on standard error what it does.
fn provision() -> Result<Toolchain> {
    Ok(Toolchain::provision(|step| eprintln!("  {step}"))?)
}
