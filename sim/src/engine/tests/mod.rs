//! Tests of the engine: hand-built and random designs against a reference interpreter, rust-hdl circuits, executor.

mod bad_netlists;
mod build;
mod circuits;
mod executor;
mod hierarchies;
mod operations;
mod random;
mod reference;
