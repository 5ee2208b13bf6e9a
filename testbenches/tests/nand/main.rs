//! The NAND chip model, driven at its pins.

mod bus;
mod clocked_timing;
mod commands;
mod interfaces;
mod protocol;
mod rules;
mod strobed_timing;
