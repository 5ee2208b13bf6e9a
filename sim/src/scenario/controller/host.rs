//! The host: gives commands by tag and knows which are in flight.

use super::machine::{Command, Completion, Machine};
use crate::workload::{Ending, Flight, HostCommand, Operation, Verifier, WrongPage};

/// Tags of the host.
const TAGS: u8 = 128;

/// The host.
pub struct Host {
    /// What it expects and finds.
    pub verifier: Verifier,
    tags: Vec<u8>,
    flights: Vec<Option<(Flight, Operation)>>,
    /// When the reads of each tag were given and had ended, in cycles.
    reads: Vec<Vec<(u64, u64)>>,
}

impl Host {
    /// A host whose pages' contents follow from `seed`.
    pub fn new(seed: u64, clock_picoseconds: u64) -> Self {
        Self {
            verifier: Verifier::new(seed, clock_picoseconds),
            tags: (0..TAGS).rev().collect(),
            flights: (0..TAGS).map(|_| None).collect(),
            reads: vec![Vec::new(); usize::from(TAGS)],
        }
    }

    /// Commands in flight.
    pub fn in_flight(&self) -> usize {
        usize::from(TAGS) - self.tags.len()
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
        let (flight, data) = self.verifier.issue(command, machine.cycle());
        self.flights[usize::from(tag)] = Some((flight, operation));
        machine.offer(Command { operation, tag, page, data });
    }

    /// Power has failed: commands in flight never end. What they would have changed may have changed or not.
    pub fn forget_flights(&mut self) {
        for flight in &mut self.flights {
            *flight = None;
        }
        self.tags = (0..TAGS).rev().collect();
    }

    /// A command has ended.
    pub fn complete(&mut self, completion: Completion) {
        let Completion { tag, status, data, cycle } = completion;
        let Some((flight, operation)) = self.flights.get_mut(usize::from(tag)).and_then(Option::take) else {
            self.verifier.wrong.push(WrongPage { page: 0, text: format!("tag {tag} ended twice"), cycle });
            return;
        };
        self.tags.push(tag);
        let ending = match status {
            0 => Ending::Well(data),
            1 if operation == Operation::Read => Ending::Lost,
            _ => Ending::Wrong(format!("a {} ended with status {status}", operation.name())),
        };
        let issued = self.verifier.complete(flight, ending, cycle);
        if operation == Operation::Read {
            self.reads[usize::from(tag)].push((issued, cycle));
        }
    }
}
