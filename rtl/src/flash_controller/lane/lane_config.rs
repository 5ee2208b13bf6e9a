//! Times, address layout and interfaces of a lane.

use thiserror::Error;

use super::onfi_timing::{BusMode, ModeFigures};
use crate::flash_controller::ecc::RecordCode;

/// Cycles of a timer step: each die is visited once in so many cycles.
pub(super) const TIMER_CYCLES: u64 = 16;
/// Most cycles of one phase (level of WE#, RE# or CLK).
const MAXIMUM_PHASE: u32 = 16;
/// Most cycles from RE# low to data.
const MAXIMUM_READ_ACCESS: u32 = 10;

/// What a lane's sequencer is built for.
///
/// A chip starts in `boot`. When it has been told to change over (feature 01h), its bit of the sequencer's `fast` input
/// goes high and its bus actions are those of `run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneConfig {
    /// Clock period in picoseconds.
    pub clock_period_ps: u32,
    /// Interface and timing of a chip after power-up.
    pub boot: BusMode,
    /// Interface and timing of a chip whose `fast` bit is high.
    pub run: BusMode,
    /// Bits of a page number in the row address, 1..=8. Above it come one bit for the plane, then the block.
    pub page_bits: u32,
    /// Bits of the block number within its plane, 1..=12. Above it comes the die.
    pub block_bits: u32,
    /// Code of the records.
    pub code: RecordCode,
    /// Page read time tR, typical, in nanoseconds; the first poll takes the status after it. SLC: 25 us.
    pub read_ns: u32,
    /// Page program time tPROG, typical, in nanoseconds. SLC: 250 us.
    pub program_ns: u32,
    /// Block erase time tBERS, typical, in nanoseconds. SLC: 1.5 ms.
    pub erase_ns: u32,
    /// Busy time while a page moves from a die's data register to its cache register (tRCBSY), typical, in nanoseconds.
    pub cache_busy_ns: u32,
    /// Busy time between the planes of a multi-plane command, at most (tDBSY, tEBSY), in nanoseconds.
    pub between_planes_ns: u32,
}

/// A lane configuration that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LaneConfigError {
    /// There is no such timing mode.
    #[error("timing mode {value}: legal are 0..=5")]
    TimingMode {
        /// What was given.
        value: u8,
    },
    /// The clock is too fast or too slow.
    #[error("a clock period of {value} ps: legal are {minimum}..={maximum} for this timing mode")]
    ClockPeriod {
        /// What was given.
        value: u32,
        /// Shortest period.
        minimum: u32,
        /// Longest period.
        maximum: u32,
    },
    /// A field of the row address is out of range.
    #[error("{value} {field} bits of a row address: legal are 1..={maximum}")]
    RowBits {
        /// Which field.
        field: &'static str,
        /// What was given.
        value: u32,
        /// Most bits.
        maximum: u32,
    },
    /// A busy time is beyond the timers.
    #[error("{field} of {value} ns: legal are 1..={maximum}")]
    BusyTime {
        /// Which time.
        field: &'static str,
        /// What was given.
        value: u32,
        /// Longest time.
        maximum: u64,
    },
}

/// Cycles of a bus that depend on its mode alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusCycles {
    /// Whether the bus runs in NV-DDR, by its clock, instead of SDR, by strobes.
    pub synchronous: bool,
    /// Cycles of WE# (CLK) low.
    pub write_low: u32,
    /// Cycles of WE# (CLK) high.
    pub write_high: u32,
    /// Cycles of RE# (CLK) low while data comes.
    pub read_low: u32,
    /// Cycles of RE# (CLK) high while data comes.
    pub read_high: u32,
    /// Cycles from RE# low to data.
    pub read_access: u32,
}

impl Default for LaneConfig {
    /// SLC chips of 2,048 blocks a plane and 64 pages a block, NV-DDR mode 3, at 7.5 ns.
    fn default() -> Self {
        Self {
            clock_period_ps: 7500,
            boot: BusMode::Sdr(0),
            run: BusMode::NvDdr(3),
            page_bits: 6,
            block_bits: 11,
            code: RecordCode::Slc,
            read_ns: 25_000,
            program_ns: 250_000,
            erase_ns: 1_500_000,
            cache_busy_ns: 3000,
            between_planes_ns: 1000,
        }
    }
}

