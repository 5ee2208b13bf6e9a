//! A flash lane at its pins: every operation on many dies at once, checked by chips and host, and what a read costs.

mod lane;
mod nand_model;
mod operations;
mod throughput;
