//! Everything outside the FPGA's pins.

pub mod fibre_channel;
pub mod lane;
pub mod line_code;
pub mod nand;
mod page_device;
mod page_pins;
mod page_storage;
mod pause;
pub mod table_memory;
mod table_memory_ports;

pub use lane::{LaneModel, LanePorts};
pub use page_device::{DeviceCommand, DeviceReply, DeviceRequest, DeviceWord, PageDevice, PageMemory};
pub use page_pins::PagePins;
pub use page_storage::{BLOCK_BYTES, PageStorage, StorageReply, StorageRequest};
pub use pause::Pause;
pub use table_memory::{TableMemory, TableMemorySignals};
pub use table_memory_ports::TableMemoryModel;
