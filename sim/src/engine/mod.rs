//! Cycle-accurate engine: a netlist compiled to machine code in process.

mod bench;
mod body;
mod check;
mod compile;
mod emit;
mod error;
mod flatten;
mod layout;
mod machine;
mod observe;
mod order;
mod partition;
mod peek;
mod port;
mod resolve;
mod schedule;
mod simulator;
mod sinks;
mod testbench;
mod words;

pub use bench::{Bench, ClockSchedule};
pub use error::{Error, Result};
pub use observe::{NetRef, ObservationPlan};
pub use partition::Boundaries;
pub use port::{Port, PortValue, RawPort};
pub use rust_hdl::core::prelude::Synth;
pub use simulator::{Options, Simulator};
pub use testbench::{CycleHook, TaskResult, Testbench, TestbenchError};

#[cfg(test)]
mod tests;
