//! Checkers for SymbiYosys around the emitted Verilog of live circuits.
//!
//! ```text
//! rust-hdl block --elaborate, emit--> EmittedVerilog --observe, plant a bug--> Checker::decide --SymbiYosys--> Outcome
//! ```
//!
//! The checkers stand beside this file as SystemVerilog. Their properties look at a circuit's ports alone. An inductive
//! proof also has to say which inner states can be reached: for that, [`EmittedVerilog::observe`] brings inner registers
//! out as additional outputs, which changes no logic.

mod checker;
mod checkers;
mod emitted;
mod schedule;

pub use checker::Checker;
pub use checkers::{
    ParityScenario, action_arbiter_checker, credit_counter_checker, move_checker_checker, page_map_checker,
    place_committer_checker, skid_buffer_checker, synchronous_fifo_checker, word_synchronizer_checker,
    xor_parity_engine_checker,
};
pub use emitted::EmittedVerilog;
pub use schedule::Schedule;
