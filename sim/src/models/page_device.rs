//! What answers tagged page commands, at its pins: flash, or memory in its place.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Result, ensure};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::{BLOCK_BYTES, Pause};
use crate::workload::{Operation, PAGE_BYTES};

/// Words of 128 bits in a page.
const WORDS: usize = PAGE_BYTES / 16;
/// And in a block.
const BLOCK_WORDS: usize = BLOCK_BYTES / 16;

/// A command for a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceCommand {
    /// What is asked for.
    pub operation: Operation,
    /// Its tag.
    pub tag: u8,
    /// The page.
    pub page: u32,
    /// First and last block that a read wants; a device may give others as well.
    pub blocks: (u8, u8),
}

impl DeviceCommand {
    /// First and last block of a page.
    pub const ALL_BLOCKS: (u8, u8) = (0, 7);
}

/// What a device is given in a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceRequest {
    /// A command.
    pub command: Option<DeviceCommand>,
    /// A word of the pages that are written, and whether it is the last of its page.
    pub word: Option<([u64; 2], bool)>,
    /// The word that the device offers is taken.
    pub takes_word: bool,
    /// The completion that the device offers is taken.
    pub takes_completion: bool,
}

/// A word of a page that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceWord {
    /// Tag of the command.
    pub tag: u8,
    /// The word, its lowest byte first.
    pub word: [u64; 2],
    /// It is the last of the page.
    pub last: bool,
    /// The block with which the words of the page begin.
    pub first_block: u8,
}

/// What a device gives in a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceReply {
    /// A command is taken.
    pub takes_command: bool,
    /// A word of a page that is written is taken.
    pub takes_word: bool,
    /// A word of a page that was read.
    pub word: Option<DeviceWord>,
    /// A command that ended: tag, and 0 well, 1 the data is lost, 2 there is no such page.
    pub completion: Option<(u8, u8)>,
}

/// A device, cycle by cycle of its clock.
pub trait PageDevice {
    /// What it gives in this cycle.
    ///
    /// # Errors
    /// What goes wrong within.
    fn reply(&mut self) -> Result<DeviceReply>;

    /// A rising edge: what it is given in the cycle that ends, after its reply.
    ///
    /// # Errors
    /// What goes wrong within, and what breaks the rules of its port.
    fn clock(&mut self, request: &DeviceRequest) -> Result<()>;
}

#[derive(Clone, Debug)]
struct Job {
    operation: Operation,
    tag: u8,
    page: u32,
    blocks: (u8, u8),
    data: Vec<[u64; 2]>,
    due: u64,
}

/// Pages in memory, read and written as a whole so many cycles after they were asked for, in any order if that time varies.
#[derive(Clone, Debug)]
pub struct PageMemory {
    pages: BTreeMap<u32, Vec<[u64; 2]>>,
    limit: u32,
    failing: BTreeSet<u32>,
    latency: (u64, u64),
    pause: Pause,
    random: SmallRng,
    cycle: u64,
    /// Writes whose words have not all come.
    writes: VecDeque<Job>,
    jobs: Vec<Job>,
    /// The page that is given out, and its next word.
    sending: Option<(Job, usize)>,
    completions: VecDeque<(u8, u8)>,
    reply: DeviceReply,
}

impl PageMemory {
    /// So many pages of zeros that take between so many cycles.
    pub fn new(limit: u32, latency: (u64, u64), pause: Pause, seed: u64) -> Self {
        Self {
            pages: BTreeMap::new(),
            limit,
            failing: BTreeSet::new(),
            latency,
            pause,
            random: SmallRng::seed_from_u64(seed),
            cycle: 0,
            writes: VecDeque::new(),
            jobs: vec![],
            sending: None,
            completions: VecDeque::new(),
            reply: DeviceReply::default(),
        }
    }

    /// Makes a page's data lost until it is written again.
    pub fn lose(&mut self, page: u32) {
        self.failing.insert(page);
    }

