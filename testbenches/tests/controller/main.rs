//! A flash controller with its chips and its firmware: figures, faults, power cuts, what firmware sees.

mod amplification;
mod emlc;
mod figures;
mod firmware_pages;
mod host_port;
mod losses;
mod mailbox;
mod marks;
mod power;
mod setup;
mod upkeep;
