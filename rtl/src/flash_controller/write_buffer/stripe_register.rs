//! One stripe of the buffer: where it lies on flash, and which lane holds which slots.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::write_buffer::LANES;

/// Keeps the descriptor of a stripe and numbers its slots: data lanes in ascending order, two halves each; the parity lane
/// has slots 18 and 19.
///
/// - Latency: 1 cycle from `load` to the descriptor's fields, 12 cycles to the slots.
/// - Throughput: a stripe in 12 cycles.
/// - Back-pressure: none.
/// - Limits: 10 lanes; 3..=10 members, the parity lane among them.
#[derive(LogicBlock)]
pub struct StripeRegister {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The descriptor is taken from the inputs below.
    pub load: Signal<In, Bit>,
    /// RAID group.
    pub load_group: Signal<In, Bits<1>>,
    /// Number of the stripe in its group.
    pub load_stripe: Signal<In, Bits<24>>,
    /// Sequence number.
    pub load_sequence_number: Signal<In, Bits<32>>,
    /// Member lanes, bit per lane.
    pub load_members: Signal<In, Bits<10>>,
    /// The member with the parity.
    pub load_parity_lane: Signal<In, Bits<4>>,
    /// Die of the stripe's pages.
    pub load_die: Signal<In, Bits<3>>,
    /// Their plane.
    pub load_plane: Signal<In, Bits<1>>,
    /// Their block.
    pub load_block: Signal<In, Bits<12>>,
    /// Their page in the block.
    pub load_page: Signal<In, Bits<8>>,
    /// The stripe is programmed with the next one.
    pub load_pair_first: Signal<In, Bit>,
    /// The stripe is programmed with the one before.
    pub load_pair_second: Signal<In, Bit>,
    /// The fields of the stripe that was loaded last, as above.
    pub group: Signal<Out, Bits<1>>,
    /// Number of the stripe in its group.
    pub stripe: Signal<Out, Bits<24>>,
    /// Sequence number.
    pub sequence_number: Signal<Out, Bits<32>>,
    /// Tag of the program command: 0xC0 and the low bits of the sequence number.
    pub tag: Signal<Out, Bits<8>>,
    /// Member lanes, bit per lane.
    pub members: Signal<Out, Bits<10>>,
    /// Member lanes without the parity lane, bit per lane.
    pub data_lanes: Signal<Out, Bits<10>>,
    /// The member with the parity.
    pub parity_lane: Signal<Out, Bits<4>>,
    /// Die of the stripe's pages.
    pub die: Signal<Out, Bits<3>>,
    /// Planes that the stripe's program command names, bit per plane.
    pub planes: Signal<Out, Bits<2>>,
    /// Their block.
    pub block: Signal<Out, Bits<12>>,
    /// Their page in the block.
    pub page: Signal<Out, Bits<8>>,
    /// The stripe is programmed with the next one.
    pub pair_first: Signal<Out, Bit>,
    /// The stripe is programmed with the one before.
    pub pair_second: Signal<Out, Bit>,
    /// Data slots of the stripe: two for each data lane.
    pub data_slots: Signal<Out, Bits<5>>,
    /// Slot of half 0 on each lane; meaningful for members.
    pub lane_slot: [Signal<Out, Bits<5>>; LANES],

    /// The number of each lane.
    lane_number: Vec<Constant<Bits<4>>>,
    lanes: Constant<Bits<4>>,
    parity_slot: Constant<Bits<5>>,
    program_tag: Constant<Bits<8>>,

    held_group: DFF<Bits<1>>,
    held_stripe: DFF<Bits<24>>,
    held_sequence_number: DFF<Bits<32>>,
    held_members: DFF<Bits<10>>,
    held_parity_lane: DFF<Bits<4>>,
    held_die: DFF<Bits<3>>,
    held_planes: DFF<Bits<2>>,
    held_block: DFF<Bits<12>>,
    held_page: DFF<Bits<8>>,
    held_pair_first: DFF<Bit>,
    held_pair_second: DFF<Bit>,
    /// The lane that is numbered next.
    lane: DFF<Bits<4>>,
    /// Slots given so far.
    slots: DFF<Bits<5>>,
    slot_of_lane: [DFF<Bits<5>>; LANES],
    is_data: [DFF<Bit>; LANES],

    data_lane_bits: Signal<Local, Bits<10>>,
    takes_slots: Signal<Local, Bit>,
}

