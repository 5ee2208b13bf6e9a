//! Everything around a write buffer.

use super::accounts::{Accounts, Page, Stripe, Totals};
use crate::cosimulation::{Driver, Interface, Layout, Trace};
use crate::golden::record::{HEADER_BYTES, StripeIdentity};
use anyhow::{Context, Result};
use rand::Rng;
use rand::rngs::StdRng;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::rc::Rc;

const LANES: usize = 10;
/// Cycles from a lookup to its result.
const LOOKUP_CYCLES: u64 = 4;
/// Reads that hold a part of the buffer.
const MOST_READS: usize = 8;

/// How much of everything there is; probabilities in a cycle.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Traffic {
    pub words: usize,
    pub host: f64,
    pub host_data: f64,
    pub mover: f64,
    pub current: f64,
    pub lane_ready: f64,
    pub lane_stall: f64,
    pub full: f64,
    pub update_ready: f64,
    pub acknowledgement_ready: f64,
    pub descriptor: f64,
    pub pairs: f64,
    pub all_lanes: f64,
    pub lookup: f64,
    pub read_ready: f64,
    pub flush: f64,
    /// Cycle from which on no page is sent; then all is flushed.
    pub end: u64,
}

#[derive(Debug, Default)]
struct Lane {
    /// Stripes whose bytes are awaited.
    awaited: VecDeque<usize>,
    /// Stripes opened so far that were looked at.
    seen: usize,
    offered: bool,
    stalled_until: u64,
    full: [u64; 3],
}

#[derive(Debug)]
struct Read {
    due: u64,
    buffer: u64,
    slot: u64,
    number: u32,
    /// The oldest version that may be shown.
    version: usize,
}

#[derive(Debug, PartialEq)]
enum Moving {
    Idle,
    Offering,
    Giving,
}

/// Drives all inputs of a write buffer and checks all outputs.
pub struct Surroundings {
    traffic: Traffic,
    accounts: Rc<RefCell<Accounts>>,
    totals: Rc<RefCell<Totals>>,
    cycle: u64,
    inputs: Rc<HashMap<String, (usize, Range<usize>)>>,
    outputs: Rc<HashMap<String, Range<usize>>>,
    next_tag: u8,
    host_offered: Option<Page>,
    host_taken: VecDeque<Page>,
    host_words: VecDeque<([u64; 2], bool)>,
    moving: Moving,
    moved: Option<Page>,
    moved_words: VecDeque<([u64; 2], bool)>,
    next_move: u8,
    /// When the check is done, and its answer.
    checking: Option<(u64, bool)>,
    checked: Option<bool>,
    acknowledgement_seen: bool,
    descriptor: Option<Stripe>,
    second: Option<Stripe>,
    sequence: u32,
    lanes: Vec<Lane>,
    lookups: VecDeque<(u64, u32, bool, Option<usize>)>,
    held: VecDeque<Read>,
    reading: VecDeque<Read>,
    read_offered: bool,
    read_bytes: Vec<u8>,
    /// Cycle of each flush and the pages acknowledged then.
    flushes: VecDeque<(u64, usize)>,
    finally_flushed: bool,
}

impl Surroundings {
    /// All around a buffer; the totals can be read when the run is over.
    pub fn new(traffic: Traffic) -> (Self, Rc<RefCell<Totals>>) {
        let totals = Rc::default();
        let surroundings = Self {
            traffic,
            accounts: Rc::default(),
            totals: Rc::clone(&totals),
            cycle: 0,
            inputs: Rc::default(),
            outputs: Rc::default(),
            next_tag: 0,
            host_offered: None,
            host_taken: VecDeque::new(),
            host_words: VecDeque::new(),
            moving: Moving::Idle,
            moved: None,
            moved_words: VecDeque::new(),
            next_move: 0,
            checking: None,
            checked: None,
            acknowledgement_seen: false,
            descriptor: None,
            second: None,
            sequence: 0x1234_567F,
            lanes: (0..LANES).map(|_| Lane::default()).collect(),
            lookups: VecDeque::new(),
            held: VecDeque::new(),
            reading: VecDeque::new(),
            read_offered: false,
            read_bytes: Vec::new(),
            flushes: VecDeque::new(),
            finally_flushed: false,
        };
        (surroundings, totals)
    }

