//! Orders to the mover, and what became of them.

use super::{ControllerTask, StripeMove, status};
use crate::firmware::layout::{LANES, StripeLocation, parity_lane};
use crate::firmware::row::RowState;
use crate::firmware::victims::{MoveOrder, MoveReason};
use hardpath_rtl::flash_controller::mover::{CHECK_ORDER, MOVE_EMPTY, MOVE_LOST, MOVE_MOVED, MOVE_SUPERSEDED};
use hardpath_rtl::flash_controller::tables::PageLocation;

/// Locations under way at most; their events wait in a queue of 64.
const UNDER_WAY: u32 = 40;
/// Cycles that a move takes beside its program, at most.
const MOVE_CYCLES: u64 = 10_000;
/// Rows counted before one is chosen.
const COUNTED: usize = 256;

impl ControllerTask {
    /// Orders moves while there is something to move and room for it.
    pub(super) async fn collect(&mut self) {
        if self.orders.is_empty() && self.policy.wants_move() {
            self.count_rows(RowState::Closed, COUNTED).await;
        }
        self.count_rows(RowState::Emptying, COUNTED).await;
        let mut idle = false;
        while self.orders.is_empty() && !idle {
            match self.policy.next_move() {
                Some(order) => self.queue(order),
                None => idle = true,
            }
            self.order().await;
        }
        self.order().await;
        // Without news for as long as a program takes, pages that were moved wait in an open stripe, and no one else fills it.
        let now = self.processor.cycle();
        let quiet = now - self.last_move > self.options.longest_program + MOVE_CYCLES;
        let relieves = self.policy.relieves() && self.last_move > self.last_flush;
        let stuck = idle && quiet && (self.policy.pages_leaving() > 0 || relieves);
        if stuck && self.status().await & status::FLUSHING == 0 {
            (self.last_move, self.last_flush) = (now, now);
            self.write("flush", 0).await;
            self.report.borrow_mut().flushes += 1;
        }
    }

    fn queue(&mut self, order: MoveOrder) {
        let MoveOrder { stripe, members, reason } = order;
        let parity = parity_lane(members, self.options.layout.stripe_number(stripe));
        let lanes: Vec<u32> = (0..LANES as u32).filter(|lane| members >> lane & 1 == 1 && *lane != parity).collect();
        for lane in &lanes {
            for half in 0..2 {
                self.orders.push_back(self.location(stripe, *lane, half));
            }
        }
        if reason == MoveReason::ReadDisturb && (stripe.page, stripe.plane) == (0, 0) {
            self.report.borrow_mut().refreshed_rows += 1;
        }
        let begun = self.processor.cycle();
        self.moves.insert(stripe, StripeMove { remaining: 2 * lanes.len() as u32, reason, begun });
    }

    /// A page's place as the mover is told it.
    pub(super) fn location(&self, stripe: StripeLocation, lane: u32, half: u8) -> u32 {
        let (group, stripe) = (stripe.row.group as u8, self.options.stripe_number(stripe));
        PageLocation { group, stripe, lane: lane as u8, half }.to_word(self.options.location_bits) as u32
    }

    async fn order(&mut self) {
        while self.ordered < UNDER_WAY && !self.orders.is_empty() && self.status().await & status::ROOM_FOR_ORDER != 0 {
            if let Some(order) = self.orders.pop_front() {
                self.write("move_order", order).await;
                self.ordered += 1;
                if order & CHECK_ORDER == 0 {
                    self.last_move = self.processor.cycle();
                }
            }
        }
    }

    /// Takes an event of the mover, if there is one.
    pub(super) async fn take_move_event(&mut self) {
        let event = self.read("move_event").await;
        if event >> 31 == 0 {
            return;
        }
        let order = self.read("move_event_location").await;
        self.ordered = self.ordered.saturating_sub(1);
        let outcome = u64::from(event & 3);
        let location = PageLocation::from_word(u64::from(order & !CHECK_ORDER), self.options.location_bits);
        let Some(location) = location else { return };
        let stripe = self.options.stripe_of(u32::from(location.group), location.stripe);
        if order & CHECK_ORDER != 0 {
            self.on_checked(stripe, outcome);
            return;
        }
        self.last_move = self.processor.cycle();
        {
            let mut report = self.report.borrow_mut();
            match outcome {
                MOVE_MOVED => report.moved += 1,
                MOVE_SUPERSEDED => report.superseded += 1,
                MOVE_EMPTY => report.empty += 1,
                _ => report.lost_moves += 1,
            }
        }
        if outcome == MOVE_LOST {
            self.policy.give_up(stripe.row);
            self.processor.log(format!("a page of {stripe:?} on lane {} is lost", location.lane));
        }
        self.one_move_less(stripe);
    }

    fn one_move_less(&mut self, stripe: StripeLocation) {
        let Some(order) = self.moves.get_mut(&stripe) else { return };
        order.remaining -= 1;
        if order.remaining == 0 {
            let StripeMove { reason, begun, .. } = *order;
            self.moves.remove(&stripe);
            self.policy.on_moved(stripe);
            if reason == MoveReason::Evacuation {
                self.report.borrow_mut().stripes_restored.push(self.processor.cycle() - begun);
            }
        }
    }

    /// Asks the hardware for the valid pages of rows in a state, at most `most` of them, in turn.
    async fn count_rows(&mut self, state: RowState, most: usize) {
        let rows = self.policy.rows().len();
        let mut asked = 0;
        for _ in 0..rows {
            self.counted = (self.counted + 1) % rows;
            if self.policy.rows()[self.counted].state == state {
                let row = self.options.layout.row(self.counted);
                let mut valid = 0;
                for plane in 0..2 {
                    let index = self.options.stripe_index(StripeLocation { row, plane, page: 0 });
                    self.write_table("count_index", index >> self.options.page_bits).await;
                    valid += self.read_table("count").await;
                }
                self.policy.set_valid(row, valid);
                asked += 1;
                if asked == most {
                    break;
                }
            }
        }
    }
}
