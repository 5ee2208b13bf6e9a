//! How many lanes an array has and how long a strip is.

use std::fmt;

/// Fewest and most data lanes of an array; one parity lane is added to them.
pub const DATA_LANES: std::ops::RangeInclusive<usize> = 2..=15;

/// An array of `data_lanes` + 1 lanes, striped in strips of `strip_bytes` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    data_lanes: usize,
    strip_bytes: usize,
}

impl Geometry {
    /// Checks the ranges: 2..=15 data lanes, strips of at least one byte.
    pub fn new(data_lanes: usize, strip_bytes: usize) -> Result<Self, GeometryError> {
        if !DATA_LANES.contains(&data_lanes) {
            return Err(GeometryError::DataLanes(data_lanes));
        }
        if strip_bytes == 0 {
            return Err(GeometryError::EmptyStrip);
        }
        Ok(Self { data_lanes, strip_bytes })
    }

    /// Strips of a stripe that hold data.
    pub fn data_lanes(&self) -> usize {
        self.data_lanes
    }

    /// All lanes: the data lanes and one for parity.
    pub fn lanes(&self) -> usize {
        self.data_lanes + 1
    }

    /// Length of a strip in bytes.
    pub fn strip_bytes(&self) -> usize {
        self.strip_bytes
    }

    /// Data bytes of a whole stripe.
    pub fn stripe_data_bytes(&self) -> usize {
        self.data_lanes * self.strip_bytes
    }

    /// Stripes needed for a file of this length; the last one may be partly filled.
    pub fn stripes_for(&self, file_bytes: usize) -> usize {
        file_bytes.div_ceil(self.stripe_data_bytes())
    }
}

/// A geometry that no array can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeometryError {
    /// The number of data lanes is out of range.
    DataLanes(usize),
    /// A strip of no bytes.
    EmptyStrip,
}

impl fmt::Display for GeometryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DataLanes(lanes) => {
                write!(f, "{lanes} data lanes (legal: {}..={})", DATA_LANES.start(), DATA_LANES.end())
            }
            Self::EmptyStrip => write!(f, "strip of 0 bytes (legal: 1 and more)"),
        }
    }
}

impl std::error::Error for GeometryError {}
