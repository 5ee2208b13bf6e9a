//! The NAND chip model, driven at its pins.

mod address_rules;
mod bus;
mod clocked_timing;
mod commands;
mod configuration;
mod cycles;
mod failures;
mod figures;
mod interfaces;
mod operations;
mod pin_rules;
mod ports;
mod power;
mod properties;
mod rules;
mod sequence_rules;
mod strobed_timing;
mod wear;
