//! Bytes of a program stream, gathered for the bus.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::stream::StreamSink;

/// Gathers the bytes that one bus period takes: two on a source-synchronous bus, one on an asynchronous one.
///
/// - Latency: 1 cycle from the last of the bytes to `available`.
/// - Throughput: 1 byte per cycle, when each pair is taken in the first cycle in which it is available.
/// - Back-pressure: bytes wait until the bus takes them. `sink.ready` follows `take` within the cycle.
/// - Limits: a page sent over a source-synchronous bus has an even number of bytes. `last` is not looked at.
#[derive(LogicBlock, Default)]
pub struct ProgramFeeder {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Bytes in.
    pub sink: StreamSink<8>,
    /// One byte at a time instead of two.
    pub single: Signal<In, Bit>,
    /// The byte or the pair is there.
    pub available: Signal<Out, Bit>,
    /// The byte or the pair is taken; only while it is available.
    pub take: Signal<In, Bit>,
    /// The byte, or the first of the pair.
    pub first: Signal<Out, Bits<8>>,
    /// The second of the pair.
    pub second: Signal<Out, Bits<8>>,

    first_byte: DFF<Bits<8>>,
    second_byte: DFF<Bits<8>>,
    has_first: DFF<Bit>,
    has_second: DFF<Bit>,

    takes_pair: Signal<Local, Bit>,
    accepts: Signal<Local, Bit>,
}

impl Logic for ProgramFeeder {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, first_byte, second_byte, has_first, has_second);

        self.takes_pair.next = self.take.val() & !self.single.val();
        self.sink.ready.next = !self.has_second.q.val() | self.takes_pair.val();
        self.accepts.next = self.sink.valid.val() & (!self.has_second.q.val() | self.takes_pair.val());
        if self.take.val() {
            // A byte that was gathered for a pair may be taken singly: the bus serves chips in different modes.
            self.has_second.d.next = false;
            if self.single.val() & self.has_second.q.val() {
                self.first_byte.d.next = self.second_byte.q.val();
            } else {
                self.first_byte.d.next = self.sink.data.val();
                self.has_first.d.next = self.accepts.val();
            }
        } else {
            if self.accepts.val() {
                if self.has_first.q.val() {
                    self.second_byte.d.next = self.sink.data.val();
                    self.has_second.d.next = true;
                } else {
                    self.first_byte.d.next = self.sink.data.val();
                    self.has_first.d.next = true;
                }
            }
        }
        self.available.next = self.has_second.q.val() | (self.single.val() & self.has_first.q.val());
        self.first.next = self.first_byte.q.val();
        self.second.next = self.second_byte.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
