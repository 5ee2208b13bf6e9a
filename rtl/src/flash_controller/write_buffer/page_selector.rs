//! Whose page comes next.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::write_buffer::PageCommandSink;
use crate::stream::StreamSink;

/// Chooses among the pages of the host and of the mover, which take turns. The command chosen is offered until it is taken;
/// then the data words of its page pass.
///
/// - Latency: 1 cycle from a command to its offer; data words pass in their cycle.
/// - Throughput: 1 word per cycle; a command every other cycle.
/// - Back-pressure: data streams wait while another source's page passes and while `data_ready` is low. `ready` of the data
///   streams depends on `data_ready` combinationally.
/// - Limits: pages have one length, so that `last` of the data streams is not looked at.
#[derive(LogicBlock, Default)]
pub struct PageSelector {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Commands of the host.
    pub host: PageCommandSink,
    /// Data words of the host's pages.
    pub host_data: StreamSink<128>,
    /// Commands of the mover.
    pub mover: PageCommandSink,
    /// Data words of the mover's pages.
    pub mover_data: StreamSink<128>,
    /// A command is offered.
    pub offer: Signal<Out, Bit>,
    /// Its tag; meaningful while `offer` is high, as are the two that follow.
    pub offer_tag: Signal<Out, Bits<8>>,
    /// Its logical page.
    pub offer_page: Signal<Out, Bits<32>>,
    /// It comes from the mover.
    pub offer_moved: Signal<Out, Bit>,
    /// The offered command is taken: its page's data pass from the next cycle on, if there are any.
    pub take: Signal<In, Bit>,
    /// A data word of the page taken last is offered.
    pub data_valid: Signal<Out, Bit>,
    /// The word.
    pub data: Signal<Out, Bits<128>>,
    /// The word is taken.
    pub data_ready: Signal<In, Bit>,

    offered: DFF<Bit>,
    tag: DFF<Bits<8>>,
    page: DFF<Bits<32>>,
    moved: DFF<Bit>,
    /// The mover's turn is next.
    mover_is_next: DFF<Bit>,
    passes_mover: DFF<Bit>,

    mover_first: Signal<Local, Bit>,
}

impl Logic for PageSelector {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, offered, tag, page, moved, mover_is_next, passes_mover);
        self.mover_first.next = self.mover.valid.val() & (self.mover_is_next.q.val() | !self.host.valid.val());
        self.mover.ready.next = !self.offered.q.val() & self.mover_first.val();
        self.host.ready.next = !self.offered.q.val() & !self.mover_first.val();
        if !self.offered.q.val() {
            self.offered.d.next = self.mover.valid.val() | self.host.valid.val();
            self.tag.d.next = self.host.tag.val();
            self.page.d.next = self.host.logical_page.val();
            self.moved.d.next = false;
            if self.mover_first.val() {
                self.tag.d.next = self.mover.tag.val();
                self.page.d.next = self.mover.logical_page.val();
                self.moved.d.next = true;
                self.mover_is_next.d.next = false;
            } else if self.host.valid.val() {
                self.mover_is_next.d.next = true;
            }
        }
        if self.take.val() {
            self.offered.d.next = false;
            self.passes_mover.d.next = self.moved.q.val();
        }
        self.offer.next = self.offered.q.val();
        self.offer_tag.next = self.tag.q.val();
        self.offer_page.next = self.page.q.val();
        self.offer_moved.next = self.moved.q.val();

        self.data_valid.next = self.host_data.valid.val();
        self.data.next = self.host_data.data.val();
        self.host_data.ready.next = self.data_ready.val() & !self.passes_mover.q.val();
        self.mover_data.ready.next = self.data_ready.val() & self.passes_mover.q.val();
        if self.passes_mover.q.val() {
            self.data_valid.next = self.mover_data.valid.val();
            self.data.next = self.mover_data.data.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
