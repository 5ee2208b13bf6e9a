//! Ordered sets of a point-to-point link.

/// An ordered set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Primitive {
    /// Fill word up to 4 Gb/s, and while a link comes up.
    Idle,
    /// Fill word at 8 Gb/s: ARB(FF).
    ArbFf,
    /// A receive buffer is free.
    RRdy,
    /// Not operational.
    Nos,
    /// Offline.
    Ols,
    /// Link reset.
    Lr,
    /// Link reset response.
    Lrr,
}

impl Primitive {
    const ALL: [Self; 7] = [Self::Idle, Self::ArbFf, Self::RRdy, Self::Nos, Self::Ols, Self::Lr, Self::Lrr];

    /// Its bytes, K28.5 first.
    pub const fn bytes(self) -> [u8; 4] {
        match self {
            Self::Idle => [0xBC, 0x95, 0xB5, 0xB5],
            Self::ArbFf => [0xBC, 0x94, 0xFF, 0xFF],
            Self::RRdy => [0xBC, 0x95, 0x4A, 0x4A],
            Self::Nos => [0xBC, 0x55, 0xBF, 0x45],
            Self::Ols => [0xBC, 0x35, 0x8A, 0x55],
            Self::Lr => [0xBC, 0x49, 0xBF, 0x49],
            Self::Lrr => [0xBC, 0x35, 0xBF, 0x49],
        }
    }

    /// The one with these bytes.
    pub fn of(bytes: [u8; 4]) -> Option<Self> {
        Self::ALL.into_iter().find(|primitive| primitive.bytes() == bytes)
    }

    /// It has to come three times before it counts.
    pub fn is_sequence(self) -> bool {
        matches!(self, Self::Nos | Self::Ols | Self::Lr | Self::Lrr)
    }
}
