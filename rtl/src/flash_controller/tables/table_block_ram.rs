//! A table's memory in block RAM.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::tables::TableMemorySink;

/// 2^`A` words of `D` bits in block RAM, all zero at first.
///
/// - Latency: 2 cycles from the acceptance of a read to its answer.
/// - Throughput: 1 read and 1 write per cycle.
/// - Back-pressure: none; every request is accepted at once.
/// - Limits: `A` 1..=16, `D` 1..=1024. A read that meets a write of its address in the same cycle gives anything.
#[derive(LogicBlock, Default)]
pub struct TableBlockRam<const A: usize, const D: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The port of the table that lies here.
    pub table: TableMemorySink<A, D>,

    words: RAM<Bits<D>, A>,
    reading: DFF<Bit>,
    answering: DFF<Bit>,
    answer: DFF<Bits<D>>,
}

impl<const A: usize, const D: usize> Logic for TableBlockRam<A, D> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, reading, answering, answer);
        self.words.read_clock.next = self.clock.val();
        self.words.write_clock.next = self.clock.val();
        self.words.read_address.next = self.table.read_address.val();
        self.words.write_address.next = self.table.write_address.val();
        self.words.write_data.next = self.table.write_data.val();
        self.words.write_enable.next = self.table.write_valid.val();
        self.reading.d.next = self.table.read_valid.val();
        self.answering.d.next = self.reading.q.val();
        self.answer.d.next = self.words.read_data.val();
        self.table.read_ready.next = true;
        self.table.write_ready.next = true;
        self.table.response_valid.next = self.answering.q.val();
        self.table.response_data.next = self.answer.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // The port's rule: whoever reads does not use such a word.
        info.push(no_collision(&["words"]));
        info
    }
}
