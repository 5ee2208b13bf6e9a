//! The NAND chip model, driven at its pins.

mod bus;
mod clocked_timing;
mod commands;
mod configuration;
mod failures;
mod figures;
mod interfaces;
mod ports;
mod power;
mod properties;
mod protocol;
mod rules;
mod strobed_timing;
mod wear;
