//! The SCSI target of a port: from good frames to pages of storage, and back.

mod command_decoder;
mod exchange_engine;
mod fcp_target;
mod frame_builder;
mod frame_sorter;
mod login_table;
mod number_list;

pub use command_decoder::CommandDecoder;
pub use exchange_engine::{EXCHANGES, EngineEvent, EngineState, ExchangeEngine, JobKind};
pub use fcp_target::FcpTarget;
pub use frame_builder::{BuilderState, FrameBuilder};
pub use frame_sorter::{FrameSorter, SorterState};
pub use login_table::{LOGINS, LoginTable};
pub use number_list::NumberList;
