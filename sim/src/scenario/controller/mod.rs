//! One flash controller with its chips, its host and its processor, under a workload, with faults and power cuts.

mod audit;
mod circuit;
mod fault_plan;
pub mod host;
pub mod machine;
pub mod moment;
pub mod options;
pub mod run;
pub mod shape;
pub mod summary;

pub use fault_plan::{FaultKind, FaultPlanError, FaultTarget, Injection};
pub use moment::{Moment, MomentError};
pub use options::{ControllerOptions, OptionsError, Upkeep, WorkloadChoice};
pub use run::{ControllerRun, Progress};
pub use shape::{ControllerShape, ShapeError};
pub use summary::{Report, Summary};
