//! `hardpath sim`.

mod controller;
mod file;
mod outputs;

use crate::failure::MarkWrongUse;
use anyhow::{Result, anyhow};
use clap::ValueEnum;
use controller::ControllerArguments;
use file::FileArguments;
use outputs::Outputs;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// A file through the stripe and parity circuits onto the lanes of an array, a lane lost, and the file back
    File,
    /// One flash controller with its chips under a workload
    Controller,
}

/// What to simulate, and what to keep of it.
#[derive(clap::Args)]
pub struct Arguments {
    /// What is simulated
    #[arg(long, value_enum, default_value_t = Scenario::File)]
    scenario: Scenario,
    #[command(flatten)]
    file: FileArguments,
    #[command(flatten)]
    controller: ControllerArguments,
    #[command(flatten)]
    outputs: Outputs,
}

/// Runs a scenario and prints its table.
pub fn run(arguments: &Arguments) -> Result<()> {
    let foreign = match arguments.scenario {
        Scenario::File => arguments.controller.first_given().map(|option| (option, "controller")),
        Scenario::Controller => arguments.file.first_given().map(|option| (option, "file")),
    };
    if let Some((option, scenario)) = foreign {
        return Err(anyhow!("{option} belongs to another scenario (legal: with --scenario {scenario})")).wrong_use();
    }
    match arguments.scenario {
        Scenario::File => file::run(&arguments.file, &arguments.outputs),
        Scenario::Controller => controller::run(&arguments.controller, &arguments.outputs),
    }
}
