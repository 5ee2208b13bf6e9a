//! Typed streams between blocks, and the buffers that go into them.

mod asynchronous_fifo;
mod fetch_slots;
mod interface;
mod skid_buffer;
mod synchronous_fifo;

pub use asynchronous_fifo::AsynchronousFifo;
pub use fetch_slots::FetchSlots;
pub use interface::{StreamSink, StreamSource};
pub use skid_buffer::SkidBuffer;
pub use synchronous_fifo::SynchronousFifo;
