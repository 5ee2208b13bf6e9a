//! From a page number to the page's data: buffer, page map, lane, and the stripe's other lanes if need be.
//!
//! ```text
//!  reads --> ReadLookup --(hit)--------------------------------> ReadCollector --> host
//!                |(place)                                         ^   ^    |
//!                v                                                |   |    +-----> mover
//!  mover --> ReadDispatcher --(lane queues)--> flash lanes -------+   |
//!                |(failed plane)                                      |
//!                +---------------> Reconstructor <--(bad record)------+
//! ```

mod lane_sum;
mod read_collector;
mod read_dispatcher;
mod read_lookup;
mod read_sampler;
mod reconstructor;

pub use lane_sum::LaneSum;
pub use read_collector::ReadCollector;
pub use read_dispatcher::ReadDispatcher;
pub use read_lookup::ReadLookup;
pub use read_sampler::ReadSampler;
pub use reconstructor::Reconstructor;

/// Lanes of a controller.
pub const LANES: usize = 10;
/// Tag of the reads by which a page is reconstructed.
pub const SURVIVOR_TAG: u64 = 0xA0;
/// Logical page of a record that holds none.
pub const NO_PAGE: u64 = 0xFFFF_FFFF;
