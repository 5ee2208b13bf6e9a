//! What is around the blocks of a Fibre Channel port.

mod card_setup;
mod port_machine;
mod target_surroundings;

pub use card_setup::card;
pub use port_machine::{PortMachine, TIMES};
pub use target_surroundings::{CAPACITY, OWN, TargetSurroundings};
