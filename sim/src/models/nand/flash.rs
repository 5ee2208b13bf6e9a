//! Flash types: times, endurance and error rates of SLC, MLC and eMLC.
//!
//! Times and endurance are data sheet figures of parts of 2007 to 2013 where a comment names no other origin. What a
//! comment calls *unconfirmed* is an order of magnitude that no source at hand gives: a parameter, not a fact.

use super::geometry::Geometry;
use serde::{Deserialize, Serialize};

/// Kinds of flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FlashKind {
    /// One bit a cell.
    Slc,
    /// Two bits a cell, consumer grade.
    Mlc,
    /// Two bits a cell, written slowly for ten times the endurance.
    Emlc,
}

/// A time as data sheets give it, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArrayTime {
    /// What it takes as a rule.
    pub typical_nanoseconds: u64,
    /// What it never exceeds.
    pub maximum_nanoseconds: u64,
}

/// Bit errors of a page, as [`super::bit_errors::raw_bit_error_rate`] puts them together. All figures are unconfirmed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRate {
    /// Rate of a page of a new block, just written.
    pub fresh: f64,
    /// Rate of a page of a block at its rated endurance, just written.
    pub worn: f64,
    /// How the rate grows with wear: the power of `erases / endurance`.
    pub wear_exponent: f64,
    /// Times by which the rate of a page at rated endurance grows in a year without refresh; less wear, less growth.
    pub retention_per_year: f64,
    /// Added to the rate by each array read of the block since its erase.
    pub per_block_read: f64,
}

/// What a flash type is made of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlashParameters {
    /// The kind.
    pub kind: FlashKind,
    /// tR.
    pub read: ArrayTime,
    /// tPROG.
    pub program: ArrayTime,
    /// tBERS.
    pub erase: ArrayTime,
    /// Busy between the planes of a multi-plane operation (tDBSY), in nanoseconds. Unconfirmed.
    pub plane_busy_nanoseconds: u64,
    /// Busy while a cache operation moves a page between registers (tRCBSY, tPCBSY), in nanoseconds. Unconfirmed.
    pub cache_busy_nanoseconds: u64,
    /// Where an array time lies between typical (0) and maximum (1): up to this, drawn anew for each operation.
    pub time_spread: f64,
    /// Rated erases of a block.
    pub endurance: u32,
    /// Blocks wear out at a number of erases between the rated one and this many times it, each at its own.
    /// Unconfirmed.
    pub life_factor: f64,
    /// Programs of a page between erases (NOP).
    pub programs_per_page: u8,
    /// Pages share cells in pairs: a program of the second that is interrupted or fails damages the first.
    pub paired_pages: bool,
    /// The part of the first page's cells that are damaged so. Unconfirmed.
    pub pair_damage: f64,
    /// Bits of a codeword that correction has to cope with.
    pub correction_bits: u8,
    /// Part of the blocks that are bad from the factory on, at most 0.02.
    pub factory_bad: f64,
    /// Bit errors.
    pub errors: ErrorRate,
}

impl FlashKind {
    /// Bits of a cell.
    pub fn bits_per_cell(self) -> u8 {
        match self {
            Self::Slc => 1,
            Self::Mlc | Self::Emlc => 2,
        }
    }

    /// The real chip: 8 LUNs of 2 planes of 2,048 blocks.
    pub fn geometry(self) -> Geometry {
        let (pages_per_block, spare_bytes) = match self {
            Self::Slc => (64, 448),
            Self::Mlc => (256, 448),
            Self::Emlc => (256, 744),
        };
        Geometry { luns: 8, planes: 2, blocks_per_plane: 2048, pages_per_block, page_bytes: 8192, spare_bytes }
    }

    /// The parameters of the kind.
    pub fn parameters(self) -> FlashParameters {
        let time = |typical: u64, maximum: u64| ArrayTime {
            typical_nanoseconds: typical * 1_000,
            maximum_nanoseconds: maximum * 1_000,
        };
        let common = |read, program, erase, endurance| FlashParameters {
            kind: self,
            read,
            program,
            erase,
            plane_busy_nanoseconds: 500,
            cache_busy_nanoseconds: 3_000,
            time_spread: 0.0,
            endurance,
            life_factor: 2.0,
            programs_per_page: 1,
            paired_pages: true,
            pair_damage: 0.1,
            correction_bits: 8,
            factory_bad: 0.01,
            errors: ErrorRate {
                fresh: 2e-6,
                worn: 5e-4,
                wear_exponent: 2.0,
                retention_per_year: 4.0,
                per_block_read: 1e-10,
            },
        };
        match self {
            // Maxima of program and erase are unconfirmed: two to three times the typical time.
            Self::Slc => FlashParameters {
                programs_per_page: 4,
                paired_pages: false,
                correction_bits: 8,
                errors: ErrorRate {
                    fresh: 1e-9,
                    worn: 1e-7,
                    wear_exponent: 2.0,
                    retention_per_year: 2.0,
                    per_block_read: 1e-13,
                },
                ..common(time(25, 35), time(250, 600), time(1_500, 4_500), 100_000)
            },
            // Times of the 25 nm part are unconfirmed; its endurance is not.
            Self::Mlc => FlashParameters {
                correction_bits: 24,
                ..common(time(75, 75), time(1_300, 2_600), time(3_000, 10_000), 3_000)
            },
            // Published as slower than MLC without figures; the endurance is published.
            Self::Emlc => FlashParameters {
                correction_bits: 40,
                ..common(time(75, 75), time(2_000, 4_000), time(5_000, 10_000), 30_000)
            },
        }
    }
}
