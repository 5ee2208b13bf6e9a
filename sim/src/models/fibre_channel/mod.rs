//! What is at the other end of a Fibre Channel port.

mod attached_host;
pub mod fcoe;
mod frame;
mod hba;
mod host_port;
mod initiator;
mod line;

pub use attached_host::AttachedHost;
pub use frame::{Frame, FrameError, Header};
pub use hba::{Hba, Tamper};
pub use host_port::HostPort;
pub use initiator::{Access, Initiator, Outcome, Transfer, Violation};
pub use line::{
    LineCounts, LineFrame, LineFrameError, LinePort, LineTimes, LineWord, LinkState, Primitive, Seen, Wire, WireFault,
    WordReceiver,
};
