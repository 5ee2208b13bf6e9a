//! A frame, its header taken apart.

use thiserror::Error;

/// Bytes of a header.
pub const HEADER_BYTES: usize = 24;
/// Bytes of the longest payload.
pub const LONGEST_PAYLOAD: usize = 2112;

/// Fields of a frame's header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Header {
    /// R_CTL: what the frame is.
    pub r_ctl: u8,
    /// D_ID: to whom, 24 bits.
    pub destination: u32,
    /// S_ID: from whom, 24 bits.
    pub source: u32,
    /// TYPE: the protocol.
    pub kind: u8,
    /// F_CTL, 24 bits.
    pub f_ctl: u32,
    /// SEQ_ID.
    pub sequence: u8,
    /// DF_CTL: optional headers.
    pub df_ctl: u8,
    /// SEQ_CNT.
    pub count: u16,
    /// OX_ID.
    pub originator: u16,
    /// RX_ID.
    pub responder: u16,
    /// Parameter; the relative offset of data.
    pub parameter: u32,
}

/// A frame without what the line puts around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The header.
    pub header: Header,
    /// Up to 2,112 bytes, a multiple of 4 with those that F_CTL calls fill bytes.
    pub payload: Vec<u8>,
    /// It begins with SOFi3, else with SOFn3.
    pub is_first: bool,
    /// It ends with EOFt, else with EOFn.
    pub is_last: bool,
}

/// Bytes that are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The length is not that of a frame.
    #[error("a frame of {0} bytes: legal are multiples of 4 in 24..=2136")]
    Length(usize),
}

fn three_bytes(value: u32) -> [u8; 3] {
    let [_, high, middle, low] = value.to_be_bytes();
    [high, middle, low]
}

impl Header {
    /// As it stands in a frame.
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[0] = self.r_ctl;
        bytes[1..4].copy_from_slice(&three_bytes(self.destination));
        bytes[5..8].copy_from_slice(&three_bytes(self.source));
        bytes[8] = self.kind;
        bytes[9..12].copy_from_slice(&three_bytes(self.f_ctl));
        bytes[12] = self.sequence;
        bytes[13] = self.df_ctl;
        bytes[14..16].copy_from_slice(&self.count.to_be_bytes());
        bytes[16..18].copy_from_slice(&self.originator.to_be_bytes());
        bytes[18..20].copy_from_slice(&self.responder.to_be_bytes());
        bytes[20..24].copy_from_slice(&self.parameter.to_be_bytes());
        bytes
    }

    /// What stands at the beginning of a frame.
    pub fn from_bytes(bytes: &[u8; HEADER_BYTES]) -> Self {
        let three = |place: usize| u32::from_be_bytes([0, bytes[place], bytes[place + 1], bytes[place + 2]]);
        let two = |place: usize| u16::from_be_bytes([bytes[place], bytes[place + 1]]);
        Self {
            r_ctl: bytes[0],
            destination: three(1),
            source: three(5),
            kind: bytes[8],
            f_ctl: three(9),
            sequence: bytes[12],
            df_ctl: bytes[13],
            count: two(14),
            originator: two(16),
            responder: two(18),
            parameter: u32::from_be_bytes([bytes[20], bytes[21], bytes[22], bytes[23]]),
        }
    }
}

impl Frame {
    /// Header and payload as words, the first byte of each in bits 7..=0.
    pub fn words(&self) -> Vec<u32> {
        let bytes = [self.header.to_bytes().as_slice(), &self.payload].concat();
        bytes.chunks(4).map(|word| u32::from_le_bytes(std::array::from_fn(|place| word[place]))).collect()
    }

    /// The frame of these words.
    ///
    /// # Errors
    /// If there are not as many as a frame has.
    pub fn from_words(words: &[u32], is_first: bool, is_last: bool) -> Result<Self, FrameError> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let error = FrameError::Length(bytes.len());
        let (header, payload) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(error)?;
        if payload.len() > LONGEST_PAYLOAD {
            return Err(error);
        }
        Ok(Self { header: Header::from_bytes(header), payload: payload.to_vec(), is_first, is_last })
    }
}
