//! Which rows are emptied, and in which order their stripes are moved.

use super::layout::{LANES, PLANES, RowAddress, StripeLocation};
use super::policy::Firmware;
use super::row::{Row, RowState};

/// Why a row is emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveReason {
    /// Room is needed.
    Collection,
    /// A member is lost, or its bits decay.
    Evacuation,
    /// It was read too often.
    ReadDisturb,
    /// Its blocks were erased much less often than others.
    Wear,
}

/// An order to the mover: copy the valid pages of a stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveOrder {
    /// The stripe.
    pub stripe: StripeLocation,
    /// Its members.
    pub members: u16,
    /// Why.
    pub reason: MoveReason,
}

/// A row whose stripes are ordered one after the other.
#[derive(Clone, Debug)]
pub(super) struct Emptying {
    pub(super) row: usize,
    reason: MoveReason,
    /// Next stripe to order.
    next: u32,
}

/// How far the periodic sweep has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sweep {
    row: usize,
    /// Next stripe to read.
    next: u32,
}

impl Firmware {
    /// The next stripe to move, of the row being emptied or of a new one; `None` if nothing needs to move now.
    pub fn next_move(&mut self) -> Option<MoveOrder> {
        if self.emptying.is_none() {
            if let Some(order) = self.next_relief() {
                return Some(order);
            }
            let (row, reason) = self.victim()?;
            self.rows[row].state = RowState::Emptying;
            if reason == MoveReason::Wear {
                self.closed_since_wear = 0;
            }
            self.emptying = Some(Emptying { row, reason, next: 0 });
        }
        let emptying = self.emptying.as_mut()?;
        let row = &mut self.rows[emptying.row];
        row.unanswered += 1;
        let (page, plane) = (emptying.next / PLANES, emptying.next % PLANES);
        emptying.next += 1;
        let (index, reason) = (emptying.row, emptying.reason);
        if emptying.next == row.next_page * PLANES {
            self.emptying = None;
        }
        let stripe = StripeLocation { row: self.layout.row(index), plane, page };
        Some(MoveOrder { stripe, members: self.rows[index].members, reason })
    }

    /// A stripe of a row that was closed early and whose last stripes wait for pages: its own pages may fill them.
    fn next_relief(&mut self) -> Option<MoveOrder> {
        if self.free_rows() <= self.parameters.reserve {
            return None;
        }
        let waits = |index: &usize| {
            let row = &self.rows[*index];
            row.state == RowState::Open && row.relieved < row.mapped() && !self.open.contains(&Some(*index))
        };
        let index = (0..self.rows.len()).find(|index| waits(index) && self.wants_refresh(*index))?;
        let reason = if self.rows[index].evacuate { MoveReason::Evacuation } else { MoveReason::ReadDisturb };
        let row = &mut self.rows[index];
        let (page, plane) = (row.relieved / PLANES, row.relieved % PLANES);
        row.relieved += 1;
        row.unanswered += 1;
        let members = row.members;
        Some(MoveOrder { stripe: StripeLocation { row: self.layout.row(index), plane, page }, members, reason })
    }

    fn wants_refresh(&self, index: usize) -> bool {
        let row = &self.rows[index];
        row.evacuate || row.reads.iter().any(|reads| *reads > self.parameters.read_limit)
    }

    /// Pages of rows that were closed early may wait in the stripes being filled.
    pub fn relieves(&self) -> bool {
        self.rows.iter().any(|row| row.state == RowState::Open && row.relieved > 0)
    }

    /// The mover is through with a stripe: its pages were taken or are no longer valid. They leave the row, by
    /// [`on_invalidated`](Self::on_invalidated), when the map shows their new place.
    pub fn on_moved(&mut self, stripe: StripeLocation) {
        let index = self.layout.index(stripe.row);
        self.rows[index].unanswered = self.rows[index].unanswered.saturating_sub(1);
    }

    /// Whether collection has to make room: rows that are being emptied or erased will be free.
    pub fn collecting(&self) -> bool {
        let leaving =
            self.rows.iter().filter(|row| matches!(row.state, RowState::Emptying | RowState::Erasing)).count();
        self.free_rows() + leaving <= self.parameters.reserve + self.parameters.ahead
    }

    /// Whether a row is to be chosen and emptied.
    pub fn wants_move(&self) -> bool {
        self.emptying.is_none() && self.victim().is_some()
    }

