//! SCSI commands other than the reads and writes that hardware carries out.

use super::parameters::{MOST_COMPARED, MOST_DESCRIPTORS, MOST_UNMAPPED};

/// Sense key, additional code and qualifier.
pub type Sense = (u8, u8, u8);

const ILLEGAL_COMMAND: Sense = (0x05, 0x20, 0x00);
const OUT_OF_RANGE: Sense = (0x05, 0x21, 0x00);
const INVALID_FIELD: Sense = (0x05, 0x24, 0x00);
const NO_SUCH_UNIT: Sense = (0x05, 0x25, 0x00);
const SAVING_NOT_SUPPORTED: Sense = (0x05, 0x39, 0x00);

/// Status bytes.
const GOOD: u8 = 0x00;
const CHECK_CONDITION: u8 = 0x02;

/// What a logical unit says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogicalUnit {
    /// Blocks of 512 bytes.
    pub blocks: u64,
    /// Its name (NAA), 64 bits.
    pub name: u64,
    /// Its serial number, up to 16 characters.
    pub serial: String,
}

/// How a command is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScsiReply {
    /// SCSI status.
    pub status: u8,
    /// Data for the host, not longer than it allows.
    pub data: Vec<u8>,
    /// Sense data, with CHECK CONDITION.
    pub sense: Vec<u8>,
}

impl ScsiReply {
    fn data(mut data: Vec<u8>, allocation: usize) -> Self {
        data.truncate(allocation);
        Self { status: GOOD, data, sense: vec![] }
    }

    /// CHECK CONDITION with sense data of fixed format.
    pub fn check((key, code, qualifier): Sense) -> Self {
        let mut sense = vec![0; 18];
        (sense[0], sense[2], sense[7], sense[12], sense[13]) = (0x70, key, 0x0A, code, qualifier);
        Self { status: CHECK_CONDITION, data: vec![], sense }
    }

    /// CHECK CONDITION, with information such as where something is: response code F0h.
    pub fn check_at(sense: Sense, information: Option<u32>) -> Self {
        let mut reply = Self::check(sense);
        if let Some(information) = information {
            reply.sense[0] = 0xF0;
            reply.sense[3..7].copy_from_slice(&information.to_be_bytes());
        }
        reply
    }

    /// Another status, without data.
    pub fn status(status: u8) -> Self {
        Self { status, ..Self::default() }
    }
}

fn two(bytes: &[u8]) -> usize {
    usize::from(u16::from_be_bytes([bytes[0], bytes[1]]))
}

