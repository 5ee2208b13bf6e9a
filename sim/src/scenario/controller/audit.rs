//! What must hold of flash and tables when everything is on flash: every stripe adds up to zero, every page of the map lies
//! where the map says, and tables that are made again are those that were lost.

use super::run::ControllerRun;
use crate::firmware::layout::{LANES, PLANES, StripeLocation};
use crate::models::nand::geometry::PageAddress;
use anyhow::{Result, bail, ensure};
use hardpath_rtl::flash_controller::ecc::RecordCode;
use hardpath_rtl::flash_controller::tables::PageLocation;
use std::collections::BTreeMap;

/// Bytes of a record before its header.
const DATA_BYTES: usize = 4_096;
/// Bytes of a header, without its checksum.
const HEADER_BYTES: usize = 12;
/// Kind of a record that holds a page, in its header.
const PAGE_RECORD: u8 = 0xD1;
/// Bits of a stripe's entry that tell its state: it is open before a power cut and closed afterwards.
const STATE_BITS: u64 = 3;

/// Page map and stripe table; of the latter what the former needs.
pub(super) struct Tables {
    /// Word of the page map by logical page; those that have a place.
    pages: BTreeMap<u32, u64>,
    /// Entries, without their state, of the stripes in which these pages lie, by their place in the table.
    stripes: BTreeMap<u32, u64>,
}

/// A record as it lies on flash, without what protects it: read here and not by firmware's code, which is judged.
struct Record {
    logical_page: u32,
    sequence: u32,
    members: u16,
    kind: u8,
    data: Vec<u8>,
}

impl Record {
    /// The record of half a flash page; `None` if there is none.
    fn of(page: &[u8], half: usize, code: RecordCode) -> Option<Self> {
        let encoded = page.get(half * code.encoded_bytes()..(half + 1) * code.encoded_bytes())?;
        let byte = |place: usize| encoded[code.encoded_place(place)];
        let header: Vec<u8> = (DATA_BYTES..DATA_BYTES + HEADER_BYTES).map(byte).collect();
        let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        (header[11] >> 4 == 0xD).then(|| Self {
            logical_page: word(0),
            sequence: word(4),
            members: u16::from_le_bytes([header[8], header[9]]),
            kind: header[11],
            data: (0..DATA_BYTES).map(byte).collect(),
        })
    }
}

impl ControllerRun<'_> {
    /// The tables as they stand in their memories.
    pub(super) fn tables(&self) -> Tables {
        let [map, entries] = self.machine.tables();
        let words = (0..self.options.device_pages()).map(|page| (page, map.word(u64::from(page))));
        let pages: BTreeMap<u32, u64> = words.filter(|(_, word)| self.location(*word).is_some()).collect();
        let locations = pages.values().filter_map(|word| self.location(*word));
        let indices = locations.map(|location| self.task.stripe_index(self.stripe(location)));
        let stripes = indices.map(|index| (index, entries.word(index.into()) & !STATE_BITS)).collect();
        Tables { pages, stripes }
    }

    /// Confirms that tables made again are those that were lost; tells the pages in them.
    ///
    /// # Errors
    /// The first page or stripe that is not as it was.
    pub(super) fn ensure_restored(&self, lost: &Tables) -> Result<usize> {
        let restored = self.tables();
        let differing = |page: &&u32| lost.pages.get(page) != restored.pages.get(page);
        if let Some(page) = lost.pages.keys().chain(restored.pages.keys()).find(differing) {
            let place = |tables: &Tables| tables.pages.get(page).and_then(|word| self.location(*word));
            let (before, after) = (place(lost), place(&restored));
            bail!("page {page} lay at {before:?} before the power cut, the map made again has {after:?}");
        }
        let differing = lost.stripes.iter().find(|(place, entry)| restored.stripes.get(place) != Some(entry));
        ensure!(differing.is_none(), "stripe {differing:?}: its entry is another one after the power cut");
        Ok(lost.pages.len())
    }

    /// Confirms that the records of every stripe on flash add up to zero, and that each page of the map lies in its place.
    /// Flash that failed is not to be judged so. Tells the stripes.
    ///
    /// # Errors
    /// The first stripe or page that is not right.
    pub(super) fn ensure_whole(&self) -> Result<usize> {
        let layout = self.options.layout();
        let mut stripes = 0;
        for index in 0..layout.rows() {
            for page in 0..layout.pages {
                for plane in 0..PLANES {
                    let stripe = StripeLocation { row: layout.row(index), plane, page };
                    for half in 0..2 {
                        stripes += usize::from(self.ensure_adds_up(stripe, half)?);
                    }
                }
            }
        }
        let tables = self.tables();
        for (page, word) in &tables.pages {
            let Some(location) = self.location(*word) else { continue };
            let stripe = self.stripe(location);
            let record = self.record(stripe, location.lane.into(), location.half.into());
            let sequence = tables.stripes.get(&self.task.stripe_index(stripe)).map(|entry| (entry >> 16) as u32);
            let found = record.map(|record| (record.kind, record.logical_page, record.sequence));
            ensure!(
                found == sequence.map(|sequence| (PAGE_RECORD, *page, sequence)),
                "page {page} is said to lie at {location:?} in the stripe with the number {sequence:?}; there lies {found:x?}"
            );
        }
        Ok(stripes / 2)
    }

    /// Whether a stripe has been written; then its records add up to zero.
    fn ensure_adds_up(&self, stripe: StripeLocation, half: usize) -> Result<bool> {
        let records: Vec<Option<Record>> = (0..LANES).map(|lane| self.record(stripe, lane, half)).collect();
        let Some(newest) = records.iter().flatten().max_by_key(|record| record.sequence) else { return Ok(false) };
        let (sequence, members) = (newest.sequence, newest.members);
        let mut sum = vec![0; DATA_BYTES];
        let mut found = 0;
        for (lane, record) in records.iter().enumerate() {
            if let Some(record) =
                record.as_ref().filter(|record| (record.sequence, record.members) == (sequence, members))
            {
                found |= 1 << lane;
                sum.iter_mut().zip(&record.data).for_each(|(sum, byte)| *sum ^= byte);
            }
        }
        ensure!(found == members, "{stripe:?}: members {members:#012b}, records on {found:#012b}");
        let wrong = sum.iter().position(|byte| *byte != 0);
        ensure!(wrong.is_none(), "{stripe:?}, half {half}: the records do not add up to zero at byte {wrong:?}");
        Ok(true)
    }

    fn record(&self, stripe: StripeLocation, lane: usize, half: usize) -> Option<Record> {
        let StripeLocation { row, plane, page } = stripe;
        let block = self.options.shape.chip().block_in_plane(row.die, plane, row.block);
        let array = self.machine.chips(lane).array(row.group as u8)?;
        Record::of(&array.programmed(PageAddress { block, page })?, half, self.task.code)
    }

    fn stripe(&self, location: PageLocation) -> StripeLocation {
        self.task.stripe_of(location.group.into(), location.stripe)
    }

    fn location(&self, word: u64) -> Option<PageLocation> {
        PageLocation::from_word(word, self.task.location_bits)
    }
}
