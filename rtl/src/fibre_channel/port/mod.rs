//! A whole port: the link, the target behind it, and the processor beside.

mod fibre_channel_port;
mod frame_arbiter;
mod frame_outbox;
mod port_mailbox;
mod port_registers;
mod processor_pages;

pub use fibre_channel_port::FibreChannelPort;
pub use frame_arbiter::{ArbiterTurn, FrameArbiter};
pub use frame_outbox::FrameOutbox;
pub use port_mailbox::PortMailbox;
pub use port_registers::PORT_REGISTERS;
pub use processor_pages::ProcessorPages;
