//! Properties of emitted Verilog, proved by SymbiYosys, and for each proof planted bugs that it finds.
#![cfg(feature = "tool-tests")]

mod action_arbiter;
mod credit_counter;
mod mover;
mod page_map;
mod skid_buffer;
mod support;
mod synchronous_fifo;
mod word_synchronizer;
mod xor_parity_engine;
