//! What is around the blocks of a Fibre Channel port.

mod campaign;
mod card_setup;
mod faulty_end;
mod port_machine;
mod target_surroundings;

pub use campaign::{CampaignTally, run_case, run_case_at_changing_speeds, run_case_in_loops};
pub use card_setup::{card, card_at, card_settings, looped_hosts};
pub use port_machine::{PortMachine, TIMES};
pub use target_surroundings::{CAPACITY, OWN, TargetSurroundings};
