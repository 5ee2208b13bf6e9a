//! A whole port with its processor and storage, and a host at the other end of the line.

use std::collections::VecDeque;

use hardpath_rtl::fibre_channel::port::FibreChannelPort;
use hardpath_rtl::fibre_channel::{FrameBuffer, FrameVerdict, Link, PortState};
use hardpath_sim::firmware::FirmwareRunner;
use hardpath_sim::firmware::port::{LogicalUnit, PortFirmware, PortNames, PortTask};
use hardpath_sim::models::fibre_channel::{Frame, HostPort};
use hardpath_sim::models::{PageStorage, StorageRequest};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::cosimulation::Bench;

/// R_T_TOV and the shortest OLS, cycles: short, so that links come up soon.
pub const TIMES: (u64, u64) = (2000, 500);
/// Blocks of the logical unit.
const BLOCKS: u64 = 1 << 24;
/// Frames that the host can take.
const HOST_CREDIT: u16 = 8;

/// A line in one direction, whose words are cut elsewhere than they were sent.
struct Line {
    skew: u32,
    held: u64,
    /// Probability that a word has a wrong bit.
    noise: f64,
}

impl Line {
    fn pass(&mut self, sent: u64, random: &mut StdRng) -> u64 {
        let both = u128::from(self.held) | u128::from(sent) << 40;
        self.held = sent;
        let received = (both >> self.skew) as u64 & ((1 << 40) - 1);
        if self.noise > 0.0 && random.random_bool(self.noise) {
            received ^ 1 << random.random_range(0..40)
        } else {
            received
        }
    }
}

/// The port, and what is around it.
pub struct PortSurroundings {
    /// The port.
    pub port: Bench,
    /// The storage below it.
    pub storage: PageStorage,
    /// The host's port above its link.
    pub host: HostPort,
    processor: FirmwareRunner,
    link: Bench,
    to_port: Line,
    to_host: Line,
    sending: VecDeque<u32>,
    sending_first: bool,
    sending_last: bool,
    receiving: Vec<u32>,
    host_was_active: bool,
    random: StdRng,
    /// Cycles so far.
    pub cycles: u64,
    /// Frames that the host received, good ones.
    pub frames: Vec<Frame>,
}

impl PortSurroundings {
    /// A port and a host whose frames of data have up to `payload` bytes.
    pub fn new(payload: u16, storage: PageStorage, seed: u64) -> Self {
        let names = PortNames { port: 0x5000_0000_0000_0001, node: 0x5000_0000_0000_0000 };
        let unit = LogicalUnit { blocks: BLOCKS, name: 0x5000_0000_0000_0002, serial: "0000000000000001".to_owned() };
        let credit = FrameBuffer::<13>::credit() as u16;
        let firmware = PortFirmware::new(names, credit, unit);
        let mut link = Bench::new(Link::new(TIMES.0, TIMES.1));
        link.set("credit", 1);
        link.set("fills_with_arb", 1);
        Self {
            port: Bench::new(FibreChannelPort::new(TIMES.0, TIMES.1)),
            storage,
            host: HostPort::new(0x1000_0000_0000_0001, HOST_CREDIT, payload),
            processor: FirmwareRunner::new(|processor| PortTask::new(processor, firmware).run()),
            link,
            to_port: Line { skew: 7, held: 0, noise: 0.0 },
            to_host: Line { skew: 31, held: 0, noise: 0.0 },
            sending: VecDeque::new(),
            sending_first: false,
            sending_last: false,
            receiving: vec![],
            host_was_active: false,
            random: StdRng::seed_from_u64(seed),
            cycles: 0,
            frames: vec![],
        }
    }

    /// Makes words of both lines wrong with a probability.
    pub fn set_noise(&mut self, noise: f64) {
        (self.to_port.noise, self.to_host.noise) = (noise, noise);
    }

    /// A cycle of all clocks.
    ///
    /// # Panics
    /// If the processor's program fails.
    pub fn cycle(&mut self) {
        self.give_to_port();
        self.give_to_link();
        self.port.settle();
        self.link.settle();
        let (from_port, from_host) = (self.port.get("sent"), self.link.get("sent"));
        self.take_from_link();
        let request = StorageRequest {
            valid: self.port.get("page_valid") == 1,
            is_write: self.port.get("page_is_write") == 1,
            slot: self.port.get("page_slot"),
            page: self.port.get("page_number"),
            blocks: (self.port.get("page_first"), self.port.get("page_last")),
            fetched: self.port.get("slots_fetch_word") as u32,
        };
        let answer = (self.port.get("mailbox_done") == 1).then(|| self.port.get("mailbox_data_out") as u32);
        self.port.clocks(&["line_clock", "clock"]);
        self.link.clocks(&["line_clock", "clock"]);
        self.storage.clock(&request);
        self.processor.pass(self.cycles, false, answer).expect("the processor goes on");
        let received = self.to_port.pass(from_host, &mut self.random);
        self.port.set("received", received);
        let received = self.to_host.pass(from_port, &mut self.random);
        self.link.set("received", received);
        self.cycles += 1;
    }

