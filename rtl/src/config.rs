//! Geometry of a striped array: how many lanes, how long a strip, how wide a word, and what follows from them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Fewest data lanes of a stripe.
pub const MINIMUM_DATA_LANES: usize = 2;
/// Most data lanes of a stripe; with the parity lane, lane numbers fill 4 bits.
pub const MAXIMUM_DATA_LANES: usize = 15;
/// Shortest strip in words: the parity memory's read-modify-write must be done with a word before the next strip's word
/// at the same place arrives.
pub const MINIMUM_STRIP_WORDS: usize = 8;
/// Strips are whole numbers of this many bytes, a disk sector.
pub const STRIP_BYTES_STEP: usize = 512;
/// Longest strip in bytes.
pub const MAXIMUM_STRIP_BYTES: usize = 65_536;
/// Legal widths of a data word in bits.
pub const WORD_BITS: [usize; 5] = [32, 64, 128, 256, 512];

/// Lanes, strip length and word width of an array with one parity strip a stripe.
///
/// Reads from text as `9+1`: nine data lanes, one parity lane, 4 KB strips, 64-bit words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArrayGeometry {
    /// Data strips of a stripe, 2..=15. There is one lane more, for parity.
    pub data_lanes: usize,
    /// Bytes of a strip: a multiple of 512, 512..=65,536.
    #[serde(default = "default_strip_bytes")]
    pub strip_bytes: usize,
    /// Bits of a data word: 32, 64, 128, 256 or 512.
    #[serde(default = "default_word_bits")]
    pub word_bits: usize,
}

fn default_strip_bytes() -> usize {
    4096
}

fn default_word_bits() -> usize {
    64
}

/// A geometry or a circuit parameter outside its legal range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GeometryError {
    /// The number of data lanes is out of range.
    #[error("{value} data lanes: legal are {MINIMUM_DATA_LANES}..={MAXIMUM_DATA_LANES}")]
    DataLanes {
        /// What was given.
        value: usize,
    },
    /// The number of parity lanes is not one.
    #[error("{value} parity lanes: legal is 1")]
    ParityLanes {
        /// What was given.
        value: usize,
    },
    /// The strip length is out of range or no multiple of a sector.
    #[error("a strip of {value} bytes: legal are multiples of {STRIP_BYTES_STEP} up to {MAXIMUM_STRIP_BYTES}")]
    StripBytes {
        /// What was given.
        value: usize,
    },
    /// The word width is not among the legal ones.
    #[error("a word of {value} bits: legal are 32, 64, 128, 256 and 512")]
    WordBits {
        /// What was given.
        value: usize,
    },
    /// A circuit cannot hold a strip of this many words.
    #[error("a strip of {value} words: legal for this circuit are {MINIMUM_STRIP_WORDS}..={maximum}")]
    StripWords {
        /// What was given.
        value: usize,
        /// Words the circuit's memory holds.
        maximum: usize,
    },
    /// A page map cannot have this many changes under way.
    #[error("{value} changes under way: legal are 2..=16")]
    ChangesUnderWay {
        /// What was given.
        value: usize,
    },
    /// A divider does not divide by this number.
    #[error("a divider by {value}: legal divisors are 2..=16")]
    Divisor {
        /// What was given.
        value: usize,
    },
    /// The text is not `<data lanes>+<parity lanes>`.
    #[error("`{text}` is no geometry: legal are `2+1` to `15+1`, data lanes and one parity lane, for example `9+1`")]
    Malformed {
        /// What was given.
        text: String,
    },
}

impl Default for ArrayGeometry {
    fn default() -> Self {
        Self { data_lanes: 9, strip_bytes: default_strip_bytes(), word_bits: default_word_bits() }
    }
}

impl ArrayGeometry {
    /// Confirms that every field is in its legal range.
    ///
    /// # Errors
    /// The first field that is not, with its value and what is legal.
    pub fn validate(&self) -> Result<(), GeometryError> {
        check_data_lanes(self.data_lanes)?;
        if self.strip_bytes == 0
            || self.strip_bytes > MAXIMUM_STRIP_BYTES
            || !self.strip_bytes.is_multiple_of(STRIP_BYTES_STEP)
        {
            return Err(GeometryError::StripBytes { value: self.strip_bytes });
        }
        if !WORD_BITS.contains(&self.word_bits) {
            return Err(GeometryError::WordBits { value: self.word_bits });
        }
        Ok(())
    }

    /// All lanes, parity included.
    pub fn lanes(&self) -> usize {
        self.data_lanes + 1
    }

    /// Bytes of a data word.
    pub fn word_bytes(&self) -> usize {
        self.word_bits / 8
    }

    /// Words of a strip.
    pub fn words_per_strip(&self) -> usize {
        self.strip_bytes / self.word_bytes()
    }

    /// Bits that address a word within a strip.
    pub fn strip_address_bits(&self) -> usize {
        self.words_per_strip().next_power_of_two().ilog2() as usize
    }

    /// Bytes of user data in a stripe.
    pub fn stripe_data_bytes(&self) -> usize {
        self.strip_bytes * self.data_lanes
    }
}

/// Confirms a number of data lanes.
pub(crate) fn check_data_lanes(value: usize) -> Result<(), GeometryError> {
    if (MINIMUM_DATA_LANES..=MAXIMUM_DATA_LANES).contains(&value) {
        Ok(())
    } else {
        Err(GeometryError::DataLanes { value })
    }
}

/// Confirms that a strip of `value` words fits a memory with `address_bits` address bits.
pub(crate) fn check_strip_words(value: usize, address_bits: usize) -> Result<(), GeometryError> {
    let maximum = 1 << address_bits;
    if (MINIMUM_STRIP_WORDS..=maximum).contains(&value) {
        Ok(())
    } else {
        Err(GeometryError::StripWords { value, maximum })
    }
}

impl FromStr for ArrayGeometry {
    type Err = GeometryError;

    fn from_str(text: &str) -> Result<Self, GeometryError> {
        let malformed = || GeometryError::Malformed { text: text.to_owned() };
        let number = |digits: &str| match digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => digits.parse::<usize>().map_err(|_| malformed()),
            false => Err(malformed()),
        };
        let (data, parity) = text.split_once('+').ok_or_else(malformed)?;
        let geometry = Self { data_lanes: number(data)?, ..Self::default() };
        match number(parity)? {
            1 => geometry.validate().map(|()| geometry),
            value => Err(GeometryError::ParityLanes { value }),
        }
    }
}

impl fmt::Display for ArrayGeometry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}+1", self.data_lanes)
    }
}
