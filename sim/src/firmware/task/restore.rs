//! Tables made again from flash, after power has come back: from the image that was saved, else from the headers of all
//! records.

use super::{ControllerTask, page_status};
use crate::firmware::image::{ImagePage, PAGE_WORDS, TableImage, stripe_place, stripes_of};
use crate::firmware::layout::{LANES, PLANES, RowAddress, StripeLocation};
use crate::firmware::policy::Firmware;
use crate::firmware::rebuild::{Rebuild, RebuiltTables, RecordHeader, RecordKind, RecordPlace, rebuild};
use crate::firmware::row::{Row, RowState};
use anyhow::Result;
use hardpath_rtl::flash_controller::mover::{CHECK_ORDER, MOVE_LOST};
use hardpath_rtl::flash_controller::tables::PageLocation;
use std::collections::{BTreeMap, HashMap};

/// State of a stripe in the stripe table, and the bits of an entry that hold it.
const CLOSED: u32 = 2;
const STATE_BITS: u32 = 3;
/// Cycles between two looks for the bytes of a page that is read back.
const LOOK: u64 = 50;

/// An image, and what was written after it was made.
struct SavedTables {
    image: TableImage,
    /// Headers of the rows that may have been written since.
    headers: Vec<RecordHeader>,
    /// These rows.
    scanned: Vec<usize>,
    /// Rows that are erased.
    erased: Vec<usize>,
}

impl ControllerTask {
    /// Fills stripe table and page map, and goes on from there; tells from what it made them.
    pub(super) async fn restore(&mut self, way: Rebuild) -> Result<Rebuild> {
        let saved = if way == Rebuild::Tables { self.saved_tables().await? } else { None };
        match saved {
            Some(saved) => {
                self.restore_saved(saved).await;
                Ok(Rebuild::Tables)
            }
            None => {
                self.restore_from_headers().await?;
                Ok(Rebuild::Headers)
            }
        }
    }

    /// Looks for an image: it lies in the rows that were opened last in each unit, or after it was made. None if there is none
    /// that is whole, or pages of the host were written after it was made.
    async fn saved_tables(&mut self) -> Result<Option<SavedTables>> {
        let layout = self.options.layout;
        let (mut begun, mut erased) = (BTreeMap::new(), Vec::new());
        for index in 0..layout.rows() {
            let stripe = StripeLocation { row: layout.row(index), plane: 0, page: 0 };
            match self.half_headers(stripe, 0).await?.first() {
                Some(header) => _ = begun.insert(index, header.sequence),
                None => erased.push(index),
            }
        }
        let unit = |index: usize| index / layout.blocks as usize;
        let newest = (0..layout.units() as usize).filter_map(|number| {
            let rows = begun.iter().filter(|(index, _)| unit(**index) == number);
            rows.max_by_key(|(_, sequence)| **sequence).map(|(index, _)| *index)
        });
        let mut scanned: Vec<usize> = newest.collect();
        let mut headers = self.row_headers(&scanned).await?;
        self.write_stripes(&headers).await;
        let Some(last) = self.table_records(&headers).max_by_key(|header| header.sequence) else { return Ok(None) };
        let Some(page) = self.image_page(last.place).await else { return Ok(None) };
        let since: Vec<usize> = begun
            .iter()
            .filter(|(index, sequence)| **sequence >= page.image && !scanned.contains(index))
            .map(|(index, _)| *index)
            .collect();
        let more = self.row_headers(&since).await?;
        self.write_stripes(&more).await;
        headers.extend(more);
        scanned.extend(since);

        let mut found: BTreeMap<u32, RecordHeader> = BTreeMap::new();
        for header in self.table_records(&headers) {
            let newest = found.entry(header.logical_page).or_insert(*header);
            if header.sequence > newest.sequence {
                *newest = *header;
            }
        }
        let mut pages = Vec::new();
        for header in found.values() {
            pages.extend(self.image_page(header.place).await.filter(|found| found.image == page.image));
        }
        let Some(image) = TableImage::from_pages(&layout, self.options.logical_pages, &pages) else { return Ok(None) };
        let overtaken = is_overtaken(&image, &headers, self.options.first_firmware_page);
        let unknown = begun.keys().any(|index| image.rows[*index].state == RowState::Free && !scanned.contains(index));
        Ok((!overtaken && !unknown).then_some(SavedTables { image, headers, scanned, erased }))
    }

