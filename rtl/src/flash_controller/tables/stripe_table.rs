//! What each stripe is: its state, sequence number, members and parity lane.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::tables::{PageLocation, StripeLookupSink, StripeSink, StripeState, TableMemorySource};

/// Entries of 2^`A` stripes, group bit on top, in a memory of 48-bit words: from the lowest bit state (2 bits), parity lane
/// (4), members (10), sequence number (32).
///
/// A lookup turns the location of a page, `L` bits, into the physical address on its lane and adds the entry of its stripe.
/// A stripe's number consists, from its lowest bit, of page of the block, plane (1 bit), die (3 bits) and block.
///
/// - Latency: 4 cycles from a lookup to its result, with block RAM.
/// - Throughput: 1 lookup or firmware request per cycle with block RAM; up to 32 are under way in the memory.
/// - Back-pressure: `ready` of both ports falls when the memory accepts nothing or 32 are under way; it follows the
///   memory's `ready` within the cycle. The firmware goes before lookups. Results cannot be held back.
/// - Limits: `A` 2..=32, `L` = `A` + 6; up to 256 pages a block and 4,096 blocks a plane. Lookups taken after a writing see
///   it.
#[derive(LogicBlock)]
pub struct StripeTable<const A: usize, const L: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Locations to look up.
    pub lookups: StripeLookupSink<L>,
    /// Reading and writing of entries.
    pub firmware: StripeSink<A>,
    /// The memory that holds the entries.
    pub memory: TableMemorySource<A, 48>,
    /// The result of a lookup is shown, in their order; all `found` signals are meaningful in this cycle alone.
    pub found_valid: Signal<Out, Bit>,
    /// The lookup's tag.
    pub found_tag: Signal<Out, Bits<8>>,
    /// Chip of the lane, by its RAID group.
    pub found_chip: Signal<Out, Bits<1>>,
    /// Lane of the page.
    pub found_lane: Signal<Out, Bits<4>>,
    /// Half of the flash page.
    pub found_half: Signal<Out, Bits<1>>,
    /// Die of the chip.
    pub found_die: Signal<Out, Bits<3>>,
    /// Plane of the die.
    pub found_plane: Signal<Out, Bits<1>>,
    /// Block of the plane.
    pub found_block: Signal<Out, Bits<12>>,
    /// Page of the block.
    pub found_page: Signal<Out, Bits<8>>,
    /// State of the stripe.
    pub found_state: Signal<Out, StripeState>,
    /// Sequence number of the stripe.
    pub found_sequence: Signal<Out, Bits<32>>,
    /// Members of the stripe, a bit a lane.
    pub found_members: Signal<Out, Bits<10>>,
    /// Lane of the stripe's parity.
    pub found_parity_lane: Signal<Out, Bits<4>>,

    /// Bits of a location below the plane's bit.
    plane_shift: Constant<Bits<6>>,
    /// The bits of a page number.
    page_mask: Constant<Bits<8>>,
    /// Bits of a location below the group's bit.
    group_shift: Constant<Bits<6>>,
    /// The bits of a stripe's number of one group, in a location without its lowest six bits.
    stripe_mask: Constant<Bits<L>>,
    last_request: Constant<Bits<6>>,

    asked_locations: RAM<Bits<L>, 5>,
    asked_tags: RAM<Bits<8>, 5>,
    asked_lookups: RAM<Bit, 5>,
    ask_slot: DFF<Bits<5>>,
    answer_slot: DFF<Bits<5>>,
    under_way: DFF<Bits<6>>,
    may_read: DFF<Bit>,
    answered: DFF<Bit>,
    answered_entry: DFF<Bits<48>>,
    shown_lookup: DFF<Bit>,
    shown_answer: DFF<Bit>,
    shown_tag: DFF<Bits<8>>,
    shown_location: DFF<Bits<L>>,
    shown_entry: DFF<Bits<48>>,

    firmware_reads: Signal<Local, Bit>,
    asks: Signal<Local, Bit>,
    looks_up: Signal<Local, Bit>,
    state_bits: Signal<Local, Bits<48>>,
    stripe: Signal<Local, Bits<L>>,
    above_page: Signal<Local, Bits<L>>,
}

