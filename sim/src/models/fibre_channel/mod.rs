//! What is at the other end of a Fibre Channel port.

pub mod arbitrated_loop;
mod attached;
mod fabric;
pub mod fcoe;
mod frame;
mod hba;
mod host_port;
mod initiator;
mod line;
mod neighbour;

pub use attached::Attached;
pub use fabric::Fabric;
pub use frame::{Frame, FrameError, Header};
pub use hba::{Hba, Tamper};
pub use host_port::HostPort;
pub use initiator::{Access, Initiator, Outcome, Transfer, Violation};
pub use line::{
    LineCounts, LineFrame, LineFrameError, LinePort, LineTimes, LineWord, LinkState, Negotiation, Primitive, Seen,
    Speed, SpeedSetting, Wire, WireFault, WordReceiver,
};
pub use neighbour::Neighbour;
