//! How far a run is.

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is being done.
    pub phase: &'static str,
    /// Commands that ended in this phase.
    pub done: u64,
    /// Of so many; 0 if it is not known.
    pub total: u64,
}
