//! The sender of a lane's commands and program data, and the receiver of its read data and completions.

use super::chips::parameter_byte;
use super::page_content::{Page, initial_byte};
use crate::cosimulation::{Driver, Interface, Layout};
use anyhow::{Context, Result};
use rand::Rng;
use rand::rngs::StdRng;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

/// A lane operation by its number on the command port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Operation {
    Read,
    Program,
    Erase,
    ReadParameters,
    ReadId,
    SetFeature,
    GetFeature,
    Reset,
}

/// A command.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the fields of the command port")]
pub struct Job {
    pub operation: Operation,
    pub chip: usize,
    pub die: usize,
    pub planes: u64,
    pub block: u64,
    pub page: u64,
    pub column: usize,
    pub length: usize,
}

/// What the host has seen, shared with the test.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Commands done.
    pub done: u64,
    /// Of these, failed.
    pub failed: u64,
    /// Reads done.
    pub reads: u64,
    /// Cycle of each completed read.
    pub read_cycles: Vec<u64>,
    /// Cycle in which each command was first offered, by order.
    pub offered: Vec<u64>,
}

#[derive(Debug)]
struct Outstanding {
    job: Job,
    /// Bytes expected; none for other operations than reads.
    bytes: Vec<u8>,
    received: usize,
    fails: bool,
}

type NextJob = Box<dyn FnMut(u64, &mut StdRng) -> Option<Job>>;

/// A host that offers jobs as a function gives them, to dies whose queues are not full, and checks what comes back: every byte
/// of a read, one completion a command, failure where the chips fail.
pub struct Host {
    next: NextJob,
    seen: Rc<RefCell<Seen>>,
    page_bits: u32,
    die_shift: u32,
    pause: f64,
    /// Pages that nobody wrote are erased, and nothing fails.
    erased: bool,
    jobs: VecDeque<Job>,
    given: u64,
    offered: Option<(Job, usize)>,
    outstanding: HashMap<usize, Outstanding>,
    free_tags: VecDeque<usize>,
    pages: HashMap<Page, Vec<u8>>,
    features: [u8; 2],
    fast: u64,
    program: VecDeque<(u8, bool)>,
    program_offered: bool,
    cycle: u64,
    inputs: HashMap<&'static str, usize>,
    outputs: HashMap<&'static str, usize>,
}

const INPUTS: [&str; 15] = [
    "commands_valid",
    "commands_operation",
    "commands_chip",
    "commands_die",
    "commands_planes",
    "commands_block",
    "commands_page",
    "commands_column",
    "commands_length",
    "commands_tag",
    "fast",
    "program_valid",
    "program_data",
    "program_last",
    "read_room",
];
const OUTPUTS: [&str; 10] = [
    "commands_ready",
    "full",
    "program_ready",
    "read_valid",
    "read_data",
    "read_tag",
    "read_last",
    "done_valid",
    "done_tag",
    "done_failed",
];

impl Host {
    /// A host of jobs: `next` gives the job with a number, none if there is none at present. `pause` is how often a program byte
    /// is held back and `read_room` is low.
    pub fn new(
        page_bits: u32,
        die_shift: u32,
        pause: f64,
        next: impl FnMut(u64, &mut StdRng) -> Option<Job> + 'static,
    ) -> (Self, Rc<RefCell<Seen>>) {
        let seen = Rc::default();
        let host = Self {
            next: Box::new(next),
            seen: Rc::clone(&seen),
            page_bits,
            die_shift,
            pause,
            erased: false,
            jobs: VecDeque::new(),
            given: 0,
            offered: None,
            outstanding: HashMap::new(),
            free_tags: (0..256).collect(),
            pages: HashMap::new(),
            features: [0; 2],
            fast: 0,
            program: VecDeque::new(),
            program_offered: false,
            cycle: 0,
            inputs: HashMap::new(),
            outputs: HashMap::new(),
        };
        (host, seen)
    }

    /// Expects new chips: pages that nobody wrote are erased, and nothing fails.
    #[must_use]
    pub fn over_new_chips(mut self) -> Self {
        self.erased = true;
        self
    }

    fn row(&self, job: &Job, plane: u64) -> u32 {
        (job.page | plane << self.page_bits | job.block << (self.page_bits + 1) | (job.die as u64) << self.die_shift)
            as u32
    }

    /// What the command will do, as commands to a die are executed in order.
    fn accepted(&mut self, job: Job, random: &mut StdRng) -> Outstanding {
        let planes = (0..2).filter(|plane| job.planes >> plane & 1 == 1);
        let rows: Vec<u32> = planes.map(|plane| self.row(&job, plane)).collect();
        let fails =
            !self.erased && matches!(job.operation, Operation::Program | Operation::Erase) && job.block & 7 == 3;
        let mut bytes = Vec::new();
        match job.operation {
            Operation::Read => {
                let page = (job.chip, rows[0]);
                bytes = (job.column..job.column + job.length)
                    .map(|column| match self.pages.get(&page) {
                        Some(content) => content.get(column).copied().unwrap_or(0xFF),
                        None if self.erased => 0xFF,
                        None => initial_byte(page, column),
                    })
                    .collect();
            }
            Operation::Program => {
                for row in rows {
                    let data: Vec<u8> = (0..job.length).map(|_| random.random()).collect();
                    let last = data.len() - 1;
                    self.program.extend(data.iter().enumerate().map(|(index, byte)| (*byte, index == last)));
                    let content = self.pages.entry((job.chip, row)).or_default();
                    content.resize(content.len().max(job.column + job.length), 0xFF);
                    content[job.column..job.column + job.length].copy_from_slice(&data);
                }
            }
            Operation::Erase => {
                for row in rows {
                    for page in 0..1 << self.page_bits {
                        self.pages.insert((job.chip, row & !((1 << self.page_bits) - 1) | page), Vec::new());
                    }
                }
            }
            Operation::ReadParameters => bytes = (0..job.length).map(parameter_byte).collect(),
            Operation::ReadId => {
                let id = if job.page == 0x20 { *b"ONFI" } else { [0x2C, 0x88, 0x04, 0x4B] };
                bytes = (0..job.length).map(|index| id[index % 4]).collect();
            }
            Operation::SetFeature => self.features[job.chip] = job.column as u8,
            Operation::GetFeature => bytes = vec![self.features[job.chip], 0, 0, 0],
            Operation::Reset => {}
        }
        Outstanding { job, bytes, received: 0, fails }
    }

