//! Where the host's page commands enter and their completions leave.

mod host_command;
mod host_port;
mod read_fence;

pub use host_command::{HostCommandSink, HostCommandSource, HostCompletionSink, HostCompletionSource, HostOperation};
pub use host_command::{HostReadSink, HostReadSource};
pub use host_port::{HostPort, STATUS_MEDIUM_ERROR, STATUS_OUT_OF_RANGE, STATUS_SUCCESS};
pub use read_fence::ReadFence;

/// Tags of host commands: 0..=127.
pub const HOST_TAGS: usize = 128;
