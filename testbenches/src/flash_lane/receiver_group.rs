//! Record receivers with the corrector that they share, as a circuit.

use hardpath_rtl::flash_controller::ecc::RecordCode;
use hardpath_rtl::flash_controller::flash_lane::{CorrectionSource, RecordCorrector, RecordReceiver};
use rust_hdl::prelude::*;

/// Some receivers and their corrector; the ports are those of the receivers.
#[derive(LogicBlock)]
#[allow(missing_docs, reason = "the ports are those of the receivers")]
pub struct ReceiverGroup {
    pub clock: Signal<In, Clock>,
    pub byte_valid: Vec<Signal<In, Bit>>,
    pub byte_data: Vec<Signal<In, Bits<8>>>,
    pub byte_last: Vec<Signal<In, Bit>>,
    pub byte_tag: Vec<Signal<In, Bits<8>>>,
    pub done: Vec<Signal<In, Bit>>,
    pub done_tag: Vec<Signal<In, Bits<8>>>,
    pub done_failed: Vec<Signal<In, Bit>>,
    pub room: Vec<Signal<Out, Bit>>,
    pub slot_ready: Vec<Signal<Out, Bits<2>>>,
    pub slot_bad: Vec<Signal<Out, Bits<2>>>,
    pub slot_weak: Vec<Signal<Out, Bits<2>>>,
    pub first_tag: Vec<Signal<Out, Bits<8>>>,
    pub second_tag: Vec<Signal<Out, Bits<8>>>,
    pub first_page: Vec<Signal<Out, Bits<32>>>,
    pub second_page: Vec<Signal<Out, Bits<32>>>,
    pub freed: Vec<Signal<In, Bits<2>>>,
    pub reading: Vec<Signal<In, Bit>>,
    pub read_slot: Vec<Signal<In, Bit>>,
    pub read_place: Vec<Signal<In, Bits<8>>>,
    pub word: Vec<Signal<Out, Bits<128>>>,
    pub corrected: Vec<Signal<Out, Bit>>,
    pub corrected_bits: Vec<Signal<Out, Bits<8>>>,

    receivers: Vec<RecordReceiver>,
    corrector: RecordCorrector,
}

fn ports<D: Direction, T: Synth>(count: usize) -> Vec<Signal<D, T>> {
    (0..count).map(|_| Default::default()).collect()
}

impl ReceiverGroup {
    /// A group of `lanes` receivers of records in `code`.
    pub fn new(code: RecordCode, lanes: usize) -> Self {
        Self {
            clock: Default::default(),
            byte_valid: ports(lanes),
            byte_data: ports(lanes),
            byte_last: ports(lanes),
            byte_tag: ports(lanes),
            done: ports(lanes),
            done_tag: ports(lanes),
            done_failed: ports(lanes),
            room: ports(lanes),
            slot_ready: ports(lanes),
            slot_bad: ports(lanes),
            slot_weak: ports(lanes),
            first_tag: ports(lanes),
            second_tag: ports(lanes),
            first_page: ports(lanes),
            second_page: ports(lanes),
            freed: ports(lanes),
            reading: ports(lanes),
            read_slot: ports(lanes),
            read_place: ports(lanes),
            word: ports(lanes),
            corrected: ports(lanes),
            corrected_bits: ports(lanes),
            receivers: (0..lanes).map(|_| RecordReceiver::new(code)).collect(),
            corrector: RecordCorrector::new(code, lanes),
        }
    }
}

impl Logic for ReceiverGroup {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, corrector);
        for i in 0..self.receivers.len() {
            self.receivers[i].clock.next = self.clock.val();
            CorrectionSource::join(&mut self.receivers[i].correction, &mut self.corrector.lanes[i]);
            self.receivers[i].byte_valid.next = self.byte_valid[i].val();
            self.receivers[i].byte_data.next = self.byte_data[i].val();
            self.receivers[i].byte_last.next = self.byte_last[i].val();
            self.receivers[i].byte_tag.next = self.byte_tag[i].val();
            self.receivers[i].done.next = self.done[i].val();
            self.receivers[i].done_tag.next = self.done_tag[i].val();
            self.receivers[i].done_failed.next = self.done_failed[i].val();
            self.receivers[i].freed.next = self.freed[i].val();
            self.receivers[i].reading.next = self.reading[i].val();
            self.receivers[i].read_slot.next = self.read_slot[i].val();
            self.receivers[i].read_place.next = self.read_place[i].val();
            self.room[i].next = self.receivers[i].room.val();
            self.slot_ready[i].next = self.receivers[i].slot_ready.val();
            self.slot_bad[i].next = self.receivers[i].slot_bad.val();
            self.slot_weak[i].next = self.receivers[i].slot_weak.val();
            self.first_tag[i].next = self.receivers[i].first_tag.val();
            self.second_tag[i].next = self.receivers[i].second_tag.val();
            self.first_page[i].next = self.receivers[i].first_page.val();
            self.second_page[i].next = self.receivers[i].second_page.val();
            self.word[i].next = self.receivers[i].word.val();
            self.corrected[i].next = self.receivers[i].corrected.val();
            self.corrected_bits[i].next = self.receivers[i].corrected_bits.val();
        }
    }
}
