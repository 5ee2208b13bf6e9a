//! Readable Verilog, constraints and the Yosys/nextpnr flow.

pub mod formal;
pub mod synthesis;
pub mod toolchain;
pub mod verilog;
