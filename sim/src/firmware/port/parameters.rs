//! What commands do with the data that a host sends with them, other than WRITE.

use std::ops::Range;

use super::scsi::{LogicalUnit, Sense};

const PARAMETER_LIST_LENGTH: Sense = (0x05, 0x1A, 0x00);
const OUT_OF_RANGE: Sense = (0x05, 0x21, 0x00);
const INVALID_FIELD: Sense = (0x05, 0x24, 0x00);

/// Bytes of a block and blocks of a page.
const BLOCK_BYTES: usize = 512;
const PAGE_BLOCKS: u64 = 8;
/// Most descriptors of an UNMAP, and most blocks of all of them.
pub const MOST_DESCRIPTORS: u32 = 32;
pub const MOST_UNMAPPED: u32 = 8_192;
/// Most blocks of a COMPARE AND WRITE.
pub const MOST_COMPARED: u8 = 1;

const UNMAP: u8 = 0x42;
const COMPARE_AND_WRITE: u8 = 0x89;
const PERSISTENT_RESERVE_OUT: u8 = 0x5F;

/// What storage is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Pages lose their data.
    Trim(Vec<Range<u32>>),
    /// A block is written if it is another one now.
    CompareAndWrite {
        /// The block.
        block: u64,
        /// What it has to be.
        expected: Vec<u8>,
        /// What it becomes.
        new: Vec<u8>,
    },
}

/// Bytes that a command has behind it; `None` if it is none that has any. A command of no bytes has nothing to do.
///
/// # Errors
/// If it is not legal, whatever follows.
pub fn length(block: &[u8; 16]) -> Option<Result<usize, Sense>> {
    let two = usize::from(u16::from_be_bytes([block[7], block[8]]));
    match block[0] {
        // ANCHOR is not supported.
        UNMAP if block[1] & 1 != 0 => Some(Err(INVALID_FIELD)),
        UNMAP if (1..8).contains(&two) || two > 8 + 16 * MOST_DESCRIPTORS as usize => Some(Err(PARAMETER_LIST_LENGTH)),
        UNMAP => Some(Ok(two)),
        COMPARE_AND_WRITE if block[1] & 0xE0 != 0 || block[13] > MOST_COMPARED => Some(Err(INVALID_FIELD)),
        COMPARE_AND_WRITE => Some(Ok(2 * BLOCK_BYTES * usize::from(block[13]))),
        PERSISTENT_RESERVE_OUT => {
            let length = u32::from_be_bytes([block[5], block[6], block[7], block[8]]);
            Some(if length == 24 { Ok(24) } else { Err(PARAMETER_LIST_LENGTH) })
        }
        _ => None,
    }
}

/// What storage has to do for a command with its data.
///
/// # Errors
/// What is wrong with it.
pub fn work(unit: &LogicalUnit, block: &[u8; 16], data: &[u8]) -> Result<Work, Sense> {
    if block[0] == UNMAP {
        return unmap(unit, data).map(Work::Trim);
    }
    let eight = u64::from_be_bytes(block[2..10].try_into().expect("eight bytes"));
    let count = u64::from(block[13]);
    if eight.checked_add(count).is_none_or(|end| end > unit.blocks) {
        return Err(OUT_OF_RANGE);
    }
    let (expected, new) = data.split_at(data.len() / 2);
    Ok(Work::CompareAndWrite { block: eight, expected: expected.to_vec(), new: new.to_vec() })
}

/// Whole pages of what an UNMAP names; other blocks keep their data.
fn unmap(unit: &LogicalUnit, data: &[u8]) -> Result<Vec<Range<u32>>, Sense> {
    let Some(header) = data.first_chunk::<8>() else { return Ok(vec![]) };
    let described = usize::from(u16::from_be_bytes([header[2], header[3]]));
    let mut pages = vec![];
    let mut sum = 0_u32;
    for descriptor in data[8..].chunks_exact(16).take(described / 16) {
        let first = u64::from_be_bytes(descriptor[..8].try_into().expect("eight bytes"));
        let count = u32::from_be_bytes(descriptor[8..12].try_into().expect("four bytes"));
        let end = first.checked_add(count.into()).filter(|end| *end <= unit.blocks).ok_or(OUT_OF_RANGE)?;
        sum = sum.saturating_add(count);
        if sum > MOST_UNMAPPED {
            return Err((0x05, 0x26, 0x00));
        }
        let range = first.div_ceil(PAGE_BLOCKS) as u32..(end / PAGE_BLOCKS) as u32;
        if !range.is_empty() {
            pages.push(range);
        }
    }
    Ok(pages)
}
