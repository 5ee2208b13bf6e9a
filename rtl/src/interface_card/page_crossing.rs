//! Page requests from one clock to another.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::fibre_channel::target::{StoragePageSink, StoragePageSource};
use crate::stream::AsynchronousFifo;

/// Gives the page requests of a port to another clock.
///
/// - Latency: that of [`AsynchronousFifo`].
/// - Throughput: a request a cycle of the slower clock.
/// - Back-pressure: requests wait; 60 find room.
/// - Limits: none.
#[derive(LogicBlock, Default)]
pub struct PageCrossing {
    /// Clock of the port, rising edge.
    pub clock: Signal<In, Clock>,
    /// Clock of storage, rising edge.
    pub storage_clock: Signal<In, Clock>,
    /// Requests; by `clock`.
    pub asked: StoragePageSink,
    /// The same ones; by `storage_clock`.
    pub page: StoragePageSource,

    /// Page in bits 31..=0, slot in 36..=32, first block in 39..=37, last block in 42..=40, in 43 whether it is written, in
    /// 44 whether trimmed, in 45 whether it is compared.
    requests: AsynchronousFifo<46, 6>,
}

impl Logic for PageCrossing {
    #[hdl_gen]
    fn update(&mut self) {
        self.requests.clock.next = self.clock.val();
        self.requests.source_clock.next = self.storage_clock.val();
        self.requests.sink.valid.next = self.asked.valid.val();
        self.requests.sink.data.next = (bit_cast::<46, 32>(self.asked.number.val())
            | (bit_cast::<46, 5>(self.asked.slot.val()) << 32)
            | (bit_cast::<46, 3>(self.asked.first.val()) << 37)
            | (bit_cast::<46, 3>(self.asked.last.val()) << 40))
            .replace_bit(43, self.asked.is_write.val())
            .replace_bit(44, self.asked.is_trim.val())
            .replace_bit(45, self.asked.compares.val());
        self.requests.sink.last.next = true;
        self.asked.ready.next = self.requests.sink.ready.val();

        self.page.valid.next = self.requests.source.valid.val();
        self.page.number.next = self.requests.source.data.val().get_bits::<32>(0);
        self.page.slot.next = self.requests.source.data.val().get_bits::<5>(32);
        self.page.first.next = self.requests.source.data.val().get_bits::<3>(37);
        self.page.last.next = self.requests.source.data.val().get_bits::<3>(40);
        self.page.is_write.next = self.requests.source.data.val().get_bit(43);
        self.page.is_trim.next = self.requests.source.data.val().get_bit(44);
        self.page.compares.next = self.requests.source.data.val().get_bit(45);
        self.requests.source.ready.next = self.page.ready.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
