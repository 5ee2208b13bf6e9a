//! One lane of an array at its pins: strips in a file, addressed by stripe number.

use super::Pause;
use crate::engine::{RawPort, Result as EngineResult, Simulator};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Words of 64 bits that the widest data word takes.
const WORD_PARTS: usize = 8;

/// Requests a lane takes ahead of the strip it is answering.
const REQUEST_DEPTH: usize = 4;

/// The pins of one lane, as the circuit names them: write port, read requests, read data.
#[derive(Clone, Copy, Debug)]
pub struct LanePorts {
    /// Write port: a word is offered.
    pub write_valid: RawPort,
    /// Write port: the stripe's number.
    pub write_stripe: RawPort,
    /// Write port: the word.
    pub write_data: RawPort,
    /// Write port: last word of the strip.
    pub write_last: RawPort,
    /// Write port: the lane takes the word. Driven by the lane.
    pub write_ready: RawPort,
    /// Read requests: a request is offered.
    pub request_valid: RawPort,
    /// Read requests: the stripe's number.
    pub request_data: RawPort,
    /// Read requests: the lane takes the request. Driven by the lane.
    pub request_ready: RawPort,
    /// Read data: a word is offered. Driven by the lane.
    pub read_valid: RawPort,
    /// Read data: the word. Driven by the lane.
    pub read_data: RawPort,
    /// Read data: last word of the strip. Driven by the lane.
    pub read_last: RawPort,
    /// Read data: the circuit takes the word.
    pub read_ready: RawPort,
}

impl LanePorts {
    /// The ports of lane `lane` of a circuit whose lanes are arrays named `lane_writes`, `lane_requests`, `lane_reads`.
    ///
    /// # Errors
    /// If the circuit has no such ports.
    pub fn of_data_path(sim: &mut Simulator, lane: usize) -> EngineResult<Self> {
        let mut port = |array: &str, field: &str| sim.port_named(&format!("{array}_{lane}_{field}"));
        Ok(Self {
            write_valid: port("lane_writes", "valid")?,
            write_stripe: port("lane_writes", "stripe")?,
            write_data: port("lane_writes", "data")?,
            write_last: port("lane_writes", "last")?,
            write_ready: port("lane_writes", "ready")?,
            request_valid: port("lane_requests", "valid")?,
            request_data: port("lane_requests", "data")?,
            request_ready: port("lane_requests", "ready")?,
            read_valid: port("lane_reads", "valid")?,
            read_data: port("lane_reads", "data")?,
            read_last: port("lane_reads", "last")?,
            read_ready: port("lane_reads", "ready")?,
        })
    }
}

/// A lane that keeps its strips in a file: memory stays constant however much is written.
///
/// Each cycle has two halves: [`LaneModel::drive`] sets the lane's outputs from its state alone, then, with the circuit
/// settled, [`LaneModel::sample`] sees which words and requests pass at the coming edge. It answers a request at the
/// earliest `latency` cycles after it took it, requests in order, and offers words without a gap when requests wait.
#[derive(Debug)]
pub struct LaneModel {
    ports: LanePorts,
    storage: Option<File>,
    strip_bytes: usize,
    word_bytes: usize,
    latency: u64,
    pause: Pause,
    cycle: u64,
    /// The strip being written.
    incoming: Vec<u8>,
    strips_written: u64,
    /// Requests taken, with the first cycle in which they may be answered.
    requests: VecDeque<(u64, u64)>,
    requests_taken: u64,
    /// The strip being read, and how many of its bytes have left.
    outgoing: Vec<u8>,
    sent: usize,
    /// The word at `sent` is on offer.
    offered: bool,
    driven: Driven,
}

/// What the lane drives; kept so that unchanged pins are not set again.
#[derive(Debug, Default, PartialEq, Eq)]
struct Driven {
    write_ready: bool,
    request_ready: bool,
    read_valid: bool,
}

impl LaneModel {
    /// A lane of strips of `strip_bytes`, moved in words of `word_bytes`, kept in `storage` (empty, readable, writable).
    pub fn new(
        ports: LanePorts,
        storage: File,
        strip_bytes: usize,
        word_bytes: usize,
        latency: u64,
        pause: Pause,
    ) -> Self {
        Self {
            ports,
            storage: Some(storage),
            strip_bytes,
            word_bytes,
            latency,
            pause,
            cycle: 0,
            incoming: Vec::with_capacity(strip_bytes),
            strips_written: 0,
            requests: VecDeque::new(),
            requests_taken: 0,
            outgoing: Vec::new(),
            sent: 0,
            offered: false,
            driven: Driven::default(),
        }
    }

    /// The lane fails: its strips are gone, and it neither takes nor offers anything from now on.
    pub fn fail(&mut self) {
        self.storage = None;
        self.requests.clear();
        self.outgoing.clear();
        self.sent = 0;
        self.offered = false;
    }

    /// Strips written so far.
    pub fn strips_written(&self) -> u64 {
        self.strips_written
    }

