//! The write buffer: pages gather in stripes, with parity and record headers, and leave for the lanes.

mod hit_directory;
mod lane_drainer;
mod page_acknowledgement;
mod page_command;
mod page_map_update;
mod page_map_updater;
mod page_reader;
mod page_selector;
mod page_store;
mod pair_pacer;
mod parity_store;
mod program_command;
mod program_tracker;
mod read_scheduler;
mod record_builder;
mod record_checksum;
mod stripe_descriptor;
mod stripe_gatherer;
mod stripe_register;
#[allow(clippy::module_inception, reason = "the block that joins the parts has the name of the whole")]
mod write_buffer;

pub use hit_directory::HitDirectory;
pub use lane_drainer::LaneDrainer;
pub use page_acknowledgement::{PageAcknowledgementSink, PageAcknowledgementSource};
pub use page_command::{PageCommandSink, PageCommandSource};
pub use page_map_update::{PageMapUpdateSink, PageMapUpdateSource};
pub use page_map_updater::PageMapUpdater;
pub use page_reader::PageReader;
pub use page_selector::PageSelector;
pub use page_store::PageStore;
pub use pair_pacer::PairPacer;
pub use parity_store::ParityStore;
pub use program_command::{ProgramCommandSink, ProgramCommandSource};
pub use program_tracker::ProgramTracker;
pub use read_scheduler::ReadScheduler;
pub use record_builder::RecordBuilder;
pub use record_checksum::RecordChecksum;
pub use stripe_descriptor::{StripeDescriptorSink, StripeDescriptorSource};
pub use stripe_gatherer::StripeGatherer;
pub use stripe_register::StripeRegister;
pub use write_buffer::WriteBuffer;

use thiserror::Error;

/// Lanes of the controller.
pub(crate) const LANES: usize = 10;

/// Data words of the shortest page that the circuits serve.
const MINIMUM_PAGE_WORDS: usize = 16;
/// Data words of a page of 4,096 bytes.
const MAXIMUM_PAGE_WORDS: usize = 256;

/// A parameter of the write buffer that is out of range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WriteBufferError {
    /// The page is too short or too long.
    #[error("a page of {value} words of 128 bits: legal are {MINIMUM_PAGE_WORDS}..={MAXIMUM_PAGE_WORDS}")]
    PageWords {
        /// What was given.
        value: usize,
    },
}

/// Confirms that a page may have `value` data words.
pub(crate) fn check_page_words(value: usize) -> Result<(), WriteBufferError> {
    if (MINIMUM_PAGE_WORDS..=MAXIMUM_PAGE_WORDS).contains(&value) {
        Ok(())
    } else {
        Err(WriteBufferError::PageWords { value })
    }
}
