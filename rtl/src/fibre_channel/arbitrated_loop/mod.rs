//! The arbitrated loop: up to 127 ports in a ring, two of which talk at a time.

mod alternate_credit;
mod loop_initializer;
mod loop_port_state_machine;
mod loop_state;

pub use alternate_credit::AlternateCredit;
pub use loop_initializer::{InitializerState, LoopInitializer};
pub use loop_port_state_machine::LoopPortStateMachine;
pub use loop_state::LoopState;
