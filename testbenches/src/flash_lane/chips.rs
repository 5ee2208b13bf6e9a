//! Two flash chips at the pins of a lane.

use super::page_content::{Page, initial_byte};
use crate::cosimulation::{Driver, Interface, Layout};
use anyhow::{Context, Result};
use rand::rngs::StdRng;
use std::collections::{HashMap, VecDeque};

/// Times of the chips in controller cycles.
#[derive(Clone, Copy, Debug)]
pub struct ChipTimes {
    /// tR.
    pub read: u64,
    /// Added to tR of every seventh page.
    pub read_excess: u64,
    /// tPROG.
    pub program: u64,
    /// tBERS.
    pub erase: u64,
    /// tRCBSY.
    pub cache_busy: u64,
    /// tDBSY.
    pub between_planes: u64,
    /// Busy time of parameter reads, features and resets.
    pub other: u64,
    /// Cycles of 7.5 ns from RE# low to data.
    pub read_access: u64,
    /// Bits of the page number in a row address; the plane is the bit above.
    pub page_bits: u32,
    /// Place of the die in a row address.
    pub die_shift: u32,
}

impl ChipTimes {
    /// tR of a page.
    fn read_of(&self, row: u32) -> u64 {
        self.read + if row.is_multiple_of(7) { self.read_excess } else { 0 }
    }
}

/// tCAD, tCCS, tADL, tWHR, tRHW and tWB in cycles of 7.5 ns.
const COMMAND_DELAY: u64 = 6;
const CHANGE_COLUMN: u64 = 67;
const ADDRESS_TO_DATA: u64 = 54;
const WRITE_TO_READ: u64 = 11;
const READ_TO_WRITE: u64 = 14;
const TO_BUSY: u64 = 13;

#[derive(Clone, Copy, Debug, Default)]
struct Pins {
    selected: [bool; 2],
    command: bool,
    address: bool,
    write: bool,
    read: bool,
    data: u8,
    drives: bool,
    strobe: bool,
    strobe_drives: bool,
}

#[derive(Clone, Debug, Default)]
struct Die {
    busy_from: u64,
    busy_until: u64,
    failed: bool,
    /// The row whose page stands in the register that the bus reads.
    row: u32,
    /// The row whose page the array has read or reads, if it was a read that it worked for last, and until when.
    array_row: Option<u32>,
    array_until: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    Nothing,
    Status,
    Page { die: usize, column: usize },
    Bytes([u8; 4], usize),
    Parameters(usize),
}

#[derive(Debug)]
struct Chip {
    number: usize,
    synchronous: bool,
    dies: Vec<Die>,
    command: u8,
    address: Vec<u8>,
    data: Vec<u8>,
    output: Output,
    /// Rows confirmed with 11h or D1h, waiting for the other plane.
    first_plane: Option<(u8, u32)>,
    feature: u8,
    /// Earliest cycle of the next command or address, and of the next data output or input.
    next_write: u64,
    next_read: u64,
    next_data: u64,
    cache_reads: u64,
}

/// Chips that answer what the bus standard says and check what they are asked.
///
/// Programs and erases of blocks with number 3 modulo 8 fail.
pub struct Chips {
    times: ChipTimes,
    chips: Vec<Chip>,
    pages: HashMap<Page, Vec<u8>>,
    before: Pins,
    cycle: u64,
    /// Bytes under way with the cycle in which each appears.
    sending: VecDeque<(u64, u8)>,
    strobe: bool,
    data: u8,
    ports: Vec<usize>,
    inputs: [usize; 3],
    transfers: u64,
}

