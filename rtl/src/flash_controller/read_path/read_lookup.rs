//! Where the page of a read lies.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::tables::{PageOperationKind, PageOperationSource, PageResultSink};
use crate::stream::{StreamSink, StreamSource, SynchronousFifo};

/// Cycles from a lookup in the buffer's directory to its result.
const DIRECTORY_CYCLES: usize = 4;

/// Looks each read up in the write buffer first and, if its page is not there, in the page map.
///
/// The buffer shows a page until the page map knows its place, so the newest copy is always found.
///
/// - Latency: 5 cycles from a read to its hit's end of the queue, 10 to its page map operation.
/// - Throughput: 1 read per cycle.
/// - Back-pressure: none towards reads: the queues hold all reads that may be under way. Hits and places wait.
/// - Limits: 128 reads under way; `P` and `L` 8..=32.
#[derive(LogicBlock)]
pub struct ReadLookup<const P: usize, const L: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Reads: tag in bits 7..=0, page above.
    pub reads: StreamSink<40>,
    /// A page is looked up in the buffer.
    pub lookup: Signal<Out, Bit>,
    /// The page.
    pub lookup_page: Signal<Out, Bits<32>>,
    /// The page looked up four cycles before lies in the buffer.
    pub hit: Signal<In, Bit>,
    /// Its part of the buffer.
    pub hit_buffer: Signal<In, Bits<1>>,
    /// Its slot.
    pub hit_slot: Signal<In, Bits<5>>,
    /// Reads of pages in the buffer: tag in bits 7..=0, slot in 12..=8, part of the buffer in 13.
    pub hits: StreamSource<14>,
    /// Lookups in the page map.
    pub operations: PageOperationSource<P, L>,
    /// Their results.
    pub results: PageResultSink<L>,
    /// Reads whose place is known: tag in bits 7..=0, location above.
    pub located: StreamSource<40>,

    lookup_kind: Constant<PageOperationKind>,

    /// Reads whose result has not come, the newest first.
    asked: Vec<DFF<Bits<40>>>,
    asking: DFF<Bits<4>>,
    found: SynchronousFifo<14, 7>,
    missed: SynchronousFifo<40, 7>,
    placed: SynchronousFifo<40, 7>,

    next_asked: Signal<Local, Bits<40>>,
    answers: Signal<Local, Bit>,
}

impl<const P: usize, const L: usize> Default for ReadLookup<P, L> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reads: Default::default(),
            lookup: Default::default(),
            lookup_page: Default::default(),
            hit: Default::default(),
            hit_buffer: Default::default(),
            hit_slot: Default::default(),
            hits: Default::default(),
            operations: Default::default(),
            results: Default::default(),
            located: Default::default(),
            lookup_kind: Constant::new(PageOperationKind::Lookup),
            asked: vec![Default::default(); DIRECTORY_CYCLES],
            asking: Default::default(),
            found: SynchronousFifo::new(64),
            missed: SynchronousFifo::new(64),
            placed: SynchronousFifo::new(64),
            next_asked: Default::default(),
            answers: Default::default(),
        }
    }
}

impl<const P: usize, const L: usize> Logic for ReadLookup<P, L> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, found, missed, placed);
        dff_setup!(self, clock, asking);

        self.reads.ready.next = true;
        self.lookup.next = self.reads.valid.val();
        self.lookup_page.next = self.reads.data.val().get_bits::<32>(8);
        self.asking.d.next = self.asking.q.val() << 1;
        if self.reads.valid.val() {
            self.asking.d.next = (self.asking.q.val() << 1) | bits::<4>(1);
        }
        self.next_asked.next = self.reads.data.val();
        for i in 0..self.asked.len() {
            self.asked[i].clock.next = self.clock.val();
            self.asked[i].d.next = self.next_asked.val();
            self.next_asked.next = self.asked[i].q.val();
        }

        // The directory answers in step with the oldest read asked for.
        self.answers.next = self.asking.q.val().get_bit(3);
        self.found.sink.valid.next = self.answers.val() & self.hit.val();
        self.found.sink.data.next = bit_cast::<14, 8>(self.next_asked.val().get_bits::<8>(0))
            | (bit_cast::<14, 5>(self.hit_slot.val()) << 8)
            | (bit_cast::<14, 1>(self.hit_buffer.val()) << 13);
        self.found.sink.last.next = false;
        self.missed.sink.valid.next = self.answers.val() & !self.hit.val();
        self.missed.sink.data.next = self.next_asked.val();
        self.missed.sink.last.next = false;
        StreamSource::<14>::link(&mut self.hits, &mut self.found.source);

        self.operations.valid.next = self.missed.source.valid.val();
        self.operations.kind.next = self.lookup_kind.val();
        self.operations.tag.next = self.missed.source.data.val().get_bits::<8>(0);
        self.operations.page.next = self.missed.source.data.val().get_bits::<P>(8);
        self.operations.expected.next = bits::<L>(0);
        self.operations.location.next = bits::<L>(0);
        self.missed.source.ready.next = self.operations.ready.val();

        self.placed.sink.valid.next = self.results.valid.val();
        self.placed.sink.data.next =
            bit_cast::<40, 8>(self.results.tag.val()) | (bit_cast::<40, L>(self.results.found.val()) << 8);
        self.placed.sink.last.next = false;
        StreamSource::<40>::link(&mut self.located, &mut self.placed.source);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
