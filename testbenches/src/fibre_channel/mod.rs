//! What is around the blocks of a Fibre Channel port.

mod campaign;
mod card_setup;
mod port_machine;
mod target_surroundings;

pub use campaign::{CampaignTally, run_case};
pub use card_setup::card;
pub use port_machine::{PortMachine, TIMES};
pub use target_surroundings::{CAPACITY, OWN, TargetSurroundings};
