//! Failures that a test or a scenario injects.

use super::geometry::{BlockAddress, Geometry, PageAddress};
use std::collections::{HashMap, HashSet};
use thiserror::Error;

/// A failure to inject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Bits of a page read inverted until its block is erased; bit 0 is the lowest of the first byte.
    Bits {
        /// The page.
        page: PageAddress,
        /// The bits.
        bits: Vec<u32>,
    },
    /// The next program of a page fails.
    Program(PageAddress),
    /// The next erase of a block fails, and with it the block.
    Erase(BlockAddress),
    /// A block reads as noise; programs and erases fail.
    Block(BlockAddress),
    /// All blocks of a plane fail likewise.
    Plane {
        /// The LUN.
        lun: u32,
        /// The plane.
        plane: u32,
    },
    /// All blocks of a LUN fail likewise.
    Die {
        /// The LUN.
        lun: u32,
    },
    /// The chip answers nothing: it drives no pin and stays ready.
    Chip,
}

/// A failure of something that the chip does not have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no such place to fail: {what} {value} (legal: below {count})")]
pub struct FaultError {
    /// What was named.
    pub what: &'static str,
    /// Its number.
    pub value: u32,
    /// How many there are.
    pub count: u32,
}

/// The failures of a chip's flash array.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    pub(super) bits: HashMap<PageAddress, Vec<u32>>,
    pub(super) programs: HashSet<PageAddress>,
    pub(super) erases: HashSet<BlockAddress>,
    blocks: HashSet<BlockAddress>,
    planes: HashSet<(u32, u32)>,
    dies: HashSet<u32>,
}

impl Fault {
    /// Confirms that the chip has what is to fail.
    ///
    /// # Errors
    /// The first number that is too large.
    pub fn validate(&self, geometry: &Geometry) -> Result<(), FaultError> {
        let check = |what, value, count| if value < count { Ok(()) } else { Err(FaultError { what, value, count }) };
        let block = |address: &BlockAddress| {
            check("LUN", address.lun, geometry.luns)?;
            check("block", address.block, geometry.blocks_per_lun())
        };
        let page = |address: &PageAddress| {
            block(&address.block)?;
            check("page", address.page, geometry.pages_per_block)
        };
        match self {
            Self::Bits { page: address, bits } => {
                page(address)?;
                bits.iter().try_for_each(|bit| check("bit", *bit, geometry.column_count() as u32 * 8))
            }
            Self::Program(address) => page(address),
            Self::Erase(address) | Self::Block(address) => block(address),
            Self::Plane { lun, plane } => {
                check("LUN", *lun, geometry.luns)?;
                check("plane", *plane, geometry.planes)
            }
            Self::Die { lun } => check("LUN", *lun, geometry.luns),
            Self::Chip => Ok(()),
        }
    }
}

impl Faults {
    /// Takes a validated failure. A failure of the chip is none of the array.
    pub(super) fn insert(&mut self, fault: Fault) {
        match fault {
            Fault::Bits { page, bits } => self.bits.entry(page).or_default().extend(bits),
            Fault::Program(page) => drop(self.programs.insert(page)),
            Fault::Erase(block) => drop(self.erases.insert(block)),
            Fault::Block(block) => drop(self.blocks.insert(block)),
            Fault::Plane { lun, plane } => drop(self.planes.insert((lun, plane))),
            Fault::Die { lun } => drop(self.dies.insert(lun)),
            Fault::Chip => {}
        }
    }

    /// Whether a block lies in something that failed.
    pub(super) fn covers(&self, block: BlockAddress, plane: u32) -> bool {
        self.dies.contains(&block.lun) || self.planes.contains(&(block.lun, plane)) || self.blocks.contains(&block)
    }

    /// The block was erased: its bits are good again.
    pub(super) fn erased(&mut self, block: BlockAddress) {
        self.bits.retain(|page, _| page.block != block);
    }
}
