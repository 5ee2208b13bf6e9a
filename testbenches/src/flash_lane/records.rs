//! What surrounds a lane's record receiver: reads of encoded records with errors, and a taker that checks every word.

use super::named_ports::NamedPorts;
use crate::cosimulation::{Driver, Interface, Layout};
use crate::golden::Bch;
use crate::golden::record::{RecordKind, StripeIdentity, record};
use anyhow::Result;
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::{HashMap, VecDeque};

/// Words of a page.
const WORDS: usize = 256;

/// A record that the receiver must show.
#[derive(Clone, Debug)]
struct Expected {
    bad: bool,
    /// A codeword has three quarters of the errors that can be corrected, or more.
    weak: bool,
    /// Not one bit is wrong.
    clean: bool,
    /// When its last byte was sent; a cycle later it is at the receiver.
    ended: Option<u64>,
    page: u64,
    words: Vec<[u64; 2]>,
}

#[derive(Debug)]
enum Taker {
    /// The slot is looked at.
    Idle,
    /// Words of a slot's record are read.
    Reading { slot: usize, tag: u64, place: usize },
    /// The last words are on their way.
    Draining { slot: usize, cycles: u32 },
}

/// Sends reads, good and bad ones, to one receiver of a group, takes their records and panics at the first that is not right.
pub struct RecordTraffic {
    /// Which receiver.
    lane: usize,
    code: Bch,
    /// Bytes of a codeword's data.
    data_bytes: usize,
    /// Bits of a codeword that are corrected.
    strength: usize,
    ports: NamedPorts,
    sending: VecDeque<u8>,
    sending_tag: u64,
    pause: u32,
    next_tag: u64,
    expected: HashMap<u64, Expected>,
    taker: Taker,
    /// What the word must be three drives later.
    words: VecDeque<Option<[u64; 2]>>,
    taken: u64,
    cycle: u64,
    /// Most cycles from a record's last byte to its slot, without and with wrong bits.
    latencies: [u64; 2],
    /// Records whose time was taken, without and with wrong bits.
    timed: [u64; 2],
}

const INPUTS: [&str; 11] = [
    "byte_valid",
    "byte_data",
    "byte_last",
    "byte_tag",
    "done",
    "done_tag",
    "done_failed",
    "freed",
    "reading",
    "read_slot",
    "read_place",
];
const OUTPUTS: [&str; 9] =
    ["room", "slot_ready", "slot_bad", "slot_weak", "first_tag", "second_tag", "first_page", "second_page", "word"];

impl RecordTraffic {
    /// Traffic for receiver `lane` of `lanes` of SLC records: 8 bits in 514 bytes.
    pub fn slc(lane: usize, lanes: usize) -> Self {
        // All codewords of all slots may be before one.
        Self::new(lane, Bch::new(13, 0x201B, 8, 8), 514, 8, [7, (16 * lanes + 1) as u64 * 560 + 300])
    }

    /// Traffic for receiver `lane` of `lanes` of eMLC records: 40 bits in 1,028 bytes.
    pub fn emlc(lane: usize, lanes: usize) -> Self {
        Self::new(lane, Bch::new(14, 0x402B, 40, 8), 1028, 40, [7, (8 * lanes + 1) as u64 * 1_300 + 300])
    }

    fn new(lane: usize, code: Bch, data_bytes: usize, strength: usize, latencies: [u64; 2]) -> Self {
        Self {
            lane,
            code,
            data_bytes,
            strength,
            ports: NamedPorts::default(),
            sending: VecDeque::new(),
            sending_tag: 0,
            pause: 50,
            next_tag: 0,
            expected: HashMap::new(),
            taker: Taker::Idle,
            words: VecDeque::from([None; 3]),
            taken: 0,
            cycle: 0,
            latencies,
            timed: [0; 2],
        }
    }

    /// A record as it comes from flash, and what the receiver has to make of it.
    fn read(&mut self, random: &mut StdRng) -> Vec<u8> {
        let data: Vec<u8> = (0..WORDS * 16).map(|_| random.random()).collect();
        let page: u32 = random.random();
        let stripe = StripeIdentity { sequence: random.random(), members: 0x3FF, parity_lane: 9, group: 0 };
        let mut content = record(&data, page, RecordKind::Data, &stripe, 0);
        let wrong_checksum = random.random_bool(0.1);
        if wrong_checksum {
            let last = content.len() - 1;
            content[last] ^= 1;
        }
        let too_many = random.random_bool(0.15);
        let clean = self.next_tag.is_multiple_of(3);
        let mut encoded = vec![];
        let (mut wrong_bits, mut weak) = (0, false);
        let content_bytes = content.len();
        for (number, data) in content.chunks(self.data_bytes).enumerate() {
            let mut codeword = self.code.encode(data);
            let most = [0, 0, 1, self.strength / 2, self.strength * 3 / 4 - 1, self.strength * 3 / 4, self.strength]
                [random.random_range(0..7)];
            let count = match (too_many && number == 3, clean) {
                (true, _) => self.strength + 3,
                (false, true) => 0,
                (false, false) => most,
            };
            wrong_bits += count;
            weak |= count >= self.strength * 3 / 4;
            let mut places = std::collections::BTreeSet::new();
            // Errors of the last codeword reach the page in the record's header.
            if (number + 1) * self.data_bytes == content_bytes && count > 0 {
                let header = 8 * (WORDS * 16 - number * self.data_bytes);
                places.insert(header + random.random_range(0..32));
            }
            while places.len() < count {
                places.insert(random.random_range(0..codeword.len() * 8));
            }
            for place in places {
                crate::golden::bch::flip(&mut codeword, place);
            }
            encoded.extend(codeword);
        }
        let half = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        let words = data.chunks(16).map(|word| [half(&word[..8]), half(&word[8..])]).collect();
        let (bad, page) = (too_many || wrong_checksum, u64::from(page));
        let expected = Expected { bad, weak, clean: wrong_bits == 0, ended: None, page, words };
        self.expected.insert(self.sending_tag, expected);
        encoded
    }
}

