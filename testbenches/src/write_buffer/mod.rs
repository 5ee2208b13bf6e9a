//! What a write buffer meets in tests: the host and the mover that send pages, firmware that opens stripes, lanes, page map and
//! readers. All is checked against the golden records and stripes; what is wrong panics.

mod accounts;
mod surroundings;

pub use accounts::Totals;
pub use surroundings::{Surroundings, Traffic};
