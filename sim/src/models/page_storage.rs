//! Storage behind an interface card: pages of 4 KB, after a time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::Pause;

/// Bytes of a block.
pub const BLOCK_BYTES: usize = 512;
/// Blocks of a page.
const PAGE_BLOCKS: u64 = 8;
/// Words of a block.
const BLOCK_WORDS: u64 = 128;

/// What a card asks of storage in a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct StorageRequest {
    /// A page is asked for.
    pub valid: bool,
    /// It is written from its slot; else read into it.
    pub is_write: bool,
    /// The slot.
    pub slot: u64,
    /// The page.
    pub page: u64,
    /// First and last block of it that are meant.
    pub blocks: (u64, u64),
    /// The word that was asked for in the cycle before.
    pub fetched: u32,
}

/// What storage gives a card in a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct StorageReply {
    /// A request is taken.
    pub ready: bool,
    /// A word for a slot: where, and the word.
    pub fill: Option<(u64, u32)>,
    /// The word of a slot that is asked for.
    pub fetch_address: u64,
    /// A page that is done: whether it was written, its slot, whether it failed.
    pub done: Option<(bool, u64, bool)>,
}

#[derive(Clone, Copy, Debug)]
struct Job {
    is_write: bool,
    slot: u64,
    page: u64,
    blocks: (u64, u64),
    due: u64,
}

impl Job {
    /// Words of the slot that are meant.
    fn words(&self) -> std::ops::Range<u64> {
        self.blocks.0 * BLOCK_WORDS..(self.blocks.1 + 1) * BLOCK_WORDS
    }
}

/// Blocks in memory. A page is read or written as a whole so many cycles after it was asked for, pages in any order if
/// that time varies; words go one a cycle each way.
#[derive(Clone, Debug)]
pub struct PageStorage {
    blocks: BTreeMap<u64, [u8; BLOCK_BYTES]>,
    failing: BTreeSet<u64>,
    latency: (u64, u64),
    pause: Pause,
    random: SmallRng,
    cycle: u64,
    waiting: Vec<Job>,
    /// The page that is being read, its words as they were when that began, and the next of them.
    filling: Option<(Job, Vec<u32>, usize)>,
    fetching: VecDeque<(Job, u64)>,
    fetched: Vec<u32>,
    /// Words were asked for in this cycle and in the one before.
    asked: [bool; 2],
    done: VecDeque<(bool, u64, bool)>,
    reply: StorageReply,
    accesses: u64,
}

impl PageStorage {
    /// Empty storage (zeros) that takes between so many cycles.
    pub fn new(latency: (u64, u64), pause: Pause, seed: u64) -> Self {
        Self {
            blocks: BTreeMap::new(),
            failing: BTreeSet::new(),
            latency,
            pause,
            random: SmallRng::seed_from_u64(seed),
            cycle: 0,
            waiting: vec![],
            filling: None,
            fetching: VecDeque::new(),
            fetched: vec![],
            asked: [false; 2],
            done: VecDeque::new(),
            reply: StorageReply::default(),
            accesses: 0,
        }
    }

    /// A block's bytes.
    pub fn block(&self, block: u64) -> [u8; BLOCK_BYTES] {
        self.blocks.get(&block).copied().unwrap_or([0; BLOCK_BYTES])
    }

    /// Makes a page fail when it is read or written.
    pub fn fail(&mut self, page: u64) {
        self.failing.insert(page);
    }

    /// Pages that were asked for.
    pub fn accesses(&self) -> u64 {
        self.accesses
    }

    /// Pages under way.
    pub fn under_way(&self) -> usize {
        self.waiting.len() + self.fetching.len() + usize::from(self.filling.is_some()) + self.done.len()
    }

    /// What it gives in this cycle.
    pub fn reply(&self) -> StorageReply {
        self.reply
    }

    /// A rising edge: what the card asked for in the cycle that ends, given what was its [`reply`](Self::reply).
    pub fn clock(&mut self, request: &StorageRequest) {
        self.cycle += 1;
        if request.valid && self.reply.ready {
            self.accesses += 1;
            let mut job = Job {
                is_write: request.is_write,
                slot: request.slot,
                page: request.page,
                blocks: request.blocks,
                due: 0,
            };
            if job.is_write {
                let first = job.words().start;
                self.fetching.push_back((job, first));
            } else {
                job.due = self.cycle + self.random.random_range(self.latency.0..=self.latency.1);
                self.waiting.push(job);
            }
        }
        let mut reply = StorageReply { ready: !self.pause.next_cycle(), ..StorageReply::default() };
        self.fetch(request.fetched, &mut reply);
        self.fill(&mut reply);
        reply.done = self.done.pop_front();
        self.reply = reply;
    }

    /// Words of a page that is written: the word asked for in a cycle comes in the next.
    fn fetch(&mut self, word: u32, reply: &mut StorageReply) {
        if self.asked[1] {
            self.fetched.push(word);
        }
        self.asked = [false, self.asked[0]];
        if let Some((job, next)) = self.fetching.front_mut() {
            let words = job.words();
            if *next < words.end {
                reply.fetch_address = job.slot << 10 | *next;
                *next += 1;
                self.asked[0] = true;
            } else if self.fetched.len() as u64 == words.end - words.start {
                let (mut job, _) = self.fetching.pop_front().expect("the one that was looked at");
                let bytes: Vec<u8> = self.fetched.drain(..).flat_map(u32::to_le_bytes).collect();
                if !self.failing.contains(&job.page) {
                    for (block, bytes) in (job.page * PAGE_BLOCKS + job.blocks.0..).zip(bytes.chunks(BLOCK_BYTES)) {
                        self.blocks.insert(block, bytes.try_into().expect("whole blocks"));
                    }
                }
                job.due = self.cycle + self.random.random_range(self.latency.0..=self.latency.1);
                self.waiting.push(job);
            }
        }
    }

    /// Words of a page that is read.
    fn fill(&mut self, reply: &mut StorageReply) {
        if self.filling.is_none() {
            let due = (0..self.waiting.len()).find(|&place| self.waiting[place].due <= self.cycle);
            if let Some(place) = due {
                let job = self.waiting.remove(place);
                let failed = self.failing.contains(&job.page);
                if job.is_write || failed {
                    self.done.push_back((job.is_write, job.slot, failed));
                } else {
                    self.filling = Some((job, self.words_of(&job), 0));
                }
            }
        }
        if let Some((job, words, next)) = &mut self.filling {
            reply.fill = Some((job.slot << 10 | (job.words().start + *next as u64), words[*next]));
            *next += 1;
            if *next == words.len() {
                self.done.push_back((false, job.slot, false));
                self.filling = None;
            }
        }
    }

    fn words_of(&self, job: &Job) -> Vec<u32> {
        let blocks = job.blocks.0..=job.blocks.1;
        let bytes = blocks.flat_map(|block| self.block(job.page * PAGE_BLOCKS + block)).collect::<Vec<_>>();
        bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
    }
}
