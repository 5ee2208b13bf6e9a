//! A target with hosts before it and storage behind.

use std::collections::VecDeque;

use hardpath_rtl::fibre_channel::target::FcpTarget;
use hardpath_sim::models::fibre_channel::{Frame, Initiator};
use hardpath_sim::models::{PageStorage, StorageRequest};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::cosimulation::Bench;

/// Address of the target.
pub const OWN: u32 = 0x01_0200;
/// Blocks of its logical unit.
pub const CAPACITY: u64 = 1 << 20;

/// What is around a target.
pub struct TargetSurroundings {
    /// The target.
    pub bench: Bench,
    /// The storage below it.
    pub storage: PageStorage,
    /// The hosts.
    pub hosts: Vec<Initiator>,
    /// Whose frame comes next, so that hosts take turns.
    turn: usize,
    /// Words of the frame that is coming in.
    pub incoming: VecDeque<u32>,
    incoming_frame: (u64, bool, bool),
    outgoing: Vec<u32>,
    /// Frames that went to the processor.
    pub processor: Vec<Frame>,
    processor_words: Vec<u32>,
    random: StdRng,
    eagerness: f64,
    /// Cycles so far.
    pub cycles: u64,
}

impl TargetSurroundings {
    /// A target with so many hosts logged in that take `payload` bytes in a frame; every stream pauses in each cycle
    /// unless it is eager, with a probability.
    ///
    /// # Panics
    /// If the target does not compile.
    pub fn new(hosts: usize, payload: usize, storage: PageStorage, eagerness: f64, seed: u64) -> Self {
        let mut bench = Bench::new(FcpTarget::default());
        bench.set("own_address", u64::from(OWN));
        bench.set("capacity", CAPACITY);
        let hosts: Vec<_> =
            (0..hosts).map(|host| Initiator::new(0x02_0000 + host as u32 * 0x100, OWN, payload)).collect();
        for (number, host) in hosts.iter().enumerate() {
            bench.set("entry_write", 1);
            bench.set("entry_number", number as u64);
            bench.set("entry_address", u64::from(host.address()));
            bench.set("entry_payload", payload as u64 / 4);
            bench.set("entry_is_fast", 1);
            bench.set("entry_is_valid", 1);
            bench.settle();
            bench.clock();
        }
        bench.set("entry_write", 0);
        Self {
            bench,
            storage,
            hosts,
            turn: 0,
            incoming: VecDeque::new(),
            incoming_frame: (0, false, false),
            outgoing: vec![],
            processor: vec![],
            processor_words: vec![],
            random: StdRng::seed_from_u64(seed),
            eagerness,
            cycles: 0,
        }
    }

    /// Puts a frame at the target's input.
    ///
    /// # Panics
    /// If it is not between frames.
    pub fn offer(&mut self, frame: &Frame) {
        assert!(self.incoming.is_empty());
        self.incoming = frame.words().into();
        self.incoming_frame = (self.incoming.len() as u64, frame.is_first, frame.is_last);
    }