impl Chips {
    /// Chips in their state after power-up: asynchronous.
    pub fn new(times: ChipTimes) -> Self {
        let chip = |number| Chip {
            number,
            synchronous: false,
            dies: vec![Die::default(); 8],
            command: 0,
            address: Vec::new(),
            data: Vec::new(),
            output: Output::Nothing,
            first_plane: None,
            feature: 0,
            next_write: 0,
            next_read: 0,
            next_data: 0,
            cache_reads: 0,
        };
        Self {
            times,
            chips: vec![chip(0), chip(1)],
            pages: HashMap::new(),
            before: Pins { write: true, read: true, ..Pins::default() },
            cycle: 0,
            sending: VecDeque::new(),
            strobe: false,
            data: 0,
            ports: Vec::new(),
            inputs: [0; 3],
            transfers: 0,
        }
    }

    fn step(&mut self, now: Pins) {
        let before = std::mem::replace(&mut self.before, now);
        assert!(!(now.selected[0] && now.selected[1]), "cycle {}: both chips are selected", self.cycle);
        for number in 0..2 {
            if !now.selected[number] {
                continue;
            }
            let Self { times, chips, pages, cycle, sending, transfers, .. } = self;
            let chip = &mut chips[number];
            let rises = now.write && !before.write;
            if chip.synchronous {
                match (rises, now.command, now.address) {
                    (true, true, false) => {
                        assert!(before.command && now.drives, "cycle {cycle}: CLE or DQ is not stable");
                        chip.write_command(now.data, *cycle, times, pages);
                    }
                    (true, false, true) => {
                        assert!(before.address && now.drives, "cycle {cycle}: ALE or DQ is not stable");
                        chip.write_address(now.data, *cycle);
                    }
                    (true, true, true) if !now.read => {
                        *transfers += 1;
                        let (first, second) = (chip.next_byte(*cycle, times, pages), chip.next_byte_of_pair(pages));
                        sending.push_back((*cycle + 3, first));
                        sending.push_back((*cycle + 4, second));
                    }
                    _ => {}
                }
                if now.strobe_drives && now.strobe != before.strobe {
                    assert!(now.drives, "cycle {cycle}: a strobe without data");
                    chip.write_data(now.data, *cycle);
                }
            } else {
                if rises {
                    assert!(before.drives && before.data == now.data, "cycle {cycle}: DQ does not hold");
                    match (before.command, before.address) {
                        (true, false) => chip.write_command(before.data, *cycle, times, pages),
                        (false, true) => chip.write_address(before.data, *cycle),
                        (false, false) => chip.write_data(before.data, *cycle),
                        (true, true) => panic!("cycle {cycle}: CLE and ALE are both high"),
                    }
                }
                if !now.read && before.read {
                    assert!(!now.drives, "cycle {cycle}: both sides drive DQ");
                    *transfers += 1;
                    let byte = chip.next_byte(*cycle, times, pages);
                    sending.push_back((*cycle + times.read_access, byte));
                }
            }
        }
    }
}

impl Chip {
    fn die_of(&self, row: u32, times: &ChipTimes) -> usize {
        (row >> times.die_shift & 7) as usize
    }

    fn row(&self) -> u32 {
        self.address.iter().rev().take(3).fold(0, |row, byte| row << 8 | u32::from(*byte))
    }

    fn expect_idle(&self, cycle: u64) {
        let busy = self.dies.iter().position(|die| die.busy_until.max(die.array_until) > cycle);
        assert!(busy.is_none(), "cycle {cycle}: command {:02x} while die {busy:?} is busy", self.command);
    }

    fn expect_array_idle(&self, die: usize, cycle: u64) {
        assert!(self.dies[die].array_until <= cycle, "cycle {cycle}: command on die {die}, whose array still reads");
    }

    fn make_busy(&mut self, die: usize, cycle: u64, time: u64) {
        let entry = &mut self.dies[die];
        assert!(entry.busy_until <= cycle, "cycle {cycle}: command {:02x} on busy die {die}", self.command);
        (entry.busy_from, entry.busy_until) = (cycle + TO_BUSY, cycle + TO_BUSY + time);
    }

