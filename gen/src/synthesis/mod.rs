//! Verilog to a placed and routed device: Yosys, nextpnr, and what they say.
//!
//! [`synthesize`] measures a block on a [`Board`]; [`synthesized_netlist`] gives the gates back as
//! Verilog for simulation; [`synthesis_table`] puts many reports into one table.

mod board;
mod error;
mod flow;
mod netlist;
mod report;
mod table;
#[cfg(all(test, feature = "tool-tests"))]
mod tool_tests;

pub use board::{Board, Family};
pub use error::SynthesisError;
pub use flow::{SynthesisJob, synthesize};
pub use netlist::synthesized_netlist;
pub use report::{ClockLimit, SeedResult, SynthesisReport, Usage, WorstPath};
pub use table::synthesis_table;
