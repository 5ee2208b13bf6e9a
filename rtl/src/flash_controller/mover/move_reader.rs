//! The firmware's orders to move pages, carried out up to the write buffer.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::stream::{StreamSink, StreamSource, SynchronousFifo};

/// Outcome of an order: the page lies in its new place.
pub const MOVE_MOVED: u64 = 0;
/// Outcome of an order: the page has a newer copy elsewhere.
pub const MOVE_SUPERSEDED: u64 = 1;
/// Outcome of an order: there is no page at that place.
pub const MOVE_EMPTY: u64 = 2;
/// Outcome of an order: the page's data is lost.
pub const MOVE_LOST: u64 = 3;
/// Outcome of an order to check a page: its record can be read.
pub const CHECK_GOOD: u64 = 0;
/// Outcome of an order to check a page: its record should be written anew.
pub const CHECK_WEAK: u64 = 1;
/// Bit of an order that says that its page is only to be checked.
pub const CHECK_ORDER: u32 = 1 << 31;

/// What the mover is doing.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum MovingState {
    /// No page waits.
    Idle,
    /// The place of the page is looked up.
    Recalling,
    /// The page is offered to the write buffer.
    Offering,
    /// The write buffer decides, and takes the words.
    Giving,
    /// The words are thrown away.
    Discarding,
    /// Firmware is told that there was nothing to move.
    Reporting,
}

/// Reads the pages that firmware orders to be moved, and gives them to the write buffer, one after the other. A page that is
/// only to be checked is read and thrown away, or given to firmware.
///
/// - Latency: 2 cycles from an order to its read; from the last word of a page to its offer 3 cycles.
/// - Throughput: up to 8 reads under way; a page of `n` words in about 2 `n` + 20 cycles.
/// - Back-pressure: a page that firmware does not take from `fetched` holds all that follow. Orders wait while 8 reads are
///   under way. There is room for all of them, so that no page waits in a lane's slot for the write buffer, which itself may
///   wait for the lane.
/// - Limits: locations of up to 31 bits; 60 pages given away that have no new place yet; a ninth order, or a page beyond 60,
///   waits.
#[derive(LogicBlock)]
pub struct MoveReader {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Locations to be moved from in bits 30..=0; bit 31: only to be checked.
    pub orders: StreamSink<32>,
    /// Reads: tag in bits 7..=0, location above.
    pub reads: StreamSource<40>,
    /// A page follows.
    pub begins: Signal<In, Bit>,
    /// Tag of its read.
    pub begins_tag: Signal<In, Bits<8>>,
    /// Its logical page.
    pub begins_page: Signal<In, Bits<32>>,
    /// Its record should be written anew.
    pub begins_weak: Signal<In, Bit>,
    /// A word of the page.
    pub word_valid: Signal<In, Bit>,
    /// The word; meaningful while `word_valid` is high.
    pub word: Signal<In, Bits<128>>,
    /// The word is the page's last.
    pub word_last: Signal<In, Bit>,
    /// A read's data is lost.
    pub lost_valid: Signal<In, Bit>,
    /// Tag of the read.
    pub lost_tag: Signal<In, Bits<8>>,
    /// That is taken.
    pub lost_ready: Signal<Out, Bit>,
    /// A page is offered to the write buffer.
    pub page_valid: Signal<Out, Bit>,
    /// Number of the move, in bits 5..=0, and bit 7.
    pub page_tag: Signal<Out, Bits<8>>,
    /// The logical page.
    pub page_number: Signal<Out, Bits<32>>,
    /// The buffer takes the offer.
    pub page_ready: Signal<In, Bit>,
    /// The page's words.
    pub data: StreamSource<128>,
    /// A page of the mover is acknowledged.
    pub acknowledged: Signal<In, Bit>,
    /// Number of its move.
    pub acknowledged_tag: Signal<In, Bits<8>>,
    /// It was not taken: it has a newer copy.
    pub superseded: Signal<In, Bit>,
    /// The old place of a move is to be kept.
    pub keep: Signal<Out, Bit>,
    /// Number of the move.
    pub keep_number: Signal<Out, Bits<6>>,
    /// The old place.
    pub keep_location: Signal<Out, Bits<32>>,
    /// A move has ended with its new place, or a newer one.
    pub committed: Signal<In, Bit>,
    /// Words of pages that are only checked go to `fetched`.
    pub fetch: Signal<In, Bit>,
    /// These words.
    pub fetched: StreamSource<128>,
    /// Events: order in bits 31..=0, outcome in 33..=32.
    pub events: StreamSource<34>,

