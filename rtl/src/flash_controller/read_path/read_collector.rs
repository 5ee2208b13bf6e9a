//! Records and buffered pages, made into the data that reads ask for.

use rust_hdl::prelude::*;

use super::LANES;
use super::lane_sum::LaneSum;
use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::host_interface::HostReadSource;
use crate::stream::{StreamSink, StreamSource, SynchronousFifo};

/// What the collector is doing.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum CollectingState {
    /// It looks at one lane after the other, and at what else waits.
    Visiting,
    /// The logical pages in the records' headers are being added up.
    Selecting,
    /// The sum is compared with the page that was asked for.
    Judging,
    /// Words are being fetched from the lanes.
    Fetching,
    /// The last words are on their way.
    Draining,
    /// The buffer is asked for a page.
    Asking,
    /// A page comes from the buffer.
    Forwarding,
    /// A page of zeros is made.
    Zeroing,
}

/// Gives away, page after page, what waits: records in the lanes' slots, sums of the records of a stripe's survivors, pages
/// in the write buffer, pages that nobody wrote.
///
/// Each lane has two slots for records. All lanes that count are read out at once, at the same place, and their words
/// are added by XOR; so a record and a reconstruction take the same way. A record goes to the host or the mover, by
/// its read's tag. If it is bad, or is not of the page that was asked for, the read's tag goes to the reconstruction.
///
/// - Latency: from a record's arrival in a slot to its first word at the port 14 to 25 cycles while nothing else waits; a word
///   every cycle from there on.
/// - Throughput: a page of 256 words in 271 to 281 cycles.
/// - Back-pressure: words for the host wait in a queue of 512; records wait in their slots. The mover takes every word that it
///   is given.
/// - Limits: 10 lanes of two slots; pages of `words` words, 16..=256.
#[derive(LogicBlock)]
pub struct ReadCollector {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A read of the host begins.
    pub note: Signal<In, Bit>,
    /// Its tag; meaningful while `note` is high.
    pub note_tag: Signal<In, Bits<7>>,
    /// Its page.
    pub note_page: Signal<In, Bits<32>>,
    /// A record waits, a bit for each slot, by lane.
    pub slot_ready: [Signal<In, Bits<2>>; LANES],
    /// It cannot be used, a bit for each slot, by lane; meaningful with `slot_ready`.
    pub slot_bad: [Signal<In, Bits<2>>; LANES],
    /// It should be written anew, a bit for each slot, by lane; meaningful with `slot_ready`.
    pub slot_weak: [Signal<In, Bits<2>>; LANES],
    /// Tag of the record in the first slot, by lane.
    pub first_tag: [Signal<In, Bits<8>>; LANES],
    /// Tag of the record in the second slot, by lane.
    pub second_tag: [Signal<In, Bits<8>>; LANES],
    /// Logical page in the header of the record in the first slot, by lane.
    pub first_page: [Signal<In, Bits<32>>; LANES],
    /// Logical page in the header of the record in the second slot, by lane.
    pub second_page: [Signal<In, Bits<32>>; LANES],
    /// The record of a slot is not needed any more, a bit for each slot, by lane.
    pub release: [Signal<Out, Bits<2>>; LANES],
    /// A word is read in this cycle, by lane.
    pub reading: Signal<Out, Bits<10>>,
    /// Slot that is read, by lane.
    pub read_slot: Signal<Out, Bits<10>>,
    /// Place of the word that is read, on all lanes.
    pub read_place: Signal<Out, Bits<8>>,
    /// The word of the place of two cycles before, by lane; zero on lanes that were not read.
    pub lane_word: [Signal<In, Bits<128>>; LANES],
    /// Reads of pages in the buffer: tag in bits 7..=0, slot in 12..=8, part of the buffer in 13.
    pub hits: StreamSink<14>,
    /// The buffer is asked for a page.
    pub buffer_read: Signal<Out, Bit>,
    /// Its part of the buffer.
    pub buffer_part: Signal<Out, Bits<1>>,
    /// Its slot.
    pub buffer_slot: Signal<Out, Bits<5>>,
    /// The buffer takes the request.
    pub buffer_ready: Signal<In, Bit>,
    /// The page from the buffer.
    pub buffer_data: StreamSink<128>,
    /// Tags of reads of pages that nobody wrote.
    pub zeros: StreamSink<8>,
    /// Tags of reads that need reconstruction.
    pub bad: StreamSource<8>,
    /// A survivor's record waits, a bit a lane.
    pub arrived: Signal<Out, Bits<10>>,
    /// It is bad, a bit a lane.
    pub arrived_bad: Signal<Out, Bits<10>>,
    /// The records of the survivors are to be added up and given away.
    pub collect: Signal<In, Bit>,
    /// Or thrown away.
    pub discard: Signal<In, Bit>,
    /// The survivors' lanes.
    pub survivors: Signal<In, Bits<10>>,
    /// Tag of the read that is reconstructed.
    pub collect_tag: Signal<In, Bits<8>>,
    /// The collection or discarding is done.
    pub collected: Signal<Out, Bit>,
    /// The sum was not the page that was asked for; meaningful with `collected`.
    pub collected_bad: Signal<Out, Bit>,
    /// Data for the host.
    pub host: HostReadSource,
    /// A page for the mover follows.
    pub mover_begins: Signal<Out, Bit>,
    /// Tag of its read; meaningful with `mover_begins`.
    pub mover_tag: Signal<Out, Bits<8>>,
    /// Its logical page; meaningful with `mover_begins`.
    pub mover_page: Signal<Out, Bits<32>>,
    /// Its record should be written anew; meaningful with `mover_begins`.
    pub mover_weak: Signal<Out, Bit>,
    /// A word for the mover.
    pub mover_valid: Signal<Out, Bit>,
    /// The word; meaningful while `mover_valid` is high.
    pub mover_word: Signal<Out, Bits<128>>,
    /// The word is the page's last; meaningful while `mover_valid` is high.
    pub mover_last: Signal<Out, Bit>,

