//! Pages into the slots of the open stripe.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::write_buffer::{WriteBufferError, check_page_words};

/// What the gatherer does.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum GatheringState {
    /// No stripe is open.
    Opening,
    /// The slots of the new stripe are being numbered.
    Numbering,
    /// A stripe is open, no page is on its way.
    Ready,
    /// The mover's page is looked for in the buffer.
    Seeking,
    /// Outside it is looked up whether the mover's page is still the newest copy.
    Checking,
    /// The mover's page is dropped.
    Dropping,
    /// Words of a page come in.
    Taking,
    /// The last word has come.
    Ending,
    /// The stripe is full; its parity records get their headers.
    Closing,
}

/// Opens stripes in the two halves of the buffer, takes pages into their slots in the order of arrival, fills them up when
/// asked to flush, and closes them.
///
/// `flush` is remembered until the stripe that was open, and the other one of its pair, is closed; if no page lies in an open
/// stripe and no pair is unfinished, nothing is to be done. A page of the mover is taken if its logical page does not lie in
/// the buffer and a check outside says that it is still the newest copy; else it is dropped. No other page is taken between.
/// While the stripe is late, slots are filled when no page is offered.
///
/// - Latency: 1 cycle from a word to `word_valid`, 2 cycles from a page's last word to `record_ends`, 24 cycles from the last end of a
///   stripe to `closed`.
/// - Throughput: a page of `n` words in `n + 1` cycles; about 40 cycles between two stripes; 20 cycles and those of the
///   check for a page of the mover.
/// - Back-pressure: the input waits while no stripe is open and while `hold` is high.
/// - Limits: pages of 16..=256 words. `copy_found` tells of the page offered 16 cycles after it was offered, or after the page before
///   ended.
#[derive(LogicBlock)]
pub struct StripeGatherer {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A stripe's descriptor is offered.
    pub descriptor_valid: Signal<In, Bit>,
    /// It is taken.
    pub descriptor_ready: Signal<Out, Bit>,
    /// The offered stripe is the first of a pair.
    pub descriptor_pair_first: Signal<In, Bit>,
    /// Which parts of the buffer are free, bit per part.
    pub free: Signal<In, Bits<2>>,
    /// Data slots of the open stripe.
    pub data_slots: Signal<In, Bits<5>>,
    /// A page is offered.
    pub offer: Signal<In, Bit>,
    /// Tag of its command.
    pub offer_tag: Signal<In, Bits<8>>,
    /// Its logical page.
    pub offer_page: Signal<In, Bits<32>>,
    /// It comes from the mover.
    pub offer_moved: Signal<In, Bit>,
    /// The offer is taken; its words follow, unless it is dropped.
    pub take: Signal<Out, Bit>,
    /// The offer is taken, and its page dropped.
    pub drops: Signal<Out, Bit>,
    /// A page of the mover's is to be checked; a pulse.
    pub check: Signal<Out, Bit>,
    /// The check is done.
    pub check_done: Signal<In, Bit>,
    /// The page is still the newest copy; meaningful with `check_done`.
    pub check_current: Signal<In, Bit>,
    /// A word of the page is offered.
    pub data_valid: Signal<In, Bit>,
    /// The word.
    pub data: Signal<In, Bits<128>>,
    /// The word is taken.
    pub data_ready: Signal<Out, Bit>,
    /// An acknowledgement waits: nothing is taken.
    pub hold: Signal<In, Bit>,
    /// The logical page offered is found in the buffer.
    pub copy_found: Signal<In, Bit>,
    /// A lane waits for the open stripe: slots are filled while no page is offered.
    pub late: Signal<In, Bit>,
    /// Close the open stripe.
    pub flush: Signal<In, Bit>,
    /// Not everything that was taken before `flush` lies in closed stripes.
    pub flushing: Signal<Out, Bit>,
    /// The part of the buffer that gathers, or gathers next.
    pub open: Signal<Out, Bits<1>>,
    /// A stripe is opened in it, from the descriptor offered.
    pub opened: Signal<Out, Bit>,
    /// Its stripe is closed.
    pub closed: Signal<Out, Bit>,
    /// A word goes into the buffer.
    pub word_valid: Signal<Out, Bit>,
    /// The word; meaningful while `word_valid` is high, as are the four that follow.
    pub word: Signal<Out, Bits<128>>,
    /// Its place in the page.
    pub word_place: Signal<Out, Bits<8>>,
    /// It is the first of its page.
    pub word_first: Signal<Out, Bit>,
    /// Slot of the page.
    pub word_slot: Signal<Out, Bits<5>>,
    /// The page is the first of its half.
    pub word_begins_half: Signal<Out, Bit>,
    /// A record ends; the outputs below describe it from here until the next one ends.
    pub record_ends: Signal<Out, Bit>,
    /// Its part of the buffer.
    pub end_buffer: Signal<Out, Bits<1>>,
    /// Its slot, 18 and 19 for parity.
    pub end_slot: Signal<Out, Bits<5>>,
    /// It is the first of its half.
    pub end_begins_half: Signal<Out, Bit>,
    /// It is parity.
    pub end_parity: Signal<Out, Bit>,
    /// It is a filler.
    pub end_filler: Signal<Out, Bit>,
    /// It came as a page, and not to fill the stripe.
    pub end_is_page: Signal<Out, Bit>,
    /// Tag of its command.
    pub end_tag: Signal<Out, Bits<8>>,
    /// Its logical page.
    pub end_page: Signal<Out, Bits<32>>,
    /// It came from the mover.
    pub end_moved: Signal<Out, Bit>,

