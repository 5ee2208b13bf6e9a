//! What a user runs: circuits, models and figures put together.

pub mod controller;
mod data_path;
pub mod striped_file;
mod trace;

pub use trace::Trace;