    /// A cycle of the clock.
    ///
    /// # Panics
    /// If what the target sends is no frame, or to nobody.
    pub fn cycle(&mut self) {
        if self.incoming.is_empty() {
            for _ in 0..self.hosts.len() {
                self.turn = (self.turn + 1) % self.hosts.len();
                if let Some(frame) = self.hosts[self.turn].next_frame() {
                    self.offer(&frame);
                    break;
                }
            }
        }
        let bench = &mut self.bench;
        let offers = !self.incoming.is_empty() && self.random.random_bool(self.eagerness);
        bench.set("frame_in_valid", u64::from(offers));
        bench.set("frame_in_data", u64::from(self.incoming.front().copied().unwrap_or(0)));
        bench.set("frame_in_last", u64::from(self.incoming.len() == 1));
        bench.set("length", self.incoming_frame.0);
        bench.set("first_in", u64::from(self.incoming_frame.1));
        bench.set("last_in", u64::from(self.incoming_frame.2));
        let takes = self.random.random_bool(self.eagerness);
        bench.set("frame_out_ready", u64::from(takes));
        let reply = self.storage.reply();
        bench.set("page_ready", u64::from(reply.ready));
        bench.set("slots_fill", u64::from(reply.fill.is_some()));
        let (address, word) = reply.fill.unwrap_or_default();
        bench.set("slots_fill_address", address);
        bench.set("slots_fill_word", u64::from(word));
        bench.set("slots_fetch_address", reply.fetch_address);
        let (is_write, slot, failed) = reply.done.unwrap_or_default();
        bench.set("slots_done", u64::from(reply.done.is_some()));
        bench.set("slots_done_is_write", u64::from(is_write));
        bench.set("slots_done_slot", slot);
        bench.set("slots_done_failed", u64::from(failed));
        bench.settle();
        if std::env::var_os("DBG").is_some() {
            eprintln!(
                "{} in {}{} out {}{} page {} w{} s{} p{} {}-{} done {:?} dataans {}",
                self.cycles,
                u8::from(offers),
                bench.get("frame_in_ready"),
                bench.get("frame_out_valid"),
                u8::from(takes),
                bench.get("page_valid"),
                bench.get("page_is_write"),
                bench.get("page_slot"),
                bench.get("page_number"),
                bench.get("page_first"),
                bench.get("page_last"),
                reply.done,
                bench.get("data_dropped")
            );
        } // DBG

        if offers && bench.get("frame_in_ready") == 1 {
            self.incoming.pop_front();
        }
        if bench.get("processor_valid") == 1 {
            self.processor_words.push(bench.get("processor_word") as u32);
        }
        if bench.get("processor_ended") == 1 {
            let words = std::mem::take(&mut self.processor_words);
            if bench.get("processor_keeps") == 1 {
                let (first, last) = (bench.get("processor_first") == 1, bench.get("processor_last") == 1);
                self.processor.push(Frame::from_words(&words, first, last).expect("a frame"));
            }
        }
        if takes && bench.get("frame_out_valid") == 1 {
            self.outgoing.push(bench.get("frame_out_data") as u32);
            if bench.get("frame_out_last") == 1 {
                let (first, last) = (bench.get("first_out") == 1, bench.get("last_out") == 1);
                let frame = Frame::from_words(&std::mem::take(&mut self.outgoing), first, last).expect("a frame");
                let host = self.hosts.iter_mut().find(|host| host.address() == frame.header.destination);
                host.expect("a host that is there").receive(&frame);
            }
        }
        let request = StorageRequest {
            valid: bench.get("page_valid") == 1,
            is_write: bench.get("page_is_write") == 1,
            slot: bench.get("page_slot"),
            page: bench.get("page_number"),
            blocks: (bench.get("page_first"), bench.get("page_last")),
            fetched: bench.get("slots_fetch_word") as u32,
        };
        bench.clock();
        self.storage.clock(&request);
        self.cycles += 1;
    }

    fn is_busy(&self) -> bool {
        !self.incoming.is_empty() || self.hosts.iter().any(|host| host.waiting() > 0 || host.open() > 0)
    }

    /// Runs until every command is answered.
    ///
    /// # Panics
    /// If that takes more than `limit` cycles, or a host found something wrong.
    pub fn run_until_idle(&mut self, limit: u64) {
        let end = self.cycles + limit;
        while self.is_busy() {
            assert!(
                self.cycles < end,
                "still {:?} commands open",
                self.hosts.iter().map(Initiator::open).collect::<Vec<_>>()
            );
            self.cycle();
        }
        self.check();
    }

    /// Runs for some cycles.
    ///
    /// # Panics
    /// If a host found something wrong.
    pub fn run(&mut self, cycles: u64) {
        for _ in 0..cycles {
            self.cycle();
        }
        self.check();
    }

    fn check(&self) {
        for host in &self.hosts {
            assert!(host.violations().is_empty(), "{:?}", host.violations());
        }
    }

    /// Open, failed, reason, OX_ID of an exchange, which is closed if that is wanted.
    pub fn inspect(&mut self, exchange: u64, closes: bool) -> (bool, bool, u64, u64) {
        self.bench.set("inspection_valid", 1);
        self.bench.set("inspection_exchange", exchange);
        self.bench.set("inspection_closes", u64::from(closes));
        loop {
            self.bench.settle();
            let answered = self.bench.get("inspection_answered") == 1;
            let answer = (
                self.bench.get("inspection_is_open") == 1,
                self.bench.get("inspection_failed") == 1,
                self.bench.get("inspection_reason"),
                self.bench.get("inspection_originator"),
            );
            self.cycle();
            if answered {
                self.bench.set("inspection_valid", 0);
                self.cycle();
                return answer;
            }
        }
    }

    /// Numbers of the exchanges that are open.
    pub fn open_exchanges(&mut self) -> Vec<u64> {
        (0..128).filter(|&exchange| self.inspect(exchange, false).0).collect()
    }
}
