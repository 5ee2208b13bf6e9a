//! Everything that a user says about a run.

use super::fault_plan::{FaultPlanError, Injection};
use super::shape::{ControllerShape, ShapeError};
use crate::firmware::{Layout, Rebuild};
use crate::scenario::Moment;
use crate::workload::iolog::IologError;
use crate::workload::{HostCommand, Pattern, PatternError, PatternKind, WorkloadChoice};
use serde::Serialize;
use thiserror::Error;

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ControllerOptions {
    /// Flash and its scale.
    pub shape: ControllerShape,
    /// Which commands.
    pub workload: WorkloadChoice,
    /// How many, of a built-in pattern.
    pub commands: u64,
    /// Most commands in flight.
    pub queue_depth: u32,
    /// Logical pages of the device; `None` for as many as the shape allows.
    pub logical_pages: Option<u32>,
    /// Seed of everything that is random.
    pub seed: u64,
    /// Faults.
    pub inject: Vec<Injection>,
    /// When the power fails.
    pub power_cut: Option<Moment>,
    /// From what firmware makes its tables again afterwards.
    pub rebuild: Rebuild,
    /// How firmware looks after the flash.
    pub upkeep: Upkeep,
    /// Firmware reads the marks of bad blocks when the chips are new; else it is told of them.
    pub read_marks: bool,
    /// The flash is so many times as fast as real flash: for campaigns.
    pub haste: u32,
    /// A read disturbs its block as much as so many reads of real flash: for campaigns.
    pub read_stress: u64,
}

/// How firmware looks after the flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Upkeep {
    /// Reads of a block after which its row is written anew.
    pub read_limit: u32,
    /// Time from one stripe that the periodic sweep reads to the next.
    pub sweep: Moment,
}

impl Upkeep {
    /// Reads that firmware is told of at once: no limit can be finer.
    const LEAST_READ_LIMIT: u32 = 64;
    /// A stripe takes some time to be read.
    const SHORTEST_SWEEP: Moment = Moment(100_000);
}

impl Default for Upkeep {
    /// What does not show in short runs; a device of four million stripes is swept in twelve hours.
    fn default() -> Self {
        Self { read_limit: 100_000, sweep: Moment(10_000_000) }
    }
}

