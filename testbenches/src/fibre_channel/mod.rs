//! What is around the blocks of a Fibre Channel port.

mod target_surroundings;

pub use target_surroundings::{CAPACITY, OWN, TargetSurroundings};
