//! How many chips, dies, planes, blocks and pages the controller of a run has.

use crate::models::nand::flash::FlashKind;
use crate::models::nand::geometry::{Geometry, GeometryError};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Lanes of a controller.
pub const LANES: u32 = 10;
/// RAID groups: chips of a lane.
pub const GROUPS: u32 = 2;
/// Planes of a die.
pub const PLANES: u32 = 2;

/// The counts of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControllerShape {
    /// Kind of flash.
    pub flash: FlashKind,
    /// Dies of a chip, a power of two.
    pub dies: u32,
    /// Blocks of a plane, a power of two.
    pub blocks_per_plane: u32,
    /// Pages of a block, a power of two.
    pub pages_per_block: u32,
}

/// A shape that no controller can have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShapeError {
    /// The chips are not possible.
    #[error("geometry: {0}")]
    Chip(#[from] GeometryError),
    /// A number is out of range.
    #[error("{field} {value} (legal: {legal})")]
    Number {
        /// The field.
        field: &'static str,
        /// What was given.
        value: u32,
        /// What is legal.
        legal: &'static str,
    },
    /// Flash that the controller does not drive.
    #[error("flash {0:?} (legal: slc, emlc)")]
    Flash(FlashKind),
}

impl ControllerShape {
    /// A controller small enough to fill quickly.
    pub fn small(flash: FlashKind) -> Self {
        Self { flash, dies: 8, blocks_per_plane: 16, pages_per_block: 16 }
    }

    /// Confirms that the controller can have these counts.
    ///
    /// # Errors
    /// The first that it cannot.
    pub fn validate(&self) -> Result<(), ShapeError> {
        if self.flash == FlashKind::Mlc {
            return Err(ShapeError::Flash(self.flash));
        }
        let check = |legal: bool, field, value, range| {
            if legal { Ok(()) } else { Err(ShapeError::Number { field, value, legal: range }) }
        };
        let power = |value: u32, least: u32, most: u32| value.is_power_of_two() && (least..=most).contains(&value);
        check(power(self.dies, 1, 8), "dies", self.dies, "1, 2, 4, 8")?;
        let blocks = self.blocks_per_plane;
        check(power(blocks, 4, 2048), "blocks per plane", blocks, "powers of two, 4..=2048")?;
        let pages = self.pages_per_block;
        check(power(pages, 2, 256), "pages per block", pages, "powers of two, 2..=256")?;
        Ok(self.chip().validate()?)
    }

    /// The geometry of each chip.
    pub fn chip(&self) -> Geometry {
        Geometry {
            luns: self.dies,
            planes: PLANES,
            blocks_per_plane: self.blocks_per_plane,
            pages_per_block: self.pages_per_block,
            ..self.flash.geometry()
        }
    }

    /// Chips.
    pub fn chip_count(&self) -> u32 {
        GROUPS * LANES
    }

    /// Dies of all chips.
    pub fn die_count(&self) -> u32 {
        self.chip_count() * self.dies
    }

    /// Planes of all chips.
    pub fn plane_count(&self) -> u32 {
        self.die_count() * PLANES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_chips_are_legal() {
        for flash in [FlashKind::Slc, FlashKind::Emlc] {
            let Geometry { luns, blocks_per_plane, pages_per_block, .. } = flash.geometry();
            let shape = ControllerShape { flash, dies: luns, blocks_per_plane, pages_per_block };
            assert_eq!(shape.validate(), Ok(()));
            assert_eq!((shape.die_count(), shape.plane_count()), (160, 320));
        }
    }

    #[test]
    fn errors_name_the_field_the_value_and_what_is_legal() {
        let small = ControllerShape::small(FlashKind::Slc);
        let text = |shape: ControllerShape| shape.validate().unwrap_err().to_string();
        assert_eq!(text(ControllerShape { dies: 3, ..small }), "dies 3 (legal: 1, 2, 4, 8)");
        let wrong = ControllerShape { blocks_per_plane: 0, ..small };
        assert_eq!(text(wrong), "blocks per plane 0 (legal: powers of two, 4..=2048)");
        let wrong = ControllerShape { pages_per_block: 512, ..small };
        assert_eq!(text(wrong), "pages per block 512 (legal: powers of two, 2..=256)");
        assert_eq!(text(ControllerShape { flash: FlashKind::Mlc, ..small }), "flash Mlc (legal: slc, emlc)");
    }
}