    last_place: Constant<Bits<8>>,
    numbering_cycles: Constant<Bits<5>>,
    seeking_cycles: Constant<Bits<5>>,
    first_parity_end: Constant<Bits<5>>,
    second_parity_end: Constant<Bits<5>>,
    closing_cycles: Constant<Bits<5>>,
    first_parity_slot: Constant<Bits<5>>,
    second_parity_slot: Constant<Bits<5>>,

    state: DFF<GatheringState>,
    pause: DFF<Bits<5>>,
    part: DFF<Bits<1>>,
    slot: DFF<Bits<5>>,
    slot_is_last: DFF<Bit>,
    full: DFF<Bit>,
    place: DFF<Bits<8>>,
    place_is_first: DFF<Bit>,
    place_is_last: DFF<Bit>,
    flush_asked: DFF<Bit>,
    pair_first: DFF<Bit>,
    /// The stripe is the second of a pair, or the first one is closed and the second not yet open.
    pair_begun: DFF<Bit>,
    filling: DFF<Bit>,
    page_number: DFF<Bits<32>>,
    page_tag: DFF<Bits<8>>,
    page_moved: DFF<Bit>,
    asks: DFF<Bit>,
    given: DFF<Bit>,
    given_word: DFF<Bits<128>>,
    given_place: DFF<Bits<8>>,
    given_first: DFF<Bit>,
    ends: DFF<Bit>,
    ended_part: DFF<Bits<1>>,
    ended_slot: DFF<Bits<5>>,
    ended_begins_half: DFF<Bit>,
    ended_parity: DFF<Bit>,
    ended_filler: DFF<Bit>,
    ended_is_page: DFF<Bit>,
    ended_tag: DFF<Bits<8>>,
    ended_page: DFF<Bits<32>>,
    ended_moved: DFF<Bit>,
    is_closed: DFF<Bit>,

    drops_page: Signal<Local, Bit>,
    part_is_free: Signal<Local, Bit>,
    takes_page: Signal<Local, Bit>,
    fills: Signal<Local, Bit>,
    accepts: Signal<Local, Bit>,
    ready: Signal<Local, Bit>,
}

