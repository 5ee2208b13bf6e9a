//! Reads to the lanes.

use rust_hdl::prelude::*;

use super::LANES;
use crate::circuit::circuit_info;
use crate::flash_controller::tables::StripeLookupSource;
use crate::stream::{StreamSink, StreamSource, SynchronousFifo};

/// Turns the location of each read into its place on a lane and queues it there; if the plane has failed, the read goes
/// straight to the reconstruction. A page without a location reads as zeros.
///
/// A place is a word of 26 bits: chip in bit 0, die in 3..=1, plane in 4, block in 16..=5, page in 24..=17, half in 25. What
/// is known of a read is kept by its tag as a word of 50 bits: its place, the lane in 29..=26, the stripe's members in
/// 39..=30, and in 49..=40 the lanes on which the plane has failed.
///
/// - Latency: from a location to its lane's queue 4 cycles and the latency of the stripe table.
/// - Throughput: 1 read per cycle.
/// - Back-pressure: reads wait while the stripe table takes no lookup; the mover's go first. The lanes' queues hold all reads
///   that may be under way.
/// - Limits: 160 reads under way, 128 of the host and 32 of the mover; `L` 8..=32.
#[derive(LogicBlock)]
pub struct ReadDispatcher<const L: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The host's reads: tag in bits 7..=0, location above.
    pub located: StreamSink<40>,
    /// The mover's reads: tag in bits 7..=0, location above.
    pub moved: StreamSink<40>,
    /// Tags of reads of pages that nobody wrote.
    pub zeros: StreamSource<8>,
    /// Lookups in the stripe table.
    pub lookups: StripeLookupSource<L>,
    /// The result of a lookup.
    pub found_valid: Signal<In, Bit>,
    /// The lookup's tag.
    pub found_tag: Signal<In, Bits<8>>,
    /// Chip of the lane.
    pub found_chip: Signal<In, Bits<1>>,
    /// Lane of the page.
    pub found_lane: Signal<In, Bits<4>>,
    /// Half of the flash page.
    pub found_half: Signal<In, Bits<1>>,
    /// Die of the chip.
    pub found_die: Signal<In, Bits<3>>,
    /// Plane of the die.
    pub found_plane: Signal<In, Bits<1>>,
    /// Block of the plane.
    pub found_block: Signal<In, Bits<12>>,
    /// Page of the block.
    pub found_page: Signal<In, Bits<8>>,
    /// Members of the stripe.
    pub found_members: Signal<In, Bits<10>>,
    /// Number of the plane whose health is asked for.
    pub plane: Signal<Out, Bits<5>>,
    /// Lanes on which the plane named two cycles before has failed.
    pub failed: Signal<In, Bits<10>>,
    /// What is known of a read is to be kept.
    pub keep: Signal<Out, Bit>,
    /// The read's tag.
    pub keep_tag: Signal<Out, Bits<8>>,
    /// What is known.
    pub keep_word: Signal<Out, Bits<50>>,
    /// Tags of reads from failed planes.
    pub unreadable: StreamSource<8>,
    /// Reads of each lane: tag in bits 7..=0, place above.
    pub lanes: Vec<StreamSource<34>>,

    /// The number of each lane.
    lane_number: Vec<Constant<Bits<4>>>,

    zero_tags: SynchronousFifo<8, 7>,
    unreadable_tags: SynchronousFifo<8, 8>,
    queues: Vec<SynchronousFifo<34, 8>>,

    // A read on its way to meet the health of its plane.
    asked: DFF<Bit>,
    asked_tag: DFF<Bits<8>>,
    asked_place: DFF<Bits<26>>,
    asked_lane: DFF<Bits<4>>,
    asked_members: DFF<Bits<10>>,
    asked_plane: DFF<Bits<5>>,
    waiting: DFF<Bit>,
    waiting_tag: DFF<Bits<8>>,
    waiting_place: DFF<Bits<26>>,
    waiting_lane: DFF<Bits<4>>,
    waiting_members: DFF<Bits<10>>,
    answered: DFF<Bit>,
    answered_tag: DFF<Bits<8>>,
    answered_place: DFF<Bits<26>>,
    answered_lane: DFF<Bits<4>>,
    answered_members: DFF<Bits<10>>,
    decided: DFF<Bit>,
    decided_tag: DFF<Bits<8>>,
    decided_word: DFF<Bits<50>>,
    decided_dead: DFF<Bit>,

    chosen: Signal<Local, Bits<40>>,
    chosen_valid: Signal<Local, Bit>,
    has_place: Signal<Local, Bit>,
    taken: Signal<Local, Bit>,
}

impl<const L: usize> Default for ReadDispatcher<L> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            located: Default::default(),
            moved: Default::default(),
            zeros: Default::default(),
            lookups: Default::default(),
            found_valid: Default::default(),
            found_tag: Default::default(),
            found_chip: Default::default(),
            found_lane: Default::default(),
            found_half: Default::default(),
            found_die: Default::default(),
            found_plane: Default::default(),
            found_block: Default::default(),
            found_page: Default::default(),
            found_members: Default::default(),
            plane: Default::default(),
            failed: Default::default(),
            keep: Default::default(),
            keep_tag: Default::default(),
            keep_word: Default::default(),
            unreadable: Default::default(),
            lanes: vec![Default::default(); LANES],
            lane_number: (0..LANES).map(|lane| Constant::new(lane.to_bits())).collect(),
            zero_tags: SynchronousFifo::new(64),
            unreadable_tags: SynchronousFifo::new(64),
            queues: (0..LANES).map(|_| SynchronousFifo::new(64)).collect(),
            asked: Default::default(),
            asked_tag: Default::default(),
            asked_place: Default::default(),
            asked_lane: Default::default(),
            asked_members: Default::default(),
            asked_plane: Default::default(),
            waiting: Default::default(),
            waiting_tag: Default::default(),
            waiting_place: Default::default(),
            waiting_lane: Default::default(),
            waiting_members: Default::default(),
            answered: Default::default(),
            answered_tag: Default::default(),
            answered_place: Default::default(),
            answered_lane: Default::default(),
            answered_members: Default::default(),
            decided: Default::default(),
            decided_tag: Default::default(),
            decided_word: Default::default(),
            decided_dead: Default::default(),
            chosen: Default::default(),
            chosen_valid: Default::default(),
            has_place: Default::default(),
            taken: Default::default(),
        }
    }
}