    fn check_write(&mut self, cycle: u64, what: u8) {
        assert!(cycle >= self.next_write, "cycle {cycle}: {what:02x} comes {} cycles early", self.next_write - cycle);
        self.next_write = cycle + if self.synchronous { COMMAND_DELAY } else { 1 };
        self.next_read = cycle + WRITE_TO_READ;
    }

    fn write_command(&mut self, byte: u8, cycle: u64, times: &ChipTimes, pages: &mut HashMap<Page, Vec<u8>>) {
        self.check_write(cycle, byte);
        let begun = std::mem::replace(&mut self.command, byte);
        let failing = |row: u32| row >> (times.page_bits + 1) & 7 == 3;
        match (begun, byte) {
            (0x00, 0x30) => {
                assert_eq!(self.address.len(), 5, "cycle {cycle}: address of a read");
                let row = self.row();
                let die = self.die_of(row, times);
                self.expect_array_idle(die, cycle);
                self.make_busy(die, cycle, times.read_of(row));
                let die = &mut self.dies[die];
                (die.row, die.array_row, die.array_until) = (row, Some(row), die.busy_until);
            }
            (0x00, 0x31) | (0x78, 0x3F) => {
                let (expected, next) = if byte == 0x31 { (5, Some(self.row())) } else { (3, None) };
                assert_eq!(self.address.len(), expected, "cycle {cycle}: address of a cache read");
                let die = self.die_of(self.row(), times);
                let left = self.dies[die].array_until.saturating_sub(cycle + TO_BUSY);
                self.make_busy(die, cycle, left + times.cache_busy);
                let die = &mut self.dies[die];
                let Some(row) = std::mem::replace(&mut die.array_row, next) else {
                    panic!("cycle {cycle}: {byte:02x} when no page was read");
                };
                die.row = row;
                die.array_until = die.busy_until + next.map_or(0, |row| times.read_of(row));
                self.cache_reads += u64::from(byte == 0x31);
            }
            (0x80, 0x10 | 0x11) | (0x60, 0xD0 | 0xD1) => {
                let row = self.row();
                let die = self.die_of(row, times);
                self.expect_array_idle(die, cycle);
                self.dies[die].array_row = None;
                let plane = row >> times.page_bits & 1;
                if let Some((first, first_row)) = self.first_plane.take() {
                    assert!(first & !1 == byte, "cycle {cycle}: {byte:02x} after {first:02x}");
                    assert_eq!(first_row ^ row, 1 << times.page_bits, "cycle {cycle}: the planes of two commands");
                    assert_eq!(plane, 1, "cycle {cycle}: the second plane");
                }
                let page = (self.number, row);
                if begun == 0x80 {
                    assert_eq!(self.address.len(), 5, "cycle {cycle}: address of a program");
                    let column = usize::from(self.address[0]) | usize::from(self.address[1]) << 8;
                    let content = pages.entry(page).or_default();
                    content.resize(content.len().max(column + self.data.len()), 0xFF);
                    content[column..column + self.data.len()].copy_from_slice(&self.data);
                } else {
                    assert_eq!(self.address.len(), 3, "cycle {cycle}: address of an erase");
                    for page_number in 0..1 << times.page_bits {
                        let row = row & !((1 << times.page_bits) - 1) | page_number;
                        pages.insert((self.number, row), Vec::new());
                    }
                }
                let failed = failing(row);
                if byte & 1 == 1 {
                    self.first_plane = Some((byte, row));
                    self.make_busy(die, cycle, times.between_planes);
                    self.dies[die].failed = failed;
                } else {
                    self.make_busy(die, cycle, if begun == 0x80 { times.program } else { times.erase });
                    // The status of each plane is asked for separately; here both have the fate of their common block.
                    self.dies[die].failed = failed;
                }
            }
            (0x06, 0xE0) => {
                assert_eq!(self.address.len(), 5, "cycle {cycle}: address of a transfer");
                let row = self.row();
                let die = self.die_of(row, times);
                assert!(self.dies[die].busy_until <= cycle, "cycle {cycle}: transfer from busy die {die}");
                assert_eq!(self.dies[die].row, row, "cycle {cycle}: another page stands in die {die}");
                let column = usize::from(self.address[0]) | usize::from(self.address[1]) << 8;
                self.output = Output::Page { die, column };
                self.next_read = cycle + CHANGE_COLUMN;
            }
            (_, 0xFF | 0xFC) => {
                self.expect_idle(cycle);
                self.synchronous &= byte == 0xFC;
                self.make_busy(0, cycle, times.other);
            }
            (_, 0x90 | 0xEC | 0xEE | 0xEF) => self.expect_idle(cycle),
            (_, 0x00 | 0x80 | 0x60 | 0x06 | 0x78) => {}
            other => panic!("cycle {cycle}: command {other:02x?}"),
        }
        self.address.clear();
        self.data.clear();
    }

