//! Updates of the page map for a stripe that is with the lanes.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::write_buffer::PageMapUpdateSource;

/// What the updater does.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum UpdatingState {
    /// No stripe is to be walked.
    Idle,
    /// The next slot is looked for.
    Seeking,
    /// The slot's note is read.
    Reading,
    /// The note is shown.
    Shown,
    /// An update waits for the map.
    Offering,
}

/// Notes, for every page that comes into the buffer, what it is, and sends, when its stripe has left for the lanes, the updates
/// of the page map in the order of arrival. Fillers have no update.
///
/// - Latency: 6 cycles from `start` to the first update.
/// - Throughput: an update every 5 cycles.
/// - Back-pressure: the walk waits while the map does not take an update.
/// - Limits: one stripe at a time; `group` to `data_lanes` stay from `start` to `finished`.
#[derive(LogicBlock)]
pub struct PageMapUpdater {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A record is noted.
    pub note: Signal<In, Bit>,
    /// Its part of the buffer; meaningful while `note` is high, as are the five that follow.
    pub note_buffer: Signal<In, Bits<1>>,
    /// Its slot.
    pub note_slot: Signal<In, Bits<5>>,
    /// Its logical page.
    pub note_page: Signal<In, Bits<32>>,
    /// Tag of its command.
    pub note_tag: Signal<In, Bits<8>>,
    /// It came from the mover.
    pub note_moved: Signal<In, Bit>,
    /// It is a filler.
    pub note_filler: Signal<In, Bit>,
    /// A stripe is to be walked; kept until `finished`.
    pub start: Signal<In, Bit>,
    /// Its part of the buffer.
    pub buffer: Signal<In, Bits<1>>,
    /// Its group.
    pub group: Signal<In, Bits<1>>,
    /// Its number in the group.
    pub stripe: Signal<In, Bits<24>>,
    /// Its data lanes, bit per lane.
    pub data_lanes: Signal<In, Bits<10>>,
    /// All updates of the stripe are taken.
    pub finished: Signal<Out, Bit>,
    /// The updates.
    pub update_port: PageMapUpdateSource,

    last_lane: Constant<Bits<4>>,

    notes: RAM<Bits<42>, 6>,
    state: DFF<UpdatingState>,
    lane: DFF<Bits<4>>,
    half: DFF<Bits<1>>,
    slot: DFF<Bits<5>>,
    /// The note of the slot: logical page, tag, mover's, filler.
    note_read: DFF<Bits<42>>,
    is_finished: DFF<Bit>,

    new_note: Signal<Local, Bits<42>>,
    goes_on: Signal<Local, Bit>,
    next_lane: Signal<Local, Bit>,
    lane_is_data: Signal<Local, Bit>,
}

impl Default for PageMapUpdater {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            note: Default::default(),
            note_buffer: Default::default(),
            note_slot: Default::default(),
            note_page: Default::default(),
            note_tag: Default::default(),
            note_moved: Default::default(),
            note_filler: Default::default(),
            start: Default::default(),
            buffer: Default::default(),
            group: Default::default(),
            stripe: Default::default(),
            data_lanes: Default::default(),
            finished: Default::default(),
            update_port: Default::default(),
            last_lane: Constant::new(9_u64.into()),
            notes: Default::default(),
            state: Default::default(),
            lane: Default::default(),
            half: Default::default(),
            slot: Default::default(),
            note_read: Default::default(),
            is_finished: Default::default(),
            new_note: Default::default(),
            goes_on: Default::default(),
            next_lane: Default::default(),
            lane_is_data: Default::default(),
        }
    }
}

impl Logic for PageMapUpdater {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, lane, half, slot, note_read, is_finished);
        self.notes.read_clock.next = self.clock.val();
        self.notes.write_clock.next = self.clock.val();
        self.notes.write_address.next =
            (bit_cast::<6, 1>(self.note_buffer.val()) << 5) | bit_cast::<6, 5>(self.note_slot.val());
        self.new_note.next = bit_cast::<42, 32>(self.note_page.val()) | (bit_cast::<42, 8>(self.note_tag.val()) << 32);
        self.new_note.next = self.new_note.val().replace_bit(40, self.note_moved.val());
        self.new_note.next = self.new_note.val().replace_bit(41, self.note_filler.val());
        self.notes.write_data.next = self.new_note.val();
        self.notes.write_enable.next = self.note.val();
        self.notes.read_address.next = (bit_cast::<6, 1>(self.buffer.val()) << 5) | bit_cast::<6, 5>(self.slot.q.val());

        self.goes_on.next = false;
        self.next_lane.next = false;
        self.is_finished.d.next = false;
        self.lane_is_data.next = ((self.data_lanes.val() >> self.lane.q.val()) & bits::<10>(1)).any();
        self.note_read.d.next = self.notes.read_data.val();
        match self.state.q.val() {
            UpdatingState::Idle => {
                self.lane.d.next = bits::<4>(0);
                self.half.d.next = bits::<1>(0);
                self.slot.d.next = bits::<5>(0);
                if self.start.val() & !self.is_finished.q.val() {
                    self.state.d.next = UpdatingState::Seeking;
                }
            }
            UpdatingState::Seeking => {
                self.next_lane.next = !self.lane_is_data.val();
                if self.lane_is_data.val() {
                    self.state.d.next = UpdatingState::Reading;
                }
            }
            UpdatingState::Reading => {
                self.state.d.next = UpdatingState::Shown;
            }
            UpdatingState::Shown => {
                self.state.d.next = UpdatingState::Offering;
            }
            UpdatingState::Offering => {
                self.note_read.d.next = self.note_read.q.val();
                self.goes_on.next = self.update_port.ready.val() | self.note_read.q.val().get_bit(41);
            }
            _ => {
                self.state.d.next = UpdatingState::Idle;
            }
        }
        if self.goes_on.val() {
            self.state.d.next = UpdatingState::Seeking;
            self.slot.d.next = self.slot.q.val() + 1;
            self.half.d.next = !self.half.q.val();
            self.next_lane.next = self.half.q.val().any();
        }
        if self.next_lane.val() {
            self.lane.d.next = self.lane.q.val() + 1;
            if self.lane.q.val() == self.last_lane.val() {
                self.state.d.next = UpdatingState::Idle;
                self.is_finished.d.next = true;
            }
        }
        self.finished.next = self.is_finished.q.val();
        self.update_port.valid.next =
            (self.state.q.val() == UpdatingState::Offering) & !self.note_read.q.val().get_bit(41);
        self.update_port.logical_page.next = self.note_read.q.val().get_bits::<32>(0);
        self.update_port.tag.next = self.note_read.q.val().get_bits::<8>(32);
        self.update_port.moved.next = self.note_read.q.val().get_bit(40);
        self.update_port.group.next = self.group.val();
        self.update_port.stripe.next = self.stripe.val();
        self.update_port.lane.next = self.lane.q.val();
        self.update_port.half.next = self.half.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A stripe is walked when nothing is noted in its part of the buffer any more; other notes are read, but not used.
        info.push(no_collision(&["notes"]));
        info
    }
}
