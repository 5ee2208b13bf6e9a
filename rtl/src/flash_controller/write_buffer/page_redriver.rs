//! The pages of a stripe that failed, driven into other stripes.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::write_buffer::PageCommandSource;

/// What the redriver does.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum RedrivingState {
    /// No stripe is to be driven again.
    Idle,
    /// A slot's note is read.
    Reading,
    /// The note is shown.
    Shown,
    /// The page's command waits.
    Offering,
    /// The page is to be taken.
    Taking,
    /// Its words are to be asked for.
    Asking,
    /// It is on its way.
    Passing,
}

/// Notes what comes into the buffer, as [`PageMapUpdater`](super::PageMapUpdater) does, and offers the pages of a failed
/// stripe anew, one after the other in the order of arrival, each when the one before is in its new place. Fillers are left
/// out. The words of a page are asked for when the page has been taken, so that a page that waits for room does not occupy
/// the reader.
///
/// - Latency: 4 cycles from `start` to the first command.
/// - Throughput: one page at a time.
/// - Back-pressure: the walk waits for each command, for the reader, and for each page.
/// - Limits: one stripe at a time; `buffer` and `data_slots` stay from `start` to `finished`.
#[derive(LogicBlock, Default)]
pub struct PageRedriver {
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
    /// A stripe is to be driven again; kept until `finished`.
    pub start: Signal<In, Bit>,
    /// Its part of the buffer.
    pub buffer: Signal<In, Bits<1>>,
    /// Its data slots.
    pub data_slots: Signal<In, Bits<5>>,
    /// All its pages are driven again.
    pub finished: Signal<Out, Bit>,
    /// The page's command.
    pub command: PageCommandSource,
    /// The page came from the mover; meaningful while the command is offered.
    pub moved: Signal<Out, Bit>,
    /// Slot of the page on its way.
    pub slot: Signal<Out, Bits<5>>,
    /// The page of the last command is taken: its words are awaited.
    pub taken: Signal<In, Bit>,
    /// The words of the page are asked for.
    pub read_valid: Signal<Out, Bit>,
    /// The reader heard it.
    pub read_ready: Signal<In, Bit>,
    /// The page is in its new place.
    pub placed: Signal<In, Bit>,

    notes: RAM<Bits<42>, 6>,
    state: DFF<RedrivingState>,
    at: DFF<Bits<5>>,
    /// The note of the slot: logical page, tag, mover's, filler.
    note_read: DFF<Bits<42>>,
    is_finished: DFF<Bit>,

    new_note: Signal<Local, Bits<42>>,
    goes_on: Signal<Local, Bit>,
}

impl Logic for PageRedriver {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, at, note_read, is_finished);
        self.notes.read_clock.next = self.clock.val();
        self.notes.write_clock.next = self.clock.val();
        self.notes.write_address.next =
            (bit_cast::<6, 1>(self.note_buffer.val()) << 5) | bit_cast::<6, 5>(self.note_slot.val());
        self.new_note.next = bit_cast::<42, 32>(self.note_page.val()) | (bit_cast::<42, 8>(self.note_tag.val()) << 32);
        self.new_note.next = self.new_note.val().replace_bit(40, self.note_moved.val());
        self.new_note.next = self.new_note.val().replace_bit(41, self.note_filler.val());
        self.notes.write_data.next = self.new_note.val();
        self.notes.write_enable.next = self.note.val();
        self.notes.read_address.next = (bit_cast::<6, 1>(self.buffer.val()) << 5) | bit_cast::<6, 5>(self.at.q.val());

        self.goes_on.next = false;
        self.is_finished.d.next = false;
        self.command.valid.next = false;
        self.read_valid.next = false;
        match self.state.q.val() {
            RedrivingState::Idle => {
                self.at.d.next = bits::<5>(0);
                if self.start.val() & !self.is_finished.q.val() {
                    self.state.d.next = RedrivingState::Reading;
                }
            }
            RedrivingState::Reading => {
                self.state.d.next = RedrivingState::Shown;
                if self.at.q.val() == self.data_slots.val() {
                    self.state.d.next = RedrivingState::Idle;
                    self.is_finished.d.next = true;
                }
            }
            RedrivingState::Shown => {
                self.note_read.d.next = self.notes.read_data.val();
                self.state.d.next = RedrivingState::Offering;
            }
            RedrivingState::Offering => {
                self.goes_on.next = self.note_read.q.val().get_bit(41);
                self.command.valid.next = !self.note_read.q.val().get_bit(41);
                if !self.note_read.q.val().get_bit(41) & self.command.ready.val() {
                    self.state.d.next = RedrivingState::Taking;
                }
            }
            RedrivingState::Taking => {
                if self.taken.val() {
                    self.state.d.next = RedrivingState::Asking;
                }
            }
            RedrivingState::Asking => {
                self.read_valid.next = true;
                if self.read_ready.val() {
                    self.state.d.next = RedrivingState::Passing;
                }
            }
            RedrivingState::Passing => {
                self.goes_on.next = self.placed.val();
            }
            _ => {
                self.state.d.next = RedrivingState::Idle;
            }
        }
        if self.goes_on.val() {
            self.at.d.next = self.at.q.val() + 1;
            self.state.d.next = RedrivingState::Reading;
        }
        self.finished.next = self.is_finished.q.val();
        self.command.logical_page.next = self.note_read.q.val().get_bits::<32>(0);
        self.command.tag.next = self.note_read.q.val().get_bits::<8>(32);
        self.moved.next = self.note_read.q.val().get_bit(40);
        self.slot.next = self.at.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A stripe is walked when nothing is noted in its part of the buffer any more; other notes are read, but not used.
        info.push(no_collision(&["notes"]));
        info
    }
}