    fn write_address(&mut self, byte: u8, cycle: u64) {
        self.check_write(cycle, byte);
        self.address.push(byte);
        self.next_data = cycle + ADDRESS_TO_DATA;
        match (self.command, self.address.len()) {
            (0x78, 3) => self.output = Output::Status,
            (0x90, 1) => {
                let id = if byte == 0x20 { *b"ONFI" } else { [0x2C, 0x88, 0x04, 0x4B] };
                self.output = Output::Bytes(id, 0);
            }
            (0xEE, 1) => {
                self.make_busy(0, cycle, 60);
                self.output = Output::Bytes([self.feature, 0, 0, 0], 0);
            }
            (0xEC, 1) => {
                self.make_busy(0, cycle, 400);
                self.output = Output::Parameters(0);
            }
            _ => {}
        }
    }

    fn write_data(&mut self, byte: u8, cycle: u64) {
        assert!(matches!(self.command, 0x80 | 0xEF), "cycle {cycle}: data after {:02x}", self.command);
        if self.data.is_empty() {
            assert!(cycle >= self.next_data, "cycle {cycle}: data comes {} cycles early", self.next_data - cycle);
        }
        self.data.push(byte);
        let copies = if self.synchronous { 2 } else { 1 };
        if self.command == 0xEF && self.data.len() == 4 * copies {
            assert!(self.data.chunks(copies).all(|chunk| chunk.iter().all(|byte| *byte == chunk[0])));
            assert_eq!(self.data[copies..], vec![0; 3 * copies], "cycle {cycle}: parameters of a feature");
            assert_eq!(self.address, [1], "cycle {cycle}: only the timing mode is a feature here");
            self.feature = self.data[0];
            self.synchronous = self.feature & 0x30 == 0x10;
            self.make_busy(0, cycle, 130 - TO_BUSY);
        }
    }

    fn next_byte(&mut self, cycle: u64, times: &ChipTimes, pages: &HashMap<Page, Vec<u8>>) -> u8 {
        assert!(cycle >= self.next_read, "cycle {cycle}: data output {} cycles early", self.next_read - cycle);
        self.next_write = self.next_write.max(cycle + READ_TO_WRITE);
        if self.output == Output::Status {
            let die = &self.dies[self.die_of(self.row(), times)];
            let ready = !(die.busy_from..die.busy_until).contains(&cycle) && die.busy_until <= cycle;
            let array_ready = ready && die.array_until <= cycle;
            return 0x80 | u8::from(ready) << 6 | u8::from(array_ready) << 5 | u8::from(die.failed);
        }
        self.expect_output_idle(cycle);
        self.advance(pages)
    }

    /// The second byte of a clock period.
    fn next_byte_of_pair(&mut self, pages: &HashMap<Page, Vec<u8>>) -> u8 {
        match self.output {
            Output::Status => 0,
            Output::Bytes(bytes, place) => bytes[(place - 1) % 4],
            _ => self.advance(pages),
        }
    }

