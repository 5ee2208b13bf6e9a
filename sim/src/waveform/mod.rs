//! Waveforms of a running simulation: VCD, FST, and GTKWave save files.
//!
//! A [`TracedDesign`] is what a [`Selection`] of a netlist's nets becomes: a tree of scopes like the instances, variables
//! named like the nets, and the distinct signals behind them. A [`Tracer`] takes the values of those signals once a clock
//! cycle and writes what has changed to its sinks while the simulation runs; memory does not grow with time, and nets
//! that are not selected cost nothing.
//!
//! ```text
//! Design + Selection ──> TracedDesign ──observed nets──> engine observation plan
//!                              │                                │ values of a cycle
//!                              └──> Tracer (what changed?) <────┘
//!                                      ├─> VcdSink   run.vcd
//!                                      └─> FstSink   run.fst       save_file ──> run.gtkw
//! ```
//!
//! A [`Recorder`] is all of this for one [`Simulator`](crate::engine::Simulator).
//!
//! Time counts in picoseconds. Cycle `n` of a clock with period `T` lasts from `n * T` to `(n + 1) * T`: its rising edge,
//! and everything that follows from it within the cycle, is drawn at `n * T`, its falling edge half a period later. Cycle 0
//! shows the values before the first edge, with the clock low.

mod background_file;
mod binary_digits;
mod decimal_digits;
mod error;
mod fst_file;
mod fst_hierarchy;
mod fst_numbers;
mod fst_section;
mod fst_sink;
mod growing_file;
mod pattern;
mod recorder;
pub mod save_file;
mod selection;
mod traced_design;
mod tracer;
mod vcd_sink;
mod word_signals;

pub use error::{Error, Result};
pub use fst_sink::FstSink;
pub use recorder::{Recorder, Recording};
pub use save_file::SaveFile;
pub use selection::{Selection, Window};
pub use traced_design::{EnumTable, Role, Scope, ScopeKind, Signal, TracedDesign, Variable, View};
pub use tracer::{Sink, Tracer};
pub use vcd_sink::VcdSink;