    last_place: Constant<Bits<8>>,
    visits_between: Constant<Bits<4>>,

    sum: LaneSum,
    expected_pages: RAM<Bits<32>, 7>,
    host_words: SynchronousFifo<136, 9>,
    bad_tags: SynchronousFifo<8, 8>,

    state: DFF<CollectingState>,
    steps: DFF<Bits<3>>,
    /// Visits since a page came from elsewhere than a lane.
    visits: DFF<Bits<4>>,
    /// The lane that is looked at, one bit of ten; none before the first.
    lane: DFF<Bits<10>>,
    /// A record waits somewhere; else the visits rest.
    walks: DFF<Bit>,
    anything_ready: Signal<Local, Bit>,
    // What the lanes showed in the cycle before.
    seen_usable: [DFF<Bits<2>>; LANES],
    seen_bad: [DFF<Bits<2>>; LANES],
    seen_weak: [DFF<Bits<2>>; LANES],
    seen_first_tag: [DFF<Bits<8>>; LANES],
    seen_second_tag: [DFF<Bits<8>>; LANES],
    // What is known of the lane visited in the cycle before.
    visited: DFF<Bit>,
    visited_lane: DFF<Bits<10>>,
    visited_usable: DFF<Bits<2>>,
    visited_bad: DFF<Bits<2>>,
    visited_weak: DFF<Bits<2>>,
    visited_first_tag: DFF<Bits<8>>,
    visited_second_tag: DFF<Bits<8>>,
    // Survivors' records.
    survivor_waits: DFF<Bits<10>>,
    survivor_bad: DFF<Bits<10>>,
    survivor_slot: DFF<Bits<10>>,

    // The page that is being given away.
    mask: DFF<Bits<10>>,
    slots: DFF<Bits<10>>,
    tag: DFF<Bits<8>>,
    is_sum: DFF<Bit>,
    /// The record that is given away is weak.
    is_weak: DFF<Bit>,
    hit_place: DFF<Bits<6>>,
    expected_page: DFF<Bits<32>>,
    matches: DFF<Bit>,

