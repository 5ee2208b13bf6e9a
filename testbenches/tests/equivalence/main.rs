//! Every circuit gives the same outputs in every cycle, however it is simulated: compiled engine, rust-hdl's
//! `simulate()`, and, with the feature `tool-tests`, Verilator on the emitted Verilog.

mod arbitrated_loop;
mod blocks;
mod catalogue;
mod clock_domains;
mod controller;
mod drivers;
mod ecc;
mod fcp_target;
mod fibre_channel;
mod fibre_channel_port;
mod flash_lane;
mod flash_lane_blocks;
mod interface_card;
mod line;
mod mailbox;
mod raid;
mod random_kernels;
mod sensitivity;
mod stream;
mod tables;
mod text;
mod write_buffer;
mod write_buffer_blocks;
