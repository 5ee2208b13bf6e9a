//! Headers of records, read from flash as they lie there.

use super::ControllerTask;
use super::boot::Command;
use crate::firmware::layout::{LANES, RowAddress, StripeLocation};
use crate::firmware::rebuild::{RecordHeader, RecordKind, RecordPlace};
use anyhow::{Result, bail};
use hardpath_rtl::flash_controller::lane::LaneOperation;

/// Where in a record its header begins.
const HEADER_PLACE: usize = 4_096;
/// The bus takes even columns and lengths: a byte before the header or behind it comes, too.
const READ_BYTES: usize = 18;
/// Times that headers are read which do not fit their stripe's parity.
const ATTEMPTS: usize = 4;
/// Values of `byte_lane`: only one lane may transfer, none may.
pub(super) const ONE_LANE: u32 = 1 << 4;
pub(super) const NO_LANE: u32 = ONE_LANE | 15;
/// Upper bits of the tags of the firmware's commands.
const FIRMWARE_TAGS: u8 = 0xB0;

/// The header of a record as it lies on flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RawHeader {
    logical_page: u32,
    sequence: u32,
    members: u16,
    parity_lane: u32,
    kind: RecordKind,
}

impl RawHeader {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let kind = match bytes[11] {
            0xD1 => RecordKind::Data,
            0xD2 => RecordKind::Parity,
            0xD3 => RecordKind::Filler,
            _ => return None,
        };
        let members = u16::from_le_bytes([bytes[8], bytes[9]]);
        Some(Self { logical_page: word(0), sequence: word(4), members, parity_lane: u32::from(bytes[10] & 15), kind })
    }
}

/// The headers of half a stripe, by lane.
type HalfHeaders = [Option<RawHeader>; LANES];

impl ControllerTask {
    /// The records of a page of both planes; none if the page is erased.
    pub(super) async fn page_headers(&mut self, row: RowAddress, page: u32) -> Result<Vec<RecordHeader>> {
        let mut records = Vec::new();
        for plane in 0..2 {
            for half in 0..2 {
                records.extend(self.half_headers(StripeLocation { row, plane, page }, half).await?);
            }
        }
        Ok(records)
    }

    /// The records of half a stripe; none if nothing was written.
    pub(super) async fn half_headers(&mut self, stripe: StripeLocation, half: u32) -> Result<Vec<RecordHeader>> {
        for _ in 0..ATTEMPTS {
            let raw = self.read_headers(stripe, half).await;
            if let Some(records) = stripe_records(stripe, half, &raw) {
                return Ok(records);
            }
        }
        bail!("the headers of {stripe:?} do not fit each other")
    }

    /// What stands in the place of the headers, on every lane.
    async fn read_headers(&mut self, stripe: StripeLocation, half: u32) -> HalfHeaders {
        let code = self.options.code;
        let StripeLocation { row, plane, page } = stripe;
        let column = code.encoded_place(HEADER_PLACE) as u32 & !1;
        // All lanes sense at once; then one after the other transfers.
        self.write("byte_lane", NO_LANE).await;
        for lane in 0..LANES as u32 {
            self.issue(Command {
                operation: LaneOperation::Read,
                lane,
                chip: row.group,
                die: row.die,
                planes: 1 << plane,
                block: row.block,
                page,
                column: half * code.encoded_bytes() as u32 + column,
                length: READ_BYTES as u32,
                slot: 0,
            })
            .await;
        }
        self.write("byte_lane", ONE_LANE).await;
        let mut headers = [None; LANES];
        for (lane, header) in headers.iter_mut().enumerate() {
            *header = self.header_of(lane as u32).await;
        }
        self.write("byte_lane", 0).await;
        headers
    }

    /// The header that a lane transfers; then the next lane may transfer.
    async fn header_of(&mut self, lane: u32) -> Option<RawHeader> {
        let failed = loop {
            match self.lane_event().await {
                Some(event) if event.tag & 0xF0 == FIRMWARE_TAGS && event.lane == lane => break event.failed,
                // A read of another lane that failed without a byte.
                Some(event) => self.early.push(event.lane),
                None if self.early.contains(&lane) => break true,
                None => self.processor.sleep(self.processor.cycle() + 50).await,
            }
        };
        self.early.retain(|early| *early != lane);
        self.write("byte_lane", ONE_LANE | (lane + 1)).await;
        if failed {
            return None;
        }
        let mut bytes = [0xFF; READ_BYTES];
        for bytes in bytes.chunks_mut(4) {
            let word = self.read("lane_word").await.to_le_bytes();
            bytes.copy_from_slice(&word[..bytes.len()]);
        }
        RawHeader::parse(&bytes[self.options.code.encoded_place(HEADER_PLACE) % 2..])
    }
}

