//! How the location of a logical page is written in one word.

/// Place of a logical page on the lanes, or none.
///
/// As a word of `L = S + 7` bits, `S` bits of stripe number:
///
/// | bits | field |
/// |---|---|
/// | 0 | the page has a place; if 0, all other bits are 0 too |
/// | 1 | half of the flash page |
/// | 2..=5 | lane |
/// | 6..`L-1` | stripe |
/// | `L-1` | RAID group |
///
/// Group and stripe together, bits 6 and up, number the stripes of the controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageLocation {
    /// RAID group, 0 or 1.
    pub group: u8,
    /// Stripe of the group.
    pub stripe: u32,
    /// Lane, 0..=9.
    pub lane: u8,
    /// Half of the flash page, 0 or 1.
    pub half: u8,
}

impl PageLocation {
    /// Bits below the stripe number.
    pub const STRIPE_SHIFT: usize = 6;
    /// The word of a page without a place.
    pub const UNMAPPED: u64 = 0;

    /// The word of `location_bits` bits.
    ///
    /// # Panics
    /// If a field does not fit.
    pub fn to_word(self, location_bits: usize) -> u64 {
        let stripe_bits = location_bits - 7;
        assert!(self.group < 2 && self.half < 2 && self.lane < 16, "{self:?}: group and half are 0 or 1");
        assert!(u64::from(self.stripe) >> stripe_bits == 0, "{self:?}: stripes have {stripe_bits} bits");
        1 | u64::from(self.half) << 1
            | u64::from(self.lane) << 2
            | u64::from(self.stripe) << Self::STRIPE_SHIFT
            | u64::from(self.group) << (location_bits - 1)
    }

    /// The location in a word of `location_bits` bits; `None` if the page has no place.
    pub fn from_word(word: u64, location_bits: usize) -> Option<Self> {
        let field = |low: usize, bits: usize| word >> low & ((1 << bits) - 1);
        (word & 1 == 1).then(|| Self {
            group: field(location_bits - 1, 1) as u8,
            stripe: field(Self::STRIPE_SHIFT, location_bits - 7) as u32,
            lane: field(2, 4) as u8,
            half: field(1, 1) as u8,
        })
    }
}