    /// Fills the tables from an image and the headers of what was written since.
    async fn restore_saved(&mut self, saved: SavedTables) {
        let SavedTables { image, headers, scanned, erased } = saved;
        let layout = self.options.layout;
        let first = self.options.first_firmware_page;
        let since = rebuild(&layout, headers, |_, _| false);
        let places = (0..).zip(&image.map).filter_map(|(page, word)| Some((page, self.place_of(*word)?)));
        let mut map: HashMap<u32, RecordPlace> = places.collect();
        map.extend(since.map.into_iter().filter(|(page, _)| *page >= first));
        let mut rows = image.rows.clone();
        for index in &scanned {
            let row = &mut rows[*index];
            let Row { erases, reads, bad, .. } = *row;
            *row = Row { erases, reads, bad, ..since.rows[*index].clone() };
        }
        rows.iter_mut().for_each(|row| row.valid = 0);
        for place in map.values() {
            rows[layout.index(place.stripe.row)].valid += 1;
        }
        // A row with pages whose headers cannot be read is not erased: its pages are lost, which reads are to tell.
        for index in erased {
            let row = &mut rows[index];
            if row.valid == 0 {
                let state = if row.state == RowState::Retired { row.state } else { RowState::Free };
                *row = Row { state, erases: row.erases, ..Row::erased(row.bad) };
            }
        }
        for (index, row) in rows.iter().enumerate().filter(|(index, _)| !scanned.contains(index)) {
            for stripe in stripes_of(&layout, layout.row(index)).take((row.next_page * PLANES) as usize) {
                let (sequence, entry) = image.stripes[stripe_place(&layout, stripe)];
                if entry != 0 {
                    self.write_stripe(stripe, sequence, entry & !STATE_BITS | CLOSED).await;
                }
            }
        }
        let pages = map.len();
        let next_sequence = since.next_sequence.max(image.number);
        self.enter(RebuiltTables { map, rows, next_sequence }).await;
        for (unit, healthy) in (0..).zip(&image.healthy) {
            let RowAddress { group, die, .. } = layout.row((unit * layout.blocks) as usize);
            for lane in (0..LANES as u32).filter(|lane| healthy >> lane & 1 == 0) {
                self.retire_die(group, lane, die).await;
            }
        }
        self.processor.log(format!("{pages} pages found in the tables that were saved"));
    }

    /// Reads the headers of all records, and what pages of images tell of pages that were trimmed.
    async fn restore_from_headers(&mut self) -> Result<()> {
        let rows: Vec<usize> = (0..self.options.layout.rows()).collect();
        let headers = self.row_headers(&rows).await?;
        self.write_stripes(&headers).await;
        let tables = rebuild(&self.options.layout, headers.iter().copied(), |_, _| false);
        let mut images = Vec::new();
        let first = self.options.first_firmware_page;
        for (_, place) in tables.map.iter().filter(|(page, _)| **page >= first) {
            images.extend(self.image_page(*place).await);
        }
        let logical_pages = self.options.logical_pages;
        let trimmed = |page, sequence| {
            let absent = |image: &ImagePage| image.is_absent(logical_pages, page) == Some(true);
            images.iter().any(|image| sequence < image.image && absent(image))
        };
        let mut tables = rebuild(&self.options.layout, headers.iter().copied(), trimmed);
        let newest = images.iter().map(|image| image.image).max().unwrap_or(0);
        tables.next_sequence = tables.next_sequence.max(newest);
        self.processor.log(format!("{} pages found on flash in {} records", tables.map.len(), headers.len()));
        self.enter(tables).await;
        Ok(())
    }

