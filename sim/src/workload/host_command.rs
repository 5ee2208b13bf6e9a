//! Commands of the host.

use serde::{Deserialize, Serialize};

/// Bytes of a logical page.
pub const PAGE_BYTES: usize = 4096;

/// What the host asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Reads a page.
    Read,
    /// Writes a page.
    Write,
    /// Forgets a page: it reads as zeros afterwards.
    Trim,
    /// Waits until everything written before is safe. Its page is 0.
    Flush,
}

/// A command for one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostCommand {
    /// Earliest time of its issue in nanoseconds from the start of the workload; `None` as soon as the queue has room.
    pub at: Option<u64>,
    /// What to do.
    pub operation: Operation,
    /// Logical page.
    pub page: u32,
}

impl Operation {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Trim, Self::Flush];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Trim => "trim",
            Self::Flush => "flush",
        }
    }

    /// Bytes that a command of this kind moves.
    pub fn bytes(self) -> u64 {
        match self {
            Self::Read | Self::Write => PAGE_BYTES as u64,
            Self::Trim | Self::Flush => 0,
        }
    }
}
