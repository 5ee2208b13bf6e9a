//! One flash controller with its chips, its host and its processor, under a workload, with faults and power cuts.

mod audit;
mod circuit;
mod fault_plan;
mod flash_device;
pub mod host;
mod host_queue;
pub mod machine;
pub mod options;
mod power_up;
pub mod run;
pub mod shape;
pub mod summary;

pub use fault_plan::{FaultKind, FaultPlanError, FaultTarget, Injection};
pub use flash_device::FlashDevice;
pub use options::{ControllerOptions, OptionsError, Upkeep};
pub use run::ControllerRun;
pub use shape::{ControllerShape, ShapeError};
pub use summary::{Report, Summary};