    fn page_bytes(&self) -> usize {
        self.traffic.words * 16
    }

    /// No page is on its way.
    fn is_idle(&self) -> bool {
        self.host_offered.is_none() && self.host_taken.is_empty() && self.moved.is_none()
    }

    fn new_page(&self, tag: u8, moved: bool, random: &mut StdRng) -> Page {
        let data = (0..self.page_bytes()).map(|_| random.random()).collect();
        let number = if random.random_bool(0.05) { random.random() } else { random.random_range(0..48) };
        Page { number, tag, moved, data, updated: None, stripe: None }
    }

    fn new_stripe(&mut self, random: &mut StdRng) -> Stripe {
        let members = if random.random_bool(self.traffic.all_lanes) {
            0x3FF
        } else {
            loop {
                let members = random.random_range(0..0x400_u16);
                if members.count_ones() >= 3 {
                    break members;
                }
            }
        };
        let pair_first = random.random_bool(self.traffic.pairs);
        let mut stripe = Stripe {
            identity: StripeIdentity { sequence: 0, members, parity_lane: 0, group: random.random_range(0..2) },
            number: random.random_range(0..1 << 24),
            die: random.random_range(0..8),
            plane: if pair_first { 0 } else { random.random_range(0..2) },
            block: random.random_range(0..1 << 12),
            page: random.random_range(0..1 << 8),
            pair_first,
            pair_second: false,
            bytes: HashMap::new(),
            lanes_done: 0,
            updates_left: 0,
            last_update: None,
        };
        self.finish_stripe(&mut stripe, random);
        if pair_first {
            let mut second = Stripe { plane: 1, pair_first: false, pair_second: true, ..stripe.clone() };
            second.number ^= 1;
            self.finish_stripe(&mut second, random);
            self.second = Some(second);
        }
        stripe
    }

    fn finish_stripe(&mut self, stripe: &mut Stripe, random: &mut StdRng) {
        self.sequence += 1;
        stripe.identity.sequence = self.sequence;
        let members: Vec<u8> = (0..16).filter(|lane| stripe.identity.members >> lane & 1 == 1).collect();
        stripe.identity.parity_lane = members[random.random_range(0..members.len())];
    }

