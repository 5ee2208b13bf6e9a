//! The processors outside the data path: programs that reach the hardware through mailboxes alone.

mod processor;

pub use processor::{FirmwareResult, FirmwareRunner, LogEntry, Processor, RegisterAccess};