    /// Headers of firmware's pages.
    fn table_records<'a>(&self, headers: &'a [RecordHeader]) -> impl Iterator<Item = &'a RecordHeader> + use<'a> {
        let first = self.options.first_firmware_page;
        headers.iter().filter(move |header| header.kind == RecordKind::Data && header.logical_page >= first)
    }

    /// All headers of some rows.
    async fn row_headers(&mut self, rows: &[usize]) -> Result<Vec<RecordHeader>> {
        let layout = self.options.layout;
        let mut headers = Vec::new();
        for index in rows {
            for page in 0..layout.pages {
                let found = self.page_headers(layout.row(*index), page).await?;
                if found.is_empty() {
                    // Pages of a block are programmed in order.
                    break;
                }
                headers.extend(found);
            }
        }
        Ok(headers)
    }

    /// Fills the page map, and goes on with these tables.
    async fn enter(&mut self, tables: RebuiltTables) {
        for (page, place) in &tables.map {
            self.write("map_page", *page).await;
            self.write("map_location", self.location(place.stripe, place.lane, place.half as u8)).await;
            self.write("map_operation", 1).await;
        }
        self.policy = Firmware::restored(&self.policy, tables);
    }

    /// The place that a word of the page map tells.
    fn place_of(&self, word: u32) -> Option<RecordPlace> {
        let location = PageLocation::from_word(u64::from(word), self.options.location_bits)?;
        let stripe = self.options.stripe_of(u32::from(location.group), location.stripe);
        Some(RecordPlace { stripe, lane: location.lane.into(), half: location.half.into() })
    }

    /// A page of an image, read as a page of the host is; its stripe must be in the stripe table.
    async fn image_page(&mut self, place: RecordPlace) -> Option<ImagePage> {
        self.write_page("page_fetch", 1).await;
        self.write("move_order", self.location(place.stripe, place.lane, place.half as u8) | CHECK_ORDER).await;
        let mut words = Vec::new();
        let event = loop {
            let event = self.read("move_event").await;
            if event >> 31 == 1 {
                break event;
            }
            if !self.take_words(&mut words).await {
                self.processor.sleep(self.processor.cycle() + LOOK).await;
            }
        };
        while self.take_words(&mut words).await {}
        self.write_page("page_fetch", 0).await;
        let whole = u64::from(event & 3) != MOVE_LOST && words.len() == PAGE_WORDS;
        whole.then(|| ImagePage::parse(&words)).flatten()
    }

    /// Takes 16 bytes that are read back, if they wait.
    async fn take_words(&mut self, words: &mut Vec<u32>) -> bool {
        let waits = self.read_page("page_status").await & page_status::BYTES_WAIT != 0;
        if waits {
            for _ in 0..4 {
                words.push(self.read_page("page_word").await);
            }
        }
        waits
    }

    async fn write_stripes(&mut self, headers: &[RecordHeader]) {
        let mut stripes: BTreeMap<StripeLocation, (u32, u16)> = BTreeMap::new();
        for header in headers {
            stripes.insert(header.place.stripe, (header.sequence, header.members));
        }
        let parity: BTreeMap<StripeLocation, u32> = headers
            .iter()
            .filter(|header| header.kind == RecordKind::Parity)
            .map(|header| (header.place.stripe, header.place.lane))
            .collect();
        for (stripe, (sequence, members)) in stripes {
            let parity_lane = parity.get(&stripe).copied().unwrap_or(0);
            self.write_stripe(stripe, sequence, CLOSED | parity_lane << 2 | u32::from(members) << 6).await;
        }
    }

    async fn write_stripe(&self, stripe: StripeLocation, sequence: u32, entry: u32) {
        self.write("stripe_index", self.options.stripe_index(stripe)).await;
        self.write("stripe_entry_sequence", sequence).await;
        self.write("stripe_entry", entry).await;
    }
}

/// Whether pages of the host were written after an image was made: stripes opened since have its number or a higher one. Pages
/// of the image itself may have been moved since.
fn is_overtaken(image: &TableImage, headers: &[RecordHeader], first_firmware_page: u32) -> bool {
    let of_host = |header: &&RecordHeader| header.kind == RecordKind::Data && header.logical_page < first_firmware_page;
    headers.iter().filter(of_host).any(|header| header.sequence >= image.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(logical_page: u32, sequence: u32, kind: RecordKind) -> RecordHeader {
        let row = RowAddress { group: 0, die: 0, block: 0 };
        let place = RecordPlace { stripe: StripeLocation { row, plane: 0, page: 0 }, lane: 0, half: 0 };
        RecordHeader { place, logical_page, sequence, slot: 0, members: 0x3FF, kind }
    }

    #[test]
    fn an_image_is_overtaken_by_what_the_host_wrote_later_even_if_its_own_pages_were_moved_after_that() {
        const FIRST: u32 = 1_000;
        let image = TableImage { number: 20, map: vec![], stripes: vec![], rows: vec![], healthy: vec![] };
        let is_overtaken = |headers: &[RecordHeader]| is_overtaken(&image, headers, FIRST);
        let own = record(FIRST, 18, RecordKind::Data);
        let before = record(7, 17, RecordKind::Data);
        assert!(!is_overtaken(&[own, before, record(7, 21, RecordKind::Parity)]));
        let (moved, written) = (record(FIRST, 26, RecordKind::Data), record(7, 20, RecordKind::Data));
        assert!(!is_overtaken(&[own, before, moved]));
        assert!(is_overtaken(&[own, before, moved, written]));
    }
}
