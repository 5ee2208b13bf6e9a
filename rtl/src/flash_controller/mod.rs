//! The flash controller: lookup tables in front of the NAND lanes.

pub mod tables;