    fn observe(&mut self, value: impl Fn(&str) -> u64, random: &mut StdRng) {
        if self.offered.is_some() && value("commands_ready") == 1 {
            let (job, tag) = self.offered.take().expect("offered");
            let outstanding = self.accepted(job, random);
            self.outstanding.insert(tag, outstanding);
        }
        if self.program_offered && value("program_ready") == 1 {
            self.program.pop_front();
            self.program_offered = false;
        }
        if value("read_valid") == 1 {
            let tag = value("read_tag") as usize;
            let cycle = self.cycle;
            let read = self.outstanding.get_mut(&tag).unwrap_or_else(|| panic!("cycle {cycle}: data of tag {tag}"));
            let (place, byte) = (read.received, value("read_data") as u8);
            assert!(place < read.bytes.len(), "cycle {cycle}: too much data of {:?}", read.job);
            assert_eq!(byte, read.bytes[place], "cycle {cycle}: byte {place} of {:?}", read.job);
            read.received += 1;
            assert_eq!(
                value("read_last") == 1,
                read.received == read.bytes.len(),
                "cycle {cycle}: end of {:?}",
                read.job
            );
        }
        if value("done_valid") == 1 {
            let tag = value("done_tag") as usize;
            let cycle = self.cycle;
            let command = self.outstanding.remove(&tag).unwrap_or_else(|| panic!("cycle {cycle}: tag {tag} is done"));
            let failed = value("done_failed") == 1;
            assert_eq!(command.received, command.bytes.len(), "cycle {cycle}: data of {:?}", command.job);
            assert_eq!(failed, command.fails, "cycle {cycle}: success of {:?}", command.job);
            if command.job.operation == Operation::SetFeature {
                self.fast |= 1 << command.job.chip;
            }
            self.free_tags.push_back(tag);
            let mut seen = self.seen.borrow_mut();
            seen.done += 1;
            seen.failed += u64::from(failed);
            if command.job.operation == Operation::Read {
                seen.reads += 1;
                seen.read_cycles.push(cycle);
            }
        }
    }
}

impl Driver for Host {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        let find = |ports: &[crate::cosimulation::Port], name: &str| {
            ports.iter().position(|port| port.name == name).with_context(|| format!("no port `{name}`"))
        };
        for name in INPUTS {
            self.inputs.insert(name, find(&interface.inputs, name)?);
        }
        for name in OUTPUTS {
            self.outputs.insert(name, find(&interface.outputs, name)?);
        }
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        self.inputs.values().copied().collect()
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, random: &mut StdRng) {
        let mut full = 0;
        if let Some(outputs) = outputs {
            let ports = self.outputs.clone();
            let value = |name: &str| outputs[layout.outputs.span(ports[name]).start];
            full = outputs[layout.outputs.span(ports["full"]).start];
            self.observe(value, random);
        }
        self.cycle += 1;

        if self.offered.is_none() && self.jobs.is_empty() && self.outstanding.len() < 64 {
            let job = (self.next)(self.given, random);
            self.given += u64::from(job.is_some());
            self.jobs.extend(job);
        }
        if self.offered.is_none()
            && let Some(job) = self.jobs.front()
            && full >> (job.chip * 8 + job.die) & 1 == 0
            && let Some(tag) = self.free_tags.pop_front()
        {
            self.offered = self.jobs.pop_front().map(|job| (job, tag));
            self.seen.borrow_mut().offered.push(self.cycle);
        }
        self.program_offered |= !self.program.is_empty() && !random.random_bool(self.pause);
        let (byte, last) = match self.program_offered {
            true => self.program[0],
            false => (random.random(), random.random()),
        };
        let mut set = |name: &str, value: u64| inputs[layout.inputs.span(self.inputs[name]).start] = value;
        set("commands_valid", u64::from(self.offered.is_some()));
        if let Some((job, tag)) = self.offered {
            for (name, value) in [
                ("commands_operation", job.operation as u64),
                ("commands_chip", job.chip as u64),
                ("commands_die", job.die as u64),
                ("commands_planes", job.planes),
                ("commands_block", job.block),
                ("commands_page", job.page),
                ("commands_column", job.column as u64),
                ("commands_length", job.length as u64),
                ("commands_tag", tag as u64),
            ] {
                set(name, value);
            }
        }
        set("fast", self.fast);
        set("program_valid", u64::from(self.program_offered));
        set("program_data", u64::from(byte));
        set("program_last", u64::from(last));
        set("read_room", u64::from(!random.random_bool(self.pause)));
    }

    fn events(&self) -> Vec<(String, u64)> {
        vec![("host".into(), self.seen.borrow().done)]
    }
}
