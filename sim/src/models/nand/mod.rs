//! NAND flash chips at the pins of a lane, one step a clock cycle.
//!
//! A [`NandLane`] is a state machine that needs no simulator; [`NandModel`] ties one to the ports of a circuit. The chips
//! know the ONFI command set in SDR and NV-DDR, time their array operations by flash type, keep only what was programmed,
//! age, fail by injection, and check every rule of the bus that can be seen at the granularity of a cycle.
//!
//! Conventions of time: a signal of cycle `n` changes at `n` clock periods. Times that are asked of the controller are
//! compared in picoseconds; times that the chips take are rounded up to cycles, times for which they hold a value down.
//!
//! - SDR: what WE# latches is what stood on the pins in the last cycle of its low phase. A byte read is valid from tREA
//!   after RE# falls until tRHOH after it falls again, or until the chip lets go of the bus.
//! - NV-DDR: what the clock latches is what stands on the pins in the cycle in which it rises; the clock and DQS are taken
//!   as delayed by [`LaneConfig::clock_delay_picoseconds`]. Each rising clock edge with CLE and ALE high and W/R# low sends
//!   two bytes, tDQSCK later. Status, identifiers and features go twice, once an edge, in both directions.
//! - A confirmed operation makes R/B# fall tWB later, at the latest time allowed, and runs from then.
//!
//! What a controller keeps to beyond times and sequences of single commands:
//!
//! - The first command after power up is FFh, at SDR mode 0. After a change of interface CE# goes high once; FFh in NV-DDR
//!   is such a change.
//! - No command goes to a chip within tWB of a confirmation, whichever LUN it is for.
//! - While the chip is enabled in NV-DDR its clock runs, and DQS is low when the controller begins to drive it.
//! - Status 70h is for a chip of which no other LUN works; 78h, then 00h or 06h-E0h, selects among several.

pub mod bit_errors;
mod chip;
mod command;
pub mod config;
mod contents;
mod factory;
pub mod faults;
pub mod flash;
mod flash_array;
pub mod geometry;
mod history;
mod lane;
mod lun;
pub mod parameter_page;
pub mod pins;
mod ports;
mod random;
pub mod timing;
mod timing_figures;
pub mod violation;

pub use config::{ChipConfig, ConfigError, LaneConfig};
pub use faults::{Fault, FaultError};
pub use flash::{FlashKind, FlashParameters};
pub use flash_array::FlashArray;
pub use geometry::{BlockAddress, Geometry, PageAddress};
pub use lane::NandLane;
pub use lun::status;
pub use pins::{DevicePins, HostPins};
pub use ports::{NandModel, NandPorts};
pub use timing::{BusTiming, Interface, TimingMode};
pub use timing_figures::Parameter;
pub use violation::{Rule, Violation};
