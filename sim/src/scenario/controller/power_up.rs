//! A controller from its parts, at the moment its power comes.

use super::circuit::{ControllerCircuit, circuit};
use super::machine::Machine;
use super::options::ControllerOptions;
use super::run::CLOCK_PICOSECONDS;
use super::shape::{GROUPS, LANES};
use crate::firmware::{ControllerTask, FirmwareReport, FirmwareRunner, PolicyParameters, RowAddress, TaskOptions};
use crate::models::nand::{self, FlashKind, NandLane};
use crate::scenario::Trace;
use anyhow::Result;
use hardpath_rtl::flash_controller::ecc::RecordCode;
use hardpath_rtl::flash_controller::lane::LaneConfig;
use std::cell::RefCell;
use std::rc::Rc;

/// A controller whose firmware has not done anything yet.
pub(super) struct PoweredUp {
    /// The circuit, the chips and the processor.
    pub machine: Machine,
    /// What firmware will tell.
    pub report: Rc<RefCell<FirmwareReport>>,
    /// What it was told.
    pub task: TaskOptions,
    /// Lanes with a bad block, by row.
    pub bad: Vec<u16>,
}

/// Firmware on its processor.
pub(super) fn firmware(task: TaskOptions, report: &Rc<RefCell<FirmwareReport>>, bad: &[u16]) -> FirmwareRunner {
    let report = Rc::clone(report);
    FirmwareRunner::new(|processor| {
        ControllerTask::new(processor, task, report, |row| bad[task.layout.index(row)]).run()
    })
}

fn lane_config(chip: &nand::ChipConfig) -> LaneConfig {
    let geometry = &chip.geometry;
    LaneConfig {
        clock_period_ps: CLOCK_PICOSECONDS as u32,
        page_bits: geometry.page_bits(),
        block_bits: geometry.blocks_per_plane.trailing_zeros(),
        code: match chip.flash.kind {
            FlashKind::Slc => RecordCode::Slc,
            FlashKind::Mlc | FlashKind::Emlc => RecordCode::Emlc,
        },
        read_ns: chip.flash.read.typical_nanoseconds as u32,
        program_ns: chip.flash.program.typical_nanoseconds as u32,
        erase_ns: chip.flash.erase.typical_nanoseconds as u32,
        cache_busy_ns: chip.flash.cache_busy_nanoseconds as u32,
        between_planes_ns: chip.flash.plane_busy_nanoseconds as u32,
        ..LaneConfig::default()
    }
}

/// Lanes whose blocks of a row were bad when the chips were made.
pub(super) fn bad_lanes<'a>(lanes: impl Iterator<Item = &'a NandLane>, row: RowAddress) -> u16 {
    debug_assert!(row.group < GROUPS);
    let mut bad = 0;
    for (number, lane) in lanes.enumerate() {
        let geometry = &lane.config().chip.geometry;
        if let Some(array) = lane.array(row.group as u8) {
            let is_bad = (0..2).any(|plane| array.is_factory_bad(geometry.block_in_plane(row.die, plane, row.block)));
            bad |= u16::from(is_bad) << number;
        }
    }
    bad
}

/// Powers a controller with erased chips up.
///
/// # Errors
/// If the options are not legal or a recording cannot begin.
pub(super) fn power_up(options: &ControllerOptions, trace: &Trace) -> Result<PoweredUp> {
    options.validate()?;
    let mut chips = nand::ChipConfig::of(options.shape.flash, options.seed);
    chips.geometry = options.shape.chip();
    for time in [&mut chips.flash.read, &mut chips.flash.program, &mut chips.flash.erase] {
        time.typical_nanoseconds /= u64::from(options.haste);
        time.maximum_nanoseconds /= u64::from(options.haste);
    }
    chips.flash.errors.per_block_read *= options.read_stress as f64;
    let lanes: Vec<NandLane> = (0..u64::from(LANES))
        .map(|lane| {
            let chip = nand::ChipConfig { seed: options.seed.wrapping_mul(1_000_003).wrapping_add(lane), ..chips };
            let config = nand::LaneConfig { chip, ..nand::LaneConfig::of(options.shape.flash, 0) };
            NandLane::new(config)
        })
        .collect::<Result<_, _>>()?;
    let lane = lane_config(&chips);
    let ControllerCircuit { simulator, page_bits, location_bits, logical_page_bits } = circuit(&options.shape, &lane)?;
    let layout = options.layout();
    let task = TaskOptions {
        layout,
        parameters: PolicyParameters { read_limit: options.upkeep.read_limit, ..PolicyParameters::of(&layout) },
        logical_pages: options.device_pages(),
        page_bits,
        location_bits,
        code: lane.code,
        run_mode: lane.run.feature_value(),
        longest_program: chips.flash.program.maximum_nanoseconds * 1000 / CLOCK_PICOSECONDS,
        sweep_interval: options.upkeep.sweep.0.saturating_mul(1000) / CLOCK_PICOSECONDS,
        marks: options.read_marks.then_some(chips.geometry.page_bytes),
        first_firmware_page: 1 << (logical_page_bits - 1),
        restore: None,
    };
    // The makers' lists of bad blocks, if firmware is not to find out.
    let known = |index| if options.read_marks { 0 } else { bad_lanes(lanes.iter(), layout.row(index)) };
    let bad: Vec<u16> = (0..layout.rows()).map(known).collect();
    let report = Rc::new(RefCell::new(FirmwareReport::default()));
    let firmware = firmware(task, &report, &bad);
    let machine = Machine::new(simulator, lanes, firmware, trace, CLOCK_PICOSECONDS)?;
    Ok(PoweredUp { machine, report, task, bad })
}
