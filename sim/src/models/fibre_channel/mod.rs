//! What is at the other end of a Fibre Channel port.

mod frame;
mod host_port;
mod initiator;

pub use frame::{Frame, FrameError, Header};
pub use host_port::HostPort;
pub use initiator::{Access, Initiator, Outcome, Transfer, Violation};