    place: DFF<Bits<8>>,
    place_is_last: DFF<Bit>,
    fetching: DFF<Bit>,
    fetching_last: DFF<Bit>,
    /// Words under way, the newest at the bottom.
    moving: DFF<Bits<3>>,
    moving_last: DFF<Bits<3>>,
    entering: DFF<Bit>,
    entering_last: DFF<Bit>,
    entering_word: DFF<Bits<128>>,
    for_mover: DFF<Bit>,
    begins: DFF<Bit>,
    releasing: DFF<Bits<10>>,
    ends: DFF<Bit>,
    ends_bad: DFF<Bit>,

    bad_now: Signal<Local, Bits<2>>,
    weak_now: Signal<Local, Bits<2>>,
    first_tag_now: Signal<Local, Bits<8>>,
    second_tag_now: Signal<Local, Bits<8>>,
    usable_now: Signal<Local, Bits<2>>,
    is_survivor: Signal<Local, Bits<2>>,
    survives: Signal<Local, Bits<2>>,
    takes_second: Signal<Local, Bit>,
    record_tag: Signal<Local, Bits<8>>,
    record_bad: Signal<Local, Bit>,
    has_room: Signal<Local, Bit>,
    others_turn: Signal<Local, Bit>,
    places_begin: Signal<Local, Bit>,
    places_move: Signal<Local, Bit>,
    forwards: Signal<Local, Bit>,
    sends_bad: Signal<Local, Bit>,
    leaves: Signal<Local, Bit>,
    waits_now: Signal<Local, Bits<10>>,
    survivors_bad_now: Signal<Local, Bits<10>>,
    survivor_slot_now: Signal<Local, Bits<10>>,
}

impl ReadCollector {
    /// A collector of pages of `words` words.
    ///
    /// # Panics
    /// If the number of words is not 16..=256.
    pub fn new(words: usize) -> Self {
        assert!((16..=256).contains(&words), "{words} words a page: legal are 16..=256");
        Self {
            clock: Default::default(),
            note: Default::default(),
            note_tag: Default::default(),
            note_page: Default::default(),
            slot_ready: Default::default(),
            slot_bad: Default::default(),
            slot_weak: Default::default(),
            first_tag: Default::default(),
            second_tag: Default::default(),
            first_page: Default::default(),
            second_page: Default::default(),
            release: Default::default(),
            reading: Default::default(),
            read_slot: Default::default(),
            read_place: Default::default(),
            lane_word: Default::default(),
            hits: Default::default(),
            buffer_read: Default::default(),
            buffer_part: Default::default(),
            buffer_slot: Default::default(),
            buffer_ready: Default::default(),
            buffer_data: Default::default(),
            zeros: Default::default(),
            bad: Default::default(),
            arrived: Default::default(),
            arrived_bad: Default::default(),
            collect: Default::default(),
            discard: Default::default(),
            survivors: Default::default(),
            collect_tag: Default::default(),
            collected: Default::default(),
            collected_bad: Default::default(),
            host: Default::default(),
            mover_begins: Default::default(),
            mover_tag: Default::default(),
            mover_page: Default::default(),
            mover_weak: Default::default(),
            mover_valid: Default::default(),
            mover_word: Default::default(),
            mover_last: Default::default(),
            last_place: Constant::new((words - 1).to_bits()),
            visits_between: Constant::new((LANES + 1).to_bits()),
            sum: Default::default(),
            expected_pages: Default::default(),
            host_words: SynchronousFifo::new(480),
            bad_tags: SynchronousFifo::new(64),
            state: Default::default(),
            steps: Default::default(),
            visits: Default::default(),
            lane: Default::default(),
            walks: Default::default(),
            anything_ready: Default::default(),
            seen_usable: Default::default(),
            seen_bad: Default::default(),
            seen_weak: Default::default(),
            seen_first_tag: Default::default(),
            seen_second_tag: Default::default(),
            visited: Default::default(),
            visited_lane: Default::default(),
            visited_usable: Default::default(),
            visited_bad: Default::default(),
            visited_weak: Default::default(),
            visited_first_tag: Default::default(),
            visited_second_tag: Default::default(),
            survivor_waits: Default::default(),
            survivor_bad: Default::default(),
            survivor_slot: Default::default(),
            mask: Default::default(),
            slots: Default::default(),
            tag: Default::default(),
            is_sum: Default::default(),
            is_weak: Default::default(),
            hit_place: Default::default(),
            expected_page: Default::default(),
            matches: Default::default(),
            place: Default::default(),
            place_is_last: Default::default(),
            fetching: Default::default(),
            fetching_last: Default::default(),
            moving: Default::default(),
            moving_last: Default::default(),
            entering: Default::default(),
            entering_last: Default::default(),
            entering_word: Default::default(),
            for_mover: Default::default(),
            begins: Default::default(),
            releasing: Default::default(),
            ends: Default::default(),
            ends_bad: Default::default(),
            bad_now: Default::default(),
            weak_now: Default::default(),
            first_tag_now: Default::default(),
            second_tag_now: Default::default(),
            usable_now: Default::default(),
            is_survivor: Default::default(),
            survives: Default::default(),
            takes_second: Default::default(),
            record_tag: Default::default(),
            record_bad: Default::default(),
            has_room: Default::default(),
            others_turn: Default::default(),
            places_begin: Default::default(),
            places_move: Default::default(),
            forwards: Default::default(),
            sends_bad: Default::default(),
            leaves: Default::default(),
            waits_now: Default::default(),
            survivors_bad_now: Default::default(),
            survivor_slot_now: Default::default(),
        }
    }
}

