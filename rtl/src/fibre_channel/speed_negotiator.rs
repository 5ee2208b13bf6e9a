//! The speed of a line.

use rust_hdl::prelude::*;

use super::{LineSpeed, LinkTimes};
use crate::circuit::circuit_info;

/// How far a [`SpeedNegotiator`] is.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum NegotiationState {
    /// The speed is not negotiated.
    Fixed,
    /// Sends at one speed after the other, and listens.
    Search,
    /// Hears the other port at the speed at which it sends.
    Matched,
    /// The speed is settled.
    Settled,
}

/// Finds the fastest speed that both ports of a line have.
///
/// The transmitter begins at the fastest speed, and after `transmit_cycle` goes on to the next lower one, behind the lowest
/// again the fastest. The receiver meanwhile listens at one speed after the other, from the lowest, for `receive_cycle` each.
/// When it is synchronized at a speed above the transmitter's at the end of that time, the transmitter follows. When it is at
/// the transmitter's own speed, and stays so for `stable`, the speed is settled. A port that hears a lower speed than its own
/// goes on: the other one follows if it can. A settled speed is given up when synchronization is lost for `stable`.
///
/// The sweep and its times are those of facts/fc.md, section 1; that only the slower port follows is ours: two ports that
/// followed each other at once would change places for ever.
///
/// - Latency: 3 cycles from the end of a time to the speed.
/// - Throughput: does not apply.
/// - Back-pressure: none.
/// - Limits: times below 2^28 words of 8 Gb/s; `transmit_cycle` is to be at least eight times `receive_cycle`. The clock is
///   the transmitter's, which the times take into account.
#[derive(LogicBlock)]
pub struct SpeedNegotiator {
    /// Clock of all registers, rising edge: that of the words that are sent.
    pub clock: Signal<In, Clock>,
    /// The speed is negotiated; else it is `fastest`.
    pub negotiates: Signal<In, Bit>,
    /// The fastest speed that may be used.
    pub fastest: Signal<In, LineSpeed>,
    /// Begins anew.
    pub restart: Signal<In, Bit>,
    /// The receiver is in word synchronization; may change at any time.
    pub is_synchronized: Signal<In, Bit>,
    /// Speed of the transmitter.
    pub transmit_speed: Signal<Out, LineSpeed>,
    /// Speed of the receiver.
    pub receive_speed: Signal<Out, LineSpeed>,
    /// The speed is not settled yet.
    pub is_negotiating: Signal<Out, Bit>,
    /// How far it is.
    pub state: Signal<Out, NegotiationState>,

    /// The times, by speed.
    receive_cycles: Vec<Constant<Bits<28>>>,
    transmit_cycles: Vec<Constant<Bits<28>>>,
    stable_times: Vec<Constant<Bits<28>>>,

    now: DFF<NegotiationState>,
    transmits: DFF<LineSpeed>,
    receives: DFF<LineSpeed>,
    seen_first: DFF<Bit>,
    seen: DFF<Bit>,
    /// Words until each time ends, that it begins in this cycle, and that it has ended.
    receive_wait: DFF<Bits<28>>,
    receive_begins: DFF<Bit>,
    receive_is_over: DFF<Bit>,
    transmit_wait: DFF<Bits<28>>,
    transmit_begins: DFF<Bit>,
    transmit_is_over: DFF<Bit>,
    stable_wait: DFF<Bits<28>>,
    stable_begins: DFF<Bit>,
    stable_is_over: DFF<Bit>,

    receive_cycle: Signal<Local, Bits<28>>,
    transmit_cycle: Signal<Local, Bits<28>>,
    stable_time: Signal<Local, Bits<28>>,
    /// The next speed to listen at, and to send at.
    next_receive: Signal<Local, LineSpeed>,
    next_transmit: Signal<Local, LineSpeed>,
    /// The speed listened at is above that of the transmitter.
    is_above: Signal<Local, Bit>,
    is_same: Signal<Local, Bit>,
    searches: Signal<Local, Bit>,
}

impl SpeedNegotiator {
    /// A negotiator with these times.
    ///
    /// # Panics
    /// If one of them is not 1..2^28.
    pub fn new(times: LinkTimes) -> Self {
        Self {
            clock: Default::default(),
            negotiates: Default::default(),
            fastest: Default::default(),
            restart: Default::default(),
            is_synchronized: Default::default(),
            transmit_speed: Default::default(),
            receive_speed: Default::default(),
            is_negotiating: Default::default(),
            state: Default::default(),
            receive_cycles: LinkTimes::by_speed(times.receive_cycle),
            transmit_cycles: LinkTimes::by_speed(times.transmit_cycle),
            stable_times: LinkTimes::by_speed(times.stable),
            now: Default::default(),
            transmits: Default::default(),
            receives: Default::default(),
            seen_first: Default::default(),
            seen: Default::default(),
            receive_wait: Default::default(),
            receive_begins: Default::default(),
            receive_is_over: Default::default(),
            transmit_wait: Default::default(),
            transmit_begins: Default::default(),
            transmit_is_over: Default::default(),
            stable_wait: Default::default(),
            stable_begins: Default::default(),
            stable_is_over: Default::default(),
            receive_cycle: Default::default(),
            transmit_cycle: Default::default(),
            stable_time: Default::default(),
            next_receive: Default::default(),
            next_transmit: Default::default(),
            is_above: Default::default(),
            is_same: Default::default(),
            searches: Default::default(),
        }
    }
}

