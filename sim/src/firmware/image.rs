//! The tables as they are saved to flash when power fails: a row of words, cut into pages of firmware's own.
//!
//! First the location of each logical page (0: none), then sequence number and entry of each stripe, then the rows, then the
//! healthy lanes of each unit. A page has a head of four words: mark, number of the image, number of the page, words of the
//! image.
//!
//! The number of an image is the sequence number that the next stripe had when it was made: what lies on flash with a lower
//! one was known to it. Of a page whose location it gives as none, older records are no copies any more.

use super::layout::{LANES, Layout, PLANES, RowAddress, StripeLocation};
use super::row::{Row, RowState};

/// Words of a page.
pub const PAGE_WORDS: usize = 1_024;
/// Words of its head.
const HEAD_WORDS: usize = 4;
/// Words of an image in a page.
const BODY_WORDS: usize = PAGE_WORDS - HEAD_WORDS;
/// The letters HPTB.
const MARK: u32 = 0x4850_5442;
/// Words of a row.
const ROW_WORDS: usize = 4 + LANES;
/// States of a row, by their number in an image.
const STATES: [RowState; 6] =
    [RowState::Free, RowState::Open, RowState::Closed, RowState::Emptying, RowState::Erasing, RowState::Retired];

/// A page of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImagePage {
    /// Number of the image.
    pub image: u32,
    /// Number of the page in it.
    pub index: u32,
    /// Words of the image.
    pub words: u32,
    /// Those in this page.
    body: Vec<u32>,
}

/// All tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableImage {
    /// Number of the image.
    pub number: u32,
    /// Location of each logical page as the page map holds it.
    pub map: Vec<u32>,
    /// Sequence number and entry of each stripe, in the order of [`stripe_place`].
    pub stripes: Vec<(u32, u32)>,
    /// All rows; their valid pages are not part of an image.
    pub rows: Vec<Row>,
    /// Healthy lanes of each unit.
    pub healthy: Vec<u16>,
}

/// Pages of an image.
pub fn image_pages(layout: &Layout, logical_pages: u32) -> u32 {
    image_words(layout, logical_pages).div_ceil(BODY_WORDS) as u32
}

fn image_words(layout: &Layout, logical_pages: u32) -> usize {
    logical_pages as usize + (2 * row_stripes(layout) + ROW_WORDS) * layout.rows() + layout.units() as usize
}

/// Stripes of a row.
fn row_stripes(layout: &Layout) -> usize {
    (PLANES * layout.pages) as usize
}

/// Where an image holds a stripe.
pub fn stripe_place(layout: &Layout, stripe: StripeLocation) -> usize {
    layout.index(stripe.row) * row_stripes(layout) + (stripe.page * PLANES + stripe.plane) as usize
}

/// The stripes of a row.
pub fn stripes_of(layout: &Layout, row: RowAddress) -> impl Iterator<Item = StripeLocation> + use<> {
    (0..layout.pages).flat_map(move |page| (0..PLANES).map(move |plane| StripeLocation { row, plane, page }))
}

impl ImagePage {
    /// A page as it was read; `None` if it is none of an image.
    pub fn parse(words: &[u32]) -> Option<Self> {
        let (head, body) = words.split_at_checked(HEAD_WORDS)?;
        let [mark, image, index, words] = *head else { return None };
        let whole = body.len() == BODY_WORDS && (index as usize) < (words as usize).div_ceil(BODY_WORDS);
        (mark == MARK && whole).then(|| Self { image, index, words, body: body.to_vec() })
    }

    /// Whether a logical page had no place when the image was made; `None` if this page of it does not tell.
    pub fn is_absent(&self, logical_pages: u32, page: u32) -> Option<bool> {
        let place = (page as usize).checked_sub(self.index as usize * BODY_WORDS)?;
        (page < logical_pages).then_some(())?;
        self.body.get(place).map(|location| *location == 0)
    }
}

impl TableImage {
    /// The image in pages.
    pub fn pages(&self) -> Vec<Vec<u32>> {
        let words = self.words();
        let page = |(index, body): (usize, &[u32])| {
            let mut page = vec![MARK, self.number, index as u32, words.len() as u32];
            page.extend(body);
            page.resize(PAGE_WORDS, 0);
            page
        };
        words.chunks(BODY_WORDS).enumerate().map(page).collect()
    }

    fn words(&self) -> Vec<u32> {
        let mut words = self.map.clone();
        words.extend(self.stripes.iter().flat_map(|(sequence, entry)| [*sequence, *entry]));
        for row in &self.rows {
            let state = STATES.iter().position(|state| *state == row.state).unwrap_or(0) as u32;
            words.extend([
                row.erases,
                u32::from(row.members) | u32::from(row.bad) << 16,
                row.next_page | state << 16 | u32::from(row.evacuate) << 24,
                row.sequence,
            ]);
            words.extend(row.reads);
        }
        words.extend(self.healthy.iter().map(|lanes| u32::from(*lanes)));
        words
    }