impl Default for StripeRegister {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            load: Default::default(),
            load_group: Default::default(),
            load_stripe: Default::default(),
            load_sequence_number: Default::default(),
            load_members: Default::default(),
            load_parity_lane: Default::default(),
            load_die: Default::default(),
            load_plane: Default::default(),
            load_block: Default::default(),
            load_page: Default::default(),
            load_pair_first: Default::default(),
            load_pair_second: Default::default(),
            group: Default::default(),
            stripe: Default::default(),
            sequence_number: Default::default(),
            tag: Default::default(),
            members: Default::default(),
            data_lanes: Default::default(),
            parity_lane: Default::default(),
            die: Default::default(),
            planes: Default::default(),
            block: Default::default(),
            page: Default::default(),
            pair_first: Default::default(),
            pair_second: Default::default(),
            data_slots: Default::default(),
            lane_slot: Default::default(),
            lane_number: (0..LANES).map(|lane| Constant::new(lane.to_bits())).collect(),
            lanes: Constant::new(LANES.to_bits()),
            parity_slot: Constant::new(18_u64.into()),
            program_tag: Constant::new(0xC0_u64.into()),
            held_group: Default::default(),
            held_stripe: Default::default(),
            held_sequence_number: Default::default(),
            held_members: Default::default(),
            held_parity_lane: Default::default(),
            held_die: Default::default(),
            held_planes: Default::default(),
            held_block: Default::default(),
            held_page: Default::default(),
            held_pair_first: Default::default(),
            held_pair_second: Default::default(),
            lane: Default::default(),
            slots: Default::default(),
            slot_of_lane: Default::default(),
            is_data: Default::default(),
            data_lane_bits: Default::default(),
            takes_slots: Default::default(),
        }
    }
}

impl Logic for StripeRegister {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            held_group,
            held_stripe,
            held_sequence_number,
            held_members,
            held_parity_lane,
            held_die
        );
        dff_setup!(self, clock, held_planes, held_block, held_page, held_pair_first, held_pair_second, lane, slots);

        self.takes_slots.next = false;
        self.data_lane_bits.next = bits::<10>(0);
        for i in 0..10 {
            self.slot_of_lane[i].clock.next = self.clock.val();
            self.is_data[i].clock.next = self.clock.val();
            self.slot_of_lane[i].d.next = self.slot_of_lane[i].q.val();
            self.is_data[i].d.next = self.is_data[i].q.val();
            if self.lane.q.val() == self.lane_number[i].val() {
                if self.held_parity_lane.q.val() == self.lane_number[i].val() {
                    self.slot_of_lane[i].d.next = self.parity_slot.val();
                    self.is_data[i].d.next = false;
                } else {
                    self.slot_of_lane[i].d.next = self.slots.q.val();
                    self.is_data[i].d.next = self.held_members.q.val().get_bit(i);
                    self.takes_slots.next = self.held_members.q.val().get_bit(i);
                }
            }
            self.lane_slot[i].next = self.slot_of_lane[i].q.val();
            self.data_lane_bits.next = self.data_lane_bits.val().replace_bit(i, self.is_data[i].q.val());
        }
        if self.lane.q.val() != self.lanes.val() {
            self.lane.d.next = self.lane.q.val() + 1;
        }
        if self.takes_slots.val() {
            self.slots.d.next = self.slots.q.val() + 2;
        }

        if self.load.val() {
            self.held_group.d.next = self.load_group.val();
            self.held_stripe.d.next = self.load_stripe.val();
            self.held_sequence_number.d.next = self.load_sequence_number.val();
            self.held_members.d.next = self.load_members.val();
            self.held_parity_lane.d.next = self.load_parity_lane.val();
            self.held_die.d.next = self.load_die.val();
            self.held_block.d.next = self.load_block.val();
            self.held_page.d.next = self.load_page.val();
            self.held_pair_first.d.next = self.load_pair_first.val();
            self.held_pair_second.d.next = self.load_pair_second.val();
            self.held_planes.d.next = bits::<2>(1);
            if self.load_plane.val().any() {
                self.held_planes.d.next = bits::<2>(2);
            }
            if self.load_pair_first.val() {
                self.held_planes.d.next = bits::<2>(3);
            }
            self.lane.d.next = bits::<4>(0);
            self.slots.d.next = bits::<5>(0);
        }
        self.group.next = self.held_group.q.val();
        self.stripe.next = self.held_stripe.q.val();
        self.sequence_number.next = self.held_sequence_number.q.val();
        self.tag.next = self.program_tag.val() | bit_cast::<8, 6>(self.held_sequence_number.q.val().get_bits::<6>(0));
        self.members.next = self.held_members.q.val();
        self.data_lanes.next = self.data_lane_bits.val();
        self.parity_lane.next = self.held_parity_lane.q.val();
        self.die.next = self.held_die.q.val();
        self.planes.next = self.held_planes.q.val();
        self.block.next = self.held_block.q.val();
        self.page.next = self.held_page.q.val();
        self.pair_first.next = self.held_pair_first.q.val();
        self.pair_second.next = self.held_pair_second.q.val();
        self.data_slots.next = self.slots.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
