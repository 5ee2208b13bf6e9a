//! Codes of the records on flash.

use super::code::BchCode;
use std::sync::LazyLock;

/// Bytes of a record: a logical page and a header.
pub const RECORD_BYTES: usize = 4112;

/// How records are encoded, by kind of flash. A flash page holds two encoded records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordCode {
    /// 8 codewords of [`BchCode::slc`], 4,216 bytes.
    Slc,
    /// 4 codewords of [`BchCode::emlc`], 4,392 bytes.
    Emlc,
}

impl RecordCode {
    /// The code of its codewords.
    pub fn bch(self) -> &'static BchCode {
        static SLC: LazyLock<BchCode> = LazyLock::new(BchCode::slc);
        static EMLC: LazyLock<BchCode> = LazyLock::new(BchCode::emlc);
        match self {
            Self::Slc => &SLC,
            Self::Emlc => &EMLC,
        }
    }

    /// Codewords of a record.
    pub fn codewords(self) -> usize {
        RECORD_BYTES / self.bch().data_bytes()
    }

    /// Lanes that share what finds the errors of their codewords. Those of SLC are rare; in eMLC nearly every codeword
    /// has some.
    pub fn lanes_per_corrector(self) -> usize {
        match self {
            Self::Slc => 5,
            Self::Emlc => 1,
        }
    }

    /// Bytes of an encoded record.
    pub fn encoded_bytes(self) -> usize {
        self.codewords() * self.bch().words(8)
    }

    /// Place of a record's byte in the encoded record.
    pub fn encoded_place(self, byte: usize) -> usize {
        let data = self.bch().data_bytes();
        byte / data * self.bch().words(8) + byte % data
    }
}