    fn expect_output_idle(&self, cycle: u64) {
        if let Output::Bytes(..) | Output::Parameters(_) = self.output {
            self.expect_idle(cycle);
        }
    }

    fn advance(&mut self, pages: &HashMap<Page, Vec<u8>>) -> u8 {
        match &mut self.output {
            Output::Page { die, column } => {
                let page = (self.number, self.dies[*die].row);
                *column += 1;
                byte_of(pages, page, *column - 1)
            }
            Output::Bytes(bytes, place) => {
                *place += 1;
                bytes[(*place - 1) % 4]
            }
            Output::Parameters(place) => {
                *place += 1;
                parameter_byte(*place - 1)
            }
            Output::Nothing | Output::Status => panic!("data output that nobody asked for"),
        }
    }
}

/// A byte of the parameter page of these chips.
pub(super) fn parameter_byte(place: usize) -> u8 {
    b"ONFI".get(place).copied().unwrap_or((place * 7) as u8)
}

fn byte_of(pages: &HashMap<Page, Vec<u8>>, page: Page, column: usize) -> u8 {
    match pages.get(&page) {
        Some(content) => content.get(column).copied().unwrap_or(0xFF),
        None => initial_byte(page, column),
    }
}

const OUTPUTS: [&str; 9] = [
    "chip_enable_n",
    "command_latch",
    "address_latch",
    "write_enable_n",
    "read_enable_n",
    "data_out",
    "data_drive",
    "strobe_out",
    "strobe_drive",
];

impl Driver for Chips {
    fn connect(&mut self, interface: &Interface) -> Result<()> {
        let find = |ports: &[crate::cosimulation::Port], name: &str| {
            let name = format!("pins_{name}");
            ports.iter().position(|port| port.name == name).with_context(|| format!("no port `{name}`"))
        };
        self.ports = OUTPUTS.iter().map(|name| find(&interface.outputs, name)).collect::<Result<_>>()?;
        for (port, name) in self.inputs.iter_mut().zip(["data_in", "strobe_in", "ready_busy_n"]) {
            *port = find(&interface.inputs, name)?;
        }
        Ok(())
    }

    fn inputs(&self) -> Vec<usize> {
        self.inputs.to_vec()
    }

    fn drive(&mut self, layout: &Layout, inputs: &mut [u64], outputs: Option<&[u64]>, _random: &mut StdRng) {
        if let Some(outputs) = outputs {
            let value = |index: usize| outputs[layout.outputs.span(self.ports[index]).start];
            let bit = |index: usize| value(index) == 1;
            let pins = Pins {
                selected: [value(0) & 1 == 0, value(0) & 2 == 0],
                command: bit(1),
                address: bit(2),
                write: bit(3),
                read: bit(4),
                data: value(5) as u8,
                drives: bit(6),
                strobe: bit(7),
                strobe_drives: bit(8),
            };
            self.step(pins);
        }
        self.cycle += 1;
        if let Some(&(due, byte)) = self.sending.front()
            && due <= self.cycle
        {
            self.sending.pop_front();
            self.data = byte;
            self.strobe = !self.strobe;
        } else if self.sending.is_empty() && self.before.read {
            self.strobe = false;
        }
        let mut ready = 0;
        for (number, chip) in self.chips.iter().enumerate() {
            let busy = chip.dies.iter().any(|die| (die.busy_from..die.busy_until).contains(&self.cycle));
            ready |= u64::from(!busy) << number;
        }
        for (port, value) in self.inputs.into_iter().zip([u64::from(self.data), u64::from(self.strobe), ready]) {
            inputs[layout.inputs.span(port).start] = value;
        }
    }

    fn events(&self) -> Vec<(String, u64)> {
        let cache_reads = self.chips.iter().map(|chip| chip.cache_reads).sum();
        vec![("chips".into(), self.transfers), ("cache reads".into(), cache_reads)]
    }
}
