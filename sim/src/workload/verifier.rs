//! What a host expects of its commands, and what it finds.

use super::expected_versions::{ExpectedVersions, ReadTicket, WriteTicket};
use super::host_command::{HostCommand, Operation, PAGE_BYTES};
use super::page_content::{fill, version_of};
use super::statistics::Statistics;

/// What a command in flight may find or change.
#[derive(Clone, Debug)]
enum Ticket {
    Read(ReadTicket),
    Write(WriteTicket),
    Flush,
}

/// A command in flight.
#[derive(Clone, Debug)]
pub struct Flight {
    operation: Operation,
    page: u32,
    issued: u64,
    ticket: Ticket,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Well; with what was read.
    Well(Vec<u8>),
    /// A read found that its page is lost.
    Lost,
    /// Otherwise, in words.
    Wrong(String),
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

/// Knows what pages hold, checks every read, and measures.
#[derive(Clone, Debug)]
pub struct Verifier {
    seed: u64,
    clock_picoseconds: u64,
    expected: ExpectedVersions,
    statistics: Statistics,
    /// Reads that ended with the news that the page is lost.
    pub lost: u64,
    /// Writes acknowledged.
    pub written: u64,
    /// Pages that were wrong.
    pub wrong: Vec<WrongPage>,
}

impl Verifier {
    /// Pages' contents follow from `seed`; times are cycles of this clock.
    pub fn new(seed: u64, clock_picoseconds: u64) -> Self {
        Self {
            seed,
            clock_picoseconds,
            expected: ExpectedVersions::new(),
            statistics: Statistics::new(),
            lost: 0,
            written: 0,
            wrong: Vec::new(),
        }
    }

    /// The figures since the last call.
    pub fn take_statistics(&mut self) -> Statistics {
        std::mem::take(&mut self.statistics)
    }

    /// Pages that were written or trimmed so far.
    pub fn touched_pages(&self) -> Vec<u32> {
        self.expected.pages()
    }

    /// A command is given; what it writes.
    pub fn issue(&mut self, command: HostCommand, cycle: u64) -> (Flight, Vec<u8>) {
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
        (Flight { operation, page, issued: cycle, ticket }, data)
    }

    /// A command has ended; when it was given.
    pub fn complete(&mut self, flight: Flight, ending: Ending, cycle: u64) -> u64 {
        let Flight { operation, page, issued, ticket } = flight;
        let nanoseconds = |cycles: u64| cycles * self.clock_picoseconds / 1000;
        self.statistics.complete(operation, nanoseconds(issued), nanoseconds(cycle));
        let is_read = matches!(ticket, Ticket::Read(_));
        let mut text = match &ending {
            Ending::Wrong(text) => Some(text.clone()),
            Ending::Lost if !is_read => Some(format!("a {} ended with lost data", operation.name())),
            _ => None,
        };
        match (ticket, ending) {
            (Ticket::Read(_), Ending::Lost) => self.lost += 1,
            (Ticket::Read(ticket), Ending::Well(data)) => {
                let version =
                    <&[u8; PAGE_BYTES]>::try_from(&data[..]).ok().and_then(|bytes| version_of(self.seed, page, bytes));
                text = self.expected.complete_read(ticket, version).err().map(|error| error.to_string());
            }
            (Ticket::Write(ticket), _) => {
                self.expected.complete_write(ticket);
                self.written += u64::from(operation == Operation::Write);
            }
            _ => {}
        }
        self.wrong.extend(text.map(|text| WrongPage { page, text, cycle }));
        issued
    }
}

/// Why a run was not well.
pub fn first_wrong(wrong: &[WrongPage]) -> Option<String> {
    wrong.first().map(|wrong| format!("page {}, cycle {}: {}", wrong.page, wrong.cycle, wrong.text))
}