impl<const L: usize> Logic for ReadDispatcher<L> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, zero_tags, unreadable_tags);
        dff_setup!(self, clock, asked, asked_tag, asked_place, asked_lane, asked_members, asked_plane);
        dff_setup!(self, clock, waiting, waiting_tag, waiting_place, waiting_lane, waiting_members);
        dff_setup!(self, clock, answered, answered_tag, answered_place, answered_lane, answered_members);
        dff_setup!(self, clock, decided, decided_tag, decided_word, decided_dead);

        // The mover's reads come at the firmware's order and go first.
        self.chosen.next = self.located.data.val();
        self.chosen_valid.next = self.located.valid.val();
        if self.moved.valid.val() {
            self.chosen.next = self.moved.data.val();
            self.chosen_valid.next = true;
        }
        self.has_place.next = self.chosen.val().get_bit(8);
        self.zero_tags.sink.valid.next = self.chosen_valid.val() & !self.has_place.val();
        self.zero_tags.sink.data.next = self.chosen.val().get_bits::<8>(0);
        self.zero_tags.sink.last.next = false;
        self.lookups.valid.next = self.chosen_valid.val() & self.has_place.val();
        self.lookups.tag.next = self.chosen.val().get_bits::<8>(0);
        self.lookups.location.next = self.chosen.val().get_bits::<L>(8);
        self.taken.next = self.zero_tags.sink.ready.val();
        if self.has_place.val() {
            self.taken.next = self.lookups.ready.val();
        }
        self.moved.ready.next = self.taken.val() & self.moved.valid.val();
        self.located.ready.next = self.taken.val() & !self.moved.valid.val();
        StreamSource::<8>::link(&mut self.zeros, &mut self.zero_tags.source);

        // Three cycles to the health of the plane.
        self.asked.d.next = self.found_valid.val();
        self.asked_tag.d.next = self.found_tag.val();
        self.asked_lane.d.next = self.found_lane.val();
        self.asked_members.d.next = self.found_members.val();
        self.asked_place.d.next = bit_cast::<26, 1>(self.found_chip.val())
            | (bit_cast::<26, 3>(self.found_die.val()) << 1)
            | (bit_cast::<26, 1>(self.found_plane.val()) << 4)
            | (bit_cast::<26, 12>(self.found_block.val()) << 5)
            | (bit_cast::<26, 8>(self.found_page.val()) << 17)
            | (bit_cast::<26, 1>(self.found_half.val()) << 25);
        self.asked_plane.d.next = bit_cast::<5, 1>(self.found_plane.val())
            | (bit_cast::<5, 3>(self.found_die.val()) << 1)
            | (bit_cast::<5, 1>(self.found_chip.val()) << 4);
        self.plane.next = self.asked_plane.q.val();
        self.waiting.d.next = self.asked.q.val();
        self.waiting_tag.d.next = self.asked_tag.q.val();
        self.waiting_place.d.next = self.asked_place.q.val();
        self.waiting_lane.d.next = self.asked_lane.q.val();
        self.waiting_members.d.next = self.asked_members.q.val();
        self.answered.d.next = self.waiting.q.val();
        self.answered_tag.d.next = self.waiting_tag.q.val();
        self.answered_place.d.next = self.waiting_place.q.val();
        self.answered_lane.d.next = self.waiting_lane.q.val();
        self.answered_members.d.next = self.waiting_members.q.val();

        self.decided.d.next = self.answered.q.val();
        self.decided_tag.d.next = self.answered_tag.q.val();
        self.decided_word.d.next = bit_cast::<50, 26>(self.answered_place.q.val())
            | (bit_cast::<50, 4>(self.answered_lane.q.val()) << 26)
            | (bit_cast::<50, 10>(self.answered_members.q.val()) << 30)
            | (bit_cast::<50, 10>(self.failed.val()) << 40);
        self.decided_dead.d.next = (self.failed.val() >> self.answered_lane.q.val()).get_bit(0);

        self.keep.next = self.decided.q.val();
        self.keep_tag.next = self.decided_tag.q.val();
        self.keep_word.next = self.decided_word.q.val();
        self.unreadable_tags.sink.valid.next = self.decided.q.val() & self.decided_dead.q.val();
        self.unreadable_tags.sink.data.next = self.decided_tag.q.val();
        self.unreadable_tags.sink.last.next = false;
        StreamSource::<8>::link(&mut self.unreadable, &mut self.unreadable_tags.source);
        for i in 0..self.queues.len() {
            self.queues[i].clock.next = self.clock.val();
            self.queues[i].sink.valid.next = self.decided.q.val()
                & (!self.decided_dead.q.val()
                    & (self.decided_word.q.val().get_bits::<4>(26) == self.lane_number[i].val()));
            self.queues[i].sink.data.next = bit_cast::<34, 8>(self.decided_tag.q.val())
                | (bit_cast::<34, 26>(self.decided_word.q.val().get_bits::<26>(0)) << 8);
            self.queues[i].sink.last.next = false;
            StreamSource::<34>::link(&mut self.lanes[i], &mut self.queues[i].source);
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
