//! Parts of the write buffer: the store of two stripes, their parity, and the headers of their records.

mod page_store;
mod parity_store;
mod record_builder;
mod record_checksum;

pub use page_store::PageStore;
pub use parity_store::ParityStore;
pub use record_builder::RecordBuilder;
pub use record_checksum::RecordChecksum;

use thiserror::Error;

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
