//! A flash controller with its chips and its firmware: figures, faults, power cuts.

mod figures;
mod losses;
mod power;
mod setup;
