//! What is around the blocks of a Fibre Channel port.

mod port_surroundings;
mod target_surroundings;

pub use port_surroundings::{PortSurroundings, TIMES};
pub use target_surroundings::{CAPACITY, OWN, TargetSurroundings};
