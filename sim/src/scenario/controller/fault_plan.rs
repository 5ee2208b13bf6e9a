//! Faults as a user writes them: `plane:3@2ms`, `plane:3.0.5.1@2ms`.
//!
//! A place is a number or its parts. Chip 0..=19 is `group x 10 + lane`, a die `chip x dies + die`, a plane `die x 2 + plane`.
//! The parts are lane, chip of the lane (its RAID group), die, plane, block of the plane and page of the block, with a full
//! stop between them. What strikes a block or page takes all of its parts, or a logical page as its number: the place that
//! holds it at that time.

use super::shape::{ControllerShape, GROUPS, LANES, PLANES};
use crate::scenario::{Moment, MomentError};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// More bits of a page invert than its code corrects.
    Bits,
    /// The next program of a page fails.
    PageProgram,
    /// The next erase of a block fails.
    BlockErase,
    /// A block fails.
    Block,
    /// A plane fails.
    Plane,
    /// A die fails.
    Die,
    /// A chip falls silent.
    Chip,
}

/// Where it fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultTarget {
    /// Chip, die or plane by its number.
    Number(u32),
    /// Where a logical page lies at that time.
    LogicalPage(u32),
    /// Lane, chip of the lane and so on, as many as the fault's kind takes.
    Parts(Vec<u32>),
}

/// A fault and its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Injection {
    /// What fails.
    pub kind: FaultKind,
    /// Where.
    pub target: FaultTarget,
    /// When.
    pub at: Moment,
}

/// A fault that cannot be injected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultPlanError {
    /// Not of the form `KIND:PLACE@TIME`.
    #[error("fault {0:?} (legal: KIND:PLACE@TIME, such as plane:3@2ms)")]
    Form(String),
    /// No kind of fault.
    #[error("fault {0:?}: kind {1:?} (legal: {legal})", legal = FaultKind::NAMES.join(", "))]
    Kind(String, String),
    /// No place.
    #[error("fault {fault:?}: place {place:?} (legal: {legal})")]
    Place {
        /// The fault.
        fault: String,
        /// Its place.
        place: String,
        /// What is legal.
        legal: String,
    },
    /// No time.
    #[error("fault {0:?}: {1}")]
    Time(String, MomentError),
    /// The controller has no such place.
    #[error("fault {fault}: {field} {value} (legal: 0..={most})", most = .count - 1)]
    Missing {
        /// The fault.
        fault: String,
        /// What is numbered.
        field: &'static str,
        /// Its number.
        value: u32,
        /// How many there are.
        count: u32,
    },
}

/// Names of the parts of a place.
const PARTS: [&str; 6] = ["lane", "chip", "die", "plane", "block", "page"];

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Bits, Self::PageProgram, Self::BlockErase, Self::Block, Self::Plane, Self::Die, Self::Chip];
    /// Their names, in the same order.
    pub const NAMES: [&'static str; 7] = ["bits", "page-program", "block-erase", "block", "plane", "die", "chip"];

    /// Parts of a place of this kind.
    pub fn parts(self) -> usize {
        match self {
            Self::Bits | Self::PageProgram => 6,
            Self::BlockErase | Self::Block => 5,
            Self::Plane => 4,
            Self::Die => 3,
            Self::Chip => 2,
        }
    }

    fn legal_place(self) -> String {
        let number = if self.parts() > 4 { "a logical page" } else { "a number" };
        format!("{number}, or {}", PARTS[..self.parts()].join("."))
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES[*self as usize])
    }
}

impl FromStr for Injection {
    type Err = FaultPlanError;

    fn from_str(text: &str) -> Result<Self, FaultPlanError> {
        let fields = text.split_once(':').and_then(|(kind, rest)| Some((kind, rest.split_once('@')?)));
        let (kind, (place, time)) = fields.ok_or_else(|| FaultPlanError::Form(text.to_owned()))?;
        let known = FaultKind::NAMES.iter().position(|name| *name == kind);
        let kind = known.ok_or_else(|| FaultPlanError::Kind(text.to_owned(), kind.to_owned()))?;
        let kind = FaultKind::ALL[kind];
        let parts: Option<Vec<u32>> = place.split('.').map(decimal).collect();
        let target = match parts.as_deref() {
            Some([page]) if kind.parts() > 4 => FaultTarget::LogicalPage(*page),
            Some([number]) => FaultTarget::Number(*number),
            Some(parts) if parts.len() == kind.parts() => FaultTarget::Parts(parts.to_vec()),
            _ => {
                let (fault, place) = (text.to_owned(), place.to_owned());
                return Err(FaultPlanError::Place { fault, place, legal: kind.legal_place() });
            }
        };
        let at = time.parse().map_err(|error| FaultPlanError::Time(text.to_owned(), error))?;
        Ok(Self { kind, target, at })
    }
}

fn decimal(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

impl fmt::Display for Injection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &self.target {
            FaultTarget::Number(number) | FaultTarget::LogicalPage(number) => number.to_string(),
            FaultTarget::Parts(parts) => parts.iter().map(u32::to_string).collect::<Vec<_>>().join("."),
        };
        write!(f, "{}:{place}@{}", self.kind, self.at)
    }
}

