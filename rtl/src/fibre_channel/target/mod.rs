//! The SCSI target of a port: from good frames to pages of storage, and back.

mod command_decoder;
mod command_port;
mod data_port;
mod engine_state;
mod exchange_engine;
mod fcp_target;
mod frame_builder;
mod frame_sorter;
mod inspection_port;
mod job_port;
mod login_lookup;
mod login_port;
mod login_table;
mod number_list;
mod page_port;
mod slot_port;
mod slot_table;

pub use command_decoder::CommandDecoder;
pub use command_port::{ExchangeCommandSink, ExchangeCommandSource};
pub use data_port::{DataPlaceSink, DataPlaceSource};
pub use engine_state::{EngineEvent, EngineState};
pub use exchange_engine::{EXCHANGES, ExchangeEngine, PROCESSORS_SLOT};
pub use fcp_target::FcpTarget;
pub use frame_builder::{BuilderState, FrameBuilder};
pub use frame_sorter::{FrameSorter, SorterState};
pub use inspection_port::{InspectionSink, InspectionSource};
pub use job_port::{JobKind, JobSink, JobSource};
pub use login_lookup::{LoginLookupSink, LoginLookupSource};
pub use login_port::{LoginEntrySink, LoginEntrySource};
pub use login_table::{LOGINS, LoginTable};
pub use number_list::NumberList;
pub use page_port::{StoragePageSink, StoragePageSource};
pub use slot_port::{SlotSink, SlotSource};
pub use slot_table::SlotTable;
