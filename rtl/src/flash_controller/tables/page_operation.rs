//! Operations on the page map, their results, and the changes of location that follow from them.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// What is done with a page's entry. Every operation returns the entry as it was before.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum PageOperationKind {
    /// Nothing.
    Lookup,
    /// The entry becomes `location`: a host's write, or with location 0 its trim.
    Write,
    /// The entry becomes `location` if it equals `expected`: the page was copied from there and nobody has written it since.
    Move,
}

/// The end of a port from which operations come; `P` bits of page number, `L` bits of location.
///
/// Handshake as in [`StreamSource`](crate::stream::StreamSource). The order of acceptance is the order in which operations
/// take effect.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageOperationSink"]
pub struct PageOperationSource<const P: usize, const L: usize> {
    /// An operation is offered.
    pub valid: Signal<Out, Bit>,
    /// What is to be done.
    pub kind: Signal<Out, PageOperationKind>,
    /// Returned with the result.
    pub tag: Signal<Out, Bits<8>>,
    /// Logical page.
    pub page: Signal<Out, Bits<P>>,
    /// What a Move expects the entry to be; else not looked at.
    pub expected: Signal<Out, Bits<L>>,
    /// The new entry of a Write or Move; else not looked at.
    pub location: Signal<Out, Bits<L>>,
    /// The receiver takes the operation in this cycle.
    pub ready: Signal<In, Bit>,
}

/// The end of a port at which operations arrive; the mate of [`PageOperationSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageOperationSource"]
pub struct PageOperationSink<const P: usize, const L: usize> {
    /// An operation is offered.
    pub valid: Signal<In, Bit>,
    /// What is to be done.
    pub kind: Signal<In, PageOperationKind>,
    /// Returned with the result.
    pub tag: Signal<In, Bits<8>>,
    /// Logical page.
    pub page: Signal<In, Bits<P>>,
    /// What a Move expects the entry to be; else not looked at.
    pub expected: Signal<In, Bits<L>>,
    /// The new entry of a Write or Move; else not looked at.
    pub location: Signal<In, Bits<L>>,
    /// The receiver takes the operation in this cycle.
    pub ready: Signal<Out, Bit>,
}

/// The end of a port from which results come, `L` bits of location. A result cannot be held back.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageResultSink"]
pub struct PageResultSource<const L: usize> {
    /// An operation is done; the other signals are meaningful in this cycle alone.
    pub valid: Signal<Out, Bit>,
    /// The operation's tag.
    pub tag: Signal<Out, Bits<8>>,
    /// The entry as the operation found it.
    pub found: Signal<Out, Bits<L>>,
    /// The operation has set the entry: a Write always, a Move if it found what it expected.
    pub applied: Signal<Out, Bit>,
}

/// The end of a port at which results arrive; the mate of [`PageResultSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "PageResultSource"]
pub struct PageResultSink<const L: usize> {
    /// An operation is done; the other signals are meaningful in this cycle alone.
    pub valid: Signal<In, Bit>,
    /// The operation's tag.
    pub tag: Signal<In, Bits<8>>,
    /// The entry as the operation found it.
    pub found: Signal<In, Bits<L>>,
    /// The operation has set the entry: a Write always, a Move if it found what it expected.
    pub applied: Signal<In, Bit>,
}

/// The end of a port that tells where pages come to lie and where they cease to, `L` bits of location. Up to one of each
/// in a cycle; it cannot be held back.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "LocationChangeSink"]
pub struct LocationChangeSource<const L: usize> {
    /// A page lies at `added_location` now.
    pub added: Signal<Out, Bit>,
    /// Meaningful while `added` is high.
    pub added_location: Signal<Out, Bits<L>>,
    /// A page no longer lies at `removed_location`.
    pub removed: Signal<Out, Bit>,
    /// Meaningful while `removed` is high.
    pub removed_location: Signal<Out, Bits<L>>,
}

/// The end of a port that is told where pages come to lie; the mate of [`LocationChangeSource`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "LocationChangeSource"]
pub struct LocationChangeSink<const L: usize> {
    /// A page lies at `added_location` now.
    pub added: Signal<In, Bit>,
    /// Meaningful while `added` is high.
    pub added_location: Signal<In, Bits<L>>,
    /// A page no longer lies at `removed_location`.
    pub removed: Signal<In, Bit>,
    /// Meaningful while `removed` is high.
    pub removed_location: Signal<In, Bits<L>>,
}
