//! How firmware reaches the hardware: 32-bit registers behind one port.
//!
//! The registers of each mailbox are listed once, in Rust: the circuit takes offsets from that list, firmware finds
//! registers in it by name, and [`markdown`] prints it as documentation.

mod byte_packer;
mod controller_mailbox;
mod controller_registers;
mod event_registers;
mod lane_commands;
mod lane_reports;
mod mailbox_port;
mod page_mailbox;
mod register;
mod table_mailbox;

pub use byte_packer::BytePacker;
pub use controller_mailbox::ControllerMailbox;
pub use controller_registers::{CONTROLLER_REGISTERS, PAGE_WINDOW, TABLE_WINDOW};
pub use event_registers::EventRegisters;
pub use lane_commands::LaneCommands;
pub use lane_reports::LaneReports;
pub use mailbox_port::{MailboxSink, MailboxSource};
pub use page_mailbox::{FIRMWARE_PAGE_TAG, PAGE_REGISTERS, PageMailbox};
pub use register::{Access, MailboxRegister, markdown};
pub use table_mailbox::{TABLE_REGISTERS, TableMailbox};
