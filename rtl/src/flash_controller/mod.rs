//! The flash controller: from page commands through lookup tables to the pins of its flash chips.

pub mod ecc;
pub mod lane;
pub mod mailbox;
pub mod tables;
pub mod write_buffer;