    fn give_to_port(&mut self) {
        let port = &mut self.port;
        let access = self.processor.access();
        port.set("mailbox_request", u64::from(access.is_some()));
        if let Some(access) = access {
            port.set("mailbox_address", access.address.into());
            port.set("mailbox_write", u64::from(access.write.is_some()));
            port.set("mailbox_data_in", access.write.unwrap_or(0).into());
        }
        let reply = self.storage.reply();
        port.set("page_ready", u64::from(reply.ready));
        port.set("slots_fill", u64::from(reply.fill.is_some()));
        let (address, word) = reply.fill.unwrap_or_default();
        port.set("slots_fill_address", address);
        port.set("slots_fill_word", u64::from(word));
        port.set("slots_fetch_address", reply.fetch_address);
        let (is_write, slot, failed) = reply.done.unwrap_or_default();
        port.set("slots_done", u64::from(reply.done.is_some()));
        port.set("slots_done_is_write", u64::from(is_write));
        port.set("slots_done_slot", slot);
        port.set("slots_done_failed", u64::from(failed));
    }

    fn give_to_link(&mut self) {
        if self.sending.is_empty()
            && let Some(frame) = self.host.next_frame()
        {
            self.sending = frame.words().into();
            (self.sending_first, self.sending_last) = (frame.is_first, frame.is_last);
        }
        let link = &mut self.link;
        link.set("frame_valid", u64::from(!self.sending.is_empty()));
        link.set("frame_data", u64::from(self.sending.front().copied().unwrap_or(0)));
        link.set("frame_last", u64::from(self.sending.len() == 1));
        link.set("is_first_of_sequence", u64::from(self.sending_first));
        link.set("is_last_of_sequence", u64::from(self.sending_last));
        link.set("credit", self.host.other_credit().into());
        // Every frame is taken at once, so that its buffer is free when it has ended.
    }

    fn take_from_link(&mut self) {
        let link = &mut self.link;
        if link.get("frame_ready") == 1 {
            self.sending.pop_front();
        }
        let is_active = link.get("state") == PortState::Active as u64;
        if is_active && !self.host_was_active {
            self.host.link_up();
        }
        if !is_active && self.host_was_active {
            self.host.link_down();
        }
        self.host_was_active = is_active;
        if link.get("valid") == 1 {
            if link.get("first") == 1 {
                self.receiving.clear();
            }
            self.receiving.push(link.get("word") as u32);
        }
        let ended = link.get("ended") == 1;
        if ended && link.get("verdict") == FrameVerdict::Good as u64 {
            let (first, last) =
                (link.get("received_first_of_sequence") == 1, link.get("received_last_of_sequence") == 1);
            let frame = Frame::from_words(&self.receiving, first, last).expect("a frame");
            self.host.receive(&frame);
            self.frames.push(frame);
        }
        link.set("buffer_freed", u64::from(ended));
    }

    /// Runs until the host is logged in.
    ///
    /// # Panics
    /// If that takes more than `limit` cycles.
    pub fn log_in(&mut self, limit: u64) {
        let end = self.cycles + limit;
        while !self.host.is_ready() {
            assert!(self.cycles < end && !self.host.is_refused(), "not logged in: {:?}", self.host);
            self.cycle();
        }
    }

    /// Runs until every command is answered.
    ///
    /// # Panics
    /// If that takes more than `limit` cycles, or the host found something wrong.
    pub fn run_until_idle(&mut self, limit: u64) {
        let end = self.cycles + limit;
        while self.host.initiator().is_some_and(|initiator| initiator.open() > 0) {
            if self.cycles == end {
                self.check();
                panic!("still open after {limit} cycles");
            }
            self.cycle();
        }
        self.check();
    }

    fn check(&mut self) {
        if let Some(initiator) = self.host.initiator() {
            assert!(initiator.violations().is_empty(), "{:X?}", initiator.violations());
        }
    }
}
