//! Two operations of buffer that cut every combinational path of an operation port.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::tables::{PageOperationKind, PageOperationSink, PageOperationSource};

/// Two-operation buffer in a port of page operations, `P` bits of page number and `L` bits of location: every output comes
/// from registers alone.
///
/// - Latency: 1 cycle.
/// - Throughput: 1 operation per cycle, with or without pauses of either side.
/// - Back-pressure: `sink.ready` falls one cycle after the receiver stops; the operation that arrives meanwhile is kept
///   aside and leaves second.
/// - Limits: `P` and `L` 1..=64; holds two operations.
#[derive(LogicBlock, Default)]
pub struct PageOperationBuffer<const P: usize, const L: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Operations in.
    pub sink: PageOperationSink<P, L>,
    /// Who asks; belongs to the operation on `sink`.
    pub sink_requester: Signal<In, Bits<2>>,
    /// The same operations, in the same order.
    pub source: PageOperationSource<P, L>,
    /// Who asks; belongs to the operation on `source`.
    pub source_requester: Signal<Out, Bits<2>>,

    front_valid: DFF<Bit>,
    front_kind: DFF<PageOperationKind>,
    front_requester: DFF<Bits<2>>,
    front_tag: DFF<Bits<8>>,
    front_page: DFF<Bits<P>>,
    front_expected: DFF<Bits<L>>,
    front_location: DFF<Bits<L>>,
    aside_valid: DFF<Bit>,
    aside_kind: DFF<PageOperationKind>,
    aside_requester: DFF<Bits<2>>,
    aside_tag: DFF<Bits<8>>,
    aside_page: DFF<Bits<P>>,
    aside_expected: DFF<Bits<L>>,
    aside_location: DFF<Bits<L>>,
    front_moves: Signal<Local, Bit>,
}

impl<const P: usize, const L: usize> Logic for PageOperationBuffer<P, L> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, front_valid, front_kind, front_requester, front_tag);
        dff_setup!(self, clock, front_page, front_expected, front_location);
        dff_setup!(self, clock, aside_valid, aside_kind, aside_requester, aside_tag);
        dff_setup!(self, clock, aside_page, aside_expected, aside_location);
        self.source.valid.next = self.front_valid.q.val();
        self.source.kind.next = self.front_kind.q.val();
        self.source_requester.next = self.front_requester.q.val();
        self.source.tag.next = self.front_tag.q.val();
        self.source.page.next = self.front_page.q.val();
        self.source.expected.next = self.front_expected.q.val();
        self.source.location.next = self.front_location.q.val();
        self.sink.ready.next = !self.aside_valid.q.val();
        self.front_moves.next = self.source.ready.val() | !self.front_valid.q.val();

        if !self.aside_valid.q.val() {
            self.aside_kind.d.next = self.sink.kind.val();
            self.aside_requester.d.next = self.sink_requester.val();
            self.aside_tag.d.next = self.sink.tag.val();
            self.aside_page.d.next = self.sink.page.val();
            self.aside_expected.d.next = self.sink.expected.val();
            self.aside_location.d.next = self.sink.location.val();
        }
        if self.front_moves.val() {
            self.aside_valid.d.next = false;
            if self.aside_valid.q.val() {
                self.front_valid.d.next = true;
                self.front_kind.d.next = self.aside_kind.q.val();
                self.front_requester.d.next = self.aside_requester.q.val();
                self.front_tag.d.next = self.aside_tag.q.val();
                self.front_page.d.next = self.aside_page.q.val();
                self.front_expected.d.next = self.aside_expected.q.val();
                self.front_location.d.next = self.aside_location.q.val();
            } else {
                self.front_valid.d.next = self.sink.valid.val();
                self.front_kind.d.next = self.sink.kind.val();
                self.front_requester.d.next = self.sink_requester.val();
                self.front_tag.d.next = self.sink.tag.val();
                self.front_page.d.next = self.sink.page.val();
                self.front_expected.d.next = self.sink.expected.val();
                self.front_location.d.next = self.sink.location.val();
            }
        } else {
            self.aside_valid.d.next = self.aside_valid.q.val() | self.sink.valid.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
