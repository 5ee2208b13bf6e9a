//! The card that joins hosts to flash: two ports of Fibre Channel above, one port of page commands below.

mod card;
mod command_merger;
mod mailbox_crossing;
mod page_bridge;
mod page_crossing;
mod page_dispatcher;
mod page_filler;
mod page_path;
mod page_port;
mod page_writer;

pub use card::InterfaceCard;
pub use command_merger::CommandMerger;
pub use mailbox_crossing::MailboxCrossing;
pub use page_bridge::PageBridge;
pub use page_crossing::PageCrossing;
pub use page_dispatcher::PageDispatcher;
pub use page_filler::PageFiller;
pub use page_path::PagePath;
pub use page_port::{PageCommandSink, PageCommandSource, PageReadSink, PageReadSource};
pub use page_writer::{PageWriter, WriterState};
