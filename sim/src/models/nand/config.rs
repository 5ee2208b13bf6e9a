//! Configuration of a chip and of a lane, and what is legal.

use super::flash::{ArrayTime, FlashKind, FlashParameters};
use super::geometry::{Geometry, GeometryError};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A chip: geometry, flash type, seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChipConfig {
    /// Seed of factory bad blocks, bit errors, spread of times and interrupted operations.
    pub seed: u64,
    /// Geometry.
    pub geometry: Geometry,
    /// Flash type.
    pub flash: FlashParameters,
}

/// A lane: its clock, its chips.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaneConfig {
    /// Period of the controller's clock in picoseconds, 1,000..=50,000.
    pub clock_picoseconds: u64,
    /// By how much delay elements at the controller's pins move the NV-DDR clock and DQS against the other signals, in
    /// picoseconds, less than a clock period.
    pub clock_delay_picoseconds: u64,
    /// Chips on the bus, 1..=8.
    pub chips: u8,
    /// What they are like; chips differ by their number, which enters their seed.
    pub chip: ChipConfig,
}

/// A configuration outside its legal range.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ConfigError {
    /// The geometry is impossible.
    #[error("geometry: {0}")]
    Geometry(#[from] GeometryError),
    /// A count or time is out of range.
    #[error("{field} = {value} (legal: {legal})")]
    Whole {
        /// The field.
        field: &'static str,
        /// What was given.
        value: u64,
        /// What is legal.
        legal: String,
    },
    /// A rate or factor is out of range.
    #[error("{field} = {value} (legal: {legal})")]
    Real {
        /// The field.
        field: &'static str,
        /// What was given.
        value: f64,
        /// What is legal.
        legal: &'static str,
    },
}

impl ChipConfig {
    /// A real chip of a kind.
    pub fn of(kind: FlashKind, seed: u64) -> Self {
        Self { seed, geometry: kind.geometry(), flash: kind.parameters() }
    }

    /// Confirms that every field is in its legal range.
    ///
    /// # Errors
    /// The first field that is not, with its value and what is legal.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.geometry.validate()?;
        let flash = &self.flash;
        time("flash.read", flash.read)?;
        time("flash.program", flash.program)?;
        time("flash.erase", flash.erase)?;
        whole("flash.plane_busy_nanoseconds", flash.plane_busy_nanoseconds, 1, 1_000_000)?;
        whole("flash.cache_busy_nanoseconds", flash.cache_busy_nanoseconds, 1, 1_000_000)?;
        whole("flash.endurance", u64::from(flash.endurance), 1, 10_000_000)?;
        whole("flash.programs_per_page", u64::from(flash.programs_per_page), 1, 8)?;
        real("flash.time_spread", flash.time_spread, 0.0..=1.0, "0..=1")?;
        real("flash.life_factor", flash.life_factor, 1.0..=1e6, "1..=1e6")?;
        real("flash.pair_damage", flash.pair_damage, 0.0..=1.0, "0..=1")?;
        real("flash.factory_bad", flash.factory_bad, 0.0..=0.02, "0..=0.02")?;
        let errors = &flash.errors;
        real("flash.errors.fresh", errors.fresh, 0.0..=0.5, "0..=0.5")?;
        real("flash.errors.worn", errors.worn, errors.fresh..=0.5, "from `fresh` to 0.5")?;
        real("flash.errors.wear_exponent", errors.wear_exponent, 0.1..=10.0, "0.1..=10")?;
        real("flash.errors.retention_per_year", errors.retention_per_year, 0.0..=1e6, "0..=1e6")?;
        real("flash.errors.per_block_read", errors.per_block_read, 0.0..=0.5, "0..=0.5")
    }
}

impl LaneConfig {
    /// Two real chips of a kind at the reference clock of 7.5 ns, with DQS and clock in the middle of the cycle.
    pub fn of(kind: FlashKind, seed: u64) -> Self {
        Self { clock_picoseconds: 7_500, clock_delay_picoseconds: 3_750, chips: 2, chip: ChipConfig::of(kind, seed) }
    }

    /// Confirms that every field is in its legal range.
    ///
    /// # Errors
    /// The first field that is not, with its value and what is legal.
    pub fn validate(&self) -> Result<(), ConfigError> {
        whole("clock_picoseconds", self.clock_picoseconds, 1_000, 50_000)?;
        whole("clock_delay_picoseconds", self.clock_delay_picoseconds, 0, self.clock_picoseconds - 1)?;
        whole("chips", u64::from(self.chips), 1, 8)?;
        self.chip.validate()
    }
}

fn time(field: &'static str, time: ArrayTime) -> Result<(), ConfigError> {
    whole(field, time.typical_nanoseconds, 1, time.maximum_nanoseconds)?;
    whole(field, time.maximum_nanoseconds, time.typical_nanoseconds, 1_000_000_000)
}

fn whole(field: &'static str, value: u64, from: u64, to: u64) -> Result<(), ConfigError> {
    let legal = (from..=to).contains(&value);
    if legal { Ok(()) } else { Err(ConfigError::Whole { field, value, legal: format!("{from}..={to}") }) }
}

fn real(
    field: &'static str,
    value: f64,
    range: std::ops::RangeInclusive<f64>,
    legal: &'static str,
) -> Result<(), ConfigError> {
    if range.contains(&value) { Ok(()) } else { Err(ConfigError::Real { field, value, legal }) }
}
