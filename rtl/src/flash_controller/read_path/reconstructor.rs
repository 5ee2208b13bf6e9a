//! Pages that their lane cannot give, from the other members of their stripe.

use rust_hdl::prelude::*;

use super::LANES;
use crate::circuit::{circuit_info, no_collision};
use crate::stream::{StreamSink, StreamSource};

/// What the reconstruction is doing.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum ReconstructionState {
    /// No read waits.
    Idle,
    /// What is known of the read is being fetched.
    Fetching,
    /// The survivors are being determined.
    Judging,
    /// The survivors are being read.
    Reading,
    /// The records are being added up and given away.
    Collecting,
    /// The records of a failed reconstruction are released.
    Releasing,
    /// Firmware, and after a failure the sender of the read, is told.
    Reporting,
}

/// Reads, for a page that its lane cannot give, the same place on all other members of its stripe, and has the sum of their
/// records given away.
///
/// The survivors' records wait in their lanes' slots until the last has come; then all are read out at once.
///
/// - Latency: from a tag to the survivors' reads 6 cycles; from the arrival of the last survivor to the collection 2 cycles.
/// - Throughput: one page at a time.
/// - Back-pressure: tags wait. A lost page waits until its sender takes the news, an event until firmware does.
/// - Limits: 256 tags, 10 lanes. What a tag stands for must be kept before the tag comes.
#[derive(LogicBlock)]
pub struct Reconstructor {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// What is known of a read is kept, as [`ReadDispatcher`](super::ReadDispatcher) says.
    pub keep: Signal<In, Bit>,
    /// The read's tag.
    pub keep_tag: Signal<In, Bits<8>>,
    /// What is known.
    pub keep_word: Signal<In, Bits<50>>,
    /// Tags of reads from failed planes.
    pub unreadable: StreamSink<8>,
    /// Tags of reads whose record was bad.
    pub bad: StreamSink<8>,
    /// A read of a survivor is offered, a bit a lane.
    pub read_valid: Signal<Out, Bits<10>>,
    /// Its place on each lane.
    pub read_place: Signal<Out, Bits<26>>,
    /// The lane takes it.
    pub read_ready: Signal<In, Bits<10>>,
    /// A survivor's record waits, a bit a lane.
    pub arrived: Signal<In, Bits<10>>,
    /// It is bad, a bit a lane; meaningful with `arrived`.
    pub arrived_bad: Signal<In, Bits<10>>,
    /// The records of `survivors` are to be added up and given away.
    pub collect: Signal<Out, Bit>,
    /// Or thrown away.
    pub discard: Signal<Out, Bit>,
    /// The lanes concerned.
    pub survivors: Signal<Out, Bits<10>>,
    /// Tag of the read.
    pub collect_tag: Signal<Out, Bits<8>>,
    /// The collection, or discarding, is done.
    pub collected: Signal<In, Bit>,
    /// The sum was not the page that was asked for; meaningful with `collected`.
    pub collected_bad: Signal<In, Bit>,
    /// A page is lost.
    pub lost_valid: Signal<Out, Bit>,
    /// Tag of its read.
    pub lost_tag: Signal<Out, Bits<8>>,
    /// The sender of the read takes the news.
    pub lost_ready: Signal<In, Bit>,
    /// Events for firmware: tag in bits 7..=0, place in 33..=8, lane in 37..=34, lost in 38.
    pub events: StreamSource<39>,

    known: RAM<Bits<50>, 8>,
    state: DFF<ReconstructionState>,
    steps: DFF<Bits<2>>,
    tag: DFF<Bits<8>>,
    read: DFF<Bits<50>>,
    members_left: DFF<Bits<10>>,
    to_read: DFF<Bits<10>>,
    has_dead: DFF<Bit>,
    all_arrived: DFF<Bit>,
    any_bad: DFF<Bit>,
    is_lost: DFF<Bit>,
    event_waits: DFF<Bit>,
    news_waits: DFF<Bit>,

    /// A bit for each lane, by its number.
    lane_bit: Vec<Constant<Bits<10>>>,
    lane_number: Vec<Constant<Bits<4>>>,

    own_bit: Signal<Local, Bits<10>>,
    others: Signal<Local, Bits<10>>,
    taken: Signal<Local, Bits<10>>,
}

impl Default for Reconstructor {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            keep: Default::default(),
            keep_tag: Default::default(),
            keep_word: Default::default(),
            unreadable: Default::default(),
            bad: Default::default(),
            read_valid: Default::default(),
            read_place: Default::default(),
            read_ready: Default::default(),
            arrived: Default::default(),
            arrived_bad: Default::default(),
            collect: Default::default(),
            discard: Default::default(),
            survivors: Default::default(),
            collect_tag: Default::default(),
            collected: Default::default(),
            collected_bad: Default::default(),
            lost_valid: Default::default(),
            lost_tag: Default::default(),
            lost_ready: Default::default(),
            events: Default::default(),
            known: Default::default(),
            state: Default::default(),
            steps: Default::default(),
            tag: Default::default(),
            read: Default::default(),
            members_left: Default::default(),
            to_read: Default::default(),
            has_dead: Default::default(),
            all_arrived: Default::default(),
            any_bad: Default::default(),
            is_lost: Default::default(),
            event_waits: Default::default(),
            news_waits: Default::default(),
            lane_bit: (0..LANES).map(|lane| Constant::new((1_u64 << lane).into())).collect(),
            lane_number: (0..LANES).map(|lane| Constant::new(lane.to_bits())).collect(),
            own_bit: Default::default(),
            others: Default::default(),
            taken: Default::default(),
        }
    }
}

