//! The firmware's state, the stripes it opens and the rows it erases.

use super::layout::{HALVES, LANES, Layout, PLANES, RowAddress, StripeDescriptor, StripeLocation, parity_lane};
use super::rebuild::RebuiltTables;
use super::row::{Row, RowState};
use super::victims::{Emptying, Sweep};

/// Every lane.
pub(super) const ALL_LANES: u16 = (1 << LANES) - 1;

/// Limits of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyParameters {
    /// Free rows kept for moves.
    pub reserve: usize,
    /// Free rows beyond the reserve at which collection starts ahead of need.
    pub ahead: usize,
    /// Spread of erase counts from which on cold rows are moved.
    pub wear_spread: u32,
    /// Rows closed between two moves for wear.
    pub wear_interval: u32,
    /// Reads of a block after which its row is refreshed.
    pub read_limit: u32,
}

impl PolicyParameters {
    /// What suits a layout.
    pub fn of(layout: &Layout) -> Self {
        Self { reserve: layout.reserve(), ahead: 0, wear_spread: 64, wear_interval: 16, read_limit: 100_000 }
    }
}

/// The processor's state.
#[derive(Clone, Debug)]
pub struct Firmware {
    pub(super) layout: Layout,
    pub(super) parameters: PolicyParameters,
    pub(super) rows: Vec<Row>,
    /// Healthy lanes of each unit.
    pub(super) healthy: Vec<u16>,
    /// The row that each unit opens stripes in.
    pub(super) open: Vec<Option<usize>>,
    pub(super) next_unit: u32,
    pub(super) sequence: u32,
    /// The row whose stripes are ordered to be moved.
    pub(super) emptying: Option<Emptying>,
    pub(super) closed_since_wear: u32,
    pub(super) sweep: Sweep,
}

impl Firmware {
    /// All rows erased; `bad` tells the lanes whose block was bad from the factory.
    pub fn new(layout: Layout, parameters: PolicyParameters, mut bad: impl FnMut(RowAddress) -> u16) -> Self {
        let rows = (0..layout.rows()).map(|index| Row::erased(bad(layout.row(index)))).collect();
        let units = layout.units() as usize;
        let mut firmware = Self {
            layout,
            parameters,
            rows,
            healthy: vec![ALL_LANES; units],
            open: vec![None; units],
            next_unit: 0,
            sequence: 1,
            emptying: None,
            closed_since_wear: 0,
            sweep: Sweep::default(),
        };
        firmware.retire_narrow_rows();
        firmware
    }

    /// The firmware `before`, which knows of bad blocks, with tables that were made again.
    pub fn restored(before: &Self, tables: RebuiltTables) -> Self {
        let mut restored = before.clone();
        for (index, (row, rebuilt)) in restored.rows.iter_mut().zip(tables.rows).enumerate() {
            let lost = rebuilt.members & !before.healthy[index / before.layout.blocks as usize];
            let evacuate = rebuilt.evacuate || (rebuilt.state == RowState::Closed && lost != 0);
            *row = Row { bad: row.bad | rebuilt.bad, evacuate, ..rebuilt };
        }
        restored.sequence = tables.next_sequence;
        restored.retire_narrow_rows();
        restored
    }

    /// Sequence number of the stripe that is opened next.
    pub fn next_sequence(&self) -> u32 {
        self.sequence
    }

    /// Healthy lanes of each unit, a bit a lane.
    pub fn healthy_lanes(&self) -> &[u16] {
        &self.healthy
    }

    /// Blocks of a row, which is erased, were bad from the factory.
    pub fn mark_bad(&mut self, row: RowAddress, lanes: u16) {
        let index = self.layout.index(row);
        self.rows[index].bad |= lanes;
        self.retire_narrow_rows();
    }

    /// The layout.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// A row.
    pub fn row(&self, row: RowAddress) -> &Row {
        &self.rows[self.layout.index(row)]
    }

    /// All rows, by their number.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Rows that can be opened.
    pub fn free_rows(&self) -> usize {
        self.rows.iter().filter(|row| row.state == RowState::Free).count()
    }

    /// Whether host writes have to wait, so that moves find room. Rows that become free without another move count as free,
    /// up to half of the reserve: the host's own writes fill the stripes that their last pages wait in. While there is
    /// nothing to move, room can only come of what the host writes over.
    pub fn host_throttled(&self) -> bool {
        use RowState::{Closed, Emptying, Erasing};
        let room_comes = self.rows.iter().any(|row| matches!(row.state, Closed | Emptying | Erasing));
        let free = self.free_rows() + self.soon_free().min(self.parameters.reserve / 2);
        room_comes && free <= self.parameters.reserve
    }

    /// Rows that are being erased, or whose last pages wait in the stripes being filled.
    fn soon_free(&self) -> usize {
        let waiting = PLANES * HALVES * (LANES as u32 - 1);
        let ordered = self.emptying.as_ref().map(|emptying| emptying.row);
        let soon = |(index, row): &(usize, &Row)| match row.state {
            RowState::Erasing => true,
            RowState::Emptying => ordered != Some(*index) && row.valid <= waiting,
            _ => false,
        };
        self.rows.iter().enumerate().filter(soon).count()
    }

    /// Logical pages that all rows hold with the lanes that are left.
    pub fn capacity(&self) -> u64 {
        let width = |index: usize| self.usable(index).count_ones();
        let rows = (0..self.rows.len()).filter(|index| self.rows[*index].state != RowState::Retired);
        rows.map(|index| u64::from(self.layout.row_capacity(width(index)))).sum()
    }

