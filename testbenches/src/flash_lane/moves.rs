//! What surrounds the mover's reader: orders, the read path, a write buffer, and firmware that takes events.

use super::named_ports::NamedPorts;
use crate::cosimulation::{Driver, Interface, Layout};
use anyhow::Result;
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::{HashMap, VecDeque};

/// Words of a page.
const WORDS: usize = 256;
/// Logical page of a record that holds none.
const NO_PAGE: u64 = 0xFFFF_FFFF;
/// Reads under way at most.
const MOST_READS: usize = 8;
/// Outcomes: a newer copy, no page, lost; of a check that its record is good, or weak.
const SUPERSEDED: u64 = 1;
const GOOD: u64 = 0;
const WEAK: u64 = 1;
const EMPTY: u64 = 2;
const LOST: u64 = 3;

#[derive(Debug)]
enum Delivery {
    Nothing,
    Words { words: VecDeque<[u64; 2]> },
    Lost { tag: u64, location: u64 },
}

#[derive(Debug)]
enum Buffer {
    Idle,
    /// A page was taken on: it is dropped after some cycles.
    Dropping {
        tag: u64,
        cycles: u32,
    },
    /// Its words are taken.
    Taking {
        tag: u64,
        words: VecDeque<[u64; 2]>,
    },
    Taken {
        tag: u64,
    },
}

/// A page that has been delivered and not been offered to the buffer.
#[derive(Clone, Debug)]
struct Page {
    location: u64,
    page: u64,
    words: VecDeque<[u64; 2]>,
}

/// Orders moves, answers reads, takes pages or refuses them, and panics at the first word or event that is not right.
pub struct MoveTraffic {
    ports: NamedPorts,
    /// Reads under way: tag and location.
    reads: Vec<(u64, u64)>,
    delivery: Delivery,
    pages: VecDeque<Page>,
    buffer: Buffer,
    /// Events to come: outcome and location.
    events: Vec<(u64, u64)>,
    /// Words of pages that are only checked and were not thrown away yet.
    checked: VecDeque<[u64; 2]>,
    fetches: bool,
    fetched: u64,
    uncommitted: u32,
    ended: u64,
}

const INPUTS: [&str; 22] = [
    "orders_valid",
    "orders_data",
    "orders_last",
    "reads_ready",
    "begins",
    "begins_tag",
    "begins_page",
    "begins_weak",
    "word_valid",
    "word",
    "word_last",
    "lost_valid",
    "lost_tag",
    "page_ready",
    "data_ready",
    "acknowledged",
    "acknowledged_tag",
    "superseded",
    "committed",
    "fetch",
    "fetched_ready",
    "events_ready",
];
const OUTPUTS: [&str; 15] = [
    "orders_ready",
    "reads_valid",
    "reads_data",
    "lost_ready",
    "page_valid",
    "page_tag",
    "page_number",
    "data_valid",
    "data_data",
    "data_last",
    "fetched_valid",
    "fetched_data",
    "fetched_last",
    "events_valid",
    "events_data",
];

impl MoveTraffic {
    /// Traffic of all kinds.
    pub fn new() -> Self {
        Self {
            ports: NamedPorts::default(),
            reads: vec![],
            delivery: Delivery::Nothing,
            pages: VecDeque::new(),
            buffer: Buffer::Idle,
            events: vec![],
            checked: VecDeque::new(),
            fetches: false,
            fetched: 0,
            uncommitted: 0,
            ended: 0,
        }
    }

    fn deliver(&mut self, values: &mut HashMap<&str, [u64; 2]>, random: &mut StdRng) {
        match &mut self.delivery {
            Delivery::Nothing if !self.reads.is_empty() && random.random_bool(0.02) => {
                let (tag, location) = self.reads.swap_remove(random.random_range(0..self.reads.len()));
                if random.random_bool(0.1) {
                    self.delivery = Delivery::Lost { tag, location };
                    return;
                }
                let words: VecDeque<[u64; 2]> = (0..WORDS).map(|_| [random.random(), random.random()]).collect();
                let page = if random.random_bool(0.1) { NO_PAGE } else { random.random_range(0..1 << 20) };
                values.insert("begins", [1, 0]);
                values.insert("begins_tag", [tag, 0]);
                values.insert("begins_page", [page, 0]);
                let weak = random.random_bool(0.3);
                values.insert("begins_weak", [u64::from(weak), 0]);
                if location >> 31 == 1 {
                    self.checked.extend(&words);
                    self.events.push((if weak { WEAK } else { GOOD }, location));
                } else if page == NO_PAGE {
                    self.events.push((EMPTY, location));
                } else {
                    self.pages.push_back(Page { location, page, words: words.clone() });
                }
                self.delivery = Delivery::Words { words };
            }
            Delivery::Words { words } => {
                if random.random_bool(0.9)
                    && let Some(word) = words.pop_front()
                {
                    values.insert("word_valid", [1, 0]);
                    values.insert("word", word);
                    values.insert("word_last", [u64::from(words.is_empty()), 0]);
                    if words.is_empty() {
                        self.delivery = Delivery::Nothing;
                    }
                }
            }
            Delivery::Lost { tag, .. } => {
                values.insert("lost_valid", [1, 0]);
                values.insert("lost_tag", [*tag, 0]);
            }
            Delivery::Nothing => {}
        }
    }