    /// What happened in the cycle before, on the sides of pages and lookups.
    fn observe(&mut self, input: &dyn Fn(&str) -> u64, output: &dyn Fn(&str) -> u64, read_word: [u64; 2]) {
        let cycle = self.cycle - 1;
        let accounts = Rc::clone(&self.accounts);
        let mut accounts = accounts.borrow_mut();
        if input("updates_ready") == 1 && output("updates_valid") == 1 {
            let seen = ["logical_page", "tag", "moved", "group", "stripe", "lane", "half"];
            accounts.update(cycle, &seen.map(|field| output(&format!("updates_{field}"))));
        }
        if input("host_valid") == 1 && output("host_ready") == 1 {
            let page = self.host_offered.take().expect("offered");
            self.host_taken.push_back(page);
        }
        if input("host_data_valid") == 1 && output("host_data_ready") == 1 {
            self.host_words.pop_front();
            let decided = self.checking.is_none() && (self.checked.is_none() || self.moved_words.is_empty());
            assert!(decided, "cycle {cycle}: a word of the host's after the check of a moved page");
        }
        if input("mover_valid") == 1 && output("mover_ready") == 1 {
            self.moving = Moving::Giving;
        }
        if output("check") == 1 {
            let page = self.moved.as_ref().expect("a moved page is checked");
            assert_eq!((output("check_page"), output("check_tag")), (u64::from(page.number), u64::from(page.tag)));
            let unplaced = accounts.newest(page.number).is_some_and(|page| accounts.is_unplaced(page));
            assert!(!unplaced, "cycle {cycle}: {} lies in the buffer and is checked outside", page.number);
            assert!(self.checking.is_none() && self.checked.is_none(), "cycle {cycle}: checked twice");
            self.checking = Some((0, false));
        }
        if input("mover_data_valid") == 1 && output("mover_data_ready") == 1 {
            assert_eq!(self.checked, Some(true), "cycle {cycle}: a moved page is taken without a check");
            self.moved_words.pop_front();
        }
        self.observe_acknowledgement(&mut accounts, input, output);

        // Lookups and reads.
        if let Some((asked, number, holds, newest)) = self.lookups.front().copied()
            && asked + LOOKUP_CYCLES == cycle
        {
            self.lookups.pop_front();
            if output("hit") == 1 {
                let known = accounts.newest(number);
                let known = known.unwrap_or_else(|| panic!("cycle {cycle}: found {number}, which never came"));
                assert!(accounts.may_be_found(known, asked), "cycle {cycle}: {number} is still found");
                let version = newest.unwrap_or(0);
                accounts.totals.hits += 1;
                if holds {
                    let (buffer, slot) = (output("hit_buffer"), output("hit_slot"));
                    self.held.push_back(Read { due: 0, buffer, slot, number, version });
                }
            } else {
                let unplaced = newest.is_some_and(|page| accounts.is_unplaced(page));
                assert!(!unplaced, "cycle {cycle}: {number} is not found");
                accounts.totals.misses += 1;
            }
        } else {
            assert_eq!(output("hit"), 0, "cycle {cycle}: a hit without a lookup");
        }
        if self.read_offered && output("read_ready") == 1 {
            self.reading.extend(self.held.pop_front());
            self.read_offered = false;
        }
        if input("read_data_ready") == 1 && output("read_data_valid") == 1 {
            self.read_bytes.extend(read_word.iter().flat_map(|word| word.to_le_bytes()));
            let ends = self.read_bytes.len() == self.page_bytes();
            assert_eq!(output("read_data_last") == 1, ends, "cycle {cycle}: end of a page read");
            if ends {
                let read = self.reading.pop_front().expect("asked for");
                let versions = accounts.versions[&read.number].iter().filter(|&&version| version >= read.version);
                let mut data = versions.map(|&version| &accounts.pages[version].data);
                assert!(data.any(|data| *data == self.read_bytes), "cycle {cycle}: wrong data, {read:?}");
                accounts.totals.reads += 1;
                self.read_bytes.clear();
            }
        }
        if output("flushing") == 0 {
            while let Some((asked, pages)) = self.flushes.front().copied()
                && asked < cycle
            {
                assert!(accounts.all_placed(pages), "cycle {cycle}: the flush of {asked} ended early");
                accounts.totals.finished_flushes += 1;
                self.flushes.pop_front();
            }
        }
        *self.totals.borrow_mut() = accounts.totals;
    }

    fn observe_acknowledgement(
        &mut self,
        accounts: &mut Accounts,
        input: &dyn Fn(&str) -> u64,
        output: &dyn Fn(&str) -> u64,
    ) {
        let cycle = self.cycle - 1;
        let valid = output("acknowledgement_valid") == 1;
        if valid && !self.acknowledgement_seen {
            let (tag, moved) = (output("acknowledgement_tag"), output("acknowledgement_moved") == 1);
            let superseded = output("acknowledgement_superseded") == 1;
            if moved {
                let page = self.moved.take().expect("a moved page is acknowledged");
                assert_eq!(tag, u64::from(page.tag), "cycle {cycle}: acknowledgement");
                match (superseded, self.checked.take()) {
                    (true, None) => {
                        let newest = accounts.newest(page.number).expect("a copy in the buffer");
                        assert!(accounts.may_be_found(newest, cycle), "cycle {cycle}: dropped without reason");
                        accounts.totals.dropped_found += 1;
                        self.moved_words.clear();
                    }
                    (true, Some(false)) => {
                        accounts.totals.dropped_stale += 1;
                        self.moved_words.clear();
                    }
                    (false, Some(true)) => {
                        assert!(self.moved_words.is_empty(), "cycle {cycle}: acknowledged before all words");
                        accounts.acknowledge(page);
                    }
                    case => panic!("cycle {cycle}: moved page, superseded and checked: {case:?}"),
                }
                self.moving = Moving::Idle;
            } else {
                let page = self.host_taken.pop_front().expect("a page of the host is acknowledged");
                assert_eq!((tag, superseded), (u64::from(page.tag), false), "cycle {cycle}: acknowledgement");
                accounts.acknowledge(page);
            }
            accounts.totals.in_time += u64::from(cycle < self.traffic.end);
        }
        self.acknowledgement_seen = valid && input("acknowledgement_ready") == 0;
    }

