//! Four requesters around the page directory and its memory.

use anyhow::{Context, Result, ensure};
use hardpath_rtl::flash_controller::tables::{PageDirectory, PageLocation, PageOperationKind};
use hardpath_sim::engine::{RawPort, Simulator};
use hardpath_sim::models::TableMemory;
use hardpath_testbenches::golden::{PageAction, PageMap, PagePlace};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rust_hdl::prelude::Block;
use std::collections::{HashSet, VecDeque};
use std::ops::RangeInclusive;

const PAGE_BITS: usize = 6;
const LOCATION_BITS: usize = 17;
/// Counters of rows of four stripes.
const ROW_BITS: usize = 2;
const INDEX_BITS: usize = LOCATION_BITS - PageLocation::STRIPE_SHIFT - ROW_BITS;
const REQUESTERS: usize = 4;
/// Cycles without any progress after which a run counts as stuck.
const PATIENCE: usize = 2000;

/// What requesters ask and how the memory behaves.
#[derive(Clone, Debug)]
pub struct Case {
    /// Logical pages in use, 1..=64: the fewer, the more operations meet.
    pub pages: u64,
    /// How often a requester without an operation gets one.
    pub eagerness: f64,
    /// Cycles the memory takes to answer.
    pub latency: RangeInclusive<u64>,
    /// How often the memory accepts.
    pub memory_ready: f64,
    /// Operations of each requester.
    pub operations: usize,
    /// How often the firmware reads a count meanwhile.
    pub count_share: f64,
    /// Seed of everything else.
    pub seed: u64,
}

/// A fault of the world around the circuit, or of what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlantedBug {
    /// The memory loses one write.
    WriteLost,
    /// The memory exchanges two answers.
    AnswersSwapped,
    /// A Move reaches the circuit as a Write.
    MoveWrites,
    /// Two requesters get one another's answers.
    RequestersSwapped,
}

pub fn cases() -> impl Strategy<Value = Case> {
    let latency = (1_u64..=40, 0_u64..=20);
    let memory_ready = prop_oneof![Just(1.0), 0.1_f64..1.0];
    let count_share = prop_oneof![Just(0.0), 0.0_f64..0.2];
    (1_u64..=24, 0.05_f64..=1.0, latency, memory_ready, 20_usize..120, count_share, any::<u64>()).prop_map(
        |(pages, eagerness, (shortest, spread), memory_ready, operations, count_share, seed)| Case {
            pages,
            eagerness,
            latency: shortest..=shortest + spread,
            memory_ready,
            operations,
            count_share,
            seed,
        },
    )
}

fn word(place: Option<PagePlace>) -> u64 {
    place.map_or(PageLocation::UNMAPPED, |place| {
        let PagePlace { group, stripe, lane, half } = place;
        PageLocation { group, stripe, lane, half }.to_word(LOCATION_BITS)
    })
}

struct Requester {
    valid: RawPort,
    ready: RawPort,
    fields: [RawPort; 5],
    answer: [RawPort; 4],
    offered: Option<(u64, u64, PageAction)>,
    left: usize,
    next_tag: u64,
    /// What its answers must be: tag, entry found, applied.
    due: VecDeque<(u64, u64, bool)>,
}

/// Places that were never used before, in an order that jumps between stripes.
struct FreshPlaces {
    next: u32,
}

impl FreshPlaces {
    fn take(&mut self) -> PagePlace {
        let number = self.next;
        self.next += 1;
        let (lane, half) = ((number / 16 % 10) as u8, (number / 160 % 2) as u8);
        PagePlace { group: (number & 1) as u8, stripe: (number >> 1 & 7) + number / 320 * 8, lane, half }
    }
}

