//! Behaviour of the circuits, stepped with rust-hdl's `simulate`.

mod bench;
mod data_path;
mod layout;
mod parity_engine;
mod reconstructor;
mod stream;
mod write_buffer;
