//! Golden models, properties and co-simulation.

pub mod cosimulation;
pub mod formal;
pub mod golden;
