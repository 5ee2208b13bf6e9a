//! What a word of a Fibre Channel line is.

use rust_hdl::prelude::*;

/// What a received word is, by its bytes alone.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum WordKind {
    /// No word synchronization.
    Unsynchronized,
    /// An invalid word.
    Invalid,
    /// Four bytes of a frame.
    Data,
    /// Fill word at up to 4 Gb/s.
    Idle,
    /// ARB(x): fill word at 8 Gb/s with FF, arbitration on a loop with an address.
    Arb,
    /// A receive buffer is free.
    RRdy,
    /// Credit recovery: as many frames were sent as were agreed on.
    BbScS,
    /// Credit recovery: as many R_RDY were sent as were agreed on.
    BbScR,
    /// OPN, full or half duplex, or to several ports.
    Opn,
    /// CLS.
    Cls,
    /// Not operational.
    Nos,
    /// Offline.
    Ols,
    /// Link reset.
    Lr,
    /// Link reset response.
    Lrr,
    /// Loop initialization.
    Lip,
    /// Loop port enable.
    Lpe,
    /// Loop port bypass.
    Lpb,
    /// First frame of a sequence of class 3.
    SofI3,
    /// Later frame of a sequence of class 3.
    SofN3,
    /// Frame of class 2.
    Sof2,
    /// Frame of another class: 1, 4 or F.
    SofOther,
    /// End of a frame, not the last of its sequence.
    EofN,
    /// End of the last frame of a sequence.
    EofT,
    /// End of a frame that its sender aborted.
    EofA,
    /// End of a frame that something between sender and receiver found wrong.
    EofNi,
    /// End of a frame of another class.
    EofOther,
    /// An ordered set that no port of this kind knows.
    Other,
}
