//! The controller's processor, outside the data path: programs that reach the hardware through mailboxes alone.
//!
//! What is decided is pure and deterministic ([`Firmware`]); a task at the mailbox ([`Processor`]) asks and tells it:
//!
//! ```text
//!  next_pair ──> the write buffer's stripes      on_stripe_mapped, on_invalidated, on_program_failed
//!  next_move ──> the mover, a stripe an order    on_moved
//!  next_erase ─> the lanes                       on_erased
//! ```
//!
//! A row is one block number of a die pair of planes over all lanes of a group. Host pages and moved pages share
//! stripes.

pub mod image;
pub mod layout;
pub mod policy;
pub mod port;
mod processor;
pub mod rebuild;
pub mod retirement;
pub mod row;
pub mod task;
pub mod victims;

pub use layout::{Layout, RowAddress, StripeDescriptor, StripeLocation};
pub use policy::{Firmware, PolicyParameters};
pub use processor::{FirmwareResult, FirmwareRunner, LogEntry, Processor, RegisterAccess};
pub use rebuild::{Rebuild, RebuiltTables, RecordHeader, RecordKind, RecordPlace, rebuild};
pub use row::{Row, RowState};
pub use task::{ControllerTask, FirmwareReport, TaskOptions};
pub use victims::{MoveOrder, MoveReason};
