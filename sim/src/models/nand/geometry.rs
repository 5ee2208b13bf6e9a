//! Geometry of a chip, and how its addresses lie in address cycles.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// LUNs, planes, blocks, pages and bytes of a chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Geometry {
    /// Dies that work independently, 1..=8.
    pub luns: u32,
    /// Planes of a LUN: 1, 2 or 4.
    pub planes: u32,
    /// Blocks of a plane, 1..=8,192.
    pub blocks_per_plane: u32,
    /// Pages of a block, 2..=512.
    pub pages_per_block: u32,
    /// Data bytes of a page, 512..=16,384, a multiple of 512.
    pub page_bytes: u32,
    /// Spare bytes of a page, 16..=4,096.
    pub spare_bytes: u32,
}

/// A geometry outside its legal range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GeometryError {
    /// A count is out of range.
    #[error("{field} = {value} (legal: {legal})")]
    Field {
        /// The field.
        field: &'static str,
        /// What was given.
        value: u32,
        /// What is legal.
        legal: &'static str,
    },
    /// The row address does not fit into three address cycles.
    #[error("a row address of {bits} bits (legal: at most 24): fewer LUNs, blocks or pages are needed")]
    RowBits {
        /// What the geometry needs.
        bits: u32,
    },
}

/// A block: LUN and number within the LUN.
///
/// The lowest bits of the number are the plane: block `b` of plane `p` is `b x planes + p`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockAddress {
    /// The LUN.
    pub lun: u32,
    /// The block within the LUN, planes interleaved.
    pub block: u32,
}

/// A page of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageAddress {
    /// The block.
    pub block: BlockAddress,
    /// The page within the block.
    pub page: u32,
}

impl PageAddress {
    /// The page programmed earlier into the same cells, where pages are paired: 0 and 4, 1 and 5, 2 and 8, 3 and 9, then
    /// every page `p` of which `p mod 4` is 0 or 1 with `p - 6`. The scheme is unconfirmed.
    pub fn paired_before(self) -> Option<Self> {
        let second = self.page >= 4 && self.page % 4 < 2;
        let distance = if self.page < 8 { 4 } else { 6 };
        second.then(|| Self { page: self.page - distance, ..self })
    }
}

impl Geometry {
    /// Confirms that every field is in its legal range.
    ///
    /// # Errors
    /// The first field that is not, with its value and what is legal.
    pub fn validate(&self) -> Result<(), GeometryError> {
        let check = |legal: bool, field, value, range| {
            if legal { Ok(()) } else { Err(GeometryError::Field { field, value, legal: range }) }
        };
        check((1..=8).contains(&self.luns), "luns", self.luns, "1..=8")?;
        check([1, 2, 4].contains(&self.planes), "planes", self.planes, "1, 2, 4")?;
        check((1..=8192).contains(&self.blocks_per_plane), "blocks_per_plane", self.blocks_per_plane, "1..=8192")?;
        check((2..=512).contains(&self.pages_per_block), "pages_per_block", self.pages_per_block, "2..=512")?;
        let page = self.page_bytes;
        let whole = (512..=16_384).contains(&page) && page.is_multiple_of(512);
        check(whole, "page_bytes", page, "multiples of 512, 512..=16384")?;
        check((16..=4096).contains(&self.spare_bytes), "spare_bytes", self.spare_bytes, "16..=4096")?;
        let bits = bits_for(self.luns) + self.block_bits() + self.page_bits();
        if bits > 24 { Err(GeometryError::RowBits { bits }) } else { Ok(()) }
    }

    /// Data and spare bytes of a page.
    pub fn column_count(&self) -> usize {
        (self.page_bytes + self.spare_bytes) as usize
    }

    /// Blocks of a LUN.
    pub fn blocks_per_lun(&self) -> u32 {
        self.planes * self.blocks_per_plane
    }

    /// The plane a block lies in.
    pub fn plane_of(&self, block: BlockAddress) -> u32 {
        block.block % self.planes
    }

    /// The block of a plane.
    pub fn block_in_plane(&self, lun: u32, plane: u32, block: u32) -> BlockAddress {
        BlockAddress { lun, block: block * self.planes + plane }
    }

    /// Whether a block exists.
    pub fn contains_block(&self, block: BlockAddress) -> bool {
        block.lun < self.luns && block.block < self.blocks_per_lun()
    }

    /// Whether a page exists.
    pub fn contains(&self, address: PageAddress) -> bool {
        self.contains_block(address.block) && address.page < self.pages_per_block
    }

    /// The row address: from the lowest bit up the page, the block (its lowest bits the plane), the LUN.
    pub fn row(&self, address: PageAddress) -> u32 {
        let block = address.block.lun << self.block_bits() | address.block.block;
        block << self.page_bits() | address.page
    }

    /// The page of a row address. It may not exist.
    pub fn page_of_row(&self, row: u32) -> PageAddress {
        let field = |from: u32, bits: u32| (row >> from) & ((1 << bits) - 1);
        let lun = row >> (self.page_bits() + self.block_bits());
        let block = BlockAddress { lun, block: field(self.page_bits(), self.block_bits()) };
        PageAddress { block, page: field(0, self.page_bits()) }
    }

    /// Bits of the row address that hold the page.
    pub fn page_bits(&self) -> u32 {
        bits_for(self.pages_per_block)
    }

    /// Bits of the row address that hold the block and, lowest, the plane.
    pub fn block_bits(&self) -> u32 {
        bits_for(self.blocks_per_lun())
    }

    /// Bits of the block number that hold the plane.
    pub fn plane_bits(&self) -> u32 {
        bits_for(self.planes)
    }
}

/// Bits that number `count` things from 0 on.
fn bits_for(count: u32) -> u32 {
    count.next_power_of_two().ilog2()
}
