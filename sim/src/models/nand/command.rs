//! The commands of the ONFI set.

/// A command cycle's meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opcode {
    Read,
    ReadConfirm,
    ReadPlane,
    CacheRead,
    CacheReadLast,
    ChangeReadColumn,
    ChangeReadColumnEnhanced,
    ChangeColumnConfirm,
    Program,
    ProgramSecondPlane,
    ProgramConfirm,
    ProgramPlane,
    CacheProgram,
    ChangeWriteColumn,
    Erase,
    EraseConfirm,
    ErasePlane,
    ReadStatus,
    ReadStatusEnhanced,
    ReadId,
    ReadParameterPage,
    GetFeature,
    SetFeature,
    Reset,
    SynchronousReset,
}

impl Opcode {
    pub(super) fn decode(byte: u8) -> Option<Self> {
        Some(match byte {
            0x00 => Self::Read,
            0x30 => Self::ReadConfirm,
            0x32 => Self::ReadPlane,
            0x31 => Self::CacheRead,
            0x3F => Self::CacheReadLast,
            0x05 => Self::ChangeReadColumn,
            0x06 => Self::ChangeReadColumnEnhanced,
            0xE0 => Self::ChangeColumnConfirm,
            0x80 => Self::Program,
            0x81 => Self::ProgramSecondPlane,
            0x10 => Self::ProgramConfirm,
            0x11 => Self::ProgramPlane,
            0x15 => Self::CacheProgram,
            0x85 => Self::ChangeWriteColumn,
            0x60 => Self::Erase,
            0xD0 => Self::EraseConfirm,
            0xD1 => Self::ErasePlane,
            0x70 => Self::ReadStatus,
            0x78 => Self::ReadStatusEnhanced,
            0x90 => Self::ReadId,
            0xEC => Self::ReadParameterPage,
            0xEE => Self::GetFeature,
            0xEF => Self::SetFeature,
            0xFF => Self::Reset,
            0xFC => Self::SynchronousReset,
            _ => return None,
        })
    }

    /// Address cycles that follow.
    pub(super) fn address_cycles(self) -> usize {
        match self {
            Self::Read | Self::ChangeReadColumnEnhanced | Self::Program | Self::ProgramSecondPlane => 5,
            Self::Erase | Self::ReadStatusEnhanced => 3,
            Self::ChangeReadColumn | Self::ChangeWriteColumn => 2,
            Self::ReadId | Self::ReadParameterPage | Self::GetFeature | Self::SetFeature => 1,
            _ => 0,
        }
    }
}
