//! Readable Verilog, constraints and the Yosys/nextpnr flow.

#[cfg(feature = "flow")]
pub mod formal;
#[cfg(feature = "flow")]
pub mod synthesis;
pub mod toolchain;
#[cfg(feature = "flow")]
pub mod verilog;
