//! The hardpath command line: simulate, generate, synthesize and list the circuits of an all-flash array's data path.
//!
//! Exit status: 0 for success, 1 for a run that failed, 2 for wrong use. Nothing half-written is left behind by either.

mod artifact;
mod failure;
mod gen_command;
mod list_command;
mod output;
mod serve_command;
mod sim_command;
mod synth_command;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The hardware data path of an all-flash array, as circuits that simulate fast and leave as Verilog.
#[derive(Parser)]
#[command(name = "hardpath", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Simulate: a file on the lanes of an array, a flash controller under a workload, or hosts at an interface card
    Sim(Box<sim_command::Arguments>),
    /// Attach somebody else's host: its Fibre Channel frames come as FCoE over a TCP stream
    Serve(serve_command::Arguments),
    /// List every block that can be generated, a line each
    List,
    /// Write a block's Verilog, its file list and its constraints
    Gen(gen_command::Arguments),
    /// Synthesize, place and route a block, and report its size and speed
    Synth(synth_command::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Sim(arguments) => sim_command::run(&arguments),
        Command::Serve(arguments) => serve_command::run(&arguments),
        Command::List => list_command::run(),
        Command::Gen(arguments) => gen_command::run(&arguments),
        Command::Synth(arguments) => synth_command::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error),
    }
}
