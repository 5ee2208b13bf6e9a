//! Fibre Channel frames in Ethernet frames (FCoE), as Linux hosts without a fabric send them.

use thiserror::Error;

use super::line::LineFrame;

/// EtherType of FCoE.
const ETHER_TYPE: [u8; 2] = [0x89, 0x06];
/// Bytes of an Ethernet header, of what FCoE has before and behind a frame, and of the shortest Ethernet frame.
const ETHERNET: usize = 14;
const BEFORE: usize = 14;
const BEHIND: usize = 8;
const SHORTEST: usize = 60;
/// Bytes of the longest Ethernet frame with a frame of Fibre Channel in it.
pub const LONGEST_ETHERNET: usize = ETHERNET + BEFORE + 24 + 2112 + BEHIND;
/// First half of addresses that follow from those of Fibre Channel.
const MAPPED: [u8; 3] = [0x0E, 0xFC, 0x00];
/// Codes of SOF and EOF, and what they stand for on a line: third and fourth byte.
const STARTS: [(u8, u8); 2] = [(0x2E, 0x56), (0x36, 0x36)];
const ENDS: [(u8, u8); 2] = [(0x42, 0x75), (0x41, 0xD5)];

/// An Ethernet address.
pub type EthernetAddress = [u8; 6];

/// What is no frame of FCoE although it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FcoeError {
    /// Length.
    #[error("an FCoE frame of {0} bytes: legal are 60..={LONGEST_ETHERNET}")]
    Length(usize),
    /// SOF.
    #[error("SOF {0:02X}h: legal are 2Eh (SOFi3) and 36h (SOFn3)")]
    Start(u8),
    /// EOF.
    #[error("no EOF: legal are 42h (EOFt) and 41h (EOFn) behind a frame of whole words")]
    End,
}

/// The address that follows from one of Fibre Channel.
pub fn mapped(address: u32) -> EthernetAddress {
    let [_, high, middle, low] = address.to_be_bytes();
    [MAPPED[0], MAPPED[1], MAPPED[2], high, middle, low]
}

/// A frame in an Ethernet frame.
pub fn to_ethernet(frame: &LineFrame, destination: EthernetAddress, source: EthernetAddress) -> Vec<u8> {
    let code =
        |codes: &[(u8, u8)], byte: u8| codes.iter().find(|(_, other)| *other == byte).map_or(0, |(code, _)| *code);
    let mut bytes = [destination.as_slice(), &source, &ETHER_TYPE, &[0; BEFORE - 1]].concat();
    bytes.push(code(&STARTS, frame.start[2]));
    bytes.extend(&frame.bytes);
    bytes.extend(frame.crc);
    bytes.extend([code(&ENDS, frame.end[2]), 0, 0, 0]);
    bytes.resize(bytes.len().max(SHORTEST), 0);
    bytes
}

/// The frame in an Ethernet frame and the address of its sender; `None` if it is something else than FCoE.
///
/// # Errors
/// If it says that it is FCoE, and is not.
pub fn from_ethernet(bytes: &[u8]) -> Result<Option<(LineFrame, EthernetAddress)>, FcoeError> {
    if bytes.get(12..14) != Some(&ETHER_TYPE) {
        return Ok(None);
    }
    if !(SHORTEST..=LONGEST_ETHERNET).contains(&bytes.len()) {
        return Err(FcoeError::Length(bytes.len()));
    }
    let start = bytes[ETHERNET + BEFORE - 1];
    let (_, sof) = *STARTS.iter().find(|(code, _)| *code == start).ok_or(FcoeError::Start(start))?;
    // Behind the end there are zeros only.
    let content = &bytes[ETHERNET + BEFORE..];
    let end = content.iter().rposition(|byte| *byte != 0);
    let is_end = |place: &usize| {
        *place >= 28 && place.is_multiple_of(4) && ENDS.iter().any(|(code, _)| content[*place] == *code)
    };
    let end = end.filter(is_end).ok_or(FcoeError::End)?;
    let eof = ENDS.iter().find(|(code, _)| content[end] == *code).map_or(0, |(_, byte)| *byte);
    let (frame, crc) = content[..end].split_at(end - 4);
    let line = LineFrame {
        start: [0xBC, 0xB5, sof, sof],
        bytes: frame.to_vec(),
        crc: [crc[0], crc[1], crc[2], crc[3]],
        end: [0xBC, 0x95, eof, eof],
    };
    let mut source = [0; 6];
    source.copy_from_slice(&bytes[6..12]);
    Ok(Some((line, source)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::fibre_channel::{Frame, Header};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_put_in_is_taken_out(
            words in prop::collection::vec(any::<u32>(), 0..=528), is_first: bool, is_last: bool, destination in 0..1_u32 << 24,
        ) {
            let payload = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            let frame = Frame { header: Header { destination, ..Header::default() }, payload, is_first, is_last };
            let line = LineFrame::from(&frame);
            let bytes = to_ethernet(&line, mapped(destination), mapped(7));
            let (found, source) = from_ethernet(&bytes).expect("legal").expect("FCoE");
            prop_assert_eq!(source, [0x0E, 0xFC, 0, 0, 0, 7]);
            prop_assert_eq!(found.check(), Ok(frame));
        }

        #[test]
        fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..100), is_fcoe: bool) {
            if is_fcoe && bytes.len() > 14 {
                bytes[12..14].copy_from_slice(&ETHER_TYPE);
            }
            let _ = from_ethernet(&bytes);
        }
    }
}