impl<const A: usize, const L: usize> StripeTable<A, L> {
    /// A table of stripes of blocks with 2^`page_bits` pages.
    ///
    /// # Panics
    /// If `L` is not `A` + 6, or a stripe's number has no room for `page_bits`, at most 8, four bits of plane and die, and
    /// at most 12 bits of block.
    pub fn new(page_bits: usize) -> Self {
        assert!(
            L == A + 6,
            "{L} bits of location: {A} bits of stripe and group, and 6 of lane and half, make {}",
            A + 6
        );
        let stripe_bits = A - 1;
        assert!(
            page_bits <= 8 && (page_bits + 4..=page_bits + 16).contains(&stripe_bits),
            "{stripe_bits} bits of stripe with {page_bits} bits of page: legal are 0..=8 of page, 4 more of die and plane, \
             and 0..=12 of block"
        );
        Self {
            clock: Default::default(),
            lookups: Default::default(),
            firmware: Default::default(),
            memory: Default::default(),
            found_valid: Default::default(),
            found_tag: Default::default(),
            found_chip: Default::default(),
            found_lane: Default::default(),
            found_half: Default::default(),
            found_die: Default::default(),
            found_plane: Default::default(),
            found_block: Default::default(),
            found_page: Default::default(),
            found_state: Default::default(),
            found_sequence: Default::default(),
            found_members: Default::default(),
            found_parity_lane: Default::default(),
            plane_shift: Constant::new((PageLocation::STRIPE_SHIFT + page_bits).to_bits()),
            page_mask: Constant::new(((1_usize << page_bits) - 1).to_bits()),
            group_shift: Constant::new((L - 1).to_bits()),
            stripe_mask: Constant::new(((1_u64 << stripe_bits) - 1).into()),
            last_request: Constant::new(31_usize.to_bits()),
            asked_locations: Default::default(),
            asked_tags: Default::default(),
            asked_lookups: Default::default(),
            ask_slot: Default::default(),
            answer_slot: Default::default(),
            under_way: Default::default(),
            may_read: Default::default(),
            answered: Default::default(),
            answered_entry: Default::default(),
            shown_lookup: Default::default(),
            shown_answer: Default::default(),
            shown_tag: Default::default(),
            shown_location: Default::default(),
            shown_entry: Default::default(),
            firmware_reads: Default::default(),
            asks: Default::default(),
            looks_up: Default::default(),
            state_bits: Default::default(),
            stripe: Default::default(),
            above_page: Default::default(),
        }
    }
}

