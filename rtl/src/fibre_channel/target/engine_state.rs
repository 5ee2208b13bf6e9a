//! What the exchange engine is at, and why.

use rust_hdl::prelude::*;

/// What the engine is at.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum EngineState {
    /// It looks what is to be done.
    Idle,
    /// It looks up whose page a slot holds.
    Find,
    /// It waits for that.
    Found,
    /// The exchange is read.
    Load,
    /// The exchange is taken apart.
    Unpack,
    /// A command is taken.
    Accept,
    /// It begins an exchange.
    Begin,
    /// The blocks of the next page are counted.
    Measure,
    /// A page is chosen to be read.
    ReadPage,
    /// Storage is asked for it.
    ReadCommand,
    /// A slot is taken for a page to be written.
    WriteSlot,
    /// Another one, if there is one and one is wanted.
    WriteMore,
    /// Data is checked against what the exchange expects.
    Check,
    /// The slot of its first word is there: data is answered.
    FirstSlot,
    /// The slot behind it is read.
    SecondSlot,
    /// Stored data is counted.
    Stored,
    /// It is seen whether the page at the head is complete.
    Complete,
    /// Storage is to write pages that are complete.
    WriteCommand,
    /// A page is read or written.
    PageDone,
    /// The data of a page is sent.
    PageSent,
    /// The slot of a page that is to be sent is read.
    SendSlot,
    /// Its data is handed to be sent.
    SendData,
    /// XFER_RDY is handed to be sent.
    SendReady,
    /// FCP_RSP is handed to be sent.
    SendResponse,
    /// The processor asks.
    Inspect,
    /// Slots of an exchange that ends early are looked at.
    Drain,
    /// One of them is given back.
    DrainSlot,
    /// What is to be done next for the exchange.
    Settle,
    /// The exchange is stored.
    Store,
}

/// Why the engine looks at an exchange.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum EngineEvent {
    /// It may read another page.
    ReadTurn,
    /// It may ask for data.
    WriteTurn,
    /// Data came.
    DataAsked,
    /// Data was stored.
    DataStored,
    /// Storage read or wrote a page.
    PageDone,
    /// A page was sent.
    PageSent,
    /// The processor asks.
    Inspect,
}