impl Driver for RecordTraffic {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        self.ports = NamedPorts::connect(interface, &INPUTS, &OUTPUTS, &format!("_{}", self.lane))?;
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        self.ports.inputs()
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, random: &mut StdRng) {
        let seen = |name: &str| self.ports.output(layout, outputs, name);
        let (room, ready, bad) = (seen("room"), seen("slot_ready"), seen("slot_bad"));
        let weak = seen("slot_weak");
        let tags = [seen("first_tag"), seen("second_tag")];
        let pages = [seen("first_page"), seen("second_page")];
        let word = self.ports.wide_output(layout, outputs, "word");
        let mut values: HashMap<&str, [u64; 2]> = HashMap::new();

        // Outputs are those of the cycle before.
        self.cycle += 1;
        for slot in (0..2).filter(|slot| ready >> slot & 1 == 1) {
            if let Some(expected) = self.expected.get_mut(&tags[slot])
                && let Some(ended) = expected.ended.take()
            {
                let kind = usize::from(!expected.clean);
                let (latency, most) = (self.cycle - 1 - ended, self.latencies[kind]);
                self.timed[kind] += 1;
                assert!(latency <= most, "a record after {latency} cycles, at most {most}");
            }
        }

        // Reads.
        self.pause = self.pause.saturating_sub(1);
        if let Some(byte) = self.sending.front() {
            values.insert("byte_tag", [self.sending_tag, 0]);
            if random.random_bool(0.95) {
                values.insert("byte_valid", [1, 0]);
                values.insert("byte_data", [u64::from(*byte), 0]);
                values.insert("byte_last", [u64::from(self.sending.len() == 1), 0]);
                self.sending.pop_front();
                if self.sending.is_empty() {
                    self.pause = 12;
                    if let Some(expected) = self.expected.get_mut(&self.sending_tag) {
                        expected.ended = Some(self.cycle);
                    }
                }
            }
        } else if self.pause == 6 {
            values.insert("done", [1, 0]);
            values.insert("done_tag", [self.sending_tag, 0]);
        } else if self.pause == 0 && room == 1 {
            self.next_tag = (self.next_tag + 1) % 0x80;
            self.sending_tag = self.next_tag;
            match random.random_range(0..10) {
                // The die did not answer.
                0 => {
                    values.insert("done", [1, 0]);
                    values.insert("done_tag", [self.sending_tag, 0]);
                    values.insert("done_failed", [1, 0]);
                    let expected =
                        Expected { bad: true, weak: false, clean: false, ended: None, page: 0, words: vec![] };
                    self.expected.insert(self.sending_tag, expected);
                    self.pause = random.random_range(8..40);
                }
                // A read of the firmware.
                1 => {
                    self.sending_tag = 0xB0 | self.next_tag & 15;
                    self.sending = (0..random.random_range(1..40)).map(|_| random.random()).collect();
                }
                _ => self.sending = self.read(random).into(),
            }
        }

        // Records.
        if let (Some(Some(expected)), Some(word)) = (self.words.pop_front(), word) {
            assert_eq!(word, expected, "a word of a record");
        }
        let mut wanted = None;
        match self.taker {
            Taker::Idle => {
                let slot = random.random_range(0..2);
                if ready >> slot & 1 == 1 && random.random_bool(0.05) {
                    let tag = tags[slot];
                    let expected = self.expected.get(&tag).unwrap_or_else(|| panic!("a record of tag {tag:#x}"));
                    assert_eq!(bad >> slot & 1 == 1, expected.bad, "tag {tag:#x}");
                    if expected.bad {
                        self.taker = Taker::Draining { slot, cycles: 0 };
                    } else {
                        assert_eq!(pages[slot], expected.page, "tag {tag:#x}");
                        assert_eq!(weak >> slot & 1 == 1, expected.weak, "tag {tag:#x}");
                        self.taker = Taker::Reading { slot, tag, place: 0 };
                    }
                    if expected.bad {
                        self.expected.remove(&tag);
                        self.taken += 1;
                    }
                }
            }
            Taker::Reading { slot, tag, place } => {
                values.insert("reading", [1, 0]);
                values.insert("read_slot", [slot as u64, 0]);
                values.insert("read_place", [place as u64, 0]);
                wanted = Some(self.expected[&tag].words[place]);
                self.taker = Taker::Reading { slot, tag, place: place + 1 };
                if place + 1 == WORDS {
                    self.expected.remove(&tag);
                    self.taken += 1;
                    self.taker = Taker::Draining { slot, cycles: 4 };
                }
            }
            Taker::Draining { slot, cycles: 0 } => {
                values.insert("freed", [1 << slot, 0]);
                // The slot is seen free two cycles later.
                self.taker = Taker::Draining { slot: 2, cycles: 3 };
                if slot == 2 {
                    values.insert("freed", [0, 0]);
                    self.taker = Taker::Idle;
                }
            }
            Taker::Draining { slot, cycles } => self.taker = Taker::Draining { slot, cycles: cycles - 1 },
        }
        self.words.push_back(wanted);
        self.ports.set(layout, inputs, &values);
    }

    fn events(&self) -> Vec<(String, u64)> {
        let [clean, wrong] = self.timed;
        let counts = [("records", self.taken), ("clean records timed", clean), ("wrong records timed", wrong)];
        counts.map(|(name, count)| (name.to_owned(), count)).to_vec()
    }
}
