//! The host: gives commands, checks every page that it reads, and measures.

use super::machine::{Command, Completion, Machine};
use crate::workload::page_content::{fill, version_of};
use crate::workload::statistics::Statistics;
use crate::workload::{ExpectedVersions, HostCommand, Operation, PAGE_BYTES, ReadTicket, WriteTicket};

/// Tags of the host.
const TAGS: u8 = 128;

/// What a command in flight may find or change.
enum Ticket {
    Read(ReadTicket),
    Write(WriteTicket),
    Flush,
}

struct Flight {
    operation: Operation,
    page: u32,
    issued: u64,
    ticket: Ticket,
}

/// A page that was not what it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongPage {
    /// The page.
    pub page: u32,
    /// What was read, and what would have been right.
    pub text: String,
    /// When.
    pub cycle: u64,
}

/// The host.
pub struct Host {
    seed: u64,
    clock_picoseconds: u64,
    expected: ExpectedVersions,
    tags: Vec<u8>,
    flights: Vec<Option<Flight>>,
    statistics: Statistics,
    /// When the reads of each tag were given and had ended, in cycles.
    reads: Vec<Vec<(u64, u64)>>,
    /// Reads that ended with the news that the page is lost.
    pub lost: u64,
    /// Writes acknowledged.
    pub written: u64,
    /// Pages that were wrong.
    pub wrong: Vec<WrongPage>,
}

impl Host {
    /// A host whose pages' contents follow from `seed`.
    pub fn new(seed: u64, clock_picoseconds: u64) -> Self {
        Self {
            seed,
            clock_picoseconds,
            expected: ExpectedVersions::new(),
            tags: (0..TAGS).rev().collect(),
            flights: (0..TAGS).map(|_| None).collect(),
            statistics: Statistics::new(),
            reads: vec![Vec::new(); usize::from(TAGS)],
            lost: 0,
            written: 0,
            wrong: Vec::new(),
        }
    }

    /// Commands in flight.
    pub fn in_flight(&self) -> usize {
        usize::from(TAGS) - self.tags.len()
    }

    /// The figures since the last call.
    pub fn take_statistics(&mut self) -> Statistics {
        std::mem::take(&mut self.statistics)
    }

    /// Cycles that the read took whose tag firmware heard of in `cycle`; `None` if that was no read of the host.
    pub fn read_cycles(&self, tag: u8, cycle: u64) -> Option<u64> {
        let reads = self.reads.get(usize::from(tag))?;
        let (issued, ended) = reads.iter().rev().find(|(issued, _)| *issued < cycle)?;
        Some(ended - issued)
    }

    /// Gives a command; there must be a free tag.
    pub fn issue(&mut self, machine: &mut Machine, command: HostCommand) {
        let Some(tag) = self.tags.pop() else { return };
        let HostCommand { operation, page, .. } = command;
        let mut data = Vec::new();
        let ticket = match operation {
            Operation::Read => Ticket::Read(self.expected.issue_read(page)),
            Operation::Write => {
                let ticket = self.expected.issue_write(page);
                let mut bytes = [0; PAGE_BYTES];
                fill(self.seed, page, ticket.version, &mut bytes);
                data = bytes.to_vec();
                Ticket::Write(ticket)
            }
            Operation::Trim => Ticket::Write(self.expected.issue_trim(page)),
            Operation::Flush => Ticket::Flush,
        };
        self.flights[usize::from(tag)] = Some(Flight { operation, page, issued: machine.cycle(), ticket });
        machine.offer(Command { operation, tag, page, data });
    }

    /// Power has failed: commands in flight never end. What they would have changed may have changed or not.
    pub fn forget_flights(&mut self) {
        for flight in &mut self.flights {
            *flight = None;
        }
        self.tags = (0..TAGS).rev().collect();
    }

    /// Pages that were written or trimmed so far.
    pub fn touched_pages(&self) -> Vec<u32> {
        self.expected.pages()
    }

    /// A command has ended.
    pub fn complete(&mut self, completion: Completion) {
        let Completion { tag, status, data, cycle } = completion;
        let Some(flight) = self.flights.get_mut(usize::from(tag)).and_then(Option::take) else {
            self.wrong.push(WrongPage { page: 0, text: format!("tag {tag} ended twice"), cycle });
            return;
        };
        self.tags.push(tag);
        let Flight { operation, page, issued, ticket } = flight;
        let nanoseconds = |cycles: u64| cycles * self.clock_picoseconds / 1000;
        self.statistics.complete(operation, nanoseconds(issued), nanoseconds(cycle));
        let mut wrong = |text: String| self.wrong.push(WrongPage { page, text, cycle });
        match ticket {
            Ticket::Read(ticket) => {
                self.reads[usize::from(tag)].push((issued, cycle));
                if status == 1 {
                    self.lost += 1;
                } else if status != 0 {
                    wrong(format!("a read ended with status {status}"));
                } else {
                    let version = <&[u8; PAGE_BYTES]>::try_from(&data[..])
                        .ok()
                        .and_then(|bytes| version_of(self.seed, page, bytes));
                    if let Err(error) = self.expected.complete_read(ticket, version) {
                        wrong(error.to_string());
                    }
                }
            }
            Ticket::Write(ticket) => {
                self.expected.complete_write(ticket);
                self.written += u64::from(operation == Operation::Write);
                if status != 0 {
                    wrong(format!("a write ended with status {status}"));
                }
            }
            Ticket::Flush => {}
        }
    }
}