    pub(super) fn usable(&self, index: usize) -> u16 {
        self.rows[index].usable(self.healthy[index / self.layout.blocks as usize])
    }

    /// Opens the next pair of stripes, one a plane, in the next die that has room; `None` if no die has.
    pub fn next_pair(&mut self) -> Option<[StripeDescriptor; 2]> {
        let units = self.layout.units();
        for step in 0..units {
            let unit = (self.next_unit + step) % units;
            if let Some(index) = self.open[unit as usize].or_else(|| self.open_row(unit)) {
                self.next_unit = (unit + 1) % units;
                return Some(self.open_pair(unit, index));
            }
        }
        None
    }

    /// Opens the least worn free row of a unit.
    fn open_row(&mut self, unit: u32) -> Option<usize> {
        let first = (unit * self.layout.blocks) as usize;
        let free =
            (first..first + self.layout.blocks as usize).filter(|index| self.rows[*index].state == RowState::Free);
        let index = free.min_by_key(|index| self.rows[*index].erases)?;
        let members = self.usable(index);
        let row = &mut self.rows[index];
        (row.state, row.members, row.sequence) = (RowState::Open, members, self.sequence);
        self.open[unit as usize] = Some(index);
        Some(index)
    }

    fn open_pair(&mut self, unit: u32, index: usize) -> [StripeDescriptor; 2] {
        let (layout, sequence) = (self.layout, self.sequence);
        let row = &mut self.rows[index];
        let (members, page) = (row.members, row.next_page);
        row.next_page += 1;
        row.pending += PLANES;
        if row.next_page == layout.pages {
            self.open[unit as usize] = None;
        }
        self.sequence += PLANES;
        [0, 1].map(|plane| {
            let location = StripeLocation { row: layout.row(index), plane, page };
            let parity_lane = parity_lane(members, layout.stripe_number(location));
            StripeDescriptor { sequence: sequence + plane, location, members, parity_lane }
        })
    }

    /// The map shows a stripe's pages: `valid` of them were the newest ones.
    pub fn on_stripe_mapped(&mut self, stripe: StripeLocation, valid: u32) {
        let index = self.layout.index(stripe.row);
        let row = &mut self.rows[index];
        row.valid += valid;
        row.pending = row.pending.saturating_sub(1);
        self.close_if_complete(index);
    }

    /// The hardware counted the valid pages of a row.
    pub fn set_valid(&mut self, row: RowAddress, valid: u32) {
        let index = self.layout.index(row);
        self.rows[index].valid = valid;
    }

    /// A row holds a page that cannot be read: it stays as it is, for that page to be told as lost.
    pub fn give_up(&mut self, row: RowAddress) {
        let index = self.layout.index(row);
        self.rows[index].state = RowState::Retired;
        self.rows[index].evacuate = false;
    }

    /// Valid pages of rows that are being emptied.
    pub fn pages_leaving(&self) -> u32 {
        self.rows.iter().filter(|row| row.state == RowState::Emptying).map(|row| row.valid).sum()
    }

    /// An open row gets no further stripes, if others are free.
    pub(super) fn close_early(&mut self, index: usize) {
        if self.free_rows() > self.parameters.reserve {
            self.open.iter_mut().filter(|open| **open == Some(index)).for_each(|open| *open = None);
            self.close_if_complete(index);
        }
    }

    pub(super) fn close_if_complete(&mut self, index: usize) {
        let row = &mut self.rows[index];
        if row.state == RowState::Open && row.pending == 0 && !self.open.contains(&Some(index)) {
            row.state = RowState::Closed;
            self.closed_since_wear += 1;
        }
    }

    /// A page of the map left a row: it was overwritten, moved or trimmed.
    pub fn on_invalidated(&mut self, row: RowAddress) {
        let index = self.layout.index(row);
        self.rows[index].valid = self.rows[index].valid.saturating_sub(1);
    }

    /// A row that is empty and to be erased on all its members, with them.
    pub fn next_erase(&mut self) -> Option<(RowAddress, u16)> {
        let ordered = self.emptying.as_ref().map(|emptying| emptying.row);
        let empty = |(index, row): &(usize, &Row)| {
            row.state == RowState::Emptying && row.valid == 0 && row.unanswered == 0 && ordered != Some(*index)
        };
        let index = self.rows.iter().enumerate().find(empty)?.0;
        self.rows[index].state = RowState::Erasing;
        let dead = !self.healthy[index / self.layout.blocks as usize];
        Some((self.layout.row(index), self.rows[index].members & !dead))
    }

    /// A row was erased, except for the blocks on the lanes `failed`, which are bad from now on.
    pub fn on_erased(&mut self, row: RowAddress, failed: u16) {
        let index = self.layout.index(row);
        let old = &self.rows[index];
        self.rows[index] = Row { erases: old.erases + 1, ..Row::erased(old.bad | failed) };
        self.retire_narrow_rows();
    }

    /// Free rows with too few lanes are of no use any more.
    pub(super) fn retire_narrow_rows(&mut self) {
        for (index, row) in self.rows.iter_mut().enumerate() {
            let healthy = self.healthy[index / self.layout.blocks as usize];
            if row.state == RowState::Free && !row.wide_enough(healthy) {
                row.state = RowState::Retired;
            }
        }
    }
}
