//! Behaviour of the circuits, stepped with rust-hdl's `simulate`.

mod bench;
mod data_path;
mod ecc;
mod flash_lane;
mod layout;
mod mailbox;
mod parity_engine;
mod reconstructor;
mod stream;
mod tables;
mod write_buffer;
mod write_buffer_blocks;
