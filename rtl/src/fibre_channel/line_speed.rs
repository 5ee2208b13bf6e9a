//! Speeds of a line.

use rust_hdl::prelude::*;

/// Speed of a line, or of one end of it in one direction.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum LineSpeed {
    /// 8 Gb/s: 8.5 Gbaud, 212.5 million words a second.
    Eight,
    /// 4 Gb/s: 4.25 Gbaud.
    Four,
    /// 2 Gb/s: 2.125 Gbaud.
    Two,
}
