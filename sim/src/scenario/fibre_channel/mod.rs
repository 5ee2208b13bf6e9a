//! A host at a Fibre Channel port of the array: it logs in over the line, then reads and writes.

mod capture;
mod host;
mod machine;
mod options;
mod run;
mod summary;

pub use capture::Capture;
pub use machine::{Machine, PortSettings};
pub use options::{Attach, FibreChannelOptions, OptionsError, Speed};
pub use run::FibreChannelRun;
pub use summary::{Report, Summary};