impl Logic for ReadCollector {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, host_words, bad_tags, sum);
        dff_setup!(self, clock, state, steps, visits, lane, walks, visited, visited_lane, visited_usable, visited_bad);
        dff_setup!(self, clock, visited_first_tag, visited_second_tag, survivor_waits, survivor_bad, survivor_slot);
        dff_setup!(self, clock, mask, slots, tag, is_sum, is_weak, visited_weak, hit_place, expected_page, matches);
        dff_setup!(self, clock, place, place_is_last, fetching, fetching_last, moving, moving_last);
        dff_setup!(self, clock, entering, entering_last, entering_word, for_mover, begins, releasing, ends, ends_bad);
        self.expected_pages.read_clock.next = self.clock.val();
        self.expected_pages.write_clock.next = self.clock.val();
        self.expected_pages.write_address.next = self.note_tag.val();
        self.expected_pages.write_data.next = self.note_page.val();
        self.expected_pages.write_enable.next = self.note.val();
        self.expected_pages.read_address.next = self.tag.q.val().get_bits::<7>(0);
        self.expected_page.d.next = self.expected_pages.read_data.val();

        // What the lanes show. A record can be used unless it is a survivor's.
        self.bad_now.next = bits::<2>(0);
        self.weak_now.next = bits::<2>(0);
        self.usable_now.next = bits::<2>(0);
        self.first_tag_now.next = bits::<8>(0);
        self.second_tag_now.next = bits::<8>(0);
        self.waits_now.next = bits::<10>(0);
        self.survivors_bad_now.next = bits::<10>(0);
        self.survivor_slot_now.next = bits::<10>(0);
        self.anything_ready.next = false;
        for i in 0..10 {
            self.seen_usable[i].clock.next = self.clock.val();
            self.seen_bad[i].clock.next = self.clock.val();
            self.seen_weak[i].clock.next = self.clock.val();
            self.seen_first_tag[i].clock.next = self.clock.val();
            self.seen_second_tag[i].clock.next = self.clock.val();
            self.is_survivor.next = bits::<2>(0);
            if self.first_tag[i].val().get_bit(7) & self.first_tag[i].val().get_bit(5) {
                self.is_survivor.next = bits::<2>(1);
            }
            if self.second_tag[i].val().get_bit(7) & self.second_tag[i].val().get_bit(5) {
                self.is_survivor.next = self.is_survivor.val() | bits::<2>(2);
            }
            self.seen_usable[i].d.next = self.slot_ready[i].val() & !self.is_survivor.val();
            self.seen_bad[i].d.next = self.slot_bad[i].val();
            self.seen_weak[i].d.next = self.slot_weak[i].val();
            self.seen_first_tag[i].d.next = self.first_tag[i].val();
            self.seen_second_tag[i].d.next = self.second_tag[i].val();
            if self.slot_ready[i].val().any() {
                self.anything_ready.next = true;
            }
            self.survives.next = self.slot_ready[i].val() & self.is_survivor.val();
            self.waits_now.next = self.waits_now.val().replace_bit(i, self.survives.val().any());
            self.survivors_bad_now.next =
                self.survivors_bad_now.val().replace_bit(i, (self.survives.val() & self.slot_bad[i].val()).any());
            self.survivor_slot_now.next = self.survivor_slot_now.val().replace_bit(i, self.survives.val().get_bit(1));
            if self.lane.q.val().get_bit(i) {
                self.usable_now.next = self.usable_now.val() | self.seen_usable[i].q.val();
                self.bad_now.next = self.bad_now.val() | self.seen_bad[i].q.val();
                self.weak_now.next = self.weak_now.val() | self.seen_weak[i].q.val();
                self.first_tag_now.next = self.first_tag_now.val() | self.seen_first_tag[i].q.val();
                self.second_tag_now.next = self.second_tag_now.val() | self.seen_second_tag[i].q.val();
            }
        }
        self.walks.d.next = self.anything_ready.val();
        self.survivor_waits.d.next = self.waits_now.val();
        self.survivor_bad.d.next = self.survivors_bad_now.val();
        self.survivor_slot.d.next = self.survivor_slot_now.val();
        self.visited.d.next = false;
        self.visited_lane.d.next = self.lane.q.val();
        self.visited_usable.d.next = self.usable_now.val();
        self.visited_bad.d.next = self.bad_now.val();
        self.visited_weak.d.next = self.weak_now.val();
        self.visited_first_tag.d.next = self.first_tag_now.val();
        self.visited_second_tag.d.next = self.second_tag_now.val();
        self.takes_second.next = !self.visited_usable.q.val().get_bit(0);
        self.record_tag.next = self.visited_first_tag.q.val();
        self.record_bad.next = self.visited_bad.q.val().get_bit(0);
        if self.takes_second.val() {
            self.record_tag.next = self.visited_second_tag.q.val();
            self.record_bad.next = self.visited_bad.q.val().get_bit(1);
        }

        self.hits.ready.next = false;
        self.zeros.ready.next = false;
        self.buffer_read.next = false;
        self.places_begin.next = false;
        self.places_move.next = false;
        self.forwards.next = false;
        self.sends_bad.next = false;
        self.begins.d.next = false;
        self.fetching.d.next = false;
        self.fetching_last.d.next = false;
        self.ends.d.next = false;
        self.ends_bad.d.next = false;
        self.releasing.d.next = bits::<10>(0);
        self.has_room.next = !self.host_words.almost_full.val();
        self.others_turn.next = self.visits.q.val() == self.visits_between.val();
        self.steps.d.next = self.steps.q.val() + 1;
        match self.state.q.val() {
            CollectingState::Visiting => {
                self.steps.d.next = bits::<3>(0);
                if self.walks.q.val() {
                    self.lane.d.next = self.lane.q.val() << 1;
                    if self.lane.q.val().get_bit(9) | !self.lane.q.val().any() {
                        self.lane.d.next = bits::<10>(1);
                    }
                }
                if !self.others_turn.val() {
                    self.visits.d.next = self.visits.q.val() + 1;
                }
                self.visited.d.next = true;
                // The collector of this cycle's end is not done with the last collection.
                if (self.discard.val() & !self.ends.q.val()) & !self.releasing.q.val().any() {
                    self.releasing.d.next = self.survivors.val();
                    self.slots.d.next = self.survivor_slot.q.val();
                    self.ends.d.next = true;
                    self.visited.d.next = false;
                } else if self.collect.val() & !self.ends.q.val() {
                    self.mask.d.next = self.survivors.val();
                    self.slots.d.next = self.survivor_slot.q.val();
                    self.tag.d.next = self.collect_tag.val();
                    self.is_sum.d.next = true;
                    self.is_weak.d.next = false;
                    self.visited.d.next = false;
                    self.state.d.next = CollectingState::Selecting;
                } else if self.others_turn.val() & self.zeros.valid.val() {
                    self.zeros.ready.next = true;
                    self.tag.d.next = self.zeros.data.val();
                    self.visits.d.next = bits::<4>(0);
                    self.visited.d.next = false;
                    self.places_begin.next = true;
                    self.state.d.next = CollectingState::Zeroing;
                } else if self.others_turn.val() & self.hits.valid.val() {
                    self.hits.ready.next = true;
                    self.tag.d.next = self.hits.data.val().get_bits::<8>(0);
                    self.hit_place.d.next = self.hits.data.val().get_bits::<6>(8);
                    self.visits.d.next = bits::<4>(0);
                    self.visited.d.next = false;
                    self.state.d.next = CollectingState::Asking;
                } else if self.visited.q.val() & self.visited_usable.q.val().any() {
                    self.mask.d.next = self.visited_lane.q.val();
                    self.slots.d.next = bits::<10>(0);
                    if self.takes_second.val() {
                        self.slots.d.next = self.visited_lane.q.val();
                    }
                    self.tag.d.next = self.record_tag.val();
                    self.is_sum.d.next = false;
                    self.is_weak.d.next = self.visited_weak.q.val().get_bit(0);
                    if self.takes_second.val() {
                        self.is_weak.d.next = self.visited_weak.q.val().get_bit(1);
                    }
                    self.visited.d.next = false;
                    self.state.d.next = CollectingState::Selecting;
                    if self.record_bad.val() {
                        self.state.d.next = CollectingState::Judging;
                        self.matches.d.next = false;
                    }
                }
            }
            CollectingState::Selecting => {
                self.matches.d.next = (self.sum.page.val() == self.expected_page.q.val()) | self.tag.q.val().get_bit(7);
                self.places_begin.next = true;
                if self.steps.q.val() == bits::<3>(4) {
                    self.state.d.next = CollectingState::Judging;
                }
            }
            CollectingState::Judging => {
                if self.matches.q.val() {
                    self.begins.d.next = self.tag.q.val().get_bit(7);
                    self.for_mover.d.next = self.tag.q.val().get_bit(7);
                    self.state.d.next = CollectingState::Fetching;
                } else {
                    self.sends_bad.next = !self.is_sum.q.val();
                    self.releasing.d.next = self.mask.q.val();
                    self.ends.d.next = self.is_sum.q.val();
                    self.ends_bad.d.next = true;
                    self.state.d.next = CollectingState::Visiting;
                }
            }
            CollectingState::Fetching => {
                self.steps.d.next = bits::<3>(0);
                if self.has_room.val() | self.for_mover.q.val() {
                    self.fetching.d.next = true;
                    self.fetching_last.d.next = self.place_is_last.q.val();
                    self.places_move.next = true;
                    if self.place_is_last.q.val() {
                        self.state.d.next = CollectingState::Draining;
                    }
                }
            }
            CollectingState::Draining => {
                if self.steps.q.val().all() {
                    self.releasing.d.next = self.mask.q.val();
                    self.ends.d.next = self.is_sum.q.val();
                    self.for_mover.d.next = false;
                    self.state.d.next = CollectingState::Visiting;
                }
            }
            CollectingState::Asking => {
                self.buffer_read.next = true;
                if self.buffer_ready.val() {
                    self.state.d.next = CollectingState::Forwarding;
                }
            }
            CollectingState::Forwarding => {
                self.forwards.next = self.has_room.val();
                if (self.has_room.val() & self.buffer_data.valid.val()) & self.buffer_data.last.val() {
                    self.state.d.next = CollectingState::Visiting;
                }
            }
            CollectingState::Zeroing => {
                if self.has_room.val() {
                    self.places_move.next = true;
                    if self.place_is_last.q.val() {
                        self.state.d.next = CollectingState::Visiting;
                    }
                }
            }
            _ => {
                self.state.d.next = CollectingState::Visiting;
            }
        }

        // The place on all lanes.
        if self.places_move.val() {
            self.place.d.next = self.place.q.val() + 1;
            self.place_is_last.d.next = self.place.q.val() + 1 == self.last_place.val();
        }
        if self.places_begin.val() {
            self.place.d.next = bits::<8>(0);
            self.place_is_last.d.next = false;
        }
        self.reading.next = bits::<10>(0);
        if self.state.q.val() == CollectingState::Fetching {
            self.reading.next = self.mask.q.val();
        }
        self.read_slot.next = self.slots.q.val();
        self.read_place.next = self.place.q.val();

        // The sum over the lanes that count.
        self.sum.mask.next = self.mask.q.val();
        self.sum.slots.next = self.slots.q.val();
        for i in 0..10 {
            self.sum.first_page[i].next = self.first_page[i].val();
            self.sum.second_page[i].next = self.second_page[i].val();
            self.sum.lane_word[i].next = self.lane_word[i].val();
        }
        self.moving.d.next = self.moving.q.val() << 1;
        self.moving_last.d.next = self.moving_last.q.val() << 1;
        if self.fetching.q.val() {
            self.moving.d.next = (self.moving.q.val() << 1) | bits::<3>(1);
        }
        if self.fetching_last.q.val() {
            self.moving_last.d.next = (self.moving_last.q.val() << 1) | bits::<3>(1);
        }

        // Words to the host's queue or to the mover.
        self.entering.d.next = false;
        self.entering_last.d.next = false;
        self.entering_word.d.next = self.sum.word.val();
        self.buffer_data.ready.next = self.forwards.val();
        if self.moving.q.val().get_bit(2) {
            self.entering.d.next = true;
            self.entering_last.d.next = self.moving_last.q.val().get_bit(2);
        }
        if self.state.q.val() == CollectingState::Forwarding {
            self.entering.d.next = self.forwards.val() & self.buffer_data.valid.val();
            self.entering_last.d.next = self.buffer_data.last.val();
            self.entering_word.d.next = self.buffer_data.data.val();
        }
        if self.state.q.val() == CollectingState::Zeroing {
            self.entering.d.next = self.places_move.val();
            self.entering_last.d.next = self.place_is_last.q.val();
            self.entering_word.d.next = bits::<128>(0);
        }
        self.host_words.sink.valid.next = self.entering.q.val() & !self.for_mover.q.val();
        self.host_words.sink.data.next =
            bit_cast::<136, 8>(self.tag.q.val()) | (bit_cast::<136, 128>(self.entering_word.q.val()) << 8);
        self.host_words.sink.last.next = self.entering_last.q.val();
        self.mover_valid.next = self.entering.q.val() & self.for_mover.q.val();
        self.mover_word.next = self.entering_word.q.val();
        self.mover_last.next = self.entering_last.q.val();
        self.mover_begins.next = self.begins.q.val();
        self.mover_tag.next = self.tag.q.val();
        self.mover_page.next = self.sum.page.val();
        self.mover_weak.next = self.is_weak.q.val();
        self.host.valid.next = self.host_words.source.valid.val();
        self.host.tag.next = self.host_words.source.data.val().get_bits::<8>(0);
        self.host.data.next = self.host_words.source.data.val().get_bits::<128>(8);
        self.host.last.next = self.host_words.source.last.val();
        self.host_words.source.ready.next = self.host.ready.val();

        self.buffer_part.next = self.hit_place.q.val().get_bits::<1>(5);
        self.buffer_slot.next = self.hit_place.q.val().get_bits::<5>(0);
        self.bad_tags.sink.valid.next = self.sends_bad.val();
        self.bad_tags.sink.data.next = self.tag.q.val();
        self.bad_tags.sink.last.next = false;
        StreamSource::<8>::link(&mut self.bad, &mut self.bad_tags.source);
        self.arrived.next = self.survivor_waits.q.val();
        self.arrived_bad.next = self.survivor_bad.q.val();
        self.collected.next = self.ends.q.val();
        self.collected_bad.next = self.ends_bad.q.val();
        for i in 0..10 {
            self.leaves.next = self.releasing.q.val().get_bit(i);
            self.release[i].next = bits::<2>(0);
            if self.leaves.val() {
                self.release[i].next = bits::<2>(1);
                if self.slots.q.val().get_bit(i) {
                    self.release[i].next = bits::<2>(2);
                }
            }
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[("words", u64::from(self.last_place.val()) + 1)]);
        // A tag is noted when its read begins, long before its record is judged.
        info.push(no_collision(&["expected_pages"]));
        info
    }
}
