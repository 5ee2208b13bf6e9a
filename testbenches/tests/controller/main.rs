//! A flash controller with its chips and its firmware: figures, faults, power cuts.

mod amplification;
mod emlc;
mod figures;
mod losses;
mod power;
mod setup;
