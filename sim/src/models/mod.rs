//! Everything outside the FPGA's pins.

pub mod lane;
mod pause;

pub use lane::{LaneModel, LanePorts};
pub use pause::Pause;
