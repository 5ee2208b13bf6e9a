//! Cycle-accurate engine: a netlist compiled to machine code in process.
//!
//! ```text
//! Design --partition--> bodies --flatten, resolve--> values over registers, inputs, memories --schedule--> what one
//! function computes, in which order, under which branches --emit--> machine code --machine--> Simulator, Testbench
//! ```
//!
//! - A *body* is one circuit with everything inlined into it; [`Boundaries`] says which circuits get one. Code is made once
//!   per body and called once per instance with a pointer to the instance's state.
//! - The *state* of a body is a run of 64-bit words: registers, ports, the states of its children, memories. All state of
//!   a design is one allocation.
//! - Outputs of a body that depend on the same inputs within a cycle are one function, so that paths from input to output
//!   and back into another input of the same child need no iteration: the parent stores the inputs such a function reads,
//!   then calls it, in topological order.
//! - A *tick* first settles everything, then lets registers and memories take their next values, children last; nothing
//!   that is still to be computed reads a value that has been overwritten.
//! - Flags of equal instances side by side share a word, and what they take next is computed for all of them at once; the
//!   other registers of an instance that stands still cost one test ([`Packing`]).
//! - Instances in which nothing changes sleep until one of their inputs does ([`Sleep`]).
//! - Nets that nothing needs are not computed. [`ObservationPlan`] brings any of them back on demand.
//!
//! [`Simulator`] is used directly, or through a [`Testbench`] whose tasks await clock edges.

mod access;
mod bench;
mod body;
mod branches;
mod bundle;
mod check;
mod compile;
mod emit;
mod error;
mod flatten;
mod guards;
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
mod sleep;
mod testbench;
mod vector;
mod words;

pub use bench::{Bench, ClockSchedule};
pub use bundle::Packing;
pub use error::{Error, Result};
pub use observe::{NetRef, ObservationPlan};
pub use partition::Boundaries;
pub use port::{Port, PortValue, RawPort};
pub use rust_hdl::core::prelude::Synth;
pub use simulator::{Options, Simulator};
pub use sleep::Sleep;
pub use testbench::{CycleHook, TaskResult, Testbench, TestbenchError};

#[cfg(test)]
mod tests;
