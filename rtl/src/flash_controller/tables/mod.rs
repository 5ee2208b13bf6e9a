//! Lookup tables: where each logical page lies, how many pages of a stripe are valid, and what stripes and blocks are.
//!
//! A page's [location](PageLocation) is group, stripe, lane and half page. Tables that are too large for the device lie
//! behind a [memory port](TableMemorySource): block RAM for small geometries, DRAM for real ones.

mod block_port;
mod block_table;
mod count_port;
mod location;
mod member_select;
mod page_directory;
mod page_map;
mod page_map_arbiter;
mod page_operation;
mod page_operation_buffer;
mod plane_health;
mod stripe_port;
mod stripe_table;
mod table_block_ram;
mod table_memory;
mod valid_counts;

pub use block_port::{BlockSink, BlockSource, BlockState};
pub use block_table::BlockTable;
pub use count_port::{CountSink, CountSource};
pub use location::PageLocation;
pub use member_select::MemberSelect;
pub use page_directory::PageDirectory;
pub use page_map::PageMap;
pub use page_map_arbiter::PageMapArbiter;
pub use page_operation::{LocationChangeSink, LocationChangeSource, PageOperationKind, PageOperationSink};
pub use page_operation::{PageOperationSource, PageResultSink, PageResultSource};
pub use page_operation_buffer::PageOperationBuffer;
pub use plane_health::PlaneHealth;
pub use stripe_port::{StripeLookupSink, StripeLookupSource, StripeSink, StripeSource, StripeState};
pub use stripe_table::StripeTable;
pub use table_block_ram::TableBlockRam;
pub use table_memory::{TableMemorySink, TableMemorySource};
pub use valid_counts::ValidCounts;
