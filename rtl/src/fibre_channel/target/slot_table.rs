//! Which slot holds which page.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};

/// The slots of the pages of exchanges: by exchange and place among its eight, and by slot.
///
/// - Latency: 1 cycle.
/// - Throughput: a lookup each way and an entry every cycle.
/// - Back-pressure: none.
/// - Limits: 128 exchanges of 8 pages; 64 slots. What is written is looked up in a later cycle.
#[derive(LogicBlock, Default)]
pub struct SlotTable {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Exchange that is looked up or written.
    pub exchange: Signal<In, Bits<7>>,
    /// Place among its pages.
    pub place: Signal<In, Bits<3>>,
    /// The slot of the page there, without the bit that tells slots for writes.
    pub slot_there: Signal<Out, Bits<5>>,
    /// Slot that is looked up.
    pub slot: Signal<In, Bits<6>>,
    /// Exchange of its page.
    pub owner: Signal<Out, Bits<7>>,
    /// Place among the exchange's pages.
    pub owner_place: Signal<Out, Bits<3>>,
    /// First block of the page that is meant.
    pub first: Signal<Out, Bits<3>>,
    /// Last block of the page that is meant.
    pub last: Signal<Out, Bits<3>>,
    /// Number of the page.
    pub page: Signal<Out, Bits<32>>,
    /// A page of `exchange` gets a slot.
    pub write: Signal<In, Bit>,
    /// Place among its pages.
    pub write_place: Signal<In, Bits<3>>,
    /// The slot.
    pub write_slot: Signal<In, Bits<6>>,
    /// First block of the page that is meant.
    pub write_first: Signal<In, Bits<3>>,
    /// Last block of the page that is meant.
    pub write_last: Signal<In, Bits<3>>,
    /// Number of the page.
    pub write_page: Signal<In, Bits<32>>,

    /// Slot by exchange and place.
    window: RAM<Bits<5>, 10>,
    /// Exchange, place, first block and last block by slot.
    owners: RAM<Bits<16>, 6>,
    pages: RAM<Bits<32>, 6>,
}

impl Logic for SlotTable {
    #[hdl_gen]
    fn update(&mut self) {
        self.window.read_clock.next = self.clock.val();
        self.window.write_clock.next = self.clock.val();
        self.owners.read_clock.next = self.clock.val();
        self.owners.write_clock.next = self.clock.val();
        self.pages.read_clock.next = self.clock.val();
        self.pages.write_clock.next = self.clock.val();

        self.window.read_address.next =
            (bit_cast::<10, 7>(self.exchange.val()) << 3) | bit_cast::<10, 3>(self.place.val());
        self.slot_there.next = self.window.read_data.val();
        self.owners.read_address.next = self.slot.val();
        self.owner.next = self.owners.read_data.val().get_bits::<7>(9);
        self.owner_place.next = self.owners.read_data.val().get_bits::<3>(6);
        self.first.next = self.owners.read_data.val().get_bits::<3>(3);
        self.last.next = self.owners.read_data.val().get_bits::<3>(0);
        self.pages.read_address.next = self.slot.val();
        self.page.next = self.pages.read_data.val();

        self.window.write_address.next =
            (bit_cast::<10, 7>(self.exchange.val()) << 3) | bit_cast::<10, 3>(self.write_place.val());
        self.window.write_data.next = self.write_slot.val().get_bits::<5>(0);
        self.window.write_enable.next = self.write.val();
        self.owners.write_address.next = self.write_slot.val();
        self.owners.write_data.next = (bit_cast::<16, 7>(self.exchange.val()) << 9)
            | (bit_cast::<16, 3>(self.write_place.val()) << 6)
            | (bit_cast::<16, 3>(self.write_first.val()) << 3)
            | bit_cast::<16, 3>(self.write_last.val());
        self.owners.write_enable.next = self.write.val();
        self.pages.write_address.next = self.write_slot.val();
        self.pages.write_data.next = self.write_page.val();
        self.pages.write_enable.next = self.write.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // What is written is not looked up in the same cycle.
        info.push(no_collision(&["window", "owners", "pages"]));
        info
    }
}
