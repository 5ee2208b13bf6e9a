//! The processor's program at a port's mailbox.

use std::collections::VecDeque;

use hardpath_rtl::fibre_channel::PortState;
use hardpath_rtl::fibre_channel::port::PORT_REGISTERS;
use hardpath_rtl::flash_controller::mailbox::MailboxRegister;

use super::parameters::Work;
use super::policy::{Failure, Found, PortFirmware, PortOrder, StorageJob, Worked};
use crate::firmware::{FirmwareResult, Processor};
use crate::models::fibre_channel::{Frame, Speed, SpeedSetting};

/// Exchanges of hardware's.
const EXCHANGES: u32 = 128;
/// Cycles between two looks at the status.
const POLL: u64 = 200;
/// Times in a row that an exchange is found open until it is closed.
const PATIENCE: u8 = 3;

/// `port_control` at a link, and in a loop.
const CONTROL_LINK: u32 = 1;
const CONTROL_LOOP: u32 = 8;
const SCRAMBLES: u32 = 0x40;
const GO_OFFLINE: u32 = 4;
/// `page_operation`.
const READ: u32 = 0;
const TRIM: u32 = 2;
const COMPARE_AND_WRITE: u32 = 3;
/// `page_status`.
const PAGE_BUSY: u32 = 1;
const PAGE_FAILED: u32 = 2;
const PAGE_DIFFERS: u32 = 4;
/// Words of a block.
const BLOCK_WORDS: u32 = 128;
/// `loop_status`: LIP came.
const LIP_CAME: u32 = 1 << 16;

/// Times of a port's program, in cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortTimes {
    /// Between two looks at all exchanges. One that stays open for two to three times as long is closed: its host has
    /// forgotten it.
    pub exchange_timeout: u64,
    /// For a login of the other port, or an answer of a fabric. Afterwards the port asks for a fabric itself.
    pub login_wait: u64,
    /// For a loop to come up. Afterwards the port tries a link.
    pub loop_wait: u64,
}

/// What `speed_control` has to be.
fn speed_control(setting: SpeedSetting) -> u32 {
    let fastest = match setting.fastest {
        Speed::Eight => 0,
        Speed::Four => 1,
        Speed::Two => 2,
    };
    fastest | u32::from(setting.negotiates) << 2
}

/// What is set of a port's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSetting {
    /// Its speed.
    pub speed: SpeedSetting,
    /// Frames of 8 Gb/s are scrambled, but for those of a loop.
    pub scrambles: bool,
}

impl LineSetting {
    /// A line of this speed.
    pub const fn plain(speed: Speed) -> Self {
        Self { speed: SpeedSetting::fixed(speed), scrambles: false }
    }
}

/// Carries out at the mailbox what [`PortFirmware`] decides.
#[derive(Debug)]
pub struct PortTask {
    processor: Processor,
    firmware: PortFirmware,
    line: LineSetting,
    times: PortTimes,
    /// When the next look at all exchanges is due, and when time for a login is over.
    next_scan: u64,
    next_login: Option<u64>,
    /// The port is set to a loop.
    is_in_loop: bool,
    /// When it was active last.
    last_active: u64,
    /// What each exchange was at the last look, and how often in a row.
    seen: Vec<(u32, u8)>,
}

impl PortTask {
    /// The program of a port with this line.
    pub fn new(processor: Processor, firmware: PortFirmware, line: LineSetting, times: PortTimes) -> Self {
        Self {
            processor,
            firmware,
            line,
            times,
            next_scan: times.exchange_timeout,
            next_login: None,
            is_in_loop: false,
            last_active: 0,
            seen: vec![(0, 0); EXCHANGES as usize],
        }
    }