impl Logic for Reconstructor {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, steps, tag, read, members_left, to_read, has_dead, all_arrived, any_bad);
        dff_setup!(self, clock, is_lost, event_waits, news_waits);
        self.known.read_clock.next = self.clock.val();
        self.known.write_clock.next = self.clock.val();
        self.known.write_address.next = self.keep_tag.val();
        self.known.write_data.next = self.keep_word.val();
        self.known.write_enable.next = self.keep.val();
        self.known.read_address.next = self.tag.q.val();

        self.own_bit.next = bits::<10>(0);
        for i in 0..self.lane_bit.len() {
            if self.read.q.val().get_bits::<4>(26) == self.lane_number[i].val() {
                self.own_bit.next = self.lane_bit[i].val();
            }
        }
        self.others.next = self.read.q.val().get_bits::<10>(30) & !self.own_bit.val();
        self.taken.next = self.to_read.q.val() & self.read_ready.val();
        self.all_arrived.d.next = (self.members_left.q.val() & !self.arrived.val()) == bits::<10>(0);
        self.any_bad.d.next = (self.members_left.q.val() & self.arrived_bad.val()).any();

        self.unreadable.ready.next = false;
        self.bad.ready.next = false;
        self.collect.next = false;
        self.discard.next = false;
        self.steps.d.next = self.steps.q.val() + 1;
        match self.state.q.val() {
            ReconstructionState::Idle => {
                self.steps.d.next = bits::<2>(0);
                self.is_lost.d.next = false;
                self.tag.d.next = self.unreadable.data.val();
                self.unreadable.ready.next = true;
                if self.bad.valid.val() {
                    self.tag.d.next = self.bad.data.val();
                    self.bad.ready.next = true;
                    self.unreadable.ready.next = false;
                }
                if self.bad.valid.val() | self.unreadable.valid.val() {
                    self.state.d.next = ReconstructionState::Fetching;
                }
            }
            ReconstructionState::Fetching => {
                self.read.d.next = self.known.read_data.val();
                if self.steps.q.val() == bits::<2>(1) {
                    self.state.d.next = ReconstructionState::Judging;
                    self.steps.d.next = bits::<2>(0);
                }
            }
            ReconstructionState::Judging => {
                self.members_left.d.next = self.others.val();
                self.has_dead.d.next = (self.others.val() & self.read.q.val().get_bits::<10>(40)).any()
                    | !(self.read.q.val().get_bits::<10>(30) & self.own_bit.val()).any()
                    | !self.others.val().any();
                if self.steps.q.val() == bits::<2>(1) {
                    self.to_read.d.next = self.members_left.q.val();
                    self.steps.d.next = bits::<2>(0);
                    self.state.d.next = ReconstructionState::Reading;
                    if self.has_dead.q.val() {
                        self.to_read.d.next = bits::<10>(0);
                        self.is_lost.d.next = true;
                        self.event_waits.d.next = true;
                        self.news_waits.d.next = true;
                        self.state.d.next = ReconstructionState::Reporting;
                    }
                }
            }
            ReconstructionState::Reading => {
                self.to_read.d.next = self.to_read.q.val() & !self.taken.val();
                if !self.to_read.q.val().any() & self.all_arrived.q.val() {
                    self.state.d.next = ReconstructionState::Collecting;
                    if self.any_bad.q.val() {
                        self.is_lost.d.next = true;
                        self.state.d.next = ReconstructionState::Releasing;
                    }
                }
            }
            ReconstructionState::Collecting => {
                self.collect.next = true;
                if self.collected.val() {
                    self.is_lost.d.next = self.collected_bad.val();
                    self.event_waits.d.next = true;
                    self.news_waits.d.next = self.collected_bad.val();
                    self.state.d.next = ReconstructionState::Reporting;
                }
            }
            ReconstructionState::Releasing => {
                self.discard.next = true;
                if self.collected.val() {
                    self.event_waits.d.next = true;
                    self.news_waits.d.next = true;
                    self.state.d.next = ReconstructionState::Reporting;
                }
            }
            ReconstructionState::Reporting => {
                if self.events.ready.val() {
                    self.event_waits.d.next = false;
                }
                if self.lost_ready.val() {
                    self.news_waits.d.next = false;
                }
                if !self.event_waits.q.val() & !self.news_waits.q.val() {
                    self.state.d.next = ReconstructionState::Idle;
                }
            }
            _ => {
                self.state.d.next = ReconstructionState::Idle;
            }
        }

        self.read_valid.next = self.to_read.q.val();
        self.read_place.next = self.read.q.val().get_bits::<26>(0);
        self.survivors.next = self.members_left.q.val();
        self.collect_tag.next = self.tag.q.val();
        self.lost_valid.next = self.news_waits.q.val();
        self.lost_tag.next = self.tag.q.val();
        self.events.valid.next = self.event_waits.q.val();
        self.events.data.next =
            bit_cast::<39, 8>(self.tag.q.val()) | (bit_cast::<39, 30>(self.read.q.val().get_bits::<30>(0)) << 8);
        if self.is_lost.q.val() {
            self.events.data.next = bit_cast::<39, 8>(self.tag.q.val())
                | (bit_cast::<39, 30>(self.read.q.val().get_bits::<30>(0)) << 8)
                | (bits::<39>(1) << 38);
        }
        self.events.last.next = false;
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A tag's word is kept before the tag comes.
        info.push(no_collision(&["known"]));
        info
    }
}
