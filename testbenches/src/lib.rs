//! Golden models, properties and co-simulation.

pub mod campaign;
pub mod cosimulation;
pub mod fibre_channel;
pub mod flash_lane;
pub mod formal;
pub mod golden;
pub mod write_buffer;