    /// Runs until power fails.
    ///
    /// # Errors
    /// None so far.
    pub async fn run(mut self) -> FirmwareResult {
        let blocks = self.firmware.unit().blocks;
        let name = self.firmware.names().port;
        self.write("port_name_low", name as u32).await;
        self.write("port_name_high", (name >> 32) as u32).await;
        self.write("speed_control", speed_control(self.line.speed)).await;
        self.write("port_control", self.control_link()).await;
        self.write("capacity_low", blocks as u32).await;
        self.write("capacity_high", (blocks >> 32) as u32).await;
        let mut was_active = false;
        while !self.processor.power_fails() {
            let status = self.read("port_status").await;
            let is_active = status & 0xF == PortState::Active as u32;
            if is_active && self.is_in_loop && self.read("loop_status").await & LIP_CAME != 0 {
                // The loop was initialized in between.
                self.write("port_control", CONTROL_LOOP).await;
                was_active = false;
            }
            if is_active && !was_active {
                let address = self.read("loop_status").await as u8;
                let orders = self.firmware.on_link_up(self.is_in_loop.then_some(address));
                self.carry_out(orders).await;
                self.next_login = Some(self.processor.cycle().saturating_add(self.times.login_wait));
            }
            was_active = is_active;
            if is_active {
                self.last_active = self.processor.cycle();
            } else {
                self.sense().await;
            }
            let orders = self.firmware.on_reservations();
            self.carry_out(orders).await;
            if status >> 16 & 1 == 1 {
                self.take_failure().await;
            } else if status >> 17 & 1 == 1 {
                if let Some(frame) = self.receive().await {
                    let orders = self.firmware.on_frame(&frame);
                    self.carry_out(orders).await;
                }
            } else if is_active && self.next_login.is_some_and(|time| self.processor.cycle() >= time) {
                let orders = self.firmware.on_time();
                self.next_login = orders.as_ref().map(|_| self.processor.cycle() + self.times.login_wait);
                self.carry_out(orders.unwrap_or_default()).await;
            } else if self.processor.cycle() >= self.next_scan {
                self.next_scan = self.processor.cycle() + self.times.exchange_timeout;
                self.close_forgotten().await;
            } else {
                self.processor.sleep(self.processor.cycle() + POLL).await;
            }
        }
        Ok(())
    }

    /// `port_control` at a link.
    fn control_link(&self) -> u32 {
        CONTROL_LINK | if self.line.scrambles { SCRAMBLES } else { 0 }
    }

    /// Finds out whether the port is at a link or in a loop: who sends LIP is a loop, and one that does not come up is none.
    async fn sense(&mut self) {
        let status = self.read("loop_status").await;
        if !self.is_in_loop && status & LIP_CAME != 0 {
            self.is_in_loop = true;
            self.last_active = self.processor.cycle();
            self.write("port_control", CONTROL_LOOP).await;
        } else if self.is_in_loop && self.processor.cycle() > self.last_active.saturating_add(self.times.loop_wait) {
            self.is_in_loop = false;
            self.write("port_control", self.control_link() | GO_OFFLINE).await;
        }
    }

    /// Closes exchanges that were open at several looks.
    async fn close_forgotten(&mut self) {
        for number in 0..EXCHANGES {
            let state = self.exchange(number).await;
            // Login and OX_ID, and that it is open.
            let identity = state & 0x400F_FFFF;
            let seen = &mut self.seen[number as usize];
            let times = if seen.0 == identity { seen.1 + 1 } else { 1 };
            *seen = if state >> 30 & 1 == 1 { (identity, times) } else { (0, 0) };
            if seen.1 >= PATIENCE {
                *seen = (0, 0);
                self.close(state >> 16 & 0xF, Some(state as u16)).await;
            }
        }
    }

    async fn take_failure(&mut self) {
        let exchange = self.read("failure").await & 0x7F;
        self.write("failure", 0).await;
        let state = self.exchange(exchange).await;
        if state >> 28 & 1 == 1 {
            let failure = Failure {
                exchange: exchange as u8,
                login: (state >> 16 & 0xF) as u8,
                originator: state as u16,
                is_write: state >> 29 & 1 == 1,
                was_cut_short: state >> 25 & 3 == 2,
            };
            let orders = self.firmware.on_failure(&failure);
            self.carry_out(orders).await;
        }
    }

    /// The frame that waits; `None` if it is none.
    async fn receive(&self) -> Option<Frame> {
        let mut words = vec![];
        loop {
            let status = self.read("receive_status").await;
            if status & 1 == 0 {
                // The next word is on its way.
                continue;
            }
            words.push(self.read("receive_word").await.swap_bytes());
            if status & 2 != 0 {
                return Frame::from_words(&words, status & 4 != 0, status & 8 != 0).ok();
            }
        }
    }

    /// Carries orders out, and those that follow from them.
    async fn carry_out(&mut self, orders: Vec<PortOrder>) {
        let mut orders = VecDeque::from(orders);
        while let Some(order) = orders.pop_front() {
            match order {
                PortOrder::Send(frame) => self.send(&frame).await,
                PortOrder::SetAddress(address) => self.write("own_address", address).await,
                PortOrder::SetCredit(credit) => self.write("credit", credit.into()).await,
                PortOrder::SetLogin { entry, address, payload, is_fast, is_valid, is_read_only } => {
                    self.write("login_address", address).await;
                    self.write("login_payload", payload.into()).await;
                    let flags = [is_fast, is_valid, is_read_only].map(u32::from);
                    let entry = u32::from(entry) | flags[0] << 4 | flags[1] << 5 | flags[2] << 6;
                    self.write("login_entry", entry).await;
                }
                PortOrder::Close { entry, originator } => self.close(entry.into(), originator).await,
                PortOrder::Find { entry, originator, request } => {
                    let found = self.find(entry, originator).await;
                    orders.extend(self.firmware.on_found(&request, found));
                }
                PortOrder::Storage(job) => {
                    let worked = self.work(&job).await;
                    orders.push_back(self.firmware.on_worked(&job, worked));
                }
                PortOrder::MakeKnown { version, waits } => {
                    while !self.firmware.make_known(version) && waits {
                        self.processor.sleep(self.processor.cycle() + POLL).await;
                    }
                }
            }
        }
    }

