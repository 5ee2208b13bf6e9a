//! The processor of a Fibre Channel port: logins, and the commands that hardware leaves to it.
//!
//! What is decided is pure ([`PortFirmware`]): a frame comes in, orders for the hardware come out. The processor
//! carries them out at the port's mailbox.

mod commands;
mod fabric;
mod link_services;
mod parameters;
mod policy;
mod reservations;
mod scsi;
mod task;

pub use link_services::PortNames;
pub use parameters::Work;
pub use policy::{Failure, Found, PortFirmware, PortOrder, StorageJob, Worked};
pub use reservations::{Nexus, Refusal, Reservations, SharedReservations};
pub use scsi::{LogicalUnit, ScsiReply, Sense};
pub use task::{LineSetting, PortTask, PortTimes};
