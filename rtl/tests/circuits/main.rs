//! Behaviour of the circuits, stepped with rust-hdl's `simulate`, and of the values that configure them.

mod bench;
mod catalogue;
mod codes;
mod data_path;
mod ecc;
mod flash_lane;
mod geometry;
mod lane_config;
mod layout;
mod mailbox;
mod parity_engine;
mod reconstructor;
mod stream;
mod tables;
mod write_buffer;
mod write_buffer_blocks;