    no_page: Constant<Bits<32>>,
    most_moves: Constant<Bits<6>>,
    read_tag: Constant<Bits<8>>,
    move_tag: Constant<Bits<8>>,
    outcome_superseded: Constant<Bits<34>>,
    outcome_empty: Constant<Bits<34>>,
    outcome_lost: Constant<Bits<34>>,
    outcome_weak: Constant<Bits<34>>,
    tag_bit: Vec<Constant<Bits<8>>>,
    tag_number: Vec<Constant<Bits<3>>>,

    locations: RAM<Bits<32>, 3>,
    /// Words of the pages that have come.
    staging: SynchronousFifo<128, 11>,
    /// Those pages: read in bits 2..=0, logical page in 34..=3, weak in 35.
    pages: SynchronousFifo<36, 4>,
    state: DFF<MovingState>,
    steps: DFF<Bits<2>>,
    next_read: DFF<Bits<3>>,
    /// Reads under way, a bit each.
    busy: DFF<Bits<8>>,
    offers_read: DFF<Bit>,
    read_word: DFF<Bits<40>>,
    staged_read: DFF<Bits<3>>,
    staged_page: DFF<Bits<32>>,
    is_lost: DFF<Bit>,
    is_empty: DFF<Bit>,
    is_weak: DFF<Bit>,
    is_check: DFF<Bit>,
    location: DFF<Bits<32>>,
    next_move: DFF<Bits<6>>,
    moves: DFF<Bits<6>>,
    moves_full: DFF<Bit>,
    keeps: DFF<Bit>,

    free_now: Signal<Local, Bit>,
    takes_order: Signal<Local, Bit>,
    taken_bit: Signal<Local, Bits<8>>,
    freed_bit: Signal<Local, Bits<8>>,
    frees: Signal<Local, Bit>,
    begins_move: Signal<Local, Bit>,
    gives: Signal<Local, Bit>,
    fetches: Signal<Local, Bit>,
    drops: Signal<Local, Bit>,
    own_drop: Signal<Local, Bit>,
    takes_page: Signal<Local, Bit>,
}

impl Default for MoveReader {
    fn default() -> Self {
        let outcome = |outcome: u64| Constant::new((outcome << 32).into());
        Self {
            clock: Default::default(),
            orders: Default::default(),
            reads: Default::default(),
            begins: Default::default(),
            begins_tag: Default::default(),
            begins_page: Default::default(),
            begins_weak: Default::default(),
            word_valid: Default::default(),
            word: Default::default(),
            word_last: Default::default(),
            lost_valid: Default::default(),
            lost_tag: Default::default(),
            lost_ready: Default::default(),
            page_valid: Default::default(),
            page_tag: Default::default(),
            page_number: Default::default(),
            page_ready: Default::default(),
            data: Default::default(),
            acknowledged: Default::default(),
            acknowledged_tag: Default::default(),
            superseded: Default::default(),
            keep: Default::default(),
            keep_number: Default::default(),
            keep_location: Default::default(),
            committed: Default::default(),
            fetch: Default::default(),
            fetched: Default::default(),
            events: Default::default(),
            no_page: Constant::new(0xFFFF_FFFF_u64.into()),
            most_moves: Constant::new(60_u64.into()),
            read_tag: Constant::new(0x80_u64.into()),
            move_tag: Constant::new(0x80_u64.into()),
            outcome_superseded: outcome(MOVE_SUPERSEDED),
            outcome_empty: outcome(MOVE_EMPTY),
            outcome_lost: outcome(MOVE_LOST),
            outcome_weak: outcome(CHECK_WEAK),
            tag_bit: (0..8).map(|tag| Constant::new((1_u64 << tag).into())).collect(),
            tag_number: (0..8_usize).map(|tag| Constant::new(tag.to_bits())).collect(),
            locations: Default::default(),
            staging: SynchronousFifo::new(2048),
            pages: SynchronousFifo::new(16),
            state: Default::default(),
            steps: Default::default(),
            next_read: Default::default(),
            busy: Default::default(),
            offers_read: Default::default(),
            read_word: Default::default(),
            staged_read: Default::default(),
            staged_page: Default::default(),
            is_lost: Default::default(),
            is_empty: Default::default(),
            is_weak: Default::default(),
            is_check: Default::default(),
            location: Default::default(),
            next_move: Default::default(),
            moves: Default::default(),
            moves_full: Default::default(),
            keeps: Default::default(),
            free_now: Default::default(),
            takes_order: Default::default(),
            taken_bit: Default::default(),
            freed_bit: Default::default(),
            frees: Default::default(),
            begins_move: Default::default(),
            gives: Default::default(),
            fetches: Default::default(),
            drops: Default::default(),
            own_drop: Default::default(),
            takes_page: Default::default(),
        }
    }
}

