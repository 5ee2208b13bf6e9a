//! Left-symmetric layout: where a strip lies, and which strip lies at a place.
//!
//! The parity strip moves one lane down from stripe to stripe, starting at the last lane; the data strips of a stripe
//! begin on the lane behind it and wrap around, so that consecutive strips always lie on consecutive lanes:
//!
//! ```text
//! stripe   lane 0   lane 1   lane 2   lane 3
//!   0       D0       D1       D2       P
//!   1       D4       D5       P        D3
//!   2       D8       P        D6       D7
//!   3       P        D9       D10      D11
//! ```

use super::Geometry;

/// A place in the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StripLocation {
    /// Lane, `0..lanes`.
    pub lane: usize,
    /// Stripe, which is also the strip's address on its lane.
    pub stripe: u64,
}

/// What lies at a place of the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StripHolder {
    /// The data strip of this number.
    Data(u64),
    /// The stripe's parity.
    Parity,
}

/// The lane that holds the parity of a stripe.
pub fn parity_lane(geometry: &Geometry, stripe: u64) -> usize {
    let lanes = geometry.lanes();
    (lanes - 1) - (stripe % lanes as u64) as usize
}

/// Where the data strip of this number lies.
pub fn locate(geometry: &Geometry, strip: u64) -> StripLocation {
    let data_lanes = geometry.data_lanes() as u64;
    let (stripe, position) = (strip / data_lanes, (strip % data_lanes) as usize);
    StripLocation { lane: (parity_lane(geometry, stripe) + 1 + position) % geometry.lanes(), stripe }
}

/// What lies at a place: the inverse of [`locate`], and parity elsewhere.
///
/// # Panics
/// When the array has no such lane.
pub fn holder(geometry: &Geometry, location: StripLocation) -> StripHolder {
    let lanes = geometry.lanes();
    assert!(location.lane < lanes, "lane {} of {lanes} lanes", location.lane);
    let behind_parity = (location.lane + lanes - parity_lane(geometry, location.stripe)) % lanes;
    match behind_parity {
        0 => StripHolder::Parity,
        position => StripHolder::Data(location.stripe * geometry.data_lanes() as u64 + (position as u64 - 1)),
    }
}
