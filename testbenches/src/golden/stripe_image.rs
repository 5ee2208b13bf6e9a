//! The flash pages of one stripe.

use super::record::{RecordKind, StripeIdentity, covered_by_parity, record};
use super::xor_parity;

/// Logical page field of a filler.
const NO_PAGE: u32 = u32::MAX;

/// A page in a stripe; none where a filler lies.
pub type StripePage = Option<(u32, Vec<u8>)>;

/// The lanes that hold data, in the order of the slots.
pub fn data_lanes(stripe: &StripeIdentity) -> Vec<usize> {
    let is_member = |lane: &usize| stripe.members >> lane & 1 == 1;
    (0..16).filter(is_member).filter(|&lane| lane != usize::from(stripe.parity_lane)).collect()
}

/// Lane and half of a slot.
pub fn place_of_slot(stripe: &StripeIdentity, slot: usize) -> (usize, usize) {
    (data_lanes(stripe)[slot / 2], slot % 2)
}

/// Per lane the two records of its flash page, `None` where a lane is no member. Slots without a page hold fillers of
/// `page_bytes` zeros.
///
/// # Panics
/// If there are more pages than slots.
pub fn stripe_image(stripe: &StripeIdentity, pages: &[StripePage], page_bytes: usize) -> Vec<Option<[Vec<u8>; 2]>> {
    let lanes = data_lanes(stripe);
    assert!(pages.len() <= 2 * lanes.len(), "{} pages in {} slots", pages.len(), 2 * lanes.len());
    let mut image: Vec<Option<[Vec<u8>; 2]>> = vec![None; 16];
    for (index, &lane) in lanes.iter().enumerate() {
        image[lane] = Some([0, 1].map(|half| match pages.get(2 * index + half) {
            Some(Some((page, data))) => record(data, *page, RecordKind::Data, stripe, half as u8),
            _ => record(&vec![0; page_bytes], NO_PAGE, RecordKind::Filler, stripe, half as u8),
        }));
    }
    image[usize::from(stripe.parity_lane)] = Some([0, 1].map(|half| {
        let covered: Vec<&[u8]> =
            lanes.iter().filter_map(|&lane| image[lane].as_ref()).map(|page| covered_by_parity(&page[half])).collect();
        let sum = xor_parity(&covered);
        let (data, page) = sum.split_at(page_bytes);
        let page = u32::from_le_bytes([page[0], page[1], page[2], page[3]]);
        record(data, page, RecordKind::Parity, stripe, half as u8)
    }));
    image
}