fn four(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

impl LogicalUnit {
    /// The answer to a command descriptor block of up to 16 bytes for unit `number`.
    pub fn answer(&self, number: u64, block: &[u8; 16]) -> ScsiReply {
        if number != 0 {
            return match block[0] {
                0x12 if block[1] == 0 => {
                    let mut data = self.inquiry();
                    data[0] = 0x7F;
                    ScsiReply::data(data, two(&block[3..]))
                }
                0xA0 => self.report_units(block),
                _ => ScsiReply::check(NO_SUCH_UNIT),
            };
        }
        match block[0] {
            // TEST UNIT READY.
            0x00 => ScsiReply::status(GOOD),
            // REQUEST SENSE: there is none that was not told with its command.
            0x03 => {
                let mut data = vec![0; 18];
                (data[0], data[7]) = (0x70, 0x0A);
                ScsiReply::data(data, usize::from(block[4]))
            }
            // READ and WRITE that hardware could not carry out.
            0x08 | 0x0A | 0x28 | 0x2A | 0xA8 | 0xAA | 0x88 | 0x8A => self.transfer(block),
            0x12 => self.inquire(block),
            0x1A => self.sense_modes(block, block[4].into(), false),
            0x5A => self.sense_modes(block, two(&block[7..]), true),
            // VERIFY of the medium: what is not read back when it is read is told then. With data it is not supported.
            0x2F if block[1] & 0xE6 == 0 => self.within(four(&block[2..]).into(), two(&block[7..]) as u64),
            0x8F if block[1] & 0xE6 == 0 => {
                let first = u64::from(four(&block[2..])) << 32 | u64::from(four(&block[6..]));
                self.within(first, four(&block[10..]).into())
            }
            0x2F | 0x8F => ScsiReply::check(INVALID_FIELD),
            // SYNCHRONIZE CACHE: what is acknowledged is safe.
            0x35 => self.within(four(&block[2..]).into(), two(&block[7..]) as u64),
            0x91 => {
                let first = u64::from(four(&block[2..])) << 32 | u64::from(four(&block[6..]));
                self.within(first, four(&block[10..]).into())
            }
            0x25 => {
                let last = u32::try_from(self.blocks - 1).unwrap_or(u32::MAX);
                ScsiReply::data([last.to_be_bytes(), 512_u32.to_be_bytes()].concat(), 8)
            }
            0x9E if block[1] & 0x1F == 0x10 => {
                let mut data = vec![0; 32];
                data[..8].copy_from_slice(&(self.blocks - 1).to_be_bytes());
                data[8..12].copy_from_slice(&512_u32.to_be_bytes());
                // Eight blocks are a page.
                data[13] = 3;
                // Pages may have no data; then they read as zeros.
                data[14] = 0xC0;
                ScsiReply::data(data, four(&block[10..]) as usize)
            }
            0x9E => ScsiReply::check(INVALID_FIELD),
            0xA0 => self.report_units(block),
            _ => ScsiReply::check(ILLEGAL_COMMAND),
        }
    }

    /// A READ or WRITE that is none for hardware: of no blocks, or with something wrong.
    fn transfer(&self, block: &[u8; 16]) -> ScsiReply {
        let (first, count) = match block[0] {
            0x08 | 0x0A => {
                let first = four(&block[..]) & 0x1F_FFFF;
                (u64::from(first), if block[4] == 0 { 256 } else { u64::from(block[4]) })
            }
            0x28 | 0x2A => (u64::from(four(&block[2..])), two(&block[7..]) as u64),
            0xA8 | 0xAA => (u64::from(four(&block[2..])), u64::from(four(&block[6..]))),
            _ => {
                let first = u64::from(four(&block[2..])) << 32 | u64::from(four(&block[6..]));
                (first, u64::from(four(&block[10..])))
            }
        };
        if !matches!(block[0], 0x08 | 0x0A) && block[1] & 0xE0 != 0 {
            return ScsiReply::check(INVALID_FIELD);
        }
        let reply = self.within(first, count);
        // In range, and yet not for hardware: something else is wrong with it.
        if count > 0 && reply.status == GOOD { ScsiReply::check(INVALID_FIELD) } else { reply }
    }

    fn within(&self, first: u64, count: u64) -> ScsiReply {
        match first.checked_add(count) {
            Some(end) if end <= self.blocks => ScsiReply::status(GOOD),
            _ => ScsiReply::check(OUT_OF_RANGE),
        }
    }

    fn inquiry(&self) -> Vec<u8> {
        let mut data = vec![0; 36];
        // SPC-4, hierarchical units, commands queued.
        (data[2], data[3], data[4], data[7]) = (0x06, 0x12, 31, 0x02);
        data[8..16].copy_from_slice(b"HARDPATH");
        data[16..32].copy_from_slice(b"ALL-FLASH ARRAY ");
        data[32..36].copy_from_slice(b"0100");
        data
    }

    fn inquire(&self, block: &[u8; 16]) -> ScsiReply {
        let allocation = two(&block[3..]);
        let page = |code: u8, content: &[u8]| {
            let header = [0, code, (content.len() >> 8) as u8, content.len() as u8];
            ScsiReply::data([&header, content].concat(), allocation)
        };
        match (block[1], block[2]) {
            (0, 0) => ScsiReply::data(self.inquiry(), allocation),
            (1, 0x00) => page(0x00, &[0x00, 0x80, 0x83, 0xB0, 0xB1, 0xB2]),
            (1, 0x80) => page(0x80, self.serial.as_bytes()),
            (1, 0x83) => page(0x83, &[[0x01, 0x03, 0x00, 0x08].as_slice(), &self.name.to_be_bytes()].concat()),
            (1, 0xB0) => {
                let mut content = [0; 60];
                // Of multiples of 8 blocks, up to 65,535 at once.
                content[2..4].copy_from_slice(&8_u16.to_be_bytes());
                content[4..8].copy_from_slice(&65_535_u32.to_be_bytes());
                content[1] = MOST_COMPARED;
                content[16..20].copy_from_slice(&MOST_UNMAPPED.to_be_bytes());
                content[20..24].copy_from_slice(&MOST_DESCRIPTORS.to_be_bytes());
                // Pages are unmapped as a whole.
                content[24..28].copy_from_slice(&8_u32.to_be_bytes());
                page(0xB0, &content)
            }
            (1, 0xB1) => {
                let mut content = [0; 60];
                // Not rotating.
                content[1] = 1;
                page(0xB1, &content)
            }
            // UNMAP, and zeros where there is no data; thin provisioning.
            (1, 0xB2) => page(0xB2, &[0x00, 0x84, 0x02, 0x00]),
            _ => ScsiReply::check(INVALID_FIELD),
        }
    }

    fn sense_modes(&self, block: &[u8; 16], allocation: usize, is_long: bool) -> ScsiReply {
        // Write cache enabled: writes are answered from the protected buffer.
        let caching = [[0x08, 0x12, 0x04].as_slice(), &[0; 17]].concat();
        let control = [[0x0A, 0x0A].as_slice(), &[0; 10]].concat();
        let mut pages = match (block[2] & 0x3F, block[3]) {
            (0x08, 0) => caching,
            (0x0A, 0) => control,
            (0x3F, 0 | 0xFF) => [caching, control].concat(),
            _ => return ScsiReply::check(INVALID_FIELD),
        };
        match block[2] >> 6 {
            // What may be changed: nothing.
            1 => {
                let mut place = 0;
                while place < pages.len() {
                    let length = usize::from(pages[place + 1]);
                    pages[place + 2..place + 2 + length].fill(0);
                    place += 2 + length;
                }
            }
            3 => return ScsiReply::check(SAVING_NOT_SUPPORTED),
            _ => {}
        }
        // DPO and FUA are taken.
        let data = if is_long {
            let length = (6 + pages.len()) as u16;
            [&length.to_be_bytes(), [0, 0x10, 0, 0, 0, 0].as_slice(), &pages].concat()
        } else {
            [[(3 + pages.len()) as u8, 0, 0x10, 0].as_slice(), &pages].concat()
        };
        ScsiReply::data(data, allocation)
    }

    fn report_units(&self, block: &[u8; 16]) -> ScsiReply {
        match block[2] {
            0 | 2 => {
                let mut data = vec![0; 16];
                data[3] = 8;
                ScsiReply::data(data, four(&block[6..]) as usize)
            }
            1 => ScsiReply::data(vec![0; 8], four(&block[6..]) as usize),
            _ => ScsiReply::check(INVALID_FIELD),
        }
    }
}
