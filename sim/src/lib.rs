//! Compiled cycle engine, waveforms, device models, and the scenarios that put them together.

pub mod engine;
pub mod firmware;
pub mod models;
pub mod scenario;
pub mod waveform;
pub mod workload;
