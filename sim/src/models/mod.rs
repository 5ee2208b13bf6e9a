//! Everything outside the FPGA's pins.

pub mod lane;
pub mod nand;
mod pause;
pub mod table_memory;
mod table_memory_ports;

pub use lane::{LaneModel, LanePorts};
pub use pause::Pause;
pub use table_memory::{TableMemory, TableMemorySignals};
pub use table_memory_ports::TableMemoryModel;
