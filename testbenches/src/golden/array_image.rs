//! The bytes of a whole array: a file striped over lanes, and read back from them.

use super::lane_map::{self, LaneMap};
use super::stripe_layout::{self, StripHolder, StripLocation};
use super::{Geometry, xor_parity};
use std::fmt;

/// What every lane holds after a file was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayImage {
    geometry: Geometry,
    file_bytes: usize,
    lanes: Vec<Vec<u8>>,
}

impl ArrayImage {
    /// Stripes a file; what is missing of the last stripe is zero.
    pub fn write(geometry: Geometry, file: &[u8]) -> Self {
        let stripes = geometry.stripes_for(file.len());
        let mut padded = file.to_vec();
        padded.resize(stripes * geometry.stripe_data_bytes(), 0);
        let strips: Vec<&[u8]> = padded.chunks(geometry.strip_bytes()).collect();

        let mut lanes = vec![Vec::with_capacity(stripes * geometry.strip_bytes()); geometry.lanes()];
        for stripe in 0..stripes as u64 {
            for (lane, image) in lanes.iter_mut().enumerate() {
                match stripe_layout::holder(&geometry, StripLocation { lane, stripe }) {
                    StripHolder::Data(strip) => image.extend_from_slice(strips[strip as usize]),
                    StripHolder::Parity => {
                        let first = stripe as usize * geometry.data_lanes();
                        image.extend(xor_parity(&strips[first..first + geometry.data_lanes()]));
                    }
                }
            }
        }
        Self { geometry, file_bytes: file.len(), lanes }
    }

    /// An image from bytes that come from elsewhere: one vector per lane, all of the same whole number of strips.
    ///
    /// # Panics
    /// When the number of lanes or a length does not fit the geometry and the file's length.
    pub fn from_lanes(geometry: Geometry, file_bytes: usize, lanes: Vec<Vec<u8>>) -> Self {
        assert_eq!(lanes.len(), geometry.lanes(), "one image per lane");
        let lane_bytes = geometry.stripes_for(file_bytes) * geometry.strip_bytes();
        for (lane, image) in lanes.iter().enumerate() {
            assert_eq!(image.len(), lane_bytes, "bytes on lane {lane}");
        }
        Self { geometry, file_bytes, lanes }
    }

    /// The bytes of each lane.
    pub fn lanes(&self) -> &[Vec<u8>] {
        &self.lanes
    }

    /// Number of stripes.
    pub fn stripes(&self) -> usize {
        self.geometry.stripes_for(self.file_bytes)
    }

    /// The strip at a place.
    pub fn strip(&self, location: StripLocation) -> &[u8] {
        let start = location.stripe as usize * self.geometry.strip_bytes();
        &self.lanes[location.lane][start..start + self.geometry.strip_bytes()]
    }

    /// The exclusive or over all lanes of a stripe: zero in a consistent array.
    pub fn stripe_sum(&self, stripe: u64) -> Vec<u8> {
        let strips: Vec<_> =
            (0..self.geometry.lanes()).map(|lane| self.strip(StripLocation { lane, stripe })).collect();
        xor_parity(&strips)
    }

    /// The file, read from the lanes that are present; a missing lane is made up from all the others.
    pub fn read(&self, present: &LaneMap) -> Result<Vec<u8>, ReadBackError> {
        if !lane_map::is_recoverable(present) {
            return Err(ReadBackError { missing: present.iter_zeros().collect() });
        }
        let mut file = Vec::with_capacity(self.stripes() * self.geometry.stripe_data_bytes());
        for strip in 0..(self.stripes() * self.geometry.data_lanes()) as u64 {
            let wanted = stripe_layout::locate(&self.geometry, strip);
            if present[wanted.lane] {
                file.extend_from_slice(self.strip(wanted));
            } else {
                let survivors: Vec<_> =
                    present.iter_ones().map(|lane| self.strip(StripLocation { lane, ..wanted })).collect();
                file.extend(xor_parity(&survivors));
            }
        }
        file.truncate(self.file_bytes);
        Ok(file)
    }
}

/// More lanes are missing than parity makes up for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadBackError {
    /// The missing lanes.
    pub missing: Vec<usize>,
}

impl fmt::Display for ReadBackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stripe lost: lanes {:?} are missing (legal: at most one)", self.missing)
    }
}

impl std::error::Error for ReadBackError {}
