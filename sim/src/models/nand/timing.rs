//! Timing modes: what a parameter asks for in a mode, in picoseconds and in clock cycles.

use super::timing_figures::{NV_DDR, Parameter, SDR};

/// The data interface of a chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interface {
    /// Asynchronous: WE# and RE# strobe single bytes.
    Sdr,
    /// Source-synchronous: a clock, and a strobe that moves with the data.
    NvDdr,
}

/// An interface and the number of its timing mode, 0..=5.
///
/// As feature 01h encodes it: bits 3..=0 the mode, bits 5..=4 the interface (0 SDR, 1 NV-DDR).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimingMode {
    interface: Interface,
    number: u8,
}

/// Modes of an interface.
pub const MODES: u8 = 6;

impl TimingMode {
    /// What a chip starts with.
    pub const POWER_UP: Self = Self { interface: Interface::Sdr, number: 0 };

    /// A mode; `None` if the number is above 5.
    pub fn new(interface: Interface, number: u8) -> Option<Self> {
        (number < MODES).then_some(Self { interface, number })
    }

    /// The mode that the first byte of feature 01h selects; `None` if there is no such mode.
    pub fn from_feature(value: u8) -> Option<Self> {
        match value >> 4 {
            0 => Self::new(Interface::Sdr, value & 0xF),
            1 => Self::new(Interface::NvDdr, value & 0xF),
            _ => None,
        }
    }

    /// The first byte of feature 01h.
    pub fn feature(self) -> u8 {
        match self.interface {
            Interface::Sdr => self.number,
            Interface::NvDdr => 0x10 | self.number,
        }
    }

    /// The interface.
    pub fn interface(self) -> Interface {
        self.interface
    }

    /// The number within the interface.
    pub fn number(self) -> u8 {
        self.number
    }

    /// What the mode asks for, in picoseconds; `None` if the interface does not know the parameter.
    pub fn figure(self, parameter: Parameter) -> Option<u64> {
        let table: &[(Parameter, [u64; 6])] = match self.interface {
            Interface::Sdr => &SDR,
            Interface::NvDdr => &NV_DDR,
        };
        table.iter().find(|(known, _)| *known == parameter).map(|(_, figures)| figures[usize::from(self.number)])
    }

    /// The figures of the mode for a clock period.
    pub fn timing(self, clock_picoseconds: u64) -> BusTiming {
        let figures = Parameter::ALL.map(|parameter| self.figure(parameter).unwrap_or(0));
        BusTiming {
            mode: self,
            clock: clock_picoseconds,
            figures,
            cycles: figures.map(|figure| figure.div_ceil(clock_picoseconds)),
        }
    }
}

/// The figures of one mode together with the clock period, ready for look-up in every cycle.
#[derive(Clone, Copy, Debug)]
pub struct BusTiming {
    mode: TimingMode,
    clock: u64,
    figures: [u64; Parameter::ALL.len()],
    /// Rounded up.
    cycles: [u64; Parameter::ALL.len()],
}

impl BusTiming {
    /// The mode.
    pub fn mode(&self) -> TimingMode {
        self.mode
    }

    /// The clock period in picoseconds.
    pub fn clock_picoseconds(&self) -> u64 {
        self.clock
    }

    /// What a parameter asks for in picoseconds; 0 if the mode's interface does not know it.
    pub fn picoseconds(&self, parameter: Parameter) -> u64 {
        self.figures[parameter as usize]
    }

    /// The fewest cycles that are not shorter than the figure.
    pub fn cycles(&self, parameter: Parameter) -> u64 {
        self.cycles[parameter as usize]
    }

    /// The most cycles that are not longer than the figure.
    pub fn whole_cycles(&self, parameter: Parameter) -> u64 {
        self.picoseconds(parameter) / self.clock
    }
}
