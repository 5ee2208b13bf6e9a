//! One stimulus through several models of one circuit, every output compared in every cycle.
//!
//! A cycle is the same for all models: set the inputs while every clock is low, let the logic settle, sample the outputs,
//! then raise the clocks that the step names, let it settle, and lower them. Outputs thus are seen as the receiver's
//! registers would see them at that edge.
//!
//! ```text
//! drivers --closed loop--> first model --recorded--> Stimulus --replayed--> other models, Verilator
//!                                      \-> Trace ------------compared------------------/
//! ```

mod bench;
mod drivers;
mod engine;
mod harness;
mod lint;
mod live;
mod lockstep;
mod model;
mod runtime;
mod trace;
mod verilator;

pub use bench::Bench;
pub use drivers::{Driver, Free, Layout, Sequence, StreamDriver, StreamListener};
pub use engine::EngineModel;
pub use lint::{lint, lint_with_icarus};
pub use live::{FromWords, LiveModel};
pub use lockstep::{Agreement, Comparison, compare, record, replay};
pub use model::{Model, interface_of};
pub use trace::{Interface, Port, Stimulus, Trace};
pub use verilator::{BuildOptions, FreeRun, VerilatorModel, WaveformFormat};
