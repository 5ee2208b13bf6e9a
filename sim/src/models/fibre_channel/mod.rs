//! What is at the other end of a Fibre Channel port.

mod frame;
mod initiator;

pub use frame::{Frame, FrameError, Header};
pub use initiator::{Access, Initiator, Outcome, Transfer, Violation};
