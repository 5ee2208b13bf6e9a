//! The programs of all bus actions, assembled from the figures of the bus modes.

use std::collections::BTreeMap;

use rust_hdl::prelude::*;

use super::lane_config::{BusCycles, LaneConfig, LaneConfigError};
use super::onfi_timing::{BusMode, ModeFigures};

/// What occupies the bus without interruption.
///
/// The first eight have the numbers of the operations that begin with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusAction {
    /// Start of a page read: 00h, address, 30h.
    Read,
    /// Program: 80h, address, data, 10h; the first of two planes with 11h.
    Program,
    /// Erase: 60h, row, D0h; the first of two planes with D1h.
    Erase,
    /// ECh and all that follows.
    ReadParameters,
    /// 90h and the bytes.
    ReadId,
    /// EFh, four bytes, and the change.
    SetFeature,
    /// EEh and four bytes.
    GetFeature,
    /// FFh or FCh, until the chip is ready.
    Reset,
    /// Status of one die: 78h, row, status byte.
    Poll,
    /// Data of a finished read: 06h, address, E0h, the bytes.
    Transfer,
    /// A page that has been read makes room for the next, whose read begins: 00h, address of the next, 31h.
    ReadNext,
    /// A page that has been read makes room for none: 78h and row, which select the die, 3Fh.
    ReadLast,
}

impl BusAction {
    /// All actions.
    pub const ALL: [Self; 12] = [
        Self::Read,
        Self::Program,
        Self::Erase,
        Self::ReadParameters,
        Self::ReadId,
        Self::SetFeature,
        Self::GetFeature,
        Self::Reset,
        Self::Poll,
        Self::Transfer,
        Self::ReadNext,
        Self::ReadLast,
    ];

    /// The number by which scheduler and engine know the action.
    pub fn number(self) -> u64 {
        self as u64
    }
}

/// Where the byte of a step comes from.
#[derive(Clone, Copy, Debug)]
enum Byte {
    Literal(u8),
    ColumnLow,
    ColumnHigh,
    Row(u8),
    Page,
}

/// How often the period of a step is played.
#[derive(Clone, Copy, Debug)]
enum Periods {
    /// This often, 1..=256.
    Times(u32),
    /// Once for each byte of the command.
    Length,
    /// Once for two bytes of the command, rounded up.
    HalfLength,
    /// Until the chip is ready, 65,281 times at most.
    Long,
}

/// One word of the program memory: a step of one or more equal periods, each a low and a high phase of WE# (RE#, CLK).
#[derive(Clone, Copy, Debug)]
struct Step {
    byte: Byte,
    periods: Periods,
    /// CLE and ALE; in the first period alone unless `sustained`.
    command: bool,
    address: bool,
    sustained: bool,
    /// SDR: WE# is low in the low phase of the first period (of every period if `sustained`). NV-DDR: CLK runs.
    write: bool,
    /// SDR: RE# is low in every low phase. NV-DDR: W/R# is low.
    read: bool,
    /// Bytes from the chip are taken.
    receive: bool,
    drive: bool,
    strobe: bool,
    select: bool,
    /// Each period takes bytes of the program stream; periods without bytes pause.
    stream: bool,
    /// NV-DDR: the byte goes out twice, with the strobe, in the first period.
    literal: bool,
    wait_ready: bool,
    /// Ends when all bytes expected have come; makes up those that have not.
    flush: bool,
    finish: bool,
    /// The byte's lowest bit is set on the first of two planes.
    confirm: bool,
}

const NOTHING: Step = Step {
    byte: Byte::Literal(0),
    periods: Periods::Times(1),
    command: false,
    address: false,
    sustained: false,
    write: false,
    read: false,
    receive: false,
    drive: false,
    strobe: false,
    select: false,
    stream: false,
    literal: false,
    wait_ready: false,
    flush: false,
    finish: false,
    confirm: false,
};

impl Step {
    /// The word of the program memory; `BusEngine` takes it apart.
    fn word(&self) -> u64 {
        let (source, literal) = match self.byte {
            Byte::Literal(value) => (0, value),
            Byte::ColumnLow => (1, 0),
            Byte::ColumnHigh => (2, 0),
            Byte::Row(byte) => (3 + u64::from(byte), 0),
            Byte::Page => (6, 0),
        };
        let (kind, periods) = match self.periods {
            Periods::Times(times) => {
                assert!((1..=256).contains(&times), "a step of {times} periods: legal are 1..=256");
                (0, times - 1)
            }
            Periods::Length => (1, 0),
            Periods::HalfLength => (2, 0),
            Periods::Long => (3, 255),
        };
        let flags = [
            self.command,
            self.address,
            self.sustained,
            self.write,
            self.read,
            self.receive,
            self.drive,
            self.strobe,
            self.select,
            self.stream,
            self.literal,
            self.wait_ready,
            self.flush,
            self.finish,
            self.confirm,
        ];
        let flags = flags.iter().rev().fold(0, |word, flag| word << 1 | u64::from(*flag));
        u64::from(literal) | source << 8 | u64::from(periods) << 11 | kind << 19 | flags << 21
    }
}