impl StripeGatherer {
    /// A gatherer of pages of `words_per_page` words.
    ///
    /// # Errors
    /// If the number of words is not 16..=256.
    pub fn new(words_per_page: usize) -> Result<Self, WriteBufferError> {
        check_page_words(words_per_page)?;
        Ok(Self {
            clock: Default::default(),
            descriptor_valid: Default::default(),
            descriptor_ready: Default::default(),
            descriptor_pair_first: Default::default(),
            free: Default::default(),
            data_slots: Default::default(),
            offer: Default::default(),
            offer_tag: Default::default(),
            offer_page: Default::default(),
            offer_moved: Default::default(),
            take: Default::default(),
            drops: Default::default(),
            check: Default::default(),
            check_done: Default::default(),
            check_current: Default::default(),
            data_valid: Default::default(),
            data: Default::default(),
            data_ready: Default::default(),
            hold: Default::default(),
            copy_found: Default::default(),
            late: Default::default(),
            flush: Default::default(),
            flushing: Default::default(),
            open: Default::default(),
            opened: Default::default(),
            closed: Default::default(),
            word_valid: Default::default(),
            word: Default::default(),
            word_place: Default::default(),
            word_first: Default::default(),
            word_slot: Default::default(),
            word_begins_half: Default::default(),
            record_ends: Default::default(),
            end_buffer: Default::default(),
            end_slot: Default::default(),
            end_begins_half: Default::default(),
            end_parity: Default::default(),
            end_filler: Default::default(),
            end_is_page: Default::default(),
            end_tag: Default::default(),
            end_page: Default::default(),
            end_moved: Default::default(),
            last_place: Constant::new((words_per_page - 1).to_bits()),
            numbering_cycles: Constant::new(13_u64.into()),
            seeking_cycles: Constant::new(16_u64.into()),
            first_parity_end: Constant::new(8_u64.into()),
            second_parity_end: Constant::new(16_u64.into()),
            closing_cycles: Constant::new(23_u64.into()),
            first_parity_slot: Constant::new(18_u64.into()),
            second_parity_slot: Constant::new(19_u64.into()),
            state: Default::default(),
            pause: Default::default(),
            part: Default::default(),
            slot: Default::default(),
            slot_is_last: Default::default(),
            full: Default::default(),
            place: Default::default(),
            place_is_first: Default::default(),
            place_is_last: Default::default(),
            flush_asked: Default::default(),
            pair_first: Default::default(),
            pair_begun: Default::default(),
            filling: Default::default(),
            page_number: Default::default(),
            page_tag: Default::default(),
            page_moved: Default::default(),
            asks: Default::default(),
            given: Default::default(),
            given_word: Default::default(),
            given_place: Default::default(),
            given_first: Default::default(),
            ends: Default::default(),
            ended_part: Default::default(),
            ended_slot: Default::default(),
            ended_begins_half: Default::default(),
            ended_parity: Default::default(),
            ended_filler: Default::default(),
            ended_is_page: Default::default(),
            ended_tag: Default::default(),
            ended_page: Default::default(),
            ended_moved: Default::default(),
            is_closed: Default::default(),
            drops_page: Default::default(),
            part_is_free: Default::default(),
            takes_page: Default::default(),
            fills: Default::default(),
            accepts: Default::default(),
            ready: Default::default(),
        })
    }
}

