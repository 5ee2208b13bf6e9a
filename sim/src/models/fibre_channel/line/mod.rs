//! A line, and a port of a host at its bits: words, primitive sequences, frames, credit.
//!
//! Written from the code's tables and from what the standard says of ports, on its own: nothing of it is the circuits'.

mod frame_assembler;
mod gearbox;
mod line_frame;
mod line_port;
mod link_state;
mod negotiation;
mod primitives;
mod scrambler;
mod speed;
mod wire;
mod word_receiver;
mod word_sender;

pub use frame_assembler::{Assembly, FrameAssembler};
pub use gearbox::Gearbox;
pub use line_frame::{LineFrame, LineFrameError};
pub use line_port::{LineCounts, LinePort, LineTimes, Seen};
pub use link_state::LinkState;
pub use negotiation::Negotiation;
pub use primitives::Primitive;
pub use speed::{Speed, SpeedSetting};
pub use wire::{Wire, WireFault};
pub use word_receiver::{LineWord, WordReceiver};
pub use word_sender::WordSender;
