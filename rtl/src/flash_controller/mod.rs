//! The flash controller: from page commands through lookup tables to the pins of its flash chips.

pub mod ecc;
#[allow(clippy::module_inception)]
mod flash_controller;
pub mod flash_lane;
pub mod host_interface;
pub mod lane;
pub mod mailbox;
pub mod mover;
pub mod read_path;
pub mod tables;
pub mod write_buffer;

pub use flash_controller::{FlashController, FlashControllerError};