/// Runs the case to its end and returns the cycles until the last operation was accepted.
pub fn run(case: &Case, bug: Option<PlantedBug>) -> Result<usize> {
    let mut circuit = PageDirectory::<PAGE_BITS, LOCATION_BITS, INDEX_BITS, 8>::new(10, ROW_BITS)?;
    circuit.connect_inputs();
    circuit.connect_all();
    let mut sim = Simulator::build(&circuit)?;
    let mut random = StdRng::seed_from_u64(case.seed);
    let mut memory = TableMemory::new(case.latency.clone(), case.memory_ready, random.random());
    let mut golden = PageMap::default();
    let mut fresh = FreshPlaces { next: 0 };

    let mut port = |name: String| sim.port_named(&name);
    let mut requesters = vec![];
    for number in 0..REQUESTERS {
        let request = |field: &str| format!("requests_{number}_{field}");
        let answered = match (bug, number) {
            (Some(PlantedBug::RequestersSwapped), 0 | 1) => 1 - number,
            _ => number,
        };
        let answer = |field: &str| format!("answers_{answered}_{field}");
        requesters.push(Requester {
            valid: port(request("valid"))?,
            ready: port(request("ready"))?,
            fields: [
                port(request("kind"))?,
                port(request("tag"))?,
                port(request("page"))?,
                port(request("expected"))?,
                port(request("location"))?,
            ],
            answer: [port(answer("valid"))?, port(answer("tag"))?, port(answer("found"))?, port(answer("applied"))?],
            offered: None,
            left: case.operations,
            next_tag: random.random_range(0..256),
            due: VecDeque::new(),
        });
    }
    let counts = ["valid", "index", "clear", "ready", "answer_valid", "answer_count"]
        .map(|field| port(format!("counts_{field}")).expect("a port"));
    let reads = ["read_valid", "read_address", "read_ready", "response_valid", "response_data"]
        .map(|field| port(format!("memory_{field}")).expect("a port"));
    let writes = ["write_valid", "write_address", "write_data", "write_ready"]
        .map(|field| port(format!("memory_{field}")).expect("a port"));

    let mut counting = None;
    let mut clearing = 0;
    let rows = 1_u64 << INDEX_BITS;
    let mut last_accepted = 0;
    let mut last_progress = 0;
    let mut quiet = 0;
    let mut held_answer: Option<u64> = None;
    let mut lost = false;
    let mut swapped = false;
    let mut count_answers = vec![];
    let mut counts_due = VecDeque::new();
    for cycle in 0.. {
        ensure!(cycle - last_progress < PATIENCE, "cycle {cycle}: nothing moves any more");
        let signals = memory.drive();
        let mut response = signals.response;
        if bug == Some(PlantedBug::AnswersSwapped) && !swapped {
            // The first answer that differs from the one before takes its place; it comes a moment late.
            match (held_answer, response) {
                (None, Some(first)) => {
                    held_answer = Some(first);
                    response = None;
                }
                (Some(first), Some(second)) => {
                    swapped = first != second;
                    response = Some(if swapped { second } else { first });
                    held_answer = Some(if swapped { first } else { second });
                }
                _ => {}
            }
        } else if let (Some(held), None) = (held_answer, response) {
            response = Some(held);
            held_answer = None;
        } else if let (Some(held), Some(next)) = (held_answer, response) {
            response = Some(held);
            held_answer = Some(next);
        }
        sim.set_u64(reads[2], u64::from(signals.read_ready))?;
        sim.set_u64(reads[3], u64::from(response.is_some()))?;
        sim.set_u64(reads[4], response.unwrap_or_else(|| random.random()) & ((1 << LOCATION_BITS) - 1))?;
        sim.set_u64(writes[3], u64::from(signals.write_ready))?;

        for requester in &mut requesters {
            if requester.offered.is_none() && requester.left > 0 && random.random_bool(case.eagerness) {
                let page = random.random_range(0..case.pages);
                let action = match random.random_range(0..10) {
                    0 | 1 => PageAction::Lookup,
                    2 => PageAction::Write(None),
                    3..=5 => PageAction::Write(Some(fresh.take())),
                    // What the page's place is now, at the offer, may be something else at the acceptance.
                    6..=8 => PageAction::Move { from: golden.place(page), to: Some(fresh.take()) },
                    _ => PageAction::Move { from: None, to: Some(fresh.take()) },
                };
                requester.offered = Some((requester.next_tag, page, action));
                requester.next_tag = (requester.next_tag + 1) % 256;
                requester.left -= 1;
            }
            sim.set_u64(requester.valid, u64::from(requester.offered.is_some()))?;
            if let Some((tag, page, action)) = requester.offered {
                let (kind, expected, location) = match action {
                    PageAction::Lookup => (PageOperationKind::Lookup, random.random(), random.random()),
                    PageAction::Write(place) => (PageOperationKind::Write, 7, word(place)),
                    PageAction::Move { to, .. } if bug == Some(PlantedBug::MoveWrites) => {
                        (PageOperationKind::Write, 7, word(to))
                    }
                    PageAction::Move { from, to } => (PageOperationKind::Move, word(from), word(to)),
                };
                let mask = (1 << LOCATION_BITS) - 1;
                let values = [kind as u64, tag, page, expected & mask, location & mask];
                for (field, value) in requester.fields.iter().zip(values) {
                    sim.set_u64(*field, value)?;
                }
            }
        }

        // Counts are read now and then; at the end all of them, and cleared.
        let ended = quiet > 2 * *case.latency.end() as usize + 100;
        if counting.is_none() && ended && clearing < 2 * rows {
            counting = Some((clearing % rows, true));
            clearing += 1;
        } else if counting.is_none() && !ended && random.random_bool(case.count_share) {
            counting = Some((random.random_range(0..rows), false));
        }
        sim.set_u64(counts[0], u64::from(counting.is_some()))?;
        if let Some((index, clear)) = counting {
            sim.set_u64(counts[1], index)?;
            sim.set_u64(counts[2], u64::from(clear))?;
        }

        sim.settle();
        quiet += 1;
        for (number, requester) in requesters.iter_mut().enumerate() {
            if let Some((tag, page, action)) = requester.offered
                && sim.get_u64(requester.ready)? == 1
            {
                let outcome = golden.apply(page, action);
                requester.due.push_back((tag, word(outcome.found), outcome.applied));
                requester.offered = None;
                last_accepted = cycle;
                last_progress = cycle;
                quiet = 0;
            }
            if sim.get_u64(requester.answer[0])? == 1 {
                let due = requester.due.pop_front();
                let due = due.with_context(|| format!("cycle {cycle}, requester {number}: an answer too many"))?;
                let [_, tag, found, applied] = requester.answer;
                let answer = (sim.get_u64(tag)?, sim.get_u64(found)?, sim.get_u64(applied)? == 1);
                ensure!(answer == due, "cycle {cycle}, requester {number}: {answer:?}, golden {due:?}");
                last_progress = cycle;
                quiet = 0;
            }
        }
        if let Some((_, clear)) = counting
            && sim.get_u64(counts[3])? == 1
        {
            counts_due.push_back(clear);
            last_progress = cycle;
            counting = None;
        }
        if sim.get_u64(counts[4])? == 1 {
            let clear = counts_due.pop_front().with_context(|| format!("cycle {cycle}: a count too many"))?;
            if clear {
                count_answers.push(sim.get_u64(counts[5])?);
            }
            last_progress = cycle;
        }
        let read = (sim.get_u64(reads[0])? == 1).then_some(sim.get_u64(reads[1])?);
        let mut write = (sim.get_u64(writes[0])? == 1).then_some((sim.get_u64(writes[1])?, sim.get_u64(writes[2])?));
        if let Some((address, entry)) = write.filter(|_| signals.write_ready) {
            last_progress = cycle;
            quiet = 0;
            if bug == Some(PlantedBug::WriteLost) && !lost && memory.word(address) != entry && cycle > 60 {
                lost = true;
                write = None;
            }
        }
        memory.clock(read, write);
        sim.tick();
        if count_answers.len() as u64 == 2 * rows {
            break;
        }
    }

    ensure!(requesters.iter().all(|requester| requester.left == 0 && requester.due.is_empty()), "answers are missing");
    let mut places = HashSet::new();
    for page in 0..case.pages {
        let entry = memory.word(page);
        ensure!(entry == word(golden.place(page)), "page {page}: {entry:x} in the memory");
        ensure!(entry == PageLocation::UNMAPPED || places.insert(entry), "page {page} lies where another one lies");
    }
    let mut expected = vec![0; 2 * rows as usize];
    for ((group, stripe), count) in golden.valid_counts() {
        let stripes = LOCATION_BITS - 7;
        expected[(usize::from(group) << stripes | stripe as usize) >> ROW_BITS] += count;
    }
    for (row, (count, golden)) in count_answers.iter().zip(&expected).enumerate() {
        ensure!(
            count == golden,
            "row {row}: {count} pages are counted, {golden} lie there (cleared: {})",
            row as u64 >= rows
        );
    }
    Ok(last_accepted + 1)
}
