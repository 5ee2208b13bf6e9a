//! The flash controller: from page commands through lookup tables to the pins of its flash chips.

pub mod ecc;
pub mod host_interface;
pub mod lane;
pub mod mailbox;
pub mod mover;
pub mod read_path;
pub mod tables;
pub mod write_buffer;
