//! A Fibre Channel port, from the words of a line up.
//!
//! Words are as on the serial line: the first byte of a word is bits 7..=0. Values of fields that a standard counts in
//! big-endian order have their highest byte there.

pub mod arbitrated_loop;
mod credit_counter;
mod end_of_frame_disparity;
mod frame_buffer;
mod frame_receiver;
mod frame_transmitter;
mod line_speed;
mod link;
mod link_times;
pub(crate) mod ordered_set;
mod ordered_set_decoder;
pub mod port;
mod port_state_machine;
mod speed_negotiator;
pub mod target;
mod word_kind;

pub use credit_counter::CreditCounter;
pub use end_of_frame_disparity::EndOfFrameDisparity;
pub use frame_buffer::{BufferReadState, FrameBuffer, LONGEST_FRAME};
pub use frame_receiver::{FrameReceiver, FrameVerdict};
pub use frame_transmitter::{FrameTransmitter, TransmitterState};
pub use line_speed::LineSpeed;
pub use link::Link;
pub use link_times::LinkTimes;
pub use ordered_set_decoder::OrderedSetDecoder;
pub use port_state_machine::{PortOutput, PortState, PortStateMachine};
pub use speed_negotiator::{NegotiationState, SpeedNegotiator};
pub use word_kind::WordKind;