    fn victim(&self) -> Option<(usize, MoveReason)> {
        // No page is ordered twice: one that is on its way still lies in its old place for the map.
        let settled = |index: &usize| self.rows[*index].state == RowState::Closed && self.rows[*index].unanswered == 0;
        let closed = || (0..self.rows.len()).filter(settled);
        let chosen = if self.collecting() {
            let fewest = closed().min_by_key(|index| (self.rows[*index].valid, self.rows[*index].sequence));
            fewest.map(|index| (index, MoveReason::Collection))
        } else {
            let oldest = |index: &usize| self.rows[*index].sequence;
            let lost = closed().filter(|index| self.rows[*index].evacuate).min_by_key(oldest);
            let read = closed().filter(|index| self.wants_refresh(*index)).min_by_key(oldest);
            lost.map(|index| (index, MoveReason::Evacuation))
                .or(read.map(|index| (index, MoveReason::ReadDisturb)))
                .or_else(|| self.cold_row().map(|index| (index, MoveReason::Wear)))
        };
        // What is on its way has to find room: no more than a row of it, or the free rows would run out.
        let emptying = self.rows.iter().filter(|row| row.state == RowState::Emptying);
        let on_the_way: u32 = emptying.map(|row| row.valid).sum();
        let room = self.layout.row_capacity(LANES as u32);
        chosen.filter(|(index, _)| on_the_way == 0 || on_the_way + self.rows[*index].valid <= room)
    }

    /// The least worn closed row, if others are much more worn.
    fn cold_row(&self) -> Option<usize> {
        if self.closed_since_wear < self.parameters.wear_interval {
            return None;
        }
        let living = self.rows.iter().filter(|row| row.state != RowState::Retired);
        let most = living.map(|row| row.erases).max()?;
        let closed = (0..self.rows.len()).filter(|index| self.rows[*index].state == RowState::Closed);
        let coldest = closed.min_by_key(|index| (self.rows[*index].erases, self.rows[*index].sequence))?;
        (most - self.rows[coldest].erases > self.parameters.wear_spread).then_some(coldest)
    }

    /// Spread of erase counts of all rows that are in use.
    pub fn wear_spread(&self) -> u32 {
        let erases = || self.rows.iter().filter(|row| row.state != RowState::Retired).map(|row| row.erases);
        erases().max().unwrap_or(0) - erases().min().unwrap_or(0)
    }

    /// Pages of a row were read, so many on each of these lanes.
    pub fn on_read(&mut self, row: RowAddress, lanes: u16, pages: u32) {
        let index = self.layout.index(row);
        for (lane, reads) in self.rows[index].reads.iter_mut().enumerate() {
            if lanes >> lane & 1 == 1 {
                *reads = reads.saturating_add(pages);
            }
        }
        if self.rows[index].state == RowState::Open && self.wants_refresh(index) {
            self.close_early(index);
        }
    }

    /// The next stripe that the periodic sweep reads, with its members: those of a row in turn, then those of the next one. The
    /// row stays until [`on_moved`](Self::on_moved) tells that the stripe was read.
    pub fn next_check(&mut self) -> Option<(StripeLocation, u16)> {
        let count = self.rows.len();
        let in_turn = (0..count).map(|step| (self.sweep.row + step) % count);
        let readable = |row: &Row| matches!(row.state, RowState::Open | RowState::Closed) && row.mapped() > 0;
        let index = { in_turn }.find(|index| readable(&self.rows[*index]))?;
        if index != self.sweep.row || self.sweep.next >= self.rows[index].mapped() {
            self.sweep = Sweep { row: index, next: 0 };
        }
        let next = self.sweep.next;
        let row = &mut self.rows[index];
        row.unanswered += 1;
        self.sweep.next += 1;
        if self.sweep.next >= row.mapped() {
            self.sweep = Sweep { row: (index + 1) % count, next: 0 };
        }
        let stripe = StripeLocation { row: self.layout.row(index), plane: next % PLANES, page: next / PLANES };
        Some((stripe, self.rows[index].members))
    }

    /// A page of a row could not be read without its stripe, or hardly: the row is emptied, if it is still open as soon as the stripes
    /// opened in it are full.
    pub fn refresh(&mut self, row: RowAddress) {
        let index = self.layout.index(row);
        if matches!(self.rows[index].state, RowState::Open | RowState::Closed) {
            self.rows[index].evacuate = true;
        }
        if self.rows[index].state == RowState::Open {
            self.close_early(index);
        }
    }
}