impl Logic for SpeedNegotiator {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, now, transmits, receives, seen_first, seen);
        dff_setup!(self, clock, receive_wait, receive_begins, receive_is_over);
        dff_setup!(self, clock, transmit_wait, transmit_begins, transmit_is_over);
        dff_setup!(self, clock, stable_wait, stable_begins, stable_is_over);
        self.seen_first.d.next = self.is_synchronized.val();
        self.seen.d.next = self.seen_first.q.val();

        // The times at this speed.
        self.receive_cycle.next = self.receive_cycles[0].val();
        self.transmit_cycle.next = self.transmit_cycles[0].val();
        self.stable_time.next = self.stable_times[0].val();
        if self.transmits.q.val() == LineSpeed::Four {
            self.receive_cycle.next = self.receive_cycles[1].val();
            self.transmit_cycle.next = self.transmit_cycles[1].val();
            self.stable_time.next = self.stable_times[1].val();
        }
        if self.transmits.q.val() == LineSpeed::Two {
            self.receive_cycle.next = self.receive_cycles[2].val();
            self.transmit_cycle.next = self.transmit_cycles[2].val();
            self.stable_time.next = self.stable_times[2].val();
        }
        self.receive_begins.d.next = false;
        self.receive_is_over.d.next = !self.receive_wait.q.val().any() & !self.receive_begins.q.val();
        if self.receive_begins.q.val() {
            self.receive_wait.d.next = self.receive_cycle.val();
        } else if self.receive_wait.q.val().any() {
            self.receive_wait.d.next = self.receive_wait.q.val() - 1;
        }
        self.transmit_begins.d.next = false;
        self.transmit_is_over.d.next = !self.transmit_wait.q.val().any() & !self.transmit_begins.q.val();
        if self.transmit_begins.q.val() {
            self.transmit_wait.d.next = self.transmit_cycle.val();
        } else if self.transmit_wait.q.val().any() {
            self.transmit_wait.d.next = self.transmit_wait.q.val() - 1;
        }
        self.stable_begins.d.next = false;
        self.stable_is_over.d.next = !self.stable_wait.q.val().any() & !self.stable_begins.q.val();
        if self.stable_begins.q.val() {
            self.stable_wait.d.next = self.stable_time.val();
        } else if self.stable_wait.q.val().any() {
            self.stable_wait.d.next = self.stable_wait.q.val() - 1;
        }

        // Which speeds come next.
        self.next_receive.next = LineSpeed::Two;
        if (self.receives.q.val() == LineSpeed::Two) & (self.fastest.val() != LineSpeed::Two) {
            self.next_receive.next = LineSpeed::Four;
        }
        if (self.receives.q.val() == LineSpeed::Four) & (self.fastest.val() == LineSpeed::Eight) {
            self.next_receive.next = LineSpeed::Eight;
        }
        self.next_transmit.next = self.fastest.val();
        if self.transmits.q.val() == LineSpeed::Eight {
            self.next_transmit.next = LineSpeed::Four;
        }
        if self.transmits.q.val() == LineSpeed::Four {
            self.next_transmit.next = LineSpeed::Two;
        }
        self.is_same.next = self.receives.q.val() == self.transmits.q.val();
        self.is_above.next = ((self.receives.q.val() == LineSpeed::Eight) & !self.is_same.val())
            | ((self.receives.q.val() == LineSpeed::Four) & (self.transmits.q.val() == LineSpeed::Two));

        self.searches.next = false;
        match self.now.q.val() {
            NegotiationState::Fixed => {
                self.transmits.d.next = self.fastest.val();
                self.receives.d.next = self.fastest.val();
                self.searches.next = self.negotiates.val();
            }
            NegotiationState::Search => {
                if self.transmit_is_over.q.val() & !self.transmit_begins.q.val() {
                    self.transmits.d.next = self.next_transmit.val();
                    self.transmit_begins.d.next = true;
                } else if self.receive_is_over.q.val() & !self.receive_begins.q.val() {
                    self.receive_begins.d.next = true;
                    if self.seen.q.val() & self.is_above.val() {
                        self.transmits.d.next = self.receives.q.val();
                        self.transmit_begins.d.next = true;
                    } else if self.seen.q.val() & self.is_same.val() {
                        self.now.d.next = NegotiationState::Matched;
                        self.stable_begins.d.next = true;
                    } else {
                        self.receives.d.next = self.next_receive.val();
                    }
                }
            }
            NegotiationState::Matched => {
                if self.seen.q.val() {
                    self.receive_begins.d.next = true;
                }
                if self.stable_is_over.q.val() & !self.stable_begins.q.val() {
                    self.now.d.next = NegotiationState::Settled;
                    self.stable_begins.d.next = true;
                }
                self.searches.next = self.receive_is_over.q.val() & !self.receive_begins.q.val();
            }
            _ => {
                if self.seen.q.val() {
                    self.stable_begins.d.next = true;
                }
                self.searches.next = self.stable_is_over.q.val() & !self.stable_begins.q.val();
            }
        }
        if self.restart.val() & self.negotiates.val() {
            self.searches.next = true;
        }
        if self.searches.val() {
            self.now.d.next = NegotiationState::Search;
            self.transmits.d.next = self.fastest.val();
            self.receives.d.next = LineSpeed::Two;
            self.transmit_begins.d.next = true;
            self.receive_begins.d.next = true;
        }
        if !self.negotiates.val() {
            self.now.d.next = NegotiationState::Fixed;
        }

        self.transmit_speed.next = self.transmits.q.val();
        self.receive_speed.next = self.receives.q.val();
        self.state.next = self.now.q.val();
        self.is_negotiating.next =
            (self.now.q.val() == NegotiationState::Search) | (self.now.q.val() == NegotiationState::Matched);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let words = |times: &[Constant<Bits<28>>]| u64::from(times[0].val());
        circuit_info::<Self>(&[
            ("receive_cycle", words(&self.receive_cycles)),
            ("transmit_cycle", words(&self.transmit_cycles)),
            ("stable", words(&self.stable_times)),
        ])
    }
}
