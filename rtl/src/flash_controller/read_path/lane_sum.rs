//! What several lanes give, added up.

use rust_hdl::prelude::*;

use super::LANES;
use crate::circuit::circuit_info;

/// The sums, bit by bit modulo 2, of the words that some lanes give, and of the logical pages in the headers of records in their
/// slots. Of a single lane the sum is what that lane gives; of all survivors of a stripe, what the lost member held.
///
/// - Latency: 2 cycles from any input to the sums.
/// - Throughput: 1 word per cycle.
/// - Back-pressure: none.
/// - Limits: 10 lanes of two slots.
#[derive(LogicBlock, Default)]
pub struct LaneSum {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The lanes whose pages count.
    pub mask: Signal<In, Bits<10>>,
    /// Slot of the record that counts, by lane.
    pub slots: Signal<In, Bits<10>>,
    /// Logical page in the header of the record in the first slot, by lane.
    pub first_page: [Signal<In, Bits<32>>; LANES],
    /// Logical page in the header of the record in the second slot, by lane.
    pub second_page: [Signal<In, Bits<32>>; LANES],
    /// A word, by lane; zero on lanes that do not count.
    pub lane_word: [Signal<In, Bits<128>>; LANES],
    /// Sum of the pages.
    pub page: Signal<Out, Bits<32>>,
    /// Sum of the words.
    pub word: Signal<Out, Bits<128>>,

    page_pairs: [DFF<Bits<32>>; 5],
    word_pairs: [DFF<Bits<128>>; 5],
    page_sum: DFF<Bits<32>>,
    word_sum: DFF<Bits<128>>,

    low_page: Signal<Local, Bits<32>>,
    high_page: Signal<Local, Bits<32>>,
    page_total: Signal<Local, Bits<32>>,
    word_total: Signal<Local, Bits<128>>,
}

impl Logic for LaneSum {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, page_sum, word_sum);

        self.page_total.next = bits::<32>(0);
        self.word_total.next = bits::<128>(0);
        for i in 0..5 {
            self.page_pairs[i].clock.next = self.clock.val();
            self.word_pairs[i].clock.next = self.clock.val();
            self.low_page.next = bits::<32>(0);
            self.high_page.next = bits::<32>(0);
            if self.mask.val().get_bit(2 * i) {
                self.low_page.next = self.first_page[2 * i].val();
                if self.slots.val().get_bit(2 * i) {
                    self.low_page.next = self.second_page[2 * i].val();
                }
            }
            if self.mask.val().get_bit(2 * i + 1) {
                self.high_page.next = self.first_page[2 * i + 1].val();
                if self.slots.val().get_bit(2 * i + 1) {
                    self.high_page.next = self.second_page[2 * i + 1].val();
                }
            }
            self.page_pairs[i].d.next = self.low_page.val() ^ self.high_page.val();
            self.word_pairs[i].d.next = self.lane_word[2 * i].val() ^ self.lane_word[2 * i + 1].val();
            self.page_total.next = self.page_total.val() ^ self.page_pairs[i].q.val();
            self.word_total.next = self.word_total.val() ^ self.word_pairs[i].q.val();
        }
        self.page_sum.d.next = self.page_total.val();
        self.word_sum.d.next = self.word_total.val();
        self.page.next = self.page_sum.q.val();
        self.word.next = self.word_sum.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
