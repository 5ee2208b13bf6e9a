//! The flash controller: lookup tables in front of the NAND lanes, and the mailbox of its firmware.

pub mod mailbox;
pub mod tables;
