//! Synthesizable circuits of the all-flash array data path, written in rust-hdl.
//!
//! Circuits only: what lies beyond the device's pins is modelled elsewhere. Every block has a clock input named
//! `clock`, passed straight down to its registers, and those at a serial line that line's, `line_clock`, as well; its doc
//! comment states latency, throughput, what back-pressure does and its limits.

pub mod catalogue;
pub mod circuit;
pub mod config;
pub mod fibre_channel;
pub mod flash_controller;
pub mod interface_card;
pub mod line;
pub mod linear;
pub mod raid;
pub mod stream;
