//! States of a point-to-point link.

use super::primitives::Primitive;

/// A state, named as in FC-FS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LinkState {
    /// OL1.
    #[default]
    OlsTransmit,
    /// OL2.
    OlsReceive,
    /// OL3.
    OlsWait,
    /// LR1.
    LrTransmit,
    /// LR2.
    LrReceive,
    /// LR3.
    LrrReceive,
    /// AC.
    Active,
    /// LF1.
    NosReceive,
    /// LF2.
    NosTransmit,
}

impl LinkState {
    /// What is sent in it; `None` for frames.
    pub fn sends(self) -> Option<Primitive> {
        match self {
            Self::OlsTransmit | Self::NosReceive => Some(Primitive::Ols),
            Self::OlsReceive | Self::LrTransmit => Some(Primitive::Lr),
            Self::OlsWait | Self::NosTransmit => Some(Primitive::Nos),
            Self::LrReceive => Some(Primitive::Lrr),
            Self::LrrReceive => Some(Primitive::Idle),
            Self::Active => None,
        }
    }

    /// Where a primitive takes it.
    pub fn on(self, primitive: Primitive) -> Self {
        match (self, primitive) {
            (_, Primitive::Nos) => Self::NosReceive,
            (_, Primitive::Ols) => Self::OlsReceive,
            (Self::NosTransmit | Self::OlsWait, Primitive::Lr | Primitive::Lrr) => Self::NosTransmit,
            (_, Primitive::Lr) => Self::LrReceive,
            (Self::NosReceive | Self::OlsTransmit, Primitive::Lrr) => self,
            (_, Primitive::Lrr) => Self::LrrReceive,
            (Self::LrReceive | Self::LrrReceive, Primitive::Idle | Primitive::ArbFf) => Self::Active,
            (Self::OlsWait, Primitive::Idle | Primitive::ArbFf) => Self::OlsReceive,
            _ => self,
        }
    }

    /// Something has to change in it, or the link has failed.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::LrTransmit | Self::LrReceive | Self::LrrReceive | Self::OlsReceive)
    }
}
