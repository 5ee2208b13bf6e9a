//! What the hosts ask for: pages as SCSI commands, by host and exchange.

use crate::models::BLOCK_BYTES;
use crate::models::fibre_channel::{Access, Initiator, Outcome, Transfer};
use crate::workload::{Ending, Flight, HostCommand, Operation, PAGE_BYTES, Verifier};
use std::collections::HashMap;

/// Blocks of a page.
const PAGE_BLOCKS: u32 = (PAGE_BYTES / BLOCK_BYTES) as u32;
/// SYNCHRONIZE CACHE(10).
const SYNCHRONIZE_CACHE: u8 = 0x35;
/// UNMAP.
const UNMAP: u8 = 0x42;
/// Sense key of a medium error.
const MEDIUM_ERROR: u8 = 3;

/// UNMAP of a page.
fn unmap(block: u64) -> Transfer {
    let descriptor = [block.to_be_bytes().as_slice(), &PAGE_BLOCKS.to_be_bytes(), &[0; 4]].concat();
    let data = [&[0, 22, 0, 16, 0, 0, 0, 0], descriptor.as_slice()].concat();
    let mut command = Transfer::command(&[UNMAP, 0, 0, 0, 0, 0, 0, 0, data.len() as u8, 0], data.len() as u32);
    command.data = Some(data);
    command
}

/// All hosts as one.
pub struct Host {
    /// What it expects and finds.
    pub verifier: Verifier,
    flights: HashMap<(usize, u16), Flight>,
    /// Commands that ended.
    pub ended: u64,
}

impl Host {
    /// A host whose pages' contents follow from `seed`.
    pub fn new(seed: u64, clock_picoseconds: u64) -> Self {
        Self { verifier: Verifier::new(seed, clock_picoseconds), flights: HashMap::new(), ended: 0 }
    }

    /// Commands in flight.
    pub fn in_flight(&self) -> usize {
        self.flights.len()
    }

    /// Gives a command to the host with this number.
    pub fn issue(&mut self, number: usize, initiator: &mut Initiator, command: HostCommand, cycle: u64) {
        let (flight, data) = self.verifier.issue(command, cycle);
        let block = u64::from(command.page) * u64::from(PAGE_BLOCKS);
        let transfer = match command.operation {
            Operation::Read => Transfer::new(Access::Ten, block, PAGE_BLOCKS, None),
            Operation::Write => Transfer::new(Access::Ten, block, PAGE_BLOCKS, Some(data)),
            Operation::Trim => unmap(block),
            Operation::Flush => Transfer::command(&[SYNCHRONIZE_CACHE, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0),
        };
        self.flights.insert((number, initiator.start(transfer)), flight);
    }

    /// A command of the host with this number has ended.
    pub fn complete(&mut self, number: usize, outcome: Outcome, cycle: u64) {
        let Some(flight) = self.flights.remove(&(number, outcome.exchange)) else { return };
        self.ended += 1;
        let key = outcome.sense.get(2).map(|key| key & 0xF);
        let ending = match (outcome.status, outcome.residual, key) {
            (0, 0, _) => Ending::Well(outcome.data),
            (2, _, Some(MEDIUM_ERROR)) => Ending::Lost,
            (status, residual, _) => {
                Ending::Wrong(format!("status {status:02X}h, residual {residual}, sense {:02X?}", outcome.sense))
            }
        };
        self.verifier.complete(flight, ending, cycle);
    }
}
