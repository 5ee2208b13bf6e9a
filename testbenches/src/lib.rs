//! Golden models, properties and co-simulation.

pub mod cosimulation;
pub mod golden;