impl Injection {
    /// Confirms that the controller has the place.
    ///
    /// # Errors
    /// The first number that is too large.
    pub fn validate(&self, shape: &ControllerShape, logical_pages: u32) -> Result<(), FaultPlanError> {
        let check = |field, value, count: u32| {
            let missing = || FaultPlanError::Missing { fault: self.to_string(), field, value, count };
            if value < count { Ok(()) } else { Err(missing()) }
        };
        let counts = [LANES, GROUPS, shape.dies, PLANES, shape.blocks_per_plane, shape.pages_per_block];
        match &self.target {
            FaultTarget::LogicalPage(page) => check("logical page", *page, logical_pages),
            FaultTarget::Number(number) => match self.kind {
                FaultKind::Chip => check("chip", *number, shape.chip_count()),
                FaultKind::Die => check("die", *number, shape.die_count()),
                _ => check("plane", *number, shape.plane_count()),
            },
            FaultTarget::Parts(parts) => {
                let mut parts = PARTS.iter().zip(parts).zip(counts);
                parts.try_for_each(|((field, value), count)| check(field, *value, count))
            }
        }
    }

    /// Lane, chip of the lane and so on; `None` for a logical page, whose place is known at its time only.
    pub fn parts(&self, shape: &ControllerShape) -> Option<Vec<u32>> {
        let chip = |number: u32| vec![number % LANES, number / LANES];
        let die = |number: u32| [chip(number / shape.dies), vec![number % shape.dies]].concat();
        match (&self.target, self.kind) {
            (FaultTarget::LogicalPage(_), _) => None,
            (FaultTarget::Parts(parts), _) => Some(parts.clone()),
            (FaultTarget::Number(number), FaultKind::Chip) => Some(chip(*number)),
            (FaultTarget::Number(number), FaultKind::Die) => Some(die(*number)),
            (FaultTarget::Number(number), _) => Some([die(number / PLANES), vec![number % PLANES]].concat()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::nand::flash::FlashKind;
    use proptest::prelude::*;

    fn shape() -> ControllerShape {
        ControllerShape::small(FlashKind::Slc)
    }

    #[test]
    fn numbers_and_parts_name_the_same_place() {
        let cases = [
            ("chip:7@5ms", vec![7, 0]),
            ("chip:13@5ms", vec![3, 1]),
            ("die:85@1us", vec![0, 1, 5]),
            ("plane:3@2ms", vec![0, 0, 1, 1]),
            ("plane:3.0.5.1@2ms", vec![3, 0, 5, 1]),
            ("block:3.0.5.1.15@2ms", vec![3, 0, 5, 1, 15]),
        ];
        for (text, expected) in cases {
            let injection: Injection = text.parse().unwrap();
            injection.validate(&shape(), 1000).unwrap();
            assert_eq!(injection.parts(&shape()), Some(expected), "{text}");
            assert_eq!(injection.to_string(), text);
        }
        let bits: Injection = "bits:999@2ms".parse().unwrap();
        assert_eq!((bits.target.clone(), bits.parts(&shape())), (FaultTarget::LogicalPage(999), None));
    }

    #[test]
    fn errors_name_the_field_the_value_and_what_is_legal() {
        let cases = [
            ("plane", r#"fault "plane" (legal: KIND:PLACE@TIME, such as plane:3@2ms)"#),
            ("plane:3", r#"fault "plane:3" (legal: KIND:PLACE@TIME"#),
            ("lane:3@2ms", r#"fault "lane:3@2ms": kind "lane" (legal: bits, page-program, block-erase, block, plane"#),
            ("plane:x@2ms", r#"fault "plane:x@2ms": place "x" (legal: a number, or lane.chip.die.plane)"#),
            ("die:1.2@2ms", r#"fault "die:1.2@2ms": place "1.2" (legal: a number, or lane.chip.die)"#),
            ("bits:@2ms", r#"fault "bits:@2ms": place "" (legal: a logical page, or lane.chip.die.plane.block.page)"#),
            ("chip:+1@2ms", r#"fault "chip:+1@2ms": place "+1""#),
            ("plane:3@2", r#"fault "plane:3@2": time "2" (legal: a number with a unit"#),
            ("chip:20@2ms", "fault chip:20@2ms: chip 20 (legal: 0..=19)"),
            ("die:160@2ms", "fault die:160@2ms: die 160 (legal: 0..=159)"),
            ("plane:320@2ms", "fault plane:320@2ms: plane 320 (legal: 0..=319)"),
            ("plane:10.0.0.0@2ms", "fault plane:10.0.0.0@2ms: lane 10 (legal: 0..=9)"),
            ("block:0.0.0.0.16@2ms", "fault block:0.0.0.0.16@2ms: block 16 (legal: 0..=15)"),
            ("bits:1000@2ms", "fault bits:1000@2ms: logical page 1000 (legal: 0..=999)"),
        ];
        for (text, expected) in cases {
            let checked = text.parse::<Injection>().and_then(|injection| injection.validate(&shape(), 1000));
            let error = checked.unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(bits|plane|die|chip|block)?:?[0-9.]{0,12}@?[0-9.]{0,4}(ns|ms|s)?") {
            let _ = text.parse::<Injection>().map(|injection| injection.validate(&shape(), 10));
        }
    }
}
