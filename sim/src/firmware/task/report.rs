//! What firmware saw and did.

use crate::firmware::layout::RowAddress;
use crate::firmware::rebuild::Rebuild;
use std::collections::BTreeMap;

/// A page that was read with the help of its stripe, or was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DegradedRead {
    /// When firmware heard of it.
    pub cycle: u64,
    /// Tag of the read: below 128 the host's.
    pub tag: u8,
    /// Nothing could be done.
    pub lost: bool,
}

/// A die that takes no part any more on a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetiredDie {
    /// RAID group.
    pub group: u32,
    /// Lane.
    pub lane: u32,
    /// Die.
    pub die: u32,
    /// When.
    pub cycle: u64,
}

/// Counts and times of a run, in cycles of the controller's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirmwareReport {
    /// All chips were reset and brought into their run mode.
    pub booted: Option<u64>,
    /// From what the tables were made again, at each return of power.
    pub restored: Vec<Rebuild>,
    /// Rows with members whose blocks were bad when firmware had started, a bit a lane.
    pub bad_blocks: Vec<(RowAddress, u16)>,
    /// Stripes opened, by their members.
    pub widths: BTreeMap<u32, u64>,
    /// Slots for pages in the stripes that have reached the page map.
    pub mapped_slots: u64,
    /// Pages that were given a new place.
    pub moved: u64,
    /// Pages read for a move that were not valid any more.
    pub superseded: u64,
    /// Slots without a page read for a move.
    pub empty: u64,
    /// Pages that could not be read for a move.
    pub lost_moves: u64,
    /// Rows emptied because a block of theirs was read too often.
    pub refreshed_rows: u64,
    /// Records that the sweep has read.
    pub checked_records: u64,
    /// Those of them that were hardly readable, or not at all.
    pub weak_records: u64,
    /// Rows erased.
    pub erased_rows: u64,
    /// Erases that failed, by block.
    pub failed_erases: u64,
    /// Programs that failed, by lane.
    pub failed_programs: u64,
    /// Degraded reads in the order of their events.
    pub degraded_reads: Vec<DegradedRead>,
    /// Dies retired.
    pub retired: Vec<RetiredDie>,
    /// From the retirement of a die to the last of its rows emptied and erased: begin and end.
    pub evacuations: Vec<(u64, u64)>,
    /// From the order to move a stripe that lost a member to the last of its pages in a whole stripe.
    pub stripes_restored: Vec<u64>,
    /// Stripes closed with fillers because moves had to end.
    pub flushes: u64,
    /// Everything acknowledged is on flash, after the power failed.
    pub destaged: Option<u64>,
    /// Difference between the most and the least worn row, in erases.
    pub wear_spread: u32,
    /// Bits that chip-level correction has mended.
    pub corrected_bits: u32,
    /// Records in which it has.
    pub corrected_records: u32,
    /// Rows that lost a member and are full still hold pages.
    pub evacuating: bool,
    /// What firmware waits for, in words.
    pub waiting: String,
    /// Rows erased and not in use.
    pub free_rows: usize,
}
