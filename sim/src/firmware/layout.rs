//! Rows and stripes and how they are numbered.

use super::image::image_pages;
use serde::{Deserialize, Serialize};

/// Lanes of a controller.
pub const LANES: usize = 10;
/// Planes of a die; stripes of a row come in pairs, one a plane.
pub const PLANES: u32 = 2;
/// Fewest members of a stripe: two of data, one of parity.
pub const FEWEST_MEMBERS: u32 = 3;
/// Logical pages of a flash page.
pub const HALVES: u32 = 2;

/// What there is to manage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// RAID groups.
    pub groups: u32,
    /// Dies of a chip.
    pub dies: u32,
    /// Blocks of a plane.
    pub blocks: u32,
    /// Pages of a block.
    pub pages: u32,
}

/// A row of blocks: the same block of both planes of a die, on all lanes of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowAddress {
    /// RAID group.
    pub group: u32,
    /// Die.
    pub die: u32,
    /// Block.
    pub block: u32,
}

/// A stripe of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StripeLocation {
    /// Its row.
    pub row: RowAddress,
    /// Plane.
    pub plane: u32,
    /// Page of the block.
    pub page: u32,
}

/// A stripe to be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StripeDescriptor {
    /// A stripe opened later has a higher one.
    pub sequence: u32,
    /// Where it lies.
    pub location: StripeLocation,
    /// Member lanes, a bit a lane.
    pub members: u16,
    /// The lane that holds parity.
    pub parity_lane: u32,
}

impl Layout {
    /// Dies of all groups: each has rows of its own.
    pub fn units(&self) -> u32 {
        self.groups * self.dies
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        (self.units() * self.blocks) as usize
    }

    /// Number of a row: rows of a unit lie together.
    pub fn index(&self, row: RowAddress) -> usize {
        (self.unit(row) * self.blocks + row.block) as usize
    }

    /// Number of a row's unit. Units that follow each other lie in different groups.
    pub fn unit(&self, row: RowAddress) -> u32 {
        row.die * self.groups + row.group
    }

    /// The row of a number.
    pub fn row(&self, index: usize) -> RowAddress {
        let (unit, block) = (index as u32 / self.blocks, index as u32 % self.blocks);
        RowAddress { group: unit % self.groups, die: unit / self.groups, block }
    }

    /// Number of a stripe in its group: from bit 0 on page, plane, die, block. Powers of two or not.
    pub fn stripe_number(&self, stripe: StripeLocation) -> u32 {
        let StripeLocation { row, plane, page } = stripe;
        ((row.block * self.dies + row.die) * PLANES + plane) * self.pages + page
    }

    /// Logical pages that a row of `width` members holds.
    pub fn row_capacity(&self, width: u32) -> u32 {
        PLANES * self.pages * HALVES * width.saturating_sub(1)
    }

    /// Free rows that are kept for moves, and for the tables when power fails: host writes wait while there are no more.
    pub fn reserve(&self) -> usize {
        let row = self.row_capacity(LANES as u32);
        let tables = image_pages(self, (self.rows() as u32).saturating_mul(row)) / row.max(1);
        (self.units() / 2 + 2 + tables) as usize
    }

    /// Logical pages that a device may have: an eighth of what remains beside open rows and reserve is spare, which absorbs
    /// lost planes and keeps collection cheap. The saved tables take some.
    pub fn most_logical_pages(&self) -> u32 {
        let rows = self.rows().saturating_sub(self.units() as usize + self.reserve() + 2);
        let most = (rows as u64 * u64::from(self.row_capacity(LANES as u32)) * 7 / 8).min(u64::from(u32::MAX)) as u32;
        most.saturating_sub(image_pages(self, most))
    }
}

/// The lane of the parity: the member with the number `stripe` modulo width, counted from the lowest lane.
pub fn parity_lane(members: u16, stripe: u32) -> u32 {
    let place = stripe % members.count_ones().max(1);
    (0..LANES as u32).filter(|lane| members >> lane & 1 == 1).nth(place as usize).unwrap_or(0)
}
