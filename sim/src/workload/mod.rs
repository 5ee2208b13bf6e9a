//! Workloads: what the host asks for, what its pages hold, and what the answers amount to.

mod choice;
pub mod expected_versions;
pub mod host_command;
pub mod iolog;
pub mod page_content;
pub mod pattern;
pub mod statistics;
mod verifier;

pub use choice::WorkloadChoice;
pub use expected_versions::{ExpectedVersions, ReadTicket, UnexpectedContent, WriteTicket};
pub use host_command::{HostCommand, Operation, PAGE_BYTES};
pub use pattern::{Pattern, PatternError, PatternKind};
pub use verifier::{Ending, Flight, Verifier, WrongPage, first_wrong};
