//! What a flash lane's sequencer meets in tests: chips at its pins and a host at its command port, written from the bus
//! standard. Both check what they see and panic at the first violation.

mod chips;
mod host;
mod moves;
mod named_ports;
mod page_content;
mod receiver_group;
mod records;

pub use chips::{ChipTimes, Chips};
pub use host::{Host, Job, Operation, Seen};
pub use moves::MoveTraffic;
pub use page_content::{Page, initial_byte};
pub use receiver_group::ReceiverGroup;
pub use records::RecordTraffic;
