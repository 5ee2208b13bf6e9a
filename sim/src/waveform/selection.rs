//! Which nets are traced, and when.

use super::pattern;
use super::{Error, Result};

/// A choice of nets by hierarchical name.
///
/// A name is the path of instance names and the net's name, joined by dots, without the top circuit's own name:
/// `writer.engine.state`. In a pattern `*` stands for any characters, dots included, and `?` for one.
///
/// - A pattern that matches a scope (`writer.engine`) selects everything below it except the data inputs of registers,
///   which repeat the register one cycle ahead.
/// - A pattern that matches a net (`*.valid`, `writer.engine.count_next`) selects that net, whatever it is.
///
/// Named constants are never traced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub(super) patterns: Vec<String>,
}

impl Selection {
    /// Every net of the design except the data inputs of registers.
    pub fn everything() -> Self {
        Self { patterns: vec![String::new()] }
    }

    /// What these patterns match. No pattern selects everything.
    pub fn of<P: Into<String>>(patterns: impl IntoIterator<Item = P>) -> Self {
        let patterns: Vec<String> = patterns.into_iter().map(Into::into).collect();
        if patterns.is_empty() { Self::everything() } else { Self { patterns } }
    }

    pub(super) fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// The pattern, as an index, that matches this scope. The top scope has the empty path.
    pub(super) fn scope_match(&self, path: &str) -> Option<usize> {
        self.patterns
            .iter()
            .position(|pattern| pattern::matches(pattern, path) && (path.is_empty() == pattern.is_empty()))
    }

    /// The patterns that match this net.
    pub(super) fn net_matches(&self, path: &str) -> impl Iterator<Item = usize> {
        self.patterns.iter().enumerate().filter(|(_, pattern)| pattern::matches(pattern, path)).map(|(index, _)| index)
    }
}

/// The cycles that are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    from: u64,
    to: u64,
}

impl Window {
    /// All cycles.
    pub const ALWAYS: Window = Window { from: 0, to: u64::MAX };

    /// Cycles `from` up to but not including `to`.
    pub fn new(from: u64, to: u64) -> Result<Self> {
        if from >= to { Err(Error::EmptyWindow { from, to }) } else { Ok(Self { from, to }) }
    }

    /// Whether a cycle is recorded.
    pub fn contains(&self, cycle: u64) -> bool {
        self.from <= cycle && cycle < self.to
    }

    /// First cycle.
    pub fn from(&self) -> u64 {
        self.from
    }

    /// End, exclusive.
    pub fn to(&self) -> u64 {
        self.to
    }
}
