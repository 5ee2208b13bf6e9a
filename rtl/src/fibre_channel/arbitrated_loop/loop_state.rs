//! States of a port in a loop.

use rust_hdl::prelude::*;

/// State of the port, named as in FC-AL.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum LoopState {
    /// Sends LIP until LIP comes.
    Initializing,
    /// OPEN-INIT: frames of the initialization pass from port to port.
    OpenInit,
    /// Repeats what comes.
    Monitoring,
    /// Repeats, and puts its own ARB in place of fill words and of ARB of lower priority.
    Arbitrating,
    /// Has won the loop and opened another port.
    Open,
    /// Was opened by another port.
    Opened,
    /// Has sent CLS and waits for that of the other port.
    TransmittedClose,
    /// Has received CLS and has its own to send.
    ReceivedClose,
}
