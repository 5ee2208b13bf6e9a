//! The page map with its requesters and its counts.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::config::GeometryError;
use crate::flash_controller::tables::{
    CountSink, LocationChangeSource, PageMap, PageMapArbiter, PageOperationSink, PageOperationSource, PageResultSource,
    TableMemorySource, ValidCounts,
};

/// A [`PageMap`] behind a [`PageMapArbiter`], with [`ValidCounts`] that follow it.
///
/// While the firmware waits for a count, no operation is taken from a requester, so that its request finds a free cycle.
///
/// - Latency: 9 cycles from the acceptance of an operation to its answer, with block RAM.
/// - Throughput: 1 operation per cycle with block RAM, all requesters together.
/// - Back-pressure: as the page map's; a count that is read costs the requesters the cycles until it is taken.
/// - Limits: those of its three parts.
#[derive(LogicBlock)]
pub struct PageDirectory<const P: usize, const L: usize, const A: usize, const C: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Operations of each requester.
    pub requests: Vec<PageOperationSink<P, L>>,
    /// Results of each requester's operations, in their order.
    pub answers: Vec<PageResultSource<L>>,
    /// Reading and clearing of counts.
    pub counts: CountSink<A, C>,
    /// The memory that holds the page map.
    pub memory: TableMemorySource<P, L>,

    arbiter: PageMapArbiter<P, L>,
    page_map: PageMap<P, L>,
    valid_counts: ValidCounts<L, A, C>,
}

impl<const P: usize, const L: usize, const A: usize, const C: usize> PageDirectory<P, L, A, C> {
    /// A page map with up to `changes_under_way` changes under way, and counts of rows of 2^`row_bits` stripes.
    ///
    /// # Errors
    /// If `changes_under_way` is not 2..=16.
    ///
    /// # Panics
    /// If a location of `L` bits does not have an index of `A` bits.
    pub fn new(changes_under_way: usize, row_bits: usize) -> Result<Self, GeometryError> {
        let arbiter = PageMapArbiter::default();
        Ok(Self {
            clock: Default::default(),
            requests: vec![Default::default(); arbiter.requests.len()],
            answers: vec![Default::default(); arbiter.answers.len()],
            counts: Default::default(),
            memory: Default::default(),
            arbiter,
            page_map: PageMap::new(changes_under_way)?,
            valid_counts: ValidCounts::new(row_bits),
        })
    }

    /// Declares all inputs to be driven from outside.
    pub fn connect_inputs(&mut self) {
        self.clock.connect();
        for request in &mut self.requests {
            request.link_connect_dest();
        }
        for answer in &mut self.answers {
            answer.link_connect_dest();
        }
        self.counts.link_connect_dest();
        self.memory.link_connect_dest();
    }
}

impl<const P: usize, const L: usize, const A: usize, const C: usize> Logic for PageDirectory<P, L, A, C> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, arbiter, page_map, valid_counts);
        for i in 0..self.requests.len() {
            PageOperationSink::<P, L>::link(&mut self.requests[i], &mut self.arbiter.requests[i]);
            PageResultSource::<L>::link(&mut self.answers[i], &mut self.arbiter.answers[i]);
        }
        CountSink::<A, C>::link(&mut self.counts, &mut self.valid_counts.firmware);
        TableMemorySource::<P, L>::link(&mut self.memory, &mut self.page_map.memory);
        PageOperationSource::<P, L>::join(&mut self.arbiter.operations, &mut self.page_map.operations);
        PageResultSource::<L>::join(&mut self.page_map.results, &mut self.arbiter.results);
        LocationChangeSource::<L>::join(&mut self.page_map.changes, &mut self.valid_counts.changes);
        self.page_map.requester.next = self.arbiter.requester.val();
        self.arbiter.result_requester.next = self.page_map.result_requester.val();
        self.arbiter.paused.next = self.counts.valid.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