impl LaneConfig {
    /// Confirms that every field is in its legal range.
    ///
    /// # Errors
    /// The first field that is not, with its value and what is legal.
    pub fn validate(&self) -> Result<(), LaneConfigError> {
        for (field, value, maximum) in [("page", self.page_bits, 8), ("block", self.block_bits, 12)] {
            if !(1..=maximum).contains(&value) {
                return Err(LaneConfigError::RowBits { field, value, maximum });
            }
        }
        for mode in [self.boot, self.run] {
            let figures = self.figures(mode)?;
            // Below 4 ns the phases of the slowest mode are too long to count; above 10 ns a turn of the bus takes
            // fewer cycles than its steps do.
            let (minimum, maximum) = (4000, 10_000);
            let cycles = self.bus_cycles(mode, &figures);
            let phases = [cycles.write_low, cycles.write_high, cycles.read_low, cycles.read_high];
            if !(minimum..=maximum).contains(&self.clock_period_ps)
                || phases.iter().any(|phase| *phase > MAXIMUM_PHASE)
                || cycles.read_access > MAXIMUM_READ_ACCESS
            {
                return Err(LaneConfigError::ClockPeriod { value: self.clock_period_ps, minimum, maximum });
            }
        }
        let longest = u64::from(u16::MAX) * TIMER_CYCLES * u64::from(self.clock_period_ps) / 1000;
        for (field, value, maximum) in [
            ("page read time", self.read_ns, longest),
            ("page program time", self.program_ns, longest),
            ("block erase time", self.erase_ns, longest),
            ("cache busy time", self.cache_busy_ns, longest),
            ("busy time between planes", self.between_planes_ns, 1600),
        ] {
            if value == 0 || u64::from(value) > maximum {
                return Err(LaneConfigError::BusyTime { field, value, maximum });
            }
        }
        Ok(())
    }

    /// Clock cycles that `nanoseconds` take, rounded up.
    pub fn cycles(&self, nanoseconds: u32) -> u32 {
        let cycles = (u64::from(nanoseconds) * 1000).div_ceil(u64::from(self.clock_period_ps));
        u32::try_from(cycles).unwrap_or(u32::MAX)
    }

    /// Timer steps that `nanoseconds` take, rounded up.
    pub fn timer_steps(&self, nanoseconds: u32) -> u64 {
        u64::from(self.cycles(nanoseconds)).div_ceil(TIMER_CYCLES)
    }

    /// Times of a bus mode, ns.
    ///
    /// # Errors
    /// If the standard has no such timing mode.
    pub fn figures(&self, mode: BusMode) -> Result<ModeFigures, LaneConfigError> {
        mode.figures().ok_or(LaneConfigError::TimingMode { value: mode.number() })
    }

    /// Times of a bus mode, `figures`, as cycles.
    pub fn bus_cycles(&self, mode: BusMode, figures: &ModeFigures) -> BusCycles {
        if mode.is_synchronous() {
            let half = self.cycles(figures.clock_cycle).div_ceil(2);
            return BusCycles {
                synchronous: true,
                write_low: half,
                write_high: half,
                read_low: half,
                read_high: half,
                read_access: 0,
            };
        }
        let write_low = self.cycles(figures.write_low);
        let write_high =
            self.cycles(figures.write_high).max(self.cycles(figures.write_cycle).saturating_sub(write_low));
        let read_access = self.cycles(figures.read_access);
        let read_low = self.cycles(figures.read_low);
        // A byte is taken before the next falling edge of RE#, so that nothing rests on how long data stays after it.
        let read_cycle = self.cycles(figures.read_cycle).max(read_access + 1);
        let read_high = self.cycles(figures.read_high).max(read_cycle.saturating_sub(read_low));
        BusCycles { synchronous: false, write_low, write_high, read_low, read_high, read_access }
    }
}