    /// Whether it has nothing to do.
    pub fn is_idle(&self) -> bool {
        self.writes.is_empty() && self.jobs.is_empty() && self.sending.is_none() && self.completions.is_empty()
    }

    fn end(&mut self, job: Job) {
        if job.page >= self.limit && job.operation != Operation::Flush {
            self.completions.push_back((job.tag, 2));
            return;
        }
        match job.operation {
            Operation::Read if self.failing.contains(&job.page) => self.completions.push_back((job.tag, 1)),
            Operation::Read => {
                let wanted = BLOCK_WORDS * usize::from(job.blocks.0)..BLOCK_WORDS * (usize::from(job.blocks.1) + 1);
                let data = self.pages.get(&job.page).map_or(vec![[0; 2]; wanted.len()], |page| page[wanted].to_vec());
                self.sending = Some((Job { data, ..job }, 0));
            }
            Operation::Write => {
                self.failing.remove(&job.page);
                self.pages.insert(job.page, job.data);
                self.completions.push_back((job.tag, 0));
            }
            Operation::Trim => {
                self.pages.remove(&job.page);
                self.completions.push_back((job.tag, 0));
            }
            Operation::Flush => self.completions.push_back((job.tag, 0)),
        }
    }
}

impl PageDevice for PageMemory {
    fn reply(&mut self) -> Result<DeviceReply> {
        Ok(self.reply)
    }

    fn clock(&mut self, request: &DeviceRequest) -> Result<()> {
        self.cycle += 1;
        let due = self.cycle + self.random.random_range(self.latency.0..=self.latency.1);
        if let Some(command) = request.command.filter(|_| self.reply.takes_command) {
            let DeviceCommand { operation, tag, page, blocks } = command;
            let used = self.jobs.iter().chain(&self.writes).chain(self.sending.iter().map(|(job, _)| job));
            ensure!(!used.into_iter().any(|job| job.tag == tag), "tag {tag} is given twice");
            let job = Job { operation, tag, page, blocks, data: vec![], due };
            match operation {
                Operation::Write => self.writes.push_back(job),
                _ => self.jobs.push(job),
            }
        }
        if let Some((word, last)) = request.word.filter(|_| self.reply.takes_word) {
            let Some(write) = self.writes.front_mut() else { anyhow::bail!("a word without a write") };
            write.data.push(word);
            ensure!(last == (write.data.len() == WORDS), "word {} of a page, last: {last}", write.data.len());
            if last && let Some(write) = self.writes.pop_front() {
                self.jobs.push(Job { due, ..write });
            }
        }
        if self.reply.completion.is_some() && request.takes_completion {
            self.completions.pop_front();
        }
        if self.reply.word.is_some()
            && request.takes_word
            && let Some((job, next)) = &mut self.sending
        {
            *next += 1;
            if *next == job.data.len() {
                self.completions.push_back((job.tag, 0));
                self.sending = None;
            }
        }
        let may_read = self.sending.is_none();
        let next =
            self.jobs.iter().position(|job| job.due <= self.cycle && (may_read || job.operation != Operation::Read));
        if let Some(place) = next {
            let job = self.jobs.remove(place);
            self.end(job);
        }
        // What was offered and not taken stays.
        let stays = self.reply.word.is_some() && !request.takes_word;
        self.reply = DeviceReply {
            takes_command: !self.pause.next_cycle(),
            takes_word: !self.pause.next_cycle() && !self.writes.is_empty(),
            word: self.sending.as_ref().filter(|_| stays || !self.pause.next_cycle()).map(|(job, next)| DeviceWord {
                tag: job.tag,
                word: job.data[*next],
                last: *next + 1 == job.data.len(),
                first_block: job.blocks.0,
            }),
            completion: self.completions.front().copied(),
        };
        Ok(())
    }
}

impl PageDevice for Box<dyn PageDevice> {
    fn reply(&mut self) -> Result<DeviceReply> {
        (**self).reply()
    }

    fn clock(&mut self, request: &DeviceRequest) -> Result<()> {
        (**self).clock(request)
    }
}