/// A run that is not possible.
#[derive(Debug, Error)]
pub enum OptionsError {
    /// The shape is not.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The built-in pattern is not.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The log is not.
    #[error(transparent)]
    Iolog(#[from] IologError),
    /// A fault is not.
    #[error(transparent)]
    Fault(#[from] FaultPlanError),
    /// The limit of reads is too low.
    #[error("read limit {0} (legal: {least}..={most})", least = Upkeep::LEAST_READ_LIMIT, most = u32::MAX)]
    ReadLimit(u32),
    /// The sweep is too fast.
    #[error("sweep {0} (legal: {shortest} or more)", shortest = Upkeep::SHORTEST_SWEEP)]
    Sweep(Moment),
    /// More logical pages than flash and the reserve allow.
    #[error("logical pages {value} (legal: 1..={most})")]
    LogicalPages {
        /// What was asked for.
        value: u32,
        /// The most that is possible.
        most: u32,
    },
}

impl ControllerOptions {
    /// Logical pages of the device.
    pub fn device_pages(&self) -> u32 {
        self.logical_pages.unwrap_or_else(|| self.layout().most_logical_pages())
    }

    /// The rows that firmware manages.
    pub fn layout(&self) -> Layout {
        Layout {
            groups: super::shape::GROUPS,
            dies: self.shape.dies,
            blocks: self.shape.blocks_per_plane,
            pages: self.shape.pages_per_block,
        }
    }

    /// Confirms that the run is possible, apart from the content of a log.
    ///
    /// # Errors
    /// The first field that is not legal.
    pub fn validate(&self) -> Result<(), OptionsError> {
        self.shape.validate()?;
        let most = self.layout().most_logical_pages();
        let pages = self.device_pages();
        if !(1..=most).contains(&pages) {
            return Err(OptionsError::LogicalPages { value: pages, most });
        }
        let Upkeep { read_limit, sweep } = self.upkeep;
        if read_limit < Upkeep::LEAST_READ_LIMIT {
            return Err(OptionsError::ReadLimit(read_limit));
        }
        if sweep < Upkeep::SHORTEST_SWEEP {
            return Err(OptionsError::Sweep(sweep));
        }
        let kind = match self.workload {
            WorkloadChoice::Pattern(kind) => kind,
            // The depth of the queue holds for logs, too.
            WorkloadChoice::Iolog(_) => PatternKind::SeqWrite,
        };
        self.pattern(kind).validate(pages)?;
        Ok(self.inject.iter().try_for_each(|injection| injection.validate(&self.shape, pages))?)
    }

    fn pattern(&self, kind: PatternKind) -> Pattern {
        let Self { seed, commands, queue_depth, .. } = *self;
        Pattern { kind, seed, pages: self.device_pages(), commands, queue_depth }
    }

    /// The commands of the host.
    ///
    /// # Errors
    /// If a log cannot be read or is not legal.
    pub fn host_commands(&self) -> Result<Box<dyn Iterator<Item = HostCommand>>, OptionsError> {
        Ok(self.workload.commands(self.device_pages(), |kind| self.pattern(kind))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::nand::flash::FlashKind;
    use std::io::Write;

    fn options() -> ControllerOptions {
        ControllerOptions {
            shape: ControllerShape::small(FlashKind::Slc),
            workload: WorkloadChoice::Pattern(PatternKind::Mixed),
            commands: 100,
            queue_depth: 32,
            logical_pages: None,
            seed: 1,
            inject: vec!["plane:3@2ms".parse().unwrap()],
            power_cut: Some(Moment(1_700_000)),
            rebuild: Rebuild::Tables,
            upkeep: Upkeep::default(),
            read_marks: false,
            haste: 1,
            read_stress: 1,
        }
    }

    fn error(options: ControllerOptions) -> String {
        options.validate().unwrap_err().to_string()
    }

    #[test]
    fn a_legal_run_gives_its_commands() {
        options().validate().unwrap();
        assert_eq!(options().host_commands().unwrap().count(), 100);
    }

    #[test]
    fn a_log_is_read_from_its_file() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"fio version 2 iolog\na add\na open\na write 0 8192\n").unwrap();
        let workload = file.path().to_str().unwrap().parse().unwrap();
        let log = ControllerOptions { workload, ..options() };
        assert_eq!(log.host_commands().unwrap().count(), 2);
        let missing = ControllerOptions { workload: "no/such/log".parse().unwrap(), ..options() };
        let error = missing.host_commands().err().unwrap().to_string();
        assert_eq!(error, "cannot read no/such/log");
    }

    #[test]
    fn errors_name_the_field_the_value_and_what_is_legal() {
        let most = options().device_pages();
        let wrong = ControllerOptions { logical_pages: Some(most + 1), ..options() };
        assert_eq!(error(wrong), format!("logical pages {} (legal: 1..={most})", most + 1));
        assert_eq!(error(ControllerOptions { queue_depth: 129, ..options() }), "queue depth 129 (legal: 1..=128)");
        let upkeep = Upkeep { read_limit: 63, ..Upkeep::default() };
        assert_eq!(error(ControllerOptions { upkeep, ..options() }), "read limit 63 (legal: 64..=4294967295)");
        let upkeep = Upkeep { sweep: Moment(99_999), ..Upkeep::default() };
        assert_eq!(error(ControllerOptions { upkeep, ..options() }), "sweep 99999ns (legal: 100us or more)");
        let wrong = ControllerOptions { inject: vec!["chip:20@1ms".parse().unwrap()], ..options() };
        assert_eq!(error(wrong), "fault chip:20@1ms: chip 20 (legal: 0..=19)");
    }
}
