//! What is kept of one logical page: its data and a header with its place in the order of writing.

use crc::{CRC_32_ISO_HDLC, Crc};

/// Bytes of a record behind the data.
pub const HEADER_BYTES: usize = 16;

const CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// A page that the host wrote.
    Data,
    /// The parity of the data records of its half.
    Parity,
    /// Nothing: it fills a stripe.
    Filler,
}

impl RecordKind {
    /// Its number in the header.
    pub fn code(self) -> u8 {
        match self {
            RecordKind::Data => 0xD1,
            RecordKind::Parity => 0xD2,
            RecordKind::Filler => 0xD3,
        }
    }
}

/// The fields of a header that all records of a stripe share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StripeIdentity {
    /// Sequence number: a stripe opened later has a higher one.
    pub sequence: u32,
    /// Member lanes, bit per lane.
    pub members: u16,
    /// The lane with the parity.
    pub parity_lane: u8,
    /// RAID group.
    pub group: u8,
}

/// The bytes of a record.
pub fn record(data: &[u8], logical_page: u32, kind: RecordKind, stripe: &StripeIdentity, half: u8) -> Vec<u8> {
    let mut record = data.to_vec();
    record.extend(logical_page.to_le_bytes());
    record.extend(stripe.sequence.to_le_bytes());
    record.extend(stripe.members.to_le_bytes());
    record.push(stripe.parity_lane | half << 4 | stripe.group << 5);
    record.push(kind.code());
    let checksum = CHECKSUM.checksum(&record);
    record.extend(checksum.to_le_bytes());
    record
}

/// The logical page in a record.
pub fn logical_page(record: &[u8]) -> u32 {
    let header = &record[record.len() - HEADER_BYTES..];
    u32::from_le_bytes([header[0], header[1], header[2], header[3]])
}

/// The data of a record and its logical page field: what parity covers.
pub fn covered_by_parity(record: &[u8]) -> &[u8] {
    &record[..record.len() - HEADER_BYTES + 4]
}

/// Whether the checksum of a record fits its content.
pub fn is_intact(record: &[u8]) -> bool {
    let (content, checksum) = record.split_at(record.len() - 4);
    CHECKSUM.checksum(content).to_le_bytes() == checksum
}