/// The content of the bus engine's program memory: 16 steps for each action, for both modes of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusProgram {
    words: Vec<(u64, u64)>,
}

impl BusProgram {
    /// The programs for a lane.
    ///
    /// # Errors
    /// If the configuration is out of its range.
    pub fn new(config: &LaneConfig) -> Result<Self, LaneConfigError> {
        config.validate()?;
        let mut words = Vec::new();
        for (bank, mode) in [(0, config.boot), (1, config.run)] {
            let figures = config.figures(mode)?;
            let assembler = Assembler { config, mode, figures, cycles: config.bus_cycles(mode, &figures) };
            for action in BusAction::ALL {
                let steps = assembler.action(action);
                assert!(steps.len() <= 16, "{action:?} takes {} steps: 16 are there", steps.len());
                for (index, step) in (0..).zip(&steps) {
                    words.push((bank << 8 | action.number() << 4 | index, step.word()));
                }
            }
        }
        Ok(Self { words })
    }

    /// Address (mode, action, step) and word.
    pub fn contents(&self) -> BTreeMap<Bits<9>, Bits<36>> {
        self.words.iter().map(|&(address, word)| (address.into(), word.into())).collect()
    }
}

struct Assembler<'a> {
    config: &'a LaneConfig,
    mode: BusMode,
    figures: ModeFigures,
    cycles: BusCycles,
}