impl Logic for StripeGatherer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, pause, part, slot, slot_is_last, full, place, place_is_first, place_is_last);
        dff_setup!(self, clock, flush_asked, pair_first, pair_begun, filling, page_number, page_tag, page_moved);
        dff_setup!(self, clock, asks, given, given_word, given_place, given_first, ends, ended_part, ended_slot);
        dff_setup!(self, clock, ended_begins_half, ended_parity, ended_filler, ended_is_page, ended_tag, ended_page);
        dff_setup!(self, clock, ended_moved, is_closed);

        self.part_is_free.next = self.free.val().get_bit(0);
        if self.part.q.val().any() {
            self.part_is_free.next = self.free.val().get_bit(1);
        }
        self.descriptor_ready.next = false;
        self.opened.next = false;
        self.takes_page.next = false;
        self.drops_page.next = false;
        self.asks.d.next = false;
        self.fills.next = false;
        self.accepts.next = false;
        self.ready.next = false;
        self.ends.d.next = false;
        self.is_closed.d.next = false;
        self.flush_asked.d.next = self.flush_asked.q.val() | self.flush.val();
        self.slot_is_last.d.next = self.slot.q.val() + 1 == self.data_slots.val();
        self.full.d.next = self.slot.q.val() == self.data_slots.val();
        match self.state.q.val() {
            GatheringState::Opening => {
                self.pause.d.next = bits::<5>(0);
                self.slot.d.next = bits::<5>(0);
                if !self.pair_begun.q.val() {
                    self.flush_asked.d.next = self.flush.val();
                }
                if self.part_is_free.val() {
                    self.descriptor_ready.next = true;
                    if self.descriptor_valid.val() {
                        self.opened.next = true;
                        self.pair_first.d.next = self.descriptor_pair_first.val();
                        self.state.d.next = GatheringState::Numbering;
                    }
                } else {
                    self.part.d.next = !self.part.q.val();
                }
            }
            GatheringState::Numbering => {
                self.pause.d.next = self.pause.q.val() + 1;
                if self.pause.q.val() == self.numbering_cycles.val() {
                    self.state.d.next = GatheringState::Ready;
                }
            }
            GatheringState::Ready => {
                self.pause.d.next = bits::<5>(0);
                if self.full.q.val() {
                    self.state.d.next = GatheringState::Closing;
                } else if self.flush_asked.q.val() {
                    // An empty stripe is not filled, unless its pair waits for it.
                    if self.slot.q.val().any() | self.pair_begun.q.val() {
                        self.fills.next = true;
                    } else {
                        self.flush_asked.d.next = self.flush.val();
                    }
                } else if self.offer.val() & self.offer_moved.val() {
                    self.state.d.next = GatheringState::Seeking;
                } else {
                    self.takes_page.next = self.offer.val();
                    self.fills.next = self.late.val() & !self.offer.val();
                }
            }
            GatheringState::Seeking => {
                // The page before is entered in the directory meanwhile, and its acknowledgement offered.
                self.pause.d.next = self.pause.q.val() + 1;
                if self.pause.q.val() == self.seeking_cycles.val() {
                    self.asks.d.next = !self.copy_found.val();
                    self.state.d.next = GatheringState::Checking;
                    if self.copy_found.val() {
                        self.state.d.next = GatheringState::Dropping;
                    }
                }
            }
            GatheringState::Checking => {
                if self.check_done.val() {
                    self.takes_page.next = self.check_current.val();
                    self.state.d.next = GatheringState::Dropping;
                }
            }
            GatheringState::Dropping => {
                if !self.hold.val() {
                    self.drops_page.next = true;
                    self.state.d.next = GatheringState::Ready;
                }
            }
            GatheringState::Taking => {
                self.ready.next = !self.hold.val() & !self.filling.q.val();
                self.accepts.next = !self.hold.val() & (self.filling.q.val() | self.data_valid.val());
                if self.accepts.val() & self.place_is_last.q.val() {
                    self.state.d.next = GatheringState::Ending;
                }
            }
            GatheringState::Ending => {
                self.ends.d.next = true;
                self.ended_part.d.next = self.part.q.val();
                self.ended_slot.d.next = self.slot.q.val();
                self.ended_begins_half.d.next = !(self.slot.q.val() >> 1).any();
                self.ended_parity.d.next = false;
                self.ended_filler.d.next = self.filling.q.val();
                self.ended_is_page.d.next = !self.filling.q.val();
                self.ended_tag.d.next = self.page_tag.q.val();
                self.ended_page.d.next = self.page_number.q.val();
                self.ended_moved.d.next = self.page_moved.q.val();
                self.slot.d.next = self.slot.q.val() + 1;
                self.full.d.next = self.slot_is_last.q.val();
                self.state.d.next = GatheringState::Ready;
                self.takes_page.next = (self.offer.val() & !self.offer_moved.val())
                    & !(self.slot_is_last.q.val() | self.flush_asked.q.val());
            }
            GatheringState::Closing => {
                self.pause.d.next = self.pause.q.val() + 1;
                if self.pause.q.val() == self.first_parity_end.val() {
                    self.ends.d.next = true;
                    self.ended_parity.d.next = true;
                    self.ended_filler.d.next = false;
                    self.ended_is_page.d.next = false;
                    self.ended_slot.d.next = self.first_parity_slot.val();
                }
                if self.pause.q.val() == self.second_parity_end.val() {
                    self.ends.d.next = true;
                    self.ended_slot.d.next = self.second_parity_slot.val();
                }
                if self.pause.q.val() == self.closing_cycles.val() {
                    self.is_closed.d.next = true;
                    if !self.pair_first.q.val() {
                        self.flush_asked.d.next = self.flush.val();
                    }
                    self.pair_begun.d.next = self.pair_first.q.val();
                    self.pause.d.next = bits::<5>(0);
                }
                // The part changes when it has been named as closed.
                if self.is_closed.q.val() {
                    self.part.d.next = !self.part.q.val();
                    self.state.d.next = GatheringState::Opening;
                }
            }
            _ => {
                self.state.d.next = GatheringState::Opening;
            }
        }
        if self.takes_page.val() | self.fills.val() {
            self.state.d.next = GatheringState::Taking;
            self.filling.d.next = self.fills.val();
            self.page_number.d.next = self.offer_page.val();
            self.page_tag.d.next = self.offer_tag.val();
            self.page_moved.d.next = self.offer_moved.val() & self.takes_page.val();
            self.place.d.next = bits::<8>(0);
            self.place_is_first.d.next = true;
            self.place_is_last.d.next = false;
        }
        if self.accepts.val() {
            self.place.d.next = self.place.q.val() + 1;
            self.place_is_first.d.next = false;
            self.place_is_last.d.next = self.place.q.val() + 1 == self.last_place.val();
        }
        self.given.d.next = self.accepts.val();
        self.given_word.d.next = self.data.val();
        if self.filling.q.val() {
            self.given_word.d.next = bits::<128>(0);
        }
        self.given_place.d.next = self.place.q.val();
        self.given_first.d.next = self.place_is_first.q.val();

        self.take.next = self.takes_page.val() | self.drops_page.val();
        self.drops.next = self.drops_page.val();
        self.check.next = self.asks.q.val();
        self.data_ready.next = self.ready.val();
        self.flushing.next = self.flush_asked.q.val();
        self.open.next = self.part.q.val();
        self.closed.next = self.is_closed.q.val();
        self.word_valid.next = self.given.q.val();
        self.word.next = self.given_word.q.val();
        self.word_place.next = self.given_place.q.val();
        self.word_first.next = self.given_first.q.val();
        self.word_slot.next = self.slot.q.val();
        self.word_begins_half.next = !(self.slot.q.val() >> 1).any();
        self.record_ends.next = self.ends.q.val();
        self.end_buffer.next = self.ended_part.q.val();
        self.end_slot.next = self.ended_slot.q.val();
        self.end_begins_half.next = self.ended_begins_half.q.val();
        self.end_parity.next = self.ended_parity.q.val();
        self.end_filler.next = self.ended_filler.q.val();
        self.end_is_page.next = self.ended_is_page.q.val();
        self.end_tag.next = self.ended_tag.q.val();
        self.end_page.next = self.ended_page.q.val();
        self.end_moved.next = self.ended_moved.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("words_per_page", u64::from(self.last_place.val()) + 1)])
    }
}
