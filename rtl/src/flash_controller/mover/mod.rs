//! Pages to another place: for garbage collection, refresh and evacuation, at the firmware's order.
//!
//! ```text
//!  orders --> MoveReader --(location)--> read path --> MoveReader --(page)--> write buffer
//!                 |                                                              |     |
//!                 +--> MoveChecker <--------(is it still the newest copy?)-------+     |
//!                 +--> PlaceCommitter <-----(the page's new place)---------------------+
//! ```
//!
//! A page is moved only if the page map shows its old place in two moments: when the write buffer takes it, so that a stripe
//! never holds a copy that is older than one in an earlier stripe, and when its new place enters the map, so that a write of
//! the host between the two wins.

mod move_checker;
mod move_reader;
mod place_committer;

pub use move_checker::MoveChecker;
pub use move_reader::{
    CHECK_GOOD, CHECK_ORDER, CHECK_WEAK, MOVE_EMPTY, MOVE_LOST, MOVE_MOVED, MOVE_SUPERSEDED, MoveReader, MovingState,
};
pub use place_committer::PlaceCommitter;