impl Assembler<'_> {
    fn action(&self, action: BusAction) -> Vec<Step> {
        let synchronous = self.cycles.synchronous;
        let mut steps = vec![Step { select: true, periods: self.wait(self.ns(self.figures.chip_setup)), ..NOTHING }];
        let mut finish = Step { finish: true, ..NOTHING };
        let to_ready = self.ns(self.figures.to_busy) + SYNCHRONIZER_CYCLES;
        let ready = Step { wait_ready: true, periods: Periods::Long, ..self.idle() };
        match action {
            BusAction::Read => {
                steps.push(self.command(0x00));
                steps.extend(self.full_address(0));
                steps.push(self.command(0x30));
            }
            BusAction::ReadNext => {
                steps.push(self.command(0x00));
                steps.extend(self.full_address(0));
                steps.push(self.command(0x31));
            }
            BusAction::ReadLast => {
                steps.push(self.command(0x78));
                steps.extend(self.row_address(0));
                steps.push(self.command(0x3F));
            }
            BusAction::Program => {
                steps.push(self.command(0x80));
                steps.extend(self.full_address(self.ns(self.figures.address_to_data)));
                steps.extend(self.program_data());
                steps.push(Step { confirm: true, ..self.command(0x10) });
                finish.periods = self.wait(to_ready + self.ns(self.config.between_planes_ns));
            }
            BusAction::Erase => {
                steps.push(self.command(0x60));
                steps.extend(self.row_address(0));
                steps.push(Step { confirm: true, ..self.command(0xD0) });
                finish.periods = self.wait(to_ready + self.ns(self.config.between_planes_ns));
            }
            BusAction::ReadParameters => {
                steps.push(self.command(0xEC));
                steps.extend([self.address(Byte::Page, to_ready), ready]);
                let length = if synchronous { Periods::HalfLength } else { Periods::Length };
                steps.extend(self.data_out(self.figures.ready_to_read, length));
            }
            BusAction::ReadId => {
                steps.push(self.command(0x90));
                steps.push(self.address(Byte::Page, self.ns(self.figures.write_to_read)));
                steps.extend(self.data_out(0, Periods::Length));
            }
            BusAction::SetFeature => {
                steps.push(self.command(0xEF));
                steps.push(self.address(Byte::Page, self.ns(self.figures.address_to_data)));
                steps.push(self.parameter(Byte::ColumnLow));
                steps.extend([self.parameter(Byte::Literal(0)); 3]);
                let feature = self.ns(self.figures.feature);
                steps.push(Step { strobe: synchronous, drive: true, periods: self.wait(to_ready), ..self.idle() });
                steps.extend([Step { periods: self.wait(feature), ..self.idle() }, ready]);
            }
            BusAction::GetFeature => {
                steps.push(self.command(0xEE));
                steps.extend([self.address(Byte::Page, to_ready), ready]);
                steps.extend(self.data_out(self.figures.ready_to_read, Periods::Length));
            }
            BusAction::Reset => {
                steps.push(self.command(if synchronous { 0xFC } else { 0xFF }));
                steps.extend([Step { periods: self.wait(to_ready), ..self.idle() }, ready]);
            }
            BusAction::Poll => {
                steps.push(self.command(0x78));
                steps.extend(self.row_address(self.ns(self.figures.write_to_read)));
                steps.extend(self.data_out(0, self.wait(1)));
            }
            BusAction::Transfer => {
                steps.push(self.command(0x06));
                steps.extend(self.full_address(0));
                steps.push(self.pulse(Byte::Literal(0xE0), true, self.ns(self.figures.change_column)));
                let length = if synchronous { Periods::HalfLength } else { Periods::Length };
                steps.extend(self.data_out(0, length));
            }
        }
        steps.push(finish);
        steps
    }

    fn ns(&self, nanoseconds: u32) -> u32 {
        self.config.cycles(nanoseconds)
    }

    /// Periods that take at least so many cycles, and what the engine needs to fetch the next step.
    fn wait(&self, cycles: u32) -> Periods {
        Periods::Times(cycles.max(FETCH_CYCLES).div_ceil(self.cycles.write_low + self.cycles.write_high))
    }

    /// The chip is selected and nothing happens.
    fn idle(&self) -> Step {
        Step { select: true, write: self.cycles.synchronous, ..NOTHING }
    }

    /// A command or address cycle, and at least `wait` cycles from its latching to the end of the step.
    fn pulse(&self, byte: Byte, command: bool, wait: u32) -> Step {
        let least = if self.cycles.synchronous { self.ns(self.figures.command_delay) } else { 0 };
        let periods = self.wait(least.max(self.cycles.write_low + wait));
        Step { byte, command, address: !command, write: true, drive: true, select: true, periods, ..NOTHING }
    }

    fn command(&self, byte: u8) -> Step {
        self.pulse(Byte::Literal(byte), true, 0)
    }

    fn address(&self, byte: Byte, wait: u32) -> Step {
        self.pulse(byte, false, wait)
    }

    fn row_address(&self, wait: u32) -> Vec<Step> {
        (0..3).map(|byte| self.address(Byte::Row(byte), if byte == 2 { wait } else { 0 })).collect()
    }

    fn full_address(&self, wait: u32) -> Vec<Step> {
        let mut steps = vec![self.address(Byte::ColumnLow, 0), self.address(Byte::ColumnHigh, 0)];
        steps.extend(self.row_address(wait));
        steps
    }

    /// The bytes of the program stream.
    fn program_data(&self) -> Vec<Step> {
        let data = Step { write: true, sustained: true, drive: true, select: true, stream: true, ..NOTHING };
        if !self.cycles.synchronous {
            return vec![Step { periods: Periods::Length, ..data }];
        }
        // The strobe follows the clock by one and a half periods.
        let tail = Step { drive: true, strobe: true, periods: Periods::Times(3), ..self.idle() };
        vec![Step { command: true, address: true, strobe: true, periods: Periods::HalfLength, ..data }, tail]
    }

    /// A parameter byte of a feature.
    fn parameter(&self, byte: Byte) -> Step {
        let synchronous = self.cycles.synchronous;
        let step = Step { byte, write: true, drive: true, select: true, periods: self.wait(1), ..NOTHING };
        Step { command: synchronous, address: synchronous, strobe: synchronous, literal: synchronous, ..step }
    }

    /// Turns the bus round, takes bytes for so many periods, and turns it back.
    fn data_out(&self, nanoseconds_before: u32, periods: Periods) -> [Step; 4] {
        let synchronous = self.cycles.synchronous;
        let before = self.ns(self.figures.turn_to_read.max(nanoseconds_before));
        let (arrival, drain) = match self.mode {
            BusMode::NvDdr(_) => (
                2 * self.cycles.read_low + self.ns(self.figures.strobe_delay),
                2 * self.cycles.read_low + self.ns(self.figures.strobe_delay) + CAPTURE_CYCLES,
            ),
            BusMode::Sdr(_) => (0, self.cycles.read_access + CAPTURE_CYCLES),
        };
        debug_assert!(arrival <= drain);
        let release = self.ns(self.figures.read_to_write).saturating_sub(drain).max(self.ns(self.figures.chip_hold));
        [
            Step { read: synchronous, periods: self.wait(before), ..self.idle() },
            Step {
                command: synchronous,
                address: synchronous,
                sustained: true,
                read: true,
                receive: true,
                periods,
                ..self.idle()
            },
            Step { read: synchronous, receive: synchronous, periods: self.wait(drain), ..self.idle() },
            Step { flush: true, periods: self.wait(release), ..self.idle() },
        ]
    }
}

/// Fewest cycles of a step: the next one's word is read meanwhile.
const FETCH_CYCLES: u32 = 3;
/// Cycles from a change of R/B# to its effect.
const SYNCHRONIZER_CYCLES: u32 = 4;
/// Cycles from a byte at the pins to where it is counted, and from the engine to the pins.
const CAPTURE_CYCLES: u32 = 5;
