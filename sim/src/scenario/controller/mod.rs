//! One flash controller with its chips, its host and its processor, under a workload, with faults and power cuts.

pub mod fault_plan;
pub mod machine;
pub mod moment;
pub mod options;
pub mod shape;

pub use fault_plan::{FaultKind, FaultPlanError, FaultTarget, Injection};
pub use moment::{Moment, MomentError};
pub use options::{ControllerOptions, OptionsError, WorkloadChoice};
pub use shape::{ControllerShape, ShapeError};