impl Logic for MoveReader {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, staging, pages);
        dff_setup!(self, clock, state, steps, next_read, busy, offers_read, read_word, staged_read, staged_page);
        dff_setup!(self, clock, is_lost, is_empty, is_weak, is_check, location, next_move, moves, moves_full, keeps);
        self.locations.read_clock.next = self.clock.val();
        self.locations.write_clock.next = self.clock.val();

        // Orders become reads.
        self.free_now.next = false;
        self.taken_bit.next = bits::<8>(0);
        self.freed_bit.next = bits::<8>(0);
        for i in 0..8 {
            if self.next_read.q.val() == self.tag_number[i].val() {
                self.free_now.next = !self.busy.q.val().get_bit(i);
                self.taken_bit.next = self.tag_bit[i].val();
            }
            if self.staged_read.q.val() == self.tag_number[i].val() {
                self.freed_bit.next = self.tag_bit[i].val();
            }
        }
        self.takes_order.next = self.free_now.val() & !self.offers_read.q.val() & self.orders.valid.val();
        self.orders.ready.next = self.free_now.val() & !self.offers_read.q.val();
        self.locations.write_address.next = self.next_read.q.val();
        self.locations.write_data.next = self.orders.data.val();
        self.locations.write_enable.next = self.takes_order.val();
        self.locations.read_address.next = self.staged_read.q.val();
        if self.reads.ready.val() {
            self.offers_read.d.next = false;
        }
        if self.takes_order.val() {
            self.offers_read.d.next = true;
            self.read_word.d.next = bit_cast::<40, 3>(self.next_read.q.val())
                | bit_cast::<40, 8>(self.read_tag.val())
                | (bit_cast::<40, 32>(self.orders.data.val()) << 8);
            self.next_read.d.next = self.next_read.q.val() + 1;
        }
        self.reads.valid.next = self.offers_read.q.val();
        self.reads.data.next = self.read_word.q.val();
        self.reads.last.next = false;

        // Pages come.
        self.staging.sink.valid.next = self.word_valid.val();
        self.staging.sink.data.next = self.word.val();
        self.staging.sink.last.next = self.word_last.val();
        self.pages.sink.valid.next = self.begins.val();
        self.pages.sink.data.next = (bit_cast::<36, 3>(self.begins_tag.val().get_bits::<3>(0))
            | (bit_cast::<36, 32>(self.begins_page.val()) << 3))
            .replace_bit(35, self.begins_weak.val());
        self.pages.sink.last.next = false;

        // Pages go.
        self.own_drop.next = (self.acknowledged.val() & self.superseded.val())
            & (self.acknowledged_tag.val().get_bits::<6>(0) == self.next_move.q.val());
        self.lost_ready.next = false;
        self.takes_page.next = false;
        self.frees.next = false;
        self.begins_move.next = false;
        self.gives.next = false;
        self.fetches.next = false;
        self.drops.next = false;
        self.page_valid.next = false;
        self.keeps.d.next = false;
        self.moves_full.d.next = self.moves.q.val() >= self.most_moves.val();
        self.is_empty.d.next = self.staged_page.q.val() == self.no_page.val();
        self.steps.d.next = self.steps.q.val() + 1;
        match self.state.q.val() {
            MovingState::Idle => {
                self.steps.d.next = bits::<2>(0);
                if self.pages.source.valid.val() {
                    self.takes_page.next = true;
                    self.is_lost.d.next = false;
                    self.is_weak.d.next = self.pages.source.data.val().get_bit(35);
                    self.staged_read.d.next = self.pages.source.data.val().get_bits::<3>(0);
                    self.staged_page.d.next = self.pages.source.data.val().get_bits::<32>(3);
                    self.state.d.next = MovingState::Recalling;
                } else if self.lost_valid.val() {
                    self.lost_ready.next = true;
                    self.is_lost.d.next = true;
                    self.staged_read.d.next = self.lost_tag.val().get_bits::<3>(0);
                    self.state.d.next = MovingState::Recalling;
                }
            }
            MovingState::Recalling => {
                self.location.d.next = self.locations.read_data.val();
                self.is_check.d.next = self.locations.read_data.val().get_bit(31);
                if (self.steps.q.val() == bits::<2>(2)) | (self.steps.q.val() == bits::<2>(3)) {
                    if self.is_lost.q.val() {
                        self.state.d.next = MovingState::Reporting;
                    } else if self.is_empty.q.val() | self.locations.read_data.val().get_bit(31) {
                        self.state.d.next = MovingState::Discarding;
                    } else if !self.moves_full.q.val() {
                        self.keeps.d.next = true;
                        self.state.d.next = MovingState::Offering;
                    } else {
                        self.steps.d.next = bits::<2>(2);
                    }
                }
            }
            MovingState::Offering => {
                self.page_valid.next = !self.keeps.q.val();
                if self.page_ready.val() & !self.keeps.q.val() {
                    self.state.d.next = MovingState::Giving;
                }
                // The buffer may answer in the cycle in which it takes the offer.
                if self.own_drop.val() {
                    self.state.d.next = MovingState::Discarding;
                }
            }
            MovingState::Giving => {
                self.gives.next = true;
                if self.own_drop.val() {
                    self.gives.next = false;
                    self.state.d.next = MovingState::Discarding;
                } else if (self.staging.source.valid.val() & self.data.ready.val()) & self.staging.source.last.val() {
                    self.begins_move.next = true;
                    self.next_move.d.next = self.next_move.q.val() + 1;
                    self.frees.next = true;
                    self.state.d.next = MovingState::Idle;
                }
            }
            MovingState::Discarding => {
                self.fetches.next = self.is_check.q.val() & self.fetch.val();
                self.drops.next = !self.fetches.val() | self.fetched.ready.val();
                if (self.staging.source.valid.val() & self.staging.source.last.val()) & self.drops.val() {
                    self.state.d.next = MovingState::Reporting;
                }
            }
            MovingState::Reporting => {
                if self.events.ready.val() {
                    self.frees.next = true;
                    self.state.d.next = MovingState::Idle;
                }
            }
            _ => {
                self.state.d.next = MovingState::Idle;
            }
        }
        self.busy.d.next = self.busy.q.val();
        if self.takes_order.val() & !self.frees.val() {
            self.busy.d.next = self.busy.q.val() | self.taken_bit.val();
        }
        if self.frees.val() & !self.takes_order.val() {
            self.busy.d.next = self.busy.q.val() & !self.freed_bit.val();
        }
        if self.frees.val() & self.takes_order.val() {
            self.busy.d.next = (self.busy.q.val() & !self.freed_bit.val()) | self.taken_bit.val();
        }
        if self.begins_move.val() & !self.committed.val() {
            self.moves.d.next = self.moves.q.val() + 1;
        }
        if self.committed.val() & !self.begins_move.val() {
            self.moves.d.next = self.moves.q.val() - 1;
        }

        self.pages.source.ready.next = self.takes_page.val();
        self.page_tag.next = bit_cast::<8, 6>(self.next_move.q.val()) | self.move_tag.val();
        self.page_number.next = self.staged_page.q.val();
        self.data.valid.next = self.gives.val() & self.staging.source.valid.val();
        self.data.data.next = self.staging.source.data.val();
        self.data.last.next = self.staging.source.last.val();
        self.staging.source.ready.next = (self.gives.val() & self.data.ready.val()) | self.drops.val();
        self.fetched.valid.next = self.fetches.val() & self.staging.source.valid.val();
        self.fetched.data.next = self.staging.source.data.val();
        self.fetched.last.next = self.staging.source.last.val();
        self.keep.next = self.keeps.q.val();
        self.keep_number.next = self.next_move.q.val();
        self.keep_location.next = self.location.q.val();
        self.events.valid.next = self.state.q.val() == MovingState::Reporting;
        self.events.last.next = false;
        self.events.data.next = bit_cast::<34, 32>(self.location.q.val()) | self.outcome_superseded.val();
        if self.is_lost.q.val() {
            self.events.data.next = bit_cast::<34, 32>(self.location.q.val()) | self.outcome_lost.val();
        } else if self.is_check.q.val() {
            self.events.data.next = bit_cast::<34, 32>(self.location.q.val());
            if self.is_weak.q.val() {
                self.events.data.next = bit_cast::<34, 32>(self.location.q.val()) | self.outcome_weak.val();
            }
        } else if self.is_empty.q.val() {
            self.events.data.next = bit_cast::<34, 32>(self.location.q.val()) | self.outcome_empty.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // A read's location is written when it is ordered and read when it has ended.
        info.push(no_collision(&["locations"]));
        info
    }
}
