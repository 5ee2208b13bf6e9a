//! `hardpath sim`.

mod controller;
mod fibre_channel;
mod file;
mod outputs;
mod progress;
mod workload;

use crate::failure::MarkWrongUse;
use anyhow::{Result, anyhow};
use clap::ValueEnum;
use controller::ControllerArguments;
use fibre_channel::FibreChannelArguments;
pub use fibre_channel::StorageKind;
use file::FileArguments;
use outputs::Outputs;
use workload::WorkloadArguments;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// A file through the stripe and parity circuits onto the lanes of an array, a lane lost, and the file back
    File,
    /// One flash controller with its chips under a workload
    Controller,
    /// A Fibre Channel port with a host that logs in, writes and reads
    Fc,
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
    workload: WorkloadArguments,
    #[command(flatten)]
    controller: ControllerArguments,
    #[command(flatten)]
    fibre_channel: FibreChannelArguments,
    #[command(flatten)]
    outputs: Outputs,
}

/// Runs a scenario and prints its table.
pub fn run(arguments: &Arguments) -> Result<()> {
    let Arguments { scenario, file, workload, controller, fibre_channel, outputs } = arguments;
    let given = [
        (file.first_given(), "file", *scenario == Scenario::File),
        (controller.first_given(), "controller", *scenario == Scenario::Controller),
        (fibre_channel.first_given(), "fc", *scenario == Scenario::Fc),
        (workload.first_given(), "controller or fc", *scenario != Scenario::File),
    ];
    let foreign =
        given.into_iter().find_map(|(option, legal, fits)| option.filter(|_| !fits).map(|name| (name, legal)));
    if let Some((option, legal)) = foreign {
        return Err(anyhow!("{option} belongs to another scenario (legal: with --scenario {legal})")).wrong_use();
    }
    match scenario {
        Scenario::File => file::run(file, outputs),
        Scenario::Controller => controller::run(controller, workload, outputs),
        Scenario::Fc => fibre_channel::run(fibre_channel, workload, outputs),
    }
}