/// The records of one half of a stripe: headers fit if their logical pages add up to the parity's. A record that cannot be
/// read, or names another stripe than most do, follows from the others. `None` if they do not fit; empty if nothing was
/// written.
fn stripe_records(stripe: StripeLocation, half: u32, lanes: &[Option<RawHeader>; LANES]) -> Option<Vec<RecordHeader>> {
    let same = |one: &RawHeader, other: &RawHeader| (one.sequence, one.members) == (other.sequence, other.members);
    let headers = || lanes.iter().flatten();
    let likeness = |header: &&RawHeader| headers().filter(|other| same(header, other)).count();
    let Some(first) = headers().max_by_key(likeness) else { return Some(Vec::new()) };
    let lanes = lanes.map(|header| header.filter(|header| same(header, first)));
    let members: Vec<usize> = (0..LANES).filter(|lane| first.members >> lane & 1 == 1).collect();
    let missing: Vec<usize> = members.iter().copied().filter(|lane| lanes[*lane].is_none()).collect();
    let sum = members.iter().filter_map(|lane| lanes[*lane]).fold(0, |sum, header| sum ^ header.logical_page);
    if missing.len() > 1 || (missing.is_empty() && sum != 0) {
        return None;
    }
    let data: Vec<usize> = members.iter().copied().filter(|lane| *lane as u32 != first.parity_lane).collect();
    let records = members.iter().map(|lane| {
        let header = lanes[*lane].unwrap_or_else(|| {
            let kind = if *lane as u32 == first.parity_lane { RecordKind::Parity } else { RecordKind::Data };
            RawHeader { logical_page: sum, kind, ..*first }
        });
        // What held no page follows as none.
        let kind = if header.logical_page == u32::MAX && header.kind == RecordKind::Data {
            RecordKind::Filler
        } else {
            header.kind
        };
        let slot = data.iter().position(|data| data == lane).unwrap_or(0) as u32 * 2 + half;
        RecordHeader {
            place: RecordPlace { stripe, lane: *lane as u32, half },
            logical_page: header.logical_page,
            sequence: header.sequence,
            slot,
            members: header.members,
            kind,
        }
    });
    Some(records.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRIPE: StripeLocation = StripeLocation { row: RowAddress { group: 0, die: 0, block: 0 }, plane: 0, page: 0 };
    const MEMBERS: u16 = 0b1_1111;

    /// Pages 10 to 13 and their parity on five lanes.
    fn headers() -> [Option<RawHeader>; LANES] {
        let mut headers = [None; LANES];
        let common =
            RawHeader { logical_page: 0, sequence: 7, members: MEMBERS, parity_lane: 4, kind: RecordKind::Data };
        for (page, header) in (10..14).zip(&mut headers) {
            *header = Some(RawHeader { logical_page: page, ..common });
        }
        headers[4] = Some(RawHeader {
            logical_page: (10..14).fold(0, |sum, page| sum ^ page),
            kind: RecordKind::Parity,
            ..common
        });
        headers
    }

    fn pages(headers: &[Option<RawHeader>; LANES]) -> Option<Vec<u32>> {
        let records = stripe_records(STRIPE, 0, headers)?;
        Some(
            records.iter().filter(|record| record.kind == RecordKind::Data).map(|record| record.logical_page).collect(),
        )
    }

    #[test]
    fn a_header_that_cannot_be_read_or_names_another_stripe_follows_from_the_others() {
        let whole = Some(vec![10, 11, 12, 13]);
        assert_eq!(pages(&headers()), whole);
        for lane in 0..5 {
            let mut missing = headers();
            missing[lane] = None;
            assert_eq!(pages(&missing), whole, "lane {lane}");
            let mut strange = headers();
            strange[lane] = strange[lane].map(|header| RawHeader { sequence: 3, ..header });
            assert_eq!(pages(&strange), whole, "lane {lane}");
        }
        // What a lane holds that is no member does not count.
        let mut outside = headers();
        outside[9] = outside[0].map(|header| RawHeader { sequence: 3, members: 0x3FF, ..header });
        assert_eq!(pages(&outside), whole);
    }

    #[test]
    fn headers_that_do_not_add_up_do_not_fit() {
        let mut wrong = headers();
        wrong[2] = wrong[2].map(|header| RawHeader { logical_page: 99, ..header });
        assert_eq!(pages(&wrong), None);
        let mut two = headers();
        (two[1], two[3]) = (None, None);
        assert_eq!(pages(&two), None);
        assert_eq!(pages(&[None; LANES]), Some(vec![]));
    }
}
