//! Tables made again from the headers of the records in flash.

use super::layout::{Layout, StripeLocation};
use super::row::{Row, RowState};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// From what the tables are made again after power has come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rebuild {
    /// From those that were saved, if they are whole and nothing was written since; else from headers.
    #[default]
    Tables,
    /// From the headers of all stripes.
    Headers,
}

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordKind {
    /// A logical page.
    Data,
    /// Parity of the others.
    Parity,
    /// Nothing.
    Filler,
}

/// Where a record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecordPlace {
    /// Its stripe.
    pub stripe: StripeLocation,
    /// Its lane.
    pub lane: u32,
    /// Its half of the flash page.
    pub half: u32,
}

/// The header of an intact record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordHeader {
    /// Where it was read.
    pub place: RecordPlace,
    /// Logical page of a data record.
    pub logical_page: u32,
    /// Sequence number of its stripe.
    pub sequence: u32,
    /// Its place in the order of its stripe.
    pub slot: u32,
    /// Members of its stripe, a bit a lane.
    pub members: u16,
    /// What it holds.
    pub kind: RecordKind,
}

/// Map and rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RebuiltTables {
    /// Place of each logical page.
    pub map: HashMap<u32, RecordPlace>,
    /// All rows. Erase counts, reads and bad blocks are not in the headers: 0.
    pub rows: Vec<Row>,
    /// Sequence number of the next stripe.
    pub next_sequence: u32,
}

/// Makes the tables from all headers, in any order. Of the records of a page the one with the highest sequence number counts,
/// of those with the same the one with the highest slot. A row that holds any record is closed: power failed since, and
/// nothing is programmed behind that. A page is left out if `trimmed` says so of its number and its newest record's sequence
/// number.
pub fn rebuild(
    layout: &Layout,
    headers: impl IntoIterator<Item = RecordHeader>,
    trimmed: impl Fn(u32, u32) -> bool,
) -> RebuiltTables {
    let mut rows: Vec<Row> = (0..layout.rows()).map(|_| Row::erased(0)).collect();
    let mut newest: HashMap<u32, RecordHeader> = HashMap::new();
    let mut next_sequence = 1;
    for header in headers {
        let row = &mut rows[layout.index(header.place.stripe.row)];
        row.sequence = if row.state == RowState::Free { header.sequence } else { row.sequence.min(header.sequence) };
        row.state = RowState::Closed;
        row.members |= header.members;
        row.next_page = row.next_page.max(header.place.stripe.page + 1);
        next_sequence = next_sequence.max(header.sequence + 1);
        if header.kind == RecordKind::Data {
            let order = |header: &RecordHeader| (header.sequence, header.slot);
            let best = newest.entry(header.logical_page).or_insert(header);
            if order(&header) > order(best) {
                *best = header;
            }
        }
    }
    newest.retain(|page, header| !trimmed(*page, header.sequence));
    for header in newest.values() {
        rows[layout.index(header.place.stripe.row)].valid += 1;
    }
    let map = newest.into_iter().map(|(page, header)| (page, header.place)).collect();
    RebuiltTables { map, rows, next_sequence }
}