    /// The image that pages hold, in any order; `None` if not all of one image are there, or they do not suit the layout.
    pub fn from_pages(layout: &Layout, logical_pages: u32, pages: &[ImagePage]) -> Option<Self> {
        let first = pages.first()?;
        let mut ordered: Vec<&ImagePage> = pages.iter().collect();
        ordered.sort_by_key(|page| page.index);
        let found = ordered.iter().map(|page| (page.image, page.index, page.words));
        let words = image_words(layout, logical_pages) as u32;
        if !found.eq((0..image_pages(layout, logical_pages)).map(|index| (first.image, index, words))) {
            return None;
        }
        let words: Vec<u32> = ordered.iter().flat_map(|page| page.body.iter().copied()).collect();
        let (map, rest) = words.split_at_checked(logical_pages as usize)?;
        let (stripes, rest) = rest.split_at_checked(2 * row_stripes(layout) * layout.rows())?;
        let (rows, rest) = rest.split_at_checked(ROW_WORDS * layout.rows())?;
        let healthy = rest.get(..layout.units() as usize)?;
        Some(Self {
            number: first.image,
            map: map.to_vec(),
            stripes: stripes.chunks_exact(2).map(|stripe| (stripe[0], stripe[1])).collect(),
            rows: rows.chunks_exact(ROW_WORDS).map(row).collect::<Option<_>>()?,
            healthy: healthy.iter().map(|lanes| *lanes as u16).collect(),
        })
    }
}

/// A row as it is after power came back: a row that was opened or emptied is closed.
fn row(words: &[u32]) -> Option<Row> {
    let (head, reads) = words.split_at_checked(4)?;
    let state = STATES.get((head[2] >> 16 & 0xFF) as usize)?;
    let next_page = head[2] & 0xFFFF;
    let state = match state {
        RowState::Free | RowState::Retired => *state,
        _ => RowState::Closed,
    };
    Some(Row {
        state,
        erases: head[0],
        members: head[1] as u16,
        next_page,
        sequence: head[3],
        reads: reads.try_into().ok()?,
        evacuate: head[2] >> 24 & 1 == 1,
        ..Row::erased((head[1] >> 16) as u16)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout { groups: 2, dies: 2, blocks: 4, pages: 8 };
    const PAGES: u32 = 2_500;

    fn image() -> TableImage {
        let mut rows: Vec<Row> = (0..LAYOUT.rows()).map(|index| Row::erased(index as u16)).collect();
        rows[3] = Row { erases: 70_000, members: 0x3F7, next_page: 8, sequence: 90_000, ..rows[3].clone() };
        rows[3].state = RowState::Closed;
        rows[3].reads[9] = 12;
        rows[5].state = RowState::Retired;
        rows[6] = Row { state: RowState::Closed, evacuate: true, ..rows[6].clone() };
        let stripes = LAYOUT.rows() * 16;
        TableImage {
            number: 90_500,
            map: (0..PAGES).map(|page| if page % 7 == 0 { 0 } else { page << 1 | 1 }).collect(),
            stripes: (0..stripes as u32).map(|stripe| (stripe + 5, stripe & 0xFFFF)).collect(),
            rows,
            healthy: vec![0x3FF, 0x3FE, 0x1FF, 0x3FF],
        }
    }

    fn parsed(image: &TableImage) -> Vec<ImagePage> {
        image.pages().iter().map(|page| ImagePage::parse(page).unwrap()).collect()
    }

    #[test]
    fn an_image_comes_back_from_its_pages_in_any_order() {
        let mut pages = parsed(&image());
        assert_eq!(pages.len() as u32, image_pages(&LAYOUT, PAGES));
        pages.reverse();
        assert_eq!(TableImage::from_pages(&LAYOUT, PAGES, &pages), Some(image()));
    }

    #[test]
    fn pages_that_are_not_one_whole_image_are_none() {
        let pages = parsed(&image());
        assert_eq!(TableImage::from_pages(&LAYOUT, PAGES, &pages[1..]), None);
        assert_eq!(TableImage::from_pages(&LAYOUT, PAGES, &[]), None);
        let mut twice = pages.clone();
        twice[1] = twice[0].clone();
        assert_eq!(TableImage::from_pages(&LAYOUT, PAGES, &twice), None);
        let mut mixed = pages.clone();
        mixed[2].image += 1;
        assert_eq!(TableImage::from_pages(&LAYOUT, PAGES, &mixed), None);
        assert_eq!(TableImage::from_pages(&Layout { blocks: 8, ..LAYOUT }, PAGES, &pages), None);
    }

    #[test]
    fn rows_that_power_failed_on_are_closed() {
        for state in [RowState::Open, RowState::Emptying, RowState::Erasing] {
            let mut image = image();
            image.rows[7].state = state;
            let back = TableImage::from_pages(&LAYOUT, PAGES, &parsed(&image)).unwrap();
            assert_eq!(back.rows[7].state, RowState::Closed);
        }
    }

    #[test]
    fn what_is_no_page_of_an_image_is_not_taken_for_one() {
        assert_eq!(ImagePage::parse(&[]), None);
        let mut page = image().pages()[0].clone();
        assert_eq!(ImagePage::parse(&page[..PAGE_WORDS - 1]), None);
        page[0] ^= 1 << 7;
        assert_eq!(ImagePage::parse(&page), None);
    }

    #[test]
    fn a_page_of_an_image_tells_which_logical_pages_had_no_place() {
        let pages = parsed(&image());
        for page in [0, 1, 7, 1_019, 1_020, 1_022, 2_499] {
            let told: Vec<bool> = pages.iter().filter_map(|image| image.is_absent(PAGES, page)).collect();
            assert_eq!(told, [page % 7 == 0], "page {page}");
        }
        assert!(pages.iter().all(|image| image.is_absent(PAGES, PAGES).is_none()));
    }
}
