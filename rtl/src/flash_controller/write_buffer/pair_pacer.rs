//! When the stripes of the buffer leave.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::write_buffer::{WriteBufferError, check_page_words};

/// Cycles that the first three pages of a pair's second stripe may take, in words of a page, if the first is to leave early.
const EARLY_SPAN: usize = 6;

/// What is known of the stripe that gathers.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum PacingState {
    /// No stripe gathers.
    Idle,
    /// It is alone: it leaves when it is closed.
    Alone,
    /// It is the first of a pair: it stays when it is closed.
    First,
    /// It is the second of a pair, and it is to be seen how fast it fills.
    Watching,
    /// It is the second of a pair, and fills slowly: both leave when it is closed.
    Slow,
    /// It is the second of a pair, and the first leaves before it is closed.
    Behind,
}

/// Lets stripes leave for the lanes. A lane sends both stripes of a pair without letting go of its bus, so the first one
/// leaves only when the second is closed, or when it will be closed in time: when 3 pages of the host have come into it, no
/// other page among them, within 6 cycles for each word of a page, and the next one waits. If then no page comes any more, and
/// a lane waits for the second stripe, the stripe is to be filled at once.
///
/// - Latency: 1 cycle from `closed`, or from the end of the third page, to `leaves`.
/// - Throughput: an event per cycle.
/// - Back-pressure: none.
/// - Limits: pages of 16..=256 words. 18 pages come in less than the time that a lane takes for its two.
#[derive(LogicBlock)]
pub struct PairPacer {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A stripe begins to gather.
    pub opened: Signal<In, Bit>,
    /// Its part of the buffer, as long as it gathers.
    pub open: Signal<In, Bits<1>>,
    /// It is the first of a pair; meaningful with `opened`.
    pub pair_first: Signal<In, Bit>,
    /// It is the second of a pair; meaningful with `opened`.
    pub pair_second: Signal<In, Bit>,
    /// It is closed.
    pub closed: Signal<In, Bit>,
    /// A data record of it is whole.
    pub record_ends: Signal<In, Bit>,
    /// The record is a page of the host; meaningful with `record_ends`.
    pub record_is_host: Signal<In, Bit>,
    /// The next page of the host waits.
    pub host_waits: Signal<In, Bit>,
    /// A lane has sent the last byte of a stripe, bit per part of the buffer.
    pub drained: Signal<In, Bits<2>>,
    /// The stripe leaves, bit per part of the buffer; a pulse.
    pub leaves: Signal<Out, Bits<2>>,
    /// A lane waits for the stripe that gathers.
    pub late: Signal<Out, Bit>,

    early_cycles: Constant<Bits<11>>,

    state: DFF<PacingState>,
    /// Pages that the second stripe has taken, up to three.
    pages: DFF<Bits<2>>,
    /// Cycles since it was opened.
    cycles: DFF<Bits<11>>,
    sends: DFF<Bits<2>>,
    is_late: DFF<Bit>,

    open_part: Signal<Local, Bits<2>>,
    first_ends: Signal<Local, Bit>,
}

impl PairPacer {
    /// A pacer for pages of `words_per_page` words.
    ///
    /// # Errors
    /// If the number of words is not 16..=256.
    pub fn new(words_per_page: usize) -> Result<Self, WriteBufferError> {
        check_page_words(words_per_page)?;
        Ok(Self {
            clock: Default::default(),
            opened: Default::default(),
            open: Default::default(),
            pair_first: Default::default(),
            pair_second: Default::default(),
            closed: Default::default(),
            record_ends: Default::default(),
            record_is_host: Default::default(),
            host_waits: Default::default(),
            drained: Default::default(),
            leaves: Default::default(),
            late: Default::default(),
            early_cycles: Constant::new((EARLY_SPAN * words_per_page).to_bits()),
            state: Default::default(),
            pages: Default::default(),
            cycles: Default::default(),
            sends: Default::default(),
            is_late: Default::default(),
            open_part: Default::default(),
            first_ends: Default::default(),
        })
    }
}

impl Logic for PairPacer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, pages, cycles, sends, is_late);
        self.open_part.next = bits::<2>(1);
        self.first_ends.next = self.drained.val().get_bit(1);
        if self.open.val().any() {
            self.open_part.next = bits::<2>(2);
            self.first_ends.next = self.drained.val().get_bit(0);
        }

        self.sends.d.next = bits::<2>(0);
        match self.state.q.val() {
            PacingState::Idle => {
                self.pages.d.next = bits::<2>(0);
                self.cycles.d.next = bits::<11>(0);
                self.is_late.d.next = false;
                if self.opened.val() {
                    self.state.d.next = PacingState::Alone;
                    if self.pair_first.val() {
                        self.state.d.next = PacingState::First;
                    }
                    if self.pair_second.val() {
                        self.state.d.next = PacingState::Watching;
                    }
                }
            }
            PacingState::Watching => {
                self.cycles.d.next = self.cycles.q.val() + 1;
                if self.record_ends.val() & !self.pages.q.val().all() {
                    self.pages.d.next = self.pages.q.val() + 1;
                }
                if self.cycles.q.val() == self.early_cycles.val() {
                    self.state.d.next = PacingState::Slow;
                }
                if self.record_ends.val() & !self.record_is_host.val() {
                    self.state.d.next = PacingState::Slow;
                } else if self.pages.q.val().all() & self.host_waits.val() {
                    self.sends.d.next = !self.open_part.val();
                    self.state.d.next = PacingState::Behind;
                }
            }
            PacingState::Behind => {
                self.is_late.d.next = self.is_late.q.val() | self.first_ends.val();
            }
            _ => {}
        }
        if self.closed.val() {
            self.state.d.next = PacingState::Idle;
            if (self.state.q.val() == PacingState::Alone) | (self.state.q.val() == PacingState::Behind) {
                self.sends.d.next = self.open_part.val();
            }
            if (self.state.q.val() == PacingState::Watching) | (self.state.q.val() == PacingState::Slow) {
                self.sends.d.next = bits::<2>(3);
            }
        }
        self.leaves.next = self.sends.q.val();
        self.late.next = self.is_late.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("words_per_page", u64::from(self.early_cycles.val()) / EARLY_SPAN as u64)])
    }
}
