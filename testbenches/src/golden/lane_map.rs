//! One bit per lane.

use super::{Geometry, stripe_layout};
use bitvec::prelude::*;

/// A set of lanes, bit `i` for lane `i`.
pub type LaneMap = BitVec<u32, Lsb0>;

/// The lanes that answer when these have failed.
///
/// # Panics
/// When the array has no such lane.
pub fn present_lanes(geometry: &Geometry, failed: &[usize]) -> LaneMap {
    let mut map = LaneMap::repeat(true, geometry.lanes());
    for &lane in failed {
        map.set(lane, false);
    }
    map
}

/// The lanes that hold data in this stripe: all but one.
pub fn data_lanes(geometry: &Geometry, stripe: u64) -> LaneMap {
    present_lanes(geometry, &[stripe_layout::parity_lane(geometry, stripe)])
}

/// The stripes, of the first `stripes` ones, whose parity lies on this lane.
pub fn parity_stripes(geometry: &Geometry, lane: usize, stripes: u64) -> BitVec<u32, Lsb0> {
    (0..stripes).map(|stripe| stripe_layout::parity_lane(geometry, stripe) == lane).collect()
}

/// Whether every strip can be read from the lanes that are present: at most one is missing.
pub fn is_recoverable(present: &BitSlice<u32, Lsb0>) -> bool {
    present.count_zeros() <= 1
}
