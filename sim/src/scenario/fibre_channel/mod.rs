//! Hosts at the Fibre Channel ports of an interface card: they log in over their lines, then read and write.

mod capture;
mod card_machine;
mod host;
mod options;
mod remote_host;
mod run;
mod summary;

pub use capture::Capture;
pub use card_machine::{CardMachine, CardSettings, PORTS, WORD_PICOSECONDS, Watcher, link_times};
pub use options::{Attach, CardOptions, FibreChannelOptions, OptionsError, SpeedChoice, Storage};
pub use remote_host::RemoteHost;
pub use run::FibreChannelRun;
pub use summary::{Report, Summary};