    fn answer(&mut self, values: &mut HashMap<&str, [u64; 2]>, random: &mut StdRng) {
        match &mut self.buffer {
            Buffer::Idle => {
                values.insert("page_ready", [u64::from(random.random_bool(0.1)), 0]);
            }
            Buffer::Dropping { tag, cycles: 0 } => {
                values.insert("acknowledged", [1, 0]);
                values.insert("acknowledged_tag", [*tag, 0]);
                values.insert("superseded", [1, 0]);
                self.buffer = Buffer::Idle;
            }
            Buffer::Dropping { cycles, .. } => *cycles -= 1,
            Buffer::Taking { .. } => {
                values.insert("data_ready", [u64::from(random.random_bool(0.8)), 0]);
            }
            Buffer::Taken { tag } => {
                values.insert("acknowledged", [1, 0]);
                values.insert("acknowledged_tag", [*tag, 0]);
                self.buffer = Buffer::Idle;
            }
        }
        if self.uncommitted > 0 && random.random_bool(0.01) {
            self.uncommitted -= 1;
            values.insert("committed", [1, 0]);
        }
    }
}

impl Default for MoveTraffic {
    fn default() -> Self {
        Self::new()
    }
}

impl Driver for MoveTraffic {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        self.ports = NamedPorts::connect(interface, &INPUTS, &OUTPUTS, "")?;
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        self.ports.inputs()
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, random: &mut StdRng) {
        let out = |name: &str| self.ports.output(layout, outputs, name);
        let given = |name: &str| self.ports.input(layout, inputs, name);
        let (order_stands, order) = (given("orders_valid") == 1 && out("orders_ready") == 0, given("orders_data"));
        let read = (out("reads_valid") == 1 && given("reads_ready") == 1).then(|| out("reads_data"));
        let lost_taken = given("lost_valid") == 1 && out("lost_ready") == 1;
        let offered =
            (out("page_valid") == 1 && given("page_ready") == 1).then(|| (out("page_tag"), out("page_number")));
        let word = self.ports.wide_output(layout, outputs, "data_data");
        let word = word.filter(|_| out("data_valid") == 1 && given("data_ready") == 1);
        let word = word.map(|word| (word, out("data_last") == 1));
        let fetched = self.ports.wide_output(layout, outputs, "fetched_data");
        let fetched = fetched.filter(|_| out("fetched_valid") == 1 && given("fetched_ready") == 1);
        let event = (out("events_valid") == 1 && given("events_ready") == 1).then(|| out("events_data"));

        if let Some(word) = read {
            self.reads.push((word & 0xFF, word >> 8));
            let under_way = self.reads.len() + self.pages.len();
            assert!(under_way <= MOST_READS + 1, "{under_way} reads under way");
        }
        if lost_taken && let Delivery::Lost { location, .. } = self.delivery {
            self.events.push((LOST, location));
            self.delivery = Delivery::Nothing;
        }
        if let Some((tag, number)) = offered {
            let page = self.pages.pop_front().expect("a page was delivered");
            assert_eq!(number, page.page, "the page offered");
            self.buffer = if random.random_bool(0.3) {
                self.events.push((SUPERSEDED, page.location));
                Buffer::Dropping { tag, cycles: random.random_range(1..20) }
            } else {
                Buffer::Taking { tag, words: page.words }
            };
        }
        if let Some((word, last)) = word
            && let Buffer::Taking { tag, words } = &mut self.buffer
        {
            assert_eq!(Some(word), words.pop_front(), "a word of a page");
            assert_eq!(last, words.is_empty());
            if last {
                self.buffer = Buffer::Taken { tag: *tag };
                self.uncommitted += 1;
                self.ended += 1;
            }
        }
        if let Some(word) = fetched {
            // Those before it were thrown away.
            let place = self.checked.iter().position(|checked| *checked == word).expect("a word of a checked page");
            self.checked.drain(..=place);
            self.fetched += 1;
        }
        if let Some(word) = event {
            let event = (word >> 32, word & 0xFFFF_FFFF);
            let place = self.events.iter().position(|expected| *expected == event);
            self.events.swap_remove(place.unwrap_or_else(|| panic!("event {event:?}, expected {:?}", self.events)));
            self.ended += 1;
        }

        let mut values: HashMap<&str, [u64; 2]> = HashMap::new();
        if order_stands {
            values.insert("orders_valid", [1, 0]);
            values.insert("orders_data", [order, 0]);
        } else if random.random_bool(0.05) {
            values.insert("orders_valid", [1, 0]);
            values.insert("orders_data", [random.random_range(1..1 << 32), 0]);
        }
        values.insert("reads_ready", [u64::from(random.random_bool(0.5)), 0]);
        // Long enough for several pages.
        self.fetches ^= random.random_bool(0.0005);
        values.insert("fetch", [u64::from(self.fetches), 0]);
        values.insert("fetched_ready", [u64::from(random.random_bool(0.5)), 0]);
        values.insert("events_ready", [u64::from(random.random_bool(0.3)), 0]);
        self.deliver(&mut values, random);
        self.answer(&mut values, random);
        self.ports.set(layout, inputs, &values);
    }

    fn events(&self) -> Vec<(String, u64)> {
        vec![("moves".to_owned(), self.ended), ("fetched".to_owned(), self.fetched)]
    }
}