    /// What happened in the cycle before, on the lanes.
    fn observe_lanes(&mut self, input: &dyn Fn(&str) -> u64, output: &dyn Fn(&str) -> u64) {
        let cycle = self.cycle - 1;
        let accounts = Rc::clone(&self.accounts);
        let mut accounts = accounts.borrow_mut();
        let page_bytes = self.page_bytes();
        let flash_page = 2 * (page_bytes + HEADER_BYTES);
        if input("descriptor_valid") == 1 && output("descriptor_ready") == 1 {
            accounts.stripes.push(self.descriptor.take().expect("offered"));
        }
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            let name = |port: &str, field: &str| format!("{port}_{index}_{field}");
            if input(&name("bytes", "ready")) == 1 && output(&name("bytes", "valid")) == 1 {
                let stripe = *lane.awaited.front().unwrap_or_else(|| panic!("cycle {cycle}: byte without command"));
                let bytes = accounts.stripes[stripe].bytes.entry(index).or_default();
                bytes.push(output(&name("bytes", "data")) as u8);
                let ends = bytes.len() == flash_page;
                assert_eq!(
                    output(&name("bytes", "last")) == 1,
                    ends,
                    "cycle {cycle}, lane {index}: end of a flash page"
                );
                if ends {
                    lane.awaited.pop_front();
                    accounts.lane_done(stripe, page_bytes);
                }
            }
            let offered = output(&name("commands", "valid")) == 1;
            let field = |field: &str| output(&name("commands", field));
            if offered && !lane.offered {
                let die = field("chip") * 8 + field("die");
                assert_eq!(lane.full[2] >> die & 1, 0, "cycle {cycle}, lane {index}: command for a full die");
            }
            let taken = offered && input(&name("commands", "ready")) == 1;
            lane.offered = offered && !taken;
            if taken {
                let is_member = |stripe: &Stripe| stripe.identity.members >> index & 1 == 1;
                while !is_member(&accounts.stripes[lane.seen]) {
                    lane.seen += 1;
                }
                let stripe = &accounts.stripes[lane.seen];
                let expected = [
                    u64::from(stripe.identity.group),
                    stripe.die,
                    if stripe.pair_first { 3 } else { 1 << stripe.plane },
                    stripe.block,
                    stripe.page,
                    u64::from(0xC0 | stripe.identity.sequence & 0x3F),
                ];
                let seen = ["chip", "die", "planes", "block", "page", "tag"].map(field);
                assert_eq!(seen, expected, "cycle {cycle}, lane {index}: command of stripe {}", lane.seen);
                assert!(lane.awaited.is_empty(), "cycle {cycle}, lane {index}: command before the bytes of the last");
                lane.awaited.push_back(lane.seen);
                lane.seen += 1;
                if stripe.pair_first {
                    lane.awaited.push_back(lane.seen);
                    lane.seen += 1;
                }
            }
        }
    }

    fn send(&mut self, set: &mut dyn FnMut(&str, &[u64]), random: &mut StdRng) {
        let running = self.cycle < self.traffic.end;
        if self.host_offered.is_none() && self.host_taken.len() < 40 && running && random.random_bool(self.traffic.host)
        {
            let page = self.new_page(self.next_tag, false, random);
            self.next_tag = (self.next_tag + 1) & 0x7F;
            self.host_words.extend(words(&page.data));
            self.host_offered = Some(page);
        }
        set("host_valid", &[u64::from(self.host_offered.is_some())]);
        if let Some(page) = &self.host_offered {
            set("host_tag", &[u64::from(page.tag)]);
            set("host_logical_page", &[u64::from(page.number)]);
        }
        if self.moved.is_none() && running && random.random_bool(self.traffic.mover) {
            let page = self.new_page(0x80 | self.next_move, true, random);
            self.next_move = (self.next_move + 1) & 0x3F;
            self.moved_words = words(&page.data).collect();
            self.moved = Some(page);
            self.moving = Moving::Offering;
        }
        set("mover_valid", &[u64::from(self.moving == Moving::Offering)]);
        if let Some(page) = &self.moved {
            set("mover_tag", &[u64::from(page.tag)]);
            set("mover_logical_page", &[u64::from(page.number)]);
        }
        let share = self.traffic.host_data;
        let mut stream = |name: &str, word: Option<&([u64; 2], bool)>, goes_on: bool| {
            let offered = word.filter(|_| goes_on);
            set(&format!("{name}_valid"), &[u64::from(offered.is_some())]);
            let noise = ([0xDEAD_BEEF, 0xABCD], true);
            let (word, last) = offered.unwrap_or(&noise);
            set(&format!("{name}_data"), word);
            set(&format!("{name}_last"), &[u64::from(*last)]);
        };
        stream("host_data", self.host_words.front(), random.random_bool(share));
        let gives = self.moving == Moving::Giving;
        stream("mover_data", self.moved_words.front().filter(|_| gives), random.random_bool(share));

        set("check_done", &[0]);
        set("check_current", &[random.random_range(0..2)]);
        if let Some((due, _)) = &mut self.checking {
            if *due == 0 {
                *due = self.cycle + random.random_range(0..30);
            }
            if *due == self.cycle {
                let current = random.random_bool(self.traffic.current);
                self.checking = None;
                self.checked = Some(current);
                set("check_done", &[1]);
                set("check_current", &[u64::from(current)]);
            }
        }
        set("acknowledgement_ready", &[u64::from(random.random_bool(self.traffic.acknowledgement_ready))]);
        set("updates_ready", &[u64::from(random.random_bool(self.traffic.update_ready))]);

        let flushes = (running && random.random_bool(self.traffic.flush))
            || (self.cycle > self.traffic.end + 300 && self.is_idle() && !self.finally_flushed);
        if flushes {
            self.finally_flushed = !running;
            let mut accounts = self.accounts.borrow_mut();
            accounts.totals.flushes += 1;
            self.flushes.push_back((self.cycle, accounts.pages.len()));
        }
        set("flush", &[u64::from(flushes)]);
    }

    fn look_up(&mut self, set: &mut dyn FnMut(&str, &[u64]), random: &mut StdRng) {
        let looks_up = random.random_bool(self.traffic.lookup);
        let number = if random.random_bool(0.05) { random.random() } else { random.random_range(0..48) };
        let outstanding = self.held.len() + self.reading.len() + self.lookups.len();
        let holds = outstanding < MOST_READS && random.random_bool(0.1);
        set("lookup", &[u64::from(looks_up)]);
        set("lookup_page", &[u64::from(number)]);
        set("lookup_holds", &[u64::from(holds)]);
        if looks_up {
            let newest = self.accounts.borrow().newest(number);
            self.lookups.push_back((self.cycle, number, holds, newest));
        }
        set("read", &[0]);
        if let Some(read) = self.held.front_mut() {
            if read.due == 0 {
                let delay = if random.random_bool(0.02) { 2000 } else { 20 };
                read.due = self.cycle + random.random_range(0..delay);
            }
            if read.due <= self.cycle {
                set("read", &[1]);
                set("read_buffer", &[read.buffer]);
                set("read_slot", &[read.slot]);
                self.read_offered = true;
            }
        }
        set("read_data_ready", &[u64::from(random.random_bool(self.traffic.read_ready))]);
    }

    fn lead(&mut self, set: &mut dyn FnMut(&str, &[u64]), random: &mut StdRng) {
        if self.descriptor.is_none() && random.random_bool(self.traffic.descriptor) {
            self.descriptor = self.second.take();
            if self.descriptor.is_none() {
                let stripe = self.new_stripe(random);
                self.descriptor = Some(stripe);
            }
        }
        set("descriptor_valid", &[u64::from(self.descriptor.is_some())]);
        if let Some(stripe) = &self.descriptor {
            for (field, value) in [
                ("group", u64::from(stripe.identity.group)),
                ("stripe", u64::from(stripe.number)),
                ("sequence_number", u64::from(stripe.identity.sequence)),
                ("members", u64::from(stripe.identity.members)),
                ("parity_lane", u64::from(stripe.identity.parity_lane)),
                ("die", stripe.die),
                ("plane", stripe.plane),
                ("block", stripe.block),
                ("page", stripe.page),
                ("pair_first", u64::from(stripe.pair_first)),
                ("pair_second", u64::from(stripe.pair_second)),
            ] {
                set(&format!("descriptor_{field}"), &[value]);
            }
        }
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            if random.random_bool(self.traffic.lane_stall) {
                lane.stalled_until = self.cycle + random.random_range(0..800);
            }
            let stalled = self.cycle < lane.stalled_until;
            let ready = !stalled && random.random_bool(self.traffic.lane_ready);
            set(&format!("bytes_{index}_ready"), &[u64::from(ready)]);
            let ready = !stalled && random.random_bool(self.traffic.lane_ready);
            set(&format!("commands_{index}_ready"), &[u64::from(ready)]);
            let mut full = lane.full[0];
            if random.random_bool(0.05) {
                full = (0..16).map(|die| u64::from(random.random_bool(self.traffic.full)) << die).sum();
            }
            lane.full = [full, lane.full[0], lane.full[1]];
            set(&format!("full_{index}"), &[full]);
        }
    }
}