    async fn find(&self, entry: u8, originator: u16) -> Option<Found> {
        for number in 0..EXCHANGES {
            let state = self.exchange(number).await;
            if state >> 30 & 1 == 1 && (state >> 16 & 0xF) as u8 == entry && state as u16 == originator {
                let moved = self.read("exchange_moved").await;
                return Some(Found { exchange: number as u8, is_write: state >> 29 & 1 == 1, moved });
            }
        }
        None
    }

    async fn work(&self, job: &StorageJob) -> Worked {
        match &job.work {
            Work::Trim(ranges) => {
                for page in ranges.iter().cloned().flatten() {
                    if self.page(TRIM, page, 0, 7).await & PAGE_FAILED != 0 {
                        return Worked::Failed;
                    }
                }
                Worked::Well
            }
            Work::CompareAndWrite { block, expected, new } => {
                let (page, block) = ((block / 8) as u32, (block % 8) as u32);
                self.give_block(block ^ 1, expected).await;
                self.give_block(block, new).await;
                let status = self.page(COMPARE_AND_WRITE, page, block, block).await;
                if status & PAGE_DIFFERS != 0 {
                    return Worked::Differs(self.first_difference(page, block, expected).await);
                }
                if status & PAGE_FAILED != 0 { Worked::Failed } else { Worked::Well }
            }
        }
    }

    /// Where a block differs from what was expected, as far as it has not changed meanwhile.
    async fn first_difference(&self, page: u32, block: u32, expected: &[u8]) -> Option<u32> {
        if self.page(READ, page, 0, 7).await & PAGE_FAILED != 0 {
            return None;
        }
        self.write("page_place", block * BLOCK_WORDS).await;
        for (number, word) in expected.chunks_exact(4).enumerate() {
            let there = self.read("page_word").await.to_be_bytes();
            if let Some(byte) = there.iter().zip(word).position(|(one, other)| one != other) {
                return Some((4 * number + byte) as u32);
            }
        }
        None
    }

    /// Puts a block into the processor's slot.
    async fn give_block(&self, block: u32, data: &[u8]) {
        self.write("page_place", block * BLOCK_WORDS).await;
        for word in data.chunks_exact(4) {
            self.write("page_word", u32::from_be_bytes([word[0], word[1], word[2], word[3]])).await;
        }
    }

    /// Has storage do something with a page; its status afterwards.
    async fn page(&self, operation: u32, page: u32, first: u32, last: u32) -> u32 {
        self.write("page_number", page).await;
        self.write("page_operation", operation | first << 4 | last << 8).await;
        loop {
            let status = self.read("page_status").await;
            if status & PAGE_BUSY == 0 {
                return status;
            }
        }
    }

    async fn send(&self, frame: &Frame) {
        while self.read("port_status").await >> 18 & 1 == 1 {}
        for word in frame.words() {
            self.write("transmit_word", word.swap_bytes()).await;
        }
        self.write("transmit_start", u32::from(frame.is_first) | u32::from(frame.is_last) << 1).await;
    }

    /// Closes exchanges of a login, and waits until none of them has a page under way.
    async fn close(&self, login: u32, originator: Option<u16>) {
        for exchange in 0..EXCHANGES {
            let is_meant = |state: u32| {
                state >> 30 & 1 == 1
                    && state >> 16 & 0xF == login
                    && originator.is_none_or(|originator| state as u16 == originator)
            };
            if is_meant(self.exchange(exchange).await) {
                self.exchange(exchange | 0x100).await;
                while is_meant(self.exchange(exchange).await) {}
            }
        }
    }

    /// Looks at an exchange.
    async fn exchange(&self, select: u32) -> u32 {
        self.write("exchange_select", select).await;
        loop {
            let state = self.read("exchange_state").await;
            if state >> 31 == 0 {
                return state;
            }
        }
    }

    async fn read(&self, name: &str) -> u32 {
        self.processor.read(MailboxRegister::find(PORT_REGISTERS, name)).await
    }

    async fn write(&self, name: &str, value: u32) {
        self.processor.write(MailboxRegister::find(PORT_REGISTERS, name), value).await;
    }
}
