//! One flash lane: two chips of eight dies on one 8-bit bus.
//!
//! ```text
//!              +--------------+  start   +-----------+
//! commands --->| LaneScheduler|--------->| BusEngine |<--> pins of the two chips
//!      |       | (die states) |<---------| (steps)   |---> read data, completions
//!      |       +--------------+ outcome  |           |<--- program data
//!      |       +--------------+          |           |
//!      +------>| CommandStore |--------->|           |
//!              +--------------+ command  +-----------+
//! ```
//!
//! The scheduler knows which die may do what and picks the next bus action; the engine plays it, cycle by cycle, from a
//! program in ROM that [`BusProgram`] assembles from the figures of the bus standard.

mod action_arbiter;
mod bus_engine;
mod bus_program;
mod chip_activity;
mod command_store;
mod die_scheduler;
mod finished_reads;
mod lane_command;
mod lane_config;
mod lane_scheduler;
mod nand_pins;
mod nand_sequencer;
mod onfi_timing;
mod program_feeder;
mod read_capture;

pub use action_arbiter::ActionArbiter;
pub use bus_engine::{ActionOutcome, BusEngine};
pub use bus_program::{BusAction, BusProgram};
pub use chip_activity::ChipActivity;
pub use command_store::CommandStore;
pub use die_scheduler::DieScheduler;
pub use finished_reads::FinishedReads;
pub use lane_command::{LaneCommandSink, LaneCommandSource, LaneOperation};
pub use lane_config::{BusCycles, LaneConfig, LaneConfigError};
pub use lane_scheduler::LaneScheduler;
pub use nand_pins::{NandDevice, NandHost};
pub use nand_sequencer::NandSequencer;
pub use onfi_timing::{BusMode, ModeFigures};
pub use program_feeder::ProgramFeeder;
pub use read_capture::ReadCapture;

/// Dies of a lane: two chips of eight.
pub const DIES: usize = 16;
