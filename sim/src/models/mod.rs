//! Everything outside the FPGA's pins.

pub mod lane;
pub mod nand;
mod pause;

pub use lane::{LaneModel, LanePorts};
pub use pause::Pause;
