//! Typed streams between blocks, and the buffers that go into them.

mod fetch_slots;
mod interface;
mod skid_buffer;
mod synchronous_fifo;

pub use fetch_slots::FetchSlots;
pub use interface::{StreamSink, StreamSource};
pub use skid_buffer::SkidBuffer;
pub use synchronous_fifo::SynchronousFifo;
