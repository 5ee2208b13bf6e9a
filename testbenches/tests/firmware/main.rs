//! The firmware's policy, driven by an executor in memory, against the golden counts.

mod executor;
mod policy;
mod port;
mod rebuild;
mod reservations;