    /// Read requests taken so far.
    pub fn requests_taken(&self) -> u64 {
        self.requests_taken
    }

    /// The strip stored for a stripe.
    ///
    /// # Errors
    /// If the lane has failed, or the strip was never written.
    pub fn strip(&mut self, stripe: u64) -> io::Result<Vec<u8>> {
        let Some(storage) = &mut self.storage else { return Err(io::Error::other("the lane has failed")) };
        let mut strip = vec![0; self.strip_bytes];
        storage.seek(SeekFrom::Start(stripe * self.strip_bytes as u64))?;
        storage.read_exact(&mut strip)?;
        Ok(strip)
    }

    /// Sets the lane's outputs for this cycle.
    ///
    /// # Errors
    /// What the storage says when a requested strip is read.
    pub fn drive(&mut self, sim: &mut Simulator) -> anyhow::Result<()> {
        let alive = self.storage.is_some();
        if self.sent == self.outgoing.len()
            && let Some((stripe, _)) = self.requests.pop_front_if(|(_, ready)| *ready <= self.cycle)
        {
            self.outgoing = self.strip(stripe)?;
            self.sent = 0;
        }
        let pauses = self.pause.next_cycle();
        // A word that was offered stays offered until it is taken.
        if !self.offered && !pauses && self.sent < self.outgoing.len() {
            self.offered = true;
            self.offer_word(sim)?;
        }
        let driven = Driven {
            write_ready: alive && !pauses,
            request_ready: alive && !pauses && self.requests.len() < REQUEST_DEPTH,
            read_valid: self.offered,
        };
        if driven.write_ready != self.driven.write_ready || self.cycle == 0 {
            sim.set_u64(self.ports.write_ready, u64::from(driven.write_ready))?;
        }
        if driven.request_ready != self.driven.request_ready || self.cycle == 0 {
            sim.set_u64(self.ports.request_ready, u64::from(driven.request_ready))?;
        }
        if driven.read_valid != self.driven.read_valid || self.cycle == 0 {
            sim.set_u64(self.ports.read_valid, u64::from(driven.read_valid))?;
        }
        self.driven = driven;
        Ok(())
    }

    fn offer_word(&mut self, sim: &mut Simulator) -> EngineResult<()> {
        let end = self.sent + self.word_bytes;
        let mut parts = [0u64; WORD_PARTS];
        to_words(&self.outgoing[self.sent..end], &mut parts);
        sim.set_words(self.ports.read_data, &parts[..self.word_bytes.div_ceil(8)])?;
        sim.set_u64(self.ports.read_last, u64::from(end == self.outgoing.len()))
    }

    /// Sees, with the circuit settled, what passes at the coming clock edge.
    ///
    /// # Errors
    /// What the storage says when a finished strip is written, or a breach of the write protocol.
    pub fn sample(&mut self, sim: &mut Simulator) -> anyhow::Result<()> {
        if self.driven.write_ready && sim.get_u64(self.ports.write_valid)? == 1 {
            self.take_word(sim)?;
        }
        if self.driven.request_ready && sim.get_u64(self.ports.request_valid)? == 1 {
            let stripe = sim.get_u64(self.ports.request_data)?;
            self.requests.push_back((stripe, self.cycle + self.latency));
            self.requests_taken += 1;
        }
        if self.driven.read_valid && sim.get_u64(self.ports.read_ready)? == 1 {
            self.sent += self.word_bytes;
            self.offered = false;
            if self.sent == self.outgoing.len() {
                self.outgoing.clear();
                self.sent = 0;
            }
        }
        self.cycle += 1;
        Ok(())
    }

    fn take_word(&mut self, sim: &mut Simulator) -> anyhow::Result<()> {
        let mut parts = [0u64; WORD_PARTS];
        let parts = &mut parts[..self.word_bytes.div_ceil(8)];
        sim.get_words(self.ports.write_data, parts)?;
        let bytes = parts.iter().flat_map(|part| part.to_le_bytes()).take(self.word_bytes);
        self.incoming.extend(bytes);
        let last = sim.get_u64(self.ports.write_last)? == 1;
        anyhow::ensure!(
            last == (self.incoming.len() == self.strip_bytes),
            "lane protocol: `last` after {} bytes of a strip of {}",
            self.incoming.len(),
            self.strip_bytes
        );
        if last {
            let stripe = sim.get_u64(self.ports.write_stripe)?;
            let Some(storage) = &mut self.storage else { return Ok(()) };
            storage.seek(SeekFrom::Start(stripe * self.strip_bytes as u64))?;
            storage.write_all(&self.incoming)?;
            self.incoming.clear();
            self.strips_written += 1;
        }
        Ok(())
    }
}

/// Little-endian bytes as 64-bit words.
pub(crate) fn to_words(bytes: &[u8], words: &mut [u64]) {
    for (word, bytes) in words.iter_mut().zip(bytes.chunks(8)) {
        let mut padded = [0; 8];
        padded[..bytes.len()].copy_from_slice(bytes);
        *word = u64::from_le_bytes(padded);
    }
}
