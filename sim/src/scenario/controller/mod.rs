//! One flash controller with its chips, its host and its processor.

pub mod machine;
