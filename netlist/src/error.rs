//! What elaboration refuses, with the block's path and what to write instead.

use thiserror::Error;

/// Result of elaboration.
pub type Result<T> = std::result::Result<T, Error>;

/// A reason why a circuit cannot become a netlist. Every variant names the block by its path from the top.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// A construct that rust-hdl's AST does not carry faithfully, or that is no hardware.
    #[error("{path}: {construct}; {instead}")]
    Unsupported {
        /// Block path.
        path: String,
        /// What was found.
        construct: String,
        /// What to write instead.
        instead: String,
    },
    /// A net keeps its old value on some path through the kernel.
    #[error("{path}: latch on `{net}`: it is not assigned on every path; assign a default first")]
    Latch {
        /// Block path.
        path: String,
        /// The net.
        net: String,
    },
    /// A net is read before the kernel assigned it.
    #[error("{path}: `{net}` is read before it is assigned; assign it first")]
    ReadBeforeAssignment {
        /// Block path.
        path: String,
        /// The net.
        net: String,
    },
    /// Nothing drives a net.
    #[error("{path}: `{net}` is not driven; assign it in the kernel of {path}")]
    Undriven {
        /// Block path.
        path: String,
        /// The net.
        net: String,
    },
    /// Something that has a driver already is assigned.
    #[error("{path}: `{net}` is driven twice: {drivers}")]
    MultiplyDriven {
        /// Block path.
        path: String,
        /// The net.
        net: String,
        /// Who drives it.
        drivers: String,
    },
    /// A value depends on itself within one cycle.
    #[error("{path}: combinational loop: {}", nets.join(" -> "))]
    CombinationalLoop {
        /// Block path.
        path: String,
        /// The nets around the loop, the first one repeated at the end.
        nets: Vec<String>,
    },
    /// Widths that do not fit.
    #[error("{path}: {context}: {left} bits against {right} bits")]
    Width {
        /// Block path.
        path: String,
        /// Where.
        context: String,
        /// Left width.
        left: u32,
        /// Right width.
        right: u32,
    },
    /// A clock that is not simply passed down from an input.
    #[error("{path}: clock of `{net}` is not a clock input of the block; pass one ungated clock straight through")]
    Clock {
        /// Block path.
        path: String,
        /// The register, memory or instance port.
        net: String,
    },
}