fn words(data: &[u8]) -> impl Iterator<Item = ([u64; 2], bool)> + '_ {
    let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    let count = data.len() / 16;
    data.chunks(16).enumerate().map(move |(index, bytes)| ([word(&bytes[..8]), word(&bytes[8..])], index + 1 == count))
}

impl Driver for Surroundings {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        let (inputs, outputs) = (Trace::new(interface.inputs.clone()), Trace::new(interface.outputs.clone()));
        let ports = interface.inputs.iter().enumerate();
        self.inputs = Rc::new(ports.map(|(index, port)| (port.name.clone(), (index, inputs.span(index)))).collect());
        let ports = interface.outputs.iter().enumerate();
        self.outputs = Rc::new(ports.map(|(index, port)| (port.name.clone(), outputs.span(index))).collect());
        self.inputs.get("host_valid").context("no port `host_valid`")?;
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        self.inputs.values().map(|(index, _)| *index).collect()
    }

    fn drive(&mut self, _layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, random: &mut StdRng) {
        if let Some(outputs) = outputs {
            let (names, spans) = (Rc::clone(&self.inputs), Rc::clone(&self.outputs));
            let input = |name: &str| inputs[names[name].1.start];
            let output = |name: &str| {
                outputs[spans.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", spans.keys())).start]
            };
            let data = spans["read_data_data"].start;
            self.observe_lanes(&input, &output);
            self.observe(&input, &output, [outputs[data], outputs[data + 1]]);
        }
        let names = Rc::clone(&self.inputs);
        let mut set = |name: &str, value: &[u64]| {
            let (_, span) = names.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", names.keys()));
            inputs[span.clone()].copy_from_slice(value);
        };
        self.send(&mut set, random);
        self.look_up(&mut set, random);
        self.lead(&mut set, random);
        self.cycle += 1;
    }

    fn events(&self) -> Vec<(String, u64)> {
        vec![("pages".into(), self.accounts.borrow().pages.len() as u64)]
    }
}
