//! What is around the blocks of a Fibre Channel port.

mod port_setup;
mod target_surroundings;

pub use port_setup::{TIMES, port_machine};
pub use target_surroundings::{CAPACITY, OWN, TargetSurroundings};
