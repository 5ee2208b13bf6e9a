//! What is to be sent for an exchange, and that it was.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// What is to be sent for an exchange.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum JobKind {
    /// Data of one slot.
    Data,
    /// FCP_XFER_RDY.
    TransferReady,
    /// FCP_RSP with status GOOD.
    Response,
}

/// The end that wants something sent. Handshake as in [`StreamSource`](crate::stream::StreamSource), both for jobs and
/// for what was sent.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "JobSink"]
pub struct JobSource {
    /// Something is to be sent.
    pub valid: Signal<Out, Bit>,
    /// It is taken.
    pub ready: Signal<In, Bit>,
    /// What it is.
    pub kind: Signal<Out, JobKind>,
    /// Login of the host.
    pub login: Signal<Out, Bits<4>>,
    /// OX_ID.
    pub originator: Signal<Out, Bits<16>>,
    /// RX_ID.
    pub responder: Signal<Out, Bits<7>>,
    /// Lowest bit of SEQ_ID, which differs between one sequence of an exchange and the next.
    pub sequence: Signal<Out, Bits<1>>,
    /// SEQ_CNT of the first frame.
    pub count: Signal<Out, Bits<16>>,
    /// Relative offset, words.
    pub offset: Signal<Out, Bits<23>>,
    /// Words: of the data, or that are asked for.
    pub words: Signal<Out, Bits<23>>,
    /// Slot of the data.
    pub slot: Signal<Out, Bits<5>>,
    /// Place of the first word in it.
    pub address: Signal<Out, Bits<10>>,
    /// The data is the last of its sequence.
    pub is_last: Signal<Out, Bit>,
    /// The response tells that FCP_DL was more than the command asked for.
    pub is_under: Signal<Out, Bit>,
    /// The response tells that FCP_DL was less than the command asked for.
    pub is_over: Signal<Out, Bit>,
    /// By how many bytes.
    pub residual: Signal<Out, Bits<32>>,
    /// The data of a slot was sent.
    pub sent_valid: Signal<In, Bit>,
    /// That is taken notice of.
    pub sent_ready: Signal<Out, Bit>,
    /// The slot.
    pub sent_slot: Signal<In, Bits<5>>,
    /// SEQ_CNT behind its last frame.
    pub sent_count: Signal<In, Bits<16>>,
}

/// The end that sends; the mate of [`JobSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "JobSource"]
pub struct JobSink {
    /// Something is to be sent.
    pub valid: Signal<In, Bit>,
    /// It is taken.
    pub ready: Signal<Out, Bit>,
    /// What it is.
    pub kind: Signal<In, JobKind>,
    /// Login of the host.
    pub login: Signal<In, Bits<4>>,
    /// OX_ID.
    pub originator: Signal<In, Bits<16>>,
    /// RX_ID.
    pub responder: Signal<In, Bits<7>>,
    /// Lowest bit of SEQ_ID, which differs between one sequence of an exchange and the next.
    pub sequence: Signal<In, Bits<1>>,
    /// SEQ_CNT of the first frame.
    pub count: Signal<In, Bits<16>>,
    /// Relative offset, words.
    pub offset: Signal<In, Bits<23>>,
    /// Words: of the data, or that are asked for.
    pub words: Signal<In, Bits<23>>,
    /// Slot of the data.
    pub slot: Signal<In, Bits<5>>,
    /// Place of the first word in it.
    pub address: Signal<In, Bits<10>>,
    /// The data is the last of its sequence.
    pub is_last: Signal<In, Bit>,
    /// The response tells that FCP_DL was more than the command asked for.
    pub is_under: Signal<In, Bit>,
    /// The response tells that FCP_DL was less than the command asked for.
    pub is_over: Signal<In, Bit>,
    /// By how many bytes.
    pub residual: Signal<In, Bits<32>>,
    /// The data of a slot was sent.
    pub sent_valid: Signal<Out, Bit>,
    /// That is taken notice of.
    pub sent_ready: Signal<In, Bit>,
    /// The slot.
    pub sent_slot: Signal<Out, Bits<5>>,
    /// SEQ_CNT behind its last frame.
    pub sent_count: Signal<Out, Bits<16>>,
}