impl<const A: usize, const L: usize> Logic for StripeTable<A, L> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, ask_slot, answer_slot, under_way, may_read, answered, answered_entry);
        dff_setup!(self, clock, shown_lookup, shown_answer, shown_tag, shown_location, shown_entry);
        self.asked_locations.read_clock.next = self.clock.val();
        self.asked_locations.write_clock.next = self.clock.val();
        self.asked_tags.read_clock.next = self.clock.val();
        self.asked_tags.write_clock.next = self.clock.val();
        self.asked_lookups.read_clock.next = self.clock.val();
        self.asked_lookups.write_clock.next = self.clock.val();

        // The firmware writes.
        self.state_bits.next = bits::<48>(0);
        match self.firmware.state.val() {
            StripeState::Open => {
                self.state_bits.next = bits::<48>(1);
            }
            StripeState::Closed => {
                self.state_bits.next = bits::<48>(2);
            }
            StripeState::Retired => {
                self.state_bits.next = bits::<48>(3);
            }
            _ => {}
        }
        self.memory.write_valid.next = self.firmware.valid.val() & self.firmware.write.val();
        self.memory.write_address.next = self.firmware.stripe.val();
        self.memory.write_data.next = (bit_cast::<48, 32>(self.firmware.sequence.val()) << 16)
            | (bit_cast::<48, 10>(self.firmware.members.val()) << 6)
            | (bit_cast::<48, 4>(self.firmware.parity_lane.val()) << 2)
            | self.state_bits.val();

        // The firmware reads, or a lookup does. A lookup waits while the firmware writes, so that it sees what is written.
        self.firmware_reads.next = self.firmware.valid.val() & !self.firmware.write.val();
        self.looks_up.next = self.lookups.valid.val() & !self.firmware.valid.val();
        self.memory.read_valid.next = self.may_read.q.val() & (self.firmware_reads.val() | self.looks_up.val());
        self.memory.read_address.next = bit_cast::<A, L>(self.lookups.location.val() >> 6);
        if self.firmware_reads.val() {
            self.memory.read_address.next = self.firmware.stripe.val();
        }
        self.firmware.ready.next = self.may_read.q.val() & self.memory.read_ready.val();
        if self.firmware.write.val() {
            self.firmware.ready.next = self.memory.write_ready.val();
        }
        self.lookups.ready.next = self.may_read.q.val() & self.memory.read_ready.val() & !self.firmware.valid.val();
        self.asks.next = self.memory.read_valid.val() & self.memory.read_ready.val();

        self.asked_locations.write_enable.next = self.asks.val();
        self.asked_locations.write_address.next = self.ask_slot.q.val();
        self.asked_locations.write_data.next = self.lookups.location.val();
        self.asked_tags.write_enable.next = self.asks.val();
        self.asked_tags.write_address.next = self.ask_slot.q.val();
        self.asked_tags.write_data.next = self.lookups.tag.val();
        self.asked_lookups.write_enable.next = self.asks.val();
        self.asked_lookups.write_address.next = self.ask_slot.q.val();
        self.asked_lookups.write_data.next = self.looks_up.val();
        if self.asks.val() {
            self.ask_slot.d.next = self.ask_slot.q.val() + 1;
        }
        if self.asks.val() & !self.memory.response_valid.val() {
            self.under_way.d.next = self.under_way.q.val() + 1;
        }
        if !self.asks.val() & self.memory.response_valid.val() {
            self.under_way.d.next = self.under_way.q.val() - 1;
        }
        // Compared a cycle late, in which one request more may begin.
        self.may_read.d.next = self.under_way.q.val() < self.last_request.val();

        // The memory's answer meets its request.
        self.asked_locations.read_address.next = self.answer_slot.q.val();
        self.asked_tags.read_address.next = self.answer_slot.q.val();
        self.asked_lookups.read_address.next = self.answer_slot.q.val();
        if self.memory.response_valid.val() {
            self.answer_slot.d.next = self.answer_slot.q.val() + 1;
        }
        self.answered.d.next = self.memory.response_valid.val();
        self.answered_entry.d.next = self.memory.response_data.val();
        self.shown_lookup.d.next = self.answered.q.val() & self.asked_lookups.read_data.val();
        self.shown_answer.d.next = self.answered.q.val() & !self.asked_lookups.read_data.val();
        self.shown_tag.d.next = self.asked_tags.read_data.val();
        self.shown_location.d.next = self.asked_locations.read_data.val();
        self.shown_entry.d.next = self.answered_entry.q.val();

        self.found_valid.next = self.shown_lookup.q.val();
        self.firmware.answer_valid.next = self.shown_answer.q.val();
        self.found_tag.next = self.shown_tag.q.val();
        self.found_half.next = self.shown_location.q.val().get_bits::<1>(1);
        self.found_lane.next = self.shown_location.q.val().get_bits::<4>(2);
        self.found_chip.next = bit_cast::<1, L>(self.shown_location.q.val() >> self.group_shift.val());
        self.stripe.next = (self.shown_location.q.val() >> 6) & self.stripe_mask.val();
        self.found_page.next = bit_cast::<8, L>(self.stripe.val()) & self.page_mask.val();
        self.above_page.next = (self.stripe.val() << 6) >> self.plane_shift.val();
        self.found_plane.next = self.above_page.val().get_bits::<1>(0);
        self.found_die.next = self.above_page.val().get_bits::<3>(1);
        self.found_block.next = bit_cast::<12, L>(self.above_page.val() >> 4);
        self.found_state.next = StripeState::Free;
        if self.shown_entry.q.val().get_bit(0) {
            self.found_state.next = StripeState::Open;
        }
        if self.shown_entry.q.val().get_bit(1) {
            self.found_state.next = StripeState::Closed;
            if self.shown_entry.q.val().get_bit(0) {
                self.found_state.next = StripeState::Retired;
            }
        }
        self.found_parity_lane.next = self.shown_entry.q.val().get_bits::<4>(2);
        self.found_members.next = self.shown_entry.q.val().get_bits::<10>(6);
        self.found_sequence.next = self.shown_entry.q.val().get_bits::<32>(16);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let page_bits = u64::from(self.plane_shift.val()) - PageLocation::STRIPE_SHIFT as u64;
        let mut info = circuit_info::<Self>(&[("page_bits", page_bits)]);
        // A request is read when its answer has come, later than it was written.
        info.push(no_collision(&["asked_locations", "asked_tags", "asked_lookups"]));
        info
    }
}
