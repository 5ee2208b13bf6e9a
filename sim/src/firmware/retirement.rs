//! Lanes that are lost, in part or whole.

use super::layout::{RowAddress, StripeLocation};
use super::policy::Firmware;
use super::row::RowState;

impl Firmware {
    /// A plane is dead. Stripes of both planes share their members, so the die takes no part any more on this lane.
    pub fn retire_plane(&mut self, group: u32, lane: u32, die: u32) {
        let unit = self.layout.unit(RowAddress { group, die, block: 0 }) as usize;
        self.healthy[unit] &= !(1 << lane);
        let blocks = self.layout.blocks as usize;
        for index in unit * blocks..(unit + 1) * blocks {
            self.lose_member(index, 1 << lane);
        }
        self.retire_narrow_rows();
    }

    /// A chip is dead, with all its dies.
    pub fn retire_chip(&mut self, group: u32, lane: u32) {
        for die in 0..self.layout.dies {
            self.retire_plane(group, lane, die);
        }
    }

    /// A stripe's program failed on some lanes: their blocks are bad. No more stripes are opened in the row, and what it
    /// holds is moved, the lost pages made again from the others.
    pub fn on_program_failed(&mut self, stripe: StripeLocation, lanes: u16) {
        let index = self.layout.index(stripe.row);
        self.rows[index].bad |= lanes;
        self.lose_member(index, lanes);
    }

    /// Full rows that hold pages on lost lanes and are not erased yet. A row with stripes that were opened before the loss
    /// counts from the time on at which those are full.
    pub fn rows_to_evacuate(&self) -> usize {
        self.rows.iter().filter(|row| row.evacuate && row.state != RowState::Open).count()
    }

    /// Any row, full or not, holds pages on lost lanes.
    pub fn has_losses(&self) -> bool {
        self.rows.iter().any(|row| row.evacuate)
    }

    fn lose_member(&mut self, index: usize, lanes: u16) {
        let row = &mut self.rows[index];
        let holds = !matches!(row.state, RowState::Free | RowState::Retired | RowState::Erasing);
        if holds && row.members & lanes != 0 {
            row.evacuate = true;
            for open in &mut self.open {
                if *open == Some(index) {
                    *open = None;
                }
            }
            self.close_if_complete(index);
        }
    }
}
