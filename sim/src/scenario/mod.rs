//! What a user runs: circuits, models and figures put together.

pub mod controller;
mod data_path;
pub mod fibre_channel;
mod moment;
mod progress;
pub mod striped_file;
mod trace;

pub use moment::{Moment, MomentError};
pub use progress::Progress;
pub use trace::Trace;
