//! What the engine refuses, with the thing, the value and what would be legal.

use thiserror::Error;

/// Result of engine calls.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a design cannot be simulated, or a call cannot be served.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// The circuit cannot become a netlist.
    #[error(transparent)]
    Elaboration(#[from] hardpath_netlist::Error),
    /// The netlist breaks its own contract.
    #[error("{path}: {problem}")]
    Netlist {
        /// Instance path, names joined by dots.
        path: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// Values around a combinational loop.
    #[error("combinational loop through {}", nets.join(" -> "))]
    CombinationalLoop {
        /// Paths of the nets around the loop.
        nets: Vec<String>,
    },
    /// The state does not fit into memory.
    #[error("the design's state takes {words} words of 64 bits (legal: at most {limit})")]
    TooLarge {
        /// Words wanted.
        words: u128,
        /// Most words allowed.
        limit: u64,
    },
    /// Machine code could not be made.
    #[error("code generation for `{body}`: {problem}")]
    Code {
        /// Circuit the code stands for.
        body: String,
        /// What the code generator says.
        problem: String,
    },
    /// A signal is not part of the simulated circuit, or the circuit was moved after it was built.
    #[error(
        "a signal of {bits} bits at {address:#x} is no signal of the design; pass a signal of the very circuit the \
         simulator was built from, not moved since"
    )]
    ForeignSignal {
        /// Where the signal lies.
        address: usize,
        /// Its width.
        bits: usize,
    },
    /// No net of this name.
    #[error("no net `{name}`; {known}")]
    UnknownNet {
        /// What was asked for.
        name: String,
        /// What there is instead.
        known: String,
    },
    /// A net reference points outside the design.
    #[error("instance path {instance:?} net {net} does not exist in the design")]
    UnknownReference {
        /// Instance indices from the top.
        instance: Vec<usize>,
        /// Net index.
        net: u32,
    },
    /// Only input ports of the top circuit can be set.
    #[error("`{name}` is no input port of the top circuit and cannot be set")]
    NotAnInput {
        /// The net.
        name: String,
    },
    /// A value or type of another width.
    #[error("`{name}` is {expected} bits wide, {actual} bits were given")]
    Width {
        /// The net.
        name: String,
        /// Its width.
        expected: u32,
        /// The width of what was passed.
        actual: u32,
    },
    /// A value that the port's width or type cannot hold.
    #[error("`{name}` ({width} bits) cannot hold {value}")]
    Value {
        /// The net.
        name: String,
        /// Its width.
        width: u32,
        /// The value, hexadecimal.
        value: String,
    },
    /// A port or plan of another simulator.
    #[error("the {what} belongs to another simulator")]
    OtherSimulator {
        /// Port or observation plan.
        what: &'static str,
    },
    /// A buffer of the wrong size.
    #[error("the buffer holds {actual} words, {expected} are needed")]
    Buffer {
        /// Words needed.
        expected: usize,
        /// Words given.
        actual: usize,
    },
    /// A clock that the design does not have.
    #[error("clock domain {domain} does not exist (legal: below {domains})")]
    UnknownClock {
        /// Index asked for.
        domain: usize,
        /// Number of clock inputs of the top circuit.
        domains: usize,
    },
    /// A memory word that does not exist.
    #[error("memory word {address} of memory {memory} in {path}: {known}")]
    UnknownMemory {
        /// Instance path.
        path: String,
        /// Index of the memory.
        memory: usize,
        /// Address asked for.
        address: u64,
        /// What there is.
        known: String,
    },
    /// A task set an input at a sampling point.
    #[error(
        "`{name}` is set at a sampling point, where other tasks may have read already; set it after `cycle().await`"
    )]
    SetWhileSampling {
        /// The port.
        name: String,
    },
    /// A task read, while tasks drive, what inputs may still change.
    #[error("`{name}` is read while tasks drive and may still change in this cycle; read it after `sample().await`")]
    ReadWhileDriving {
        /// The port.
        name: String,
    },
    /// The simulator was used from within a call on it.
    #[error("the simulator is in use by a call that has not ended; do not use a bench within a hook")]
    Busy,
    /// Clock schedules that make no sense.
    #[error("clock schedules: {problem}")]
    Schedule {
        /// What is wrong.
        problem: String,
    },
}
